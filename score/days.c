/* score/days.c - what only the end of a day or of a week can tell. */
#include "score/stream.h"

#include "base/err.h"
#include "base/hash.h"
#include "score/peers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int by_user(const void *a, const void *b)
{
    uint32_t x = ((const struct today *)a)->entity, y = ((const struct today *)b)->entity;
    return (x > y) - (x < y);
}

struct entry *days_add(struct score *s, struct today *t, uint8_t topic, double log10p)
{
    double exact = ledger_exact(log10p, topic == TOPIC_DAY_RATE ? DEAD_RATE : DEAD_DAY) * (topic == TOPIC_DAY_EVIDENCE ? DAY_WEIGHT : 1);
    if (exact <= 0)
        return NULL;
    t->points += exact;
    struct entry *e = ledger_add(&s->ledger, t->user, topic, (uint64_t)s->day, t->last);
    if (!e)
        return NULL;
    e->exact = (float)exact;
    e->log10p = (float)log10p;
    e->points = (int16_t)ledger_shown(exact);
    e->days = s->users[t->user].days;
    e->events = e->total_user = s->users[t->user].events;
    e->n_user = t->n;
    e->peers = s->model.users[t->user].npeers;
    return e;
}

static void day_evidence(struct score *s, struct today *t, struct score_day *row)
{
    double log10p = calibrate_log10(&s->day_evidence, NULL, t->evidence);
    row->p_evidence = pow(10, log10p);
    struct entry *e = days_add(s, t, TOPIC_DAY_EVIDENCE, log10p);
    if (!e)
        return;
    memcpy(e->id, t->reasons[0].id, sizeof e->id);
    e->origin = t->reasons[0].origin;
    char text[3 * LEDGER_TEXT];
    size_t n = 0;
    for (unsigned i = 0; i < EXPLAIN && t->reasons[i].value; i++) {
        struct str v = str_of(s->model.values[t->reasons[i].value].text);
        int w = snprintf(text + n, sizeof text - n, "%s%.*s", i ? ", " : "", (int)(v.n < 40 ? v.n : 40), v.p ? v.p : "");
        n += w > 0 && (size_t)w < sizeof text - n ? (size_t)w : 0;
    }
    ledger_text(e, (struct str){text, n});
}

static void day_hour(struct score *s, struct today *t, struct score_day *row)
{
    double log10p = calibrate_log10(&s->day_hour, NULL, t->hour_stat);
    row->p_hour = pow(10, log10p);
    struct entry *e = days_add(s, t, TOPIC_DAY_HOUR, log10p);
    if (!e)
        return;
    e->time = t->hour_time;
    e->dim = t->hour_bin;
    memcpy(e->id, t->hour_id, sizeof e->id);
    e->origin = t->hour_origin;
}

void days_touch(struct score *s, uint32_t user, uint32_t value, struct cell *c)
{
    if (s->ntouches == TOUCHES_MAX)
        return; /* a day of such variety: what is beyond is judged, but not counted as known */
    if (s->ntouches == s->touch_room) {
        uint32_t room = s->touch_room ? s->touch_room * 2 : 256;
        struct touch *t = realloc(s->touches, room * sizeof *t);
        if (!t) {
            s->failed = true;
            return;
        }
        s->touches = t;
        s->touch_room = room;
    }
    if (model_today(c))
        s->touches[s->ntouches++] = (struct touch){user, value};
}

/* Bits per activity, for a histogram over log2(1 + statistic): 8 of its bins are a bit, from -8 to 8. */
static double unlikeness(const struct today *t)
{
    double bits = t->ratio / t->n - RATIO_LEAST;
    return bits > 0 ? exp2((bits < 30 ? bits : 30) / 2) - 1 : 0;
}

static enum held held(const struct score *s, const struct today *t)
{
    double p = s->day_ratio.weight < GATE_DAY_FROM ? 1 : calibrate_p(&s->day_ratio, unlikeness(t));
    return p > GATE_DAY ? HELD_NOT : p > GATE_DAY_FAR ? HELD_BACK : HELD_FAR;
}

enum { AHEAD = 12 }; /* touches whose cells are on their way */

