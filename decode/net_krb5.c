/* decode/net_krb5.c - Kerberos between clients and KDCs: UDP and TCP port 88 (RFC 4120 7.2), password changes on 464 (RFC 3244).
 *
 * KRB-ERROR repeats no nonce and a KDC-REP encrypts it: answers are paired with requests by flow, type and order, and by the client's name
 * where the error has it. A request sent again takes the place of its first. */
#include "decode/krb5_act.h"

enum { WAITING = 4, LENGTH = 4, KPASSWD = 464, KPASSWD_VERSION = 1, KPASSWD_SET_VERSION = 0xff80, LARGEST = 1 << 20 };

struct state {
    uint16_t n, room; /* requests that wait, the oldest first; what the memory holds, 0 at first: one */
    bool lost;        /* requests were not captured */
    bool asked;       /* a request was seen */
    struct krb5_pending waiting[1];
};

static size_t size_for(unsigned n)
{
    return sizeof(struct state) + (n - 1) * sizeof(struct krb5_pending);
}

/* ---- the queue of a flow ---- */

static void drop(struct state *s, unsigned i)
{
    if (i + 1u < s->n)
        memmove(&s->waiting[i], &s->waiting[i + 1], (s->n - i - 1u) * sizeof *s->waiting);
    s->n--;
    memset(&s->waiting[s->n], 0, sizeof *s->waiting);
}

/* Room for one more request; the oldest goes where there is none. */
static struct krb5_pending *room(struct flow *f, const struct krb5_pending *like)
{
    struct state *s = f->state;
    for (unsigned i = 0; i < s->n; i++)
        if (s->waiting[i].type == like->type && s->waiting[i].nonce == like->nonce)
            return &s->waiting[i];
    unsigned held = s->room ? s->room : 1;
    if (s->n == held && held < WAITING && f->grow(f, size_for(held + 1))) {
        s = f->state;
        s->room = (uint16_t)++held;
    }
    if (s->n == held)
        drop(s, 0);
    return &s->waiting[s->n++];
}

static void wait(struct flow *f, const struct krb5_pending *p)
{
    *room(f, p) = *p;
    ((struct state *)f->state)->asked = true;
}

/* Takes the request that the answer is for: the oldest of that type, of that client if it is told. */
static bool take(struct state *s, int type, struct str client, struct krb5_pending *out)
{
    unsigned at = s->n;
    for (unsigned i = 0; i < s->n; i++) {
        const struct krb5_pending *p = &s->waiting[i];
        bool fits = type ? p->type == type : p->type != 0;
        bool his = fits && str_set(client) && str_eqi(client, netdec_kept(&p->cname));
        if (his || (fits && at == s->n))
            at = i;
        if (his)
            break;
    }
    if (at == s->n)
        return false;
    *out = s->waiting[at];
    drop(s, at);
    return true;
}

/* ---- exchanges with the KDC ---- */

/* What is wrong with a message of which the end was not captured is the cut. */
static bool sound(struct decode *d, const struct message *m, const struct krb5_in *in)
{
    if (!rd_ok(&in->r) && !in->cut)
        netdec_fault(d, m, in->r.fault->why, in->r.fault->offset);
    return rd_ok(&in->r) || in->cut;
}

static void request(struct decode *d, struct flow *f, const struct message *m, struct krb5_in *in)
{
    struct krb5_req r;
    krb5_msg_req(in, &r);
    if (!sound(d, m, in) || (!str_set(r.realm) && !r.has_ap))
        return;
    struct krb5_pending p = {.type = 0};
    krb5_act_keep(d, &r, &p);
    netdec_ref(f, m, 0, &p.ref);
    wait(f, &p);
}

static void answer(struct decode *d, struct flow *f, const struct message *m, struct krb5_in *in)
{
    struct state *s = f->state;
    struct krb5_rep r;
    struct krb5_pending p = {.type = 0};
    krb5_msg_rep(in, &r);
    if (!sound(d, m, in) || !r.cname.n)
        return;
    if (!take(s, r.type == KRB5_AS_REP ? KRB5_AS_REQ : KRB5_TGS_REQ, STR_NONE, &p)) {
        if (s->asked && !s->lost)
            return; /* the same answer again */
        netdec_ref(f, m, 0, &p.ref);
    }
    krb5_act_answered(d, f, &p, &r);
}

static void refusal(struct decode *d, struct flow *f, const struct message *m, struct krb5_in *in)
{
    struct krb5_error e;
    struct krb5_pending p;
    krb5_msg_error(in, &e);
    if (!sound(d, m, in) || !str_set(e.realm))
        return;
    if (take(f->state, 0, krb5_name_text(d, &e.cname), &p))
        krb5_act_refused(d, f, &p, &e);
}

static void kdc(struct decode *d, struct flow *f, const struct message *m, struct krb5_in *in)
{
    switch (krb5_msg_type(in->r.p, rd_left(&in->r))) {
    case KRB5_AS_REQ:
    case KRB5_TGS_REQ: request(d, f, m, in); break;
    case KRB5_AS_REP:
    case KRB5_TGS_REP: answer(d, f, m, in); break;
    case KRB5_ERROR: refusal(d, f, m, in); break;
    default: netdec_fault(d, m, "no Kerberos message begins so", rd_offset(&in->r)); break;
    }
}

/* ---- password changes (RFC 3244 2) ---- */

