/* score/bursts.c - how many of a kind a day: counted as they come, judged beside the peers when the day is over. */
#include "score/stream.h"

#include "base/err.h"
#include "score/rate.h"

#include <math.h>
#include <stdlib.h>

void bursts_count(struct score *s, const struct activity *a, uint32_t user, uint32_t kind_value)
{
    uint32_t rate_value = model_rate(&s->model, kind_value, act_kind(a));
    struct cell *c = rate_value ? model_find(&s->model, user, rate_value) : NULL;
    if (c && c->cache_day == s->model.day) {
        c->cache += 1;
        return;
    }
    if (!rate_value)
        return;
    c = model_learn(&s->model, user, rate_value, false);
    if (s->nrates == s->rate_room) {
        uint32_t room = s->rate_room ? s->rate_room * 2 : 64;
        struct rate_today *r = realloc(s->rates, room * sizeof *r);
        if (!r) {
            s->failed = true;
            return;
        }
        s->rates = r;
        s->rate_room = room;
    }
    if (!c)
        return;
    c->cache = 1;
    c->cache_day = s->model.day;
    struct rate_today *r = &s->rates[s->nrates++];
    *r = (struct rate_today){.user = user, .kind_value = kind_value, .rate_value = rate_value, .class = (uint16_t)judge_class(s, a), .time = a->time,
                             .origin = a->origin};
    memcpy(r->id, a->id, sizeof r->id);
}

/* What somebody does of a kind, asked once though many have the same peers. */
struct habit {
    float days, count;
    uint32_t turn; /* of the kind that it is of, from 1 */
};

/* The peers' mean of a kind per day on which they do it, else the organisation's. */
static double usual_rate(const struct model *m, const struct rate_today *r, struct habit *habits, uint32_t turn)
{
    const struct profile *u = &m->users[r->user];
    double sum = 0, weight = 0;
    for (unsigned i = 0; i < u->npeers; i++) {
        const struct peer *v = &u->peers[i];
        struct habit *h = &habits[v->user];
        if (h->turn != turn)
            *h = (struct habit){model_count(m, v->user, r->rate_value), model_count(m, v->user, r->kind_value), turn};
        if (h->days < 0.5f)
            continue;
        sum += (double)v->weight * (double)h->count / (double)h->days;
        weight += (double)v->weight;
    }
    if (weight > 0)
        return sum / weight;
    const struct value *kind = &m->values[r->kind_value], *days = &m->values[r->rate_value];
    return days->n > 0 ? (double)kind->n / (double)days->n : 1;
}

/* What is usual for each of the day, kind after kind. Reads the model only, so the order is free. */
static int usual_rates(const struct score *s, double *usual)
{
    uint32_t first[CLASSES] = {0}, kind = 0, turn = 0; /* first, next: index + 1, 0 = none */
    uint32_t *next = malloc(s->nrates * sizeof *next);
    struct habit *habits = calloc(s->nusers, sizeof *habits);
    for (uint32_t i = 0; next && i < s->nrates; i++) {
        next[i] = first[s->rates[i].class];
        first[s->rates[i].class] = i + 1;
    }
    for (unsigned class = 0; next && habits && class < CLASSES; class++)
        for (uint32_t i = first[class]; i; i = next[i - 1]) {
            const struct rate_today *r = &s->rates[i - 1];
            turn += r->rate_value != kind;
            kind = r->rate_value;
            usual[i - 1] = usual_rate(&s->model, r, habits, turn);
        }
    int err = next && habits ? 0 : ERR_MEMORY;
    free(next);
    free(habits);
    return err;
}

static void end_rate(struct score *s, const struct rate_today *r, double usual)
{
    const struct cell *c = model_find(&s->model, r->user, r->rate_value);
    struct user *u = &s->users[r->user];
    if (!c || !u->today)
        return;
    double count = (double)c->cache, days = (double)(c->n * model_weight(&s->model, c->last)) - 1;
    double sum = (double)model_count(&s->model, r->user, r->kind_value) - count;
    double p = rate_p(sum > 0 ? sum : 0, days > 0 ? days : 0, usual, count);
    double log10p = judge_stat(s, r->class, STAT_RATE, p > 1e-99 ? -log10(p) : 99);
    struct entry *e = days_add(s, &s->today[u->today - 1], TOPIC_DAY_RATE, log10p);
    if (!e)
        return;
    e->kind = r->class;
    e->n_user = (uint32_t)count;
    e->time = r->time;
    e->value = r->kind_value;
    memcpy(e->id, r->id, sizeof e->id);
    e->origin = r->origin;
}

void bursts_end(struct score *s)
{
    double *usual = malloc((size_t)(s->nrates + 1) * sizeof *usual);
    if (!usual || (s->nrates && usual_rates(s, usual) < 0))
        s->failed = true;
    for (uint32_t i = 0; !s->failed && i < s->nrates; i++)
        end_rate(s, &s->rates[i], usual[i]);
    free(usual);
}
