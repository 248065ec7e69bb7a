/* app/hub_counted.c - alerts that were received put among those of the detections. */
#include "app/hub_counted.h"

#include "policy/cef_in.h"
#include "store/tab_alerts.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 20000 }; /* received ones, the latest */

struct gathering {
    struct db *db;
    struct counted *out;
    size_t room;
};

static int people_of(struct gathering *g, struct alert *a)
{
    size_t n = 0;
    int err = tab_alerts_users(g->db, str_of(a->id), a->users, ALERT_USERS, &n);
    a->nusers = (unsigned)n;
    return err;
}

static int take(void *owner, const struct stored_alert *s)
{
    struct gathering *g = owner;
    struct arena *texts = &g->out->texts;
    struct alert *a = s->withdrawn == TIME_NONE && g->out->n < g->room ? arena_zero(texts, sizeof *a) : NULL;
    if (!a)
        return s->withdrawn == TIME_NONE ? ERR_MEMORY : 0;
    memcpy(a->id, s->id, sizeof a->id);
    a->external_id = s->external_id;
    a->policy = str_dup(texts, s->policy);
    a->name = str_dup(texts, s->name);
    a->severity = s->severity;
    a->start = s->start;
    a->end = s->end;
    a->count = s->count;
    int err = people_of(g, a);
    if (!err && a->nusers)
        g->out->all[g->out->n++] = a;
    return err;
}

int counted_gather(struct db *db, const struct alert *const *own, size_t nown, bool received, int64_t since, struct counted *out)
{
    struct gathering g = {db, out, nown + MOST};
    *out = (struct counted){.n = nown};
    arena_init(&out->texts, 65536, (size_t)256 << 20);
    out->all = calloc(received ? g.room : nown + 1, sizeof *out->all);
    if (!out->all)
        return ERR_MEMORY;
    if (nown)
        memcpy(out->all, own, nown * sizeof *own);
    int err = received ? cef_in_each(db, since, MOST, take, &g) : 0;
    if (!err && out->n > nown)
        qsort(out->all, out->n, sizeof *out->all, alert_by_start);
    return err;
}

void counted_free(struct counted *c)
{
    free(c->all);
    arena_free(&c->texts);
}
