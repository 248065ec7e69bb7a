/* decode/dnsmsg.h - DNS messages (RFC 1035 4, RFC 2136, RFC 3596, RFC 2782), for DNS and NetBIOS name service alike.
 *
 * Names are given as text without the final dot; bytes that are no printable ASCII are written \DDD and a dot inside a label "\.", as in
 * master files (RFC 1035 5.1). The root is ".". Texts live in the arena. */
#ifndef VIGIE_DECODE_DNSMSG_H
#define VIGIE_DECODE_DNSMSG_H

#include "base/rd.h"
#include "decode/decode.h"

enum { DNS_A = 1, DNS_NS = 2, DNS_CNAME = 5, DNS_SOA = 6, DNS_NULL = 10, DNS_PTR = 12, DNS_MX = 15, DNS_TXT = 16, DNS_SIG = 24, DNS_KEY = 25,
       DNS_AAAA = 28, DNS_SRV = 33, DNS_OPT = 41, DNS_RRSIG = 46, DNS_TKEY = 249, DNS_IXFR = 251, DNS_AXFR = 252 };
enum { DNS_HEAD = 12, DNS_NAME_MAX = 255 };
enum { DNS_QUESTION, DNS_ANSWER, DNS_AUTHORITY, DNS_ADDITIONAL }; /* the sections; of an update: zone, prerequisites, updates, additional */

struct dns_head {
    uint16_t id;
    bool response, authoritative, truncated;
    uint8_t opcode, rcode;
    uint16_t count[4]; /* by section */
};

struct dns_record {
    struct str name;
    uint16_t type, class;
    uint32_t ttl;
    struct rd data; /* where its names may point backwards from */
};

/* `whole` is a reader over the whole message, `r` one that stands where the thing begins. Failures are the reader's. */
void dns_head(struct rd *r, struct dns_head *out);
struct str dns_name(struct decode *d, struct rd *r, const struct rd *whole);
void dns_record(struct decode *d, struct rd *r, const struct rd *whole, struct dns_record *out);
/* The record's data in words: an address, a name, the first string of a TXT; absent for other types and broken data. */
struct str dns_data(struct decode *d, const struct dns_record *x, const struct rd *whole);

/* What cannot be in a sound message, and was used or could be used against servers that believe it; NULL when there is nothing.
 * Checked: records longer than the rest of the message, names that point at themselves or forward, names longer than 255 bytes, signature
 * and key records that grow past 64 KiB when their names are unpacked (the class of CVE-2020-1350). The trigger of CVE-2018-8626 was never published. */
const char *dns_anomaly(struct decode *d, const uint8_t *p, size_t n);

#endif
