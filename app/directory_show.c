/* app/directory_show.c - what a directory holds, in a page of text. */
#include "app/directory_show.h"

#include "directory/dir_ref.h"

#include <stdlib.h>

struct directory_count directory_count(const struct dir_import *im)
{
    struct directory_count c = {0};
    for (size_t i = 0; i < im->n; i++) {
        const struct dir_entry *e = &im->entries[i];
        if (e->role == DIR_TRUST)
            c.trusts++;
        if (e->role != DIR_ENTITY)
            continue;
        if (e->base.flags & ENTITY_TERMINATED)
            c.deleted++;
        else if (e->base.type == ENTITY_USER)
            c.users++;
        else if (e->base.type == ENTITY_GROUP)
            c.groups++;
        else
            c.computers++;
        c.controllers += e->base.type == ENTITY_COMPUTER && (e->base.flags & ENTITY_DC) && !(e->base.flags & ENTITY_TERMINATED);
    }
    return c;
}

static int by_name(const void *x, const void *y)
{
    const struct entity *a = *(const struct entity *const *)x, *b = *(const struct entity *const *)y;
    int c = str_cmpi(a->name, b->name);
    return c ? c : str_cmp(a->id, b->id);
}

static void put_entity(struct buf *out, const struct entity *e, const char *note)
{
    buf_fmt(out, "    %.*s", STR_ARG(e->name));
    if (e->type == ENTITY_COMPUTER)
        buf_fmt(out, "  %.*s", STR_ARG(str_set(e->dns_name) ? e->dns_name : e->sam));
    else if (str_set(e->sam))
        buf_fmt(out, "  %.*s\\%.*s", STR_ARG(e->domain), STR_ARG(e->sam));
    buf_fmt(out, "%s%s%s\n", e->flags & ENTITY_DISABLED ? ", disabled" : "", e->flags & ENTITY_TERMINATED ? ", deleted" : "", note);
}

static void put_controllers(struct buf *out, const struct entity *const *all, size_t n)
{
    buf_str(out, STR("\nDOMAIN CONTROLLERS\n"));
    for (size_t i = 0; i < n; i++)
        if ((all[i]->flags & ENTITY_DC) && !(all[i]->flags & ENTITY_TERMINATED))
            put_entity(out, all[i], all[i]->flags & ENTITY_RODC ? ", read-only" : "");
}

static void put_trusts(struct buf *out, const struct dir *d)
{
    static const char *const directions[] = {"disabled", "they trust us", "we trust them", "both directions"};
    size_t n;
    const struct trust *t = dir_trusts(d, &n);
    if (n)
        buf_str(out, STR("\nTRUSTS\n"));
    for (size_t i = 0; i < n; i++)
        buf_fmt(out, "    %.*s: %.*s  %s%s\n", STR_ARG(t[i].domain), STR_ARG(t[i].name), directions[t[i].direction & 3],
                t[i].attributes & 0x8 ? ", forest" : "");
}

static bool direct(const struct entity *e, uint32_t group)
{
    for (uint32_t i = 0; i < e->ngroups; i++)
        if (e->groups[i] == group)
            return true;
    return false;
}

static void put_group(struct buf *out, const struct dir *d, const struct entity *g, const struct entity *const *all, size_t n)
{
    size_t members = 0;
    for (size_t i = 0; i < n; i++)
        members += all[i]->type != ENTITY_GROUP && dir_member(d, all[i]->number, g->number);
    if (members == 0)
        return;
    buf_fmt(out, "  %.*s (%.*s): %zu\n", STR_ARG(g->name), STR_ARG(g->sid), members);
    for (size_t i = 0; i < n; i++)
        if (all[i]->type != ENTITY_GROUP && dir_member(d, all[i]->number, g->number))
            put_entity(out, all[i], direct(all[i], g->number) ? "" : ", through another group");
}

int directory_show(const struct dir_import *im, struct buf *out)
{
    struct directory_count c = directory_count(im);
    struct dir *d = NULL;
    int err = dir_build(&d, NULL, 0, im, NULL, 0);
    if (err)
        return err;
    size_t n = dir_count(d);
    const struct entity **all = calloc(n + 1, sizeof(*all));
    if (!all) {
        dir_free(d);
        return ERR_MEMORY;
    }
    for (uint32_t i = 0; i < n; i++)
        all[i] = dir_entity(d, i + 1);
    qsort(all, n, sizeof(*all), by_name);
    buf_fmt(out, "%zu users, %zu groups, %zu computers (%zu domain controllers), %zu trusts, %zu deleted\n", c.users, c.groups, c.computers,
            c.controllers, c.trusts, c.deleted);
    put_controllers(out, all, n);
    put_trusts(out, d);
    buf_str(out, STR("\nSENSITIVE GROUPS\n"));
    for (size_t i = 0; i < n; i++)
        if (all[i]->type == ENTITY_GROUP && (all[i]->flags & ENTITY_SENSITIVE))
            put_group(out, d, all[i], all, n);
    free(all);
    dir_free(d);
    return out->failed ? ERR_MEMORY : 0;
}
