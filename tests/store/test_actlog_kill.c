/* tests/store/test_actlog_kill.c - a writer that is killed at any moment, many times: what it said was committed is there, once; what
 * is there is whole; numbers are never given twice. And readers beside a writer that appends, seals, merges and forgets. */
#include "store/actlog.h"
#include "tests/support/acts.h"

#include <dirent.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROUNDS = 60, MOST = 400000 };
#define START (INT64_C(20000) * TIME_DAY)

static char folder[64];

static int fresh(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/vigie-actlog-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int done(void **state)
{
    char path[600];
    (void)state;
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

static struct actlog *open_log(void)
{
    char why[256];
    struct actlog *l;
    int err = actlog_open(folder, &l, why);
    if (err)
        print_error("%s\n", why);
    assert_int_equal(err, 0);
    return l;
}

/* Activity `n` is the same in every process. */
static struct activity number(struct acts *a, uint32_t n)
{
    a->seed = n * UINT64_C(0x9e3779b97f4a7c15);
    return acts_make(a, n, START + (int64_t)n * TIME_SECOND);
}

/* ---- the one that is killed ---- */

/* Adds from `next` on, and tells after each commit up to where. */
static void write_until_killed(uint32_t next, int out, uint64_t seed)
{
    static struct acts a, dice;
    char why[256];
    struct actlog *l;
    bool stored;
    dice.seed = seed;
    if (actlog_open(folder, &l, why) < 0)
        _exit(1);
    while (next < MOST) {
        for (uint32_t k = 1 + acts_draw(&dice, 120); k > 0; k--, next++) {
            struct activity x = number(&a, next);
            if (actlog_add(l, &x, START, &stored) < 0)
                _exit(2);
        }
        if (actlog_commit(l) < 0)
            _exit(3);
        if (write(out, &next, sizeof next) != sizeof next)
            _exit(4);
        if (acts_draw(&dice, 4) == 0 && actlog_seal(l) < 0)
            _exit(5);
    }
    _exit(6);
}

struct seen {
    uint8_t *times; /* by origin.record, the activity's own number */
    uint64_t last;
    uint32_t n;
};

static int once(void *owner, const struct actlog_row *row)
{
    struct seen *s = owner;
    assert_true(row->number > s->last);
    s->last = row->number;
    assert_true(row->activity.origin.record < MOST);
    assert_int_equal(s->times[row->activity.origin.record]++, 0);
    s->n++;
    return 0;
}

/* All of [0, told) is there once; what was not told may be there, but then without a gap. */
static uint32_t check(uint32_t told)
{
    struct actlog *l = open_log();
    struct actlog_figures f;
    struct seen s = {calloc(MOST, 1), 0, 0};
    assert_int_equal(actlog_arrived(l, 0, UINT64_MAX, once, &s), 0);
    assert_true(s.n >= told);
    for (uint32_t i = 0; i < s.n; i++)
        assert_int_equal(s.times[i], 1);
    actlog_figures(l, &f);
    assert_int_equal(f.activities[0] + f.activities[1], s.n);
    assert_int_equal(f.last, s.last);
    free(s.times);
    actlog_close(l);
    return s.n;
}

static void killed(void **state)
{
    uint32_t told = 0;
    unsigned killed = 0;
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        int pipes[2];
        assert_int_equal(pipe(pipes), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            write_until_killed(told > 50 ? told - 50 : 0, pipes[1], round + 1); /* some of it again */
        (void)close(pipes[1]);
        (void)usleep(2000 + round * 7919 % 97 * 1500);
        assert_int_equal(kill(child, SIGKILL), 0);
        for (uint32_t upto; read(pipes[0], &upto, sizeof upto) == sizeof upto;)
            told = upto > told ? upto : told;
        (void)close(pipes[0]);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        killed += WIFSIGNALED(status);
        if (round % 5 == 4 || round < 3)
            told = check(told);
    }
    assert_int_equal(killed, ROUNDS);
    assert_true(told > 1000);
}

/* ---- readers beside the writer ---- */

struct beside {
    struct actlog *log;
    atomic_bool stop;
    atomic_uint pages;
    uint64_t seed;
};

struct page {
    int64_t last;
    uint64_t number;
    uint32_t n;
};

static int newest_first(void *owner, const struct actlog_row *row)
{
    struct page *p = owner;
    assert_true(row->activity.time <= p->last);
    p->last = row->activity.time;
    p->n++;
    return 0;
}

static int count_rows(void *owner, const struct actlog_row *row)
{
    struct page *p = owner;
    assert_true(row->number > p->number);
    p->number = row->number;
    p->n++;
    return 0;
}

static void *read_beside(void *owner)
{
    struct beside *b = owner;
    struct acts *a = calloc(1, sizeof *a);
    a->seed = b->seed;
    while (!atomic_load(&b->stop)) {
        struct filter f = acts_filter(a, START + 300 * TIME_SECOND);
        struct page p = {.last = INT64_MAX}, all = {0};
        bool more, beyond;
        uint64_t n;
        struct actlog_figures before;
        assert_int_equal(actlog_query(b->log, &(struct actlog_query){.filter = &f, .limit = 50}, newest_first, &p, &more), 0);
        assert_int_equal(actlog_count(b->log, &f, NULL, 100, &n, &beyond), 0);
        actlog_figures(b->log, &before);
        assert_int_equal(actlog_arrived(b->log, before.last - (before.last > 500 ? 500 : before.last), before.last, count_rows, &all), 0);
        assert_true(all.n <= 500 && all.number <= before.last);
        (void)atomic_fetch_add(&b->pages, 1);
    }
    free(a);
    return NULL;
}

static void beside(void **state)
{
    static struct acts a;
    struct actlog *l = open_log();
    struct beside b[2] = {{.log = l, .seed = 1}, {.log = l, .seed = 2}};
    pthread_t threads[2];
    uint64_t gone = 0, n;
    (void)state;
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_beside, &b[i]), 0);
    uint32_t next = 0;
    for (unsigned round = 0; round < 120; round++) {
        for (unsigned k = 0; k < 100; k++, next++) {
            bool stored;
            struct activity x = number(&a, next);
            assert_int_equal(actlog_add(l, &x, START, &stored), 0);
            assert_true(stored);
        }
        assert_int_equal(actlog_commit(l), 0);
        if (round % 2)
            assert_int_equal(actlog_seal(l), 0);
        if (round % 40 == 39) {
            assert_int_equal(actlog_forget(l, &(const uint32_t){round % 28}, 1, &n), 0);
            gone += n;
        }
        if (round == 100) {
            assert_int_equal(actlog_expire(l, START + 2000 * TIME_SECOND, &n), 0);
            gone += n;
        }
    }
    for (int i = 0; i < 2; i++) {
        while (atomic_load(&b[i].pages) < 3)
            (void)usleep(1000);
        atomic_store(&b[i].stop, true);
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    struct actlog_figures f;
    actlog_figures(l, &f);
    assert_true(gone > 2000);
    assert_int_equal(f.activities[0] + f.activities[1] + gone, next);
    actlog_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(killed, fresh, done), cmocka_unit_test_setup_teardown(beside, fresh, done)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
