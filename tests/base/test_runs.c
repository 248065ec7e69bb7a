/* tests/base/test_runs.c - external sorting: order, completeness, bounds, several writers. */
#include "base/runs.h"

#include <malloc.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { KEY = 12, RECORDS = 60000 };

static uint32_t next(uint32_t *x)
{
    return *x = *x * 1664525u + 1013904223u;
}

static void make(uint8_t *p, size_t n, uint32_t key, uint32_t serial)
{
    memset(p, (int)(serial & 0xff), n);
    memset(p, 0, KEY);
    for (int i = 0; i < 4; i++) {
        p[4 + i] = (uint8_t)(key >> (24 - 8 * i));
        p[8 + i] = (uint8_t)(serial >> (24 - 8 * i));
    }
}

struct job {
    struct runs *runs;
    uint32_t from;
    int err;
};

static void *write_some(void *owner)
{
    struct job *j = owner;
    struct run_writer *w;
    uint8_t p[300];
    uint32_t x = j->from;
    j->err = runs_writer(j->runs, &w);
    for (uint32_t i = 0; !j->err && i < RECORDS / 2; i++) {
        size_t n = KEY + next(&x) % 280;
        make(p, n, next(&x) >> 20, j->from + i);
        j->err = run_add(w, p, n);
    }
    int last = run_finish(w);
    j->err = j->err ? j->err : last;
    return NULL;
}

static void sorted_and_complete(void **state)
{
    struct runs *r;
    struct run_merge *m;
    const uint8_t *p;
    uint8_t last[KEY] = {0};
    size_t n;
    (void)state;
    assert_int_equal(runs_open(&r, KEY, 65536, 65536), 0);
    struct job jobs[2] = {{r, 0, 0}, {r, RECORDS / 2, 0}};
    pthread_t t;
    assert_int_equal(pthread_create(&t, NULL, write_some, &jobs[1]), 0);
    (void)write_some(&jobs[0]);
    assert_int_equal(pthread_join(t, NULL), 0);
    assert_int_equal(jobs[0].err, 0);
    assert_int_equal(jobs[1].err, 0);
    uint8_t *seen = calloc(1, RECORDS);
    assert_non_null(seen);
    assert_int_equal(run_merge_open(r, &m), 0);
    uint32_t count = 0;
    while (run_merge_next(m, &p, &n) == 1) {
        assert_true(memcmp(last, p, KEY) <= 0);
        memcpy(last, p, KEY);
        uint32_t serial = (uint32_t)p[8] << 24 | (uint32_t)p[9] << 16 | (uint32_t)p[10] << 8 | p[11];
        assert_true(serial < RECORDS && !seen[serial]);
        seen[serial] = 1;
        for (size_t i = KEY; i < n; i++)
            assert_int_equal(p[i], serial & 0xff);
        count++;
    }
    assert_int_equal(count, RECORDS);
    assert_int_equal(run_merge_next(m, &p, &n), 0);
    run_merge_close(m);
    runs_close(r);
    free(seen);
}

static void empty_and_too_large(void **state)
{
    struct runs *r;
    struct run_writer *w;
    struct run_merge *m;
    static uint8_t large[20000];
    const uint8_t *p;
    size_t n;
    (void)state;
    assert_int_equal(runs_open(&r, KEY, 65536, 65536), 0);
    assert_int_equal(runs_writer(r, &w), 0);
    assert_int_equal(run_add(w, large, 65536 / 4 + 1), ERR_LIMIT);
    assert_int_equal(run_add(w, large, KEY - 1), ERR_LIMIT);
    assert_int_equal(run_finish(w), 0);
    assert_int_equal(run_merge_open(r, &m), 0);
    assert_int_equal(run_merge_next(m, &p, &n), 0);
    run_merge_close(m);
    runs_close(r);
}

static size_t held(void)
{
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}

/* Many runs one after the other in time: only the one at hand has its part of the window. */
static void runs_apart_share_the_window(void **state)
{
    enum { BUFFER = 1 << 16, RUNS = 64, WINDOW = RUNS * (BUFFER / 2), EACH = 200 };
    struct runs *r;
    struct run_writer *w;
    struct run_merge *m;
    uint8_t one[EACH];
    const uint8_t *p;
    size_t n, most = 0;
    uint32_t count = 0, records = RUNS * (BUFFER / (4 + EACH));
    (void)state;
    assert_int_equal(runs_open(&r, KEY, BUFFER, WINDOW), 0);
    assert_int_equal(runs_writer(r, &w), 0);
    for (uint32_t i = 0; i < records; i++) {
        make(one, EACH, i, i);
        assert_int_equal(run_add(w, one, EACH), 0);
    }
    assert_int_equal(run_finish(w), 0);
    size_t before = held();
    assert_int_equal(run_merge_open(r, &m), 0);
    for (; run_merge_next(m, &p, &n) == 1; count++)
        most = held() > before + most ? held() - before : most;
    assert_int_equal(count, records);
    assert_true(most < WINDOW / 4);
    run_merge_close(m);
    runs_close(r);
}

static void no_place_to_write(void **state)
{
    struct runs *r;
    (void)state;
    assert_int_equal(setenv("TMPDIR", "/nonexistent", 1), 0);
    assert_int_equal(runs_open(&r, KEY, 65536, 65536), ERR_IO);
    assert_int_equal(unsetenv("TMPDIR"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sorted_and_complete), cmocka_unit_test(empty_and_too_large),
                                       cmocka_unit_test(runs_apart_share_the_window), cmocka_unit_test(no_place_to_write)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
