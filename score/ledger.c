/* score/ledger.c - what counts, once a day. */
#include "score/ledger.h"

#include "base/err.h"
#include "base/utf.h"

#include <math.h>
#include <stdlib.h>

#define MOST 4.0 /* group points */

void ledger_open(struct ledger *l, uint64_t max)
{
    *l = (struct ledger){.max = max};
}

static void free_book(struct account_book *b)
{
    free(b->entries);
    bookpack_free(&b->packed);
}

void ledger_close(struct ledger *l)
{
    for (uint32_t i = 0; i < l->nbooks; i++)
        free_book(&l->books[i]);
    free(l->books);
    free(l->all);
    *l = (struct ledger){0};
}

int ledger_user(struct ledger *l, uint32_t user)
{
    if (user >= l->room) {
        uint32_t room = l->room ? l->room : 64;
        while (room <= user)
            room += room / 2;
        struct account_book *b = realloc(l->books, room * sizeof *b);
        if (!b)
            return ERR_MEMORY;
        l->books = b;
        l->room = room;
    }
    while (l->nbooks <= user)
        l->books[l->nbooks++] = (struct account_book){0};
    return 0;
}

struct entry *ledger_find(struct ledger *l, uint32_t user, uint8_t topic, uint64_t value, int64_t time)
{
    struct account_book *b = &l->books[user];
    for (uint32_t i = b->n, seen = 0; i-- > 0 && seen < LEDGER_DAY; seen++) {
        struct entry *e = &b->entries[i];
        if (e->window <= time - TIME_DAY)
            break; /* entries come in the order of their windows */
        if (e->topic == topic && e->value == value)
            return e;
    }
    return NULL;
}

/* Packs what can no longer change, and drops what then shows no point. */
static void put_away(struct ledger *l, struct account_book *b, int64_t time)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < b->n; i++) {
        const struct entry *e = &b->entries[i];
        if (e->window > time - TIME_DAY || e->topic == TOPIC_ALERT)
            b->entries[n++] = *e;
        else if (e->points <= 0)
            l->n--;
        else if (!bookpack_add(&b->packed, e))
            b->entries[n++] = *e;
    }
    b->n = n;
}

/* Of what is packed, leaves contributions of `least` and more that began at or after `since`. */
static void drop_packed(struct ledger *l, struct account_book *b, int least, int64_t since)
{
    struct bookpack left = {0};
    struct bookpack_reader r = {.page = b->packed.first};
    for (struct entry e; bookpack_next(&r, &e);)
        if (e.points >= least && e.window >= since)
            (void)bookpack_add(&left, &e);
    l->n -= b->packed.n - left.n;
    bookpack_free(&b->packed);
    b->packed = left;
}

/* At the bound of all memory, nobody keeps contributions below `least` that are out of today's reach. */
static void drop_small(struct ledger *l, int64_t time)
{
    for (int least = 2; l->n > l->max - l->max / 4 && least <= 10; least++)
        for (uint32_t u = 0; u < l->nbooks; u++) {
            struct account_book *b = &l->books[u];
            uint32_t n = 0;
            for (uint32_t i = 0; i < b->n; i++)
                if (b->entries[i].points >= least || (least <= 9 && b->entries[i].window > time - TIME_DAY))
                    b->entries[n++] = b->entries[i];
            l->n -= b->n - n;
            b->n = n;
            drop_packed(l, b, least, INT64_MIN);
        }
}

static bool grow(struct account_book *b)
{
    uint32_t room = b->room ? b->room + b->room / 2 : 4;
    struct entry *e = realloc(b->entries, room * sizeof *e);
    if (!e)
        return false;
    b->entries = e;
    b->room = room;
    return true;
}

static bool crowded(const struct account_book *b)
{
    return b->n + b->n / 4 >= b->room;
}

struct entry *ledger_add(struct ledger *l, uint32_t user, uint8_t topic, uint64_t value, int64_t time)
{
    struct account_book *b = &l->books[user];
    if (l->n >= l->max)
        drop_small(l, time);
    if (b->n >= LEDGER_DAY && b->entries[b->n - LEDGER_DAY].window > time - TIME_DAY)
        return NULL;
    if (crowded(b))
        put_away(l, b, time);
    if (l->n >= l->max || (crowded(b) && !grow(b)))
        return NULL;
    struct entry *e = &b->entries[b->n++];
    l->n++;
    *e = (struct entry){.time = time, .window = time, .topic = topic, .value = value};
    return e;
}

