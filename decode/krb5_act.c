/* decode/krb5_act.c - makes activities of Kerberos requests and their answers. */
#include "decode/krb5_act.h"

#include "base/hash.h"
#include "base/utf.h"
#include "decode/auth.h"
#include "decode/tickets.h"
#include "decode/winstatus.h"
#include "decode/wintext.h"

enum {
    NAME_WELLKNOWN = 11,            /* RFC 6111 3 */
    NAME_ENTERPRISE = 10,           /* RFC 6806 5: alice@suffix in one part */
    OPTION_RENEW = 0x2,             /* RFC 4120 5.4.1 */
    OPTION_CNAME_IN_ADDL_TKT = 0x20000, /* MS-SFU 2.2.3: S4U2Proxy */
    ERR_PREAUTH_REQUIRED = 25,
    ERR_RESPONSE_TOO_BIG = 52,
    ERR_WRONG_REALM = 68,
    ERR_MORE_PREAUTH_DATA = 91
};

/* ---- keeping ---- */

static void keep_ticket(struct decode *d, const struct krb5_ticket *t, struct krb5_kept_ticket *out)
{
    *out = (struct krb5_kept_ticket){.there = true,
                                     .has_kvno = t->has_kvno,
                                     .hashed = t->cipher_n && t->cipher_n == t->cipher_whole,
                                     .etype = t->etype,
                                     .name_type = t->sname.type,
                                     .kvno = t->kvno,
                                     .size = (uint32_t)t->cipher_whole};
    memcpy(out->hash, t->hash, sizeof out->hash);
    netdec_keep(&out->realm, utf_clean(d->arena, t->realm));
    netdec_keep(&out->service, krb5_name_text(d, &t->sname));
}

void krb5_act_keep_ap(struct decode *d, const struct krb5_ap *ap, struct krb5_pending *out)
{
    keep_ticket(d, &ap->ticket, &out->tgt);
    out->authenticator_etype = ap->authenticator_etype;
}

void krb5_act_keep(struct decode *d, const struct krb5_req *r, struct krb5_pending *out)
{
    out->type = (uint8_t)r->type;
    out->has_pac = r->has_pac;
    out->pac = r->pac;
    out->has_pac_options = r->has_pac_options;
    out->pac_options = r->pac_options;
    out->own_authorization = r->own_authorization;
    out->padata = r->padata;
    out->etypes = r->etypes;
    out->timestamp_etype = r->timestamp_etype;
    out->cname_type = r->cname.type;
    out->sname_type = r->sname.type;
    out->options = r->options;
    out->nonce = r->nonce;
    if (r->has_ap)
        krb5_act_keep_ap(d, &r->ap, out);
    if (str_set(r->additional.realm))
        keep_ticket(d, &r->additional, &out->evidence);
    netdec_keep(&out->cname, krb5_name_text(d, &r->cname));
    netdec_keep(&out->realm, utf_clean(d->arena, r->realm));
    netdec_keep(&out->sname, krb5_name_text(d, &r->sname));
    netdec_keep(&out->for_user, krb5_name_text(d, &r->for_user));
    netdec_keep(&out->for_realm, utf_clean(d->arena, r->for_realm));
    netdec_keep(&out->till, utf_clean(d->arena, r->till));
    netdec_keep(&out->rtime, utf_clean(d->arena, r->rtime));
    netdec_keep(&out->netbios, utf_clean(d->arena, r->netbios));
}

/* ---- facts ---- */

static struct str hex(struct decode *d, const uint8_t hash[16])
{
    char *p = arena_alloc(d->arena, 33);
    return p ? hash_hex(p, hash, 16) : STR_NONE;
}

enum { NUMBER = 11 }; /* characters of the longest, -2147483648 */

static size_t put_number(char *out, int32_t number)
{
    char digits[NUMBER], *end = digits + sizeof digits;
    char *at = str_decimal(end, number < 0 ? 0u - (uint32_t)number : (uint32_t)number);
    if (number < 0)
        *--at = '-';
    memcpy(out, at, (size_t)(end - at));
    return (size_t)(end - at);
}

