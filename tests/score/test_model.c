/* tests/score/test_model.c - estimates against values worked out by hand; decay, gating, bounds. */
#include "score/model.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void near_to(double is, double should)
{
    if (fabs(is - should) > 1e-4 * fabs(should) + 1e-6)
        fail_msg("%.8f is not %.8f", is, should);
}

static void open_model(struct model *m, uint32_t users)
{
    assert_int_equal(model_open(m, 100000, 100000), 0);
    model_day(m, 20000);
    assert_int_equal(model_user(m, users - 1), 0);
    for (uint32_t u = 0; u < users; u++)
        model_touch(m, u);
}

static uint32_t value_of(struct model *m, enum dim dim, struct str text)
{
    return model_value_hashed(m, dim, model_hash(m, dim, text), text);
}

static uint32_t value(struct model *m, const char *text)
{
    uint32_t v = value_of(m, DIM_RESOURCE, str_of(text));
    assert_int_not_equal(v, 0);
    return v;
}

static void times(struct model *m, uint32_t user, const char *text, int n)
{
    for (int i = 0; i < n; i++)
        model_learn(m, user, value(m, text), false);
}

/* Two users, no peers: user 0 has a x6, b x2; user 1 has b x4, c x8. */
static void by_hand_without_peers(void **state)
{
    struct model m;
    (void)state;
    open_model(&m, 2);
    times(&m, 0, "a", 6);
    times(&m, 0, "b", 2);
    times(&m, 1, "b", 4);
    times(&m, 1, "c", 8);
    uint32_t c = value(&m, "c");
    struct view w = model_view(&m, 0, c, model_find(&m, 0, c), false);
    double p_org = (8 + 0.5) / (20 + 0.5 * 4);
    near_to(w.p_org, p_org);
    near_to(w.p_peer, p_org);
    double p_user = (10 + 0.5 * 2) * p_org / (10 + 8);
    near_to(w.p_user, p_user);
    near_to(w.evidence, log2(p_org / p_user)); /* log2(18/11): new to this user, usual for colleagues */
    assert_true(w.rarity == 0);
    uint32_t a = value(&m, "a");
    w = model_view(&m, 0, a, model_find(&m, 0, a), false);
    p_org = 6.5 / 22;
    near_to(w.p_user, (6 - 0.5 + 11 * p_org) / 18);
    assert_true(w.p_user > w.p_org && w.evidence <= 0); /* just like this user: no evidence */
    model_close(&m);
}

static void by_hand_with_peers(void **state)
{
    struct model m;
    (void)state;
    open_model(&m, 3);
    times(&m, 0, "a", 10);
    times(&m, 1, "x", 1);
    times(&m, 1, "a", 3);
    times(&m, 2, "y", 8);
    m.users[0].npeers = 2;
    m.users[0].peers[0] = (struct peer){1, 0.75f};
    m.users[0].peers[1] = (struct peer){2, 0.25f};
    uint32_t x = value(&m, "x");
    struct view w = model_view(&m, 0, x, NULL, false);
    double p_org = 1.5 / (22 + 0.5 * 4), mean = 0.75 * (1.0 / 4);
    double p_peer = (MODEL_K * mean + MODEL_B * p_org) / (MODEL_K + MODEL_B);
    near_to(w.p_org, p_org);
    near_to(w.p_peer, p_peer);
    near_to(w.p_user, (10 + 0.5) * p_peer / (10 + 10));
    assert_int_equal(model_peers_with(&m, 0, x), 1);
    /* somebody who acted on the user is no stranger: counts as once */
    near_to(model_view(&m, 0, x, NULL, true).p_user, (1 - 0.5 + 10.5 * p_peer) / 20);
    model_close(&m);
}

static void rarity_begins_at_eight_bits(void **state)
{
    struct model m;
    (void)state;
    open_model(&m, 1);
    times(&m, 0, "a", 9000);
    uint32_t odd = value(&m, "odd");
    struct view w = model_view(&m, 0, odd, NULL, false);
    near_to(w.rarity, -log2(0.5 / (9000 + 0.5 * 3)) - 8);
    model_close(&m);
}

static void counts_halve_in_thirty_days(void **state)
{
    struct model m;
    (void)state;
    open_model(&m, 1);
    times(&m, 0, "a", 8);
    model_day(&m, 20030);
    model_touch(&m, 0);
    near_to(model_count(&m, 0, value(&m, "a")), 4);
    near_to(m.users[0].n[DIM_RESOURCE], 4);
    near_to(m.total[DIM_RESOURCE], 4);
    times(&m, 0, "a", 1);
    model_day(&m, 20090);
    near_to(model_count(&m, 0, value(&m, "a")), 5.0 / 4);
    model_close(&m);
}

