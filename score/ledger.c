/* score/ledger.c - what counts, once a day. */
#include "score/ledger.h"

#include "base/err.h"

#include <math.h>
#include <stdlib.h>

#define MOST 4.0 /* group points */

void ledger_open(struct ledger *l, uint64_t max)
{
    *l = (struct ledger){.max = max};
}

void ledger_close(struct ledger *l)
{
    for (uint32_t i = 0; i < l->nbooks; i++)
        free(l->books[i].entries);
    free(l->books);
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

/* Drops what shows no point and can no longer grow. */
static void drop_empty(struct ledger *l, struct account_book *b, int64_t time)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < b->n; i++)
        if (b->entries[i].points > 0 || b->entries[i].window > time - TIME_DAY)
            b->entries[n++] = b->entries[i];
    l->n -= b->n - n;
    b->n = n;
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

struct entry *ledger_add(struct ledger *l, uint32_t user, uint8_t topic, uint64_t value, int64_t time)
{
    struct account_book *b = &l->books[user];
    if (l->n >= l->max)
        drop_small(l, time);
    if (b->n >= LEDGER_DAY && b->entries[b->n - LEDGER_DAY].window > time - TIME_DAY)
        return NULL;
    if (b->n == b->room)
        drop_empty(l, b, time);
    if (l->n >= l->max || (b->n + b->n / 4 >= b->room && !grow(b)))
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
        while (gone < b->n && b->entries[gone].window < before)
            gone++;
        if (!gone)
            continue;
        b->n -= gone;
        l->n -= gone;
        memmove(b->entries, b->entries + gone, b->n * sizeof *b->entries);
    }
}

static int copy_book(struct account_book *to, const struct account_book *from, int64_t since)
{
    uint32_t first = 0;
    while (first < from->n && from->entries[first].window < since)
        first++;
    uint32_t n = from->n - first;
    if (!n)
        return 0;
    to->room = n + n / 4 + 4;
    to->entries = malloc(to->room * sizeof *to->entries);
    if (!to->entries)
        return ERR_MEMORY;
    memcpy(to->entries, from->entries + first, n * sizeof *to->entries);
    to->n = n;
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
    uint32_t n = f->n + t->n, room = n + n / 4 + 4;
    if (f->n == 0)
        return 0;
    struct entry *e = realloc(t->entries, room * sizeof *e);
    if (!e)
        return ERR_MEMORY;
    memcpy(e + t->n, f->entries, f->n * sizeof *e);
    qsort(e, n, sizeof *e, by_window);
    *t = (struct account_book){e, n, room};
    free(f->entries);
    *f = (struct account_book){0};
    return 0;
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
    size_t n = text.n < LEDGER_TEXT - 1 ? text.n : LEDGER_TEXT - 1;
    while (n && n < text.n && ((unsigned char)text.p[n] & 0xc0) == 0x80)
        n--;
    if (n)
        memcpy(e->text, text.p, n);
    e->text[n] = 0;
}
