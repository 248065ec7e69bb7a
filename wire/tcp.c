/* wire/tcp.c - puts the segments of a connection (RFC 9293) in order.
 *
 * Of bytes that come twice the first stay. What is missing is awaited until it is plain that it will not come: the other side has
 * acknowledged it and said something since, or GIVE_UP packets went by; too much waits behind it, or STUCK_TIME passed. */
#include "wire/wire_private.h"

enum { TCP_HEAD = 20, FIN = 1, SYN = 2, RST = 4, ACK = 16, GIVE_UP = 3, NEAR = 1 << 20 };
#define STUCK_TIME (30 * TIME_SECOND)

struct segment {
    uint16_t source, destination;
    uint32_t seq, ack, length; /* bytes on the wire */
    uint8_t flags;
    const uint8_t *p;
    size_t n; /* captured */
    struct ref ref;
};

static bool read_tcp(struct wire *w, const struct datagram *d, struct segment *s)
{
    struct fault f;
    struct rd r = rd_of(d->p, d->n, &f);
    s->source = rd_u16be(&r);
    s->destination = rd_u16be(&r);
    s->seq = rd_u32be(&r);
    s->ack = rd_u32be(&r);
    size_t head = (rd_u8(&r) >> 4) * 4u;
    s->flags = rd_u8(&r);
    bool sound = !rd_ok(&r) || (head >= TCP_HEAD && head <= d->whole);
    if (rd_ok(&r) && sound)
        rd_skip(&r, head - rd_offset(&r));
    if (sound && !rd_ok(&r) && d->n < d->whole) {
        w->counts.cut++;
        return false;
    }
    if (!sound || !rd_ok(&r)) {
        wire_malformed(w, "malformed TCP header");
        return false;
    }
    s->length = (uint32_t)(d->whole - head);
    s->p = r.p;
    s->n = rd_left(&r) < s->length ? rd_left(&r) : s->length;
    s->ref = d->ref;
    return true;
}

/* ---- waiting segments ---- */

static void drop_first(struct wire *w, struct half *h)
{
    struct waiting *x = h->waiting;
    h->waiting = x->next;
    if (!h->waiting)
        h->last = NULL;
    h->nwaiting--;
    h->waiting_bytes -= x->n;
    pool_put(w, x, x->room);
}

void tcp_clear(struct wire *w, struct half *h)
{
    while (h->waiting)
        drop_first(w, h);
    stream_clear(w, h);
}

static void advance(struct half *h, uint32_t n, int64_t now)
{
    h->next += n;
    h->stuck = now;
}

/* The next `length` bytes in order, n of them captured. */
static void take(struct wire *w, struct entry *e, unsigned side, const struct waiting *x, const uint8_t *p)
{
    advance(&e->half[side], x->length, w->now);
    stream_bytes(w, e, side, (struct str){(const char *)p, x->n}, &x->ref);
    if (x->n < x->length) {
        w->counts.cut++;
        stream_hole(w, e, side, x->length - x->n);
    }
}

/* Leaves out the first `skip` sequence numbers. */
static const uint8_t *trim(struct waiting *x, const uint8_t *p, uint32_t skip)
{
    uint32_t captured = skip < x->n ? skip : x->n;
    x->seq += skip;
    x->length -= skip;
    x->n -= captured;
    return p + captured;
}

/* What waited for its turn and has it now. */
static void drain(struct wire *w, struct entry *e, unsigned side)
{
    struct half *h = &e->half[side];
    while (h->waiting && !wire_before(h->next, h->waiting->seq)) {
        struct waiting x = *h->waiting;
        const uint8_t *p = h->waiting->p;
        uint32_t old = h->next - x.seq;
        if (old < x.length) {
            p = trim(&x, p, old);
            take(w, e, side, &x, p);
        }
        if (h->waiting) /* a connection that nobody reads drops everything */
            drop_first(w, h);
    }
}

static void lost(struct wire *w, struct entry *e, unsigned side, uint32_t until)
{
    struct half *h = &e->half[side];
    uint32_t n = until - h->next;
    h->waited = 0;
    advance(h, n, w->now);
    w->counts.lost_bytes += n;
    if (!e->ignored)
        wire_fault(w, &w->at, "bytes of a TCP stream are missing");
    stream_hole(w, e, side, n);
    drain(w, e, side);
}

/* Places a piece that overlaps nothing behind `after`, or first. */
static struct waiting *insert(struct wire *w, struct half *h, struct waiting *after, const struct waiting *x, const uint8_t *p)
{
    size_t room;
    struct waiting *copy = pool_get(w, sizeof *copy + x->n, &room);
    if (!copy) {
        wire_fault(w, &w->at, "no memory left for streams: bytes were dropped");
        return after;
    }
    *copy = *x;
    copy->room = room;
    if (x->n)
        memcpy(copy->p, p, x->n);
    copy->next = after ? after->next : h->waiting;
    *(after ? &after->next : &h->waiting) = copy;
    if (!copy->next)
        h->last = copy;
    h->nwaiting++;
    h->waiting_bytes += x->n;
    return copy;
}

