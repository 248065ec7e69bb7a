/* tools/sample/truth.c - collects the rows of truth.tsv and writes them in time order. */
#include "tools/sample/truth.h"

#include "base/buf.h"
#include "base/time.h"
#include "tools/sample/file.h"

#include <stdio.h>
#include <stdlib.h>

struct row {
    int64_t time;
    uint32_t order;
    struct str text;
};

struct truth {
    struct row *rows;
    uint32_t n, cap;
    int attacks, benigns;
};

struct truth *truth_new(void)
{
    struct truth *t = calloc(1, sizeof *t);
    if (!t)
        abort();
    return t;
}

static void add(struct truth *t, int64_t time, struct buf *text)
{
    if (t->n == t->cap) {
        t->cap = t->cap ? 2 * t->cap : 256;
        t->rows = realloc(t->rows, t->cap * sizeof *t->rows);
        if (!t->rows)
            abort();
    }
    t->rows[t->n] = (struct row){time, t->n, buf_view(text)};
    t->n++;
}

void truth_attack(struct truth *t, int64_t time, const char *step, const char *who, const char *what, const char *expected)
{
    char text[TIME_TEXT];
    struct buf b = {0};
    buf_fmt(&b, "%s\tattack\t%s\t%s\t%s\t%s\n", time_text(time, text).p, step, who, what, expected);
    add(t, time, &b);
    t->attacks++;
}

void truth_benign(struct truth *t, int64_t time, const char *oddity, const char *who, const char *what)
{
    char text[TIME_TEXT];
    struct buf b = {0};
    buf_fmt(&b, "%s\tbenign\t%s\t%s\t%s\tbenign\n", time_text(time, text).p, oddity, who, what);
    add(t, time, &b);
    t->benigns++;
}

void truth_rank(struct truth *t, const char *who, const char *why)
{
    struct buf b = {0};
    buf_fmt(&b, "-\trank\ttop\t%s\t%s\t-\n", who, why);
    add(t, INT64_MAX, &b);
}

int truth_attacks(const struct truth *t)
{
    return t->attacks;
}

int truth_benigns(const struct truth *t)
{
    return t->benigns;
}

static int by_time(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

void truth_close(struct truth *t, const char *path)
{
    struct file *f = file_open(path);
    if (t->n)
        qsort(t->rows, t->n, sizeof *t->rows, by_time);
    file_write(f, STR("time\tkind\tname\twho\twhat\texpected\n"));
    for (uint32_t i = 0; i < t->n; i++) {
        file_write(f, t->rows[i].text);
        free((void *)(uintptr_t)t->rows[i].text.p);
    }
    file_close(f);
    free(t->rows);
    free(t);
}
