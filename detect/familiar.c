/* detect/familiar.c - the user agents and devices that people have used before. */
#include "detect/familiar.h"

#include "base/hash.h"
#include "detect/cloud.h"

enum { USERS_MAX = 50000, AGENTS_MAX = 200000, PLACES_MAX = 100000, LETTERS = 256 };

struct use {
    int64_t day;
    uint32_t days;
};

/* When an agent was last seen in a network, and on how many earlier days its user had used it. */
struct sighting {
    int64_t time;
    uint32_t days;
};

void familiar_init(struct familiar *f)
{
    *f = (struct familiar){0};
    table_init(&f->users, sizeof(struct use), USERS_MAX);
    table_init(&f->agents, sizeof(struct use), AGENTS_MAX);
    table_init(&f->places, sizeof(struct sighting), PLACES_MAX);
}

void familiar_free(struct familiar *f)
{
    table_free(&f->users);
    table_free(&f->agents);
    table_free(&f->places);
}

/* Digits and dots left out: an update makes no other agent. */
static uint64_t hash_unversioned(struct str s)
{
    char text[LETTERS];
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < sizeof text; i++)
        if (s.p[i] != '.' && s.p[i] != '_' && (s.p[i] < '0' || s.p[i] > '9'))
            text[n++] = s.p[i];
    return hash_stri((struct str){text, n}, 21);
}

/* The same few texts come again and again. */
static uint64_t unversioned(struct familiar *f, struct str s)
{
    uint64_t of = hash_str(s, 22);
    struct known_text *k = &f->texts[of % FAMILIAR_TEXTS];
    if (k->of != of)
        *k = (struct known_text){.of = of, .unversioned = hash_unversioned(s)};
    return k->unversioned;
}

static uint64_t agent_key(struct familiar *f, const struct agent *g)
{
    if (!str_set(g->text) && !str_set(g->browser) && !str_set(g->os))
        return 0;
    uint64_t h = hash_mix(hash_mix(unversioned(f, g->text), unversioned(f, g->browser)), unversioned(f, g->os));
    return h ? h : 1;
}

uint64_t familiar_key(const struct detection *d, const struct activity *a)
{
    struct told *t = detection_told(d, a);
    if (!t->has_agent) {
        t->agent = agent_key(detection_familiar(d), &a->agent);
        t->has_agent = true;
    }
    return t->agent;
}

/* Counts the day; how many earlier days there were. */
static uint32_t note(struct table *t, uint64_t key, const struct activity *a)
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

/* The days of the agent, or of the one that was last seen in the same network when the record states none. */
static uint32_t agent_days(struct familiar *f, uint64_t user, uint64_t agent, const struct activity *a)
{
    uint64_t network = cloud_network(&a->ip), place = hash_mix(user, network);
    if (!agent) {
        const struct sighting *here = network ? table_get(&f->places, place) : NULL;
        return here && a->time - here->time <= TIME_DAY ? here->days : 0;
    }
    uint32_t days = note(&f->agents, hash_mix(user, agent), a);
    struct sighting *here = network && a->outcome != OUTCOME_FAILURE ? table_put(&f->places, place, NULL) : NULL;
    if (here)
        *here = (struct sighting){a->time, days};
    return days;
}

enum familiarity familiar_agent(const struct detection *d, const struct activity *a, unsigned days)
{
    struct told *t = detection_told(d, a);
    if (!t->has_days) {
        struct familiar *f = detection_familiar(d);
        uint64_t user = cloud_user(a);
        t->user_days = note(&f->users, user, a);
        t->agent_days = agent_days(f, user, familiar_key(d, a), a);
        t->has_days = true;
    }
    return t->agent_days >= days ? FAMILIAR_YES : t->user_days >= days ? FAMILIAR_NO : FAMILIAR_UNTOLD;
}
