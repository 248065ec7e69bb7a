/* app/hub_who.c - learns names, rebuilds the directory when they call for it, hands out the one of the moment. */
#include "app/hub_who.h"

#include "app/directory_file.h"
#include "app/hub_erased.h"
#include "base/hash.h"
#include "base/jin.h"
#include "directory/dir_ref.h"
#include "directory/wellknown.h"
#include "link/link.h"
#include "store/tab_directories.h"
#include "store/tab_entities.h"
#include "store/tab_inputs.h"
#include "store/tab_settings.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_TAGS = 4096 };

#define LAST "entities.last" /* setting: the highest number ever given, also to who is in no table */

/* A directory that somebody may be reading. */
struct snapshot {
    struct snapshot *next;
    struct dir *dir;
    uint64_t generation;
    unsigned readers;
};

/* Who says who exists. Files are never taken back; a directory service is heard again and again. */
struct source {
    struct source *next;
    int64_t number; /* of the directory service; 0: files */
    struct dir_import *import;
};

struct who {
    struct db *db;
    pthread_mutex_t lock;      /* of the snapshots */
    pthread_mutex_t building;  /* one at a time learns and builds */
    struct snapshot *snapshots; /* newest first */
    struct dir_learner *learner;
    struct dir_mark mark;
    struct source *sources;
    uint32_t written;          /* entities up to this number are in the database */
    bool warm;
};

/* ---- snapshots ---- */

static void drop_unread(struct who *w)
{
    for (struct snapshot **p = w->snapshots ? &w->snapshots->next : &w->snapshots; *p;) {
        struct snapshot *s = *p;
        if (s->readers) {
            p = &s->next;
            continue;
        }
        *p = s->next;
        dir_free(s->dir);
        free(s);
    }
}

const struct dir *who_take(struct who *w, uint64_t *generation)
{
    (void)pthread_mutex_lock(&w->lock);
    struct snapshot *s = w->snapshots;
    s->readers++;
    (void)pthread_mutex_unlock(&w->lock);
    *generation = s->generation;
    return s->dir;
}

void who_give(struct who *w, const struct dir *d)
{
    (void)pthread_mutex_lock(&w->lock);
    for (struct snapshot *s = w->snapshots; s; s = s->next)
        if (s->dir == d)
            s->readers--;
    drop_unread(w);
    (void)pthread_mutex_unlock(&w->lock);
}

static int publish(struct who *w, struct dir *d)
{
    struct snapshot *s = calloc(1, sizeof *s);
    if (!s)
        return ERR_MEMORY;
    (void)pthread_mutex_lock(&w->lock);
    *s = (struct snapshot){.next = w->snapshots, .dir = d, .generation = w->snapshots ? w->snapshots->generation + 1 : 1};
    w->snapshots = s;
    drop_unread(w);
    (void)pthread_mutex_unlock(&w->lock);
    return 0;
}

/* ---- what was known before ---- */

struct before {
    struct entity *entities;
    size_t n, room;
    struct dir_alias *aliases;
    size_t naliases, alias_room;
    struct arena text;
    int err;
};

static void free_before(struct before *b)
{
    free(b->entities);
    free(b->aliases);
    arena_free(&b->text);
}

static int keep_entity(struct before *b, const struct entity *e)
{
    if (b->n == b->room) {
        size_t room = b->room ? b->room * 2 : 1024;
        struct entity *grown = realloc(b->entities, room * sizeof *grown);
        if (!grown)
            return ERR_MEMORY;
        b->entities = grown;
        b->room = room;
    }
    b->entities[b->n++] = *e;
    return 0;
}

static int keep_alias(struct before *b, uint32_t from, uint32_t to)
{
    if (b->naliases == b->alias_room) {
        size_t room = b->alias_room ? b->alias_room * 2 : 64;
        struct dir_alias *grown = realloc(b->aliases, room * sizeof *grown);
        if (!grown)
            return ERR_MEMORY;
        b->aliases = grown;
        b->alias_room = room;
    }
    b->aliases[b->naliases++] = (struct dir_alias){from, to};
    return 0;
}

