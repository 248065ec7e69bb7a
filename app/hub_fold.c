/* app/hub_fold.c - the log folded into alerts and scores, and the link's steps.
 *
 * What arrives in order of time is fed to the running judges at once. When the past changes, new judges are
 * folded over the whole visible log and then take the place of the old ones, which go on meanwhile. */
#include "app/hub_private.h"

#include "app/hub_judges.h"
#include "store/tab_settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    STEP_MS = 200,          /* between looks at what arrived */
    QUIET_SECONDS = 2,      /* without late arrivals before they are folded in */
    SHARE = 9,              /* the next fold waits this many times as long as the last one took */
    PUBLISH_SECONDS = 2,
    ASIDE = 20000           /* rows of a fold between looks at what arrived meanwhile */
};

#define POLICED "policies.seen" /* setting: arrivals up to this number have met the activity policies */

struct hub_fold {
    struct hub *h;
    struct judges *judges;      /* the running ones */
    struct judges *next;        /* being folded; NULL otherwise */
    struct arena arena;
    struct licensing may;
    struct stored_link link;
    struct actlog_view view;    /* what the running judges have seen */
    bool identity;              /* identity detections run */
    bool dirty;                 /* the past changed: fold again as soon as allowed */
    bool urgent;                /* an administrator waits for it */
    uint64_t newest;            /* number of the newest arrival when the link was looked at: what is later may not have joined yet */
    uint64_t arrived;           /* arrivals up to this number have been looked at by the running judges */
    uint64_t policed;           /* ... and by the activity policies: those see each arrival once, whatever is folded */
    uint64_t late;              /* not yet folded in */
    int64_t last_late, fold_end, fold_took, published;
    /* of the fold under way */
    uint64_t upto, folded, total;
    int64_t fold_start;
    unsigned erasures;          /* what was being forgotten when it began */
    int64_t forgotten;          /* the latest request that was forgotten by then */
    atomic_uint percent;        /* 100: up to date; in 1/10000 */
    atomic_uint_fast64_t known; /* what published results know: arrivals up to this number; 0 while some wait for the next fold */
    int err;
};

static int64_t seconds_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec;
}

/* ---- what is visible ---- */

static struct actlog_view view_now(const struct hub_fold *f)
{
    struct actlog_view v = {.cloud = false};
    link_view(&f->link, &f->may, &v.cloud, &v.joined);
    return v;
}

static int look_at_link(struct hub_fold *f)
{
    arena_reset(&f->arena);
    int err = link_licensing(f->h->db, &f->h->keys, hub_now(), &f->arena, &f->may);
    return err ? err : tab_link_get(f->h->db, &f->arena, &f->link);
}

static int join(struct hub_fold *f)
{
    bool joins = f->link.state == LINK_CONNECTING || f->link.state == LINK_ON, changed;
    int err = 0;
    if (!f->may.hub || !joins)
        return 0;
    if (!f->may.atp) /* the licence has run out */
        err = link_want(f->h->db, false, STR("licence"), hub_now(), &changed);
    else if (f->newest > f->link.joined)
        err = link_joined(f->h->db, f->newest);
    else
        return 0;
    return err ? err : look_at_link(f);
}

/* What joins: everything that has arrived. Nothing later than f->newest is judged before the next of these steps: it would be
 * taken for something that is not to be seen. */
static int step_link(struct hub_fold *f)
{
    struct actlog_figures now;
    actlog_figures(f->h->log, &now);
    f->newest = now.last;
    int err = look_at_link(f);
    if (!err)
        err = join(f);
    f->view.joined = view_now(f).joined;
    return err;
}

/* The shores changed, rather than grew by what just arrived. */
static void notice_changes(struct hub_fold *f)
{
    struct actlog_view v = view_now(f);
    bool identity = link_shows_identity(&f->link, &f->may);
    bool moving = f->link.state == LINK_CONNECTING || f->link.state == LINK_DISCONNECTING;
    if (v.cloud != f->view.cloud || identity != f->identity || (moving && !f->next))
        f->dirty = f->urgent = true;
    unsigned changed = atomic_exchange(&f->h->changed, 0);
    if (changed & (1u << HUB_POLICIES | 1u << HUB_DIRECTORY | 1u << HUB_SUBNETS | 1u << HUB_FEEDBACK))
        f->dirty = f->urgent = true;
    if (changed & (1u << HUB_POLICIES | 1u << HUB_DIRECTORY | 1u << HUB_SUBNETS) && f->judges)
        (void)judges_new_policies(f->judges, f->judges);
    if (changed & 1u << HUB_ALERTS && f->judges)
        judges_told(f->judges);
    if (changed & 1u << HUB_DIRECTORY)
        (void)who_rebuild(f->h->who);
}

