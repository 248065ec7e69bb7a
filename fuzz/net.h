/* fuzz/net.h - any conversation to one network decoder: the input is a row of messages, each with two bytes before it (direction and
 * gap in the top bits, length in the others). */
#ifndef VIGIE_FUZZ_NET_H
#define VIGIE_FUZZ_NET_H

#include "decode/decode.h"
#include "decode/tickets.h"
#include "wire/flow.h"

#include <stdlib.h>

/* The most bytes that the protocol may need to tell a message's length; text protocols define more. */
#ifndef FUZZ_NET_LENGTH
#define FUZZ_NET_LENGTH 4096
#endif

static uint8_t fuzz_packed[ACTIVITY_PACKED_MAX];
static size_t fuzz_grown;

static int fuzz_emit(struct decode *d, const struct activity *a)
{
    (void)d;
    if (activity_pack(a, fuzz_packed, sizeof fuzz_packed) < 0)
        abort();
    return 0;
}

static void fuzz_ignored(struct decode *d, struct str what)
{
    (void)d;
    if (!what.n)
        abort();
}

static void fuzz_fault(struct decode *d, const struct fault *f)
{
    (void)d;
    if (!f->why)
        abort();
}

static void *fuzz_grow(struct flow *f, size_t n)
{
    if (n <= fuzz_grown)
        return f->state;
    if (n > 1u << 20)
        return NULL;
    uint8_t *p = realloc(f->state, n);
    if (!p)
        return NULL;
    memset(p + fuzz_grown, 0, n - fuzz_grown);
    fuzz_grown = n;
    f->state = p;
    return p;
}

static inline void fuzz_message(struct decode *d, struct flow *f, const uint8_t *p, size_t n, bool from_client)
{
    uint8_t *exact = malloc(n ? n : 1);
    if (!exact)
        abort();
    if (n)
        memcpy(exact, p, n);
    if (f->decoder->claims)
        (void)f->decoder->claims(exact, n, from_client);
    if (f->decoder->frame && f->decoder->frame(exact, n) == 0 && n > FUZZ_NET_LENGTH)
        abort();
    struct message m = {.p = exact, .n = n, .whole = n, .time = 1000000000, .packet = 1, .from_client = from_client};
    f->decoder->message(d, f, &m);
    free(exact);
    arena_reset(d->arena);
}

static inline void fuzz_conversation(const struct netdecoder *decoder, const uint8_t *p, size_t n)
{
    static struct arena arena;
    static struct ticket_cache tickets;
    static struct decode d = {.arena = &arena, .emit = fuzz_emit, .ignored = fuzz_ignored, .fault = fuzz_fault, .tickets = &tickets};
    if (!arena.limit)
        arena_init(&arena, 65536, 1u << 24);
    fuzz_grown = decoder->state_size ? decoder->state_size : 1;
    struct flow f = {.client = ip_v4(0x0a000005), .server = ip_v4(0x0a000001), .client_port = 49200, .server_port = 1, .tcp = true,
                     .decoder = decoder, .state = calloc(1, fuzz_grown), .grow = fuzz_grow};
    while (f.state && n >= 2) {
        size_t length = (size_t)(p[0] & 0x3f) << 8 | p[1];
        bool from_client = p[0] & 0x80, gap = p[0] & 0x40;
        p += 2;
        n -= 2;
        length = length < n ? length : n;
        if (gap && decoder->gap)
            decoder->gap(&f, from_client);
        fuzz_message(&d, &f, p, length, from_client);
        p += length;
        n -= length;
    }
    if (f.state && decoder->end)
        decoder->end(&d, &f);
    free(f.state);
}

#endif
