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

/* Reads the Ticket / AP-REQ ([APPLICATION 1] / [APPLICATION 14]) that begins at r. On a fault the reader has failed and says why. What goes
 * past the end of r counts as not captured: no fault, and what is there is said as long as it reaches. */
void krb5_ticket(struct rd *r, struct krb5_ticket *out);
void krb5_ap(struct rd *r, struct krb5_ap *out);
/* "HTTP/web1.corp.example.test": the parts joined by slashes, in the arena. */
struct str krb5_name_text(struct decode *d, const struct krb5_name *n);


/* ---- elements of messages of which the end may be missing ---- */

struct krb5_in {
    struct rd r;
    bool cut; /* bytes are missing at its end: an element that goes past it is what is there of it */
};

/* The content of the next element, which must have that tag; the reader fails otherwise. `stated`, which may be NULL: its length on the wire. */
struct krb5_in krb5_get(struct krb5_in *in, uint8_t tag, size_t *stated);
/* The same for an element that may be absent: false, and nothing read. */
bool krb5_opt(struct krb5_in *in, uint8_t tag, struct krb5_in *content);
int64_t krb5_int(struct krb5_in *in);      /* INTEGER (5.2.4: at most 32 bits, signed or not) */
struct str krb5_text(struct krb5_in *in);  /* KerberosString (5.2.1) */
uint32_t krb5_flags(struct krb5_in *in);   /* KerberosFlags (5.2.8): bit 0 is the highest */
void krb5_name(struct krb5_in *in, struct krb5_name *out);
void krb5_ticket_in(struct krb5_in *in, struct krb5_ticket *out);
void krb5_ap_in(struct krb5_in *in, struct krb5_ap *out);

struct krb5_encrypted { /* EncryptedData (5.2.9) */
    int32_t etype;
    bool has_kvno;
    uint32_t kvno;
    const uint8_t *cipher;
    size_t n, whole; /* bytes at hand, and stated */
};
void krb5_encrypted(struct krb5_in *in, struct krb5_encrypted *out);

enum { /* tags: context [n], application [n], both constructed */
    KRB5_TAG_STRING = 0x1b,
    KRB5_TAG_BITS = 0x03,
    KRB5_TAG_TIME = 0x18,
    KRB5_TAG_TICKET = 0x61,
    KRB5_TAG_AP_REQ = 0x6e
};
#define KRB5_TAG(n) ((uint8_t)(0xa0u + (n)))

#endif