static const struct touch *touch_at(const struct score *s, uint32_t i)
{
    if (i + AHEAD < s->ntouches)
        model_prefetch(&s->model, s->touches[i + AHEAD].user, s->touches[i + AHEAD].value);
    return &s->touches[i];
}

/* The day's ratio, and what is learned of the day as known. */
static void end_touches(struct score *s)
{
    for (uint32_t i = 0; i < s->ntouches; i++) {
        const struct touch *w = touch_at(s, i);
        s->today[s->users[w->user].today - 1].ratio += model_ratio(&s->model, w->user, w->value);
    }
    for (uint32_t i = 0; i < s->ntoday; i++)
        s->today[i].held = held(s, &s->today[i]);
    for (uint32_t i = 0; i < s->ntouches; i++) {
        const struct touch *w = touch_at(s, i);
        model_know(&s->model, w->user, w->value, s->today[s->users[w->user].today - 1].held);
    }
    for (uint32_t i = 0; i < s->ntoday; i++)
        calibrate_learn(&s->day_ratio, unlikeness(&s->today[i]), s->model.day);
    s->ntouches = 0;
}

/* What judging a day as a whole learns, to be put back. */
struct learned {
    struct calibrate *classes[CLASSES], pool;
    struct today *today;
};

static int set_aside(struct score *s, struct learned *l)
{
    l->pool = s->pool[STAT_RATE];
    l->today = s->today;
    s->today = malloc(((size_t)s->ntoday + 1) * sizeof *s->today);
    if (!s->today) {
        s->today = l->today;
        return ERR_MEMORY;
    }
    if (s->ntoday)
        memcpy(s->today, l->today, s->ntoday * sizeof *s->today);
    for (unsigned c = 0; c < CLASSES; c++) {
        struct calibrate *now = s->classes[c][STAT_RATE];
        l->classes[c] = now;
        if (now && (s->classes[c][STAT_RATE] = malloc(sizeof *now)) != NULL)
            *s->classes[c][STAT_RATE] = *now;
    }
    return 0;
}

static void put_back(struct score *s, const struct learned *l)
{
    for (unsigned c = 0; c < CLASSES; c++) {
        free(s->classes[c][STAT_RATE]);
        s->classes[c][STAT_RATE] = l->classes[c];
    }
    s->pool[STAT_RATE] = l->pool;
    free(s->today);
    s->today = l->today;
}

int days_provisional(struct score *s)
{
    struct learned l = {0};
    int err = s->ntoday ? set_aside(s, &l) : 0;
    if (err || !s->ntoday)
        return err;
    bursts_end(s);
    for (uint32_t i = 0; i < s->ntoday; i++) {
        struct score_day row;
        day_evidence(s, &s->today[i], &row);
        day_hour(s, &s->today[i], &row);
    }
    put_back(s, &l);
    return 0;
}

/* All of the day are judged by the days before, then learned. */
void days_end(struct score *s)
{
    bursts_end(s);
    s->nrates = 0;
    end_touches(s);
    qsort(s->today, s->ntoday, sizeof *s->today, by_user);
    for (uint32_t i = 0; i < s->ntoday; i++) {
        struct today *t = &s->today[i];
        struct score_day row = {.day = s->day, .user = s->users[t->user].entity, .activities = t->n, .evidence = t->ratio,
                                .judged = t->judged, .p_evidence = 1, .p_hour = 1};
        memcpy(row.tails, t->tails, sizeof row.tails);
        day_evidence(s, t, &row);
        day_hour(s, t, &row);
        row.points = LEDGER_SCALE * t->points;
        if (s->options.day)
            s->options.day(s->options.owner, &row);
        s->users[t->user].today = 0;
    }
    for (uint32_t i = 0; i < s->ntoday; i++) {
        calibrate_learn(&s->day_evidence, s->today[i].evidence, s->model.day);
        calibrate_learn(&s->day_hour, s->today[i].hour_stat, s->model.day);
    }
    s->ntoday = 0;
}

