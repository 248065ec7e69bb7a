/* store/actlog_read.c - what readers ask of the activity log. */
#include "model/app.h"
#include "store/actlog_private.h"

#include "base/arena.h"
#include "base/hash.h"

#include <stdlib.h>

static int give(const struct wanted *w, struct str bytes, actlog_each *each, void *owner)
{
    struct actlog_row row;
    int err = row_unpack((const uint8_t *)bytes.p, bytes.n, &row, w->objects, w->facts);
    return err ? err : each(owner, &row);
}

static int page(struct walk *w, const struct actlog_query *q, actlog_each *each, void *owner, bool *more)
{
    struct str row;
    int got = 1, err = 0;
    for (uint32_t i = 0; i < q->skip && got == 1; i++)
        got = walk_next(w, &row);
    for (uint32_t i = 0; i < q->limit && got == 1 && !err; i++) {
        got = walk_next(w, &row);
        if (got == 1)
            err = give(w->wanted, row, each, owner);
    }
    if (!err && got == 1)
        got = walk_next(w, &row);
    if (err || got < 0)
        return err ? err : got;
    *more = got == 1;
    return 0;
}

int actlog_query(struct actlog *l, const struct actlog_query *q, actlog_each *each, void *owner, bool *more)
{
    struct wanted w;
    struct walk walk;
    int err = wanted_open(&w, q->filter, q->view);
    if (err)
        return err;
    if (q->upto)
        w.upto = q->upto;
    err = walk_open(&walk, l, &w, q->by_created ? WALK_CREATED : WALK_TIME, !q->ascending);
    if (!err) {
        err = page(&walk, q, each, owner, more);
        walk_close(&walk);
    }
    wanted_close(&w);
    return err;
}

/* ---- all ---- */

static int walk_all(struct actlog *l, const struct wanted *w, enum walk_order order, actlog_each *each, void *owner)
{
    struct walk walk;
    struct str row;
    int got = 1, err = walk_open(&walk, l, w, order, false);
    if (err)
        return err;
    while (!err && (got = walk_next(&walk, &row)) == 1)
        err = give(w, row, each, owner);
    walk_close(&walk);
    return err ? err : got;
}

int actlog_scan(struct actlog *l, const struct actlog_view *v, int64_t from, actlog_each *each, void *owner)
{
    struct wanted w;
    const struct filter_value since = {.from = from, .to = INT64_MAX};
    const struct filter_term term = {.field = FIELD_ACTIVITY_DATE, .match = MATCH_RANGE, .values = &since, .n = 1};
    const struct filter f = {&term, 1};
    int err = wanted_open(&w, from == TIME_NONE ? NULL : &f, v);
    if (err)
        return err;
    err = walk_all(l, &w, WALK_TIME, each, owner);
    wanted_close(&w);
    return err;
}

int actlog_arrived(struct actlog *l, uint64_t after, uint64_t upto, actlog_each *each, void *owner)
{
    struct wanted w;
    int err = wanted_open(&w, NULL, NULL);
    if (err)
        return err;
    w.after = after;
    w.upto = upto;
    err = walk_all(l, &w, WALK_NUMBER, each, owner);
    wanted_close(&w);
    return err;
}

/* ---- how many ---- */

static int count_all(struct actlog *l, const struct wanted *w, uint64_t most, uint64_t *n)
{
    struct snapshot *s = snapshot_use(l);
    struct reader r;
    struct rowset set;
    uint64_t sum = 0;
    int err = reader_open(&r);
    if (!err)
        err = find_in_tail(w, s->tail, s->ntail, &set);
    if (!err) {
        sum = rowset_count(&set);
        rowset_free(&set);
    }
    for (size_t i = s->nsegments; !err && sum <= most && i-- > 0;) {
        err = find_in_segment(w, s->segments[i], &r, &set);
        if (err)
            break;
        sum += rowset_count(&set);
        rowset_free(&set);
    }
    reader_close(&r);
    snapshot_release(s);
    if (!err)
        *n = sum;
    return err;
}

int actlog_count(struct actlog *l, const struct filter *f, const struct actlog_view *v, uint64_t most, uint64_t *n, bool *beyond)
{
    struct wanted w;
    uint64_t sum;
    int err = wanted_open(&w, f, v);
    if (err)
        return err;
    err = count_all(l, &w, most, &sum);
    wanted_close(&w);
    if (err)
        return err;
    *n = sum < most ? sum : most;
    *beyond = sum > most;
    return 0;
}

static int onprem_in(struct snapshot *s, const struct wanted *w, struct reader *r, uint64_t *out)
{
    struct rowset set;
    uint64_t sum = tail_onprem(s->tail, s->ntail, w->upto);
    int err = 0;
    for (size_t i = 0; !err && i < s->nsegments; i++) {
        const struct seg_info *info = &s->segments[i]->info;
        if (info->last_number <= w->upto) {
            sum += info->onprem;
        } else if (info->first_number <= w->upto) {
            err = find_in_segment(w, s->segments[i], r, &set);
            sum += err ? 0 : rowset_count(&set);
            if (!err)
                rowset_free(&set);
        }
    }
    if (!err)
        *out = sum;
    return err;
}