static struct waiting *follower(const struct half *h, const struct waiting *after)
{
    return after ? after->next : h->waiting;
}

static uint32_t behind(const struct waiting *x)
{
    return x->seq + x->length;
}

/* Keeps those parts of a segment that no waiting one has. */
static void wait_turn(struct wire *w, struct half *h, struct waiting x, const uint8_t *p)
{
    struct waiting *after = NULL, *next;
    bool held = false;
    if (h->last && !wire_before(x.seq, behind(h->last)))
        after = h->last;
    while (x.length) {
        while ((next = follower(h, after)) != NULL && !wire_before(x.seq, behind(next)))
            after = next;
        if (next && !wire_before(x.seq, next->seq)) { /* its beginning is held already */
            uint32_t old = behind(next) - x.seq;
            held = true;
            p = trim(&x, p, old < x.length ? old : x.length);
            after = next;
            continue;
        }
        struct waiting part = x;
        if (next && wire_before(next->seq, behind(&x)))
            part.length = next->seq - x.seq;
        part.n = part.n < part.length ? part.n : part.length;
        after = insert(w, h, after, &part, p);
        p = trim(&x, p, part.length);
    }
    if (held)
        w->counts.retransmitted++;
}

/* ---- the state of a connection ---- */

static void finish_half(struct wire *w, struct entry *e, unsigned side, bool cut)
{
    struct half *h = &e->half[side];
    while (h->waiting && !e->ignored)
        lost(w, e, side, h->waiting->seq);
    stream_end(w, e, side, cut);
    tcp_clear(w, h);
}

void tcp_finish(struct wire *w, struct entry *e, bool cut)
{
    bool busy = e->busy;
    e->busy = true;
    bool undecided = !e->flow.decoder && !e->ignored && (e->half[0].have || e->half[1].have || e->half[0].resync || e->half[1].resync);
    finish_half(w, e, e->client, cut);
    finish_half(w, e, !e->client, cut);
    if (undecided && !e->flow.decoder && !e->ignored)
        wire_ignored(w, IGNORED_TCP, e->flow.server_port);
    flows_end_decoder(w, e);
    e->closed = true;
    e->busy = busy;
}

static void close_connection(struct wire *w, struct entry *e)
{
    if (e->closed)
        return;
    tcp_finish(w, e, false);
    flows_brief(w, e);
}

/* Another connection on the same ports. */
static void renew(struct wire *w, struct entry *e, unsigned client)
{
    if (!e->closed)
        tcp_finish(w, e, true);
    flows_renew(w, e, client);
}

static void start(struct half *h, uint32_t first, int64_t now)
{
    h->started = true;
    h->first = first;
    h->next = first + 1;
    h->stuck = now;
}

static void on_syn(struct wire *w, struct entry *e, unsigned side, const struct segment *s)
{
    struct half *h = &e->half[side], *other = &e->half[!side];
    bool answer = s->flags & ACK;
    if (answer && e->again && side != e->again_side && s->ack == e->again_seq + 1) {
        uint32_t seq = e->again_seq;
        renew(w, e, !side);
        start(other, seq, w->now);
    } else if (h->started && h->first == s->seq) {
        return; /* once more */
    } else if (h->started && !answer) {
        if (!e->closed && !e->ignored && (h->next != h->first + 1 || other->started)) {
            e->again = true; /* forged, perhaps: the other side or the first bytes must confirm it */
            e->again_side = (uint8_t)side;
            e->again_seq = s->seq;
            return;
        }
        renew(w, e, side);
    } else if (h->started) {
        if (!e->closed)
            return;
        renew(w, e, !side);
    }
    start(h, s->seq, w->now);
    flows_client(e, answer ? !side : side);
    e->sure = true;
    if (answer && !other->started) {
        start(other, s->ack - 1, w->now);
        other->inferred = true;
    }
}

/* The middle of a connection: ports tell who listens, if they tell anything. */
static void guess(const struct wire *w, struct entry *e, unsigned side, const struct segment *s)
{
    bool to = wire_port(w->tcp_ports, s->destination), from = wire_port(w->tcp_ports, s->source);
    bool client = to == from ? s->source >= s->destination : to;
    flows_client(e, client ? side : !side);
    e->flow.midstream = true;
}

static void confirm(struct wire *w, struct entry *e, unsigned side, const struct segment *s)
{
    uint32_t ahead = s->seq - e->half[side].next;
    if (side != e->again_side || s->seq != e->again_seq + 1 || ahead + NEAR < 2u * NEAR)
        return;
    renew(w, e, side);
    start(&e->half[side], s->seq - 1, w->now);
    e->sure = true;
}

/* ---- one segment ---- */

