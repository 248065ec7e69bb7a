/* base/table.h - bounded keyed state: a hash table of fixed-size values that forgets the oldest.
 *
 * Detectors and models keep what they know per key in one of these. Values start as zeroes. A table
 * grows up to `cap` entries; then a new key takes the place of an entry that has not been touched for
 * longest (second-chance order, the same for the same sequence of calls). Keys are 64-bit hashes
 * (base/hash.h). Pointers to values are valid until the next call that may add an entry. */
#ifndef VIGIE_BASE_TABLE_H
#define VIGIE_BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table {
    size_t value_size;
    uint32_t cap;   /* most entries */
    uint32_t n;     /* entries now */
    uint32_t room;  /* entries that fit before growing */
    uint32_t hand;  /* second-chance clock hand */
    uint64_t forgot; /* entries thrown out because of cap */
    uint8_t *entries; /* key, second-chance bit and value of one stand together: one cache miss instead of three */
    uint32_t *slots; /* index + 1 of the entry below some bits of its key, 0 = free */
    uint32_t mask;
};

void table_init(struct table *t, size_t value_size, uint32_t cap);
void table_free(struct table *t);
/* The value of key, NULL when not there. */
void *table_get(struct table *t, uint64_t key);
/* The value of key, made of zeroes when new. NULL only when memory is short. */
void *table_put(struct table *t, uint64_t key, bool *is_new);
void table_drop(struct table *t, uint64_t key);
/* Before a table_put() that would make the table grow: drops what `stale` says is worth nothing any more at `now`. */
typedef bool table_stale(const void *value, int64_t now);
void table_expire(struct table *t, table_stale *stale, int64_t now);
/* Forgets all entries and keeps the memory; takes time for what was in it, not for its size. */
void table_clear(struct table *t);
/* Walks all entries in an order that depends on the calls so far only. *at starts as 0. */
void *table_each(struct table *t, uint32_t *at, uint64_t *key);

/* ---- a small set of hashes, for "how many distinct": exact up to its size, then saturated ---- */

#define DISTINCT_MAX 62
struct distinct {
    uint16_t n;         /* distinct values held */
    uint16_t saturated; /* 1 when more came than fit */
    uint32_t h[DISTINCT_MAX]; /* folded to half: of so few, two are taken for one once in two million sets */
};

/* True when `hash` was not yet there (and, when saturated, might have been). */
bool distinct_add(struct distinct *d, uint64_t hash);
bool distinct_has(const struct distinct *d, uint64_t hash);

#endif
