/* decode/tickets.h - whose Kerberos tickets are whose: what an encrypted ticket does not say, the exchange that issued it did.
 *
 * A fixed-size memory by ticket hash: a KDC's answer names the client of the ticket in it; later the same ticket, shown to a server,
 * names nobody. Newer tickets take the place of older ones. One for each wire; zeroed at first. */
#ifndef VIGIE_DECODE_TICKETS_H
#define VIGIE_DECODE_TICKETS_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum { TICKETS = 4096, TICKET_NAME = 64 };

struct ticket_owner {
    uint8_t hash[16];
    bool set, initial; /* initial: of an AS exchange, so whoever has it has just proven to know the key */
    uint16_t name_n, realm_n;
    char name[TICKET_NAME], realm[TICKET_NAME];
};

struct ticket_cache {
    struct ticket_owner owner[TICKETS];
};

/* BLAKE2b-128 over the cipher of EncryptedData in the ticket (RFC 4120 5.3): what names a ticket without its key. */
void ticket_hash(uint8_t out[16], const uint8_t *cipher, size_t n);
/* Names that do not fit, and the name of nobody (WELLKNOWN/ANONYMOUS), are not kept. `c` may be NULL: nothing happens, nothing is found. */
void ticket_issued(struct ticket_cache *c, const uint8_t hash[16], struct str name, struct str realm, bool initial);
const struct ticket_owner *ticket_of(const struct ticket_cache *c, const uint8_t hash[16]);

#endif
