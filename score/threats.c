/* score/threats.c - what alerts add: severity, the user's impact, and how rare the alert is.
 *
 *   A = severity * impact * rarity
 *   impact = 1 + .5 blast {0, 1, 2} + .5 [sensitive]
 *   rarity = ln((1 + U) / (1 + users with this alert in 30 days)) / ln(1 + U)
 * Full once per user, alert type and day, then half, then a quarter each time. */
#include "score/stream.h"

#include "base/err.h"
#include "base/hash.h"

#include <math.h>
#include <stdlib.h>

enum { BLAST_ONE = 10, BLAST_TWO = 100 }; /* groups that somebody belongs to directly */

struct hit {
    const struct alert *alert;
    uint64_t type;
    uint32_t user;
    int64_t day;
};

static double severity_points(enum severity s)
{
    switch (s) {
    case SEVERITY_INFORMATIONAL: return 5;
    case SEVERITY_LOW: return 15;
    case SEVERITY_HIGH: return 70;
    case SEVERITY_DEFAULT:
    case SEVERITY_MEDIUM: break;
    }
    return 40;
}

static uint64_t alert_type(const struct alert *a)
{
    return a->external_id ? (uint64_t)a->external_id : hash_str(str_set(a->policy) ? a->policy : a->name, 23);
}

static double impact(const struct score *s, uint32_t entity)
{
    const struct entity *e = dir_entity(s->dir, entity);
    if (!e)
        return 1;
    int blast = e->ngroups >= BLAST_TWO ? 2 : e->ngroups >= BLAST_ONE ? 1 : 0;
    return 1 + 0.5 * blast + (e->flags & ENTITY_SENSITIVE ? 0.5 : 0);
}

/* Users active in the 30 days that end with `day`. */
static uint32_t active_users(const struct score *s, int64_t day)
{
    uint32_t n = 0;
    for (uint32_t u = 0; u < s->nusers; u++)
        for (unsigned i = 0; i < s->users[u].nspans; i++)
            if (s->users[u].spans[i].first <= day && s->users[u].spans[i].last + ACTIVE > day) {
                n++;
                break;
            }
    return n;
}

static int by_type(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;
    if (x->type != y->type)
        return x->type < y->type ? -1 : 1;
    if (x->alert->start != y->alert->start)
        return x->alert->start < y->alert->start ? -1 : 1;
    int id = memcmp(x->alert->id, y->alert->id, sizeof x->alert->id);
    return id ? id : (x->user > y->user) - (x->user < y->user);
}

/* Users hit by the same type in the 30 days up to hit i; hits are sorted by type, then time. */
static uint32_t users_hit(const struct hit *h, size_t i, uint32_t *mark)
{
    uint32_t n = 0;
    size_t from = i;
    while (from > 0 && h[from - 1].type == h[i].type && h[from - 1].alert->start > h[i].alert->start - ACTIVE * TIME_DAY)
        from--;
    size_t to = i;
    while (h[to + 1].alert && h[to + 1].type == h[i].type && h[to + 1].alert->start == h[i].alert->start)
        to++;
    for (size_t k = from; k <= to; k++)
        if (mark[h[k].user] != (uint32_t)i + 1) {
            mark[h[k].user] = (uint32_t)i + 1;
            n++;
        }
    return n;
}

/* How often the same user had the type before on the same day. */
static unsigned repeats(const struct hit *h, size_t i)
{
    unsigned n = 0;
    for (size_t k = i; k-- > 0 && h[k].type == h[i].type && h[k].day == h[i].day && n < 2;)
        n += h[k].user == h[i].user;
    return n;
}

static size_t gather(struct score *s, const struct alert *const *alerts, size_t n, struct hit *h)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        const struct alert *a = alerts[i];
        for (unsigned j = 0; j < a->nusers && j < ALERT_USERS && a->start != TIME_NONE; j++) {
            uint32_t u = score_user(s, a->users[j]);
            bool twice = false;
            for (unsigned e = 0; e < j; e++)
                twice |= a->users[e] == a->users[j];
            if (!u || twice)
                continue;
            if (h)
                h[k] = (struct hit){a, alert_type(a), u - 1, time_day(a->start)};
            k++;
        }
    }
    return k;
}

static void count_hit(struct score *s, const struct hit *h, size_t i, uint32_t *mark, uint32_t active)
{
    const struct alert *a = h[i].alert;
    uint32_t hit = users_hit(h, i, mark);
    if (hit > active)
        active = hit;
    double rarity = active ? log((1.0 + active) / (1.0 + hit)) / log(1.0 + active) : 0;
    if (active <= 1)
        rarity = 1; /* alone: nothing to compare with */
    double points = severity_points(a->severity) * impact(s, s->users[h[i].user].entity) * rarity / (1 << repeats(h, i));
    int shown = (int)floor(points + 0.5);
    if (shown < 1)
        return;
    struct entry *e = ledger_append(&s->ledger, h[i].user, TOPIC_ALERT, a->start);
    if (!e)
        return;
    e->points = (int16_t)shown;
    memcpy(e->alert, a->id, sizeof e->alert);
    e->n_org = hit;
    e->total_org = active;
    e->name = a->name;
}

int threats_count(struct score *s, const struct alert *const *alerts, size_t n)
{
    size_t k = gather(s, alerts, n, NULL);
    struct hit *h = calloc(k + 1, sizeof *h);
    uint32_t *mark = calloc((size_t)s->nusers + 1, sizeof *mark);
    int err = h && mark ? 0 : ERR_MEMORY;
    if (!err) {
        gather(s, alerts, n, h);
        qsort(h, k, sizeof *h, by_type);
        int64_t day = INT64_MIN;
        uint32_t active = 0;
        for (size_t i = 0; i < k; i++) {
            if (h[i].day != day)
                active = active_users(s, day = h[i].day);
            count_hit(s, h, i, mark, active);
        }
    }
    free(h);
    free(mark);
    return err;
}
