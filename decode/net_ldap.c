/* decode/net_ldap.c - LDAP over TCP (RFC 4511, MS-ADTS 3.1.1.3 and 5.1.1): binds, searches and changes, each with its answer.
 *
 * A request is kept until its answer comes: at most SLOTS of them, each with at most RAW of its bytes. Of a bind only the name is kept,
 * never the password. */
#include "base/dn.h"
#include "decode/auth.h"
#include "decode/ldapchange.h"
#include "decode/ldapquery.h"
#include "decode/ldapsasl.h"
#include "decode/wintext.h"

enum { SLOTS = 8, RAW = 3072 };
enum { SIMPLE = 0x80, SASL = 0xa3, SICILY_DISCOVERY = 0x89, SICILY_NEGOTIATE = 0x8a, SICILY_RESPONSE = 0x8b, SASL_ANSWER = 0x87, REFERRAL = 0xa3 };
#define START_TLS "1.3.6.1.4.1.1466.20037"

struct slot { /* a request without its answer */
    struct netref ref;
    uint32_t id, entries;
    uint16_t n;
    uint8_t op; /* 0: free */
    bool cut;
    uint8_t raw[RAW];
};

struct bind {
    struct netref ref;
    uint32_t id;
    uint8_t how; /* the tag of its authentication; 0: none is open */
    bool password; /* a simple bind had one */
    NETDEC_TEXT(192) name;
    NETDEC_TEXT(24) mechanism;
};

struct state {
    struct auth auth;
    struct bind bind;
    NETDEC_TEXT(192) who; /* of the last successful simple bind */
    size_t skip[2]; /* bytes of an LDAP message that go on in the next signed buffer of client and server */
    bool sasl;      /* auth says who is bound */
    uint16_t nslots;
    struct slot slot[];
};

struct here { /* the message at hand */
    struct decode *d;
    struct flow *f;
    const struct message *m;
    unsigned ordinal; /* LDAP messages in it so far */
};

/* ---- who is bound ---- */

/* A bind names who it is by DN, UPN, DOMAIN\name or another form of MS-ADTS 5.1.1.1.1. */
static struct account called(struct decode *d, struct str name)
{
    struct account a = {0};
    struct str cn = str_chr(name, '=') > 0 && str_chr(name, ',') > 0 ? dn_value(name, 0) : STR_NONE;
    if (str_set(cn)) {
        a.name = cn;
        a.domain = dn_domain(d->arena, name);
    } else if (name.n) {
        decode_account(&a, name);
    }
    return a;
}

static struct account bound(struct decode *d, const struct state *s)
{
    if (s->sasl)
        return auth_who(&s->auth);
    return called(d, netdec_kept(&s->who));
}

static struct str server(const struct state *s)
{
    struct str dns = netdec_kept(&s->auth.server_dns);
    return str_set(dns) ? dns : netdec_kept(&s->auth.server_name);
}

static struct ldapwork work(const struct here *h, const struct netref *ref, const struct ldapmsg_result *result)
{
    const struct state *s = h->f->state;
    struct ldapwork w = {.d = h->d, .flow = h->f, .ref = ref, .who = bound(h->d, s), .server = server(s)};
    if (result)
        w.result = *result;
    return w;
}

/* ---- binds ---- */

static void tell_bind(struct here *h, const struct bind *b, const struct ldapmsg_result *result)
{
    struct ldapwork w = work(h, &b->ref, result);
    struct str name = netdec_kept(&b->name);
    bool simple = b->how == SIMPLE;
    w.who = called(h->d, name);
    ldapchange_begin(&w, KIND_LDAP_BIND);
    decode_str(h->d, FACT_OPERATION, !simple ? STR("SASL bind") : b->password ? STR("simple bind") : name.n ? STR("unauthenticated bind") : STR("anonymous bind"));
    decode_str(h->d, FACT_AUTH_PACKAGE, simple ? STR("simple") : b->mechanism.n ? netdec_kept(&b->mechanism) : STR("Sicily"));
    if (str_chr(name, '=') > 0)
        decode_str(h->d, FACT_DN, name);
    if (result && result->known && result->code != LDAP_SUCCESS) {
        uint64_t status;
        struct str reason = ldapmsg_reason(result->diagnostic, &status);
        decode_str(h->d, FACT_FAILURE_REASON, !str_set(reason) && result->code != LDAP_INVALID_CREDENTIALS ? STR("other") : reason);
    }
    (void)decode_emit(h->d);
}

