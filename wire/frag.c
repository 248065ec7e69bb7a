/* wire/frag.c - puts the fragments of a datagram together.
 *
 * IPv4 (RFC 791, 815): of bytes that come twice the first stay. IPv6 (RFC 5722): a datagram whose fragments overlap is dropped whole;
 * a fragment that is the same once more is not counted as overlap (RFC 8200 4.5). At most FRAG_SETS * FRAG_WAYS datagrams are put together
 * at a time, of at most FRAG_PIECES pieces, each within FRAG_TIME. */
#include "wire/wire_private.h"

#include "base/hash.h"

#include <stdlib.h>

enum { FRAG_SETS = 32, FRAG_WAYS = 8, FRAG_PIECES = 64, FRAG_BYTES = 65535 };
#define FRAG_TIME (60 * TIME_SECOND)

struct piece { /* bytes [from, to), of which those before `got` were captured */
    uint32_t from, to, got;
};

struct frag_key {
    struct ip source, destination;
    uint32_t id, protocol; /* protocol: 256 for IPv6, where it is not part of the key */
};

struct frag {
    struct frag_key key;
    bool used, poisoned;
    uint8_t protocol; /* of the first fragment */
    int64_t began;
    uint32_t total; /* 0: the last fragment has not come */
    struct ref ref; /* of the first fragment */
    unsigned n;
    struct piece piece[FRAG_PIECES]; /* in order, not overlapping */
    uint8_t *bytes;
    size_t room;
};

struct frags {
    struct frag set[FRAG_SETS][FRAG_WAYS];
    struct frag *given; /* handed out: let go at the next call */
};

static void let_go(struct wire *w, struct frag *f)
{
    pool_put(w, f->bytes, f->room);
    f->bytes = NULL;
    f->room = 0;
    f->n = 0;
    f->used = false;
}

void frag_reset(struct wire *w)
{
    if (!w->frags)
        return;
    for (unsigned i = 0; i < FRAG_SETS * FRAG_WAYS; i++)
        let_go(w, &w->frags->set[i / FRAG_WAYS][i % FRAG_WAYS]);
    free(w->frags);
    w->counts.memory -= sizeof *w->frags;
    w->frags = NULL;
}

static struct frag *find(struct wire *w, const struct datagram *d)
{
    struct frag_key key = {d->source, d->destination, d->id, d->v6 ? 256u : d->protocol};
    struct frag *set = w->frags->set[hash64(&key, sizeof key, w->seed) % FRAG_SETS], *to = set;
    for (unsigned i = 0; i < FRAG_WAYS; i++) {
        struct frag *f = &set[i];
        if (f->used && d->ref.time - f->began > FRAG_TIME)
            let_go(w, f);
        if (f->used && memcmp(&f->key, &key, sizeof key) == 0)
            return f;
        if (to->used && (!f->used || f->began < to->began))
            to = f;
    }
    if (to->used)
        wire_fault(w, &w->at, "too many datagrams in fragments at once: one was dropped");
    let_go(w, to);
    *to = (struct frag){.key = key, .used = true, .began = d->ref.time};
    return to;
}

static bool room_for(struct wire *w, struct frag *f, size_t n)
{
    size_t room;
    if (n <= f->room)
        return true;
    uint8_t *bytes = pool_get(w, n, &room);
    if (!bytes)
        return false;
    if (f->room)
        memcpy(bytes, f->bytes, f->room);
    pool_put(w, f->bytes, f->room);
    f->bytes = bytes;
    f->room = room;
    return true;
}

/* Puts the part [from, to) of the fragment, which no piece has yet, before piece `at`. */
static void put(struct frag *f, unsigned at, const struct datagram *d, uint32_t from, uint32_t to)
{
    uint32_t captured = d->at + (uint32_t)d->n, got = captured < from ? from : captured > to ? to : captured;
    if (got > from)
        memcpy(f->bytes + from, d->p + (from - d->at), got - from);
    memmove(&f->piece[at + 1], &f->piece[at], (f->n - at) * sizeof f->piece[0]);
    f->piece[at] = (struct piece){from, to, got};
    f->n++;
}

