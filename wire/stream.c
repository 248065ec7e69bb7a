/* wire/stream.c - the ordered bytes of one direction, cut into messages.
 *
 * A message that lies whole in one segment is handed out where it lies; otherwise its bytes are gathered, as many as the decoder wants to see. What
 * is beyond that is passed over by its length alone, so that a file that is read costs no memory. */
#include "wire/wire_private.h"

enum { STEP_LEAST = 256, SEARCH_MAX = 65536, SEARCH_MORE = 4096, TRIES = 16 };

static bool client_side(const struct entry *e, unsigned side)
{
    return side == e->client;
}

static size_t wanted(const struct entry *e, uint64_t length)
{
    size_t head = e->flow.decoder->head;
    size_t most = head && head < MESSAGE_MAX ? head : MESSAGE_MAX;
    return length < most ? (size_t)length : most;
}

static void deliver(struct wire *w, struct entry *e, unsigned side, struct str bytes, uint64_t whole, const struct ref *ref)
{
    struct message m = {.p = (const uint8_t *)bytes.p, .n = bytes.n, .whole = (size_t)whole, .time = ref->time, .packet = ref->packet,
                        .offset = ref->offset, .from_client = client_side(e, side)};
    if (!rest_wake(w, e)) {
        wire_fault(w, ref, "no memory left for a conversation: a message was dropped");
        return;
    }
    w->counts.messages++;
    e->flow.decoder->message(w->o.decode, &e->flow, &m);
    wire_after(w);
}

void stream_clear(struct wire *w, struct half *h)
{
    pool_put(w, h->buf, h->room);
    h->buf = NULL;
    h->room = 0;
    h->have = 0;
    h->length = 0;
}

/* ---- where a message begins ---- */

static void lose(struct wire *w, struct half *h)
{
    if (!h->resync)
        w->counts.resync++;
    h->resync = true;
}

/* How many bytes to pass over; h->resync is false when a message begins behind them. What may begin one stays. */
static size_t search(const struct entry *e, unsigned side, struct half *h, struct str bytes)
{
    const struct netdecoder *d = e->flow.decoder;
    const uint8_t *p = (const uint8_t *)bytes.p;
    const struct beginning *known = choose_beginning(e->wire, d);
    size_t most = h->searched < SEARCH_MAX ? bytes.n : bytes.n < 1 ? bytes.n : 1, i;
    for (i = 0; i < most; i++) {
        if (!known->may[client_side(e, side)][p[i]])
            continue;
        enum claim c = d->claims(p + i, bytes.n - i, client_side(e, side));
        if (c == CLAIM_YES && d->frame(p + i, bytes.n - i) > 0) {
            h->resync = false;
            h->searched = 0;
            return i;
        }
        if (c == CLAIM_MORE && bytes.n - i < SEARCH_MORE && most > 1)
            return i;
    }
    h->searched += h->searched < SEARCH_MAX ? (uint32_t)bytes.n : 0;
    return bytes.n;
}

/* ---- cutting ---- */

/* Hands out the messages of these bytes: how many are done with. The rest begins a message, of h->length when that is known. `ref` of what
 * begins before byte `seam`, `later` of the others. */
struct cutting {
    struct str bytes;
    size_t seam;
    const struct ref *ref, *later;
};

static size_t cut(struct wire *w, struct entry *e, unsigned side, const struct cutting *c)
{
    struct half *h = &e->half[side];
    size_t at = 0, n = c->bytes.n;
    while (at < n) {
        struct str rest = str_from(c->bytes, at);
        if (h->resync) {
            at += search(e, side, h, rest);
            if (h->resync)
                return at;
            continue;
        }
        ptrdiff_t length = e->flow.decoder->frame((const uint8_t *)rest.p, rest.n);
        if (length == 0 && rest.n < CHOOSE_MAX)
            return at;
        if (length <= 0) {
            lose(w, h);
            at++;
            continue;
        }
        size_t want = wanted(e, (uint64_t)length);
        if (want > rest.n) {
            h->length = (uint64_t)length;
            return at;
        }
        deliver(w, e, side, str_sub(rest, 0, want), (uint64_t)length, at < c->seam ? c->ref : c->later);
        h->skip = (uint64_t)length > rest.n ? (uint64_t)length - rest.n : 0;
        at += h->skip ? rest.n : (size_t)length;
    }
    return at;
}

