/* app/hub_erased.c - marks of deleted people: hashes of what they were called. */
#include "app/hub_erased.h"

#include "base/hash.h"
#include "base/table.h"
#include "store/tab_erasures.h"

#include <stdlib.h>
#include <string.h>

struct erased {
    struct table marks; /* first half of a mark -> nothing */
};

static uint64_t half(const uint8_t mark[ERASURE_MARK])
{
    uint64_t h;
    memcpy(&h, mark, sizeof h);
    return h;
}

static int take(void *owner, const uint8_t mark[ERASURE_MARK])
{
    struct erased *x = owner;
    return table_put(&x->marks, half(mark), NULL) ? 0 : ERR_MEMORY;
}

int erased_open(struct db *db, struct erased **out)
{
    struct erased *x = calloc(1, sizeof *x);
    if (!x)
        return ERR_MEMORY;
    table_init(&x->marks, sizeof(uint8_t), UINT32_MAX / 2);
    int err = tab_erasures_marks(db, take, x);
    if (err)
        erased_close(x);
    else
        *out = x;
    return err;
}

void erased_close(struct erased *x)
{
    if (!x)
        return;
    table_free(&x->marks);
    free(x);
}

/* What is one's own: display names are not. Calls each with the mark of each; stops when that returns not 0. */
static int each_mark(const struct entity *e, int (*each)(void *owner, const uint8_t mark[ERASURE_MARK]), void *owner)
{
    const struct str own[] = {e->id, e->sid, e->upn, e->mail, e->cloud, e->guid};
    enum { OWN = sizeof own / sizeof *own };
    struct arena a;
    int stop = 0;
    arena_init(&a, 1024, 1 << 20);
    for (uint32_t i = 0; !stop && i < OWN + e->naccounts; i++) {
        struct str name = i < OWN ? own[i] : e->accounts[i - OWN];
        const struct str parts[] = {STR("erased"), str_lower(&a, name)};
        uint8_t mark[ERASURE_MARK];
        hash_id(mark, parts, 2);
        stop = name.n ? each(owner, mark) : 0;
    }
    arena_free(&a);
    return stop;
}

static int is_there(void *owner, const uint8_t mark[ERASURE_MARK])
{
    return table_get(owner, half(mark)) != NULL;
}

bool erased_has(struct erased *x, const struct entity *e)
{
    return x->marks.n && e->type == ENTITY_USER && each_mark(e, is_there, &x->marks) != 0;
}

static int put(void *owner, const uint8_t mark[ERASURE_MARK])
{
    return tab_erasures_mark(owner, mark);
}

int erased_mark(struct db *db, const struct entity *e)
{
    return each_mark(e, put, db);
}