static void first_sight_is_remembered_180_days(void **state)
{
    struct model m;
    (void)state;
    open_model(&m, 1);
    times(&m, 0, "a", 1);
    uint32_t a = value(&m, "a"), b = value(&m, "b");
    model_day(&m, 20000 + MEMORY);
    model_touch(&m, 0);
    times(&m, 0, "filler", 50);
    double known = model_view(&m, 0, a, model_find(&m, 0, a), false).evidence;
    assert_true(known < model_view(&m, 0, b, NULL, false).evidence);
    model_day(&m, 20000 + MEMORY + 1);
    model_touch(&m, 0);
    assert_true(model_view(&m, 0, a, model_find(&m, 0, a), false).evidence > known);
    model_close(&m);
}

/* learns one held-back sight on each of the given days and returns the count after the last */
static float held_on(const int *days, int n)
{
    struct model m;
    open_model(&m, 1);
    for (int i = 0; i < n; i++) {
        model_day(&m, (uint16_t)(20000 + days[i]));
        model_touch(&m, 0);
        model_learn(&m, 0, value(&m, "odd"), true);
    }
    float count = model_count(&m, 0, value(&m, "odd"));
    model_close(&m);
    return count;
}

static void odd_values_wait_for_three_days(void **state)
{
    (void)state;
    assert_true(held_on((int[]){0, 0, 0, 0, 0}, 5) <= 0);
    assert_true(held_on((int[]){0, 1, 1}, 3) <= 0);
    assert_true(held_on((int[]){0, 1, 2}, 3) >= 3);
    assert_true(held_on((int[]){0, 6, 13}, 3) >= 3);
    assert_true(held_on((int[]){0, 7, 14}, 3) <= 0); /* not within 14 days */
}

/* one sight of a new value on each of the given days, all judged alike; what is then known of it */
static float known_after(const int *days, int n, enum held held)
{
    struct model m;
    open_model(&m, 1);
    uint32_t v = value(&m, "odd");
    for (int i = 0; i < n; i++) {
        model_day(&m, (uint16_t)(20000 + days[i]));
        model_touch(&m, 0);
        model_learn(&m, 0, v, false);
        assert_true(model_today(model_find(&m, 0, v)));
        model_learn(&m, 0, v, false);
        assert_false(model_today(model_find(&m, 0, v))); /* twice a day */
        model_know(&m, 0, v, held);
    }
    float known = model_find(&m, 0, v)->known;
    near_to(m.users[0].known[DIM_RESOURCE], known);
    model_close(&m);
    return known;
}

static void unlike_days_teach_late(void **state)
{
    (void)state;
    near_to(known_after((int[]){0}, 1, HELD_NOT), 2);
    assert_true(known_after((int[]){0, 1}, 2, HELD_BACK) <= 0);
    near_to(known_after((int[]){0, 1, 2}, 3, HELD_BACK), 2);
    assert_true(known_after((int[]){0, 14, 28}, 3, HELD_BACK) <= 0); /* not within 28 days */
    assert_true(known_after((int[]){0, 1, 2, 3, 4, 5, 6, 7}, 8, HELD_FAR) <= 0);
    near_to(known_after((int[]){0, 1, 2, 3, 4, 5, 6, 7, 8}, 9, HELD_FAR), 2);
}

/* the user knows a, 8 times of 8: P_known(a) = (7.75 + 10.25 P_org)/18,
 * P_known(b) = 10.25 P_org(b)/18 */
static void ratio_by_hand(void **state)
{
    struct model m;
    (void)state;
    open_model(&m, 2);
    times(&m, 0, "a", 8);
    times(&m, 1, "a", 2);
    times(&m, 1, "b", 10);
    uint32_t a = value(&m, "a"), b = value(&m, "b");
    struct cell *c = model_find(&m, 0, a);
    c->known = 8;
    m.users[0].known[DIM_RESOURCE] = 8;
    m.users[0].known_types[DIM_RESOURCE] = 1;
    double p_org = (double)((m.values[a].n + 0.5f) / (m.total[DIM_RESOURCE] + 1.5f));
    c->today = 3;
    near_to(model_ratio(&m, 0, a), 3 * log2(p_org / ((7.75 + 10.25 * p_org) / 18)));
    near_to(model_ratio(&m, 1, b), 0); /* not counted into today */
    c->today = 0;
    assert_true(model_ratio(&m, 0, b) >= 0 && model_ratio(&m, 0, b) <= 0); /* the user has none */
    times(&m, 0, "b", 1);
    assert_true(model_today(model_find(&m, 0, b)));
    near_to(model_ratio(&m, 0, b), log2(18 / 10.25));
    model_close(&m);
}

