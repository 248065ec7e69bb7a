/* decode/ldapmsg.h - LDAP messages (RFC 4511) as net_ldap.c, net_cldap.c and ldapchange.c read them: envelope, controls, results, texts.
 *
 * Texts point into the message or the arena. What was cut by the capture reads as what is there of it. */
#ifndef VIGIE_DECODE_LDAPMSG_H
#define VIGIE_DECODE_LDAPMSG_H

#include "base/ber.h"
#include "decode/netdec.h"

enum ldap_op { /* protocolOp, RFC 4511 4.2 to 4.14 and appendix B */
    LDAP_BIND = 0x60,
    LDAP_BIND_DONE = 0x61,
    LDAP_UNBIND = 0x42,
    LDAP_SEARCH = 0x63,
    LDAP_ENTRY = 0x64,
    LDAP_SEARCH_DONE = 0x65,
    LDAP_MODIFY = 0x66,
    LDAP_MODIFY_DONE = 0x67,
    LDAP_ADD = 0x68,
    LDAP_ADD_DONE = 0x69,
    LDAP_DELETE = 0x4a,
    LDAP_DELETE_DONE = 0x6b,
    LDAP_MODIFY_DN = 0x6c,
    LDAP_MODIFY_DN_DONE = 0x6d,
    LDAP_COMPARE = 0x6e,
    LDAP_COMPARE_DONE = 0x6f,
    LDAP_ABANDON = 0x50,
    LDAP_REFERENCE = 0x73,
    LDAP_EXTENDED = 0x77,
    LDAP_EXTENDED_DONE = 0x78,
    LDAP_INTERMEDIATE = 0x79
};

enum { /* resultCode, RFC 4511 4.1.9 */
    LDAP_SUCCESS = 0,
    LDAP_SIZE_LIMIT_EXCEEDED = 4,
    LDAP_COMPARE_FALSE = 5,
    LDAP_COMPARE_TRUE = 6,
    LDAP_SASL_BIND_IN_PROGRESS = 14,
    LDAP_INVALID_CREDENTIALS = 49
};

struct ldapmsg {
    uint32_t id;
    uint8_t op;         /* enum ldap_op */
    struct rd body;     /* of the operation */
    struct rd controls; /* of [0] Controls; nothing left: none */
};

struct ldapmsg_controls {
    bool has_sd_flags, has_page;
    uint64_t sd_flags; /* MS-ADTS 3.1.1.3.4.1.11 */
    uint64_t page;     /* RFC 2696 */
};

struct ldapmsg_result { /* LDAPResult, RFC 4511 4.1.9 */
    bool known;
    uint64_t code;
    struct str matched, diagnostic;
};

/* Whether one begins at p: CLAIM_MORE when n bytes are too few. From the client, the server or (0) either. */
enum { LDAPMSG_ANY, LDAPMSG_CLIENT, LDAPMSG_SERVER };
enum claim ldapmsg_begins(const uint8_t *p, size_t n, int from);
/* Its length; 0: not known from so few bytes, negative: none begins here. */
ptrdiff_t ldapmsg_length(const uint8_t *p, size_t n);
/* Reads the one at r, which skips it. `cut`: its end may be missing. */
void ldapmsg_read(struct rd *r, bool cut, struct ldapmsg *out);
void ldapmsg_controls(struct ldapmsg *m, struct ldapmsg_controls *out);
void ldapmsg_result(struct rd *body, struct ldapmsg_result *out);
/* The content of the element that r is at, clipped to what is left when `cut`; its tag, 0 on a fault. */
uint8_t ldapmsg_element(struct rd *r, bool cut, struct rd *content);
/* What is left of r as a text of at most `most` bytes, absent when it is not UTF-8 or empty. */
struct str ldapmsg_text(const struct rd *r, size_t most);
/* True for attributes that hold or carry secrets, with options or not: their values are never told. */
bool ldapmsg_secret(struct str attribute);
/* Why a bind failed, from the code that Active Directory puts into the diagnostic message, and its NTSTATUS; absent and 0 when there is none. */
struct str ldapmsg_reason(struct str diagnostic, uint64_t *status);

#endif
