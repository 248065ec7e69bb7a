/* decode/net_dns.c - DNS on the wire: queries with their answers, zone transfers, updates (RFC 1035, 1995, 2136, 5936), and who
 * authenticates for them (decode/dnskey.h).
 *
 * One activity for each query, at the time of the query, with what the answer says; without an answer its outcome is unknown. */
#include "decode/dnskey.h"

enum { PENDING = 2, OPCODE_QUERY = 0, OPCODE_UPDATE = 5, RECORDS = 64 };

struct pending {
    bool set, answered, authoritative;
    uint16_t id, type;
    uint8_t opcode, rcode;
    uint32_t answers, soas, size;
    const char *anomaly;
    struct netref ref;
    NETDEC_TEXT(DNS_NAME_MAX) name;
    NETDEC_TEXT(DNS_NAME_MAX) zone; /* of an update */
    NETDEC_TEXT(128) data;
    uint32_t seconds;
};

struct state {
    unsigned next; /* place for the next query */
    bool keyed;    /* the state is a struct keyed */
    struct pending pending[PENDING];
};

struct keyed { /* once a key was asked for */
    struct state state;
    struct auth auth;
};

static void tell(struct decode *d, const struct flow *f, struct pending *p)
{
    bool update = p->opcode == OPCODE_UPDATE;
    p->set = false;
    struct activity *a = netdec_begin(d, f, &p->ref, update ? KIND_DNS_UPDATE : KIND_DNS_QUERY, PROTO_DNS);
    decode_str(d, FACT_DNS_NAME, netdec_kept(&p->name));
    decode_u64(d, FACT_DNS_TYPE, p->type);
    if (update)
        decode_str(d, FACT_NAMING_CONTEXT, netdec_kept(&p->zone));
    if (p->answered) {
        a->outcome = p->rcode ? OUTCOME_FAILURE : OUTCOME_SUCCESS;
        a->has_code = true;
        a->code = p->rcode;
        decode_u64(d, FACT_DNS_RCODE, p->rcode);
        if (!update)
            decode_u64(d, FACT_DNS_ANSWERS, p->answers);
        decode_u64(d, FACT_DNS_SIZE, p->size);
        if (p->authoritative)
            decode_u64(d, FACT_DNS_AUTHORITATIVE, 1);
    }
    decode_str(d, FACT_DNS_DATA, netdec_kept(&p->data));
    if (p->seconds)
        decode_u64(d, FACT_SECONDS, p->seconds);
    decode_str(d, FACT_DNS_ANOMALY, str_of(p->anomaly));
    (void)decode_emit(d);
}

/* The first question. The dns_ functions put texts into the arena, which activities may point into until they are emitted. */
static void question(struct decode *d, struct dns_asked *q)
{
    if (q->head->count[DNS_QUESTION] == 0)
        return;
    q->name = dns_name(d, &q->rest, &q->whole);
    q->type = rd_u16be(&q->rest);
    (void)rd_u16be(&q->rest); /* class */
}

static void keep(const struct dns_asked *q, struct pending *p)
{
    p->type = q->type;
    if (q->head->opcode == OPCODE_UPDATE)
        netdec_keep(&p->zone, q->name);
    else
        netdec_keep(&p->name, q->name);
}

/* RFC 2136 2.5: what is to be added (its class is the zone's) or deleted. */
static void updates(struct decode *d, struct dns_asked *q, struct pending *p)
{
    const struct dns_head *h = q->head;
    struct rd *r = &q->rest;
    struct dns_record x;
    for (unsigned i = 0; i < h->count[DNS_ANSWER] && i < RECORDS && rd_ok(r); i++)
        dns_record(d, r, &q->whole, &x);
    for (unsigned i = 0; i < h->count[DNS_AUTHORITY] && i < RECORDS && rd_ok(r); i++) {
        dns_record(d, r, &q->whole, &x);
        if (!rd_ok(r) || (p->data.n && i))
            continue;
        netdec_keep(&p->name, x.name);
        p->type = x.type;
        p->seconds = x.ttl;
        netdec_keep(&p->data, dns_data(d, &x, &q->whole));
    }
}

