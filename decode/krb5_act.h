/* decode/krb5_act.h - activities of exchanges with a KDC: what is kept of a request until its answer comes, and what the two say together.
 *
 * The same activities as those of events 4768 to 4771 (decode/win_kerberos.c), with more facts. */
#ifndef VIGIE_DECODE_KRB5_ACT_H
#define VIGIE_DECODE_KRB5_ACT_H

#include "decode/krb5_msg.h"
#include "decode/netdec.h"

struct krb5_kept_ticket {
    bool there, has_kvno, hashed;
    uint8_t hash[16];
    int32_t etype, name_type;
    uint32_t kvno, size;
    NETDEC_TEXT(64) realm;
    NETDEC_TEXT(80) service;
};

struct krb5_pending {
    struct netref ref;
    uint8_t type; /* KRB5_AS_REQ, KRB5_TGS_REQ, 0: a password change */
    bool has_pac, pac, has_pac_options, own_authorization;
    bool sets;          /* a password change in the newer form, which can set that of another (RFC 3244 2) */
    uint8_t use_id[16]; /* ... identity of the use of the ticket with it */
    struct krb5_numbers padata, etypes;
    int32_t timestamp_etype, authenticator_etype, cname_type, sname_type;
    uint32_t options, nonce, pac_options;
    struct krb5_kept_ticket tgt, evidence;
    NETDEC_TEXT(64) cname;
    NETDEC_TEXT(64) realm;
    NETDEC_TEXT(96) sname;
    NETDEC_TEXT(64) for_user;
    NETDEC_TEXT(48) for_realm;
    NETDEC_TEXT(16) till;
    NETDEC_TEXT(16) rtime;
    NETDEC_TEXT(16) netbios;
};

/* What the request says that an activity needs; its place is left alone. */
void krb5_act_keep(struct decode *d, const struct krb5_req *r, struct krb5_pending *out);
void krb5_act_keep_ap(struct decode *d, const struct krb5_ap *ap, struct krb5_pending *out);

/* Each emits one activity at most. A request that was not seen is a zeroed one with the place of the answer. */
void krb5_act_answered(struct decode *d, const struct flow *f, const struct krb5_pending *p, const struct krb5_rep *r);
void krb5_act_refused(struct decode *d, const struct flow *f, const struct krb5_pending *p, const struct krb5_error *e);
/* A password change with the ticket that was shown for it: two activities. `server` tells whether the server showed itself (AP-REP): it took the
 * ticket, and the result is encrypted. `e` may be NULL. */
void krb5_act_password(struct decode *d, const struct flow *f, const struct krb5_pending *p, bool server, const struct krb5_error *e);

#endif
