/* tests/detect/test_det_mfa_fatigue.c - MFA fatigue. */
#include "tests/support/cloud.h"

static void the_attack_is_one_alert(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("mfa_fatigue", "mfa_fatigue_attack", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "emma@corp.example"));
    assert_int_equal(r.alerts[0]->severity, SEVERITY_MEDIUM);
    assert_int_equal(r.alerts[0]->count, 4);
    cloud_says(r.alerts[0], "then a sign-in from there succeeded");
    replay_free(&r);
}

static void the_harmless_is_none(void **state)
{
    (void)state;
    assert_int_equal(cloud_count("mfa_fatigue", "mfa_fatigue_benign", NULL), 0);
}

static void without_a_sign_in_from_there_it_is_low(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("mfa_fatigue", "mfa_fatigue_refused", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.alerts[0]->severity, SEVERITY_LOW);
    replay_free(&r);
}

static void prompts_are_the_owners(void **state)
{
    (void)state;
    struct replay_setup own = cloud_param("mfa_fatigue", "prompts", 13);
    assert_int_equal(cloud_count("mfa_fatigue", "mfa_fatigue_attack", &own), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_attack_is_one_alert),
        cmocka_unit_test(the_harmless_is_none),
        cmocka_unit_test(without_a_sign_in_from_there_it_is_low),
        cmocka_unit_test(prompts_are_the_owners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