static struct pending *find(struct state *s, uint16_t id)
{
    for (unsigned i = 0; i < PENDING; i++)
        if (s->pending[i].set && s->pending[i].id == id)
            return &s->pending[i];
    return NULL;
}

static void broken(struct decode *d, const struct message *m, const struct dns_asked *q)
{
    const struct fault *why = q->rest.fault;
    if (why->why && m->n == m->whole)
        netdec_fault(d, m, why->why, why->offset);
}

static void query(struct decode *d, struct flow *f, const struct message *m, struct dns_asked *q)
{
    const struct dns_head *h = q->head;
    struct state *s = f->state;
    struct pending *p = find(s, h->id);
    if (p && p->answered)
        tell(d, f, p);
    else if (p)
        return; /* sent again */
    p = &s->pending[s->next++ % PENDING];
    if (p->set)
        tell(d, f, p);
    *p = (struct pending){.set = true, .id = h->id, .opcode = h->opcode};
    netdec_ref(f, m, 0, &p->ref);
    if (m->n == m->whole)
        p->anomaly = dns_anomaly(d, m->p, m->n);
    keep(q, p);
    if (h->opcode == OPCODE_UPDATE)
        updates(d, q, p);
    broken(d, m, q);
    p->set = p->name.n || p->zone.n || p->anomaly;
}

static void answers(struct decode *d, struct dns_asked *q, struct pending *p)
{
    const struct dns_head *h = q->head;
    struct rd *r = &q->rest;
    struct dns_record x;
    bool transfer = p->type == DNS_AXFR || p->type == DNS_IXFR;
    for (unsigned i = 0; i < h->count[DNS_ANSWER] && (transfer || i < RECORDS) && rd_ok(r); i++) {
        dns_record(d, r, &q->whole, &x);
        if (!rd_ok(r))
            break;
        p->soas += x.type == DNS_SOA;
        if (!p->data.n && (x.type == p->type || i + 1u == h->count[DNS_ANSWER])) {
            netdec_keep(&p->data, dns_data(d, &x, &q->whole));
            p->seconds = x.ttl;
        }
    }
}

/* An answer to a query that was not seen: its own question says what was asked. */
static struct pending *unasked(struct decode *d, struct flow *f, const struct message *m, const struct dns_head *h)
{
    struct state *s = f->state;
    struct pending *p = &s->pending[s->next++ % PENDING];
    if (p->set)
        tell(d, f, p);
    *p = (struct pending){.set = true, .id = h->id, .opcode = h->opcode};
    netdec_ref(f, m, 0, &p->ref);
    return p;
}

/* An answer to a question that was sent again, after the first answer was told. */
static bool repeated(const struct state *s, uint16_t id)
{
    for (unsigned i = 0; i < PENDING; i++)
        if (!s->pending[i].set && s->pending[i].answered && s->pending[i].id == id)
            return true;
    return false;
}

static void response(struct decode *d, struct flow *f, const struct message *m, struct dns_asked *q)
{
    const struct dns_head *h = q->head;
    struct pending *p = find(f->state, h->id);
    if (!p && repeated(f->state, h->id))
        return;
    if (!p)
        p = unasked(d, f, m, h);
    if (!p->name.n && !p->zone.n && q->name.n)
        keep(q, p);
    if (m->n == m->whole && !p->anomaly)
        p->anomaly = dns_anomaly(d, m->p, m->n);
    if (p->opcode != OPCODE_UPDATE)
        answers(d, q, p);
    broken(d, m, q);
    p->answered = true;
    p->authoritative = h->authoritative;
    p->rcode = h->rcode;
    p->answers += h->count[DNS_ANSWER];
    p->size += (uint32_t)m->whole;
    bool transfer = p->type == DNS_AXFR || (p->type == DNS_IXFR && f->tcp);
    if (!transfer || h->rcode || p->soas >= 2) /* RFC 5936 2.2: the zone's SOA stands first and last */
        tell(d, f, p);
}

static void key(struct decode *d, struct flow *f, const struct message *m, const struct dns_asked *q)
{
    bool asks = q->head->opcode == OPCODE_QUERY && q->head->count[DNS_QUESTION] == 1 && q->type == DNS_TKEY && rd_ok(&q->rest);
    struct keyed *k = asks ? f->grow(f, sizeof *k) : NULL;
    if (!k)
        return;
    k->state.keyed = true;
    dnskey_message(d, f, m, q, &k->auth);
}