/* Somebody is being forgotten whom these judges know. */
static bool knows_too_much(const struct hub_fold *f)
{
    return f->erasures != atomic_load(&f->h->erasures);
}

/* ---- arrivals ---- */

static int police(void *owner, const struct actlog_row *row)
{
    struct hub_fold *f = owner;
    if (row->number <= f->policed)
        return 0;
    int err = judges_visible(&f->view, row) ? judges_policies(f->judges, row) : 0;
    if (!err)
        f->policed = row->number;
    return err;
}

static int arrive(void *owner, const struct actlog_row *row)
{
    struct hub_fold *f = owner;
    f->arrived = row->number;
    int err = police(f, row);
    if (err || !judges_visible(&f->view, row))
        return err;
    struct activity a = row->activity;
    if (judges_see(f->judges, &a))
        return 0;
    f->late++;
    f->last_late = seconds_now();
    return 0;
}

static int look_at_arrivals(struct hub_fold *f)
{
    int err = judges_directory(f->judges); /* which may come without any activity */
    if (err || f->newest <= f->arrived)
        return err;
    err = actlog_arrived(f->h->log, f->arrived, f->newest, arrive, f);
    f->arrived = err ? f->arrived : f->newest;
    return err;
}

/* The server's threads must not look at running judges: they get what these said last. */
static void tell_in(struct hub_fold *f, struct buf *slot, enum language language, void (*what)(const struct judges *j, enum language language, struct jout *out))
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    what(f->judges, language, &j);
    (void)pthread_mutex_lock(&f->h->health_lock);
    struct buf old = *slot;
    *slot = b;
    (void)pthread_mutex_unlock(&f->h->health_lock);
    buf_free(&old);
}

static void tell(struct hub_fold *f, struct buf slots[LANGUAGES], void (*what)(const struct judges *j, enum language language, struct jout *out))
{
    for (int l = 0; l < LANGUAGES; l++)
        tell_in(f, &slots[l], (enum language)l, what);
}

static int publish(struct hub_fold *f, bool at_once)
{
    int64_t now = seconds_now();
    if (knows_too_much(f)) {
        atomic_store(&f->known, 0);
        return 0;
    }
    bool waits = f->dirty || f->late || judges_stale(f->judges);
    if (waits)
        atomic_store(&f->known, 0);
    if (!at_once && now - f->published < PUBLISH_SECONDS)
        return 0;
    f->published = now;
    tell(f, f->h->blind, judges_blind);
    tell(f, f->h->learning, judges_learning);
    int err = judges_publish(f->judges);
    if (!err && !waits)
        atomic_store(&f->known, f->arrived);
    return err ? err : tab_settings_put_i64(f->h->db, POLICED, (int64_t)f->policed);
}

static int step_live(struct hub_fold *f)
{
    int err = step_link(f);
    if (err)
        return err;
    notice_changes(f);
    err = look_at_arrivals(f);
    return err ? err : publish(f, false);
}

/* ---- folding ---- */

enum { START_OVER = 1 };

static int fold_row(void *owner, const struct actlog_row *row)
{
    struct hub_fold *f = owner;
    if (row->number > f->upto)
        return 0;
    struct activity a = row->activity;
    judges_fold(f->next, &a);
    if (++f->folded % ASIDE)
        return 0;
    if (f->total)
        atomic_store(&f->percent, (unsigned)(f->folded < f->total ? f->folded * 10000 / f->total : 9999));
    (void)tab_settings_put_i64(f->h->db, HUB_PROGRESS, (int64_t)atomic_load(&f->percent)); /* for `vigie link status` */
    if (atomic_load(&f->h->stop))
        return ERR_LIMIT;
    if (knows_too_much(f))
        return START_OVER;
    return f->judges ? step_live(f) : step_link(f);
}

/* Running judges that know somebody who is being forgotten stop at once; the results shown are theirs until the next ones have seen the log. */
static void drop_who_knows(struct hub_fold *f)
{
    unsigned now = atomic_load(&f->h->erasures);
    if (now != f->erasures) {
        judges_close(f->judges);
        f->judges = NULL;
    }
    f->erasures = now;
}

static int start_fold(struct hub_fold *f)
{
    struct actlog_figures now;
    int err = step_link(f);
    if (err)
        return err;
    f->view = view_now(f);
    f->identity = link_shows_identity(&f->link, &f->may);
    actlog_figures(f->h->log, &now);
    f->upto = f->newest;
    f->folded = 0;
    f->total = now.activities[0] + now.activities[1];
    f->dirty = f->urgent = false;
    f->fold_start = seconds_now();
    atomic_store(&f->percent, 0);
    drop_who_knows(f);
    err = hub_erase_forgotten(f->h, &f->forgotten);
    return err ? err : judges_open(f->h, f->identity, &f->next);
}