struct entry *ledger_append(struct ledger *l, uint32_t user, uint8_t topic, int64_t time)
{
    struct account_book *b = &l->books[user];
    if (b->n == b->room && !grow(b))
        return NULL;
    struct entry *e = &b->entries[b->n++];
    l->n++;
    *e = (struct entry){.time = time, .window = time, .topic = topic};
    return e;
}

void ledger_expire(struct ledger *l, int64_t before)
{
    for (uint32_t u = 0; u < l->nbooks; u++) {
        struct account_book *b = &l->books[u];
        uint32_t gone = 0;
        struct entry first;
        if (bookpack_next(&(struct bookpack_reader){.page = b->packed.first}, &first) && first.window < before)
            drop_packed(l, b, 0, before);
        while (gone < b->n && b->entries[gone].window < before)
            gone++;
        if (!gone)
            continue;
        b->n -= gone;
        l->n -= gone;
        memmove(b->entries, b->entries + gone, b->n * sizeof *b->entries);
    }
}

/* All of a book since then into out, packed ones first, or how many they are when out is NULL. */
static uint32_t unpack(const struct account_book *b, int64_t since, struct entry *out)
{
    struct bookpack_reader r = {.page = b->packed.first};
    uint32_t n = 0;
    for (struct entry e; bookpack_next(&r, &e);) {
        if (e.window < since)
            continue;
        if (out)
            out[n] = e;
        n++;
    }
    for (uint32_t i = 0; i < b->n; i++) {
        if (b->entries[i].window < since)
            continue;
        if (out)
            out[n] = b->entries[i];
        n++;
    }
    return n;
}

static int copy_book(struct account_book *to, const struct account_book *from, int64_t since)
{
    uint32_t n = unpack(from, since, NULL);
    if (!n)
        return 0;
    to->room = n + n / 4 + 4;
    to->entries = malloc(to->room * sizeof *to->entries);
    if (!to->entries)
        return ERR_MEMORY;
    to->n = unpack(from, since, to->entries);
    return 0;
}

int ledger_copy(struct ledger *to, const struct ledger *from, int64_t since)
{
    *to = (struct ledger){.max = from->max};
    int err = from->nbooks ? ledger_user(to, from->nbooks - 1) : 0;
    for (uint32_t u = 0; !err && u < from->nbooks; u++) {
        err = copy_book(&to->books[u], &from->books[u], since);
        to->n += to->books[u].n;
    }
    if (err)
        ledger_close(to);
    return err;
}

static int by_window(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->window != y->window)
        return x->window < y->window ? -1 : 1;
    if (x->topic != y->topic)
        return (int)x->topic - (int)y->topic;
    return (x->value > y->value) - (x->value < y->value);
}

int ledger_join(struct ledger *l, uint32_t from, uint32_t into)
{
    struct account_book *f = &l->books[from], *t = &l->books[into];
    uint32_t n = unpack(f, INT64_MIN, NULL);
    if (n == 0)
        return 0;
    n += unpack(t, INT64_MIN, NULL);
    uint32_t room = n + n / 4 + 4;
    struct entry *e = malloc(room * sizeof *e);
    if (!e)
        return ERR_MEMORY;
    uint32_t own = unpack(t, INT64_MIN, e);
    (void)unpack(f, INT64_MIN, e + own);
    qsort(e, n, sizeof *e, by_window);
    free_book(f);
    free_book(t);
    *t = (struct account_book){.entries = e, .n = n, .room = room};
    *f = (struct account_book){0};
    return 0;
}

struct entry *ledger_all(struct ledger *l, uint32_t user, uint32_t *n)
{
    const struct account_book *b = &l->books[user];
    uint32_t all = b->packed.n + b->n;
    if (all >= l->all_room) {
        struct entry *e = realloc(l->all, (all + 1) * sizeof *e);
        if (!e)
            return NULL;
        l->all = e;
        l->all_room = all + 1;
    }
    *n = unpack(b, INT64_MIN, l->all);
    return l->all;
}

double ledger_exact(double log10p, double dead)
{
    double x = -log10p - dead;
    return x < 0 ? 0 : x < MOST ? x : MOST;
}

int ledger_shown(double exact)
{
    return (int)floor(LEDGER_SCALE * exact + 0.5);
}

void ledger_text(struct entry *e, struct str text)
{
    text = utf_cut(text, LEDGER_TEXT - 1);
    if (text.n)
        memcpy(e->text, text.p, text.n);
    e->text[text.n] = 0;
}
