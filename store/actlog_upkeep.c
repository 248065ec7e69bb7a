/* store/actlog_upkeep.c - segments are replaced: merged in the background, or written anew without what is forgotten. */
#include "store/actlog_private.h"

#include "base/hash.h"

#include <stdlib.h>
#include <unistd.h>

/* ---- replacing ---- */

struct replacement {
    struct buf gone;             /* ids, u32 */
    struct buf infos;            /* struct seg_info of new segments */
    struct segment **add;        /* opened */
    size_t nadd, room;
    struct items_writer *rows;   /* of the new tail, NULL: as it is */
    struct tail *tail;
};

static void drop_files(struct actlog *l, const uint32_t *ids, size_t n)
{
    char path[SEGMENT_PATH];
    for (size_t i = 0; i < n; i++)
        if (segment_path(l->folder, ids[i], path) == 0)
            (void)unlink(path);
}

static int open_added(struct actlog *l, struct replacement *x)
{
    const struct seg_info *infos = (const struct seg_info *)(const void *)x->infos.p;
    size_t n = x->infos.n / sizeof *infos;
    x->add = calloc(n + 1, sizeof *x->add);
    int err = x->add ? 0 : ERR_MEMORY;
    for (; !err && x->nadd < n; x->nadd += !err)
        err = segment_open(l->folder, &infos[x->nadd], &x->add[x->nadd]);
    return err;
}

/* Catalogue, readers, files: in this order, so that a kill leaves at most files that nobody names. */
static int replace(struct actlog *l, struct catalogue *c, struct replacement *x)
{
    const uint32_t *gone = (const uint32_t *)(const void *)x->gone.p;
    size_t ngone = x->gone.n / sizeof *gone;
    int err = x->gone.failed || x->infos.failed ? ERR_MEMORY : open_added(l, x);
    struct snapshot *s = err ? NULL : snapshot_prepare(l, x->nadd + 1);
    if (!err && !s)
        err = ERR_MEMORY;
    if (!err)
        err = catalogue_change(c, &(struct catalogue_change){gone, ngone, (const struct seg_info *)(const void *)x->infos.p, x->nadd, x->rows,
                                                            x->tail && x->tail->n ? row_number(x->tail->rows[0].bytes) : 0});
    if (err) {
        snapshot_abandon(l, s);
        return err;
    }
    snapshot_publish(l, s, &(struct snapshot_change){gone, ngone, x->add, x->nadd, x->tail, x->tail ? x->tail->n : 0, x->tail ? l->last : 0});
    drop_files(l, gone, ngone);
    return 0;
}

/* Files of new segments go again when they did not come into use. */
static void end_replacement(struct actlog *l, struct replacement *x, int err)
{
    const struct seg_info *infos = (const struct seg_info *)(const void *)x->infos.p;
    for (size_t i = 0; err && i < x->infos.n / sizeof *infos; i++)
        drop_files(l, &infos[i].id, 1);
    for (size_t i = 0; i < x->nadd; i++)
        segment_release(x->add[i]);
    free(x->add);
    buf_free(&x->gone);
    buf_free(&x->infos);
    if (x->rows)
        items_free(x->rows);
    tail_release(x->tail);
}

static int add_merged(struct actlog *l, struct replacement *x, const struct merge_input *in, size_t n)
{
    struct seg_info info;
    int err = merge_build(in, n, l->folder, actlog_next_id(l), &l->stop, &info);
    if (err)
        return err;
    buf_add(&x->infos, &info, sizeof info);
    return 0;
}

/* ---- merging ---- */

static bool is_small(const struct segment *s)
{
    return s->info.rows < ACTLOG_SEGMENT / 2;
}

/* A run of small neighbours that fills a segment, cannot grow any more, or is long: its length, from *first. 0: none. */
static size_t find_run(const struct snapshot *s, size_t *first)
{
    for (size_t i = 0; i < s->nsegments;) {
        uint64_t rows = 0;
        size_t n = 0;
        while (i + n < s->nsegments && n < ACTLOG_FAN && is_small(s->segments[i + n]) && rows + s->segments[i + n]->info.rows <= ACTLOG_SEGMENT)
            rows += s->segments[i + n++]->info.rows;
        if (n >= 2 && (n == ACTLOG_FAN || i + n < s->nsegments)) {
            *first = i;
            return n;
        }
        i += n ? n : 1;
    }
    return 0;
}

