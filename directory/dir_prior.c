/* directory/dir_prior.c - what was known before: entities that keep their numbers and ids when the directory is built again. */
#include "directory/dir_items.h"

#include <stdlib.h>

enum { MOST_NUMBERS = 1 << 26 };

int dir_prior_room(const struct dir_prior *p, size_t *room)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        if (p->entities[i].number == 0 || p->entities[i].number > MOST_NUMBERS)
            return ERR_LIMIT;
        n += 2 + 2 * (size_t)p->entities[i].naccounts;
    }
    for (size_t i = 0; i < p->naliases; i++)
        if (p->aliases[i].from > MOST_NUMBERS || p->aliases[i].to > MOST_NUMBERS)
            return ERR_LIMIT;
    *room = n;
    return 0;
}

static void add(struct build *b, const struct entity *e, struct account ref, bool echo)
{
    b->items[b->n++] = (struct item){.ref = {.ref = ref, .type = e->type}, .prior = e, .echo = echo};
}

/* A spelling that is none of the forms may be a name or a cloud's id of its own. */
static void add_spelling(struct build *b, const struct entity *e, struct str spelling)
{
    struct account a = dir_spelled(spelling);
    add(b, e, a, true);
    if (str_set(a.name) && !str_set(a.domain) && e->type != ENTITY_GROUP)
        add(b, e, (struct account){.cloud = spelling}, true);
}

/* Names are looked for as they were seen together, in the spellings: a domain of one account and a name of another would
 * make a third. */
void dir_prior_items(struct build *b)
{
    const struct dir_prior *p = b->prior;
    for (size_t i = 0; p && i < p->n; i++) {
        const struct entity *e = &p->entities[i];
        struct account a = {.sid = e->sid, .upn = e->upn, .mail = e->mail, .cloud = e->cloud};
        if (e->type != ENTITY_USER)
            a.name = e->sam;
        if (e->type == ENTITY_GROUP)
            a.domain = e->domain;
        add(b, e, a, false);
        for (uint32_t k = 0; k < e->naccounts; k++)
            add_spelling(b, e, e->accounts[k]);
        if (e->naccounts == 0 && e->type == ENTITY_USER && str_set(e->sam))
            add(b, e, (struct account){.name = e->sam, .domain = e->domain}, true);
    }
}

bool dir_prior_named(const struct entity *e, struct str name)
{
    if (str_eqi(e->sam, name))
        return true;
    for (uint32_t i = 0; i < e->naccounts; i++) {
        ptrdiff_t slash = str_chr(e->accounts[i], '\\');
        if (str_eqi(str_from(e->accounts[i], slash < 0 ? 0 : (size_t)slash + 1), name))
            return true;
    }
    return false;
}

static uint32_t highest(const struct dir_prior *p)
{
    uint32_t most = p->last;
    for (size_t i = 0; i < p->n; i++)
        most = p->entities[i].number > most ? p->entities[i].number : most;
    for (size_t i = 0; i < p->naliases; i++)
        most = p->aliases[i].from > most ? p->aliases[i].from : most;
    return most;
}

static void keep_lowest(struct build *b, uint32_t *number)
{
    for (uint32_t i = 0; i < b->n; i++) {
        if (!b->items[i].prior)
            continue;
        uint32_t *n = &number[dir_item_root(b, i)], was = b->items[i].prior->number;
        if (*n == 0 || was < *n)
            *n = was;
    }
}

static int by_from(const void *x, const void *y)
{
    const struct dir_alias *a = x, *b = y;
    return (a->from > b->from) - (a->from < b->from);
}

/* Who was merged into whom: those of before lead to where their target leads now. */
static int lead(struct build *b, const uint32_t *number)
{
    struct dir *d = b->dir;
    const struct dir_prior *p = b->prior;
    for (uint32_t i = 0; i < b->n; i++) {
        const struct item *it = &b->items[i];
        uint32_t to = it->prior && !it->echo ? number[dir_item_root(b, i)] : 0;
        if (!to || to == it->prior->number)
            continue;
        d->stays[it->prior->number] = to;
        d->merged[d->nmerged++] = (struct dir_alias){it->prior->number, to};
    }
    for (size_t i = 0; i < p->naliases; i++)
        if (p->aliases[i].from && d->stays[p->aliases[i].from] == p->aliases[i].from)
            d->stays[p->aliases[i].from] = d->stays[p->aliases[i].to];
    if (d->nmerged)
        qsort(d->merged, d->nmerged, sizeof *d->merged, by_from);
    return 0;
}

int dir_prior_numbers(struct build *b, uint32_t *number)
{
    struct dir *d = b->dir;
    uint32_t last = highest(b->prior);
    keep_lowest(b, number);
    d->n = last;
    for (uint32_t i = 0; i < b->n; i++)
        if (dir_item_root(b, i) == i && number[i] == 0)
            number[i] = ++d->n;
    d->stays = calloc((size_t)d->n + 1, sizeof *d->stays);
    d->merged = calloc(b->prior->n + 1, sizeof *d->merged);
    if (!d->stays || !d->merged)
        return ERR_MEMORY;
    for (uint32_t k = 0; k <= d->n; k++)
        d->stays[k] = k;
    return lead(b, number);
}
