/* directory/dir_learn.c - what activities say about who exists.
 *
 * A failed attempt proves no account: its names are learned only with a SID beside them, so that guessed
 * names do not become people. */
#include "directory/dir_ref.h"

#include "base/hash.h"
#include "directory/wellknown.h"

#include <stdlib.h>

enum { MAX_REFS = 400000, MAX_ADDRESSES = 200000, MAX_TEXT = 120 << 20 };

struct dir_learner *dir_learner_new(void)
{
    struct dir_learner *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    arena_init(&l->text, 65536, 128u << 20);
    table_init(&l->seen, sizeof(uint32_t), MAX_REFS);
    table_init(&l->at, sizeof(struct dir_address), MAX_ADDRESSES);
    return l;
}

void dir_learner_free(struct dir_learner *l)
{
    if (!l)
        return;
    arena_free(&l->text);
    table_free(&l->seen);
    table_free(&l->at);
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

static void lives_at(struct dir_learner *l, const struct ip *ip, struct str host, bool shared)
{
    bool fresh;
    struct dir_address *at = table_put(&l->at, ip_hash(ip), &fresh);
    if (!at)
        return;
    if (fresh) {
        *at = (struct dir_address){.ip = *ip, .host = str_dup(&l->text, host), .shared = shared};
        l->others++;
    } else if (!at->shared && (shared || !str_eqi(at->host, host))) {
        at->shared = true;
        l->others++;
    }
}

/* A machine account that authenticates from an address lives there. */
static void note_address(struct dir_learner *l, const struct activity *a)
{
    if (a->outcome != OUTCOME_SUCCESS || !ip_set(&a->ip) || ip_is_loopback(&a->ip) || !str_ends(a->actor.name, STR("$")))
        return;
    if (a->kind != KIND_CREDENTIALS_VALIDATION && a->kind != KIND_RESOURCE_ACCESS)
        return;
    if (a->protocol == PROTO_KERBEROS)
        lives_at(l, &a->ip, str_sub(a->actor.name, 0, a->actor.name.n - 1), false);
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
    note_address(l, a);
}

void dir_learner_merge(struct dir_learner *into, const struct dir_learner *from)
{
    uint32_t at = 0;
    for (size_t i = 0; i < from->n; i++)
        note_many(into, &from->refs[i].ref, from->refs[i].type, from->refs[i].flags, from->refs[i].count);
    struct table *addresses = (struct table *)(uintptr_t)&from->at; /* walking sets no bit */
    for (const struct dir_address *x; (x = table_each(addresses, &at, NULL)) != NULL;)
        lives_at(into, &x->ip, x->host, x->shared);
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
