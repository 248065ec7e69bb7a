/* directory/dir_keep.c - an import whose objects are found by objectGUID. */
#include "directory/dir_keep.h"

#include "base/dn.h"
#include "base/hash.h"
#include "directory/dir_value.h"

#include <stdlib.h>

static uint64_t key(struct str identity)
{
    return hash_stri(identity, 17);
}

/* ---- finding ---- */

struct dir_entry *dir_keep_get(struct dir_keep *k, struct str guid)
{
    const uint32_t *at = str_set(guid) ? table_get(&k->at, key(guid)) : NULL;
    return at ? &k->im->entries[*at - 1] : NULL;
}

struct dir_entry *dir_keep_put(struct dir_keep *k, struct str guid)
{
    bool fresh;
    uint32_t *at = table_put(&k->at, key(guid), &fresh);
    if (!at)
        return NULL;
    if (!fresh)
        return &k->im->entries[*at - 1];
    struct dir_entry *e = dir_import_entry(k->im);
    if (e) {
        *at = (uint32_t)k->im->n;
        e->guid = str_dup(&k->im->text, guid);
    } else {
        table_drop(&k->at, key(guid));
    }
    return e;
}

/* The lists of `more` go on in `e`. */
static int extend(struct arena *text, struct dir_entry *e, struct dir_entry *more)
{
    int err = 0;
    for (size_t i = 0; i < more->nmembers && !err; i++)
        err = dir_list_add(text, &e->members, &e->nmembers, more->members[i]);
    dir_import_clear(more);
    more->role = DIR_NOTHING;
    return err;
}

int dir_keep_open(struct dir_keep *k, struct dir_import *im)
{
    int err = 0;
    *k = (struct dir_keep){.im = im};
    table_init(&k->at, sizeof(uint32_t), UINT32_MAX / 4);
    for (size_t i = 0; i < im->n && !err; i++) {
        struct dir_entry *e = &im->entries[i];
        if (!str_set(e->guid) || e->role == DIR_NOTHING)
            continue;
        uint32_t *at = table_put(&k->at, key(e->guid), NULL);
        if (!at)
            err = ERR_MEMORY;
        else if (*at == 0)
            *at = (uint32_t)i + 1;
        else
            err = extend(&im->text, &im->entries[*at - 1], e);
    }
    return err;
}

void dir_keep_close(struct dir_keep *k)
{
    table_free(&k->at);
}

int dir_keep_join(struct dir_keep *k, struct str group, struct str member)
{
    for (size_t i = 0; i < k->im->n; i++) {
        struct dir_entry *g = &k->im->entries[i];
        if (g->role != DIR_ENTITY || (!str_eqi(g->base.ref.sid, group) && !str_eqi(g->guid, group)))
            continue;
        for (size_t m = 0; m < g->nmembers; m++)
            if (str_eqi(g->members[m], member))
                return 0;
        return dir_list_add(&k->im->text, &g->members, &g->nmembers, member);
    }
    return 0;
}

/* ---- settling ---- */

static bool deleted(const struct dir_entry *e)
{
    return e->role == DIR_NOTHING || (e->base.flags & ENTITY_TERMINATED);
}

/* An entry's own name before its parent's DN, deepest parents first; `done` stops cycles. */
static int place(struct dir_keep *k, struct dir_entry *e, uint8_t *done, unsigned depth)
{
    enum { DEEPEST = 100 };
    struct dir_entry *parent = dir_keep_get(k, e->parent);
    uint8_t *mark = &done[e - k->im->entries];
    struct str own, rest;
    if (*mark || depth > DEEPEST)
        return 0;
    *mark = 1;
    if (!parent || parent == e || parent->role == DIR_NOTHING)
        return 0;
    int err = place(k, parent, done, depth + 1);
    dn_split(e->dn, &own, &rest);
    if (err || str_eq(rest, parent->dn))
        return err;
    e->dn = str_fmt(&k->im->text, "%.*s,%.*s", STR_ARG(own), STR_ARG(parent->dn));
    return str_set(e->dn) ? 0 : ERR_MEMORY;
}

static void leave_groups(struct dir_import *im, struct table *gone)
{
    for (size_t i = 0; i < im->n; i++) {
        struct dir_entry *g = &im->entries[i];
        size_t n = 0;
        for (size_t m = 0; m < g->nmembers; m++)
            if (!table_get(gone, key(g->members[m])))
                g->members[n++] = g->members[m];
        g->nmembers = n;
    }
}

/* A name may be given again once its bearer is deleted; then only its SID tells the two apart. */
static void give_up_name(struct dir_entry *e)
{
    struct account *a = &e->base.ref;
    if (!str_set(e->display))
        e->display = a->name;
    a->name = a->upn = a->mail = e->dns_name = STR_NONE;
}

static int note(struct dir_import *im, struct table *gone, struct table *taken)
{
    for (size_t i = 0; i < im->n; i++) {
        const struct dir_entry *e = &im->entries[i];
        const struct str names[] = {e->base.ref.sid, e->guid};
        for (size_t n = 0; n < 2; n++)
            if (deleted(e) && str_set(names[n]) && !table_put(gone, key(names[n]), NULL))
                return ERR_MEMORY;
        if (!deleted(e) && e->role == DIR_ENTITY && str_set(e->base.ref.name) && !table_put(taken, key(e->base.ref.name), NULL))
            return ERR_MEMORY;
    }
    return 0;
}

int dir_keep_settle(struct dir_keep *k)
{
    struct dir_import *im = k->im;
    struct table gone, taken;
    uint8_t *done = calloc(im->n + 1, 1);
    table_init(&gone, 1, UINT32_MAX / 4);
    table_init(&taken, 1, UINT32_MAX / 4);
    int err = done ? note(im, &gone, &taken) : ERR_MEMORY;
    for (size_t i = 0; i < im->n && !err; i++) {
        struct dir_entry *e = &im->entries[i];
        if (!deleted(e))
            err = place(k, e, done, 0);
        else if (e->role == DIR_ENTITY && table_get(&taken, key(e->base.ref.name)))
            give_up_name(e);
    }
    if (!err)
        leave_groups(im, &gone);
    table_free(&gone);
    table_free(&taken);
    free(done);
    return err;
}