/* The bind that waits will not be answered. */
static void give_up_bind(struct here *h)
{
    struct state *s = h->f->state;
    struct bind *b = &s->bind;
    if (b->how == SIMPLE)
        tell_bind(h, b, NULL);
    if (b->how && b->how != SIMPLE)
        auth_abandon(h->d, h->f, &s->auth, "LDAP");
    b->how = 0;
}

static void token(struct here *h, struct rd r)
{
    struct state *s = h->f->state;
    if (rd_left(&r) && !ldapsasl_wrapped(r))
        auth_token(h->d, h->f, h->m, &s->auth, r);
}

/* BindRequest, RFC 4511 4.2; Sicily: MS-ADTS 5.1.1.1.3. */
static void bind_request(struct here *h, struct ldapmsg *l)
{
    struct state *s = h->f->state;
    struct rd value, mechanism, credentials;
    (void)ber_int(&l->body, BER_INTEGER);
    struct rd name = ber_get(&l->body, BER_OCTETS);
    uint8_t how = ldapmsg_element(&l->body, h->m->n < h->m->whole, &value);
    if (!rd_ok(&l->body))
        return;
    bool goes_on = s->bind.how == how && how != SIMPLE;
    if (!goes_on)
        give_up_bind(h);
    s->bind = (struct bind){.id = l->id, .how = how, .password = how == SIMPLE && rd_left(&value) > 0};
    netdec_ref(h->f, h->m, h->ordinal, &s->bind.ref);
    s->who.n = 0;
    s->sasl = false;
    netdec_keep(&s->bind.name, ldapmsg_text(&name, SIZE_MAX));
    if (how == SASL) {
        mechanism = ber_get(&value, BER_OCTETS);
        netdec_keep(&s->bind.mechanism, ldapmsg_text(&mechanism, SIZE_MAX));
        if (rd_left(&value) && ldapmsg_element(&value, h->m->n < h->m->whole, &credentials) == BER_OCTETS)
            token(h, credentials);
    } else if (how == SICILY_NEGOTIATE || how == SICILY_RESPONSE) {
        token(h, value);
    }
}

static void server_token(struct here *h, struct rd *body, const struct ldapmsg_result *result)
{
    struct rd referral, r;
    if (result->code == LDAP_SUCCESS || result->code == LDAP_SASL_BIND_IN_PROGRESS) {
        (void)ber_opt(body, REFERRAL, &referral);
        if (ber_opt(body, SASL_ANSWER, &r))
            token(h, r);
    }
}

static void sasl_done(struct here *h, const struct ldapmsg_result *result)
{
    struct state *s = h->f->state;
    bool success = result->code == LDAP_SUCCESS;
    uint64_t status;
    (void)ldapmsg_reason(result->diagnostic, &status);
    if (s->auth.open) {
        struct auth_result r = {.outcome = success ? OUTCOME_SUCCESS : OUTCOME_FAILURE,
                                .has_code = true,
                                .code = status ? status : result->code,
                                .carrier = "LDAP"};
        auth_done(h->d, h->f, &s->auth, &r);
    } else {
        tell_bind(h, &s->bind, result);
    }
    s->sasl = success;
}