int actlog_onprem_upto(struct actlog *l, uint64_t number, uint64_t *n)
{
    const struct actlog_view onprem = {.joined = UINT64_MAX};
    struct wanted w;
    struct reader r;
    int err = wanted_open(&w, NULL, &onprem);
    if (err)
        return err;
    w.upto = number;
    err = reader_open(&r);
    if (!err) {
        struct snapshot *s = snapshot_use(l);
        err = onprem_in(s, &w, &r, n);
        snapshot_release(s);
        reader_close(&r);
    }
    wanted_close(&w);
    return err;
}

void actlog_figures(struct actlog *l, struct actlog_figures *out)
{
    struct snapshot *s = snapshot_use(l);
    struct actlog_figures f = {.last = s->last, .first_time = INT64_MAX, .last_time = TIME_NONE, .segments = (unsigned)s->nsegments};
    for (size_t i = 0; i < s->nsegments; i++) {
        const struct seg_info *info = &s->segments[i]->info;
        f.activities[SHORE_ONPREM] += info->onprem;
        f.activities[SHORE_CLOUD] += info->rows - info->onprem;
        f.first_time = info->first_time < f.first_time ? info->first_time : f.first_time;
        f.last_time = info->last_time > f.last_time ? info->last_time : f.last_time;
        f.bytes += info->bytes;
    }
    if (s->ntail) {
        const struct tail_sum *t = &s->tail->rows[s->ntail - 1].sum;
        f.activities[SHORE_ONPREM] += t->onprem;
        f.activities[SHORE_CLOUD] += s->ntail - t->onprem;
        f.first_time = t->first_time < f.first_time ? t->first_time : f.first_time;
        f.last_time = t->last_time > f.last_time ? t->last_time : f.last_time;
        f.bytes += t->bytes;
    }
    if (f.first_time == INT64_MAX)
        f.first_time = TIME_NONE;
    snapshot_release(s);
    *out = f;
}

/* ---- one ---- */

static int find_row(struct snapshot *s, struct reader *r, const uint8_t id[16], struct buf *out)
{
    for (uint32_t i = 0; i < s->ntail; i++)
        if (memcmp(row_id(s->tail->rows[i].bytes), id, 16) == 0) {
            buf_add(out, s->tail->rows[i].bytes, s->tail->rows[i].n);
            return out->failed ? ERR_MEMORY : 0;
        }
    for (size_t i = s->nsegments; i-- > 0;) {
        struct block_reader b;
        struct str bytes;
        uint32_t row;
        int err = find_id(s->segments[i], r, id, &row);
        if (err == ERR_NOT_FOUND)
            continue;
        block_reader_open(&b, s->segments[i], r);
        if (!err)
            err = block_reader_row(&b, row, &bytes);
        if (!err)
            buf_str(out, bytes);
        block_reader_close(&b);
        return err ? err : out->failed ? ERR_MEMORY : 0;
    }
    return ERR_NOT_FOUND;
}

static bool in_view(const struct wanted *w, const struct actlog_row *row)
{
    const struct actlog_view *v = w->view;
    const struct activity *a = &row->activity;
    bool shore = !v || (kind_shore(a->kind) == SHORE_CLOUD ? v->cloud : row->number <= v->joined);
    bool app = !v || !v->apps;
    for (size_t i = 0; !app && i < v->napps; i++)
        app = v->apps[i] == app_number(a->app);
    bool person = !w->people || (a->actor_entity < w->npeople && (w->people[a->actor_entity / 64] >> a->actor_entity % 64 & 1));
    return shore && app && person;
}

static int get_row(struct actlog *l, const uint8_t id[16], struct buf *bytes)
{
    struct reader r;
    int err = reader_open(&r);
    if (err)
        return err;
    struct snapshot *s = snapshot_use(l);
    err = find_row(s, &r, id, bytes);
    snapshot_release(s);
    reader_close(&r);
    return err;
}

int actlog_get(struct actlog *l, const struct actlog_view *v, const uint8_t id[16], uint8_t *flat, struct object *objects, struct fact *facts,
               struct actlog_row *out)
{
    struct wanted w;
    struct buf bytes = {0};
    struct actlog_row row;
    int err = wanted_open(&w, NULL, v);
    if (err)
        return err;
    err = get_row(l, id, &bytes);
    if (!err && bytes.n > ACTIVITY_PACKED_MAX)
        err = ERR_MALFORMED;
    if (!err)
        err = row_unpack(memcpy(flat, bytes.p, bytes.n), bytes.n, &row, objects, facts);
    if (!err && !in_view(&w, &row))
        err = ERR_NOT_FOUND;
    if (!err)
        *out = row;
    buf_free(&bytes);
    wanted_close(&w);
    return err;
}