static int merge_run(struct actlog *l, struct segment *const *run, size_t n)
{
    struct merge_input in[ACTLOG_FAN];
    struct replacement x = {0};
    for (size_t i = 0; i < n; i++) {
        in[i] = (struct merge_input){run[i], NULL};
        buf_add(&x.gone, &run[i]->info.id, sizeof run[i]->info.id);
    }
    int err = add_merged(l, &x, in, n);
    if (!err)
        err = replace(l, l->workers, &x);
    end_replacement(l, &x, err);
    return err;
}

/* True: something was merged, there may be more. */
static bool merge_once(struct actlog *l)
{
    size_t first = 0;
    (void)pthread_mutex_lock(&l->upkeep);
    struct snapshot *s = snapshot_use(l);
    size_t n = atomic_load(&l->stop) ? 0 : find_run(s, &first);
    int err = n ? merge_run(l, s->segments + first, n) : 0;
    snapshot_release(s);
    (void)pthread_mutex_unlock(&l->upkeep);
    return n && !err;
}

static void *work(void *owner)
{
    struct actlog *l = owner;
    (void)pthread_mutex_lock(&l->work_lock);
    while (!atomic_load(&l->stop)) {
        (void)pthread_mutex_unlock(&l->work_lock);
        while (merge_once(l))
            ;
        (void)pthread_mutex_lock(&l->work_lock);
        if (!l->woken && !atomic_load(&l->stop))
            (void)pthread_cond_wait(&l->work, &l->work_lock);
        l->woken = false;
    }
    (void)pthread_mutex_unlock(&l->work_lock);
    return NULL;
}

int actlog_start_worker(struct actlog *l)
{
    l->started = pthread_create(&l->worker, NULL, work, l) == 0;
    return l->started ? 0 : ERR_MEMORY;
}

void actlog_wake_worker(struct actlog *l)
{
    (void)pthread_mutex_lock(&l->work_lock);
    l->woken = true;
    (void)pthread_cond_signal(&l->work);
    (void)pthread_mutex_unlock(&l->work_lock);
}

void actlog_stop_worker(struct actlog *l)
{
    if (!l->started)
        return;
    atomic_store(&l->stop, true);
    actlog_wake_worker(l);
    (void)pthread_join(l->worker, NULL);
    l->started = false;
}

/* ---- forgetting ---- */

static int drop_in_segment(struct actlog *l, const struct wanted *w, struct segment *s, struct replacement *x, uint64_t *sum)
{
    struct rowset drop;
    int err = find_in_segment(w, s, &l->reader, &drop);
    if (err)
        return err;
    uint64_t n = rowset_count(&drop);
    if (n)
        buf_add(&x->gone, &s->info.id, sizeof s->info.id);
    if (n && n < s->info.rows)
        err = add_merged(l, x, &(struct merge_input){s, &drop}, 1);
    *sum += n;
    rowset_free(&drop);
    return err;
}

/* A new tail of those that stay. */
static int drop_in_tail(const struct snapshot *s, const struct wanted *w, struct replacement *x, struct items_writer *rows, uint64_t *sum)
{
    struct rowset drop;
    int err = find_in_tail(w, s->tail, s->ntail, &drop);
    if (err)
        return err;
    uint64_t n = rowset_count(&drop);
    x->tail = n ? tail_new() : NULL;
    if (n && !x->tail)
        err = ERR_MEMORY;
    for (uint32_t i = 0; n && !err && i < s->ntail; i++)
        if (!rowset_has(&drop, i)) {
            err = tail_add(x->tail, s->tail->rows[i].bytes, s->tail->rows[i].n, s->tail->rows[i].app);
            items_add(rows, s->tail->rows[i].bytes, s->tail->rows[i].n);
        }
    x->rows = n ? rows : NULL;
    *sum += n;
    rowset_free(&drop);
    return err;
}

