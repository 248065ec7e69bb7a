/* base/ip.h - IP addresses in one form: IPv6, with IPv4 mapped (::ffff:a.b.c.d, RFC 4291 2.5.5.2).
 *
 * All zero bytes mean "absent": the unspecified address is never where something came from. */
#ifndef VIGIE_BASE_IP_H
#define VIGIE_BASE_IP_H

#include "base/str.h"

#include <stdint.h>

struct ip {
    uint8_t b[16];
};

static inline bool ip_set(const struct ip *a)
{
    static const uint8_t none[16];
    return memcmp(a->b, none, 16) != 0;
}

static inline bool ip_eq(const struct ip *a, const struct ip *b)
{
    return memcmp(a->b, b->b, 16) == 0;
}

/* Accepts what logs write: 1.2.3.4, ::ffff:1.2.3.4, fe80::1%12, [::1]:443, 1.2.3.4:443, ipv4:1.2.3.4:49332.
 * port is set to the one given, else left alone. False for "-", "LOCAL", host names and other texts. */
bool ip_parse(struct str s, struct ip *out, uint16_t *port);
/* One spelling only, that of RFC 4291 2.2 (with or without a zone): quicker where nothing else can stand. */
bool ip_v6(struct str s, struct ip *out);
struct ip ip_v4(uint32_t host_order);
bool ip_is_v4(const struct ip *a);
uint32_t ip_v4_value(const struct ip *a); /* host order; 0 unless IPv4 */
/* With all but the first `bits` of 128 zero. */
struct ip ip_masked(struct ip ip, unsigned bits);
/* A network as administrators write it, an address with or without "/bits" (of IPv4 up to 32): masked, its length counted in IPv6. */
bool ip_network(struct str text, struct ip *base, unsigned *bits);
bool ip_is_loopback(const struct ip *a);
/* RFC 1918, RFC 4193, link-local, loopback, RFC 6598: nowhere on the public map. */
bool ip_is_private(const struct ip *a);

#define IP_TEXT 46
struct str ip_text(const struct ip *a, char out[IP_TEXT]); /* RFC 5952; IPv4 in dotted form */
uint64_t ip_hash(const struct ip *a);

#endif
