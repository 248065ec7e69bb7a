/* directory/dir_trusts.c - the trusts that imported directories list. */
#include "directory/dir_private.h"
#include "directory/dir_ref.h"

#include <stdlib.h>

static int by_trust(const void *x, const void *y)
{
    const struct trust *a = x, *b = y;
    int c = str_cmpi(a->domain, b->domain);
    return c ? c : str_cmpi(a->name, b->name);
}

int dir_link_trusts(struct dir *d, const struct dir_import *im)
{
    size_t n = 0;
    for (size_t i = 0; im && i < im->n; i++)
        n += im->entries[i].role == DIR_TRUST;
    struct trust *list = arena_alloc(&d->text, (n + 1) * sizeof *list);
    if (!list)
        return ERR_MEMORY;
    for (size_t i = 0; im && i < im->n; i++) {
        const struct dir_entry *e = &im->entries[i];
        if (e->role == DIR_TRUST)
            list[d->ntrusts++] = (struct trust){str_dup(&d->text, e->base.ref.domain), str_dup(&d->text, e->base.ref.name), str_dup(&d->text, e->display),
                                                str_dup(&d->text, e->base.ref.sid), e->trust_direction, e->trust_type, e->trust_attributes};
    }
    qsort(list, n, sizeof *list, by_trust);
    d->trusts = list;
    return 0;
}