/* From the directory of the moment, whose texts live while it is built upon. */
static int before_of(const struct dir *d, struct before *b)
{
    int err = 0;
    for (uint32_t i = 1; !err && i <= dir_count(d); i++) {
        const struct entity *e = dir_entity(d, i);
        if (e && e->number == i)
            err = keep_entity(b, e);
        else if (e)
            err = keep_alias(b, i, e->number);
    }
    return err;
}

static struct str *copy_list(struct arena *a, const struct str *list, uint32_t n)
{
    struct str *out = arena_alloc(a, (n + 1) * sizeof *out);
    for (uint32_t i = 0; out && i < n; i++)
        out[i] = str_dup(a, list[i]);
    return out;
}

static int load_entity(void *owner, const struct stored_entity *s)
{
    struct before *b = owner;
    struct entity e = s->base;
    struct str *texts[] = {&e.id, &e.name, &e.sid, &e.sam, &e.domain, &e.upn, &e.mail, &e.cloud, &e.dns_name, &e.dn, &e.department, &e.title, &e.manager, &e.country};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = str_dup(&b->text, *texts[i]);
    e.accounts = copy_list(&b->text, e.accounts, e.naccounts);
    e.groups = NULL;
    e.ngroups = 0;
    return e.accounts ? keep_entity(b, &e) : ERR_MEMORY;
}

static int load_alias(void *owner, uint32_t from, uint32_t to)
{
    return keep_alias(owner, from, to);
}

static int before_stored(struct who *w, struct before *b)
{
    int64_t last = 0;
    int err = tab_entities_each(w->db, load_entity, b);
    if (!err)
        err = tab_entities_aliases(w->db, load_alias, b);
    if (!err)
        err = tab_entities_last(w->db, &w->written);
    if (!err)
        err = tab_settings_get_i64(w->db, LAST, 0, &last);
    if (!err && last > w->written)
        w->written = (uint32_t)last;
    return err;
}

/* ---- tags ---- */

struct tags {
    struct arena arena;
    struct dir_tag all[MAX_TAGS];
    size_t n;
};

static const struct {
    const char *name;
    uint32_t flag;
} tag_kinds[] = {{"sensitive", ENTITY_SENSITIVE}, {"honeytoken", ENTITY_HONEYTOKEN}, {"dc", ENTITY_DC}, {"dns", ENTITY_DNS_SERVER}, {"replicator", ENTITY_REPLICATOR}};

static void read_tags(struct tags *t, const struct jnode *doc)
{
    for (size_t k = 0; k < sizeof tag_kinds / sizeof *tag_kinds; k++) {
        const struct jnode *list = jin_get(doc, doc, str_of(tag_kinds[k].name));
        for (const struct jnode *x = list ? jin_first(doc, list) : NULL; x && t->n < MAX_TAGS; x = jin_next(doc, list, x)) {
            struct str name = x->type == J_OBJ ? jin_str(doc, x, "name") : jin_text(x);
            if (str_set(name))
                t->all[t->n++] = (struct dir_tag){name, tag_kinds[k].flag};
        }
    }
}

static int load_tags(struct db *db, struct tags *t)
{
    struct str text;
    int err = tab_settings_get(db, &t->arena, "tags", &text);
    const struct jnode *doc = !err && str_set(text) ? jin_embedded(&t->arena, text) : NULL;
    if (doc)
        read_tags(t, doc);
    return err;
}

/* ---- building ---- */

static int write_entities(struct who *w, const struct dir *d, struct erased *erased)
{
    int err = 0;
    for (uint32_t i = w->written + 1; !err && i <= dir_count(d); i++) {
        const struct entity *e = dir_entity(d, i);
        if (e && e->number == i && !erased_has(erased, e))
            err = tab_entities_put(w->db, &(struct stored_entity){.base = *e, .first_seen = TIME_NONE, .last_seen = TIME_NONE});
    }
    return err ? err : tab_settings_put_i64(w->db, LAST, dir_count(d));
}

