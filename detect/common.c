/* detect/common.c - places, logon sessions and sliding counts that detections share. */
#include "detect/common.h"

#include "base/hash.h"

#include <stdlib.h>

/* ---- places ---- */

struct common_place common_place(const struct activity *a)
{
    struct str name = watch_workstation(a);
    struct common_place p = {.entity = a->device_entity, .ip = a->ip, .certainty = a->device_certainty};
    p.length = (uint32_t)(name.n < COMMON_NAME ? name.n : COMMON_NAME);
    if (p.length)
        memcpy(p.name, name.p, p.length);
    if (ip_set(&a->ip))
        p.remote = !ip_is_loopback(&a->ip) && !ip_eq(&a->ip, &a->destination_ip);
    else
        p.remote = p.length > 0;
    if (a->destination_entity && a->device_entity == a->destination_entity)
        p.remote = false;
    if (!ip_set(&a->ip) && common_same_host(name, a->destination))
        p.remote = false;
    return p;
}

static struct str place_name(const struct common_place *p)
{
    return p->length ? (struct str){p->name, p->length} : STR_NONE;
}

struct str common_place_text(struct arena *arena, const struct common_place *p)
{
    struct activity a = {.device = place_name(p), .ip = p->ip};
    return str_dup(arena, watch_source_text(arena, &a));
}

void common_place_draft(struct draft *f, const struct common_place *p)
{
    f->source_name = place_name(p);
    f->source_entity = p->entity;
    f->source_ip = p->ip;
    f->source_certainty = p->certainty;
}

uint64_t common_place_key(const struct common_place *p)
{
    if (ip_set(&p->ip) && !ip_is_loopback(&p->ip))
        return ip_hash(&p->ip);
    return p->length ? hash_stri(place_name(p), 11) : 0;
}

/* ---- sessions ---- */

static uint64_t session_key(const struct activity *a)
{
    return hash_stri(a->session, hash_stri(a->destination, 12));
}

void common_sessions_init(struct table *t)
{
    table_init(t, sizeof(struct common_session), COMMON_SESSIONS);
}

static bool session_stale(const void *value, int64_t now)
{
    const struct common_session *s = value;
    return s->ended != TIME_NONE && now - s->ended > TIME_HOUR;
}

static void session_ends(struct table *t, const struct activity *a)
{
    struct common_session *s = str_set(a->session) ? table_get(t, session_key(a)) : NULL;
    if (s)
        s->ended = a->time;
}

void common_sessions_learn(struct table *t, const struct activity *a)
{
    if (a->kind == KIND_LOGOFF) {
        session_ends(t, a);
        return;
    }
    bool logon = a->kind == KIND_NETWORK_LOGON || a->kind == KIND_REMOTE_DESKTOP || a->kind == KIND_INTERACTIVE_LOGON;
    bool share = (a->kind == KIND_SHARE_ACCESS || a->kind == KIND_SHARE_FILE_ACCESS) && ip_set(&a->ip);
    if ((!logon && !share) || a->outcome == OUTCOME_FAILURE || !str_set(a->session))
        return;
    bool fresh;
    table_expire(t, session_stale, a->time);
    struct common_session *s = table_put(t, session_key(a), &fresh);
    if (!s || (share && !fresh && ip_set(&s->place.ip)))
        return;
    struct witnesses one = {0};
    witness_add(&one, a);
    *s = (struct common_session){.place = common_place(a), .ended = TIME_NONE, .kind = a->kind, .protocol = a->protocol, .logon = one.w[0]};
}

const struct common_session *common_sessions_find(struct table *t, const struct activity *a)
{
    return str_set(a->session) ? table_get(t, session_key(a)) : NULL;
}

struct common_place common_sessions_place(struct table *t, const struct activity *a)
{
    const struct common_session *s = ip_set(&a->ip) ? NULL : common_sessions_find(t, a);
    return s ? s->place : common_place(a);
}

struct str common_pipe(const struct activity *a)
{
    struct str pipe = act_str(a, FACT_PIPE);
    if (str_set(pipe) || !str_endsi(act_str(a, FACT_SHARE), STR("IPC$")))
        return pipe;
    return act_str(a, FACT_RELATIVE_TARGET);
}

/* ---- who ---- */

static struct str host_label(struct str s)
{
    ptrdiff_t dot = str_chr(s, '.');
    if (dot > 0)
        s = str_sub(s, 0, (size_t)dot);
    return str_ends(s, STR("$")) ? str_sub(s, 0, s.n - 1) : s;
}

bool common_same_host(struct str a, struct str b)
{
    return a.n && b.n && str_eqi(host_label(a), host_label(b));
}

bool common_machine(const struct activity *a)
{
    return watch_machine(watch_bare(&a->actor));
}

