/* app/tap.c - a wire with its decoders, whose activities become lines. */
#include "app/tap.h"

#include "decode/decode.h"
#include "decode/tickets.h"
#include "model/act_json.h"

#include <stdlib.h>

enum { WIRE_BYTES = 96 << 20 }; /* with the kernel's buffer (source/live.c) an interface takes less than 200 MB, whatever is said on it */

struct tap {
    struct decode decode;
    struct arena arena;
    struct wire *wire;
    struct ticket_cache tickets;
    struct tap_counts counts;
    struct buf text;
    struct str source;
    int (*line)(void *owner, struct str line);
    void *owner;
};

static int on_activity(struct decode *d, const struct activity *a)
{
    struct tap *t = d->owner;
    t->text.n = 0;
    activity_json(a, &t->text, t->source);
    t->counts.activities++;
    return t->text.failed ? ERR_MEMORY : t->line(t->owner, buf_view(&t->text));
}

static void on_ignored(struct decode *d, struct str what)
{
    struct tap *t = d->owner;
    (void)what;
    t->counts.ignored++;
}

static void on_fault(struct decode *d, const struct fault *f)
{
    struct tap *t = d->owner;
    (void)f;
    t->counts.faults++;
}

static void wire_fault(void *owner, uint64_t packet, uint64_t offset, const char *why)
{
    struct tap *t = owner;
    (void)packet;
    (void)offset;
    (void)why;
    t->counts.faults++;
}

static void wire_ignored(void *owner, const char *what, uint64_t n)
{
    struct tap *t = owner;
    (void)what;
    t->counts.ignored += n;
}

static void wire_said(void *owner)
{
    struct tap *t = owner;
    arena_reset(&t->arena);
}

int tap_open(const char *source, int (*line)(void *owner, struct str line), void *owner, struct tap **out)
{
    struct tap *t = calloc(1, sizeof *t);
    if (!t)
        return ERR_MEMORY;
    arena_init(&t->arena, 1u << 20, 64u << 20);
    t->source = str_of(source);
    t->line = line;
    t->owner = owner;
    t->decode = (struct decode){.arena = &t->arena, .tickets = &t->tickets, .emit = on_activity, .ignored = on_ignored, .fault = on_fault, .owner = t};
    const struct wire_options o = {.bytes = WIRE_BYTES, .decoders = netdecoders, .decode = &t->decode, .fault = wire_fault, .ignored = wire_ignored, .after = wire_said, .owner = t};
    int err = wire_open(&o, &t->wire);
    if (err) {
        tap_close(t);
        return err;
    }
    *out = t;
    return 0;
}

void tap_packet(struct tap *t, const struct frame *x, const uint8_t *bytes)
{
    const struct packet p = {bytes + x->at, x->n, x->whole, x->time, x->link, x->number, x->offset};
    wire_packet(t->wire, &p);
}

void tap_tick(struct tap *t, int64_t now)
{
    wire_tick(t->wire, now);
}

const struct wire_counts *tap_wire(const struct tap *t)
{
    return wire_counts(t->wire);
}

const struct tap_counts *tap_counts(const struct tap *t)
{
    return &t->counts;
}

void tap_end(struct tap *t)
{
    wire_end(t->wire);
}

void tap_close(struct tap *t)
{
    if (!t)
        return;
    if (t->wire)
        wire_close(t->wire);
    arena_free(&t->arena);
    buf_free(&t->text);
    free(t);
}