/* Puts bytes behind those that were gathered; false when memory is short. */
static bool append(struct wire *w, const struct entry *e, struct half *h, struct str bytes)
{
    size_t need = h->have + bytes.n, room, expected = h->length ? wanted(e, h->length) : 0;
    if (need > h->room) {
        uint8_t *grown = pool_get(w, expected > need ? expected : need, &room);
        if (!grown)
            return false;
        if (h->have)
            memcpy(grown, h->buf, h->have);
        pool_put(w, h->buf, h->room);
        h->buf = grown;
        h->room = room;
    }
    if (bytes.n)
        memcpy(h->buf + h->have, bytes.p, bytes.n);
    h->have = (uint32_t)need;
    return true;
}

/* Memory is short: what was gathered is handed out as it is, and the rest is passed over. */
static void give_up(struct wire *w, struct entry *e, unsigned side, size_t n)
{
    wire_fault(w, &w->at, "no memory left for streams: bytes were dropped");
    stream_hole(w, e, side, (uint32_t)n);
}

static void gather(struct wire *w, struct entry *e, unsigned side, struct str rest, const struct ref *ref)
{
    struct half *h = &e->half[side];
    if (!rest.n)
        return;
    if (!h->have)
        h->begin = *ref;
    if (!append(w, e, h, rest))
        give_up(w, e, side, rest.n);
}

/* Completes the message that was begun: how many of the bytes were taken. */
static size_t complete(struct wire *w, struct entry *e, unsigned side, struct str bytes, const struct ref *ref)
{
    struct half *h = &e->half[side];
    size_t had = h->have, most = h->length ? wanted(e, h->length) - had : had > STEP_LEAST ? had : STEP_LEAST;
    size_t n = bytes.n < most ? bytes.n : most;
    if (!append(w, e, h, str_sub(bytes, 0, n))) {
        give_up(w, e, side, bytes.n);
        return bytes.n;
    }
    if (h->length && n < most)
        return n;
    struct cutting c = {{(const char *)h->buf, h->have}, had, &h->begin, ref};
    h->length = 0;
    size_t done = cut(w, e, side, &c);
    if (done == h->have) {
        stream_clear(w, h);
    } else if (done) {
        memmove(h->buf, h->buf + done, h->have - done);
        h->have -= (uint32_t)done;
        if (done >= had)
            h->begin = *ref;
    }
    return n;
}

static void decoded(struct wire *w, struct entry *e, unsigned side, struct str bytes, const struct ref *ref)
{
    struct half *h = &e->half[side];
    while (bytes.n) {
        size_t n;
        if (h->skip) {
            n = h->skip < bytes.n ? (size_t)h->skip : bytes.n;
            h->skip -= n;
        } else if (h->have) {
            n = complete(w, e, side, bytes, ref);
        } else {
            struct cutting c = {bytes, 0, ref, ref};
            n = cut(w, e, side, &c);
            gather(w, e, side, str_from(bytes, n), ref);
            return;
        }
        bytes = str_from(bytes, n);
    }
}

/* ---- before the protocol is known ---- */

static void ignore(struct wire *w, struct entry *e)
{
    e->ignored = true;
    wire_ignored(w, IGNORED_TCP, e->flow.server_port);
    tcp_clear(w, &e->half[0]);
    tcp_clear(w, &e->half[1]);
}

/* No protocol begins so. Where the beginning was seen that is the last word for this direction. */
static void refuse(struct wire *w, struct entry *e, unsigned side)
{
    struct half *h = &e->half[side], *other = &e->half[!side];
    stream_clear(w, h);
    h->resync = true;
    h->refused = !e->flow.midstream || ++h->tries == TRIES;
    if (h->refused && other->refused)
        ignore(w, e);
}

