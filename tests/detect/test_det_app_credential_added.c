/* tests/detect/test_det_app_credential_added.c - Credential added to app. */
#include "tests/support/cloud.h"

static void the_attack_is_one_alert(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("app_credential_added", "app_credential_added_attack", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "emma@corp.example"));
    assert_int_equal(r.alerts[0]->severity, SEVERITY_MEDIUM);
    assert_int_equal(r.alerts[0]->count, 2);
    cloud_says(r.alerts[0], "Intranet Sync");
    replay_free(&r);
}

static void the_harmless_is_none(void **state)
{
    (void)state;
    assert_int_equal(cloud_count("app_credential_added", "app_credential_added_benign", NULL), 0);
}

static void who_did_so_before_is_low(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("app_credential_added", "app_credential_added_habit", NULL, &r);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.alerts[1]->severity, SEVERITY_LOW);
    replay_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_attack_is_one_alert),
        cmocka_unit_test(the_harmless_is_none),
        cmocka_unit_test(who_did_so_before_is_low),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
