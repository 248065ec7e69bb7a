/* store/actlog_merge.c - several segments become one, without what is to be dropped. */
#include "store/actlog_private.h"

#include <stdlib.h>

enum { STOP_EVERY = 4096 };
#define GONE UINT32_MAX

struct input {
    struct merge_input of;
    struct reader reader;
    struct block_reader blocks;
    uint32_t row;     /* at hand; info.rows at the end */
    struct str head;
    uint32_t *map;    /* old row to new, or GONE */
    uint32_t chunk, value; /* at hand; nchunks at the end */
    struct buf raw_values, raw_rows;
    struct items values, rows;
};

struct merge {
    struct input *in;
    size_t n;
    struct seg_writer *writer;
    uint32_t rows; /* written */
    struct rowset bits;
    struct buf list;
    atomic_bool *stop;
};

/* ---- rows ---- */

static int next_row(struct input *in)
{
    const struct segment *s = in->of.segment;
    while (in->row < s->info.rows && in->of.drop && rowset_has(in->of.drop, in->row))
        in->map[in->row++] = GONE;
    return in->row < s->info.rows ? block_reader_row(&in->blocks, in->row, &in->head) : 0;
}

static bool row_before(const struct input *a, const struct input *b)
{
    return memcmp(row_key((const uint8_t *)a->head.p), row_key((const uint8_t *)b->head.p), ROW_KEY) < 0;
}

/* The input with the first row, NULL at the end; *second: the one with the next. */
static struct input *first_row(struct merge *m, struct input **second)
{
    struct input *best = NULL;
    *second = NULL;
    for (size_t i = 0; i < m->n; i++) {
        struct input *in = &m->in[i];
        if (in->row >= in->of.segment->info.rows)
            continue;
        if (!best || row_before(in, best)) {
            *second = best;
            best = in;
        } else if (!*second || row_before(in, *second)) {
            *second = in;
        }
    }
    return best;
}

/* Rows of `in` as long as they come before those of `second`. */
static int write_run(struct merge *m, struct input *in, const struct input *second)
{
    int err = 0;
    do {
        err = seg_writer_row(m->writer, (const uint8_t *)in->head.p, in->head.n);
        in->map[in->row++] = m->rows++;
        if (!err)
            err = m->rows % STOP_EVERY == 0 && atomic_load(m->stop) ? ERR_LIMIT : next_row(in);
    } while (!err && in->row < in->of.segment->info.rows && (!second || row_before(in, second)));
    return err;
}

static int write_rows(struct merge *m)
{
    struct input *in, *second;
    int err = 0;
    for (size_t i = 0; !err && i < m->n; i++)
        err = next_row(&m->in[i]);
    while (!err && (in = first_row(m, &second)) != NULL)
        err = write_run(m, in, second);
    return err;
}

/* ---- values ---- */

static bool at_end(const struct input *in)
{
    return in->chunk >= in->of.segment->nchunks;
}

static enum actlog_value column_of(const struct input *in)
{
    return in->of.segment->chunks[in->chunk].column;
}

static int load_chunk(struct input *in)
{
    const struct segment *s = in->of.segment;
    if (at_end(in))
        return 0;
    const struct seg_chunk *c = &s->chunks[in->chunk];
    int err = segment_read(s, &in->reader, &c->values, &in->raw_values);
    if (!err)
        err = segment_read(s, &in->reader, &c->rows, &in->raw_rows);
    if (!err)
        err = items_open((const uint8_t *)in->raw_values.p, in->raw_values.n, c->n, &in->values);
    if (!err)
        err = items_open((const uint8_t *)in->raw_rows.p, in->raw_rows.n, c->n, &in->rows);
    return err || c->n ? err : ERR_MALFORMED;
}

static int next_value(struct input *in)
{
    if (++in->value < in->values.n)
        return 0;
    in->value = 0;
    in->chunk++;
    return load_chunk(in);
}

static int compare_values(const struct input *a, const struct input *b)
{
    if (column_of(a) != column_of(b))
        return column_of(a) < column_of(b) ? -1 : 1;
    return str_cmp(items_at(&a->values, a->value), items_at(&b->values, b->value));
}

