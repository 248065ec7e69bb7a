/* tests/detect/test_det_audit_logging_disabled.c - Audit logging disabled. */
#include "tests/support/cloud.h"

static void the_attack_is_one_alert(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("audit_logging_disabled", "audit_logging_disabled_attack", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "emma@corp.example"));
    assert_int_equal(r.alerts[0]->nusers, 1);
    assert_int_equal(r.alerts[0]->count, 2);
    assert_int_equal(r.alerts[0]->nevidence, 2);
    cloud_says(r.alerts[0], "DeleteTrail");
    replay_free(&r);
}

static void the_harmless_is_none(void **state)
{
    (void)state;
    assert_int_equal(cloud_count("audit_logging_disabled", "audit_logging_disabled_benign", NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_attack_is_one_alert),
        cmocka_unit_test(the_harmless_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
