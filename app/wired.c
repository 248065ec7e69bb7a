/* app/wired.c - joins a wire with its decoders. */
#include "app/wired.h"

#include "decode/tickets.h"

#include <stdlib.h>

struct wired {
    struct wire *wire;
    struct decode *decode;
    struct ticket_cache tickets;
    void (*ignored)(struct decode *d, struct str what, uint64_t n);
};

static void on_fault(void *owner, uint64_t packet, uint64_t offset, const char *why)
{
    struct wired *w = owner;
    w->decode->origin.record = packet;
    w->decode->origin.offset = offset;
    (void)decode_fault(w->decode, why, 0);
}

static void on_ignored(void *owner, const char *what, uint64_t n)
{
    struct wired *w = owner;
    w->ignored(w->decode, str_of(what), n);
}

static void said(void *owner)
{
    struct wired *w = owner;
    arena_reset(w->decode->arena);
}

int wired_open(struct decode *d, size_t bytes, void (*ignored)(struct decode *d, struct str what, uint64_t n), struct wired **out)
{
    struct wired *w = calloc(1, sizeof *w);
    if (!w)
        return ERR_MEMORY;
    const struct wire_options o = {.bytes = bytes, .decoders = netdecoders, .decode = d, .fault = on_fault, .ignored = on_ignored, .after = said, .owner = w};
    w->decode = d;
    w->ignored = ignored;
    int err = wire_open(&o, &w->wire);
    if (err) {
        free(w);
        return err;
    }
    d->tickets = &w->tickets;
    *out = w;
    return 0;
}

void wired_packet(struct wired *w, const struct frame *x, const uint8_t *bytes)
{
    const struct packet p = {bytes + x->at, x->n, x->whole, x->time, x->link, x->number, x->offset};
    wire_packet(w->wire, &p);
}

void wired_tick(struct wired *w, int64_t now)
{
    wire_tick(w->wire, now);
}

const struct wire_counts *wired_counts(const struct wired *w)
{
    return wire_counts(w->wire);
}

void wired_end(struct wired *w)
{
    wire_end(w->wire);
}

void wired_close(struct wired *w)
{
    if (!w)
        return;
    wire_close(w->wire);
    w->decode->tickets = NULL;
    free(w);
}