static struct str numbers(struct decode *d, const struct krb5_numbers *v)
{
    unsigned kept = v->n < KRB5_PADATA ? v->n : KRB5_PADATA;
    char *p = kept ? arena_alloc(d->arena, kept * (NUMBER + 1)) : NULL;
    size_t at = 0;
    if (!p)
        return STR_NONE;
    for (unsigned i = 0; i < kept; i++) {
        if (i)
            p[at++] = ' ';
        at += put_number(p + at, v->v[i]);
    }
    return (struct str){p, at};
}

static bool has(const struct krb5_numbers *v, int32_t what)
{
    for (unsigned i = 0; i < v->n && i < KRB5_PADATA; i++)
        if (v->v[i] == what)
            return true;
    return false;
}

static void positive(struct decode *d, enum fact_key key, int64_t v)
{
    if (v > 0)
        decode_u64(d, key, (uint64_t)v);
}

/* What the client proved itself with, as event 4768 counts it: 0 is nothing. */
static void preauth(struct decode *d, const struct krb5_pending *p)
{
    static const int32_t kinds[] = {KRB5_PA_PK_AS_REQ, KRB5_PA_PK_AS_REQ_OLD, KRB5_PA_ENC_TIMESTAMP, KRB5_PA_ENCRYPTED_CHALLENGE, KRB5_PA_FX_FAST};
    int32_t type = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !type; i++)
        if (has(&p->padata, kinds[i]))
            type = kinds[i];
    decode_u64(d, FACT_PREAUTH_TYPE, (uint64_t)type);
    positive(d, FACT_PREAUTH_ETYPE, p->timestamp_etype);
}

static void service(struct decode *d, struct str spn)
{
    if (!str_set(spn))
        return;
    (void)decode_object(d, OBJECT_SERVICE, ROLE_RESOURCE, spn);
    decode_str(d, FACT_SPN, spn);
}

/* The realm's own ticket-granting service is "krbtgt", as in the events; that of another realm keeps its name. */
static struct str called(struct str sname, struct str realm)
{
    bool own = str_starts(sname, STR("krbtgt/")) && str_eqi(str_from(sname, 7), realm);
    return own ? STR("krbtgt") : sname;
}

static void request(struct decode *d, const struct krb5_pending *p)
{
    decode_str(d, FACT_PADATA, numbers(d, &p->padata));
    if (!p->realm.n)
        return; /* not seen, or not this far */
    service(d, called(netdec_kept(&p->sname), netdec_kept(&p->realm)));
    decode_u64(d, FACT_TICKET_OPTIONS, p->options);
    decode_str(d, FACT_CLIENT_ETYPES, numbers(d, &p->etypes));
    decode_str(d, FACT_TICKET_TILL, netdec_kept(&p->till));
    decode_str(d, FACT_TICKET_RTIME, netdec_kept(&p->rtime));
    positive(d, FACT_NONCE, p->nonce);
    decode_str(d, FACT_REALM_SENT, netdec_kept(&p->realm));
    decode_str(d, FACT_CLIENT_NAME, netdec_kept(&p->cname));
    if (p->cname.n)
        positive(d, FACT_CLIENT_NAME_TYPE, p->cname_type);
    positive(d, FACT_SERVICE_NAME_TYPE, p->sname_type);
    decode_str(d, FACT_WORKSTATION, netdec_kept(&p->netbios));
    if (p->has_pac)
        decode_u64(d, FACT_PAC_REQUESTED, p->pac);
    if (p->has_pac_options)
        decode_u64(d, FACT_PAC_OPTIONS, p->pac_options);
    if (p->own_authorization)
        decode_u64(d, FACT_OWN_AUTHORIZATION, 1);
    if (p->type == KRB5_AS_REQ)
        preauth(d, p);
}

