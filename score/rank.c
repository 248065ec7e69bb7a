/* score/rank.c - from contributions to people: the worst or the last 168 hours, the percentile, the two-week chart. */
#include "score/stream.h"

#include "base/err.h"
#include "base/hash.h"

#include <math.h>
#include <stdlib.h>

/* The 168 hours that speak for one user: [from, to). */
struct window {
    int score;
    int64_t from, to;
    int64_t forgotten; /* what came before was reset by an analyst; INT64_MIN: nothing */
    bool history;      /* what else the chart shows is listed, too */
};

static int64_t hour_of(int64_t time)
{
    int64_t h = time / TIME_HOUR;
    return time % TIME_HOUR < 0 ? h - 1 : h;
}

static int by_time(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->topic != y->topic)
        return (int)x->topic - (int)y->topic;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return memcmp(x->alert, y->alert, sizeof x->alert);
}

static struct window window_of(int score, int64_t last_hour)
{
    return (struct window){.score = score, .from = (last_hour + 1 - WINDOW_HOURS) * TIME_HOUR, .to = (last_hour + 1) * TIME_HOUR,
                           .forgotten = INT64_MIN};
}

static struct entry *in_time_order(struct score *s, uint32_t user, uint32_t *n)
{
    struct entry *e = ledger_all(&s->ledger, user, n);
    if (e)
        qsort(e, *n, sizeof *e, by_time);
    return e;
}

/* The highest sum of any 168 whole hours; of equals the latest. Entries are sorted by time. */
static struct window worst(const struct entry *e, uint32_t n, int64_t otherwise)
{
    struct window best = window_of(0, otherwise);
    int sum = 0;
    for (uint32_t i = 0, from = 0; i < n; i++) {
        sum += e[i].points;
        while (hour_of(e[from].time) <= hour_of(e[i].time) - WINDOW_HOURS)
            sum -= e[from++].points;
        if (e[i].points > 0 && sum >= best.score) /* what adds nothing is kept or not as room allows */
            best = window_of(sum, hour_of(e[i].time));
    }
    return best;
}

static bool inside(const struct entry *e, const struct window *w)
{
    return e->points > 0 && e->time >= w->from && e->time < w->to && e->time >= w->forgotten;
}

/* Days before the window's last one; below 0: after it. */
static int64_t days_ago(const struct entry *e, const struct window *w)
{
    return time_day(w->to - 1) - time_day(e->time);
}

static bool listed(const struct entry *e, const struct window *w)
{
    if (inside(e, w))
        return true;
    int64_t ago = days_ago(e, w);
    return w->history && e->points > 0 && ago >= 0 && ago < 14 && e->time < w->to;
}

static struct window last_week(const struct entry *e, uint32_t n, int64_t now, int64_t forgotten)
{
    struct window w = {.from = now - WINDOW_HOURS * TIME_HOUR, .to = now, .forgotten = forgotten, .history = true};
    for (uint32_t i = 0; i < n; i++)
        w.score += inside(&e[i], &w) ? e[i].points : 0;
    return w;
}

static const char *const topics[] = {"where", "with what", "what", "when", "day", "day", "day", "alert"};

static struct contribution contribution_of(struct score *s, const struct entry *e)
{
    struct contribution c = {.points = e->points, .time = e->time, .origin = e->origin, .group = str_of(topics[e->topic]),
                             .n_user = e->n_user, .total_user = e->total_user, .n_peers = e->n_peers, .peers = e->peers,
                             .n_org = e->n_org, .total_org = e->total_org, .p = 1};
    c.kind = e->topic == TOPIC_ALERT ? CONTRIBUTION_ALERT : e->topic >= TOPIC_DAY_EVIDENCE ? CONTRIBUTION_DAY : CONTRIBUTION_ACTIVITY;
    if (e->topic == TOPIC_ALERT)
        memcpy(c.ref, e->alert, sizeof e->alert);
    else
        (void)hash_hex(c.ref, e->id, 16);
    if (e->topic != TOPIC_ALERT)
        c.p = pow(10, e->log10p);
    c.value = receipt_value(s, e);
    c.text = receipt_text(s, e);
    return c;
}

static int by_points(const void *a, const void *b)
{
    const struct contribution *x = a, *y = b;
    if (x->counted != y->counted)
        return x->counted ? -1 : 1;
    if (x->points != y->points)
        return y->points - x->points;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    int group = str_cmp(x->group, y->group);
    int value = group ? group : str_cmp(x->value, y->value);
    return value ? value : strcmp(x->ref, y->ref);
}

static int describe(struct score *s, uint32_t user, const struct window *w, struct person *p, struct contribution *out)
{
    uint32_t n;
    const struct entry *all = in_time_order(s, user, &n);
    if (!all)
        return ERR_MEMORY;
    p->entity = s->users[user].entity;
    p->score = w->score;
    p->to = w->to;
    p->from = w->from;
    p->baseline_days = s->users[user].days;
    p->baseline_events = s->users[user].events;
    p->contributions = out;
    for (uint32_t i = 0; i < n; i++) {
        const struct entry *e = &all[i];
        int64_t ago = days_ago(e, w);
        if (ago >= 0 && ago < 14 && e->time >= w->forgotten && (e->time < w->to || !w->history))
            p->days[13 - ago] += e->points;
        if (!listed(e, w))
            continue;
        out[p->ncontributions] = contribution_of(s, e);
        out[p->ncontributions++].counted = inside(e, w);
        if (e->topic != TOPIC_ALERT && !w->history) {
            p->baseline_days = e->days;
            p->baseline_events = e->events;
        }
    }
    qsort(out, p->ncontributions, sizeof *out, by_points);
    return 0;
}

