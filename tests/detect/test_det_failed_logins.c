/* tests/detect/test_det_failed_logins.c - Multiple failed login attempts. */
#include "tests/support/cloud.h"

static void a_spray_that_hits_is_one_high_alert(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("failed_logins", "failed_logins_attack", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.alerts[0]->nusers, 6);
    assert_true(replay_concerns(&r, r.alerts[0], "felix@corp.example"));
    assert_false(replay_concerns(&r, r.alerts[0], "greta@corp.example"));
    assert_int_equal(r.alerts[0]->severity, SEVERITY_HIGH);
    cloud_says(r.alerts[0], "12 sign-ins of 6 accounts (password spray) from 198.51.100.66");
    cloud_says(r.alerts[0], "1 of these accounts then signed in");
    replay_free(&r);
}

static void guessing_at_one_account_is_one_alert(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("failed_logins", "failed_logins_brute", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.alerts[0]->nusers, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "hugo@corp.example"));
    assert_int_equal(r.alerts[0]->severity, SEVERITY_MEDIUM);
    assert_int_equal(r.alerts[0]->count, 12);
    cloud_says(r.alerts[0], "12 sign-ins, 12 of them of one account (brute force)");
    replay_free(&r);
}

static void mistyping_interrupts_and_few_guesses_are_none(void **state)
{
    (void)state;
    assert_int_equal(cloud_count("failed_logins", "failed_logins_benign", NULL), 0);
}

static void thresholds_are_the_owners(void **state)
{
    (void)state;
    struct replay_setup nine = cloud_param("failed_logins", "attempts", 9), seven = cloud_param("failed_logins", "accounts", 7);
    assert_int_equal(cloud_count("failed_logins", "failed_logins_benign", &nine), 1);
    assert_int_equal(cloud_count("failed_logins", "failed_logins_attack", &seven), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spray_that_hits_is_one_high_alert),
        cmocka_unit_test(guessing_at_one_account_is_one_alert),
        cmocka_unit_test(mistyping_interrupts_and_few_guesses_are_none),
        cmocka_unit_test(thresholds_are_the_owners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