static void shown(struct decode *d, const struct krb5_pending *p)
{
    const struct krb5_kept_ticket *t = &p->tgt;
    if (t->there) {
        if (t->hashed)
            decode_str(d, FACT_TICKET_HASH, hex(d, t->hash));
        positive(d, FACT_TGT_ETYPE, t->etype);
        if (t->has_kvno)
            decode_u64(d, FACT_TGT_KVNO, t->kvno);
        decode_str(d, FACT_TGT_REALM, netdec_kept(&t->realm));
        decode_str(d, FACT_TGT_SERVICE, netdec_kept(&t->service));
        positive(d, FACT_TGT_NAME_TYPE, t->name_type);
        positive(d, FACT_TGT_SIZE, t->size);
        positive(d, FACT_AUTHENTICATOR_ETYPE, p->authenticator_etype);
    }
    if (p->evidence.there && p->evidence.hashed)
        decode_str(d, FACT_EVIDENCE_HASH, hex(d, p->evidence.hash));
}

static void issued(struct decode *d, const struct krb5_rep *r)
{
    const struct krb5_ticket *t = &r->ticket;
    if (t->cipher_n && t->cipher_n == t->cipher_whole)
        decode_str(d, FACT_ISSUED_HASH, hex(d, t->hash));
    positive(d, FACT_TICKET_ETYPE, t->etype);
    if (t->has_kvno)
        decode_u64(d, FACT_TICKET_KVNO, t->kvno);
    if (str_set(t->realm))
        decode_str(d, FACT_TICKET_REALM, utf_clean(d->arena, t->realm));
    decode_str(d, FACT_TICKET_SERVICE, krb5_name_text(d, &t->sname));
    positive(d, FACT_TICKET_NAME_TYPE, t->sname.type);
    positive(d, FACT_TICKET_SIZE, (int64_t)t->cipher_whole);
    positive(d, FACT_REPLY_ETYPE, r->etype);
}

/* ---- who ---- */

static void client(struct account *a, struct str name, struct str realm, int32_t type)
{
    if (!str_set(name) || !name.n)
        return;
    *a = (struct account){.name = name};
    if (type == NAME_ENTERPRISE && str_chr(name, '@') > 0)
        *a = (struct account){.upn = name};
    if (realm.n)
        a->domain = realm;
}

/* The client of the ticket that was shown. */
static bool owner(struct decode *d, struct account *a, const struct krb5_kept_ticket *t)
{
    const struct ticket_owner *o = t->there && t->hashed ? ticket_of(d->tickets, t->hash) : NULL;
    if (o)
        client(a, str_dup(d->arena, (struct str){o->name, o->name_n}), str_dup(d->arena, (struct str){o->realm, o->realm_n}), 0);
    return o != NULL;
}

static bool proxies(const struct krb5_pending *p)
{
    return p->options & OPTION_CNAME_IN_ADDL_TKT && p->evidence.there;
}

static bool for_another(const struct krb5_pending *p)
{
    return has(&p->padata, KRB5_PA_FOR_USER) || has(&p->padata, KRB5_PA_S4U_X509_USER) || proxies(p);
}

/* In the name of others (MS-SFU): who asks is known from the ticket shown alone, the answer names the other. */
static void on_behalf(struct decode *d, const struct krb5_pending *p, struct str name, struct str realm)
{
    if (!name.n)
        return;
    struct str user = realm.n ? str_fmt(d->arena, "%.*s@%.*s", STR_ARG(name), STR_ARG(realm)) : name;
    decode_str(d, FACT_FOR_USER, user);
    struct object *o = decode_object(d, OBJECT_ACCOUNT, ROLE_PARAMETER, name);
    if (o && realm.n)
        o->ref.domain = realm;
    if (proxies(p))
        decode_str(d, FACT_TRANSITED, netdec_kept(&p->evidence.service));
}

static void remember(struct decode *d, const struct krb5_rep *r, struct str name, struct str realm)
{
    if (str_set(name) && r->ticket.cipher_n && r->ticket.cipher_n == r->ticket.cipher_whole)
        ticket_issued(d->tickets, r->ticket.hash, name, realm, r->type == KRB5_AS_REP);
}

/* An answer within FAST names the anonymous principal where the client wished so (hide-client-names, RFC 6113 5.4.2; RFC 8062 3). */
static bool hidden(const struct krb5_name *n)
{
    return n->type == NAME_WELLKNOWN && n->n == 2 && str_eq(n->part[0], STR("WELLKNOWN")) && str_eq(n->part[1], STR("ANONYMOUS"));
}