bool common_own(const struct activity *a)
{
    if (watch_builtin(&a->actor)) /* a call from another address is nobody's own: there ANONYMOUS LOGON is whoever is there */
        return !act_has(a, FACT_RPC_OPNUM) || !common_place(a).remote;
    if (!common_machine(a))
        return false;
    if (a->actor_entity && a->actor_entity == a->destination_entity)
        return true;
    return common_same_host(watch_bare(&a->actor), a->destination);
}

bool common_controller(const struct dir *dir, const struct activity *a)
{
    return common_machine(a) && dir_is(dir, a->actor_entity, ENTITY_DC);
}

uint64_t common_actor_key(const struct dir *dir, const struct activity *a)
{
    const struct entity *e = dir_entity(dir, a->actor_entity);
    return e ? hash_str(e->id, 13) : hash_stri(watch_bare(&a->actor), 14);
}

struct str common_who(const struct activity *a)
{
    struct str name = account_text(&a->actor);
    return str_set(name) ? name : STR("An unknown account");
}

struct str common_destination(struct detection *d, const struct activity *a)
{
    const struct entity *e = str_set(a->destination) ? NULL : dir_entity(detection_dir(d), a->destination_entity);
    return e && str_set(e->name) ? e->name : watch_destination_text(detection_arena(d), a);
}

bool common_wire_pipe(const struct activity *a)
{
    return a->kind == KIND_SHARE_FILE_ACCESS && str_set(act_str(a, FACT_CARRIER));
}

bool common_from_network(const struct activity *a)
{
    return !act_has(a, FACT_EVENT_ID);
}

static uint64_t destination_key(const struct dir *dir, const struct activity *a)
{
    const struct entity *e = dir_entity(dir, a->destination_entity);
    if (e)
        return hash_str(e->id, 16);
    return str_set(a->destination) ? hash_stri(a->destination, 17) : ip_set(&a->destination_ip) ? ip_hash(&a->destination_ip) : 0;
}

uint64_t common_campaign_from(const struct dir *dir, const struct activity *a, const struct common_place *from, uint64_t salt)
{
    uint64_t place = from->remote ? common_place_key(from) : 0;
    return hash_mix(place ? place : common_actor_key(dir, a), salt);
}

uint64_t common_campaign(const struct dir *dir, const struct activity *a, const struct common_place *from, uint64_t salt)
{
    return hash_mix(common_campaign_from(dir, a, from, salt), destination_key(dir, a));
}

/* ---- spread ---- */

static void drop_thing(struct common_spread *s, unsigned i)
{
    memmove(&s->thing[i], &s->thing[i + 1], (s->n - i - 1) * sizeof s->thing[0]);
    s->n--;
}

/* things lie in the order of their latest occurrence */
unsigned common_spread_add(struct common_spread *s, struct str text, const struct activity *a, int64_t window)
{
    uint64_t key = hash_stri(text, 15);
    for (unsigned i = 0; i < s->n;) {
        if (s->thing[i].key == key || a->time - s->thing[i].witness.time > window)
            drop_thing(s, i);
        else
            i++;
    }
    if (s->n == COMMON_SPREAD)
        drop_thing(s, 0);
    uint32_t length = (uint32_t)(text.n < COMMON_THING ? text.n : COMMON_THING);
    s->thing[s->n].key = key;
    s->thing[s->n].length = length;
    if (length)
        memcpy(s->thing[s->n].text, text.p, length);
    struct witnesses one = {0};
    witness_add(&one, a);
    s->thing[s->n].witness = one.w[0];
    return ++s->n;
}

unsigned common_spread_count(const struct common_spread *s, int64_t since)
{
    unsigned n = 0;
    for (unsigned i = 0; i < s->n; i++)
        n += s->thing[i].witness.time >= since;
    return n;
}

bool common_distinct_add(struct common_distinct *c, uint64_t hash)
{
    uint64_t *word = &c->bit[hash % COMMON_BITS / 64], mask = UINT64_C(1) << (hash % 64);
    if (*word & mask)
        return false;
    *word |= mask;
    c->n++;
    return true;
}

void common_witness(struct witnesses *w, const struct witness *one)
{
    struct activity a = {.time = one->time, .origin = one->origin, .kind = (enum kind)one->kind};
    memcpy(a.id, one->id, 16);
    witness_add(w, &a);
}

void common_spread_witnesses(const struct common_spread *s, int64_t since, struct witnesses *out)
{
    witness_clear(out);
    for (unsigned i = 0; i < s->n; i++)
        if (s->thing[i].witness.time >= since)
            common_witness(out, &s->thing[i].witness);
}

struct str common_spread_text(struct arena *arena, const struct common_spread *s, unsigned most)
{
    unsigned shown = s->n <= most + 1 ? s->n : most;
    struct str text = STR("");
    for (unsigned i = 0; i < shown; i++) {
        struct str between = i == 0 ? STR("") : i + 1 == s->n ? STR(" and ") : STR(", ");
        text = str_glue(arena, text, between, (struct str){s->thing[i].text, s->thing[i].length});
    }
    return shown < s->n ? str_fmt(arena, "%.*s and %u more", STR_ARG(text), s->n - shown) : text;
}
