/* tests/app/test_reserve.c - when a sensor stands back: by figures that were made up, and by this machine under load. */
#include "app/reserve.h"
#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define PLENTY "MemTotal: 1000 kB\nMemFree: 10 kB\nMemAvailable: 900 kB\n"

struct use { /* ticks of /proc/stat so far */
    unsigned user, system, idle, waiting, stolen;
};

/* Everything that has a place of its own in the line is filled, so that a wrong place is noticed. */
static bool look(struct reserve *r, struct use u, const char *meminfo)
{
    char stat[256];
    (void)snprintf(stat, sizeof stat, "cpu  %u 7 %u %u %u 5 3 %u 0 0\ncpu0 0 0 0 1000000 0 0 0 0 0 0\nintr 1 2 3\n", u.user, u.system, u.idle, u.waiting, u.stolen);
    return reserve_judge(r, stat, meminfo);
}

static void processors(void **state)
{
    struct reserve r = {.percent = 15};
    (void)state;
    assert_false(look(&r, (struct use){.user = 1000, .idle = 10}, PLENTY)); /* since the start: says nothing of now */
    assert_true(look(&r, (struct use){.user = 1086, .idle = 24}, PLENTY));
    assert_int_equal(r.free_cpu, 14);
    assert_false(look(&r, (struct use){.user = 1171, .idle = 39}, PLENTY));
    assert_int_equal(r.free_cpu, 15);
    assert_false(look(&r, (struct use){.user = 1171, .idle = 39, .waiting = 50}, PLENTY)); /* waiting for disks is free time */
    assert_int_equal(r.free_cpu, 100);
    assert_true(look(&r, (struct use){.user = 1171, .idle = 49, .waiting = 50, .stolen = 90}, PLENTY)); /* what another machine took is not */
    assert_int_equal(r.free_cpu, 10);
    assert_true(look(&r, (struct use){.user = 1271, .idle = 49, .waiting = 40, .stolen = 90}, PLENTY)); /* waiting may shrink */
    assert_int_equal(r.free_cpu, 0);
    assert_false(look(&r, (struct use){.user = 1271, .idle = 149, .waiting = 40, .stolen = 90}, PLENTY)); /* it is over */
    assert_false(look(&r, (struct use){.user = 1271, .idle = 149, .waiting = 40, .stolen = 90}, PLENTY)); /* no tick since */
    assert_int_equal(r.free_cpu, 100);
}

static void memory(void **state)
{
    struct reserve r = {.percent = 15};
    struct use idle = {.idle = 100};
    (void)state;
    assert_true(look(&r, idle, "MemTotal: 16000000 kB\nMemFree: 15000000 kB\nMemAvailable: 2399999 kB\n"));
    assert_int_equal(r.free_memory, 14);
    assert_false(look(&r, idle, "MemTotal: 16000000 kB\nMemFree: 0 kB\nMemAvailable: 2400000 kB\n"));
    assert_true(look(&r, idle, "MemTotal: 16000000 kB\nMemFree: 0 kB\nMemAvailable: 0 kB\n"));
    assert_false(look(&r, idle, PLENTY));
}

static void nothing_tells(void **state)
{
    struct reserve r = {.percent = 15};
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        assert_false(reserve_judge(&r, "", ""));
        assert_false(reserve_judge(&r, "nonsense", "MemTotal: 0 kB\nMemAvailable: 0 kB\n"));
        assert_false(reserve_judge(&r, "cpu", "MemTotal: 100 kB\n"));
    }
    r = (struct reserve){.percent = 0};
    assert_false(look(&r, (struct use){.user = 100}, PLENTY));
    assert_false(look(&r, (struct use){.user = 200}, PLENTY));
}

static int64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * TIME_SECOND + t.tv_nsec;
}

/* As many busy processes as there are processors, for less than two seconds: nothing is left to spare. */
static void this_machine(void **state)
{
    struct reserve r = {.percent = 15}, off = {.percent = 0};
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    int64_t end = now_ns() + 17 * TIME_SECOND / 10;
    (void)state;
    assert_false(reserve_look(&off, 1));
    assert_true(off.looked == 0);
    for (long i = 0; i < n; i++)
        if (fork() == 0) {
            while (now_ns() < end)
                ;
            _exit(0);
        }
    (void)usleep(300000);
    int64_t from = now_ns();
    (void)reserve_look(&r, from);
    assert_true(r.total > 0 && r.free_memory > 0 && r.free_memory <= 100);
    uint64_t total = r.total;
    (void)reserve_look(&r, from + TIME_SECOND / 2);
    assert_true(r.total == total); /* not before a second went by */
    (void)usleep(1050000);
    assert_true(reserve_look(&r, from + TIME_SECOND));
    assert_true(r.total > total && r.free_cpu < 15);
    while (wait(NULL) > 0)
        ;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(processors), cmocka_unit_test(memory), cmocka_unit_test(nothing_tells), cmocka_unit_test(this_machine)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
