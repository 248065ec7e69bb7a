/* tests/store/test_governance.c - the governance log: what an alert starts once, what is due, what is decided, what goes. */
#include "store/tab_governance.h"
#include "store/tab_risks.h"
#include "tests/support/fresh_db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct fresh_db kept;

static int open_db(void **state)
{
    (void)state;
    return fresh_db_open(&kept);
}

static int close_db(void **state)
{
    (void)state;
    return fresh_db_close(&kept);
}

static int64_t add(struct stored_governance g)
{
    int64_t number = -1;
    g.action = str_set(g.action) ? g.action : STR("suspend");
    g.name = STR("alice");
    assert_int_equal(tab_governance_add(kept.db, &g, &number), 0);
    return number;
}

static struct stored_governance get(int64_t number)
{
    struct stored_governance g = {.number = 0};
    assert_int_equal(tab_governance_get(kept.db, &kept.arena, number, &g), 0);
    return g;
}

/* Its number, 0 for none. */
static int64_t due(int64_t now)
{
    struct stored_governance g = {.number = 0};
    int err = tab_governance_due(kept.db, &kept.arena, now, &g);
    assert_true(err == 0 || err == ERR_NOT_FOUND);
    return g.number;
}

static void start(int64_t number, int64_t now)
{
    struct stored_governance g = get(number);
    g.person = STR("0123456789abcdef01234567");
    assert_int_equal(tab_governance_start(kept.db, &g, now), 0);
}

static void end(int64_t number, struct str why, bool changed, int64_t now)
{
    struct stored_governance g = get(number);
    assert_int_equal(tab_governance_end(kept.db, &g, why, changed, now), 0);
}

static void once_per_alert_and_person(void **state)
{
    const struct stored_governance g = {.entity = 7, .policy = STR("p"), .alert = STR("a"), .state = GOVERNANCE_WAITING, .asked = 1};
    struct stored_governance other = g, hand = g;
    (void)state;
    int64_t first = add(g);
    assert_true(first > 0);
    assert_int_equal(add(g), 0);
    other.entity = 8;
    assert_true(add(other) > 0);
    other.entity = 7;
    other.action = STR("confirm_compromised");
    assert_true(add(other) > 0);
    hand.policy = STR_NONE;
    hand.by = STR("ada");
    assert_true(add(hand) > 0 && add(hand) > 0); /* people may ask as often as they like */
    start(first, 2);
    end(first, STR_NONE, true, 3);
    assert_int_equal(add(g), 0);
}

static void done_and_reverted(void **state)
{
    (void)state;
    int64_t a = add((struct stored_governance){.entity = 1, .state = GOVERNANCE_WAITING, .asked = 100}), pending = -1;
    assert_int_equal(tab_governance_pending(kept.db, 1, STR("suspend"), &pending), 0);
    assert_int_equal(pending, a);
    assert_int_equal(due(100), a);
    assert_int_equal(due(50), a); /* the clock was set back: what was never tried does not wait for it */
    start(a, 101);
    assert_int_equal(get(a).state, GOVERNANCE_RUNNING);
    assert_int_equal(due(102), a); /* taken again after a kill */
    assert_int_equal(tab_governance_look(kept.db, a, STR("512")), 0);
    assert_int_equal(tab_governance_later(kept.db, a, STR("nobody answers"), 500), 0);
    assert_int_equal(due(499), 0);
    assert_int_equal(due(500), a);
    start(a, 500);
    struct stored_governance g = get(a);
    assert_int_equal(g.tries, 2);
    assert_true(str_eq(g.before, STR("512")));
    end(a, STR_NONE, true, 501);
    assert_int_equal(due(1000), 0);
    assert_int_equal(tab_governance_end(kept.db, &g, STR_NONE, true, 502), ERR_NOT_FOUND); /* not twice */

    int64_t undo = add((struct stored_governance){.entity = 1, .undo = true, .of = a, .state = GOVERNANCE_WAITING, .asked = 600});
    assert_int_equal(get(a).undone_by, undo);
    start(undo, 601);
    end(undo, STR("no right"), false, 602);
    assert_int_equal(get(a).state, GOVERNANCE_DONE);
    assert_int_equal(get(a).undone_by, 0); /* failed: it may be asked for again */
    assert_int_equal(tab_governance_retry(kept.db, undo, STR("ada"), 700), 0);
    start(undo, 701);
    end(undo, STR_NONE, true, 702);
    assert_int_equal(get(a).state, GOVERNANCE_REVERTED);
    assert_int_equal(get(undo).state, GOVERNANCE_DONE);
}

