/* base/arena.h - memory that is given back all at once.
 *
 * Three lifetimes use it: process, connection or input, and message. A message arena is reset at the
 * top of the loop and keeps its first block, so the hot path neither allocates nor frees.
 * `limit` bounds what one arena may hold; past it arena_alloc returns NULL, which decoders report as
 * ERR_LIMIT. Memory is aligned to 16 bytes and not cleared. Not thread-safe: one owner each. */
#ifndef VIGIE_BASE_ARENA_H
#define VIGIE_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    char *at, *end;            /* the free part of the current block */
    struct arena_block *first; /* newest first */
    size_t used, limit;        /* bytes in blocks, and the most that may be */
    size_t block;              /* size of an ordinary block */
};

void arena_init(struct arena *a, size_t block, size_t limit);
void *arena_more(struct arena *a, size_t n); /* the slow path of arena_alloc */
void *arena_zero(struct arena *a, size_t n); /* cleared memory */
void arena_reset(struct arena *a);           /* forget everything, keep one block */
void arena_free(struct arena *a);

static inline void *arena_alloc(struct arena *a, size_t n)
{
    size_t need = ((n ? n : 1) + 15u) & ~(size_t)15u; /* nothing has an address, too: NULL is only for failure */
    if (need >= n && need <= (size_t)(a->end - a->at)) {
        void *p = a->at;
        a->at += need;
        return p;
    }
    return arena_more(a, n);
}

#endif