/* The resources that each user has, into f, of which there is room for every cell. */
static size_t used_resources(const struct score *s, struct peer_feature *f)
{
    const struct model *m = &s->model;
    struct walk at = {0};
    size_t n = 0;
    for (const struct cell *c; (c = model_each(m, &at)) != NULL;) {
        if (m->values[(uint32_t)c->key].dim != DIM_RESOURCE)
            continue;
        float w = c->n * model_weight(m, c->last);
        if (w >= 0.05f)
            f[n++] = (struct peer_feature){(uint32_t)(c->key >> 32), (uint32_t)c->key, w};
    }
    return n;
}

enum { NAMED = 65536, WORDS = 2 * NAMED / 64 }; /* departments by hash, and as many managers */

/* Those that anybody has, for numbers without gaps. */
struct named {
    uint64_t has[WORDS];
    uint32_t before[WORDS]; /* how many are in the words before */
    uint32_t n;
};

static const struct entity *who(const struct score *s, uint32_t user)
{
    return s->users[user].merged ? NULL : dir_entity(s->dir, s->users[user].entity);
}

/* Of a department (0) or a manager (1): its bit. */
static uint32_t bit_of(struct str name, uint32_t k)
{
    return k * NAMED + (uint32_t)(hash_stri(name, k) % NAMED);
}

static void number_names(const struct score *s, struct named *d)
{
    *d = (struct named){0};
    for (uint32_t u = 0; u < s->nusers; u++) {
        const struct entity *e = who(s, u);
        const struct str names[2] = {e ? e->department : STR_NONE, e ? e->manager : STR_NONE};
        for (uint32_t k = 0; k < 2; k++)
            if (str_set(names[k]))
                d->has[bit_of(names[k], k) / 64] |= UINT64_C(1) << bit_of(names[k], k) % 64;
    }
    for (uint32_t w = 0; w < WORDS; w++) {
        d->before[w] = d->n;
        d->n += (uint32_t)__builtin_popcountll(d->has[w]);
    }
}

static uint32_t name_number(const struct named *d, uint32_t bit)
{
    uint64_t lower = (UINT64_C(1) << bit % 64) - 1;
    return d->before[bit / 64] + (uint32_t)__builtin_popcountll(d->has[bit / 64] & lower);
}

/* Groups, department and manager, numbered behind the values and the entities. Without f, how many they are. */
static size_t directory_features(const struct score *s, const struct named *d, struct peer_feature *f)
{
    uint32_t groups = s->model.nvalues + 1, named = groups + s->nentities + 1;
    size_t n = 0;
    for (uint32_t u = 0; u < s->nusers; u++) {
        const struct entity *e = who(s, u);
        if (!e)
            continue;
        for (uint32_t g = 0; g < e->ngroups; g++, n++)
            if (f)
                f[n] = (struct peer_feature){u, groups + e->groups[g], 1};
        const struct str names[2] = {e->department, e->manager};
        for (uint32_t k = 0; k < 2; k++) {
            if (!str_set(names[k]))
                continue;
            if (f)
                f[n] = (struct peer_feature){u, named + name_number(d, bit_of(names[k], k)), 1};
            n++;
        }
    }
    return n;
}

static int find_peers(struct score *s)
{
    struct named d;
    number_names(s, &d);
    struct peer_feature *f = malloc((s->model.ncells + directory_features(s, &d, NULL) + 1) * sizeof *f); /* untouched pages cost nothing */
    if (!f)
        return ERR_MEMORY;
    size_t n = used_resources(s, f);
    n += directory_features(s, &d, f + n);
    int err = peers_compute(&s->model, f, n, s->model.nvalues + 1 + s->nentities + 1 + d.n);
    free(f);
    return err;
}

void days_peers(struct score *s)
{
    s->recent_users = 0;
    for (uint32_t i = 0; i < s->nusers; i++)
        s->recent_users += s->users[i].nspans && s->users[i].spans[s->users[i].nspans - 1].last + RECENT >= s->model.day;
    for (uint32_t i = 0; i < s->nusers; i++)
        model_touch(&s->model, i);
    s->model.rest = s->known_days >= HOURS_KNOWN ? hours_rest(s->model.weekdays) : HOURS_WEEKEND;
    model_recount(&s->model);
    s->failed |= find_peers(s) < 0;
}
