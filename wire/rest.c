/* wire/rest.c - states of conversations at rest.
 *
 * A decoder's state has room for all that a connection may say, so most of it is zeros. Those of the conversations that spoke last stay as they
 * are; the others are kept without their zeros until the conversation goes on. So a decoder need not care how many connections are open.
 *
 * Packed: runs of two lengths of 16 bits, so many zeros and so many bytes, and then these bytes. */
#include "wire/wire_private.h"

#include <stdlib.h>

enum { HEAD = 4, RUN = UINT16_MAX, WORD = 8, FEW = 16, PLENTY = 8 };

static size_t zeros(const uint8_t *p, size_t n)
{
    static const uint8_t none[WORD];
    size_t i = 0;
    while (i + WORD <= n && memcmp(p + i, none, WORD) == 0)
        i += WORD;
    while (i < n && p[i] == 0)
        i++;
    return i;
}

/* Bytes up to the next zeros that are worth a run, or to the end. */
static size_t others(const uint8_t *p, size_t n)
{
    static const uint8_t none[FEW];
    size_t i = 0;
    while (i + FEW <= n && memcmp(p + i, none, FEW) != 0)
        i++;
    return i + FEW <= n ? i : n;
}

/* The length of what it makes; `out` may be NULL, to know it before. */
static size_t pack(const uint8_t *p, size_t n, uint8_t *out)
{
    size_t at = 0, to = 0;
    while (at < n) {
        size_t left = n - at, none = zeros(p + at, left < RUN ? left : RUN);
        at += none;
        left = n - at;
        size_t some = others(p + at, left < RUN ? left : RUN);
        const uint16_t head[2] = {(uint16_t)none, (uint16_t)some};
        if (out)
            memcpy(out + to, head, HEAD);
        if (out && some)
            memcpy(out + to + HEAD, p + at, some);
        at += some;
        to += HEAD + some;
    }
    return to;
}

/* `out` has only zeros before. */
static void unpack(const uint8_t *p, size_t n, uint8_t *out)
{
    for (size_t at = 0; at < n;) {
        uint16_t head[2];
        memcpy(head, p + at, HEAD);
        out += head[0];
        if (head[1])
            memcpy(out, p + at + HEAD, head[1]);
        out += head[1];
        at += HEAD + head[1];
    }
}

/* Leaves the state as it is where there is plenty of memory, or little would be gained. */
static void lay_down(struct wire *w, struct entry *e)
{
    e->awake = 0;
    if (w->counts.memory < w->o.bytes / PLENTY)
        return;
    size_t n = pack(e->flow.state, e->state_room, NULL);
    if (n > e->state_room - e->state_room / 4)
        return;
    uint8_t *kept = malloc(n);
    if (!kept)
        return;
    (void)pack(e->flow.state, e->state_room, kept);
    free(e->flow.state);
    e->flow.state = kept;
    e->packed = (uint32_t)n;
    w->counts.memory -= e->state_room - n;
}

static bool unfold(struct wire *w, struct entry *e)
{
    uint8_t *p = e->packed ? calloc(1, e->state_room) : e->flow.state;
    if (!p || !e->packed)
        return p;
    unpack(e->flow.state, e->packed, p);
    free(e->flow.state);
    e->flow.state = p;
    w->counts.memory += e->state_room - e->packed;
    e->packed = 0;
    return true;
}

bool rest_wake(struct wire *w, struct entry *e)
{
    if (e->awake)
        return true;
    bool busy = e->busy;
    e->busy = true;
    while (e->packed && w->counts.memory + e->state_room - e->packed > w->o.bytes && flows_evict(w))
        ;
    e->busy = busy;
    if (!unfold(w, e))
        return false;
    struct entry **place = &w->awake[w->nawake];
    if (*place)
        lay_down(w, *place);
    *place = e;
    w->nawake = (w->nawake + 1) % REST_AWAKE;
    e->awake = (uint16_t)(w->nawake ? w->nawake : REST_AWAKE);
    return true;
}

bool rest_leave(struct wire *w, struct entry *e)
{
    if (e->awake)
        w->awake[e->awake - 1] = NULL;
    e->awake = 0;
    return unfold(w, e);
}
