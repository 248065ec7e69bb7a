/* directory/dir_import.c - the list of imported objects. */
#include "directory/dir_ref.h"
#include "directory/wellknown.h"

#include <stdlib.h>

struct dir_import *dir_import_new(void)
{
    struct dir_import *im = calloc(1, sizeof *im);
    if (im)
        arena_init(&im->text, 65536, SIZE_MAX);
    return im;
}

void dir_import_reset(struct dir_import *im)
{
    arena_reset(&im->text);
    im->n = im->ndomains = 0;
    im->domain = im->netbios = im->sid = im->state = STR_NONE;
}

void dir_import_free(struct dir_import *im)
{
    if (!im)
        return;
    arena_free(&im->text);
    free(im->entries);
    free(im->domains);
    free(im);
}

void dir_import_clear(struct dir_entry *e)
{
    *e = (struct dir_entry){.created = TIME_NONE, .changed = TIME_NONE, .terminated = TIME_NONE, .last_logon = TIME_NONE, .password_set = TIME_NONE};
    e->base.flags = ENTITY_IN_DIRECTORY;
    e->base.count = 1;
}

struct dir_entry *dir_import_entry(struct dir_import *im)
{
    if (im->n == im->room) {
        size_t room = im->room ? im->room * 2 : 256;
        struct dir_entry *grown = realloc(im->entries, room * sizeof *grown);
        if (!grown)
            return NULL;
        im->entries = grown;
        im->room = room;
    }
    dir_import_clear(&im->entries[im->n]);
    return &im->entries[im->n++];
}

void dir_import_domain(struct dir_import *im, struct str domain)
{
    if (!str_set(domain))
        return;
    for (size_t i = 0; i < im->ndomains; i++)
        if (str_eqi(im->domains[i], domain))
            return;
    if (im->ndomains == im->domain_room) {
        size_t room = im->domain_room ? im->domain_room * 2 : 16;
        struct str *grown = realloc(im->domains, room * sizeof *grown);
        if (!grown)
            return;
        im->domains = grown;
        im->domain_room = room;
    }
    im->domains[im->ndomains++] = str_dup(&im->text, domain);
}

int dir_import_join(struct dir_import *into, const struct dir_import *from)
{
    for (size_t i = 0; i < from->n; i++) {
        struct dir_entry *e = dir_import_entry(into);
        if (!e)
            return ERR_MEMORY;
        *e = from->entries[i];
    }
    for (size_t i = 0; i < from->ndomains; i++)
        dir_import_domain(into, from->domains[i]);
    return 0;
}

static bool of_domain(const struct dir_entry *e, const struct dir_import *domain)
{
    const struct account *a = &e->base.ref;
    return (str_set(domain->sid) && str_eqi(sid_domain(a->sid), domain->sid)) ||
           (str_set(a->domain) && (str_eqi(a->domain, domain->netbios) || str_eqi(a->domain, domain->domain)));
}

void dir_import_yield(struct dir_import *im, const struct dir_import *newer)
{
    for (size_t i = 0; i < im->n; i++) {
        struct dir_entry *e = &im->entries[i], was = *e;
        if (was.role == DIR_NOTHING || !of_domain(&was, newer))
            continue;
        dir_import_clear(e);
        e->role = was.role == DIR_ENTITY ? DIR_ENTITY : DIR_NOTHING;
        e->base = was.base;
        e->base.flags &= ENTITY_SENSITIVE | ENTITY_HONEYTOKEN | ENTITY_DC | ENTITY_DNS_SERVER | ENTITY_REPLICATOR;
        e->ip = was.ip;
        e->input = was.input;
        e->place = was.place;
    }
}

/* Lists grow by powers of two inside the arena; the old copy stays there until the import ends. */
int dir_list_add(struct arena *a, struct str **list, size_t *n, struct str s)
{
    if ((*n & (*n - 1)) == 0) {
        struct str *grown = arena_alloc(a, (*n ? *n * 2 : 1) * sizeof *grown);
        if (!grown)
            return ERR_MEMORY;
        if (*n)
            memcpy(grown, *list, *n * sizeof *grown);
        *list = grown;
    }
    (*list)[(*n)++] = s;
    return 0;
}