static int drop_all(struct actlog *l, const struct wanted *w, uint64_t *sum)
{
    struct replacement x = {0};
    struct items_writer rows = {0};
    struct snapshot *s = snapshot_use(l);
    int err = drop_in_tail(s, w, &x, &rows, sum);
    for (size_t i = 0; !err && i < s->nsegments; i++)
        err = drop_in_segment(l, w, s->segments[i], &x, sum);
    if (!err && *sum)
        err = replace(l, l->catalogue, &x);
    if (!err && x.tail)
        actlog_take_tail(l, x.tail);
    snapshot_release(s);
    end_replacement(l, &x, err);
    items_free(&rows);
    return err;
}

/* Deletes what is wanted. */
static int drop(struct actlog *l, const struct wanted *w, uint64_t *out)
{
    uint64_t sum = 0;
    int err = actlog_commit(l);
    if (err)
        return err;
    (void)pthread_mutex_lock(&l->upkeep);
    err = drop_all(l, w, &sum);
    (void)pthread_mutex_unlock(&l->upkeep);
    if (!err && sum)
        err = catalogue_forget(l->catalogue);
    if (!err)
        *out = sum;
    return err;
}

int actlog_expire(struct actlog *l, int64_t before, uint64_t *n)
{
    const struct filter_value older = {.from = INT64_MIN, .to = before - 1};
    const struct filter_term terms[] = {{.field = FIELD_ACTIVITY_DATE, .match = MATCH_RANGE, .values = &older, .n = 1},
                                        {.field = FIELD_ACTIVITY_CREATED, .match = MATCH_RANGE, .values = &older, .n = 1}};
    const struct filter f = {terms, 2};
    struct wanted w;
    if (before == INT64_MIN) {
        *n = 0;
        return 0;
    }
    int err = wanted_open(&w, &f, NULL);
    if (err)
        return err;
    err = drop(l, &w, n);
    wanted_close(&w);
    return err;
}

int actlog_forget(struct actlog *l, const uint32_t *entities, size_t n, uint64_t *gone)
{
    const uint32_t none = 0;
    const struct actlog_view of = {.cloud = true, .joined = UINT64_MAX, .people = n ? entities : &none, .npeople = n};
    struct wanted w;
    int err = wanted_open(&w, NULL, &of);
    if (err)
        return err;
    w.people[0] &= ~UINT64_C(1); /* activities without an actor are nobody's */
    err = drop(l, &w, gone);
    wanted_close(&w);
    return err;
}

/* One pass over the log for so many. */
static int forget_some(struct actlog *l, const uint8_t *ids, size_t n, uint64_t *gone)
{
    static const size_t room = 33;
    char *hex = malloc(n * room);
    struct filter_value *values = calloc(n, sizeof *values);
    struct wanted w;
    int err = hex && values ? 0 : ERR_MEMORY;
    for (size_t i = 0; !err && i < n; i++)
        values[i].text = hash_hex(hex + i * room, ids + i * 16, 16);
    const struct filter_term term = {.field = FIELD_ACTIVITY_ID, .match = MATCH_EQ, .values = values, .n = (unsigned)n};
    const struct filter f = {&term, 1};
    if (!err)
        err = wanted_open(&w, &f, NULL);
    if (!err) {
        err = drop(l, &w, gone);
        wanted_close(&w);
    }
    free(values);
    free(hex);
    return err;
}

int actlog_forget_ids(struct actlog *l, const uint8_t *ids, size_t n, uint64_t *gone)
{
    enum { AT_ONCE = 1000 };
    uint64_t sum = 0, some = 0;
    int err = 0;
    for (size_t at = 0; !err && at < n; at += AT_ONCE, sum += some)
        err = forget_some(l, ids + at * 16, n - at < AT_ONCE ? n - at : AT_ONCE, &some);
    if (!err)
        *gone = sum;
    return err;
}
