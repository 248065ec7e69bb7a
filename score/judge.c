/* score/judge.c - how odd one activity is for this user, before it is learned. */
#include "score/stream.h"

#include "base/hash.h"

#include <math.h>
#include <stdlib.h>

/* one value of the activity with what the model thinks of it */
struct judged {
    uint32_t value;
    enum dim dim;
    uint32_t entity; /* of an object that is somebody */
    struct cell *cell; /* what the user has of it, NULL when nothing; holds while the model's moves stay */
    uint32_t moves;
    struct view view;
    double log10p;
};

/* the oddest value of one aspect */
struct oddest {
    const struct judged *value;
    double log10p, stat;
};

unsigned judge_class(struct score *s, const struct activity *a)
{
    if (a->kind != KIND_UNKNOWN)
        return (unsigned)a->kind;
    unsigned i = (unsigned)(hash_stri(a->kind_text, 17) % UNKNOWN_KINDS);
    if (!s->unknown[i][0]) {
        size_t n = a->kind_text.n < sizeof s->unknown[i] - 1 ? a->kind_text.n : sizeof s->unknown[i] - 1;
        if (n)
            memcpy(s->unknown[i], a->kind_text.p, n);
    }
    return KIND_COUNT + i;
}

double judge_stat(struct score *s, unsigned class, unsigned stat, double value)
{
    struct calibrate **c = &s->classes[class][stat];
    if (!*c && !(*c = calloc(1, sizeof **c))) {
        s->failed = true;
        return 0;
    }
    return calibrate_judge(*c, &s->pool[stat], value, s->model.day);
}

static void explain(struct today *t, const struct activity *a, uint32_t value, float evidence)
{
    unsigned at = 0;
    while (at < EXPLAIN && t->reasons[at].value && t->reasons[at].value != value)
        at++;
    if (at == EXPLAIN)
        at = EXPLAIN - 1;
    if (evidence <= t->reasons[at].evidence)
        return;
    while (at > 0 && t->reasons[at - 1].evidence < evidence) {
        t->reasons[at] = t->reasons[at - 1];
        at--;
    }
    struct reason *r = &t->reasons[at];
    *r = (struct reason){.evidence = evidence, .value = value, .origin = a->origin};
    memcpy(r->id, a->id, sizeof r->id);
}

static void fill_in(struct score *s, uint32_t user, struct entry *e, const struct activity *a)
{
    const struct user *u = &s->users[user];
    memcpy(e->id, a->id, sizeof e->id);
    e->origin = a->origin;
    e->time = a->time;
    e->days = u->days;
    e->events = u->events;
    e->total_user = u->events;
    e->peers = s->model.users[user].npeers;
    e->total_org = s->recent_users ? s->recent_users - 1 : 0;
}

static void fill_value(struct score *s, uint32_t user, struct entry *e, const struct judged *j)
{
    const struct value *v = &s->model.values[j->value];
    const struct cell *c = model_find(&s->model, user, j->value);
    bool has = c && c->last + RECENT >= s->model.day;
    e->dim = (uint8_t)j->dim;
    e->n_user = (uint32_t)lroundf(model_count(&s->model, user, j->value));
    if (!e->n_user && c && c->last + MEMORY >= s->model.day)
        e->n_user = 1; /* faded or not yet learned, but not the first */
    e->n_peers = model_peers_with(&s->model, user, j->value);
    e->n_org = v->users - (has && v->users ? 1 : 0);
    ledger_text(e, str_of(v->text));
}

/* Points of one aspect: once per value and 24 hours, the highest counts. */
static struct entry *count_points(struct score *s, uint32_t user, struct today *t, const struct activity *a, uint8_t topic, uint64_t value,
                                  double log10p)
{
    double exact = ledger_exact(log10p, DEAD_ACTIVITY);
    if (exact <= 0)
        return NULL;
    struct entry *e = ledger_find(&s->ledger, user, topic, value, a->time);
    if (e && e->exact >= (float)exact)
        return NULL;
    t->points += exact - (e ? (double)e->exact : 0);
    if (!e)
        e = ledger_add(&s->ledger, user, topic, value, a->time);
    if (!e)
        return NULL;
    e->exact = (float)exact;
    e->log10p = (float)log10p;
    e->points = (int16_t)ledger_shown(exact);
    e->kind = (uint16_t)judge_class(s, a);
    fill_in(s, user, e, a);
    return e;
}

static void tally(struct today *t, double log10p)
{
    t->judged++;
    for (int i = 0; i < 4 && log10p <= -1; i++)
        t->tails[i] += log10p <= -(double)(i + 1);
}

static void judge_aspect(struct score *s, uint32_t user, struct today *t, const struct activity *a, enum aspect aspect, const struct oddest *o)
{
    if (!o->value)
        return;
    double log10p = judge_stat(s, judge_class(s, a), STAT_ASPECT + aspect, o->stat);
    tally(t, log10p);
    struct entry *e = count_points(s, user, t, a, (uint8_t)aspect, o->value->value, log10p);
    if (e)
        fill_value(s, user, e, o->value);
}

