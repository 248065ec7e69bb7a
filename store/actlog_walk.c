/* store/actlog_walk.c - the wanted rows of every segment and of the tail, merged in one order.
 *
 * A segment is only looked into when its bounds say that its next row could come first. */
#include "store/actlog_private.h"

#include <stdlib.h>

struct place {
    int64_t key; /* of the order */
    uint64_t number;
    uint32_t row;
};

struct source {
    const struct segment *segment; /* NULL: the tail */
    int64_t bound;                 /* no row comes before this, in the walk's direction */
    bool open, done;
    struct rowset set;
    int64_t at;                    /* row; or index into places */
    struct place *places;          /* unless a segment in order of time */
    size_t nplaces;
    struct block_reader blocks;
    struct str head;               /* when open and not done */
};

static int64_t key_of(enum walk_order o, const uint8_t *row)
{
    return o == WALK_TIME ? row_time(row) : o == WALK_CREATED ? row_created(row) : (int64_t)row_number(row);
}

/* ---- places: rows of a source sorted by something that is not their own order ---- */

static int by_place(const void *x, const void *y)
{
    const struct place *a = x, *b = y;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

static int by_row(const void *x, const void *y, void *owner)
{
    const struct tail *t = owner;
    return memcmp(row_key(t->rows[((const struct place *)x)->row].bytes), row_key(t->rows[((const struct place *)y)->row].bytes), ROW_KEY);
}

static int segment_places(struct walk *w, struct source *s)
{
    struct buf created = {0}, numbers = {0};
    int err = segment_read(s->segment, &w->reader, &s->segment->numbers, &numbers);
    if (!err && w->order == WALK_CREATED)
        err = segment_read(s->segment, &w->reader, &s->segment->created, &created);
    size_t n = 0;
    for (int64_t i = err ? -1 : rowset_next(&s->set, 0, false); i >= 0; i = rowset_next(&s->set, i + 1, false)) {
        uint64_t number = le_get((const uint8_t *)numbers.p + 8 * i, 8);
        int64_t key = w->order == WALK_CREATED ? (int64_t)le_get((const uint8_t *)created.p + 8 * i, 8) : (int64_t)number;
        s->places[n++] = (struct place){key, number, (uint32_t)i};
    }
    buf_free(&created);
    buf_free(&numbers);
    return err;
}

static void tail_places(struct walk *w, struct source *s)
{
    const struct tail *t = w->snapshot->tail;
    size_t n = 0;
    for (int64_t i = rowset_next(&s->set, 0, false); i >= 0; i = rowset_next(&s->set, i + 1, false))
        s->places[n++] = (struct place){key_of(w->order, t->rows[i].bytes), row_number(t->rows[i].bytes), (uint32_t)i};
}

static int sort_places(struct walk *w, struct source *s)
{
    int err = 0;
    s->nplaces = rowset_count(&s->set);
    s->places = malloc((s->nplaces ? s->nplaces : 1) * sizeof *s->places);
    if (!s->places)
        return ERR_MEMORY;
    if (s->segment)
        err = segment_places(w, s);
    else
        tail_places(w, s);
    if (!err && w->order == WALK_TIME)
        qsort_r(s->places, s->nplaces, sizeof *s->places, by_row, w->snapshot->tail);
    else if (!err)
        qsort(s->places, s->nplaces, sizeof *s->places, by_place);
    return err;
}

/* ---- sources ---- */

static int open_source(struct walk *w, struct source *s)
{
    int err = s->segment ? find_in_segment(w->wanted, s->segment, &w->reader, &s->set)
                         : find_in_tail(w->wanted, w->snapshot->tail, w->snapshot->ntail, &s->set);
    if (err)
        return err;
    s->open = true;
    if (s->segment)
        block_reader_open(&s->blocks, s->segment, &w->reader);
    if (!s->segment || w->order != WALK_TIME)
        err = sort_places(w, s);
    int64_t last = s->places ? (int64_t)s->nplaces : (int64_t)s->set.rows;
    s->at = w->down ? last : -1;
    return err;
}

/* The next row of the source becomes its head. */
static int advance(struct walk *w, struct source *s)
{
    int64_t row = -1;
    s->at += w->down ? -1 : 1;
    if (!s->places)
        row = s->at = rowset_next(&s->set, s->at, w->down);
    else if (s->at >= 0 && s->at < (int64_t)s->nplaces)
        row = s->places[s->at].row;
    s->done = row < 0;
    if (s->done)
        return 0;
    if (s->segment)
        return block_reader_row(&s->blocks, (uint32_t)row, &s->head);
    const struct tail_row *t = &w->snapshot->tail->rows[row];
    s->head = (struct str){(const char *)t->bytes, t->n};
    return 0;
}

static int64_t bound_of(const struct walk *w, const struct seg_info *i)
{
    switch (w->order) {
    case WALK_TIME: return w->down ? i->last_time : i->first_time;
    case WALK_CREATED: return w->down ? i->last_created : i->first_created;
    case WALK_NUMBER: return w->down ? (int64_t)i->last_number : (int64_t)i->first_number;
    }
    return 0;
}

int walk_open(struct walk *w, struct actlog *l, const struct wanted *wanted, enum walk_order order, bool down)
{
    *w = (struct walk){.wanted = wanted, .order = order, .down = down};
    int err = reader_open(&w->reader);
    if (err)
        return err;
    w->snapshot = snapshot_use(l);
    w->n = w->snapshot->nsegments + 1;
    w->sources = calloc(w->n, sizeof *w->sources);
    if (!w->sources) {
        walk_close(w);
        return ERR_MEMORY;
    }
    for (size_t i = 0; i + 1 < w->n; i++) {
        const struct seg_info *info = &w->snapshot->segments[i]->info;
        bool out = info->last_number <= wanted->after || info->first_number > wanted->upto;
        w->sources[i] = (struct source){.segment = w->snapshot->segments[i], .bound = bound_of(w, info), .done = out, .open = out};
    }
    w->sources[w->n - 1].bound = down ? INT64_MAX : INT64_MIN; /* the tail is always looked into */
    return 0;
}

void walk_close(struct walk *w)
{
    for (size_t i = 0; w->sources && i < w->n; i++) {
        struct source *s = &w->sources[i];
        rowset_free(&s->set);
        free(s->places);
        block_reader_close(&s->blocks);
    }
    free(w->sources);
    if (w->snapshot)
        snapshot_release(w->snapshot);
    reader_close(&w->reader);
}

/* Whether a comes before b in the walk. */
static bool before(const struct walk *w, const struct source *a, const struct source *b)
{
    const uint8_t *x = (const uint8_t *)a->head.p, *y = (const uint8_t *)b->head.p;
    int order;
    if (w->order == WALK_TIME) {
        order = memcmp(row_key(x), row_key(y), ROW_KEY);
    } else {
        int64_t i = key_of(w->order, x), j = key_of(w->order, y);
        order = i != j ? (i > j) - (i < j) : (row_number(x) > row_number(y)) - (row_number(x) < row_number(y));
    }
    return w->down ? order > 0 : order < 0;
}

/* Looks into every source whose next row could come before the best head. */
static int open_more(struct walk *w, struct source **best)
{
    for (size_t i = 0; i < w->n; i++) {
        struct source *s = &w->sources[i];
        int64_t head = *best ? key_of(w->order, (const uint8_t *)(*best)->head.p) : 0;
        if (s->open || (*best && (w->down ? s->bound < head : s->bound > head)))
            continue;
        int err = open_source(w, s);
        if (!err)
            err = advance(w, s);
        if (err)
            return err;
        if (!s->done && (!*best || before(w, s, *best)))
            *best = s;
    }
    return 0;
}

/* With no head at all, the unopened source whose bound comes first. */
static int open_first(struct walk *w, struct source **best)
{
    while (!*best) {
        struct source *next = NULL;
        for (size_t i = 0; i < w->n; i++) {
            struct source *s = &w->sources[i];
            if (!s->open && (!next || (w->down ? s->bound > next->bound : s->bound < next->bound)))
                next = s;
        }
        if (!next)
            return 0;
        int err = open_source(w, next);
        if (!err)
            err = advance(w, next);
        if (err)
            return err;
        *best = next->done ? NULL : next;
    }
    return 0;
}

int walk_next(struct walk *w, struct str *row)
{
    struct source *best = NULL;
    int err = w->at ? advance(w, w->at) : 0;
    w->at = NULL;
    for (size_t i = 0; !err && i < w->n; i++) {
        struct source *s = &w->sources[i];
        if (s->open && !s->done && (!best || before(w, s, best)))
            best = s;
    }
    if (!err && !best)
        err = open_first(w, &best);
    if (!err && best)
        err = open_more(w, &best);
    if (err)
        return err;
    w->at = best;
    if (!best)
        return 0;
    *row = best->head;
    return 1;
}
