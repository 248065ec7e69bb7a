/* store/actlog_tail.c - the newest rows, in memory until they fill a segment. */
#include "store/actlog_private.h"

#include "base/hash.h"

#include <stdlib.h>

enum { TAIL_SLOTS = ACTLOG_TAIL * 2, TAIL_BYTES = 1 << 20 };

struct tail_bytes {
    struct tail_bytes *next;
    size_t n, room;
    uint8_t p[];
};

struct tail *tail_new(void)
{
    struct tail *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    atomic_init(&t->refs, 1);
    t->ids = calloc(TAIL_SLOTS, sizeof *t->ids);
    if (!t->ids) {
        free(t);
        return NULL;
    }
    return t;
}

struct tail *tail_use(struct tail *t)
{
    atomic_fetch_add(&t->refs, 1);
    return t;
}

void tail_release(struct tail *t)
{
    if (!t || atomic_fetch_sub(&t->refs, 1) != 1)
        return;
    for (struct tail_bytes *b = t->bytes, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(t->ids);
    free(t);
}

static uint32_t *slot_of(const struct tail *t, const uint8_t id[16])
{
    size_t at = hash64(id, 16, 2) % TAIL_SLOTS;
    while (t->ids[at] && memcmp(row_id(t->rows[t->ids[at] - 1].bytes), id, 16) != 0)
        at = (at + 1) % TAIL_SLOTS;
    return &t->ids[at];
}

bool tail_has(const struct tail *t, const uint8_t id[16])
{
    return *slot_of(t, id) != 0;
}

static uint8_t *keep(struct tail *t, const uint8_t *row, size_t n)
{
    struct tail_bytes *b = t->bytes;
    if (!b || b->room - b->n < n) {
        size_t room = n > TAIL_BYTES ? n : TAIL_BYTES;
        b = malloc(sizeof *b + room);
        if (!b)
            return NULL;
        *b = (struct tail_bytes){.next = t->bytes, .room = room};
        t->bytes = b;
        t->used += room;
    }
    uint8_t *p = b->p + b->n;
    memcpy(p, row, n);
    b->n += n;
    return p;
}

static struct tail_sum sum_with(const struct tail *t, const uint8_t *bytes, size_t n)
{
    struct tail_sum s = t->n ? t->rows[t->n - 1].sum : (struct tail_sum){.first_time = INT64_MAX, .last_time = TIME_NONE};
    int64_t time = row_time(bytes);
    s.bytes += n;
    s.onprem += !row_cloud(bytes);
    s.first_time = time < s.first_time ? time : s.first_time;
    s.last_time = time > s.last_time ? time : s.last_time;
    return s;
}

uint32_t tail_onprem(const struct tail *t, uint32_t n, uint64_t number)
{
    uint32_t low = 0, high = n;
    while (low < high) {
        uint32_t mid = (low + high) / 2;
        if (row_number(t->rows[mid].bytes) <= number)
            low = mid + 1;
        else
            high = mid;
    }
    return low ? t->rows[low - 1].sum.onprem : 0;
}

int tail_add(struct tail *t, const uint8_t *row, size_t n, uint32_t app)
{
    if (t->n == ACTLOG_TAIL)
        return ERR_LIMIT;
    const uint8_t *bytes = keep(t, row, n);
    if (!bytes)
        return ERR_MEMORY;
    t->rows[t->n] = (struct tail_row){bytes, (uint32_t)n, app, row_cloud(bytes), sum_with(t, bytes, n)};
    *slot_of(t, row_id(bytes)) = t->n + 1;
    t->n++;
    return 0;
}

void tail_cut(struct tail *t, uint32_t n)
{
    t->n = n;
    memset(t->ids, 0, TAIL_SLOTS * sizeof *t->ids);
    for (uint32_t i = 0; i < n; i++)
        *slot_of(t, row_id(t->rows[i].bytes)) = i + 1;
}
