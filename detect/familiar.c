/* detect/familiar.c - the user agents and devices that people have used before. */
#include "detect/familiar.h"

#include "base/hash.h"
#include "detect/cloud.h"

enum { USERS_MAX = 50000, AGENTS_MAX = 200000, PLACES_MAX = 100000, LETTERS = 256 };

struct use {
    int64_t day;
    uint32_t days;
};

void familiar_init(struct familiar *f)
{
    table_init(&f->users, sizeof(struct use), USERS_MAX);
    table_init(&f->agents, sizeof(struct use), AGENTS_MAX);
    table_init(&f->places, sizeof(int64_t), PLACES_MAX);
}

void familiar_free(struct familiar *f)
{
    table_free(&f->users);
    table_free(&f->agents);
    table_free(&f->places);
}

/* Digits and dots left out: an update makes no other agent. */
static uint64_t hash_unversioned(struct str s, uint64_t seed)
{
    char text[LETTERS];
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < sizeof text; i++)
        if (s.p[i] != '.' && s.p[i] != '_' && (s.p[i] < '0' || s.p[i] > '9'))
            text[n++] = s.p[i];
    return n ? hash_stri((struct str){text, n}, seed) : seed;
}

static uint64_t agent_key(const struct activity *a)
{
    const struct agent *g = &a->agent;
    if (!str_set(g->text) && !str_set(g->browser) && !str_set(g->os))
        return 0;
    uint64_t h = hash_unversioned(g->text, 21);
    h = hash_unversioned(g->browser, hash_mix(h, 22));
    h = hash_unversioned(g->os, hash_mix(h, 23));
    return h ? h : 1;
}

uint64_t familiar_key(const struct detection *d, const struct activity *a)
{
    struct told *t = detection_told(d, a);
    if (!t)
        return agent_key(a);
    if (!t->has_agent) {
        t->agent = agent_key(a);
        t->has_agent = true;
    }
    return t->agent;
}

/* Counts the day; how many earlier days there were. */
static unsigned note(struct table *t, uint64_t key, const struct activity *a)
{
    int64_t today = time_day(a->time);
    struct use *u = a->outcome == OUTCOME_FAILURE ? table_get(t, key) : table_put(t, key, NULL);
    if (!u)
        return 0;
    if (a->outcome != OUTCOME_FAILURE && (u->days == 0 || u->day != today)) {
        u->day = today;
        u->days++;
    }
    return u->days - (u->day == today);
}

enum familiarity familiar_agent(struct familiar *f, const struct detection *d, const struct activity *a, unsigned days)
{
    uint64_t user = cloud_user(a), agent = familiar_key(d, a), network = cloud_network(&a->ip);
    uint64_t place = hash_mix(user, network);
    bool told = note(&f->users, user, a) >= days;
    const int64_t *here = network ? table_get(&f->places, place) : NULL;
    bool known = agent ? note(&f->agents, hash_mix(user, agent), a) >= days : here && a->time - *here <= TIME_DAY;
    int64_t *seen = agent && known && network ? table_put(&f->places, place, NULL) : NULL;
    if (seen)
        *seen = a->time;
    return known ? FAMILIAR_YES : told ? FAMILIAR_NO : FAMILIAR_UNTOLD;
}