/* Whose ticket the answer holds: as it says; where that is hidden, who the request is for, or who showed the ticket. */
static struct account holder(struct decode *d, const struct krb5_pending *p, const struct krb5_rep *r)
{
    struct account who = {.name = STR_NONE};
    if (!hidden(&r->cname))
        client(&who, krb5_name_text(d, &r->cname), str_set(r->crealm) ? utf_clean(d->arena, r->crealm) : STR_NONE, r->cname.type);
    else if (r->type == KRB5_AS_REP)
        client(&who, netdec_kept(&p->cname), netdec_kept(&p->realm), p->cname_type);
    else if (p->for_user.n)
        client(&who, netdec_kept(&p->for_user), netdec_kept(&p->for_realm), 0);
    else if (!for_another(p))
        (void)owner(d, &who, &p->tgt);
    return who;
}

/* ---- activities ---- */

void krb5_act_answered(struct decode *d, const struct flow *f, const struct krb5_pending *p, const struct krb5_rep *r)
{
    bool tgs = r->type == KRB5_TGS_REP;
    enum kind kind = !tgs ? KIND_CREDENTIALS_VALIDATION : p->options & OPTION_RENEW ? KIND_TICKET_RENEWAL : KIND_RESOURCE_ACCESS;
    struct activity *a = netdec_begin(d, f, &p->ref, kind, PROTO_KERBEROS);
    struct account who = holder(d, p, r);
    a->outcome = OUTCOME_SUCCESS;
    if (for_another(p)) {
        (void)owner(d, &a->actor, &p->tgt);
        on_behalf(d, p, account_text(&who), who.domain);
    } else {
        a->actor = who;
    }
    request(d, p);
    if (!p->realm.n)
        service(d, called(krb5_name_text(d, &r->ticket.sname), r->ticket.realm));
    shown(d, p);
    issued(d, r);
    remember(d, r, who.name, who.domain);
    (void)decode_emit(d);
}

static void failed(struct decode *d, const struct krb5_error *e)
{
    d->act.outcome = OUTCOME_FAILURE;
    d->act.has_code = true;
    d->act.code = e->code;
    decode_u64(d, FACT_ERROR_CODE, e->code);
    struct str reason = winstatus_kerberos(e->code);
    if (e->has_status && e->status) {
        decode_u64(d, FACT_SUB_STATUS, e->status);
        struct str closer = winstatus_nt(e->status);
        reason = str_eq(reason, STR("other")) && str_set(closer) ? closer : reason;
    }
    decode_str(d, FACT_FAILURE_REASON, reason);
}

static void refused_logon(struct decode *d, const struct flow *f, const struct krb5_pending *p, const struct krb5_error *e)
{
    bool asked = e->code == ERR_PREAUTH_REQUIRED;
    struct activity *a = netdec_begin(d, f, &p->ref, asked ? KIND_PREAUTH_ASKED : KIND_CREDENTIALS_VALIDATION, PROTO_KERBEROS);
    client(&a->actor, netdec_kept(&p->cname), netdec_kept(&p->realm), p->cname_type);
    request(d, p);
    decode_str(d, FACT_KDC_ETYPES, numbers(d, &e->etypes));
    if (asked) {
        a->has_code = true;
        a->code = e->code;
    } else {
        failed(d, e);
    }
    (void)decode_emit(d);
}

static void refused_ticket(struct decode *d, const struct flow *f, const struct krb5_pending *p, const struct krb5_error *e)
{
    enum kind kind = p->options & OPTION_RENEW ? KIND_TICKET_RENEWAL : KIND_RESOURCE_ACCESS;
    struct activity *a = netdec_begin(d, f, &p->ref, kind, PROTO_KERBEROS);
    if (!owner(d, &a->actor, &p->tgt) && e->cname.n)
        client(&a->actor, krb5_name_text(d, &e->cname), str_set(e->crealm) ? utf_clean(d->arena, e->crealm) : STR_NONE, e->cname.type);
    on_behalf(d, p, netdec_kept(&p->for_user), netdec_kept(&p->for_realm));
    request(d, p);
    shown(d, p);
    failed(d, e);
    (void)decode_emit(d);
}

