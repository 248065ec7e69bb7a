/* app/tap.c - a wire with its decoders, whose activities become lines. */
#include "app/tap.h"

#include "app/wired.h"
#include "model/act_json.h"

#include <stdlib.h>

enum { WIRE_BYTES = 96 << 20 }; /* with the kernel's buffer (source/live.c) an interface takes less than 200 MB, whatever is said on it */

struct tap {
    struct decode decode;
    struct arena arena;
    struct wired *wired;
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

static void on_unread(struct decode *d, enum unread what, uint64_t record)
{
    struct tap *t = d->owner;
    (void)record;
    t->counts.unread[what]++;
}

static void on_fault(struct decode *d, const struct fault *f)
{
    struct tap *t = d->owner;
    (void)f;
    t->counts.faults++;
}

static void left_out(struct decode *d, struct str what, uint64_t n)
{
    struct tap *t = d->owner;
    (void)what;
    t->counts.ignored += n;
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
    t->decode = (struct decode){.arena = &t->arena, .emit = on_activity, .ignored = on_ignored, .unread = on_unread, .fault = on_fault, .owner = t};
    int err = wired_open(&t->decode, WIRE_BYTES, left_out, &t->wired);
    if (err) {
        tap_close(t);
        return err;
    }
    *out = t;
    return 0;
}

void tap_packet(struct tap *t, const struct frame *x, const uint8_t *bytes)
{
    wired_packet(t->wired, x, bytes);
}

void tap_tick(struct tap *t, int64_t now)
{
    wired_tick(t->wired, now);
}

const struct wire_counts *tap_wire(const struct tap *t)
{
    return wired_counts(t->wired);
}

const struct tap_counts *tap_counts(const struct tap *t)
{
    return &t->counts;
}

void tap_end(struct tap *t)
{
    wired_end(t->wired);
}

void tap_close(struct tap *t)
{
    if (!t)
        return;
    wired_close(t->wired);
    arena_free(&t->arena);
    buf_free(&t->text);
    free(t);
}
