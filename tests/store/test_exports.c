/* tests/store/test_exports.c - exports: every step from waiting to an end, and what may not follow what. */
#include "store/tab_accounts.h"
#include "store/tab_exports.h"
#include "tests/support/fresh_db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct fresh_db kept;
static int64_t account;

static int open_db(void **state)
{
    const struct stored_admin a = {.name = STR("ada"), .display = STR("Ada"), .role = STR("security_reader"), .language = STR("en"), .password = STR("x")};
    (void)state;
    if (fresh_db_open(&kept) != 0 || db_begin(kept.db) != 0)
        return 1;
    return db_end(kept.db, tab_accounts_add(kept.db, &a, &account));
}

static int close_db(void **state)
{
    (void)state;
    return fresh_db_close(&kept);
}

static int64_t ask(int64_t made)
{
    int64_t number = 0;
    const struct stored_export e = {.account = account, .format = STR("csv"), .asked = STR("{}"), .scope = STR("s"), .made = made};
    assert_int_equal(tab_exports_add(kept.db, &e, &number), 0);
    return number;
}

static struct stored_export get(int64_t number)
{
    struct stored_export e;
    assert_int_equal(tab_exports_get(kept.db, &kept.arena, number, &e), 0);
    return e;
}

static void one_life(void **state)
{
    int64_t first = ask(1), second = ask(2);
    struct stored_export e;
    uint64_t n;
    (void)state;
    assert_int_equal(tab_exports_next(kept.db, &kept.arena, &e), 0);
    assert_int_equal(e.number, first);
    assert_true(str_eq(e.by, STR("ada")) && str_eq(e.format, STR("csv")) && e.started == TIME_NONE && !str_set(e.why));
    e.rows = 7;
    assert_int_equal(tab_exports_progress(kept.db, &e), ERR_NOT_FOUND); /* it does not run yet */
    assert_int_equal(tab_exports_start(kept.db, first, 10), 0);
    assert_int_equal(tab_exports_start(kept.db, first, 10), ERR_NOT_FOUND);
    e.total = 9;
    e.bytes = 70;
    assert_int_equal(tab_exports_progress(kept.db, &e), 0);
    e = get(first);
    assert_true(e.state == EXPORT_RUNNING && e.started == 10 && e.rows == 7 && e.total == 9 && e.bytes == 70 && e.tries == 1);
    assert_int_equal(tab_exports_next(kept.db, &kept.arena, &e), 0);
    assert_int_equal(e.number, second);
    e = get(first);
    e.state = EXPORT_DONE;
    e.ended = 20;
    e.more = true;
    assert_int_equal(tab_exports_end(kept.db, &e), 0);
    assert_int_equal(tab_exports_end(kept.db, &e), ERR_NOT_FOUND);
    assert_int_equal(tab_exports_cancel(kept.db, first, 30), ERR_NOT_FOUND);
    assert_true(get(first).state == EXPORT_DONE && get(first).more && get(first).ended == 20);
    assert_int_equal(tab_exports_cancel(kept.db, second, 30), 0);
    assert_int_equal(tab_exports_next(kept.db, &kept.arena, &e), ERR_NOT_FOUND);
    assert_int_equal(tab_exports_expire(kept.db, 21), 0);
    assert_int_equal(tab_exports_get(kept.db, &kept.arena, first, &e), ERR_NOT_FOUND);
    assert_int_equal(tab_exports_count(kept.db, account, &n), 0);
    assert_int_equal(n, 1);
    assert_int_equal(tab_exports_drop(kept.db, second), 0);
    assert_int_equal(tab_exports_drop(kept.db, second), ERR_NOT_FOUND);
}

static void kills_and_stops(void **state)
{
    int64_t number = ask(1);
    (void)state;
    for (int i = 0; i < 2 * EXPORT_TRIES; i++) { /* stops do not count */
        assert_int_equal(tab_exports_start(kept.db, number, 10), 0);
        assert_int_equal(tab_exports_pause(kept.db, number), 0);
    }
    for (int i = 1; i <= EXPORT_TRIES; i++) { /* kills do */
        assert_int_equal(tab_exports_start(kept.db, number, 10), 0);
        assert_int_equal(tab_exports_recover(kept.db, 40), 0);
        assert_int_equal(get(number).state, i < EXPORT_TRIES ? EXPORT_WAITING : EXPORT_FAILED);
    }
    assert_true(str_eq(get(number).why, STR("restarts")) && get(number).ended == 40);
}

static void withdrawn(void **state)
{
    int64_t done = ask(1), running = ask(2), waiting = ask(3);
    (void)state;
    assert_int_equal(tab_exports_start(kept.db, done, 10), 0);
    struct stored_export e = get(done);
    e.state = EXPORT_DONE;
    e.ended = 11;
    assert_int_equal(tab_exports_end(kept.db, &e), 0);
    assert_int_equal(tab_exports_start(kept.db, running, 12), 0);
    assert_int_equal(tab_exports_withdraw(kept.db, 50), 0);
    assert_true(get(done).state == EXPORT_FAILED && str_eq(get(done).why, STR("personal")));
    assert_int_equal(get(running).state, EXPORT_FAILED);
    assert_int_equal(tab_exports_progress(kept.db, &(struct stored_export){.number = running}), ERR_NOT_FOUND); /* so writing stops */
    assert_int_equal(get(waiting).state, EXPORT_WAITING);
    assert_int_equal(tab_accounts_delete(kept.db, account), 0);
    assert_int_equal(tab_exports_get(kept.db, &kept.arena, waiting, &e), ERR_NOT_FOUND);
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, open_db, close_db)

int main(void)
{
    const struct CMUnitTest tests[] = {EACH(one_life), EACH(kills_and_stops), EACH(withdrawn)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