static void decided(void **state)
{
    const struct stored_governance g = {.entity = 1, .policy = STR("p"), .state = GOVERNANCE_WAITING, .asked = 10};
    int64_t n = -1, a[3];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct stored_governance x = g;
        x.entity = (uint32_t)i + 1;
        x.alert = STR("a");
        a[i] = add(x);
    }
    assert_int_equal(tab_governance_people(kept.db, 0, 9, &n), 0);
    assert_int_equal(n, 0); /* nothing has begun */
    start(a[0], 11);
    assert_int_equal(tab_governance_people(kept.db, 0, 9, &n), 0);
    assert_int_equal(n, 1);
    assert_int_equal(tab_governance_people(kept.db, 0, 1, &n), 0);
    assert_int_equal(n, 0);
    assert_int_equal(tab_governance_people(kept.db, 11, 9, &n), 0);
    assert_int_equal(n, 0); /* longer ago */
    struct stored_governance held = get(a[1]);
    held.held = STR("many");
    assert_int_equal(tab_governance_hold(kept.db, &held), 0);
    end(a[0], STR_NONE, true, 12);
    assert_int_equal(due(20), a[2]);
    assert_int_equal(tab_governance_decide(kept.db, a[2], GOVERNANCE_WAITING, STR("ada"), 20), ERR_NOT_FOUND); /* does not wait for it */
    assert_int_equal(tab_governance_decide(kept.db, a[1], GOVERNANCE_REJECTED, STR("ada"), 20), 0);
    assert_true(str_eq(get(a[1]).decided_by, STR("ada")) && get(a[1]).ended == 20);
    assert_int_equal(tab_governance_retry(kept.db, a[1], STR("ada"), 20), ERR_NOT_FOUND);
}

static int count(void *owner, const struct stored_governance *g)
{
    (void)g;
    ++*(unsigned *)owner;
    return 0;
}

static void listed_and_expired(void **state)
{
    static const uint32_t mine[] = {2}, nobody[] = {0};
    unsigned seen = 0;
    uint64_t total = 0, gone = 0;
    (void)state;
    int64_t a = add((struct stored_governance){.entity = 1, .by = STR("ada"), .reason = STR("phished"), .state = GOVERNANCE_WAITING, .asked = 10});
    int64_t b = add((struct stored_governance){.entity = 2, .by = STR("bert"), .state = GOVERNANCE_WAITING, .asked = 20});
    (void)add((struct stored_governance){.entity = 2, .by = STR("bert"), .state = GOVERNANCE_APPROVAL, .asked = 30});
    struct governance_query q = {.since = TIME_NONE, .until = TIME_NONE, .limit = 2};
    assert_int_equal(tab_governance_query(kept.db, &q, count, &seen, &total), 0);
    assert_true(seen == 2 && total == 3);
    const struct {
        struct governance_query q;
        uint64_t n;
    } asked[] = {{{.since = TIME_NONE, .until = TIME_NONE, .people = mine, .npeople = 1}, 2},
                 {{.since = TIME_NONE, .until = TIME_NONE, .people = nobody}, 0},
                 {{.since = TIME_NONE, .until = TIME_NONE, .states = 1u << GOVERNANCE_APPROVAL}, 1},
                 {{.since = 20, .until = 30}, 1},
                 {{.since = TIME_NONE, .until = TIME_NONE, .text = STR("alice PHISHED")}, 1}};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        assert_int_equal(tab_governance_query(kept.db, &asked[i].q, count, &seen, &total), 0);
        assert_int_equal(total, asked[i].n);
    }
    start(a, 40);
    end(a, STR_NONE, true, 50);
    start(b, 40);
    end(b, STR_NONE, true, 60);
    assert_int_equal(tab_governance_expire(kept.db, 60, &gone), 0);
    assert_int_equal(gone, 1);
    struct stored_governance g;
    assert_int_equal(tab_governance_get(kept.db, &kept.arena, a, &g), ERR_NOT_FOUND);
    assert_int_equal(get(b).number, b);
}

static void risk(void **state)
{
    struct stored_risk r;
    bool changed = false;
    (void)state;
    assert_int_equal(tab_risks_get(kept.db, &kept.arena, 5, &r), 0);
    assert_false(str_set(r.level));
    assert_int_equal(tab_risks_put(kept.db, &(struct stored_risk){5, STR("high"), STR("ada"), 10}, &changed), 0);
    assert_true(changed);
    assert_int_equal(tab_risks_put(kept.db, &(struct stored_risk){5, STR("high"), STR("bert"), 20}, &changed), 0);
    assert_false(changed);
    assert_int_equal(tab_risks_get(kept.db, &kept.arena, 5, &r), 0);
    assert_true(str_eq(r.level, STR("high")) && str_eq(r.by, STR("ada")) && r.since == 10);
    assert_int_equal(tab_risks_put(kept.db, &(struct stored_risk){5, STR_NONE, STR("ada"), 30}, &changed), 0);
    assert_true(changed);
    assert_int_equal(tab_risks_get(kept.db, &kept.arena, 5, &r), 0);
    assert_false(str_set(r.level));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(once_per_alert_and_person, open_db, close_db), cmocka_unit_test_setup_teardown(done_and_reverted, open_db, close_db),
                                       cmocka_unit_test_setup_teardown(decided, open_db, close_db), cmocka_unit_test_setup_teardown(listed_and_expired, open_db, close_db),
                                       cmocka_unit_test_setup_teardown(risk, open_db, close_db)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
