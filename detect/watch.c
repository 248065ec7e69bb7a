/* detect/watch.c - bounded state by value and words that detectors share. */
#include "detect/watch.h"

#include "base/hash.h"

#include <stdlib.h>

void watch_ring_add(struct watch_ring *r, int64_t t, uint64_t what)
{
    r->t[r->n % WATCH_RING] = t;
    r->what[r->n % WATCH_RING] = what;
    r->n++;
}

static unsigned held(const struct watch_ring *r)
{
    return r->n < WATCH_RING ? r->n : WATCH_RING;
}

unsigned watch_ring_count(const struct watch_ring *r, int64_t since)
{
    unsigned c = 0;
    for (unsigned i = 0; i < held(r); i++)
        c += r->t[i] >= since;
    return c;
}

unsigned watch_ring_of(const struct watch_ring *r, int64_t since, uint64_t what)
{
    unsigned c = 0;
    for (unsigned i = 0; i < held(r); i++)
        c += r->t[i] >= since && r->what[i] == what;
    return c;
}

unsigned watch_ring_distinct(const struct watch_ring *r, int64_t since)
{
    unsigned c = 0;
    for (unsigned i = 0; i < held(r); i++) {
        bool again = r->t[i] < since;
        for (unsigned j = 0; j < i && !again; j++)
            again = r->t[j] >= since && r->what[j] == r->what[i];
        c += !again;
    }
    return c;
}

static uint64_t name_key(uint32_t entity, struct str name)
{
    return entity ? hash_mix(entity, 1) : hash_stri(name, 2);
}

bool watch_names_has(const struct watch_names *w, uint32_t entity, struct str name)
{
    uint64_t key = name_key(entity, name);
    for (unsigned i = 0; i < w->n; i++)
        if (w->a[i].key == key)
            return true;
    return false;
}

bool watch_names_add(struct watch_names *w, uint32_t entity, struct str name)
{
    if ((!entity && !str_set(name)) || watch_names_has(w, entity, name))
        return false;
    if (w->n == WATCH_NAMES) {
        w->more++;
        return true;
    }
    size_t n = name.n < WATCH_NAME ? name.n : WATCH_NAME;
    if (n)
        memcpy(w->a[w->n].name, name.p, n);
    w->a[w->n].length = (uint32_t)n;
    w->a[w->n].entity = entity;
    w->a[w->n].key = name_key(entity, name);
    w->n++;
    return true;
}

static struct str name_at(const struct watch_names *w, unsigned i)
{
    return (struct str){w->a[i].name, w->a[i].length};
}

struct str watch_names_text(struct arena *arena, const struct watch_names *w, unsigned most)
{
    struct str text = STR("");
    unsigned shown = w->n < most ? w->n : most;
    bool others = w->n > shown || w->more;
    for (unsigned i = 0; i < shown; i++) {
        const char *between = i == 0 ? "" : i + 1 == shown && !others ? " and " : ", ";
        text = str_fmt(arena, "%.*s%s%.*s", STR_ARG(text), between, STR_ARG(name_at(w, i)));
    }
    return others ? str_fmt(arena, "%.*s and others", STR_ARG(text)) : text;
}

void watch_names_draft(struct draft *f, const struct watch_names *w)
{
    for (unsigned i = 0; i < w->n; i++)
        draft_user(f, w->a[i].entity, name_at(w, i));
}

struct str watch_bare(const struct account *a)
{
    struct str s = account_text(a);
    ptrdiff_t slash = str_rchr(s, '\\');
    if (slash >= 0)
        s = str_from(s, (size_t)slash + 1);
    ptrdiff_t at = str_chr(s, '@');
    return at > 0 ? str_sub(s, 0, (size_t)at) : s;
}

struct str watch_called(const struct dir *dir, uint32_t entity, const struct account *a)
{
    struct str name = watch_bare(a);
    const struct entity *e = dir_entity(dir, entity);
    return e && str_set(e->sam) && (!str_set(name) || str_starts(name, STR("S-1-"))) ? e->sam : name;
}

bool watch_machine(struct str name)
{
    return str_ends(name, STR("$"));
}

bool watch_before(const void *value, int64_t since)
{
    return *(const int64_t *)value < since;
}

bool watch_builtin(const struct account *a)
{
    static const char *const sids[] = {"S-1-5-18", "S-1-5-19", "S-1-5-20", "S-1-5-7", "S-1-0-0"};
    if (str_starts(a->sid, STR("S-1-5-21-"))) /* of a domain, as nearly all are */
        return false;
    for (unsigned i = 0; i < sizeof sids / sizeof *sids; i++)
        if (str_eq(a->sid, str_of(sids[i])))
            return true;
    return str_starts(a->sid, STR("S-1-5-90-")) || str_starts(a->sid, STR("S-1-5-96-")) ||
           (!str_set(a->sid) && (str_eqi(a->name, STR("SYSTEM")) || str_eqi(a->name, STR("ANONYMOUS LOGON"))));
}