static void judge_hour(struct score *s, uint32_t user, struct today *t, const struct activity *a)
{
    struct model *m = &s->model;
    struct profile *u = &m->users[user];
    unsigned bin = hours_bin(a->time, m->rest);
    float org = hours_org(m->hours, m->nhours, bin), own = hours_user(u->hours, u->nhours, bin, org);
    float stat = 0;
    if (org > own && s->known_days > HOURS_KNOWN) /* two weeks show what a week is like */
        stat = log2f(org / own) + (24 * org < 1 ? -log2f(24 * org) : 0); /* odd for the user, and the more so the fewer colleagues work then */
    double log10p = judge_stat(s, judge_class(s, a), STAT_HOUR, stat);
    tally(t, log10p);
    if (stat > t->hour_stat) {
        t->hour_stat = stat;
        t->hour_bin = (uint8_t)bin;
        t->hour_time = a->time;
        t->hour_origin = a->origin;
        memcpy(t->hour_id, a->id, sizeof t->hour_id);
    }
    struct entry *e = count_points(s, user, t, a, TOPIC_WHEN, 0, log10p); /* the oddest hour only */
    if (e) {
        e->dim = (uint8_t)bin;
        e->n_user = (uint32_t)lroundf(u->hours[bin]);
        e->n_org = (uint32_t)lroundf(u->nhours);
    }
    u->hours[bin] += 1;
    u->nhours += 1;
    m->hours[bin] += 1;
    m->weekdays[hours_weekday(a->time)] += 1;
    m->nhours += 1;
}

/* Did the person that the value is act on this user lately? */
static bool has_met(struct score *s, uint32_t user, uint32_t entity, uint32_t value)
{
    uint32_t other = score_user(s, entity);
    if (!other)
        return false;
    s->users[other - 1].self = value;
    uint32_t self = s->users[user].self;
    const struct cell *c = self ? model_find(&s->model, other - 1, self) : NULL;
    return c && c->n > 0 && c->last + MEMORY >= s->model.day;
}

static unsigned judge_values(struct score *s, uint32_t user, struct judged *j)
{
    const struct extract *x = &s->x;
    uint64_t hash[TRAITS];
    unsigned n = 0;
    for (unsigned i = 0; i < x->n; i++)
        hash[i] = model_hash(&s->model, x->traits[i].dim, x->traits[i].key);
    for (unsigned i = 0; i < x->n; i++)
        model_prefetch_value(&s->model, hash[i]);
    for (unsigned i = 0; i < x->n; i++) {
        const struct trait *t = &x->traits[i];
        uint32_t value = model_value_hashed(&s->model, t->dim, hash[i], t->text);
        if (!value)
            continue;
        model_prefetch(&s->model, user, value);
        j[n].value = value;
        j[n].dim = t->dim;
        j[n++].entity = t->entity;
    }
    return n;
}

static void learn_values(struct score *s, const struct activity *a, uint32_t user, const struct judged *j, unsigned n)
{
    struct model *m = &s->model;
    for (unsigned i = 0; i < n; i++) {
        struct cell *c = m->moves == j[i].moves && j[i].cell ? j[i].cell : model_cell(m, user, j[i].value);
        if (c) {
            model_learn_in(m, c, j[i].log10p <= GATE_LOG10);
            days_touch(s, user, j[i].value, c);
        }
        if (j[i].dim == DIM_KIND)
            bursts_count(s, a, user, j[i].value);
    }
}

void judge_activity(struct score *s, const struct activity *a, uint32_t user, struct today *t)
{
    struct judged j[TRAITS];
    struct oddest odd[ASPECTS] = {{0}};
    extract_traits(a, s->dir, &s->x);
    unsigned class = judge_class(s, a), n = judge_values(s, user, j);
    for (unsigned i = 0; i < n; i++) {
        struct judged *q = &j[i];
        bool met = q->entity && has_met(s, user, q->entity, q->value);
        q->cell = model_find(&s->model, user, q->value);
        q->moves = s->model.moves;
        q->view = model_view(&s->model, user, q->value, q->cell, met);
        q->log10p = judge_stat(s, class, q->dim, q->view.evidence + RARITY_WEIGHT * q->view.rarity);
        t->evidence += q->view.evidence;
        if (q->view.evidence > 0)
            explain(t, a, q->value, q->view.evidence);
        enum aspect aspect = extract_aspect(q->dim);
        struct oddest *o = &odd[aspect];
        /* every object is a value of its own right; of the other dimensions the oddest speaks */
        if (o->value && q->dim == DIM_RESOURCE && o->value->dim == DIM_RESOURCE) {
            judge_aspect(s, user, t, a, aspect, o);
            *o = (struct oddest){0};
        }
        if (!o->value || -q->log10p > o->stat)
            *o = (struct oddest){.value = q, .log10p = q->log10p, .stat = -q->log10p};
    }
    for (unsigned g = 0; g < ASPECT_WHEN; g++)
        judge_aspect(s, user, t, a, (enum aspect)g, &odd[g]);
    if (!s->x.failure)
        judge_hour(s, user, t, a);
    learn_values(s, a, user, j, n);
}