/* Appends the new rows of the value at hand. */
static int add_rows(struct merge *m, const struct input *in)
{
    size_t from = m->list.n / 4, to = from;
    int err = rows_list(items_at(&in->rows, in->value), in->of.segment->info.rows, &m->list);
    if (err)
        return err;
    uint32_t *rows = (uint32_t *)(void *)m->list.p;
    for (size_t i = from; i < m->list.n / 4; i++)
        if (in->map[rows[i]] != GONE)
            rows[to++] = in->map[rows[i]];
    m->list.n = to * 4;
    return 0;
}

static int by_number(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

static void sort_rows(struct merge *m, uint32_t *rows, size_t n)
{
    size_t i = 1;
    while (i < n && rows[i - 1] < rows[i])
        i++;
    if (i >= n)
        return;
    if (n < m->rows / 64) {
        qsort(rows, n, sizeof *rows, by_number);
        return;
    }
    rowset_clear(&m->bits);
    for (i = 0; i < n; i++)
        rowset_put(&m->bits, rows[i]);
    i = 0;
    for (int64_t row = rowset_next(&m->bits, 0, false); row >= 0; row = rowset_next(&m->bits, row + 1, false))
        rows[i++] = (uint32_t)row;
}

/* One value with its rows in all inputs. */
static int write_value(struct merge *m, struct input *first)
{
    const enum actlog_value column = column_of(first);
    bool here[ACTLOG_FAN];
    int err = 0;
    m->list.n = 0;
    for (size_t i = 0; !err && i < m->n; i++) {
        here[i] = !at_end(&m->in[i]) && compare_values(&m->in[i], first) == 0;
        if (here[i])
            err = add_rows(m, &m->in[i]);
    }
    uint32_t *rows = (uint32_t *)(void *)m->list.p;
    size_t n = m->list.n / 4;
    if (!err && n) {
        sort_rows(m, rows, n);
        err = seg_writer_value(m->writer, column, items_at(&first->values, first->value), rows, (uint32_t)n);
    }
    for (size_t i = 0; !err && i < m->n; i++)
        if (here[i])
            err = next_value(&m->in[i]);
    return err;
}

static int write_values(struct merge *m)
{
    int err = 0;
    for (size_t i = 0; !err && i < m->n; i++)
        err = load_chunk(&m->in[i]);
    for (uint32_t done = 1; !err; done++) {
        struct input *first = NULL;
        for (size_t i = 0; i < m->n; i++)
            if (!at_end(&m->in[i]) && (!first || compare_values(&m->in[i], first) < 0))
                first = &m->in[i];
        if (!first)
            return 0;
        err = done % STOP_EVERY == 0 && atomic_load(m->stop) ? ERR_LIMIT : write_value(m, first);
    }
    return err;
}

/* ---- all ---- */

static int open_inputs(struct merge *m, const struct merge_input *in, uint32_t *rows)
{
    int err = 0;
    for (size_t i = 0; !err && i < m->n; i++) {
        struct input *x = &m->in[i];
        x->of = in[i];
        *rows += in[i].segment->info.rows;
        x->map = malloc((size_t)in[i].segment->info.rows * sizeof *x->map + 1);
        err = x->map ? reader_open(&x->reader) : ERR_MEMORY;
        block_reader_open(&x->blocks, in[i].segment, &x->reader);
    }
    return err || *rows <= ACTLOG_SEGMENT ? err : ERR_LIMIT;
}

static void close_inputs(struct merge *m)
{
    for (size_t i = 0; m->in && i < m->n; i++) {
        struct input *x = &m->in[i];
        free(x->map);
        reader_close(&x->reader);
        block_reader_close(&x->blocks);
        buf_free(&x->raw_values);
        buf_free(&x->raw_rows);
    }
    free(m->in);
}

int merge_build(const struct merge_input *in, size_t n, const char *folder, uint32_t id, atomic_bool *stop, struct seg_info *out)
{
    struct merge m = {.in = calloc(n, sizeof *m.in), .n = n, .stop = stop};
    uint32_t rows = 0;
    int err = !m.in ? ERR_MEMORY : n > ACTLOG_FAN ? ERR_LIMIT : open_inputs(&m, in, &rows);
    if (!err)
        err = rowset_open(&m.bits, rows, false);
    if (!err)
        err = seg_writer_open(folder, id, rows, 3, &m.writer);
    if (!err)
        err = write_rows(&m);
    if (!err)
        err = write_values(&m);
    if (!err)
        err = seg_writer_finish(m.writer, out);
    seg_writer_close(m.writer);
    close_inputs(&m);
    rowset_free(&m.bits);
    buf_free(&m.list);
    return err;
}
