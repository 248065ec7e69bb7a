/* directory/dir_import.c - the list of imported objects, and the JSON form of a directory. */
#include "directory/dir_ref.h"

#include "base/jin.h"

#include <stdlib.h>

struct dir_import *dir_import_new(void)
{
    struct dir_import *im = calloc(1, sizeof *im);
    if (im)
        arena_init(&im->text, 65536, SIZE_MAX);
    return im;
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
    struct dir_entry *e = &im->entries[im->n++];
    *e = (struct dir_entry){.created = TIME_NONE, .terminated = TIME_NONE};
    e->base.flags = ENTITY_IN_DIRECTORY;
    e->base.count = 1;
    return e;
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

/* ---- JSON ---- */

struct reading {
    struct dir_import *im;
    const struct jnode *doc;
    struct str domain, netbios, sid;
};

static struct str member(const struct reading *r, const struct jnode *o, const char *key)
{
    struct str s = jin_str(r->doc, o, key);
    return s.n ? str_dup(&r->im->text, s) : STR_NONE;
}

static bool flag(const struct reading *r, const struct jnode *o, const char *key)
{
    const struct jnode *n = jin_path(r->doc, o, key);
    return n && n->type == J_TRUE;
}

static void names(const struct reading *r, const struct jnode *o, const char *key, struct str **list, size_t *n)
{
    const struct jnode *items = jin_path(r->doc, o, key);
    for (const struct jnode *c = items ? jin_first(r->doc, items) : NULL; c; c = jin_next(r->doc, items, c))
        if (str_set(jin_text(c)))
            (void)dir_list_add(&r->im->text, list, n, str_dup(&r->im->text, jin_text(c)));
}

static void common(const struct reading *r, const struct jnode *o, struct dir_entry *e)
{
    struct account *a = &e->base.ref;
    a->name = member(r, o, "name");
    a->sid = member(r, o, "sid");
    a->upn = member(r, o, "upn");
    a->mail = member(r, o, "mail");
    a->cloud = member(r, o, "cloud");
    a->domain = str_set(r->netbios) ? r->netbios : r->domain;
    e->display = member(r, o, "displayName");
    e->dn = member(r, o, "dn");
    e->department = member(r, o, "department");
    e->title = member(r, o, "title");
    e->manager = member(r, o, "manager");
    names(r, o, "groups", &e->groups, &e->ngroups);
    names(r, o, "members", &e->members, &e->nmembers);
    e->base.flags |= (flag(r, o, "sensitive") ? (uint32_t)ENTITY_SENSITIVE : 0u) | (flag(r, o, "honeytoken") ? (uint32_t)ENTITY_HONEYTOKEN : 0u) |
                     (flag(r, o, "disabled") ? (uint32_t)ENTITY_DISABLED : 0u) | (flag(r, o, "service") ? (uint32_t)ENTITY_SERVICE : 0u);
}

static void computer(const struct reading *r, const struct jnode *o, struct dir_entry *e)
{
    struct account *a = &e->base.ref;
    e->dns_name = member(r, o, "dns");
    (void)ip_parse(jin_str(r->doc, o, "ip"), &e->ip, NULL);
    if (str_set(a->name) && !str_ends(a->name, STR("$")))
        a->name = str_fmt(&r->im->text, "%.*s$", STR_ARG(a->name));
    e->base.flags |= (flag(r, o, "dc") ? (uint32_t)ENTITY_DC : 0u) | (flag(r, o, "dnsServer") ? (uint32_t)ENTITY_DNS_SERVER : 0u);
}

static int objects(const struct reading *r, const char *key, enum entity_type type)
{
    const struct jnode *list = jin_path(r->doc, r->doc, key);
    for (const struct jnode *o = list ? jin_first(r->doc, list) : NULL; o; o = jin_next(r->doc, list, o)) {
        if (o->type != J_OBJ)
            continue;
        struct dir_entry *e = dir_import_entry(r->im);
        if (!e)
            return ERR_MEMORY;
        e->base.type = type;
        common(r, o, e);
        if (type == ENTITY_COMPUTER)
            computer(r, o, e);
    }
    return 0;
}

int dir_import_json(struct dir_import *im, const char *text, size_t n, struct fault *fault)
{
    struct jin *j = jin_new();
    struct reading r = {.im = im};
    int err = j ? jin_parse(j, text, n, &r.doc, fault) : ERR_MEMORY;
    if (!err && r.doc->type != J_OBJ) {
        *fault = (struct fault){"a directory in JSON is one object", 0};
        err = ERR_MALFORMED;
    }
    if (!err) {
        r.domain = member(&r, r.doc, "domain");
        r.netbios = member(&r, r.doc, "netbios");
        r.sid = member(&r, r.doc, "sid");
        if (flag(&r, r.doc, "complete")) {
            dir_import_domain(im, r.domain);
            dir_import_domain(im, r.netbios);
            dir_import_domain(im, r.sid);
        }
        err = objects(&r, "users", ENTITY_USER);
    }
    if (!err)
        err = objects(&r, "groups", ENTITY_GROUP);
    if (!err)
        err = objects(&r, "computers", ENTITY_COMPUTER);
    jin_free(j);
    return err;
}