static int write_new(struct who *w, const struct dir *d)
{
    const struct dir_alias *merged;
    struct erased *erased;
    size_t nmerged = dir_merged(d, &merged);
    int err = erased_open(w->db, &erased);
    if (err)
        return err;
    err = db_begin(w->db);
    if (!err) {
        err = write_entities(w, d, erased);
        for (size_t i = 0; !err && i < nmerged; i++)
            err = tab_entities_alias(w->db, merged[i].from, merged[i].to);
        err = db_end(w->db, err);
    }
    erased_close(erased);
    if (!err)
        w->written = dir_count(d);
    return err;
}

/* Everything that is imported, as one; texts stay with the sources. A domain that says itself who is in it counts before files, and of two services
 * that know the same domain the one that was heard last. */
static int join_sources(const struct who *w, struct dir_import **out)
{
    struct dir_import *all = dir_import_new();
    int err = all ? 0 : ERR_MEMORY;
    for (const struct source *s = w->sources; s && !err; s = s->next)
        err = s->number ? 0 : dir_import_join(all, s->import);
    for (const struct source *s = w->sources; s && !err; s = s->next) {
        if (!s->number)
            continue;
        dir_import_yield(all, s->import);
        err = dir_import_join(all, s->import);
    }
    if (err)
        dir_import_free(all);
    else
        *out = all;
    return err;
}

static int add_source(struct who *w, int64_t number, struct dir_import *import)
{
    struct source **at = &w->sources, *s = calloc(1, sizeof *s);
    if (!s)
        return ERR_MEMORY;
    while (*at)
        at = &(*at)->next;
    *s = (struct source){.number = number, .import = import};
    *at = s;
    return 0;
}

static void drop_source(struct who *w, int64_t number)
{
    for (struct source **at = &w->sources; *at; at = &(*at)->next) {
        struct source *s = *at;
        if (s->number != number)
            continue;
        *at = s->next;
        dir_import_free(s->import);
        free(s);
        return;
    }
}

struct domain_votes {
    uint64_t votes;
    struct str sid, name;
};

static void vote(struct table *votes, const struct entity *e)
{
    struct str sid = sid_domain(e->sid);
    if (!str_set(sid))
        return;
    struct domain_votes *v = table_put(votes, hash_stri(sid, 1), NULL);
    if (!v)
        return;
    v->sid = sid;
    v->votes += e->flags & ENTITY_DC ? 10000 : e->flags & ENTITY_IN_DIRECTORY ? 100 : 1;
    if (str_set(e->domain) && (!str_set(v->name) || str_chr(e->domain, '.') > 0))
        v->name = e->domain;
}

/* The domain that is watched: the one of the controllers, else of most accounts. */
static int write_domain(struct who *w, const struct dir *d)
{
    struct table votes;
    struct domain_votes best = {0};
    uint32_t at = 0;
    table_init(&votes, sizeof(struct domain_votes), 1000);
    for (uint32_t i = 1; i <= dir_count(d); i++) {
        const struct entity *e = dir_entity(d, i);
        if (e && e->number == i && e->type != ENTITY_GROUP)
            vote(&votes, e);
    }
    for (const struct domain_votes *v; (v = table_each(&votes, &at, NULL)) != NULL;)
        if (v->votes > best.votes)
            best = *v;
    table_free(&votes);
    if (!best.votes)
        return 0;
    int err = tab_settings_put(w->db, LINK_DOMAIN_SID, best.sid);
    return err ? err : tab_settings_put(w->db, LINK_DOMAIN_NAME, best.name);
}

