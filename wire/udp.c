/* wire/udp.c - datagrams (RFC 768) to their decoders. */
#include "wire/wire_private.h"

#include "base/hash.h"

enum { UDP_HEAD = 8 };
#define COPY_TIME (5 * TIME_MS)

struct udp {
    uint16_t source, destination;
    struct message m;
};

static bool read_udp(struct wire *w, const struct datagram *d, struct udp *out)
{
    struct fault f;
    struct rd r = rd_of(d->p, d->n, &f);
    out->source = rd_u16be(&r);
    out->destination = rd_u16be(&r);
    size_t length = rd_u16be(&r);
    rd_skip(&r, 2);
    if (!rd_ok(&r)) {
        if (d->n < d->whole)
            w->counts.cut++;
        else
            wire_malformed(w, "malformed UDP header");
        return false;
    }
    if (length == 0) /* segmentation offload, RFC 2675 */
        length = d->whole;
    if (length < UDP_HEAD || length > d->whole) {
        wire_malformed(w, "malformed UDP header");
        return false;
    }
    size_t whole = length - UDP_HEAD;
    out->m = (struct message){.p = r.p, .n = rd_left(&r) < whole ? rd_left(&r) : whole, .whole = whole, .time = d->ref.time,
                              .packet = d->ref.packet, .offset = d->ref.offset};
    return true;
}

static bool listens(const struct netdecoder *d, uint16_t port)
{
    for (unsigned i = 0; i < NETDECODER_PORTS && d->udp[i]; i++)
        if (d->udp[i] == port)
            return true;
    return false;
}

/* Who reads it, and does it come from the client? The port of the server tells; between two servers the first to speak is the client. */
static const struct netdecoder *reader(const struct wire *w, const struct udp *u, bool *from_client)
{
    for (const struct netdecoder *const *d = w->o.decoders; *d; d++) {
        *from_client = listens(*d, u->destination);
        if (*from_client || listens(*d, u->source))
            return *d;
    }
    return NULL;
}

static struct entry *conversation(struct wire *w, const struct datagram *d, const struct udp *u, unsigned *side)
{
    struct key k;
    bool from_client;
    *side = flows_key(d, u->source, u->destination, &k);
    struct entry *e = flows_find(w, &k);
    if (e) {
        flows_touch(w, e);
        return e;
    }
    const struct netdecoder *by = reader(w, u, &from_client);
    if (!by)
        return NULL;
    e = flows_add(w, &k);
    if (!e)
        return NULL;
    flows_client(e, from_client ? *side : !*side);
    e->flow.midstream = !from_client;
    return flows_decoder(w, e, by) ? e : NULL;
}

/* A mirror port that shows both directions of a switch, or an interface "any", gives a datagram twice within moments: same bytes, same IP
 * identification. */
static bool copied(const struct wire *w, struct entry *e, unsigned side, const struct datagram *d)
{
    struct seen *s = &e->seen[side];
    uint64_t h = hash64(d->p, d->n, d->id);
    int64_t apart = w->now - s->time;
    bool same = s->hash == h && apart >= 0 && apart < COPY_TIME;
    *s = (struct seen){h, w->now};
    return same;
}

void udp_datagram(struct wire *w, const struct datagram *d)
{
    struct udp u;
    unsigned side;
    w->counts.udp++;
    if (!read_udp(w, d, &u))
        return;
    if (!wire_port(w->udp_ports, u.source) && !wire_port(w->udp_ports, u.destination)) {
        wire_ignored(w, IGNORED_UDP, u.source < u.destination ? u.source : u.destination);
        return;
    }
    struct entry *e = conversation(w, d, &u, &side);
    if (!e || !e->flow.decoder) {
        wire_ignored(w, IGNORED_UDP, wire_port(w->udp_ports, u.destination) ? u.destination : u.source);
        return;
    }
    if (copied(w, e, side, d)) {
        w->counts.retransmitted++;
        return;
    }
    const struct netdecoder *by = e->flow.decoder;
    u.m.from_client = side == e->client;
    if (u.m.n < u.m.whole)
        w->counts.cut++;
    if (by->head && u.m.n > by->head)
        u.m.n = by->head;
    if (!rest_wake(w, e)) {
        wire_fault(w, &w->at, "no memory left for a conversation: a message was dropped");
        return;
    }
    w->counts.messages++;
    by->message(w->o.decode, &e->flow, &u.m);
    wire_after(w);
}