/* False when there are too many pieces. */
static bool fill(struct frag *f, const struct datagram *d)
{
    uint32_t from = d->at, end = d->at + (uint32_t)d->whole;
    unsigned i = 0;
    while (from < end) {
        while (i < f->n && f->piece[i].to <= from)
            i++;
        uint32_t to = i < f->n && f->piece[i].from < end ? f->piece[i].from : end;
        if (from < to) {
            if (f->n == FRAG_PIECES)
                return false;
            put(f, i, d, from, to);
        }
        from = i < f->n && f->piece[i].to > to ? f->piece[i].to : to;
    }
    return true;
}

enum overlap { APART, SAME, OVERLAPS };

static enum overlap overlap(const struct frag *f, const struct datagram *d)
{
    uint32_t from = d->at, to = d->at + (uint32_t)d->whole;
    for (unsigned i = 0; i < f->n; i++) {
        const struct piece *p = &f->piece[i];
        if (p->from == from && p->to == to)
            return SAME;
        if (p->from < to && from < p->to)
            return OVERLAPS;
    }
    return APART;
}

/* Does the fragment agree with what is known of its datagram? */
static const char *check(struct frag *f, const struct datagram *d)
{
    size_t end = d->at + d->whole;
    if (d->whole == 0 || end > FRAG_BYTES || (d->more && d->whole % 8))
        return "fragment of an impossible length";
    if (!d->more && f->total && f->total != end)
        return "fragments disagree about the length of their datagram";
    if (!d->more)
        f->total = (uint32_t)end;
    if (f->total && (end > f->total || (f->n && f->piece[f->n - 1].to > f->total)))
        return "fragment beyond the end of its datagram";
    return NULL;
}

static bool complete(const struct frag *f, size_t *captured)
{
    uint32_t to = 0;
    bool cut = false;
    *captured = f->total;
    for (unsigned i = 0; i < f->n && f->piece[i].from == to; i++) {
        to = f->piece[i].to;
        if (!cut && f->piece[i].got < to) {
            *captured = f->piece[i].got;
            cut = true;
        }
    }
    return f->total && to == f->total;
}

/* What is wrong with it is told, and nothing more is taken of this datagram. */
static bool poison(struct wire *w, struct frag *f, const char *why)
{
    wire_malformed(w, why);
    let_go(w, f);
    f->used = f->poisoned = true;
    return false;
}

static bool add(struct wire *w, struct frag *f, const struct datagram *d)
{
    const char *why = check(f, d);
    enum overlap o = why ? APART : overlap(f, d);
    if (why)
        return poison(w, f, why);
    if (o == SAME)
        return false;
    if (o == OVERLAPS && d->v6)
        return poison(w, f, "overlapping fragments: the datagram is dropped");
    if (o == OVERLAPS)
        wire_malformed(w, "overlapping fragments: the first bytes stay");
    if (!room_for(w, f, d->at + d->whole))
        return poison(w, f, "no memory left for fragments");
    if (!fill(f, d))
        return poison(w, f, "datagram in too many fragments");
    if (d->at == 0) {
        f->ref = d->ref;
        f->protocol = d->protocol;
    }
    return true;
}

bool frag_take(struct wire *w, struct datagram *d)
{
    size_t captured;
    if (!w->frags) {
        w->frags = calloc(1, sizeof *w->frags);
        if (!w->frags)
            return false;
        w->counts.memory += sizeof *w->frags;
    }
    if (w->frags->given)
        let_go(w, w->frags->given);
    w->frags->given = NULL;
    struct frag *f = find(w, d);
    if (f->poisoned || !add(w, f, d) || !complete(f, &captured))
        return false;
    w->frags->given = f;
    d->p = f->bytes;
    d->n = captured;
    d->whole = f->total;
    d->ref = f->ref;
    d->protocol = f->protocol;
    d->fragment = d->more = false;
    d->at = d->id = 0;
    return true;
}