static void bind_answer(struct here *h, struct ldapmsg *l)
{
    struct state *s = h->f->state;
    struct bind *b = &s->bind;
    struct ldapmsg_result result;
    ldapmsg_result(&l->body, &result);
    if (!b->how || b->id != l->id || !result.known) {
        decode_ignored(h->d, STR("LDAP answer without its request"));
        return;
    }
    if (b->how == SASL)
        server_token(h, &l->body, &result);
    if (b->how == SICILY_NEGOTIATE && result.code == LDAP_SUCCESS && str_set(result.matched)) { /* the challenge takes the place of the DN */
        struct fault fault;
        token(h, rd_of(result.matched.p, result.matched.n, &fault));
    }
    if (result.code == LDAP_SASL_BIND_IN_PROGRESS)
        return;
    if (b->how == SIMPLE) {
        tell_bind(h, b, &result);
        if (result.code == LDAP_SUCCESS && b->password)
            netdec_keep(&s->who, netdec_kept(&b->name));
    } else if (b->how == SASL || b->how == SICILY_RESPONSE) {
        sasl_done(h, &result);
    }
    if (b->how != SICILY_NEGOTIATE || result.code != LDAP_SUCCESS)
        b->how = 0;
}

/* ---- requests and their answers ---- */

static void search(struct ldapwork *w, struct ldapmsg *l, uint32_t entries)
{
    struct ldapquery q;
    struct ldapmsg_controls c;
    struct decode *d = w->d;
    ldapquery_read(d->arena, &l->body, w->cut, &q);
    ldapmsg_controls(l, &c);
    struct activity *a = ldapchange_begin(w, KIND_LDAP_SEARCH);
    a->instance = dn_domain(d->arena, q.base);
    decode_str(d, FACT_LDAP_BASE, q.base);
    decode_str(d, FACT_LDAP_SCOPE, q.scope);
    decode_str(d, FACT_LDAP_FILTER, q.filter);
    decode_str(d, FACT_LDAP_ATTRIBUTES, q.attributes);
    if (w->result.known)
        decode_u64(d, FACT_ENTRIES_RETURNED, entries);
    if (c.has_sd_flags)
        decode_u64(d, FACT_SD_FLAGS, c.sd_flags);
    if (c.has_page)
        decode_u64(d, FACT_PAGE_SIZE, c.page);
    if (q.size_limit)
        decode_u64(d, FACT_SIZE_LIMIT, q.size_limit);
    (void)decode_emit(d);
}

/* CompareRequest, RFC 4511 4.10: reads one object, as a search for it would. */
static void compare(struct ldapwork *w, struct ldapmsg *l)
{
    struct decode *d = w->d;
    struct rd object = ber_get(&l->body, BER_OCTETS), ava = ber_get(&l->body, BER_SEQUENCE), type = ber_get(&ava, BER_OCTETS);
    struct str attribute = ldapmsg_text(&type, 256);
    ldapchange_begin(w, KIND_LDAP_SEARCH);
    decode_str(d, FACT_OPERATION, STR("compare"));
    decode_str(d, FACT_LDAP_BASE, ldapmsg_text(&object, 2048));
    decode_str(d, FACT_LDAP_SCOPE, STR("base"));
    decode_str(d, FACT_LDAP_ATTRIBUTES, attribute);
    (void)decode_emit(d);
}

static void extended(struct ldapwork *w, struct ldapmsg *l)
{
    struct rd oid;
    if (!ber_opt(&l->body, 0x80, &oid))
        return;
    struct str name = ldapmsg_text(&oid, 64);
    decode_ignored(w->d, str_eq(name, STR(START_TLS)) ? STR("LDAP StartTLS")
                                                      : str_fmt(w->d->arena, "LDAP extended operation %.*s", STR_ARG(name)));
}

/* What the request at p, n says, together with its answer if there is one. */
static void tell(struct here *h, const struct slot *x, const uint8_t *p, size_t n, const struct ldapmsg_result *result)
{
    struct fault fault;
    struct rd r = rd_of(p, n, &fault);
    struct ldapmsg l;
    struct ldapwork w = work(h, &x->ref, result);
    w.cut = x->cut;
    ldapmsg_read(&r, x->cut, &l);
    if (l.op == LDAP_SEARCH)
        search(&w, &l, x->entries);
    else if (l.op == LDAP_COMPARE)
        compare(&w, &l);
    else if (l.op == LDAP_EXTENDED)
        extended(&w, &l);
    else
        ldapchange_emit(&w, &l);
    if (!rd_ok(&r) && !x->cut)
        netdec_fault(h->d, &(struct message){.packet = x->ref.packet, .offset = x->ref.offset}, fault.why, fault.offset);
}