static void message(struct decode *d, struct flow *f, const struct message *full)
{
    struct message m = *full;
    struct fault why;
    struct dns_head h;
    if (f->tcp) { /* RFC 1035 4.2.2: two bytes of length */
        size_t skip = m.n < 2 ? m.n : 2;
        m.p += skip;
        m.n -= skip;
        m.whole -= m.whole < 2 ? m.whole : 2;
    }
    struct rd whole = rd_of(m.p, m.n, &why);
    struct dns_asked q = {.head = &h, .name = STR_NONE, .whole = whole, .rest = whole};
    dns_head(&q.rest, &h);
    if (!rd_ok(&q.rest)) {
        netdec_fault(d, &m, "a DNS message is shorter than its header", why.offset);
        return;
    }
    if (h.opcode != OPCODE_QUERY && h.opcode != OPCODE_UPDATE) {
        decode_ignored(d, STR("DNS notify, status or another operation"));
        return;
    }
    question(d, &q);
    key(d, f, &m, &q);
    if (h.response)
        response(d, f, &m, &q);
    else
        query(d, f, &m, &q);
}

/* Does a question (RFC 1035 4.1.2) stand here: a name in plain labels, a type, and a class that there is? Other protocols have headers that
 * look like one of DNS, TLS for one. */
static enum claim asks_something(struct rd r)
{
    for (size_t all = 0; all < 255;) {
        size_t n = rd_left(&r) ? rd_u8(&r) : 1;
        if (n > 63)
            return CLAIM_NO;
        if (rd_left(&r) < (n ? n : 4))
            return CLAIM_MORE;
        if (n == 0) {
            rd_skip(&r, 2);
            uint16_t class = rd_u16be(&r);
            return class == 1 || class == 3 || class == 4 || class == 254 || class == 255 ? CLAIM_YES : CLAIM_NO;
        }
        rd_skip(&r, n);
        all += n + 1;
    }
    return CLAIM_NO;
}

static enum claim claims(const uint8_t *p, size_t n, bool from_client)
{
    struct fault why;
    struct dns_head h;
    struct rd r = rd_of(p, n, &why);
    size_t length = rd_u16be(&r);
    if (n < 2 + DNS_HEAD)
        return n >= 2 && length < DNS_HEAD ? CLAIM_NO : CLAIM_MORE;
    dns_head(&r, &h);
    size_t least = DNS_HEAD + h.count[DNS_QUESTION] * (size_t)5; /* a root name, type and class; a record has ten bytes besides its name */
    for (unsigned i = DNS_QUESTION + 1; i < sizeof h.count / sizeof *h.count; i++)
        least += h.count[i] * (size_t)11;
    bool sound = length >= least && h.response == !from_client && (h.opcode == OPCODE_QUERY || h.opcode == OPCODE_UPDATE) &&
                 (h.count[DNS_QUESTION] == 1 || (h.response && h.count[DNS_QUESTION] == 0)) && h.rcode <= 11;
    if (!sound || h.count[DNS_QUESTION] == 0)
        return sound ? CLAIM_YES : CLAIM_NO;
    enum claim asks = asks_something(r);
    return asks == CLAIM_MORE && n >= 2 + length ? CLAIM_NO : asks;
}

static ptrdiff_t frame(const uint8_t *p, size_t n)
{
    if (n < 2)
        return 0;
    ptrdiff_t length = p[0] << 8 | p[1];
    return length < DNS_HEAD ? -1 : 2 + length;
}

static void end(struct decode *d, struct flow *f)
{
    struct state *s = f->state;
    for (unsigned i = 0; i < PENDING; i++)
        if (s->pending[i].set)
            tell(d, f, &s->pending[i]);
    if (s->keyed)
        auth_abandon(d, f, &((struct keyed *)f->state)->auth, "DNS");
}

const struct netdecoder net_dns = {
    .name = "dns",
    .about = "Domain name system: queries with their answers, zone transfers, dynamic updates.",
    .tcp = {53},
    .udp = {53},
    .state_size = sizeof(struct state),
    .head = 2 + 65535,
    .claims = claims,
    .frame = frame,
    .message = message,
    .end = end,
};
