/* store/actlog_look.c - the distinct values of a segment's column, and the rows that have them. */
#include "store/actlog_private.h"

void look_open(struct look *l, const struct segment *s, struct reader *r)
{
    *l = (struct look){.segment = s, .reader = r, .values_at = -1, .rows_at = -1};
}

void look_close(struct look *l)
{
    buf_free(&l->values);
    buf_free(&l->rows);
    buf_free(&l->folded);
}

struct str look_fold(struct look *l, struct str text)
{
    l->folded.n = 0;
    char *to = buf_room(&l->folded, text.n ? text.n : 1);
    for (size_t i = 0; to && i < text.n; i++)
        to[i] = str_lower_char(text.p[i]);
    return to ? (struct str){to, text.n} : STR_NONE;
}

static int load_values(struct look *l, uint32_t chunk)
{
    const struct seg_chunk *c = &l->segment->chunks[chunk];
    if (l->values_at == chunk)
        return 0;
    l->values_at = -1;
    int err = segment_read(l->segment, l->reader, &c->values, &l->values);
    if (!err)
        err = items_open((const uint8_t *)l->values.p, l->values.n, c->n, &l->vi);
    if (!err)
        l->values_at = chunk;
    return err;
}

/* Adds the rows of value i of the chunk. */
static int hit(struct look *l, uint32_t chunk, uint32_t i)
{
    const struct seg_chunk *c = &l->segment->chunks[chunk];
    int err = 0;
    if (l->rows_at != chunk) {
        l->rows_at = -1;
        err = segment_read(l->segment, l->reader, &c->rows, &l->rows);
        if (!err)
            err = items_open((const uint8_t *)l->rows.p, l->rows.n, c->n, &l->ri);
        if (!err)
            l->rows_at = chunk;
    }
    return err ? err : rows_unpack(items_at(&l->ri, i), l->set);
}

/* The chunk in which the text is, if it is there at all. */
static uint32_t chunk_of(const struct segment *s, enum actlog_value column, struct str text)
{
    uint32_t low = s->column[column], high = s->column[column + 1];
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (str_cmp(s->chunks[middle].first, text) <= 0)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The first value that is not less. */
static uint32_t place_of(const struct items *it, struct str text)
{
    uint32_t low = 0, high = it->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (str_cmp(items_at(it, middle), text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int look_exact(struct look *l, enum actlog_value column, struct str text)
{
    uint32_t chunk = chunk_of(l->segment, column, text);
    if (chunk >= l->segment->column[column + 1])
        return 0;
    int err = load_values(l, chunk);
    if (err)
        return err;
    uint32_t i = place_of(&l->vi, text);
    return i < l->vi.n && str_eq(items_at(&l->vi, i), text) ? hit(l, chunk, i) : 0;
}

int look_prefix(struct look *l, enum actlog_value column, struct str text)
{
    uint32_t end = l->segment->column[column + 1];
    int err = 0;
    for (uint32_t chunk = chunk_of(l->segment, column, text); !err && chunk < end; chunk++) {
        err = load_values(l, chunk);
        if (err)
            return err;
        uint32_t i = place_of(&l->vi, text);
        for (; !err && i < l->vi.n && str_starts(items_at(&l->vi, i), text); i++)
            err = hit(l, chunk, i);
        if (i < l->vi.n)
            return err;
    }
    return err;
}

/* Texts of one chunk lie one after another: one search over all of them. */
static int inside_chunk(struct look *l, uint32_t chunk, struct str text)
{
    struct str all = {(const char *)l->vi.bytes, l->vi.n ? items_end(&l->vi, l->vi.n - 1) : 0};
    size_t at = 0;
    uint32_t i = 0;
    int err = 0;
    while (!err && at < all.n) {
        const char *found = memmem(all.p + at, all.n - at, text.p, text.n);
        if (!found)
            break;
        at = (size_t)(found - all.p);
        while (i < l->vi.n && items_end(&l->vi, i) <= at)
            i++;
        if (i == l->vi.n)
            break;
        if (at + text.n > items_end(&l->vi, i)) { /* over the border of two */
            at++;
            continue;
        }
        err = hit(l, chunk, i);
        at = items_end(&l->vi, i);
    }
    return err;
}

int look_inside(struct look *l, enum actlog_value column, struct str text)
{
    int err = 0;
    if (text.n == 0)
        return look_prefix(l, column, text);
    for (uint32_t chunk = l->segment->column[column]; !err && chunk < l->segment->column[column + 1]; chunk++) {
        err = load_values(l, chunk);
        if (!err)
            err = inside_chunk(l, chunk, text);
    }
    return err;
}

int look_term(struct look *l, enum actlog_value column, const struct filter_term *t)
{
    int err = 0;
    for (uint32_t chunk = l->segment->column[column]; !err && chunk < l->segment->column[column + 1]; chunk++) {
        err = load_values(l, chunk);
        for (uint32_t i = 0; !err && i < l->vi.n; i++)
            if (actlog_test(t, column, items_at(&l->vi, i)))
                err = hit(l, chunk, i);
    }
    return err;
}
