/* tests/detect/test_det_new_admin.c - New admin user. */
#include "tests/support/cloud.h"

static void roles_of_one_account_are_one_alert(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("new_admin", "new_admin_attack", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "emma@corp.example"));
    assert_true(replay_concerns(&r, r.alerts[0], "anna@corp.example"));
    assert_int_equal(r.alerts[0]->severity, SEVERITY_MEDIUM);
    assert_int_equal(r.alerts[0]->count, 2);
    cloud_says(r.alerts[0], "the privileged role Global Administrator and 1 more by");
    assert_int_equal(r.alerts[0]->nevidence, 2);
    replay_free(&r);
}

static void harmless_roles_are_none(void **state)
{
    (void)state;
    assert_int_equal(cloud_count("new_admin", "new_admin_benign", NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_of_one_account_are_one_alert),
        cmocka_unit_test(harmless_roles_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
