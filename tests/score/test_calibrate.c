/* tests/score/test_calibrate.c - p-values of known distributions; contamination; youth; rates and hours. */
#include "base/time.h"
#include "score/calibrate.h"
#include "score/hours.h"
#include "score/rate.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t seed;

static double uniform(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return ((double)(seed >> 11) + 0.5) / 9007199254740992.0;
}

static double exponential(void)
{
    return -3 * log(uniform());
}

static double heavy(void) /* Pareto tail, shape 0.25 */
{
    return 4 * (pow(uniform(), -0.25) - 1);
}

static void check(double (*draw)(void), double contamination)
{
    struct calibrate *c = calloc(1, sizeof *c);
    assert_non_null(c);
    seed = 42;
    for (int i = 0; i < 60000; i++)
        calibrate_learn(c, uniform() < contamination ? 60 + uniform() : draw(), (uint16_t)(100 + i / 1000));
    int below[3] = {0}, n = 200000;
    for (int i = 0; i < n; i++) {
        double p = calibrate_p(c, draw());
        for (int k = 0; k < 3; k++)
            below[k] += p <= pow(10, -k - 1);
    }
    for (int k = 0; k < 3; k++) {
        double ratio = below[k] / (double)n / pow(10, -k - 1);
        if (ratio < 0.5 || ratio > 2)
            fail_msg("level 1e-%d: %.2f times nominal", k + 1, ratio);
    }
    free(c);
}

static void exponential_is_calibrated(void **state)
{
    (void)state;
    check(exponential, 0);
}

static void heavy_tail_is_calibrated(void **state)
{
    (void)state;
    check(heavy, 0);
}

static void few_attacks_do_not_bend_the_tail(void **state)
{
    (void)state;
    check(exponential, 0.0005);
}

static void zero_is_never_odd_and_p_falls(void **state)
{
    struct calibrate *c = calloc(1, sizeof *c);
    (void)state;
    assert_true(calibrate_p(c, 5) >= 1); /* nothing learned */
    for (int i = 0; i < 5000; i++)
        calibrate_learn(c, i % 4 ? 0 : exponential(), 7);
    assert_true(calibrate_p(c, 0) >= 1);
    double before = 1;
    for (double s = 0; s < 100; s += 0.01) {
        double p = calibrate_p(c, s);
        assert_true(p <= before + 1e-7 && p > 0);
        before = p;
    }
    free(c);
}

static void youth_proves_little(void **state)
{
    struct calibrate *young = calloc(1, sizeof *young), *old = calloc(1, sizeof *old);
    (void)state;
    seed = 1;
    for (int i = 0; i < 20; i++)
        calibrate_learn(young, exponential(), 7);
    for (int i = 0; i < 20000; i++)
        calibrate_learn(old, exponential(), 7);
    assert_true(calibrate_log10(young, NULL, 40) > -1);
    assert_true(calibrate_log10(old, NULL, 40) < -3.5);
    /* a young class leans on all classes together */
    assert_true(calibrate_log10(young, old, 40) < -3);
    free(young);
    free(old);
}

static void old_shapes_fade(void **state)
{
    struct calibrate *c = calloc(1, sizeof *c);
    (void)state;
    seed = 3;
    for (int i = 0; i < 20000; i++)
        calibrate_learn(c, 1 + exponential(), 0);
    double before = calibrate_p(c, 20);
    for (int i = 0; i < 20000; i++)
        calibrate_learn(c, 10 + exponential(), 300);
    assert_true(calibrate_p(c, 20) > 10 * before);
    free(c);
}

static double poisson_gamma(double shape, double rate, int count)
{
    double below = 0;
    for (int k = 0; k < count; k++)
        below += exp(lgamma(shape + k) - lgamma(shape) - lgamma(k + 1.0) + shape * log(rate / (rate + 1)) - k * log(rate + 1));
    return 1 - below;
}

static void rates_follow_the_distribution(void **state)
{
    (void)state;
    double p = rate_p(12, 4, 2, 9); /* Gamma(12 + 2*2, 4 + 2) */
    assert_true(fabs(p - poisson_gamma(16, 6, 9)) < 1e-6);
    assert_true(rate_p(12, 4, 2, 2) >= 1);
    assert_true(rate_p(0, 0, 0, 5) >= 1); /* nothing known */
    assert_true(rate_p(12, 4, 2, 1e6) >= 0 && rate_p(12, 4, 2, 1e6) < 1e-12);
    assert_true(rate_p(1000, 500, 2, 40) < rate_p(10, 5, 2, 40) * 1.01);
}

static void hours_go_round_the_clock(void **state)
{
    float n[HOURS] = {0}, total = 100;
    (void)state;
    n[23] = 100;
    assert_true(hours_org(n, total, 0) > hours_org(n, total, 2));
    assert_true(hours_org(n, total, 1) > hours_org(n, total, 12));
    assert_true(fabsf(hours_org(n, total, 0) - hours_org(n, total, 22)) < 1e-6f);
    assert_true(hours_org(n, total, 47) < 0.01f); /* a day of rest is another world */
    float sum = 0;
    for (unsigned h = 0; h < HOURS; h++)
        sum += hours_org(n, total, h);
    assert_true(fabsf(sum - 1) < 1e-5f);
    assert_int_equal(hours_bin(time_parse(STR("2026-01-04T03:30:00Z")), HOURS_WEEKEND), 27); /* a Sunday */
    assert_int_equal(hours_bin(time_parse(STR("2026-01-05T03:30:00Z")), HOURS_WEEKEND), 3);
    assert_int_equal(hours_bin(-1, HOURS_WEEKEND), 23); /* the last moment of Wednesday 1969-12-31 */
}

static void days_of_rest_are_learned(void **state)
{
    (void)state;
    assert_int_equal(hours_rest((float[7]){10, 100, 90, 95, 100, 80, 12}), 0x41);
    assert_int_equal(hours_rest((float[7]){100, 100, 90, 95, 100, 8, 12}), 0x60); /* Friday and Saturday */
    assert_int_equal(hours_rest((float[7]){100, 100, 90, 95, 100, 80, 90}), 0);
}

/* a tail that bends down ends for a statistic that has a most, and goes on for one that has none */
static void a_sum_has_no_end(void **state)
{
    static struct calibrate bounded, endless;
    (void)state;
    bounded = (struct calibrate){0};
    endless = (struct calibrate){.endless = true};
    for (int i = 0; i < 20000; i++) {
        double stat = 10 * (double)(i * 7919 % 20000) / 20000;
        calibrate_learn(&bounded, stat, 20000);
        calibrate_learn(&endless, stat, 20000);
    }
    assert_true(calibrate_p(&endless, 5) <= calibrate_p(&bounded, 5) && calibrate_p(&endless, 5) >= calibrate_p(&bounded, 5));
    assert_true(calibrate_p(&bounded, 11.5) < 1e-5);
    assert_true(calibrate_p(&endless, 11.5) > 10 * calibrate_p(&bounded, 11.5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sum_has_no_end),
        cmocka_unit_test(exponential_is_calibrated),
        cmocka_unit_test(heavy_tail_is_calibrated),
        cmocka_unit_test(few_attacks_do_not_bend_the_tail),
        cmocka_unit_test(zero_is_never_odd_and_p_falls),
        cmocka_unit_test(youth_proves_little),
        cmocka_unit_test(old_shapes_fade),
        cmocka_unit_test(rates_follow_the_distribution),
        cmocka_unit_test(hours_go_round_the_clock),
        cmocka_unit_test(days_of_rest_are_learned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