static int take_over(struct hub_fold *f)
{
    if (knows_too_much(f))
        return START_OVER;
    int err = judges_new_policies(f->next, f->judges); /* they may have been changed since the fold began */
    if (err)
        return err;
    judges_close(f->judges);
    f->judges = f->next;
    f->next = NULL;
    f->arrived = f->upto; /* the new ones have not seen what came meanwhile */
    f->late = 0;
    f->fold_end = seconds_now();
    f->fold_took = f->fold_end - f->fold_start;
    /* What came between the last look and the fold is judged, but no policy has seen it. */
    err = f->policed < f->upto ? actlog_arrived(f->h->log, f->policed, f->upto, police, f) : 0;
    if (!err)
        err = look_at_arrivals(f);
    if (!err)
        err = publish(f, true);
    if (!err)
        err = judges_withdraw(f->judges, f->identity);
    if (!err)
        err = hub_erase_finish(f->h, f->forgotten);
    bool moving = f->link.state == LINK_CONNECTING || f->link.state == LINK_DISCONNECTING;
    if (!err && moving && f->identity == link_shows_identity(&f->link, &f->may))
        err = link_settled(f->h->db, hub_now());
    atomic_store(&f->percent, 10000);
    return err ? err : look_at_link(f);
}

/* After a start the log is read once for the names in it, so that nobody is judged without knowing who is who. */
static int learn_again(struct hub_fold *f)
{
    struct dir_learner *learner = NULL;
    if (who_warm(f->h->who))
        return 0;
    int err = hub_learn_log(f->h, &learner);
    if (!err)
        err = who_warm_up(f->h->who, learner);
    dir_learner_free(learner);
    return err;
}

static int fold(struct hub_fold *f)
{
    int err = learn_again(f);
    if (!err)
        err = start_fold(f);
    if (!err)
        err = actlog_scan(f->h->log, &f->view, TIME_NONE, fold_row, f);
    if (!err)
        err = take_over(f);
    if (err) {
        judges_close(f->next);
        f->next = NULL;
        f->dirty = true;
    }
    return err == START_OVER ? 0 : err;
}

static bool due(const struct hub_fold *f)
{
    int64_t now = seconds_now();
    if (!f->judges || knows_too_much(f) || (f->dirty && f->urgent))
        return true;
    if (now - f->fold_end < SHARE * f->fold_took)
        return false;
    return f->dirty || judges_stale(f->judges) || (f->late && (now - f->last_late >= QUIET_SECONDS || now - f->fold_end > 60));
}

/* ---- the thread ---- */

static int step(struct hub_fold *f)
{
    int err = due(f) ? fold(f) : step_live(f);
    if (err) { /* what the running judges did not get, a fold over everything gives them */
        f->dirty = true;
        atomic_store(&f->known, 0);
    }
    return err;
}

void *hub_fold_run(void *owner)
{
    struct hub *h = owner;
    struct hub_fold *f = h->fold;
    while (!atomic_load(&h->stop)) {
        int err = step(f);
        atomic_store(&h->fold_err, err);
        if (err && !atomic_load(&h->stop)) {
            (void)fprintf(stderr, "vigie: analysis: %s; trying again\n", err_text(err));
            (void)hub_wait(h, 2000);
        }
        (void)hub_wait(h, STEP_MS);
    }
    return NULL;
}

int hub_fold_open(struct hub *h)
{
    h->fold = calloc(1, sizeof *h->fold);
    if (!h->fold)
        return ERR_MEMORY;
    h->fold->h = h;
    arena_init(&h->fold->arena, 16384, 16 << 20);
    int64_t policed;
    int err = tab_settings_get_i64(h->db, POLICED, 0, &policed);
    h->fold->policed = err ? 0 : (uint64_t)policed;
    return err;
}

void hub_fold_close(struct hub *h)
{
    if (!h->fold)
        return;
    judges_close(h->fold->judges);
    judges_close(h->fold->next);
    arena_free(&h->fold->arena);
    free(h->fold);
    h->fold = NULL;
}

double hub_fold_progress(struct hub *h)
{
    return (double)atomic_load(&h->fold->percent) / 10000;
}

bool hub_fold_waits(struct hub *h)
{
    struct actlog_figures now;
    actlog_figures(h->log, &now);
    return now.last > atomic_load(&h->fold->known);
}