uint64_t watch_account(uint32_t entity, const struct account *a)
{
    return name_key(entity, watch_bare(a));
}

struct str watch_workstation(const struct activity *a)
{
    struct str w = act_str(a, FACT_WORKSTATION);
    return str_set(w) ? w : a->device;
}

uint64_t watch_source(const struct activity *a)
{
    if (ip_set(&a->ip) && !ip_is_loopback(&a->ip))
        return hash_mix(ip_hash(&a->ip), 3);
    if (a->device_entity)
        return hash_mix(a->device_entity, 4);
    struct str w = watch_workstation(a);
    return str_set(w) ? hash_stri(w, 5) : 0;
}

uint64_t watch_destination(const struct activity *a)
{
    if (a->destination_entity)
        return hash_mix(a->destination_entity, 6);
    if (str_set(a->destination))
        return hash_stri(a->destination, 7);
    return ip_set(&a->destination_ip) ? ip_hash(&a->destination_ip) : 0;
}

uint64_t watch_campaign(struct table *aliases, const struct activity *a, uint64_t source)
{
    struct str w = watch_workstation(a);
    uint64_t *alias = NULL;
    bool fresh = false;
    if (str_set(w))
        alias = table_put(aliases, hash_stri(w, 8), &fresh);
    if (alias && fresh)
        *alias = source;
    return alias ? *alias : source;
}

static struct str place_text(struct arena *arena, struct str name, const struct ip *ip)
{
    char text[IP_TEXT];
    if (!ip_set(ip))
        return str_set(name) ? name : STR("an unknown computer");
    struct str address = ip_text(ip, text);
    if (!str_set(name))
        return str_dup(arena, address);
    return str_fmt(arena, "%.*s (%.*s)", STR_ARG(name), STR_ARG(address));
}

struct str watch_source_text(struct arena *arena, const struct activity *a)
{
    struct str w = str_set(a->device) ? a->device : act_str(a, FACT_WORKSTATION);
    return place_text(arena, w, &a->ip);
}

struct str watch_address_text(struct arena *arena, const struct activity *a)
{
    return place_text(arena, STR_NONE, &a->ip);
}

struct str watch_times(struct arena *arena, uint64_t n, int64_t last)
{
    struct str at = watch_time(arena, last);
    if (n == 1)
        return str_fmt(arena, "once at %.*s", STR_ARG(at));
    return str_fmt(arena, "%llu times until %.*s", (unsigned long long)n, STR_ARG(at));
}

struct str watch_destination_text(struct arena *arena, const struct activity *a)
{
    if (str_set(a->destination))
        return a->destination;
    return place_text(arena, a->destination, &a->destination_ip);
}

struct str watch_time(struct arena *arena, int64_t t)
{
    enum { DAY = 10, SECONDS = 19, WHOLE = SECONDS + 4 }; /* lengths of "2026-01-02", " 03:04:05", " UTC" */
    char text[TIME_TEXT], *out = t == TIME_NONE ? NULL : arena_alloc(arena, WHOLE + 1);
    if (!out)
        return STR("an unknown time");
    (void)time_text(t, text);
    memcpy(out, text, SECONDS);
    out[DAY] = ' ';
    memcpy(out + SECONDS, " UTC", 5);
    return (struct str){out, WHOLE};
}

const struct object *watch_object(const struct activity *a, enum object_type type, enum object_role role)
{
    for (unsigned i = 0; i < a->nobjects; i++)
        if (a->objects[i].type == type && a->objects[i].role == role)
            return &a->objects[i];
    return NULL;
}

bool watch_event(const struct activity *a, uint64_t id)
{
    return act_u64(a, FACT_EVENT_ID, 0) == id;
}

bool watch_ntlm(const struct activity *a)
{
    struct str package = act_str(a, FACT_AUTH_PACKAGE);
    return a->protocol == PROTO_NTLM || str_startsi(package, STR("NTLM")) || str_startsi(package, STR("MICROSOFT_AUTHENTICATION_PACKAGE")) ||
           str_startsi(act_str(a, FACT_LOGON_PROCESS), STR("NtLmSsp"));
}

bool watch_kerberos(const struct activity *a)
{
    return a->protocol == PROTO_KERBEROS || str_eqi(act_str(a, FACT_AUTH_PACKAGE), STR("Kerberos"));
}