/* True when a segment so far ahead cannot be of this connection: its receiver would not take it either. */
static bool outside(const struct half *h, uint32_t seq)
{
    uint32_t from = h->has_acked && wire_before(h->next, h->acked) ? h->acked : h->next;
    return h->has_acked && (int32_t)(seq - from) > WINDOW_MAX;
}

static void data(struct wire *w, struct entry *e, unsigned side, const struct segment *s)
{
    struct half *h = &e->half[side];
    struct waiting x = {.seq = s->seq, .length = s->length, .n = (uint32_t)s->n, .ref = s->ref};
    const uint8_t *p = s->p;
    if (s->flags & SYN)
        x.seq++;
    if (!h->started) {
        start(h, x.seq - 1, w->now);
        h->resync = true;
    }
    if (h->inferred && wire_before(x.seq, h->next))
        h->next = x.seq;
    h->inferred = false;
    uint32_t old = h->next - x.seq;
    if (wire_before(x.seq, h->next)) {
        w->counts.retransmitted++;
        if (old >= x.length)
            return;
        p = trim(&x, p, old);
    }
    if (x.seq == h->next && !h->waiting) {
        take(w, e, side, &x, p);
        return;
    }
    if (outside(h, x.seq))
        return;
    if (!h->waiting)
        h->stuck = w->now;
    w->counts.reordered++;
    wait_turn(w, h, x, p);
    drain(w, e, side);
    while (h->waiting && (h->nwaiting > WAITING_MAX || h->waiting_bytes > WAITING_BYTES))
        lost(w, e, side, h->waiting->seq);
}

/* Missing bytes that will not come. `answered`: the other side has not only acknowledged them, it speaks again. */
static void holes(struct wire *w, struct entry *e, unsigned side, bool answered)
{
    struct half *h = &e->half[side];
    uint32_t acked = h->has_fin && h->acked == h->fin + 1 ? h->fin : h->acked;
    if (!h->started)
        return;
    if (h->inferred && wire_before(h->next, acked))
        h->next = acked; /* nothing of this side is in the capture */
    if (h->has_acked && wire_before(h->next, acked)) {
        if (answered || ++h->waited > GIVE_UP)
            lost(w, e, side, h->waiting && wire_before(h->waiting->seq, acked) ? h->waiting->seq : acked);
    } else {
        h->waited = 0;
        if (h->waiting && w->now - h->stuck > STUCK_TIME)
            lost(w, e, side, h->waiting->seq);
    }
    if (h->has_fin && !wire_before(h->next, h->fin))
        h->done = true;
}

static void acknowledge(struct half *h, uint32_t ack)
{
    if (h->started && (!h->has_acked || wire_before(h->acked, ack))) {
        h->acked = ack;
        h->has_acked = true;
    }
}

/* RFC 5961 3.2: only a reset at the very place that is expected counts. */
static bool resets(const struct entry *e, unsigned side, const struct segment *s)
{
    const struct half *h = &e->half[side], *other = &e->half[!side];
    if (!h->started)
        return s->flags & ACK && other->started && s->ack == other->next;
    return s->seq == h->next || (h->has_fin && s->seq == h->fin + 1);
}

static void connection(struct wire *w, struct entry *e, unsigned side, const struct segment *s)
{
    struct half *h = &e->half[side];
    if (s->flags & SYN && !(s->flags & RST))
        on_syn(w, e, side, s);
    else if (e->again && s->length)
        confirm(w, e, side, s);
    if (e->closed)
        return;
    if (s->flags & ACK)
        acknowledge(&e->half[!side], s->ack);
    if (s->length && !e->ignored)
        holes(w, e, !side, true); /* a question before its answer */
    if (s->length && !e->ignored && !h->done)
        data(w, e, side, s);
    if (s->flags & FIN && h->started && !h->has_fin) {
        h->fin = s->seq + s->length + (s->flags & SYN ? 1 : 0);
        h->has_fin = true;
    }
    if (e->ignored) {
        h->done = h->done || s->flags & FIN;
    } else {
        holes(w, e, side, false);
        holes(w, e, !side, false);
    }
    if ((s->flags & RST && resets(e, side, s)) || (h->done && e->half[!side].done))
        close_connection(w, e);
}

void tcp_segment(struct wire *w, const struct datagram *d)
{
    struct segment s;
    struct key k;
    w->counts.tcp++;
    if (!read_tcp(w, d, &s))
        return;
    unsigned side = flows_key(d, s.source, s.destination, &k);
    struct entry *e = flows_find(w, &k);
    if (e) {
        flows_touch(w, e);
    } else {
        if (s.flags & RST || (!(s.flags & SYN) && !s.length))
            return;
        e = flows_add(w, &k);
        if (!e)
            return;
        if (!(s.flags & SYN))
            guess(w, e, side, &s);
    }
    e->busy = true;
    connection(w, e, side, &s);
    e->busy = false;
}