static void finish(struct here *h, struct slot *x, const struct ldapmsg_result *result)
{
    tell(h, x, x->raw, x->n, result);
    memset(x->raw, 0, x->n); /* it may have held a new password */
    x->op = 0;
}

static struct slot *of_id(struct state *s, uint32_t id)
{
    for (unsigned i = 0; i < s->nslots; i++)
        if (s->slot[i].op && s->slot[i].id == id)
            return &s->slot[i];
    return NULL;
}

/* A free slot; the request that waited longest gives way. NULL when the flow may not keep any. */
static struct slot *take_slot(struct here *h)
{
    struct state *s = h->f->state;
    for (unsigned i = 0; i < s->nslots; i++)
        if (!s->slot[i].op)
            return &s->slot[i];
    struct state *more = s->nslots < SLOTS ? h->f->grow(h->f, sizeof *s + (s->nslots + 1u) * sizeof(struct slot)) : NULL;
    if (more)
        return &more->slot[more->nslots++];
    struct slot *oldest = NULL;
    for (unsigned i = 0; i < s->nslots; i++)
        if (!oldest || s->slot[i].ref.packet < oldest->ref.packet)
            oldest = &s->slot[i];
    if (oldest)
        finish(h, oldest, NULL);
    return oldest;
}

static void request(struct here *h, const struct ldapmsg *l, const uint8_t *p, size_t n, bool cut)
{
    struct slot *same = of_id(h->f->state, l->id);
    if (same)
        finish(h, same, NULL);
    struct slot *x = take_slot(h);
    if (!x) {
        struct slot now = {.cut = cut};
        netdec_ref(h->f, h->m, h->ordinal, &now.ref);
        tell(h, &now, p, n, NULL);
        return;
    }
    x->n = (uint16_t)(n < RAW ? n : RAW);
    memcpy(x->raw, p, x->n);
    x->cut = cut || n > RAW;
    x->id = l->id;
    x->op = l->op;
    x->entries = 0;
    netdec_ref(h->f, h->m, h->ordinal, &x->ref);
}

static uint8_t request_of(uint8_t answer)
{
    return answer == LDAP_SEARCH_DONE ? LDAP_SEARCH : answer == LDAP_DELETE_DONE ? LDAP_DELETE : (uint8_t)(answer - 1);
}

static void answer(struct here *h, struct ldapmsg *l)
{
    struct slot *x = of_id(h->f->state, l->id);
    struct ldapmsg_result result;
    if (!x || x->op != request_of(l->op)) {
        decode_ignored(h->d, STR("LDAP answer without its request"));
        return;
    }
    ldapmsg_result(&l->body, &result);
    finish(h, x, &result);
}

static void give_up(struct here *h)
{
    struct state *s = h->f->state;
    for (unsigned i = 0; i < s->nslots; i++)
        if (s->slot[i].op)
            finish(h, &s->slot[i], NULL);
    give_up_bind(h);
}

/* ---- messages ---- */

static void from_client(struct here *h, struct ldapmsg *l, const uint8_t *p, size_t n, bool cut)
{
    struct state *s = h->f->state;
    if (l->op == LDAP_BIND) {
        bind_request(h, l);
    } else if (l->op == LDAP_UNBIND) {
        give_up(h);
        s->who.n = 0;
        s->sasl = false;
    } else if (l->op == LDAP_ABANDON) {
        uint32_t id = 0;
        while (rd_left(&l->body))
            id = id << 8 | rd_u8(&l->body);
        struct slot *x = of_id(s, id);
        if (x)
            finish(h, x, NULL);
    } else {
        request(h, l, p, n, cut);
    }
}

static void from_server(struct here *h, struct ldapmsg *l)
{
    if (l->op == LDAP_BIND_DONE) {
        bind_answer(h, l);
    } else if (l->op == LDAP_ENTRY) {
        struct slot *x = of_id(h->f->state, l->id);
        if (x)
            x->entries++;
    } else if (l->op != LDAP_REFERENCE && l->op != LDAP_INTERMEDIATE) {
        answer(h, l);
    }
}