static void change(struct decode *d, struct flow *f, const struct message *m, struct krb5_in *in)
{
    struct krb5_ap ap;
    struct krb5_pending p = {.type = 0};
    rd_skip(&in->r, 2); /* length of the message */
    unsigned version = rd_u16be(&in->r), n = rd_u16be(&in->r);
    if (rd_ok(&in->r) && version != KPASSWD_VERSION && version != KPASSWD_SET_VERSION)
        rd_fail(&in->r, "unknown version of the password change protocol");
    if (n > rd_left(&in->r) && !in->cut)
        rd_fail(&in->r, "AP-REQ longer than the message");
    krb5_ap_in(in, &ap);
    if (!sound(d, m, in) || !str_set(ap.ticket.realm))
        return;
    krb5_act_keep_ap(d, &ap, &p);
    p.sets = version == KPASSWD_SET_VERSION;
    netdec_ref(f, m, 1, &p.ref);
    memcpy(p.use_id, p.ref.id, sizeof p.use_id);
    netdec_ref(f, m, 0, &p.ref);
    wait(f, &p);
}

/* The answer has AP-REP and an encrypted result, or no AP-REP and a KRB-ERROR. */
static void changed(struct decode *d, struct flow *f, const struct message *m, struct krb5_in *in)
{
    struct state *s = f->state;
    struct krb5_error e = {.code = 0};
    rd_skip(&in->r, 4);
    unsigned n = rd_u16be(&in->r);
    if (n == 0)
        krb5_msg_error(in, &e);
    unsigned i = 0;
    while (i < s->n && s->waiting[i].type)
        i++;
    if (!sound(d, m, in) || i == s->n)
        return;
    struct krb5_pending p = s->waiting[i];
    drop(s, i);
    krb5_act_password(d, f, &p, n > 0, n == 0 && e.code ? &e : NULL);
}

/* ---- the decoder ---- */

/* A length, the same length again, and a version (RFC 3244 2). */
static enum claim claims_password(struct rd r, size_t length)
{
    unsigned n = rd_u16be(&r), version = rd_u16be(&r);
    if (!rd_ok(&r))
        return CLAIM_MORE;
    return n == length && (version == KPASSWD_VERSION || version == KPASSWD_SET_VERSION) ? CLAIM_YES : CLAIM_NO;
}

/* By its port, and elsewhere by what it says: no message of a KDC begins so. */
static bool about_password(const struct flow *f, struct rd r, size_t length)
{
    struct fault why = {0};
    r.fault = &why;
    return f->server_port == KPASSWD || claims_password(r, length) == CLAIM_YES;
}

static void message(struct decode *d, struct flow *f, const struct message *m)
{
    struct fault fault;
    struct krb5_in in = {rd_of(m->p, m->n, &fault), m->n < m->whole};
    if (f->tcp)
        rd_skip(&in.r, LENGTH);
    if (rd_left(&in.r) == 0)
        return;
    if (!about_password(f, in.r, m->whole - (f->tcp ? LENGTH : 0)))
        kdc(d, f, m, &in);
    else if (m->from_client)
        change(d, f, m, &in);
    else
        changed(d, f, m, &in);
}

static void gap(struct flow *f, bool from_client)
{
    struct state *s = f->state;
    s->n = 0; /* order no longer tells which answer is whose */
    s->lost = s->lost || from_client;
}

static void end(struct decode *d, struct flow *f)
{
    struct state *s = f->state;
    for (unsigned i = 0; i < s->n; i++)
        if (!s->waiting[i].type)
            krb5_act_password(d, f, &s->waiting[i], false, NULL);
    s->n = 0;
}

/* RFC 4120 7.2.2: four bytes of length, of which the highest bit is reserved and zero */
static ptrdiff_t frame(const uint8_t *p, size_t n)
{
    struct fault fault;
    struct rd r = rd_of(p, n, &fault);
    uint32_t length = rd_u32be(&r);
    if (!rd_ok(&r))
        return 0;
    return length == 0 || length > LARGEST ? -1 : (ptrdiff_t)length + LENGTH;
}

/* A length, and an application element of just that length that holds a SEQUENCE. */
static enum claim claims_kdc(struct rd r, uint32_t length, bool from_client)
{
    int type = krb5_msg_type(r.p, rd_left(&r));
    size_t before = rd_offset(&r), stated;
    if (rd_left(&r) && (!type || from_client != (type == KRB5_AS_REQ || type == KRB5_TGS_REQ)))
        return CLAIM_NO;
    (void)ber_head(&r, &stated);
    if (!rd_ok(&r) || rd_left(&r) == 0)
        return CLAIM_MORE;
    return stated + (rd_offset(&r) - before) == length && rd_u8(&r) == BER_SEQUENCE ? CLAIM_YES : CLAIM_NO;
}

static enum claim claims(const uint8_t *p, size_t n, bool from_client)
{
    struct fault fault;
    struct rd r = rd_of(p, n < 16 ? n : 16, &fault);
    uint32_t length = rd_u32be(&r);
    if (!rd_ok(&r))
        return n && p[0] ? CLAIM_NO : CLAIM_MORE;
    if (length == 0 || length > LARGEST)
        return CLAIM_NO;
    enum claim kdc_message = claims_kdc(r, length, from_client);
    fault = (struct fault){0};
    return kdc_message == CLAIM_NO ? claims_password(r, length) : kdc_message;
}

const struct netdecoder net_krb5 = {
    .name = "krb5",
    .about = "Kerberos exchanges with a KDC (AS, TGS, errors) over UDP and TCP, and password changes: RFC 4120, 4556, 6113, 3244, MS-KILE, MS-SFU.",
    .tcp = {88, KPASSWD},
    .udp = {88, KPASSWD},
    .state_size = sizeof(struct state),
    .claims = claims,
    .frame = frame,
    .message = message,
    .gap = gap,
    .end = end,
};
