/* detect/burst.c - one session against the user's and the organisation's past. */
#include "detect/burst.h"

#include "base/hash.h"
#include "detect/cloud.h"

#include <math.h>

enum { USERS_MAX = 20000, WEIGHT_MAX = 100000 };

struct past {
    double sessions, sum, squares;
    uint32_t largest;
};

struct person_state {
    int64_t first;       /* first activity counted here */
    int64_t start, last; /* of the session at hand */
    uint64_t count;
    uint64_t limit; /* count from which it was unusual, 0 = it is not */
    struct witnesses seen;
    struct burst_day days[BURST_DAYS];
};

int burst_start(struct detection *d)
{
    struct burst *b = detection_state(d);
    table_init(&b->users, sizeof(struct person_state), USERS_MAX);
    return 0;
}

void burst_stop(struct detection *d)
{
    struct burst *b = detection_state(d);
    table_free(&b->users);
}

/* ---- the past ---- */

static void remember(struct burst_day days[BURST_DAYS], int64_t day, uint64_t count)
{
    struct burst_day *at = &days[(uint64_t)day % BURST_DAYS];
    if (at->day != day)
        *at = (struct burst_day){.day = day};
    double x = log1p((double)count);
    at->sessions++;
    at->sum += x;
    at->squares += x * x;
    if (count > at->largest)
        at->largest = count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
}

static struct past recall(const struct burst_day days[BURST_DAYS], int64_t today)
{
    struct past p = {0};
    for (unsigned i = 0; i < BURST_DAYS; i++) {
        if (days[i].sessions == 0 || days[i].day <= today - BURST_DAYS)
            continue;
        p.sessions += days[i].sessions;
        p.sum += days[i].sum;
        p.squares += days[i].squares;
        if (days[i].largest > p.largest)
            p.largest = days[i].largest;
    }
    return p;
}

struct scale {
    double mean, variance;
};

/* Mean and variance of sessions, with `prior` counted as three more. */
static struct scale blend(const struct past *p, struct scale prior)
{
    double n = p->sessions + 3;
    double mean = (p->sum + 3 * prior.mean) / n;
    double squares = p->squares + 3 * (prior.variance + prior.mean * prior.mean);
    double variance = squares / n - mean * mean;
    return (struct scale){mean, variance > 0.16 ? variance : 0.16};
}

static double least(struct scale s, double spread)
{
    return expm1(s.mean + spread * sqrt(s.variance));
}

/* The smallest count that is unusual for this person today. */
static uint64_t limit_of(struct detection *d, const struct past *own, const struct past *others)
{
    double spread = detection_param(d, BURST_SPREAD);
    struct scale start = {log1p(detection_param(d, BURST_USUAL)), 0.36};
    struct scale organisation = blend(others, start), person = blend(own, organisation);
    double limit = detection_param(d, BURST_MINIMUM);
    double more[] = {least(person, spread), least(organisation, spread / 2), detection_param(d, BURST_RATIO) * own->largest + 1};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        if (more[i] > limit)
            limit = more[i];
    return limit < 1e15 ? (uint64_t)ceil(limit) : UINT64_MAX;
}

static struct past others_of(const struct burst *b, const struct past *own, int64_t today)
{
    struct past all = recall(b->days, today);
    all.sessions = fmax(0, all.sessions - own->sessions);
    all.sum = fmax(0, all.sum - own->sum);
    all.squares = fmax(0, all.squares - own->squares);
    return all;
}

/* ---- the session ---- */

static void close_session(struct burst *b, struct person_state *p)
{
    uint64_t count = p->limit ? p->limit : p->count;
    if (p->count == 0)
        return;
    remember(p->days, time_day(p->start), count);
    remember(b->days, time_day(p->start), count);
    p->count = 0;
    p->limit = 0;
    witness_clear(&p->seen);
}

static struct str tell(struct detection *d, const struct activity *a, const struct person_state *p, const struct past *own,
                       const struct past *others, const struct burst_rule *rule)
{
    struct arena *arena = detection_arena(d);
    struct str mine = own->sessions > 0 ? str_fmt(arena, "the %.0f earlier sessions of this user in 30 days had %u at most and %.0f on average",
                                                  own->sessions, own->largest, expm1(own->sum / own->sessions))
                                        : STR("this user has no earlier session in 30 days");
    struct str theirs = others->sessions > 0 ? str_fmt(arena, "the %.0f sessions of all others had %.0f on average", others->sessions,
                                                       expm1(others->sum / others->sessions))
                                             : STR("nobody else did so in that time");
    return str_fmt(arena, "%.*s %s %llu %s in %.*s%.*s; %.*s, %.*s. %llu or more are unusual.", STR_ARG(cloud_actor(d, a)), rule->did,
                   (unsigned long long)p->count, rule->things, STR_ARG(cloud_span(d, a->time - p->start)), STR_ARG(cloud_from(d, a)),
                   STR_ARG(mine), STR_ARG(theirs), (unsigned long long)p->limit);
}

static void judge(struct detection *d, const struct activity *a, struct person_state *p, const struct burst_rule *rule)
{
    const struct burst *b = detection_state(d);
    int64_t today = time_day(a->time);
    struct past own = recall(p->days, today), others = others_of(b, &own, today);
    uint64_t limit = p->limit ? p->limit : limit_of(d, &own, &others);
    if (p->count < limit)
        return;
    struct draft f = draft_of(a);
    f.campaign = hash_mix(cloud_user(a), 1);
    f.evidence = &p->seen;
    f.count = p->limit ? 1 : p->seen.total;
    p->limit = limit;
    f.description = tell(d, a, p, &own, &others, rule);
    detection_raise(d, a, &f);
}

void burst_see(struct detection *d, const struct activity *a, uint64_t weight, const struct burst_rule *rule)
{
    struct burst *b = detection_state(d);
    uint64_t user = cloud_user(a);
    if (!user || !cloud_person(d, a))
        return;
    bool is_new;
    struct person_state *p = table_put(&b->users, user, &is_new);
    if (!p)
        return;
    if (is_new)
        p->first = a->time;
    int64_t gap = (int64_t)(detection_param(d, BURST_GAP) * (double)TIME_MINUTE);
    if (p->count > 0 && (a->time - p->last > gap || a->time - p->start > TIME_DAY))
        close_session(b, p);
    if (p->count == 0)
        p->start = a->time;
    p->last = a->time;
    p->count += weight < WEIGHT_MAX ? weight : WEIGHT_MAX;
    witness_add(&p->seen, a);
    if ((double)p->count >= detection_param(d, BURST_MINIMUM) && detection_learned(d, cloud_since(d, a, p->first), a->time))
        judge(d, a, p, rule);
}