static void held_back_is_not_the_users_but_the_organisations(void **state)
{
    struct model m;
    (void)state;
    open_model(&m, 1);
    model_learn(&m, 0, value(&m, "odd"), true);
    assert_true(m.users[0].n[DIM_RESOURCE] <= 0);
    near_to(m.total[DIM_RESOURCE], 1);
    model_close(&m);
}

static void nobody_makes_the_organisation(void **state)
{
    struct model m;
    (void)state;
    open_model(&m, 50);
    for (uint32_t u = 1; u < 50; u++)
        times(&m, u, "usual", 20);
    times(&m, 0, "flood", 50000);
    float share = m.values[value(&m, "flood")].n / m.total[DIM_RESOURCE];
    assert_true(share < 0.35f);
    model_close(&m);
}

static uint64_t walked(const struct model *m)
{
    struct walk w = {0};
    uint64_t n = 0;
    while (model_each(m, &w))
        n++;
    return n;
}

/* User u has "all" 1 + u times. */
static void as_learned(const struct model *m, uint32_t all, uint32_t users)
{
    for (uint32_t u = 0; u < users; u++)
        near_to((double)model_count(m, u, all), 1 + u);
    assert_int_equal(walked(m), m->ncells);
}

/* A value of nearly everybody gets a row, keeps it while users come, loses it when few are left, and nothing is lost or
 * counted twice on the way. */
static void what_all_have_stands_in_rows(void **state)
{
    enum { MANY = 100, FEW = 10 };
    struct model m;
    (void)state;
    open_model(&m, MANY);
    uint32_t all = value(&m, "all"), few = value(&m, "few");
    for (uint32_t u = 0; u < MANY; u++)
        times(&m, u, "all", 1 + (int)u);
    for (uint32_t u = 0; u < FEW; u++)
        times(&m, u, "few", 1);
    uint32_t moves = m.moves;
    model_recount(&m);
    assert_int_not_equal(m.values[all].row, 0);
    assert_int_equal(m.values[few].row, 0);
    assert_int_equal(m.nrowed, MANY);
    assert_int_equal(m.ncells, MANY + FEW);
    assert_int_not_equal(m.moves, moves);
    as_learned(&m, all, MANY);
    assert_int_equal(model_user(&m, 2 * MANY), 0); /* wider rows */
    as_learned(&m, all, MANY);
    assert_null(model_find(&m, 2 * MANY, all));
    for (int i = 0; i <= MANY; i++)
        model_learn(&m, MANY, all, false);
    as_learned(&m, all, MANY + 1);
    model_recount(&m);
    assert_int_equal(m.nrowed, MANY + 1); /* just half */
    assert_int_equal(model_user(&m, 3 * MANY), 0);
    model_recount(&m);
    assert_int_equal(m.values[all].row, 0);
    assert_int_equal(m.nrowed, 0);
    as_learned(&m, all, MANY + 1);
    assert_int_equal(m.forgot, 0);
    model_close(&m);
}

/* A model in which `many` users have one value, which stands in a row; the day after. */
static void with_a_row(struct model *m, uint32_t values, uint64_t cells, uint32_t many)
{
    assert_int_equal(model_open(m, values, cells), 0);
    model_day(m, 20000);
    assert_int_equal(model_user(m, many - 1), 0);
    for (uint32_t u = 0; u < many; u++)
        times(m, u, "all", 1);
    model_recount(m);
    assert_int_equal(m->nrowed, many);
    model_day(m, 20001);
}

/* Rows are forgotten like everything else: at the cap, and after MEMORY. */
static void rows_are_forgotten(void **state)
{
    enum { MANY = 100, CELLS = 1000 };
    struct model m;
    (void)state;
    with_a_row(&m, 100000, CELLS, MANY);
    for (int i = 0; i < CELLS; i++) {
        char text[16];
        (void)snprintf(text, sizeof text, "v%d", i);
        times(&m, (uint32_t)i % MANY, text, 1);
        assert_true(m.ncells <= CELLS && walked(&m) == m.ncells);
    }
    assert_int_equal(m.nrowed, 0); /* of the day before: the first to go */
    for (uint32_t u = 0; u < MANY; u++)
        times(&m, u, "all", 1);
    assert_int_equal(m.nrowed, MANY);
    model_day(&m, 20001 + MEMORY + 1);
    model_recount(&m);
    assert_int_equal(m.ncells, 0);
    assert_int_equal(walked(&m), 0);
    model_close(&m);
}

