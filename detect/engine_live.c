/* detect/engine_live.c - an engine that is fed for ever: what changed, time that passes, directories that grow, alerts that go. */
#include "detect/engine_private.h"

#include "base/err.h"

#include <stdlib.h>

void engine_release(struct raised *r)
{
    for (size_t i = 0; i < sizeof r->texts / sizeof *r->texts; i++)
        free(r->texts[i]);
    for (size_t i = 0; i < sizeof r->names / sizeof *r->names; i++)
        free(r->names[i]);
    free(r);
}

/* ---- what changed ---- */

void engine_note(struct engine *e, uint32_t number)
{
    if (e->raised[number]->changed)
        return;
    e->raised[number]->changed = true;
    e->changed[e->nchanged++] = number;
}

int engine_changed(struct engine *e, int (*each)(void *owner, const struct alert *a), void *owner)
{
    size_t told = 0;
    int err = 0;
    while (told < e->nchanged) {
        struct raised *r = e->raised[e->changed[told]];
        err = each(owner, &r->alert);
        if (err)
            break;
        r->changed = false;
        told++;
    }
    e->nchanged -= told;
    if (e->nchanged)
        memmove(e->changed, e->changed + told, e->nchanged * sizeof *e->changed);
    return err;
}

/* ---- time ---- */

void engine_tick(struct engine *e, int64_t now)
{
    if (e->next_tick != TIME_NONE && now < e->next_tick)
        return;
    bool first = e->next_tick == TIME_NONE;
    e->next_tick = now - now % TIME_HOUR + TIME_HOUR;
    if (first)
        return;
    for (size_t i = 0; i < e->n; i++)
        if (e->all[i].def->tick)
            e->all[i].def->tick(&e->all[i], now);
    arena_reset(&e->scratch);
}

/* ---- scope ---- */

static bool listed(const uint32_t *list, size_t n, uint32_t number)
{
    size_t low = 0;
    while (low < n) {
        size_t mid = low + (n - low) / 2;
        if (list[mid] == number)
            return true;
        if (list[mid] < number)
            low = mid + 1;
        else
            n = mid;
    }
    return false;
}

bool engine_in_scope(const struct detection *d, const struct draft *f)
{
    const struct engine_scope *s = d->scope;
    if (f->nusers == 0 && f->naccounts == 0)
        return true;
    for (unsigned i = 0; i < f->nusers; i++) {
        uint32_t user = dir_number(d->engine->dir, f->users[i]);
        if ((s->ninclude == 0 || listed(s->include, s->ninclude, user)) && !listed(s->exclude, s->nexclude, user))
            return true;
    }
    return f->naccounts && s->ninclude == 0; /* who is nobody known is in no list */
}

/* ---- a directory that was built again ---- */

/* Of two who are one, the earlier first activity counts. */
static void lead(struct engine *e, uint32_t from, uint32_t to)
{
    int64_t *x = &e->user_first[from], *y = &e->user_first[to];
    if (to == from || *x == TIME_NONE)
        return;
    if (*y == TIME_NONE || *x < *y)
        *y = *x;
}

int engine_directory(struct engine *e, const struct dir *dir)
{
    uint32_t entities = dir_count(dir) + 1;
    if (entities > e->entities) {
        int64_t *grown = realloc(e->user_first, entities * sizeof *grown);
        if (!grown)
            return ERR_MEMORY;
        for (uint32_t i = e->entities; i < entities; i++)
            grown[i] = TIME_NONE;
        e->user_first = grown;
        e->entities = entities;
    }
    e->dir = dir;
    for (uint32_t i = 1; i < e->entities; i++)
        if (dir_number(dir, i))
            lead(e, i, dir_number(dir, i));
    for (size_t i = 0; i < e->n; i++)
        if (e->all[i].def->directory)
            e->all[i].def->directory(&e->all[i]);
    return 0;
}

/* ---- forgetting ---- */

#define GONE UINT32_MAX

/* Gives the campaigns the new numbers of their alerts, and drops those whose alert is gone. */
static void renumber(struct table *campaigns, const uint32_t *to, uint64_t *keys)
{
    uint32_t at = 0;
    size_t n = 0;
    uint64_t key;
    for (uint32_t *v; (v = table_each(campaigns, &at, &key)) != NULL;) {
        if (to[*v] == GONE)
            keys[n++] = key;
        else
            *v = to[*v];
    }
    while (n > 0)
        table_drop(campaigns, keys[--n]);
}

static size_t most_campaigns(const struct engine *e)
{
    size_t most = 0;
    for (size_t i = 0; i < e->n; i++)
        most = e->all[i].campaigns.n > most ? e->all[i].campaigns.n : most;
    return most;
}

size_t engine_forget(struct engine *e, int64_t before)
{
    uint32_t *to = malloc((e->nraised + 1) * sizeof *to), kept = 0;
    uint64_t *keys = malloc((most_campaigns(e) + 1) * sizeof *keys);
    size_t gone = 0;
    for (size_t i = 0; to && keys && i < e->nraised; i++) {
        struct raised *r = e->raised[i];
        if (r->alert.end < before && !r->changed) {
            to[i] = GONE;
            engine_release(r);
            gone++;
            continue;
        }
        to[i] = kept;
        e->raised[kept++] = r;
    }
    if (gone) {
        e->nraised = kept;
        for (size_t i = 0; i < e->n; i++)
            renumber(&e->all[i].campaigns, to, keys);
        for (size_t i = 0; i < e->nchanged; i++)
            e->changed[i] = to[e->changed[i]];
        free(e->sorted);
        e->sorted = NULL;
    }
    free(to);
    free(keys);
    return gone;
}
