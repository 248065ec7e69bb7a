/* tests/store/test_directories.c - directory services: when each is due, and what is kept of how it went. */
#include "store/tab_directories.h"
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

#define MIN TIME_MINUTE

/* Its number, 0 for none. */
static int64_t due(int64_t now)
{
    struct stored_directory d = {.number = 0};
    int err = tab_directories_due(kept.db, &kept.arena, now, &d);
    assert_true(err == 0 || err == ERR_NOT_FOUND);
    return d.number;
}

static int64_t add(const char *url, int64_t minutes)
{
    int64_t number = 0;
    const struct stored_directory d = {.url = str_of(url), .minutes = minutes, .enabled = true, .by = STR("ada"), .created = 1};
    assert_int_equal(tab_directories_add(kept.db, &d, &number), 0);
    return number;
}

static struct stored_directory get(int64_t number)
{
    struct stored_directory d = {.number = 0};
    assert_int_equal(tab_directories_get(kept.db, &kept.arena, number, &d), 0);
    return d;
}

static void when(void **state)
{
    (void)state;
    assert_int_equal(due(0), 0);
    int64_t a = add("ldaps://a", 10), b = add("ldaps://b", 10);
    assert_int_equal(due(100 * MIN), a); /* never read */
    assert_int_equal(tab_directories_start(kept.db, a, 100 * MIN), 0);
    assert_int_equal(tab_directories_end(kept.db, a, 101 * MIN, STR_NONE, STR("{\"read\":1}")), 0);
    assert_int_equal(due(101 * MIN), b);
    assert_int_equal(tab_directories_start(kept.db, b, 101 * MIN), 0);
    assert_int_equal(due(101 * MIN), b); /* broken off */
    assert_true(directory_running(&(struct stored_directory){.enabled = true, .started = 2, .ended = 1}));
    assert_int_equal(tab_directories_end(kept.db, b, 102 * MIN, STR("it broke"), STR_NONE), 0);
    assert_int_equal(due(103 * MIN), 0);
    assert_int_equal(due(111 * MIN), a); /* its interval is over */
    assert_int_equal(due(50 * MIN), a);  /* the clock was set back */
    assert_int_equal(tab_directories_want(kept.db, b), 0);
    assert_int_equal(due(111 * MIN), b); /* who is asked for goes before */
    assert_int_equal(tab_directories_want(kept.db, 99), ERR_NOT_FOUND);
}

static void how(void **state)
{
    (void)state;
    int64_t a = add("ldaps://a", 10);
    struct stored_directory d = get(a);
    assert_string_equal(directory_state(&d), "new");
    assert_true(d.succeeded == TIME_NONE && !str_set(d.domain) && !str_set(d.ca));
    assert_int_equal(tab_directories_end(kept.db, a, 1 * MIN, STR_NONE, STR("{}")), 0);
    assert_int_equal(tab_directories_end(kept.db, a, 2 * MIN, STR("one"), STR_NONE), 0);
    assert_int_equal(tab_directories_end(kept.db, a, 3 * MIN, STR("two"), STR_NONE), 0);
    d = get(a);
    assert_string_equal(directory_state(&d), "failed");
    assert_true(d.failures == 2 && d.succeeded == 1 * MIN && str_eq(d.why, STR("two")) && str_eq(d.said, STR("{}")));
    d.kerberos = true;
    assert_int_equal(tab_directories_change(kept.db, &d), 0);
    assert_int_equal(due(3 * MIN), a); /* at once */
    d = get(a);
    assert_true(d.kerberos && d.failures == 0 && !str_set(d.why) && d.succeeded == 1 * MIN);
    d.enabled = false;
    assert_int_equal(tab_directories_change(kept.db, &d), 0);
    assert_int_equal(due(1000 * MIN), 0);
    assert_string_equal(directory_state(&d), "off");
    assert_int_equal(tab_directories_remove(kept.db, a), 0);
    assert_int_equal(tab_directories_end(kept.db, a, 4 * MIN, STR_NONE, STR("{}")), ERR_NOT_FOUND);
    assert_int_equal(tab_directories_remove(kept.db, a), ERR_NOT_FOUND);
    assert_true(add("ldaps://c", 1) > a); /* numbers, and with them secrets and files, are not given twice */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(when, open_db, close_db), cmocka_unit_test_setup_teardown(how, open_db, close_db)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