void krb5_act_refused(struct decode *d, const struct flow *f, const struct krb5_pending *p, const struct krb5_error *e)
{
    if (e->code == ERR_RESPONSE_TOO_BIG || e->code == ERR_WRONG_REALM || e->code == ERR_MORE_PREAUTH_DATA)
        return; /* the client goes on: over TCP, with another realm, with another message */
    if (p->type == KRB5_AS_REQ)
        refused_logon(d, f, p, e);
    else
        refused_ticket(d, f, p, e);
}

/* ---- password changes (RFC 3244 2) ---- */

/* The ticket, as that of an AP-REQ in any other protocol (decode/auth.h). An error of its own says that it was refused (RFC 4120 7.5.9). */
static void used(struct decode *d, const struct flow *f, const struct krb5_pending *p, bool server, const struct krb5_error *e)
{
    enum { AP_FIRST = 31, AP_LAST = 50 };
    struct auth a = {.mech = AUTH_KERBEROS, .open = true, .proof = true, .ref = p->ref, .ticket_etype = p->tgt.etype};
    struct account who = {.name = STR_NONE};
    bool refused = e && e->code >= AP_FIRST && e->code <= AP_LAST;
    memcpy(a.ref.id, p->use_id, sizeof a.ref.id);
    if (p->tgt.hashed)
        memcpy(a.ticket, p->tgt.hash, sizeof a.ticket);
    netdec_keep(&a.spn, netdec_kept(&p->tgt.service));
    if (owner(d, &who, &p->tgt)) {
        netdec_keep(&a.name, who.name);
        netdec_keep(&a.domain, who.domain);
    }
    auth_done(d, f, &a, &(struct auth_result){.outcome = server ? OUTCOME_SUCCESS : refused ? OUTCOME_FAILURE : OUTCOME_UNKNOWN, .carrier = "KPASSWD"});
}

/* A ticket that did not come from an AS exchange does not prove that its owner knows the old password: with it a password can be set, not changed. */
static bool resets(const struct decode *d, const struct krb5_pending *p)
{
    const struct ticket_owner *o = p->tgt.hashed ? ticket_of(d->tickets, p->tgt.hash) : NULL;
    return p->sets && o && !o->initial;
}

/* The result code and a text for people, which an error has in its e-data. */
static void result(struct decode *d, const struct krb5_error *e)
{
    static const char *const names[] = {"SUCCESS", "MALFORMED", "HARDERROR", "AUTHERROR", "SOFTERROR", "ACCESSDENIED", "BAD_VERSION", "INITIAL_FLAG_NEEDED"};
    enum { TEXT = 200 };
    struct fault why;
    if (!str_set(e->data))
        return;
    struct rd r = rd_of(e->data.p, e->data.n, &why);
    uint16_t code = rd_u16be(&r);
    if (!rd_ok(&r) || code >= sizeof names / sizeof *names)
        return;
    struct str text = utf_cut(str_trim(utf_clean(d->arena, str_from(e->data, 2))), TEXT);
    decode_str(d, FACT_ERROR_NAME, str_fmt(d->arena, "KRB5_KPASSWD_%s%s%.*s", names[code], text.n ? ": " : "", STR_ARG(text)));
}

void krb5_act_password(struct decode *d, const struct flow *f, const struct krb5_pending *p, bool server, const struct krb5_error *e)
{
    used(d, f, p, server, e);
    bool reset = resets(d, p);
    struct activity *a = netdec_begin(d, f, &p->ref, reset ? KIND_PASSWORD_RESET : KIND_PASSWORD_CHANGE, PROTO_KERBEROS);
    (void)owner(d, &a->actor, &p->tgt);
    decode_str(d, FACT_OPERATION, p->sets ? STR("set password") : STR("change password"));
    if (!p->sets && str_set(a->actor.name)) { /* the older form has no room for another's name */
        struct object *o = decode_object(d, OBJECT_ACCOUNT, ROLE_TARGET, a->actor.name);
        if (o)
            o->ref.domain = a->actor.domain;
    }
    service(d, netdec_kept(&p->tgt.service));
    shown(d, p);
    if (e) {
        failed(d, e);
        result(d, e);
    }
    (void)decode_emit(d);
}
