/* tests/score/test_ledger.c - what was counted is there at the end, however much of it was put away, and takes no more than it must. */
#include "score/ledger.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { USERS = 5, DAYS = 120, MOST = 40000 };

/* All that was ever counted of each, as plain entries. */
struct all {
    struct entry *e[USERS];
    uint32_t n[USERS];
};

static uint32_t drawn(uint32_t *x, uint32_t below)
{
    *x = *x * 1664525u + 1013904223u;
    return (*x >> 8) % below;
}

static void fill(struct entry *e, uint32_t *x, uint32_t serial)
{
    char text[LEDGER_TEXT + 8];
    e->points = (int16_t)drawn(x, 11);
    e->log10p = -(float)drawn(x, 1000) / 7;
    memset(e->id, (int)(serial & 0xff), sizeof e->id);
    e->origin = (struct origin){drawn(x, 3), (uint64_t)drawn(x, 1u << 20) << 24, serial};
    e->n_user = drawn(x, 300);
    e->total_user = drawn(x, 1u << 23);
    e->n_peers = drawn(x, 20);
    e->peers = 20;
    e->n_org = drawn(x, 1u << 16);
    e->total_org = drawn(x, 1u << 16);
    e->days = drawn(x, 400);
    e->events = serial;
    e->kind = (uint16_t)drawn(x, 200);
    e->dim = (uint8_t)drawn(x, 9);
    int n = snprintf(text, sizeof text, "%.*s", (int)drawn(x, LEDGER_TEXT + 4), "\\\\fs1.corp.example.test\\projects\\2026\\plan of the year.xlsx");
    ledger_text(e, (struct str){text, (size_t)n});
}

static struct all nothing(void)
{
    struct all all = {0};
    for (uint32_t u = 0; u < USERS; u++)
        assert_non_null(all.e[u] = calloc(MOST, sizeof *all.e[u]));
    return all;
}

static void count(struct ledger *l, struct all *all, uint32_t *x)
{
    uint32_t serial = 0;
    for (uint32_t u = 0; u < USERS; u++)
        assert_int_equal(ledger_user(l, u), 0);
    for (int64_t day = 1; day <= DAYS; day++)
        for (uint32_t i = 0, of_day = 20 + drawn(x, 200); i < of_day; i++) {
            uint32_t u = drawn(x, USERS);
            struct entry *e = ledger_add(l, u, (uint8_t)drawn(x, TOPIC_ALERT), (uint64_t)drawn(x, 1u << 24) << 40, day * TIME_DAY + i * TIME_MINUTE);
            assert_non_null(e);
            fill(e, x, ++serial);
            assert_true(all->n[u] < MOST);
            all->e[u][all->n[u]++] = *e;
        }
}

static void assert_same(const struct entry *x, const struct entry *y)
{
    assert_true(x->time == y->time && x->window == y->window && x->value == y->value && x->topic == y->topic && x->dim == y->dim);
    assert_true(memcmp(x->id, y->id, sizeof x->id) == 0 && x->log10p == y->log10p && x->points == y->points && x->kind == y->kind);
    assert_true(x->origin.input == y->origin.input && x->origin.record == y->origin.record && x->origin.offset == y->origin.offset);
    assert_true(x->n_user == y->n_user && x->total_user == y->total_user && x->n_peers == y->n_peers && x->peers == y->peers);
    assert_true(x->n_org == y->n_org && x->total_org == y->total_org && x->days == y->days && x->events == y->events);
    assert_string_equal(x->text, y->text);
}

/* What shows no point may be gone once its day is over; all the rest is there, in order. */
static uint32_t assert_all_there(struct ledger *l, const struct all *all, int64_t since)
{
    uint32_t shown = 0;
    for (uint32_t u = 0; u < USERS; u++) {
        uint32_t n, at = 0;
        const struct entry *e = ledger_all(l, u, &n);
        assert_non_null(e);
        for (uint32_t i = 0; i < all->n[u]; i++) {
            if (all->e[u][i].points <= 0 || all->e[u][i].window < since)
                continue;
            while (at < n && e[at].points <= 0)
                at++;
            assert_true(at < n);
            assert_same(&e[at++], &all->e[u][i]);
            shown++;
        }
        while (at < n && e[at].points <= 0)
            at++;
        assert_int_equal(at, n);
    }
    return shown;
}

static void free_all(struct all *all)
{
    for (uint32_t u = 0; u < USERS; u++)
        free(all->e[u]);
}

static void all_that_counts_is_there(void **state)
{
    struct ledger l, copy;
    struct all all = nothing();
    uint32_t x = 5;
    int64_t late = (DAYS - 14) * TIME_DAY;
    (void)state;
    ledger_open(&l, 1u << 20);
    count(&l, &all, &x);
    uint32_t shown = assert_all_there(&l, &all, INT64_MIN);
    assert_true(shown > 5000);
    assert_int_equal(ledger_copy(&copy, &l, late), 0);
    uint32_t of_late = assert_all_there(&copy, &all, late);
    assert_true(of_late > 100 && of_late < shown / 2);
    ledger_close(&copy);
    ledger_expire(&l, late);
    assert_int_equal(assert_all_there(&l, &all, late), of_late);
    ledger_close(&l);
    free_all(&all);
}

static size_t held(void)
{
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}

/* A day's entries lie as they are, those of the days before packed. */
static void what_is_put_away_is_small(void **state)
{
    struct ledger l;
    struct all all = nothing();
    uint32_t x = 9;
    (void)state;
    size_t before = held();
    ledger_open(&l, 1u << 20);
    count(&l, &all, &x);
    size_t taken = held() - before;
    uint32_t shown = assert_all_there(&l, &all, INT64_MIN);
    assert_true(taken < shown * sizeof(struct entry) / 3 * 2);
    ledger_close(&l);
    free_all(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_that_counts_is_there), cmocka_unit_test(what_is_put_away_is_small)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