/* Bytes that were kept, now that their protocol is known; those behind `seam` came with `later`. */
static void kept(struct wire *w, struct entry *e, unsigned side, size_t seam, const struct ref *later)
{
    struct half *h = &e->half[side];
    struct half was = *h;
    h->buf = NULL;
    h->room = 0;
    h->have = 0;
    if (was.have) {
        struct cutting c = {{(const char *)was.buf, was.have}, seam, &was.begin, later};
        size_t n = cut(w, e, side, &c);
        gather(w, e, side, str_from(c.bytes, n), n < seam ? &was.begin : later);
    }
    pool_put(w, was.buf, was.room);
}

/* The protocol by what was kept of this side, when that tells. What came first goes first. */
static enum claim settle(struct wire *w, struct entry *e, unsigned side, size_t seam, const struct ref *later)
{
    struct half *h = &e->half[side], *other = &e->half[!side];
    bool last = !later || h->have >= CHOOSE_MAX;
    enum claim c = choose_tcp(w, e, side, (struct str){(const char *)h->buf, h->have}, last);
    if (c != CLAIM_YES)
        return c;
    bool before = other->have && other->begin.packet < h->begin.packet;
    if (before)
        kept(w, e, !side, other->have, &other->begin);
    kept(w, e, side, later ? seam : h->have, later);
    if (!before)
        kept(w, e, !side, other->have, &other->begin);
    return c;
}

static void undecided(struct wire *w, struct entry *e, unsigned side, struct str bytes, const struct ref *ref)
{
    struct half *h = &e->half[side], *other = &e->half[!side];
    enum claim c = CLAIM_MORE;
    if (h->refused)
        return;
    if (!h->have) /* most often the first segment tells, and nothing is copied */
        c = choose_tcp(w, e, side, bytes, false);
    if (c == CLAIM_YES) {
        kept(w, e, !side, other->have, &other->begin);
        decoded(w, e, side, bytes, ref);
        return;
    }
    if (c == CLAIM_MORE) {
        size_t had = h->have;
        gather(w, e, side, bytes, ref);
        c = h->have ? settle(w, e, side, had, ref) : CLAIM_NO;
    }
    if (c == CLAIM_NO)
        refuse(w, e, side);
}

/* ---- what tcp.c calls ---- */

void stream_bytes(struct wire *w, struct entry *e, unsigned side, struct str bytes, const struct ref *ref)
{
    if (!bytes.n || e->ignored)
        return;
    if (e->flow.decoder)
        decoded(w, e, side, bytes, ref);
    else
        undecided(w, e, side, bytes, ref);
}

/* The message at hand is handed out as far as it goes. True when the n missing bytes end within it, or with it. */
static bool hand_out(struct wire *w, struct entry *e, unsigned side, uint32_t n)
{
    struct half *h = &e->half[side];
    if (!h->have || !h->length)
        return false;
    uint64_t length = h->length, rest = length - h->have;
    deliver(w, e, side, (struct str){(const char *)h->buf, h->have}, length, &h->begin);
    h->skip = n <= rest ? rest - n : 0;
    return n <= rest;
}

void stream_hole(struct wire *w, struct entry *e, unsigned side, uint32_t n)
{
    struct half *h = &e->half[side];
    uint64_t passed = h->skip < n ? h->skip : n;
    h->skip -= passed;
    n -= (uint32_t)passed;
    if (!n || e->ignored)
        return;
    if (!e->flow.decoder) {
        e->flow.midstream = true;
        if (h->have)
            (void)settle(w, e, side, 0, NULL);
    }
    bool within = e->flow.decoder && hand_out(w, e, side, n);
    stream_clear(w, h);
    if (within)
        return;
    h->resync = true;
    if (e->flow.decoder && e->flow.decoder->gap && rest_wake(w, e)) {
        e->flow.decoder->gap(&e->flow, client_side(e, side));
        wire_after(w);
    }
}

void stream_end(struct wire *w, struct entry *e, unsigned side, bool cut_off)
{
    struct half *h = &e->half[side];
    if (e->ignored || !h->have)
        return;
    if (!e->flow.decoder)
        (void)settle(w, e, side, 0, NULL);
    if (e->flow.decoder && h->have && cut_off)
        (void)hand_out(w, e, side, 0);
    stream_clear(w, h);
}
