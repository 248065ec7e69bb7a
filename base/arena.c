/* base/arena.c - blocks behind the bump pointer. */
#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

struct arena_block {
    struct arena_block *next;
    size_t size; /* of the whole block, header included */
};

#define HEADER ((sizeof(struct arena_block) + 15u) & ~(size_t)15u)

void arena_init(struct arena *a, size_t block, size_t limit)
{
    *a = (struct arena){.block = block < 256 ? 256 : block, .limit = limit};
}

void *arena_more(struct arena *a, size_t n)
{
    size_t need = ((n + 15u) & ~(size_t)15u) + HEADER;
    if (need < n)
        return NULL;
    size_t size = need > a->block ? need : a->block;
    if (size > a->limit || a->used > a->limit - size)
        return NULL;
    struct arena_block *b = malloc(size);
    if (!b)
        return NULL;
    b->size = size;
    b->next = a->first;
    a->first = b;
    a->used += size;
    a->at = (char *)b + need;
    a->end = (char *)b + size;
    return (char *)b + HEADER;
}

void *arena_zero(struct arena *a, size_t n)
{
    void *p = arena_alloc(a, n);
    if (p)
        memset(p, 0, n);
    return p;
}

void arena_reset(struct arena *a)
{
    struct arena_block *b = a->first, *keep = NULL;
    while (b) {
        struct arena_block *next = b->next;
        if (!keep && b->size == a->block)
            keep = b;
        else
            free(b);
        b = next;
    }
    a->first = keep;
    a->used = 0;
    a->at = a->end = NULL;
    if (keep) {
        keep->next = NULL;
        a->used = keep->size;
        a->at = (char *)keep + HEADER;
        a->end = (char *)keep + keep->size;
    }
}

void arena_free(struct arena *a)
{
    for (struct arena_block *b = a->first, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    a->first = NULL;
    a->at = a->end = NULL;
    a->used = 0;
}
