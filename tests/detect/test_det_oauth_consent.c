/* tests/detect/test_det_oauth_consent.c - Suspicious OAuth app consent. */
#include "tests/support/cloud.h"

static void the_attack_is_one_alert(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("oauth_consent", "oauth_consent_attack", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "emma@corp.example"));
    assert_int_equal(r.alerts[0]->severity, SEVERITY_MEDIUM);
    assert_int_equal(r.alerts[0]->count, 2);
    cloud_says(r.alerts[0], "Invoice Reader");
    assert_true(r.alerts[0]->preview);
    replay_free(&r);
}

static void the_harmless_is_none(void **state)
{
    (void)state;
    assert_int_equal(cloud_count("oauth_consent", "oauth_consent_benign", NULL), 0);
}

static void an_app_in_use_for_days_is_known(void **state)
{
    (void)state;
    struct replay_setup own = cloud_param("oauth_consent", "known_days", 30);
    assert_int_equal(cloud_count("oauth_consent", "oauth_consent_benign", &own), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_attack_is_one_alert),
        cmocka_unit_test(the_harmless_is_none),
        cmocka_unit_test(an_app_in_use_for_days_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
