/* base/table.c - open addressing over indices, entries in a dense array. */
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

/* In front of each value. */
struct head {
    uint64_t key;
    uint64_t used; /* second-chance bit */
};

static struct head *head(const struct table *t, uint32_t i)
{
    return (struct head *)(void *)(t->entries + (size_t)i * (sizeof(struct head) + t->value_size));
}

void table_init(struct table *t, size_t value_size, uint32_t cap)
{
    *t = (struct table){.value_size = (value_size + 7u) & ~(size_t)7u, .cap = cap ? cap : 1};
}

void table_free(struct table *t)
{
    free(t->entries);
    free(t->slots);
    table_init(t, t->value_size, t->cap);
}

static uint64_t spread(uint64_t key)
{
    return key * 0x9e3779b97f4a7c15u;
}

static uint32_t home(const struct table *t, uint64_t key)
{
    return (uint32_t)(spread(key) >> 32) & t->mask;
}

/* A slot is the index + 1 of its entry in the bits of `mask`, which hold it since there are twice as many slots as
 * entries, and above them as many bits of its key as are left: other keys' entries are not looked at. */
static uint32_t slot_of(const struct table *t, uint64_t key, uint32_t i)
{
    return ((uint32_t)spread(key) & ~t->mask) | (i + 1);
}

static uint32_t index_in(const struct table *t, uint32_t slot)
{
    return (slot & t->mask) - 1;
}

static uint32_t find(const struct table *t, uint64_t key)
{
    uint64_t h = spread(key);
    uint32_t s = (uint32_t)(h >> 32) & t->mask, slot;
    while ((slot = t->slots[s]) != 0 && ((((uint32_t)h ^ slot) & ~t->mask) || head(t, index_in(t, slot))->key != key))
        s = (s + 1) & t->mask;
    return s;
}

static void *value(const struct table *t, uint32_t i)
{
    return head(t, i) + 1;
}

void *table_get(struct table *t, uint64_t key)
{
    if (!t->slots)
        return NULL;
    uint32_t s = find(t, key);
    if (!t->slots[s])
        return NULL;
    struct head *h = head(t, index_in(t, t->slots[s]));
    if (!h->used) /* threads that share a table do not take its memory from each other */
        h->used = 1;
    return h + 1;
}

static bool grow(struct table *t)
{
    uint32_t room = t->room ? t->room * 2 : 16;
    if (room > t->cap)
        room = t->cap;
    uint32_t mask = 31;
    while (mask < room * 2)
        mask = mask * 2 + 1;
    uint8_t *entries = realloc(t->entries, (size_t)room * (sizeof(struct head) + t->value_size));
    if (entries)
        t->entries = entries;
    uint32_t *slots = calloc((size_t)mask + 1, sizeof *slots);
    if (!entries || !slots) {
        free(slots);
        return false;
    }
    free(t->slots);
    t->slots = slots;
    t->mask = mask;
    t->room = room;
    for (uint32_t i = 0; i < t->n; i++)
        t->slots[find(t, head(t, i)->key)] = slot_of(t, head(t, i)->key, i);
    return true;
}

/* takes the slot out and closes the gap behind it */
static void unlink_slot(struct table *t, uint32_t s)
{
    uint32_t hole = s;
    for (uint32_t i = (s + 1) & t->mask; t->slots[i]; i = (i + 1) & t->mask) {
        uint32_t h = home(t, head(t, index_in(t, t->slots[i]))->key);
        if (((i - h) & t->mask) >= ((i - hole) & t->mask)) {
            t->slots[hole] = t->slots[i];
            hole = i;
        }
    }
    t->slots[hole] = 0;
}

static uint32_t victim(struct table *t)
{
    for (;;) {
        uint32_t i = t->hand;
        t->hand = t->hand + 1 < t->n ? t->hand + 1 : 0;
        if (!head(t, i)->used)
            return i;
        head(t, i)->used = 0;
    }
}

void *table_put(struct table *t, uint64_t key, bool *is_new)
{
    void *v = table_get(t, key);
    if (is_new)
        *is_new = v == NULL;
    if (v)
        return v;
    uint32_t i = t->n;
    if (i < t->cap) {
        if (i == t->room && !grow(t))
            return NULL;
        t->n++;
    } else {
        i = victim(t);
        unlink_slot(t, find(t, head(t, i)->key));
        t->forgot++;
    }
    *head(t, i) = (struct head){.key = key};
    t->slots[find(t, key)] = slot_of(t, key, i);
    return memset(value(t, i), 0, t->value_size);
}

void table_drop(struct table *t, uint64_t key)
{
    if (!t->slots)
        return;
    uint32_t s = find(t, key);
    if (!t->slots[s])
        return;
    uint32_t i = index_in(t, t->slots[s]), last = t->n - 1;
    unlink_slot(t, s);
    if (i != last) {
        uint32_t moved = find(t, head(t, last)->key);
        memcpy(head(t, i), head(t, last), sizeof(struct head) + t->value_size);
        t->slots[moved] = slot_of(t, head(t, i)->key, i);
    }
    t->n--;
    if (t->hand >= t->n)
        t->hand = 0;
}

/* Looks at all entries only as often as they double, or as a quarter of them was dropped since: each is looked at a few times. */
void table_expire(struct table *t, table_stale *stale, int64_t now)
{
    if (t->n < t->room || t->room >= t->cap)
        return;
    for (uint32_t i = t->n; i-- > 0;)
        if (stale(value(t, i), now))
            table_drop(t, head(t, i)->key);
    if (t->n > t->room - t->room / 4)
        (void)grow(t);
}

void table_clear(struct table *t)
{
    for (uint32_t i = 0; i < t->n; i++) {
        uint32_t s = home(t, head(t, i)->key);
        while (index_in(t, t->slots[s]) != i)
            s = (s + 1) & t->mask;
        t->slots[s] = 0;
    }
    t->n = t->hand = 0;
}

void *table_each(struct table *t, uint32_t *at, uint64_t *key)
{
    if (*at >= t->n)
        return NULL;
    if (key)
        *key = head(t, *at)->key;
    return value(t, (*at)++);
}

static uint32_t folded(uint64_t hash)
{
    return (uint32_t)(spread(hash) >> 32);
}

bool distinct_has(const struct distinct *d, uint64_t hash)
{
    uint32_t h = folded(hash);
    for (unsigned i = 0; i < d->n; i++)
        if (d->h[i] == h)
            return true;
    return false;
}

bool distinct_add(struct distinct *d, uint64_t hash)
{
    if (distinct_has(d, hash))
        return false;
    if (d->n == DISTINCT_MAX) {
        d->saturated = 1;
        return true;
    }
    d->h[d->n++] = folded(hash);
    return true;
}
