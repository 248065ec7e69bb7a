/* tests/store/test_actlog_speed.c - 200,000 activities of a made-up organisation: the activity log is not an order of magnitude slower or
 * larger than it is meant to be. Times are processor time and bounds are loose: the machine may be busy. `make bench-actlog` measures. */
#include "store/actlog.h"
#include "tests/support/crowd.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { N = 200000 };

static char folder[64];
static struct actlog *made;

static double spent(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int fill(void **state)
{
    static struct crowd c = {.seed = 1, .time = INT64_C(20000) * TIME_DAY, .step = 30 * TIME_DAY / N};
    char why[256];
    bool stored;
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/vigie-actlog-XXXXXX");
    if (!mkdtemp(folder) || actlog_open(folder, &made, why) < 0)
        return -1;
    double from = spent();
    for (uint32_t i = 1; i <= N; i++) {
        struct activity a = crowd_next(&c);
        if (actlog_add(made, &a, a.time, &stored) < 0 || !stored || (i % 5000 == 0 && actlog_commit(made) < 0))
            return -1;
    }
    double each = (spent() - from) * 1e6 / N;
    print_message("written at %.1f us each\n", each);
    return each < 150 ? 0 : -1;
}

static int drop(void **state)
{
    char path[600];
    (void)state;
    actlog_close(made);
    (void)snprintf(path, sizeof path, "%s/activities", folder);
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));) {
        (void)snprintf(path, sizeof path, "%s/activities/%s", folder, e->d_name);
        (void)unlink(path);
    }
    if (d)
        (void)closedir(d);
    (void)snprintf(path, sizeof path, "%s/activities", folder);
    (void)rmdir(path);
    return rmdir(folder);
}

static int count(void *owner, const struct actlog_row *row)
{
    uint64_t *n = owner;
    *n += row->number > 0;
    return 0;
}

static double page(enum filter_field field, enum filter_match match, struct filter_value value, uint64_t *rows)
{
    const struct filter_term term = {.field = field, .match = match, .values = &value, .n = 1};
    const struct filter f = {&term, 1};
    bool more;
    *rows = 0;
    double from = spent();
    assert_int_equal(actlog_query(made, &(struct actlog_query){.filter = &f, .limit = 100}, count, rows, &more), 0);
    return spent() - from;
}

static void pages(void **state)
{
    uint64_t n;
    (void)state;
    assert_true(page(FIELD_ACTIVITY_USER, MATCH_EQ, (struct filter_value){.from = 100}, &n) < 1);
    assert_true(n > 5);
    assert_true(page(FIELD_ACTIVITY_KIND, MATCH_EQ, (struct filter_value){.text = STR("inbox rule created")}, &n) < 1);
    assert_int_equal(n, 100);
    assert_true(page(FIELD_ACTIVITY_COUNTRY, MATCH_EQ, (struct filter_value){.text = STR("JP")}, &n) < 1);
    assert_int_equal(n, 100);
    assert_true(page(FIELD_ACTIVITY_OBJECT, MATCH_CONTAINS, (struct filter_value){.text = STR("no such thing")}, &n) < 1);
    assert_int_equal(n, 0);
    assert_true(page(FIELD_ACTIVITY_TEXT, MATCH_TEXT, (struct filter_value){.text = STR("user report xyzzynothing")}, &n) < 1);
    assert_int_equal(n, 0);
}

static void all_in_order(void **state)
{
    uint64_t n = 0;
    (void)state;
    double from = spent();
    assert_int_equal(actlog_scan(made, NULL, TIME_NONE, count, &n), 0);
    assert_int_equal(n, N);
    assert_true(spent() - from < N / 30e3);
}

static void small(void **state)
{
    struct actlog_figures f;
    (void)state;
    actlog_figures(made, &f);
    print_message("%.0f bytes each\n", (double)f.bytes / N);
    assert_int_equal(f.activities[0] + f.activities[1], N);
    assert_true(f.bytes / N < 600); /* the last and the small segments are not squeezed much */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pages), cmocka_unit_test(all_in_order), cmocka_unit_test(small)};
    return cmocka_run_group_tests(tests, fill, drop);
}
