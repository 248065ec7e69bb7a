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
    uint64_t limit; /* count from which it was unusual for the person, 0 = it is not */
    uint64_t out;   /* count from which it stood out in the organisation */
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
    double limit = detection_param(d, BURST_MINIMUM), floor = detection_param(d, BURST_FLOOR);
    if (own->sessions + others->sessions < 3)
        return (uint64_t)ceil(fmax(limit, floor)); /* no past to go by */
    double more[] = {least(person, spread), least(organisation, spread / 2), detection_param(d, BURST_RATIO) * own->largest + 1};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        if (more[i] > limit)
            limit = more[i];
    return limit < 1e15 ? (uint64_t)ceil(limit) : UINT64_MAX;
}

/* ---- the organisation's tail ---- */

enum { EXCEEDED_BY = 2 };

/* Puts a session into a list of the largest, one per person. */
static void rank_in(uint64_t user[BURST_TAIL], uint64_t count[BURST_TAIL], uint64_t who, uint64_t n)
{
    unsigned at = 0;
    while (at < BURST_TAIL && user[at] != who)
        at++;
    if (at < BURST_TAIL && count[at] >= n)
        return;
    if (at == BURST_TAIL && count[--at] >= n)
        return;
    for (; at > 0 && count[at - 1] < n; at--) {
        user[at] = user[at - 1];
        count[at] = count[at - 1];
    }
    user[at] = who;
    count[at] = n;
}

static void remember_tail(struct burst *b, int64_t day, uint64_t who, uint64_t n)
{
    struct burst_tail *t = &b->tail[(uint64_t)day % BURST_DAYS];
    if (t->day != day)
        *t = (struct burst_tail){.day = day};
    rank_in(t->user, t->count, who, n);
}

/* The session of the past 30 days that only two other people exceeded; 0 when there are no three. */
static uint64_t tail_of(const struct burst *b, uint64_t who, int64_t today)
{
    uint64_t user[BURST_TAIL] = {0}, count[BURST_TAIL] = {0};
    for (unsigned i = 0; i < BURST_DAYS; i++)
        for (unsigned k = 0; k < BURST_TAIL && b->tail[i].day > today - BURST_DAYS; k++)
            if (b->tail[i].count[k] > 0 && b->tail[i].user[k] != who)
                rank_in(user, count, b->tail[i].user[k], b->tail[i].count[k]);
    return count[EXCEEDED_BY];
}

static uint64_t standing_out(struct detection *d, uint64_t tail)
{
    double floor = detection_param(d, BURST_FLOOR), far = detection_param(d, BURST_FACTOR) * (double)tail + 1;
    double out = floor > far ? floor : far;
    return out < 1e15 ? (uint64_t)ceil(out) : UINT64_MAX;
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

static void close_session(struct burst *b, struct person_state *p, uint64_t who)
{
    uint64_t count = p->limit && p->count > p->out ? p->out : p->count;
    remember(p->days, time_day(p->start), count);
    remember(b->days, time_day(p->start), count);
    remember_tail(b, time_day(p->start), who, count);
    p->count = 0;
    p->limit = 0;
    witness_clear(&p->seen);
}

static struct str tell(struct detection *d, const struct activity *a, const struct person_state *p, const struct past *own, uint64_t tail,
                       const struct burst_rule *rule)
{
    struct arena *arena = detection_arena(d);
    struct str mine = own->sessions > 0 ? str_fmt(arena, "the %.0f earlier sessions of this user in 30 days had %u at most and %.0f on average",
                                                  own->sessions, own->largest, expm1(own->sum / own->sessions))
                                        : STR("this user has no earlier session in 30 days");
    struct str theirs = tail > 0 ? str_fmt(arena, "of all others in that time, two had more than %llu in a session", (unsigned long long)tail)
                                 : STR("fewer than three others did so in that time");
    struct str who = cloud_actor(d, a), span = cloud_span(d, a->time - p->start), from = cloud_from(d, a);
    return str_fmt(arena, "%.*s %s %llu %s in %.*s%.*s; %.*s; %.*s. %llu or more are unusual for this user, %llu or more stand out in the organisation.",
                   STR_ARG(who), rule->did, (unsigned long long)p->count, rule->things, STR_ARG(span), STR_ARG(from), STR_ARG(mine), STR_ARG(theirs),
                   (unsigned long long)p->limit, (unsigned long long)p->out);
}

static void judge(struct detection *d, const struct activity *a, struct person_state *p, const struct burst_rule *rule)
{
    const struct burst *b = detection_state(d);
    uint64_t user = cloud_user(a);
    int64_t today = time_day(a->time);
    struct past own = recall(p->days, today), others = others_of(b, &own, today);
    uint64_t limit = p->limit ? p->limit : limit_of(d, &own, &others), tail = p->count < limit ? 0 : tail_of(b, user, today);
    if (p->count < limit || p->count <= tail)
        return;
    struct draft f = draft_of(a);
    f.campaign = hash_mix(user, 1);
    f.evidence = &p->seen;
    f.count = p->limit ? 1 : p->seen.total;
    if (!p->limit)
        p->out = standing_out(d, tail);
    if (p->out < limit)
        p->out = limit;
    p->limit = limit;
    f.severity = p->count >= p->out ? SEVERITY_DEFAULT : SEVERITY_LOW;
    f.description = tell(d, a, p, &own, tail, rule);
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
        close_session(b, p, user);
    if (p->count == 0)
        p->start = a->time;
    p->last = a->time;
    p->count += weight < WEIGHT_MAX ? weight : WEIGHT_MAX;
    witness_add(&p->seen, a);
    if ((double)p->count >= detection_param(d, BURST_MINIMUM) && detection_learned(d, cloud_since(d, a, p->first), a->time))
        judge(d, a, p, rule);
}
