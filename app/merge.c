/* app/merge.c - merges sorted runs, drops repeats, puts ranks in place of input numbers. */
#include "app/merge.h"

#include "base/hash.h"
#include "base/table.h"
#include "model/activity.h"

#include <stdlib.h>
#include <string.h>

enum { RECENT = 1 << 16 };
#define APART (2 * (uint64_t)TIME_SECOND) /* the same record in logs of different precision */

struct recent {
    int64_t time;
};

struct merge {
    struct run_merge *runs;
    const struct inputs *inputs;
    struct held held;    /* the next one to give, unless a repeat of it ranks better */
    struct table recent, before; /* ids of the APART from `since` on, and of the APART before it: few, so they stay in the cache */
    int64_t since;
    uint64_t repeats;
    bool over;
};

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Puts the rank of the input in place of its number, so that the order no longer depends on threads. */
static void set_rank(uint8_t *packed, const struct inputs *in)
{
    uint32_t rank = inputs_get(in, be32(packed + ACTIVITY_KEY_INPUT))->rank;
    for (int i = 0; i < 4; i++)
        packed[ACTIVITY_KEY_INPUT + i] = (uint8_t)(rank >> (24 - 8 * i));
}

static int hold(struct held *h, const uint8_t *p, size_t n)
{
    if (n > h->room) {
        uint8_t *grown = realloc(h->bytes, n);
        if (!grown)
            return ERR_MEMORY;
        h->bytes = grown;
        h->room = n;
    }
    memcpy(h->bytes, p, n);
    h->n = n;
    h->full = true;
    return 0;
}

/* Times come in order, and the whole range of them does not fit into an int64_t. */
static uint64_t after(int64_t later, int64_t earlier)
{
    return (uint64_t)later - (uint64_t)earlier;
}

static void forget_old(struct merge *s, int64_t t)
{
    if (after(t, s->since) <= APART)
        return;
    struct table swap = s->before;
    s->before = s->recent;
    s->recent = swap;
    table_clear(&s->recent);
    if (after(t, s->since) > 2 * APART)
        table_clear(&s->before);
    s->since = t;
}

static bool repeated(struct merge *s, const uint8_t *packed)
{
    uint64_t time = 0, id;
    for (int i = 0; i < 8; i++)
        time = time << 8 | packed[i];
    int64_t t = (int64_t)(time ^ UINT64_C(1) << 63);
    memcpy(&id, packed + ACTIVITY_KEY_ID, 8);
    forget_old(s, t);
    const struct recent *first = table_get(&s->recent, id);
    if (!first)
        first = table_get(&s->before, id);
    if (first && after(t, first->time) <= APART)
        return true;
    struct recent *r = table_put(&s->recent, id, NULL);
    if (r)
        r->time = t;
    return false;
}

int merge_next(struct merge *s, struct held *out)
{
    for (;;) {
        const uint8_t *p;
        size_t n;
        int got = s->over ? 0 : run_merge_next(s->runs, &p, &n);
        if (got < 0)
            return got;
        s->over = got == 0;
        if (got && s->held.full && memcmp(p, s->held.bytes, ACTIVITY_KEY_INPUT) == 0) { /* the same record read again */
            s->repeats++;
            uint8_t key[ACTIVITY_KEY];
            memcpy(key, p, sizeof key);
            set_rank(key, s->inputs);
            if (memcmp(key, s->held.bytes, sizeof key) < 0) {
                int err = hold(&s->held, p, n);
                if (err)
                    return err;
                set_rank(s->held.bytes, s->inputs);
            }
            continue;
        }
        bool give = s->held.full;
        if (give) {
            struct held swap = *out;
            *out = s->held;
            s->held = swap;
            s->held.full = false;
        }
        if (got) {
            int err = hold(&s->held, p, n);
            if (err)
                return err;
            set_rank(s->held.bytes, s->inputs);
        }
        if (give && repeated(s, out->bytes)) {
            s->repeats++;
            give = out->full = false;
        }
        if (give)
            return 1;
        if (!got)
            return 0;
    }
}

int merge_open(struct runs *runs, const struct inputs *in, struct merge **out)
{
    struct merge *m = calloc(1, sizeof *m);
    if (!m)
        return ERR_MEMORY;
    m->inputs = in;
    table_init(&m->recent, sizeof(struct recent), RECENT);
    table_init(&m->before, sizeof(struct recent), RECENT);
    m->since = INT64_MIN;
    int err = run_merge_open(runs, &m->runs);
    if (err) {
        merge_close(m);
        return err;
    }
    *out = m;
    return 0;
}

uint64_t merge_repeats(const struct merge *m)
{
    return m->repeats;
}

void merge_close(struct merge *m)
{
    if (!m)
        return;
    run_merge_close(m->runs);
    free(m->held.bytes);
    table_free(&m->recent);
    table_free(&m->before);
    free(m);
}
