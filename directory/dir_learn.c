/* directory/dir_learn.c - what activities say about who exists.
 *
 * A failed attempt proves no account: its names are learned only with a SID beside them, so that guessed
 * names do not become people. */
#include "directory/dir_ref.h"

#include "base/hash.h"
#include "directory/wellknown.h"

#include <stdlib.h>

enum { MAX_REFS = 400000, MAX_ADDRESSES = 200000, MAX_CONTROLLERS = 4096, MAX_TEXT = 120 << 20 };

struct dir_learner *dir_learner_new(void)
{
    struct dir_learner *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    arena_init(&l->text, 65536, 128u << 20);
    table_init(&l->seen, sizeof(uint32_t), MAX_REFS);
    table_init(&l->at, sizeof(struct dir_address), MAX_ADDRESSES);
    table_init(&l->names, sizeof(uint64_t), MAX_ADDRESSES);
    table_init(&l->hosts, sizeof(struct str), MAX_ADDRESSES);
    table_init(&l->controllers, sizeof(struct ip), MAX_CONTROLLERS);
    table_init(&l->pulls, sizeof(struct dir_pull), MAX_CONTROLLERS);
    return l;
}

void dir_learner_free(struct dir_learner *l)
{
    if (!l)
        return;
    arena_free(&l->text);
    table_free(&l->seen);
    table_free(&l->at);
    table_free(&l->names);
    table_free(&l->hosts);
    table_free(&l->controllers);
    table_free(&l->pulls);
    free(l->refs);
    free(l);
}

static uint64_t spelling(const struct account *a, enum entity_type type)
{
    uint64_t h = hash_mix(17, (uint64_t)type);
    const struct str *part[] = {&a->sid, &a->name, &a->domain, &a->upn, &a->mail, &a->cloud};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        h = str_set(*part[i]) ? hash_str(*part[i], h + i) : hash_mix(h, i);
    return h;
}

static struct dir_ref *add_ref(struct dir_learner *l, const struct account *a, enum entity_type type)
{
    if (l->n == l->room) {
        size_t room = l->room ? l->room * 2 : 256;
        struct dir_ref *grown = realloc(l->refs, room * sizeof *grown);
        if (!grown)
            return NULL;
        l->refs = grown;
        l->room = room;
    }
    struct dir_ref *r = &l->refs[l->n++];
    *r = (struct dir_ref){.type = type};
    r->ref = (struct account){.sid = str_dup(&l->text, a->sid),
                              .name = str_dup(&l->text, a->name),
                              .domain = str_dup(&l->text, a->domain),
                              .upn = str_dup(&l->text, a->upn),
                              .mail = str_dup(&l->text, a->mail),
                              .cloud = str_dup(&l->text, a->cloud)};
    return r;
}

static void note_many(struct dir_learner *l, const struct account *a, enum entity_type type, uint32_t flags, uint64_t count)
{
    if (!account_set(a))
        return;
    uint64_t h = spelling(a, type);
    uint32_t *at = table_get(&l->seen, h);
    if (!at) {
        l->full = l->full || l->n >= MAX_REFS || l->text.used > MAX_TEXT;
        if (l->full || !add_ref(l, a, type))
            return;
        at = table_put(&l->seen, h, NULL);
        if (!at)
            return;
        *at = (uint32_t)l->n;
    }
    struct dir_ref *r = &l->refs[*at - 1];
    r->count += count;
    l->others += (flags & ~r->flags) != 0;
    r->flags |= flags;
}

static void note(struct dir_learner *l, const struct account *a, enum entity_type type, uint32_t flags)
{
    note_many(l, a, type, flags, 1);
}

static enum entity_type type_of(const struct account *a)
{
    return str_ends(a->name, STR("$")) ? ENTITY_COMPUTER : ENTITY_USER;
}

static bool unknown_user(const struct activity *a)
{
    return a->outcome == OUTCOME_FAILURE && !str_set(a->actor.sid);
}

/* Only a controller writes these events (Windows security auditing reference). */
static uint32_t controller(const struct activity *a)
{
    uint64_t id = act_u64(a, FACT_EVENT_ID, 0);
    if ((id >= 4768 && id <= 4773) || (id >= 4928 && id <= 4937) || ((id >= 5136 && id <= 5141) && id != 5140) || (id >= 4741 && id <= 4743))
        return ENTITY_DC;
    return id == 4662 && str_eq(act_str(a, FACT_OBJECT_SERVER), STR("DS")) ? ENTITY_DC : 0;
}

void dir_learn(struct dir_learner *l, const struct activity *a)
{
    if (!unknown_user(a))
        note(l, &a->actor, type_of(&a->actor), 0);
    for (unsigned i = 0; i < a->nobjects; i++) {
        const struct object *o = &a->objects[i];
        if (o->type == OBJECT_GROUP)
            note(l, &o->ref, ENTITY_GROUP, 0);
        else if (o->type == OBJECT_COMPUTER)
            note(l, &o->ref, ENTITY_COMPUTER, 0);
        else if (o->type == OBJECT_ACCOUNT && a->outcome != OUTCOME_FAILURE)
            note(l, &o->ref, type_of(&o->ref), 0);
    }
    if (str_set(a->destination) && kind_shore(a->kind) == SHORE_ONPREM && a->kind != KIND_UNKNOWN) {
        struct account host = {.name = a->destination};
        note(l, &host, ENTITY_COMPUTER, controller(a));
    }
    if (a->kind == KIND_NAME_SEEN && str_set(a->device) && a->outcome == OUTCOME_SUCCESS) { /* a lease, a controller: there is such a computer */
        struct account host = {.name = a->device};
        note(l, &host, ENTITY_COMPUTER, str_eq(act_str(a, FACT_OPERATION), STR("NETLOGON")) ? ENTITY_DC : 0);
    }
    struct account server = {.name = dir_where_server(a)};
    note(l, &server, ENTITY_COMPUTER, 0);
    dir_where_learn(l, a);
}

void dir_learner_merge(struct dir_learner *into, const struct dir_learner *from)
{
    for (size_t i = 0; i < from->n; i++)
        note_many(into, &from->refs[i].ref, from->refs[i].type, from->refs[i].flags, from->refs[i].count);
    dir_where_merge(into, from);
}

bool dir_learner_fresh(const struct dir_learner *l, const struct dir *d, struct dir_mark *mark)
{
    bool fresh = l->others != mark->others;
    for (size_t i = mark->spellings; i < l->n && !fresh; i++)
        fresh = !dir_resolves(d, &l->refs[i]);
    *mark = (struct dir_mark){l->n, l->others};
    return fresh;
}

bool dir_learner_full(const struct dir_learner *l)
{
    return l->full;
}
