/* decode/krb5.h - the parts of Kerberos messages that can be read without keys (RFC 4120), for whoever finds one: the exchanges with a
 * KDC (net_krb5.c) and authentications carried in other protocols (auth.c).
 *
 * Texts and bytes point into the message. */
#ifndef VIGIE_DECODE_KRB5_H
#define VIGIE_DECODE_KRB5_H

#include "base/ber.h"
#include "decode/decode.h"

enum { KRB5_NAME_PARTS = 4 };

struct krb5_name { /* PrincipalName, RFC 4120 5.2.2 */
    int32_t type;
    struct str part[KRB5_NAME_PARTS];
    unsigned n; /* parts there, at most KRB5_NAME_PARTS are kept */
};

struct krb5_ticket { /* Ticket, RFC 4120 5.3 */
    struct str realm;
    struct krb5_name sname;
    int32_t etype;
    bool has_kvno;
    uint32_t kvno;
    const uint8_t *cipher;
    size_t cipher_n, cipher_whole; /* bytes at hand, and stated */
    uint8_t hash[16]; /* decode/tickets.h; all zero when the cipher is not whole */
};

struct krb5_ap { /* AP-REQ, RFC 4120 5.5.1 */
    uint32_t options;
    struct krb5_ticket ticket;
    int32_t authenticator_etype;
};

/* Reads the Ticket / AP-REQ ([APPLICATION 1] / [APPLICATION 14]) that begins at r. On a fault the reader has failed and says why. */
void krb5_ticket(struct rd *r, struct krb5_ticket *out);
void krb5_ap(struct rd *r, struct krb5_ap *out);
/* "HTTP/web1.corp.example.test": the parts joined by slashes, in the arena. */
struct str krb5_name_text(struct decode *d, const struct krb5_name *n);

#endif