static struct str name_of(const struct score *s, uint32_t entity)
{
    return dir_entity(s->dir, entity)->name;
}

/* qsort has no context: people carry what they are compared by */
struct place {
    struct window window;
    struct str name, id;
    uint32_t user;
};

static int by_score(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->window.score != y->window.score)
        return y->window.score - x->window.score;
    int name = str_cmp(x->name, y->name);
    return name ? name : str_cmp(x->id, y->id);
}

/* ---- percentile: a sweep over days with a tree of counts by score ---- */

struct change {
    int64_t day;
    int kind; /* -1 leaves before the day is asked, 0 arrives, 1 asks */
    uint32_t place;
};

static int by_day(const void *a, const void *b)
{
    const struct change *x = a, *y = b;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind - y->kind;
    return (x->place > y->place) - (x->place < y->place);
}

static void tree_add(uint32_t *tree, uint32_t n, uint32_t at, int by)
{
    for (uint32_t i = at + 1; i <= n; i += i & -i)
        tree[i] += (uint32_t)by;
}

static uint32_t tree_sum(const uint32_t *tree, uint32_t before)
{
    uint32_t sum = 0;
    for (uint32_t i = before; i > 0; i -= i & -i)
        sum += tree[i];
    return sum;
}

static size_t changes_of(const struct score *s, const struct place *places, uint32_t n, struct change *c)
{
    size_t k = 0;
    for (uint32_t i = 0; i < n; i++) {
        const struct user *u = &s->users[places[i].user];
        for (unsigned j = 0; j < u->nspans; j++) {
            c[k++] = (struct change){u->spans[j].first, 0, i};
            c[k++] = (struct change){(int64_t)u->spans[j].last + ACTIVE, -1, i};
        }
        c[k++] = (struct change){time_day(places[i].window.to - 1), 1, i};
    }
    return k;
}

/* Mid-rank among those active; places are sorted from the highest score. */
static double mid_rank(const struct place *p, uint32_t n, const uint32_t *tree, uint32_t at)
{
    uint32_t first = at, last = at + 1;
    uint32_t low = 0, high = at; /* first place with the same score */
    while (low < high) {
        uint32_t mid = (low + high) / 2;
        if (p[mid].window.score > p[at].window.score)
            low = mid + 1;
        else
            high = mid;
    }
    first = low;
    for (low = at, high = n; low < high;) { /* first place with a lower one */
        uint32_t mid = (low + high) / 2;
        if (p[mid].window.score >= p[at].window.score)
            low = mid + 1;
        else
            high = mid;
    }
    last = low;
    double all = tree_sum(tree, n), above = tree_sum(tree, first), to_last = tree_sum(tree, last);
    return all > 0 ? 100 * (all - to_last + 0.5 * (to_last - above)) / all : 50;
}

static int percentiles(const struct score *s, const struct place *places, uint32_t n, struct person *people)
{
    struct change *c = calloc((size_t)n * (2 * SPANS + 1) + 1, sizeof *c);
    uint32_t *tree = calloc((size_t)n + 1, sizeof *tree);
    if (c && tree) {
        size_t k = changes_of(s, places, n, c);
        qsort(c, k, sizeof *c, by_day);
        for (size_t i = 0; i < k; i++) {
            if (c[i].kind == 1)
                people[c[i].place].percentile = mid_rank(places, n, tree, c[i].place);
            else
                tree_add(tree, n, c[i].place, c[i].kind == 0 ? 1 : -1);
        }
    }
    int err = c && tree ? 0 : ERR_MEMORY;
    free(c);
    free(tree);
    return err;
}

static int64_t forgotten(struct score *s, uint32_t entity)
{
    const int64_t *before = table_get(&s->forgotten, entity);
    return before ? *before : INT64_MIN;
}

/* The places taken, and how many contributions will be listed. */
static int find_windows(struct score *s, const int64_t *now, struct place *places, uint32_t *taken, size_t *parts)
{
    int64_t end = s->last_time == TIME_NONE ? 0 : hour_of(s->last_time);
    for (uint32_t u = 0; u < s->nusers; u++) {
        uint32_t n, entity = s->users[u].entity;
        if (s->users[u].merged || !dir_entity(s->dir, entity))
            continue;
        const struct entry *e = in_time_order(s, u, &n);
        if (!e)
            return ERR_MEMORY;
        struct window w = now ? last_week(e, n, *now, forgotten(s, entity)) : worst(e, n, end);
        places[(*taken)++] = (struct place){w, name_of(s, entity), dir_entity(s->dir, entity)->id, u};
        for (uint32_t i = 0; i < n; i++)
            *parts += listed(&e[i], &w);
    }
    return 0;
}

int rank_people(struct score *s, const int64_t *now, struct score_result *out)
{
    struct place *places = calloc((size_t)s->nusers + 1, sizeof *places);
    if (!places)
        return ERR_MEMORY;
    size_t parts = 0, at = 0;
    uint32_t n = 0;
    int err = find_windows(s, now, places, &n, &parts);
    qsort(places, n, sizeof *places, by_score);
    free(s->people);
    free(s->contributions);
    s->people = calloc((size_t)n + 1, sizeof *s->people);
    s->contributions = calloc(parts + 1, sizeof *s->contributions);
    if (!err && (!s->people || !s->contributions))
        err = ERR_MEMORY;
    for (uint32_t i = 0; i < n && !err; i++) {
        err = describe(s, places[i].user, &places[i].window, &s->people[i], s->contributions + at);
        at += s->people[i].ncontributions;
    }
    if (!err)
        err = percentiles(s, places, n, s->people);
    free(places);
    if (!err)
        *out = (struct score_result){s->people, n, s->first_time, s->last_time};
    return err;
}
