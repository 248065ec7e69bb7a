/* score/score.c - the stream: activities in time order, then the alerts, then people. */
#include "score/stream.h"

#include "base/err.h"

#include <stdlib.h>

enum { RESETS = 100000 };

int score_open(struct score **out, const struct dir *dir, const struct score_options *options)
{
    struct score *s = calloc(1, sizeof *s);
    if (!s)
        return ERR_MEMORY;
    s->dir = dir;
    if (options)
        s->options = *options;
    s->nentities = dir_count(dir);
    s->user_of = calloc((size_t)s->nentities + 1, sizeof *s->user_of);
    ledger_open(&s->ledger, SCORE_ENTRIES);
    table_init(&s->forgotten, sizeof(int64_t), RESETS);
    arena_init(&s->texts, 65536, (size_t)1 << 30);
    s->first_time = s->last_time = TIME_NONE;
    s->day_evidence.endless = true; /* a sum over as many activities as the day has */
    s->day = s->peers_week = INT64_MIN;
    if (!s->user_of || model_open(&s->model, SCORE_VALUES, SCORE_CELLS) < 0) {
        score_close(s);
        return ERR_MEMORY;
    }
    *out = s;
    return 0;
}

void score_close(struct score *s)
{
    if (!s)
        return;
    for (unsigned c = 0; c < CLASSES; c++)
        for (unsigned i = 0; i < STATS; i++)
            free(s->classes[c][i]);
    model_close(&s->model);
    ledger_close(&s->ledger);
    table_free(&s->forgotten);
    arena_free(&s->texts);
    free(s->user_of);
    free(s->users);
    free(s->today);
    free(s->rates);
    free(s->touches);
    free(s->people);
    free(s->contributions);
    free(s);
}

static bool is_person(const struct score *s, uint32_t entity)
{
    const struct entity *e = dir_entity(s->dir, entity);
    return e && e->type == ENTITY_USER && !(e->flags & ENTITY_BUILTIN);
}

uint32_t score_user(struct score *s, uint32_t entity)
{
    if (!entity || entity > s->nentities)
        return 0;
    if (s->user_of[entity])
        return s->user_of[entity];
    entity = dir_number(s->dir, entity);
    if (!is_person(s, entity))
        return 0;
    if (s->user_of[entity])
        return s->user_of[entity];
    if (s->nusers == s->user_room) {
        uint32_t room = s->user_room ? s->user_room + s->user_room / 2 : 64;
        struct user *u = realloc(s->users, room * sizeof *u);
        if (!u) {
            s->failed = true;
            return 0;
        }
        s->users = u;
        s->user_room = room;
    }
    uint32_t i = s->nusers;
    if (model_user(&s->model, i) < 0 || ledger_user(&s->ledger, i) < 0) {
        s->failed = true;
        return 0;
    }
    s->users[i] = (struct user){.entity = entity};
    s->nusers++;
    return s->user_of[entity] = i + 1;
}

/* One more day of activity in the user's stretches; the oldest two melt when there are too many. */
static void mark_active(struct user *u, uint16_t day)
{
    if (u->nspans && day - u->spans[u->nspans - 1].last <= ACTIVE) {
        u->spans[u->nspans - 1].last = day;
        return;
    }
    if (u->nspans == SPANS) {
        u->spans[0].last = u->spans[1].last;
        memmove(u->spans + 1, u->spans + 2, (SPANS - 2) * sizeof *u->spans);
        u->nspans--;
    }
    u->spans[u->nspans++] = (struct span){day, day};
}

static struct today *today_of(struct score *s, uint32_t user)
{
    struct user *u = &s->users[user];
    if (u->today)
        return &s->today[u->today - 1];
    if (s->ntoday == s->today_room) {
        uint32_t room = s->today_room ? s->today_room * 2 : 64;
        struct today *t = realloc(s->today, room * sizeof *t);
        if (!t) {
            s->failed = true;
            return NULL;
        }
        s->today = t;
        s->today_room = room;
    }
    if (!u->nspans || u->spans[u->nspans - 1].last + RECENT < s->model.day)
        s->recent_users++;
    s->today[s->ntoday] = (struct today){.user = user, .entity = u->entity};
    u->today = ++s->ntoday;
    u->days++;
    mark_active(u, s->model.day);
    model_touch(&s->model, user);
    return &s->today[s->ntoday - 1];
}

/* Days as the model keeps them: 1970-01-01 to 2149-06-06. */
static uint16_t model_day_of(int64_t day)
{
    return (uint16_t)(day < 0 ? 0 : day > 65535 ? 65535 : day);
}

static void new_day(struct score *s, int64_t day)
{
    if (s->ntoday)
        days_end(s);
    if (s->options.keep_days)
        ledger_expire(&s->ledger, (day - s->options.keep_days) * TIME_DAY);
    s->day = day;
    s->known_days++;
    model_day(&s->model, model_day_of(day));
    int64_t week = day >= 0 ? day / 7 : (day - 6) / 7;
    if (week != s->peers_week || s->known_days <= 7) {
        s->peers_week = week;
        days_peers(s);
    }
}

void score_see(struct score *s, const struct activity *a)
{
    if (a->time == TIME_NONE || a->kind == KIND_PREAUTH_ASKED) /* to ask for a name is not to be its owner */
        return;
    uint32_t user = score_user(s, a->actor_entity);
    if (!user--)
        return;
    int64_t day = time_day(a->time);
    if (s->day == INT64_MIN || day > s->day)
        new_day(s, day);
    if (s->first_time == TIME_NONE)
        s->first_time = a->time;
    if (s->last_time == TIME_NONE || a->time > s->last_time)
        s->last_time = a->time;
    struct today *t = today_of(s, user);
    if (!t)
        return;
    t->n++;
    if (a->time > t->last || t->n == 1)
        t->last = a->time;
    judge_activity(s, a, user, t);
    s->users[user].events++;
}

int score_finish(struct score *s, const struct alert *const *alerts, size_t n, struct score_result *out)
{
    if (s->ntoday)
        days_end(s);
    int err = threats_count(s, alerts, n);
    if (!err && s->failed)
        err = ERR_MEMORY;
    return err ? err : rank_people(s, NULL, out);
}
