/* store/actlog_top.c - the commonest values of columns among the newest matching rows. */
#include "store/actlog_private.h"

#include "base/arena.h"
#include "base/hash.h"

#include <stdlib.h>

struct counter {
    struct actlog_top *values; /* texts live in the arena */
    uint32_t n, room;
    uint32_t *slots, mask; /* index + 1 */
    struct arena *texts;
};

static bool grow(struct counter *c)
{
    uint32_t room = c->room ? c->room * 2 : 256;
    struct actlog_top *values = realloc(c->values, room * sizeof *values);
    if (!values)
        return false;
    c->values = values;
    uint32_t *slots = calloc((size_t)room * 2, sizeof *slots);
    if (!slots)
        return false;
    free(c->slots);
    c->slots = slots;
    c->room = room;
    c->mask = room * 2 - 1;
    for (uint32_t i = 0; i < c->n; i++) {
        uint32_t at = (uint32_t)hash_stri(values[i].value, 0) & c->mask;
        while (slots[at])
            at = (at + 1) & c->mask;
        slots[at] = i + 1;
    }
    return true;
}

static int count(struct counter *c, struct str value)
{
    if (c->n == c->room && !grow(c))
        return ERR_MEMORY;
    uint32_t at = (uint32_t)hash_stri(value, 0) & c->mask;
    while (c->slots[at] && !str_eqi(c->values[c->slots[at] - 1].value, value))
        at = (at + 1) & c->mask;
    if (!c->slots[at]) {
        struct str kept = str_dup(c->texts, value);
        if (!str_set(kept))
            return ERR_LIMIT;
        c->values[c->n] = (struct actlog_top){kept, 0};
        c->slots[at] = ++c->n;
    }
    c->values[c->slots[at] - 1].n++;
    return 0;
}

static struct str decimal(char text[24], int64_t v)
{
    int n = snprintf(text, 24, "%lld", (long long)v);
    return (struct str){text, (size_t)n};
}

static struct str value_of(const struct activity *a, enum actlog_column by, char text[IP_TEXT])
{
    switch (by) {
    case ACTLOG_BY_APP: return a->app;
    case ACTLOG_BY_KIND: return act_kind(a);
    case ACTLOG_BY_ACTOR: return a->actor_entity ? decimal(text, a->actor_entity) : STR_NONE;
    case ACTLOG_BY_COUNTRY: return a->location.country;
    case ACTLOG_BY_NETWORK: return a->location.network;
    case ACTLOG_BY_IP: return ip_set(&a->ip) ? ip_text(&a->ip, text) : STR_NONE;
    case ACTLOG_BY_DEVICE: return a->device;
    case ACTLOG_BY_DESTINATION: return a->destination;
    case ACTLOG_BY_DAY: return decimal(text, time_day(a->time));
    }
    return STR_NONE;
}

static int by_count(const void *x, const void *y)
{
    const struct actlog_top *a = x, *b = y;
    return a->n != b->n ? (a->n < b->n) - (a->n > b->n) : str_cmpi(a->value, b->value);
}

enum { COLUMNS = ACTLOG_BY_DAY + 1 };

static int count_rows(struct counter *counters, struct walk *walk, const struct actlog_column_top *columns, size_t n, uint64_t most)
{
    const struct wanted *w = walk->wanted;
    struct actlog_row row;
    struct str bytes;
    char text[IP_TEXT];
    int got = 1, err = 0;
    for (uint64_t i = 0; !err && i < most && (got = walk_next(walk, &bytes)) == 1; i++) {
        err = row_unpack((const uint8_t *)bytes.p, bytes.n, &row, w->objects, w->facts);
        for (size_t k = 0; !err && k < n; k++) {
            struct str value = value_of(&row.activity, columns[k].by, text);
            if (str_set(value))
                err = count(&counters[k], value);
        }
    }
    return err ? err : got < 0 ? got : 0;
}

static void tell(struct counter *c, struct actlog_column_top *out)
{
    if (c->n)
        qsort(c->values, c->n, sizeof *c->values, by_count);
    out->distinct = c->n;
    out->n = c->n < out->room ? c->n : out->room;
    if (out->n)
        memcpy(out->top, c->values, out->n * sizeof *out->top);
}

int actlog_top(struct actlog *l, const struct filter *f, const struct actlog_view *v, uint64_t most, struct actlog_column_top *columns, size_t n,
               struct arena *texts)
{
    struct counter counters[COLUMNS] = {0};
    struct wanted w;
    struct walk walk;
    int err = n <= COLUMNS ? wanted_open(&w, f, v) : ERR_USAGE;
    if (err)
        return err;
    for (size_t i = 0; i < n; i++)
        counters[i].texts = texts;
    err = walk_open(&walk, l, &w, WALK_TIME, true);
    if (!err) {
        err = count_rows(counters, &walk, columns, n, most);
        walk_close(&walk);
    }
    for (size_t i = 0; i < n; i++) {
        if (!err)
            tell(&counters[i], &columns[i]);
        free(counters[i].values);
        free(counters[i].slots);
    }
    wanted_close(&w);
    return err;
}