/* One LDAP message, of which n bytes are there. */
static void one(struct here *h, const uint8_t *p, size_t n, bool cut)
{
    struct fault fault;
    struct rd r = rd_of(p, n, &fault);
    struct ldapmsg l;
    ldapmsg_read(&r, cut, &l);
    if (rd_ok(&r)) {
        if (ldapmsg_begins(p, n, LDAPMSG_CLIENT) == CLAIM_YES)
            from_client(h, &l, p, n, cut);
        else
            from_server(h, &l);
    }
    if (!rd_ok(&r) && !cut)
        netdec_fault(h->d, h->m, fault.why, fault.offset);
    h->ordinal++;
}

/* The content of a signed buffer: messages, of which the last may go on in the next buffer. */
static void signed_messages(struct here *h, struct rd *r)
{
    struct state *s = h->f->state;
    size_t *skip = &s->skip[h->m->from_client];
    size_t over = *skip < rd_left(r) ? *skip : rd_left(r);
    rd_skip(r, over);
    size_t still = *skip - over;
    while (rd_left(r)) {
        ptrdiff_t whole = ldapmsg_length(r->p, rd_left(r));
        if (whole <= 0) {
            decode_unread(h->d, UNREAD_LDAP_MIDDLE, h->m->packet);
            break;
        }
        size_t n = (size_t)whole < rd_left(r) ? (size_t)whole : rd_left(r);
        still = (size_t)whole - n;
        one(h, r->p, n, still > 0);
        rd_skip(r, n);
    }
    s = h->f->state; /* it may have moved */
    s->skip[h->m->from_client] = still;
}

static void message(struct decode *d, struct flow *f, const struct message *m)
{
    struct here h = {d, f, m, 0};
    struct state *s = f->state;
    struct fault fault;
    struct rd inner;
    if (m->n == 0)
        return;
    if (m->p[0] == BER_SEQUENCE)
        one(&h, m->p, m->n, m->n < m->whole);
    else if (m->p[0] >= 0x14 && m->p[0] <= 0x17)
        decode_unread(d, UNREAD_LDAP_TLS, m->packet);
    else if (ldapsasl_open(m->p, m->n, s->skip[m->from_client] > 0, &inner, &fault))
        signed_messages(&h, &inner);
    else
        decode_unread(d, UNREAD_LDAP_SEALED, m->packet);
}

static enum claim claims(const uint8_t *p, size_t n, bool client)
{
    if (n == 0)
        return CLAIM_MORE;
    if (p[0] == 0)
        return ldapsasl_begins(p, n);
    return ldapmsg_begins(p, n, client ? LDAPMSG_CLIENT : LDAPMSG_SERVER);
}

/* TLS records follow StartTLS (RFC 8446 5.1: type, version 3.x, length). */
static ptrdiff_t tls_length(const uint8_t *p, size_t n)
{
    if (n < 5)
        return n < 2 || p[1] == 3 ? 0 : -1;
    size_t whole = (size_t)p[3] << 8 | p[4];
    return p[1] == 3 && p[2] <= 4 && whole > 0 && whole <= 16384 + 2048 ? (ptrdiff_t)(5 + whole) : -1;
}

static ptrdiff_t frame(const uint8_t *p, size_t n)
{
    if (n == 0)
        return 0;
    if (p[0] == 0)
        return ldapsasl_length(p, n);
    return p[0] >= 0x14 && p[0] <= 0x17 ? tls_length(p, n) : ldapmsg_length(p, n);
}

static void gap(struct flow *f, bool client)
{
    ((struct state *)f->state)->skip[client] = 0;
}

static void end(struct decode *d, struct flow *f)
{
    struct here h = {d, f, &(struct message){0}, 0};
    give_up(&h);
}

const struct netdecoder net_ldap = {
    .name = "ldap",
    .about = "LDAP of directory servers, in clear text or signed: binds, searches with filter and result, changes.",
    .tcp = {389, 3268},
    .state_size = sizeof(struct state),
    .claims = claims,
    .frame = frame,
    .message = message,
    .gap = gap,
    .end = end,
};