static int build(struct who *w, const struct before *b)
{
    struct dir *d;
    struct tags *t = calloc(1, sizeof *t);
    if (!t)
        return ERR_MEMORY;
    arena_init(&t->arena, 4096, 16 << 20);
    const struct dir_prior prior = {b->entities, b->n, b->aliases, b->naliases, w->written};
    struct dir_import *import = NULL;
    int err = load_tags(w->db, t);
    if (!err)
        err = join_sources(w, &import);
    const struct dir_known known = {.learners = &w->learner, .nlearners = 1, .import = import, .tags = t->all, .ntags = t->n, .prior = &prior};
    if (!err)
        err = dir_build_from(&d, &known);
    dir_import_free(import);
    arena_free(&t->arena);
    free(t);
    if (err)
        return err;
    err = write_new(w, d);
    if (!err)
        err = write_domain(w, d);
    if (!err)
        err = publish(w, d);
    if (err)
        dir_free(d);
    return err;
}

static int build_again(struct who *w)
{
    struct before b = {0};
    uint64_t generation;
    arena_init(&b.text, 4096, 65536);
    const struct dir *d = who_take(w, &generation);
    int err = before_of(d, &b);
    if (!err)
        err = build(w, &b);
    if (!err) /* what this teaches is in the new one: from here on only newer names count */
        (void)dir_learner_fresh(w->learner, d, &w->mark);
    who_give(w, d);
    free_before(&b);
    return err;
}

int who_rebuild(struct who *w)
{
    (void)pthread_mutex_lock(&w->building);
    int err = build_again(w);
    (void)pthread_mutex_unlock(&w->building);
    return err;
}

static int learn(struct who *w, struct dir_learner *const *learners, size_t n, bool imported)
{
    uint64_t generation;
    for (size_t i = 0; i < n; i++)
        dir_learner_merge(w->learner, learners[i]);
    const struct dir *d = who_take(w, &generation);
    bool fresh = dir_learner_fresh(w->learner, d, &w->mark);
    who_give(w, d);
    int err = fresh || imported ? build_again(w) : 0;
    if (!err && dir_learner_full(w->learner)) {
        dir_learner_free(w->learner);
        w->learner = dir_learner_new();
        w->mark = (struct dir_mark){0};
        err = w->learner ? 0 : ERR_MEMORY;
    }
    return err;
}

int who_learn(struct who *w, struct dir_learner *const *learners, size_t n, struct dir_import **imported)
{
    (void)pthread_mutex_lock(&w->building);
    bool some = (*imported)->n > 0;
    int err = some ? add_source(w, 0, *imported) : 0;
    if (some && !err)
        *imported = NULL;
    if (!err)
        err = learn(w, learners, n, some);
    (void)pthread_mutex_unlock(&w->building);
    return err;
}

int who_directory(struct who *w, int64_t number, struct dir_import *import)
{
    (void)pthread_mutex_lock(&w->building);
    drop_source(w, number);
    int err = import ? add_source(w, number, import) : 0;
    if (err)
        dir_import_free(import);
    else
        err = build_again(w);
    (void)pthread_mutex_unlock(&w->building);
    return err;
}

bool who_warm(struct who *w)
{
    (void)pthread_mutex_lock(&w->building);
    bool warm = w->warm;
    (void)pthread_mutex_unlock(&w->building);
    return warm;
}

int who_warm_up(struct who *w, struct dir_learner *learned)
{
    (void)pthread_mutex_lock(&w->building);
    int err = learn(w, &learned, 1, true);
    w->warm = !err;
    (void)pthread_mutex_unlock(&w->building);
    return err;
}

static bool in(uint32_t number, const uint32_t *numbers, size_t n)
{
    size_t i = 0;
    while (i < n && numbers[i] != number)
        i++;
    return i < n;
}

static void leave_out(struct before *b, const uint32_t *numbers, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < b->n; i++)
        if (!in(b->entities[i].number, numbers, n))
            b->entities[kept++] = b->entities[i];
    b->n = kept;
    kept = 0;
    for (size_t i = 0; i < b->naliases; i++)
        if (!in(b->aliases[i].from, numbers, n) && !in(b->aliases[i].to, numbers, n))
            b->aliases[kept++] = b->aliases[i];
    b->naliases = kept;
}