/* At the cap of values, a forgotten value gives its row back. */
static void a_forgotten_value_has_no_row(void **state)
{
    enum { MANY = 100, VALUES = 300 };
    struct model m;
    (void)state;
    with_a_row(&m, VALUES, 100000, MANY);
    for (int i = 0; i < 2 * VALUES; i++) {
        char text[16];
        (void)snprintf(text, sizeof text, "v%d", i);
        times(&m, 0, text, 1);
    }
    assert_int_equal(m.nrowed, 0);
    for (unsigned r = 0; r < ROWS; r++)
        assert_null(m.rows[r]);
    assert_int_equal(walked(&m), m.ncells);
    model_close(&m);
}

/* A pointer to a cell holds as long as the count of moves stays, and no longer: growing and forgetting both count. */
static void pointers_hold_until_cells_move(void **state)
{
    enum { MANY = 5000, CELLS = 2000 };
    struct model m;
    (void)state;
    assert_int_equal(model_open(&m, 100000, CELLS), 0);
    model_day(&m, 20000);
    assert_int_equal(model_user(&m, 0), 0);
    const struct cell *first = model_cell(&m, 0, value(&m, "first"));
    uint32_t moves = m.moves, grown = 0;
    for (int i = 0; i < MANY; i++) {
        char text[16];
        (void)snprintf(text, sizeof text, "v%d", i);
        times(&m, 0, text, 1);
        if (m.moves == moves)
            assert_ptr_equal(first, model_find(&m, 0, value(&m, "first")));
        else
            first = model_cell(&m, 0, value(&m, "first"));
        grown += m.moves != moves;
        moves = m.moves;
    }
    assert_true(grown > 2 && m.forgot > 0);
    model_close(&m);
}

/* Days of a kind are a value of their own beside the kind, the same one for the same kind however it is spelt. */
static void a_kind_has_one_rate(void **state)
{
    struct model m;
    (void)state;
    open_model(&m, 1);
    uint32_t in = value_of(&m, DIM_KIND, STR("sign-in")), out = value_of(&m, DIM_KIND, STR("sign-out"));
    uint32_t rate = model_rate(&m, in, STR("sign-in"));
    assert_int_not_equal(rate, in);
    assert_int_equal(m.values[rate].dim, DIM_RATE);
    assert_int_equal(model_rate(&m, value_of(&m, DIM_KIND, STR("SIGN-IN")), STR("SIGN-IN")), rate);
    assert_int_not_equal(model_rate(&m, out, STR("sign-out")), rate);
    model_close(&m);
}

static void tables_stay_within_their_caps(void **state)
{
    struct model m;
    (void)state;
    assert_int_equal(model_open(&m, 1000, 5000), 0);
    assert_int_equal(model_user(&m, 99), 0);
    for (uint32_t i = 0; i < 60000; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "v%u", i % 7000);
        model_day(&m, (uint16_t)(20000 + i / 2000));
        model_touch(&m, i % 100);
        model_learn(&m, i % 100, value(&m, text), false);
    }
    assert_true(m.nvalues <= 1000);
    assert_true(m.ncells <= 5000);
    assert_true(m.forgot > 0);
    model_close(&m);
}

static void case_does_not_matter(void **state)
{
    struct model m;
    (void)state;
    open_model(&m, 1);
    assert_int_equal(value(&m, "HOST1"), value(&m, "host1"));
    assert_int_not_equal(value(&m, "host1"), value_of(&m, DIM_DEVICE, STR("host1")));
    model_close(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand_without_peers),
        cmocka_unit_test(by_hand_with_peers),
        cmocka_unit_test(rarity_begins_at_eight_bits),
        cmocka_unit_test(counts_halve_in_thirty_days),
        cmocka_unit_test(first_sight_is_remembered_180_days),
        cmocka_unit_test(odd_values_wait_for_three_days),
        cmocka_unit_test(unlike_days_teach_late),
        cmocka_unit_test(ratio_by_hand),
        cmocka_unit_test(held_back_is_not_the_users_but_the_organisations),
        cmocka_unit_test(nobody_makes_the_organisation),
        cmocka_unit_test(what_all_have_stands_in_rows),
        cmocka_unit_test(rows_are_forgotten),
        cmocka_unit_test(a_forgotten_value_has_no_row),
        cmocka_unit_test(pointers_hold_until_cells_move),
        cmocka_unit_test(a_kind_has_one_rate),
        cmocka_unit_test(tables_stay_within_their_caps),
        cmocka_unit_test(case_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
