/* store/actlog_build.c - a tail becomes a segment: rows in order, and for each distinct value the rows that have it. */
#include "store/actlog_private.h"

#include "base/hash.h"

#include <stdlib.h>

enum { LEVEL = -1 }; /* of zstd: small segments do not last */

struct value {
    uint32_t at, n; /* in texts */
    enum actlog_value column;
    uint32_t rows;     /* how many have it */
    uint32_t last;     /* the last of them */
    uint32_t from;     /* its rows in the sorted list */
};

struct build {
    struct buf texts, folded;
    struct value *values;
    uint32_t n, room;
    uint32_t *slots, mask; /* index + 1 */
    struct buf pairs;      /* value, row: u32 each */
    uint32_t row;          /* at hand */
    bool failed;
    struct object objects[ACTIVITY_OBJECTS];
    struct fact facts[ACTIVITY_FACTS];
};

static uint64_t hash_value(const struct build *b, const struct value *v)
{
    return hash64(b->texts.p + v->at, v->n, (uint64_t)v->column);
}

static bool grow(struct build *b)
{
    uint32_t room = b->room ? b->room * 2 : 16384;
    struct value *values = realloc(b->values, room * sizeof *values);
    uint32_t *slots = values ? calloc((size_t)room * 2, sizeof *slots) : NULL;
    if (values)
        b->values = values;
    if (!slots)
        return false;
    free(b->slots);
    b->slots = slots;
    b->room = room;
    b->mask = room * 2 - 1;
    for (uint32_t i = 0; i < b->n; i++) {
        uint32_t at = (uint32_t)hash_value(b, &b->values[i]) & b->mask;
        while (slots[at])
            at = (at + 1) & b->mask;
        slots[at] = i + 1;
    }
    return true;
}

static bool is_value(const struct build *b, uint32_t i, enum actlog_value column, struct str text)
{
    const struct value *v = &b->values[i];
    return v->column == column && str_eq((struct str){b->texts.p + v->at, v->n}, text);
}

static struct value *value_of(struct build *b, enum actlog_value column, struct str text)
{
    if (b->n == b->room && !grow(b))
        return NULL;
    uint32_t at = (uint32_t)hash64(text.p, text.n, (uint64_t)column) & b->mask;
    while (b->slots[at] && !is_value(b, b->slots[at] - 1, column, text))
        at = (at + 1) & b->mask;
    if (!b->slots[at]) {
        b->values[b->n] = (struct value){(uint32_t)b->texts.n, (uint32_t)text.n, column, 0, UINT32_MAX, 0};
        buf_str(&b->texts, text);
        b->slots[at] = ++b->n;
    }
    return &b->values[b->slots[at] - 1];
}

static struct str fold(struct build *b, struct str s)
{
    b->folded.n = 0;
    char *to = buf_room(&b->folded, s.n);
    for (size_t i = 0; to && i < s.n; i++)
        to[i] = str_lower_char(s.p[i]);
    return to ? (struct str){to, s.n} : STR_NONE;
}

static void take(void *owner, enum actlog_value column, struct str text)
{
    struct build *b = owner;
    struct str folded = actlog_binary(column) ? text : fold(b, text);
    struct value *v = str_set(folded) ? value_of(b, column, folded) : NULL;
    if (!v || b->texts.failed) {
        b->failed = true;
        return;
    }
    if (v->last == b->row)
        return;
    uint32_t pair[2] = {(uint32_t)(v - b->values), b->row};
    v->last = b->row;
    v->rows++;
    buf_add(&b->pairs, pair, sizeof pair);
}

static int take_row(struct build *b, const struct tail_row *row)
{
    struct actlog_row r;
    int err = row_unpack(row->bytes, row->n, &r, b->objects, b->facts);
    for (unsigned c = 0; !err && c < VALUE_COUNT; c++)
        actlog_values(&r, (enum actlog_value)c, take, b);
    b->row++;
    return err ? err : b->failed || b->pairs.failed ? ERR_MEMORY : 0;
}

/* ---- in order ---- */

static int by_key(const void *a, const void *b)
{
    return memcmp(row_key((*(const struct tail_row *const *)a)->bytes), row_key((*(const struct tail_row *const *)b)->bytes), ROW_KEY);
}

static int by_value(const void *x, const void *y, void *owner)
{
    const struct build *b = owner;
    const struct value *v = &b->values[*(const uint32_t *)x], *w = &b->values[*(const uint32_t *)y];
    if (v->column != w->column)
        return v->column < w->column ? -1 : 1;
    return str_cmp((struct str){b->texts.p + v->at, v->n}, (struct str){b->texts.p + w->at, w->n});
}

/* All rows of value 0, of value 1 ...: rows are ascending within each because pairs came in order of rows. */
static uint32_t *sort_pairs(struct build *b)
{
    size_t n = b->pairs.n / 8;
    uint32_t *out = malloc((n ? n : 1) * sizeof *out), from = 0;
    for (uint32_t i = 0; out && i < b->n; i++) {
        b->values[i].from = from;
        from += b->values[i].rows;
        b->values[i].rows = 0;
    }
    for (size_t i = 0; out && i < n; i++) {
        uint32_t pair[2];
        memcpy(pair, b->pairs.p + 8 * i, 8);
        struct value *v = &b->values[pair[0]];
        out[v->from + v->rows++] = pair[1];
    }
    return out;
}

static int write_values(struct build *b, struct seg_writer *w)
{
    uint32_t *rows = sort_pairs(b), *order = malloc((b->n ? b->n : 1) * sizeof *order);
    int err = rows && order ? 0 : ERR_MEMORY;
    for (uint32_t i = 0; !err && i < b->n; i++)
        order[i] = i;
    if (!err)
        qsort_r(order, b->n, sizeof *order, by_value, b);
    for (uint32_t i = 0; !err && i < b->n; i++) {
        const struct value *v = &b->values[order[i]];
        err = seg_writer_value(w, v->column, (struct str){b->texts.p + v->at, v->n}, rows + v->from, v->rows);
    }
    free(rows);
    free(order);
    return err;
}

static int write_all(struct build *b, const struct tail_row **order, uint32_t n, struct seg_writer *w)
{
    int err = 0;
    for (uint32_t i = 0; !err && i < n; i++) {
        err = take_row(b, order[i]);
        if (!err)
            err = seg_writer_row(w, order[i]->bytes, order[i]->n);
    }
    return err ? err : write_values(b, w);
}

int tail_build(const struct tail *t, const char *folder, uint32_t id, struct seg_info *out)
{
    struct seg_writer *w = NULL;
    struct build *b = calloc(1, sizeof *b);
    const struct tail_row **order = malloc((t->n ? t->n : 1) * sizeof *order);
    int err = b && order ? seg_writer_open(folder, id, t->n, LEVEL, &w) : ERR_MEMORY;
    for (uint32_t i = 0; !err && i < t->n; i++)
        order[i] = &t->rows[i];
    if (!err) {
        qsort(order, t->n, sizeof(const struct tail_row *), by_key);
        err = write_all(b, order, t->n, w);
    }
    if (!err)
        err = seg_writer_finish(w, out);
    seg_writer_close(w);
    if (b) {
        buf_free(&b->texts);
        buf_free(&b->folded);
        buf_free(&b->pairs);
        free(b->values);
        free(b->slots);
    }
    free(b);
    free(order);
    return err;
}
