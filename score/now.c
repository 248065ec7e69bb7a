/* score/now.c - asking while feeding goes on, and what an analyst or a new directory changes in between.
 *
 * score_now works on a copy of the ledger and leaves everything else as it was. */
#include "score/stream.h"

#include "base/err.h"

#include <stdlib.h>

enum { HISTORY = 16 }; /* days that the chart may show, and the 24 hours that a contribution is counted once in */

/* People who have alerts and no activity yet were numbered for the question only. */
static void drop_users(struct score *s, uint32_t n)
{
    while (s->nusers > n)
        s->user_of[s->users[--s->nusers].entity] = 0;
    s->model.nusers = n;
}

int score_now(struct score *s, const struct alert *const *alerts, size_t n, int64_t now, struct score_result *out)
{
    struct ledger kept = s->ledger;
    uint32_t users = s->nusers;
    bool failed = s->failed;
    int err = ledger_copy(&s->ledger, &kept, now - HISTORY * TIME_DAY);
    if (err) {
        s->ledger = kept;
        return err;
    }
    arena_reset(&s->texts);
    err = days_provisional(s);
    if (!err)
        err = threats_count(s, alerts, n);
    if (!err && s->failed)
        err = ERR_MEMORY;
    if (!err)
        err = rank_people(s, &now, out);
    ledger_close(&s->ledger);
    s->ledger = kept;
    s->failed = failed;
    drop_users(s, users);
    return err;
}

int score_forget(struct score *s, uint32_t entity, int64_t before)
{
    bool fresh;
    int64_t *mark = table_put(&s->forgotten, dir_number(s->dir, entity), &fresh);
    if (!mark)
        return ERR_MEMORY;
    if (fresh || before > *mark)
        *mark = before;
    return 0;
}

/* User u is entity `to` by now, who may be a user already. */
static int lead(struct score *s, uint32_t u, uint32_t to)
{
    uint32_t other = s->user_of[to];
    s->user_of[s->users[u].entity] = other ? other : u + 1;
    if (!other) {
        s->users[u].entity = to;
        s->user_of[to] = u + 1;
        return 0;
    }
    s->users[u].merged = true;
    return ledger_join(&s->ledger, u, other - 1);
}

/* Resets were said of numbers, too. */
static int lead_marks(struct score *s, const struct dir *dir)
{
    for (uint32_t e = 1; e <= s->nentities; e++) {
        const int64_t *mark = table_get(&s->forgotten, e);
        uint32_t to = mark ? dir_number(dir, e) : 0;
        int err = to && to != e ? score_forget(s, to, *mark) : 0;
        if (err)
            return err;
    }
    return 0;
}

int score_directory(struct score *s, const struct dir *dir)
{
    uint32_t count = dir_count(dir);
    if (count > s->nentities) {
        uint32_t *grown = realloc(s->user_of, ((size_t)count + 1) * sizeof *grown);
        if (!grown)
            return ERR_MEMORY;
        memset(grown + s->nentities + 1, 0, (count - s->nentities) * sizeof *grown);
        s->user_of = grown;
        s->nentities = count;
    }
    s->dir = dir;
    int err = lead_marks(s, dir);
    for (uint32_t u = 0; !err && u < s->nusers; u++) {
        uint32_t to = dir_number(dir, s->users[u].entity);
        if (!s->users[u].merged && to && to != s->users[u].entity)
            err = lead(s, u, to);
    }
    return err;
}
