/* directory/dir_groups.c - who is in which group, at any depth, and what that makes sensitive. */
#include "directory/dir_private.h"
#include "directory/dir_ref.h"
#include "directory/wellknown.h"

#include <stdio.h>
#include <stdlib.h>

struct edge {
    uint32_t member, group;
};

struct edges {
    struct edge *e;
    size_t n, room;
};

static void add_edge(struct edges *l, uint32_t member, uint32_t group)
{
    if (!member || !group)
        return;
    if (l->n == l->room) {
        size_t room = l->room ? l->room * 2 : 1024;
        struct edge *grown = realloc(l->e, room * sizeof *grown);
        if (!grown)
            return;
        l->e = grown;
        l->room = room;
    }
    l->e[l->n++] = (struct edge){member, group};
}

static uint32_t look(const struct dir *d, uint64_t key)
{
    struct table *keys = (struct table *)(uintptr_t)&d->keys;
    const uint32_t *v = table_get(keys, key);
    return v ? *v : 0;
}

uint32_t dir_named(const struct dir *d, struct str s, bool group)
{
    uint32_t n = look(d, dir_key_hash(KEY_DN, s));
    if (!n)
        n = dir_sid(d, s);
    if (!n)
        n = look(d, dir_key_hash(KEY_GROUP_NAME, s));
    if (!n && !group)
        n = look(d, dir_key_hash(KEY_NAME, s));
    if (!n && !group)
        n = dir_computer(d, s);
    return n;
}

static int by_edge(const void *x, const void *y)
{
    const struct edge *a = x, *b = y;
    if (a->member != b->member)
        return a->member < b->member ? -1 : 1;
    return (a->group > b->group) - (a->group < b->group);
}

static void gather_edges(struct dir *d, const struct dir_import *im, struct edges *l)
{
    for (size_t i = 0; im && i < im->n; i++) {
        const struct dir_entry *en = &im->entries[i];
        if (en->role != DIR_ENTITY)
            continue;
        uint32_t self = str_set(en->dn) ? look(d, dir_key_hash(KEY_DN, en->dn)) : 0;
        if (!self && en->base.type == ENTITY_GROUP)
            self = dir_named(d, str_set(en->base.ref.sid) ? en->base.ref.sid : en->base.ref.name, true);
        if (!self)
            self = dir_account(d, &en->base.ref);
        for (size_t k = 0; k < en->ngroups; k++)
            add_edge(l, self, dir_named(d, en->groups[k], true));
        for (size_t k = 0; k < en->nmembers; k++)
            add_edge(l, dir_named(d, en->members[k], false), self);
        if (en->primary_group) {
            char sid[128];
            struct str domain = sid_domain(en->base.ref.sid);
            int n = snprintf(sid, sizeof sid, "%.*s-%u", STR_ARG(domain), en->primary_group);
            add_edge(l, self, dir_sid(d, (struct str){sid, (size_t)n}));
        }
    }
}

/* Groups of entity k at any depth, breadth first, cycles stopped by the mark. */
static int closure(struct dir *d, uint32_t k, uint32_t *mark, uint32_t *queue)
{
    uint32_t head = 0, tail = 0;
    for (uint32_t i = 0; i < d->entities[k].ngroups; i++) {
        mark[d->entities[k].groups[i]] = k;
        queue[tail++] = d->entities[k].groups[i];
    }
    while (head < tail) {
        const struct entity *g = &d->entities[queue[head++]];
        for (uint32_t i = 0; i < g->ngroups; i++)
            if (mark[g->groups[i]] != k) {
                mark[g->groups[i]] = k;
                queue[tail++] = g->groups[i];
            }
    }
    if (tail == 0)
        return 0;
    d->all_groups[k] = arena_alloc(&d->text, tail * sizeof(uint32_t));
    if (!d->all_groups[k])
        return ERR_MEMORY;
    memcpy(d->all_groups[k], queue, tail * sizeof(uint32_t));
    d->nall_groups[k] = tail;
    return 0;
}

int dir_link_groups(struct dir *d, const struct dir_import *im)
{
    struct edges l = {0};
    gather_edges(d, im, &l);
    if (l.n)
        qsort(l.e, l.n, sizeof *l.e, by_edge);
    for (size_t i = 0; i < l.n;) {
        size_t k = i, n = 0;
        while (k < l.n && l.e[k].member == l.e[i].member)
            k++;
        uint32_t *groups = arena_alloc(&d->text, (k - i) * sizeof *groups);
        for (size_t m = i; groups && m < k; m++)
            if (n == 0 || groups[n - 1] != l.e[m].group)
                groups[n++] = l.e[m].group;
        d->entities[l.e[i].member].groups = groups;
        d->entities[l.e[i].member].ngroups = (uint32_t)n;
        i = k;
    }
    free(l.e);
    d->all_groups = calloc((size_t)d->n + 1, sizeof(*d->all_groups));
    d->nall_groups = calloc((size_t)d->n + 1, sizeof(*d->nall_groups));
    uint32_t *mark = calloc((size_t)d->n + 1, sizeof *mark), *queue = calloc((size_t)d->n + 1, sizeof *queue);
    int err = d->all_groups && d->nall_groups && mark && queue ? 0 : ERR_MEMORY;
    for (uint32_t k = 1; !err && k <= d->n; k++)
        err = closure(d, k, mark, queue);
    free(mark);
    free(queue);
    return err;
}

static bool exchange_group(const struct entity *g)
{
    return (g->flags & ENTITY_IN_DIRECTORY) && str_eqi(g->sam, STR("Exchange Servers"));
}

void dir_spread_sensitivity(struct dir *d)
{
    for (uint32_t k = 1; k <= d->n; k++)
        if (d->entities[k].type == ENTITY_GROUP && exchange_group(&d->entities[k]))
            d->entities[k].flags |= ENTITY_SENSITIVE;
    for (uint32_t k = 1; k <= d->n; k++)
        for (uint32_t i = 0; i < d->nall_groups[k]; i++) {
            const struct entity *g = &d->entities[d->all_groups[k][i]];
            if (g->flags & ENTITY_SENSITIVE)
                d->entities[k].flags |= ENTITY_SENSITIVE;
            if (exchange_group(g) && d->entities[k].type == ENTITY_COMPUTER)
                d->entities[k].flags |= ENTITY_EXCHANGE;
        }
}