int who_forget(struct who *w, struct dir_learner *learned, const uint32_t *numbers, size_t n)
{
    struct before b = {0};
    uint64_t generation;
    arena_init(&b.text, 4096, 65536);
    (void)pthread_mutex_lock(&w->building);
    const struct dir *d = who_take(w, &generation);
    int err = before_of(d, &b);
    leave_out(&b, numbers, n);
    dir_learner_free(w->learner);
    w->learner = learned;
    w->mark = (struct dir_mark){0};
    if (!err)
        err = build(w, &b);
    w->warm |= !err;
    who_give(w, d);
    (void)pthread_mutex_unlock(&w->building);
    free_before(&b);
    return err;
}

/* ---- opening ---- */

struct again {
    struct who *w;
    const char *folder;
    struct dir_import *files;
};

/* Directories that came in earlier. */
static int import_again(void *owner, const struct stored_input *in)
{
    struct again *x = owner;
    char path[4200];
    const char *why;
    if (!str_eq(in->format, STR("ldif")) || str_chr(in->path, '!') >= 0)
        return 0;
    int n = snprintf(path, sizeof path, "%s/%.*s", x->folder, STR_ARG(in->path));
    if (n > 0 && (size_t)n < sizeof path)
        (void)directory_file_read(x->files, path, &why); /* a file that is gone: the entities are known from the tables */
    return 0;
}

/* What a directory service said before the start. It is asked again soon: a copy that is gone or damaged is not missed for long. */
static int heard_again(void *owner, const struct stored_directory *d)
{
    struct again *x = owner;
    char path[4200];
    const char *why;
    struct dir_import *im = dir_import_new();
    int n = snprintf(path, sizeof path, "%s/" WHO_DIRECTORY ".json", x->folder, (long long)d->number);
    bool good = im && n > 0 && (size_t)n < sizeof path && directory_file_read(im, path, &why) == 0;
    int err = good ? add_source(x->w, d->number, im) : im ? 0 : ERR_MEMORY;
    if (!good || err)
        dir_import_free(im);
    return err;
}

static int hear_all_again(struct who *w, const char *folder, const char *directory_file, const char **reason)
{
    struct again x = {w, folder, dir_import_new()};
    struct arena a;
    if (!x.files)
        return ERR_MEMORY;
    arena_init(&a, 16384, 16 << 20);
    int err = directory_file ? directory_file_read(x.files, directory_file, reason) : 0;
    if (!err)
        err = tab_inputs_each(w->db, INPUT_DONE, 0, UINT32_MAX, import_again, &x);
    if (!err)
        err = add_source(w, 0, x.files);
    if (err)
        dir_import_free(x.files);
    else
        err = tab_directories_each(w->db, &a, heard_again, &x);
    arena_free(&a);
    return err;
}

int who_open(struct db *db, const char *folder, const char *directory_file, struct who **out, char why[256])
{
    struct who *w = calloc(1, sizeof *w);
    struct before b = {0};
    if (!w)
        return ERR_MEMORY;
    w->db = db;
    (void)pthread_mutex_init(&w->lock, NULL);
    (void)pthread_mutex_init(&w->building, NULL);
    arena_init(&b.text, 65536, SIZE_MAX);
    w->learner = dir_learner_new();
    const char *reason = NULL;
    int err = w->learner ? hear_all_again(w, folder, directory_file, &reason) : ERR_MEMORY;
    (void)snprintf(why, 256, "%s", reason ? reason : "");
    if (!err)
        err = before_stored(w, &b);
    if (!err)
        err = build(w, &b);
    free_before(&b);
    if (err) {
        who_close(w);
        return err;
    }
    *out = w;
    return 0;
}

void who_close(struct who *w)
{
    if (!w)
        return;
    for (struct snapshot *s = w->snapshots, *next; s; s = next) {
        next = s->next;
        dir_free(s->dir);
        free(s);
    }
    dir_learner_free(w->learner);
    while (w->sources)
        drop_source(w, w->sources->number);
    (void)pthread_mutex_destroy(&w->lock);
    (void)pthread_mutex_destroy(&w->building);
    free(w);
}
