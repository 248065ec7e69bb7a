/* decode/krb5_msg.h - messages between clients and a KDC as far as they can be read without keys.
 *
 * RFC 4120 5.4 (AS and TGS exchanges), 5.9 (KRB-ERROR), 5.2.7 (pre-authentication data); RFC 4556 (PKINIT), RFC 6113 (FAST), MS-KILE 2.2
 * (PAC request and options, extended errors), MS-SFU 2.2 (S4U2Self, S4U2Proxy). Texts and bytes point into the message. */
#ifndef VIGIE_DECODE_KRB5_MSG_H
#define VIGIE_DECODE_KRB5_MSG_H

#include "decode/krb5.h"

enum { /* application numbers, which are also the msg-type */
    KRB5_AS_REQ = 10,
    KRB5_AS_REP = 11,
    KRB5_TGS_REQ = 12,
    KRB5_TGS_REP = 13,
    KRB5_ERROR = 30
};

enum { KRB5_PADATA = 16, KRB5_ETYPES = 16 };

enum { /* pre-authentication data types (IANA Kerberos registry) */
    KRB5_PA_TGS_REQ = 1,
    KRB5_PA_ENC_TIMESTAMP = 2,
    KRB5_PA_ETYPE_INFO = 11,
    KRB5_PA_PK_AS_REQ_OLD = 15,
    KRB5_PA_PK_AS_REQ = 16,
    KRB5_PA_ETYPE_INFO2 = 19,
    KRB5_PA_PAC_REQUEST = 128,
    KRB5_PA_FOR_USER = 129,
    KRB5_PA_S4U_X509_USER = 130,
    KRB5_PA_FX_FAST = 136,
    KRB5_PA_ENCRYPTED_CHALLENGE = 138,
    KRB5_PA_PAC_OPTIONS = 167
};

struct krb5_numbers { /* in the order of the message; those past the room are counted, not kept */
    uint16_t n;
    int32_t v[KRB5_PADATA];
};

struct krb5_req {
    int type; /* KRB5_AS_REQ, KRB5_TGS_REQ */
    struct krb5_numbers padata, etypes;
    int32_t timestamp_etype; /* of PA-ENC-TIMESTAMP, 0: none */
    bool has_ap;             /* PA-TGS-REQ, or the armor of FAST */
    struct krb5_ap ap;
    bool has_pac, pac; /* PA-PAC-REQUEST */
    bool has_pac_options;
    uint32_t pac_options;
    struct krb5_name for_user; /* n == 0: none */
    struct str for_realm;
    uint32_t options;
    struct krb5_name cname, sname; /* n == 0: absent */
    struct str realm, till, rtime;
    uint32_t nonce;
    struct str netbios; /* of the addresses (type 20), without its padding */
    bool own_authorization; /* enc-authorization-data */
    struct krb5_ticket additional; /* the first; realm absent: none */
};

struct krb5_rep {
    int type;
    struct krb5_numbers padata;
    struct str crealm;
    struct krb5_name cname;
    struct krb5_ticket ticket;
    int32_t etype; /* of enc-part: of the client's key, or of the session key of the ticket shown */
};

struct krb5_error {
    uint32_t code;
    struct str crealm, realm;
    struct krb5_name cname, sname;
    struct krb5_numbers etypes; /* of ETYPE-INFO2, or ETYPE-INFO, in its method data */
    struct str data; /* e-data as it is */
    bool has_status;
    uint32_t status; /* NTSTATUS of its extended error (MS-KILE 2.2.2) */
};

/* The application number of the message, 0 when it begins as none of those above. */
int krb5_msg_type(const uint8_t *p, size_t n);
/* Each reads the message that begins at `in`; the reader has failed and says why on a fault. What was read before stays said. */
void krb5_msg_req(struct krb5_in *in, struct krb5_req *out);
void krb5_msg_rep(struct krb5_in *in, struct krb5_rep *out);
void krb5_msg_error(struct krb5_in *in, struct krb5_error *out);

#endif
