/* wire/pool.c - memory of streams, within the budget; usual sizes are used again. */
#include "wire/wire_private.h"

#include <stdlib.h>

enum { KEPT = 32 };

static unsigned class_of(size_t n)
{
    unsigned c = 0;
    while (c < POOL_CLASSES && n > (size_t)1 << (POOL_LEAST + c))
        c++;
    return c;
}

/* Lets conversations go until n bytes more are within the budget. */
static bool make_room(struct wire *w, size_t n)
{
    if (w->counts.memory + n > w->o.bytes)
        pool_empty(w);
    while (w->counts.memory + n > w->o.bytes)
        if (!flows_evict(w))
            return false;
    return true;
}

void *pool_get(struct wire *w, size_t n, size_t *room)
{
    unsigned c = class_of(n);
    size_t size = c < POOL_CLASSES ? (size_t)1 << (POOL_LEAST + c) : n;
    if (c < POOL_CLASSES && w->pool.free[c]) {
        struct pool_free *p = w->pool.free[c];
        w->pool.free[c] = p->next;
        w->pool.n[c]--;
        *room = size;
        return p;
    }
    void *p = make_room(w, size) ? malloc(size) : NULL;
    if (p) {
        w->counts.memory += size;
        *room = size;
    }
    return p;
}

void pool_put(struct wire *w, void *p, size_t room)
{
    unsigned c = class_of(room);
    if (!p)
        return;
    if (c < POOL_CLASSES && room == (size_t)1 << (POOL_LEAST + c) && w->pool.n[c] < KEPT) {
        struct pool_free *f = p;
        f->next = w->pool.free[c];
        w->pool.free[c] = f;
        w->pool.n[c]++;
        return;
    }
    w->counts.memory -= room;
    free(p);
}

void pool_empty(struct wire *w)
{
    for (unsigned c = 0; c < POOL_CLASSES; c++) {
        while (w->pool.free[c]) {
            struct pool_free *f = w->pool.free[c];
            w->pool.free[c] = f->next;
            free(f);
            w->counts.memory -= (size_t)1 << (POOL_LEAST + c);
        }
        w->pool.n[c] = 0;
    }
}
