/* tests/detect/test_det_golden_saml.c - Suspected Golden SAML. */
#include "tests/support/cloud.h"

static void a_token_that_nobody_issued_is_one_high_alert(void **state)
{
    (void)state;
    struct replay_result r;
    static const struct replay_setup setup;
    replay("golden_saml", "fixtures/detect/golden_saml_attack.ndjson", &setup, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "clara@corp.example"));
    assert_int_equal(r.alerts[0]->nusers + r.alerts[0]->naccounts, 1);
    assert_int_equal(r.alerts[0]->severity, SEVERITY_HIGH);
    assert_int_equal(r.alerts[0]->nevidence, 1);
    cloud_says(r.alerts[0], "198.51.100.7");
    replay_free(&r);
}

static void issued_late_or_without_view_is_none(void **state)
{
    (void)state;
    assert_int_equal(cloud_count_alone("golden_saml", "golden_saml_benign", false), 0);
}

static void controllers_alone_make_it_medium(void **state)
{
    (void)state;
    struct replay_result r;
    static const struct replay_setup setup;
    replay("golden_saml", "fixtures/detect/golden_saml_controllers.ndjson", &setup, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "ivan@corp.example"));
    assert_int_equal(r.alerts[0]->severity, SEVERITY_MEDIUM);
    replay_free(&r);
}

static void reading_the_key_is_one_alert(void **state)
{
    (void)state;
    struct replay_result r;
    static const struct replay_setup setup;
    replay("golden_saml", "fixtures/detect/golden_saml_key.ndjson", &setup, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "mallory"));
    assert_int_equal(r.alerts[0]->count, 2);
    assert_int_equal(r.alerts[0]->nevidence, 2);
    assert_int_equal(r.alerts[0]->severity, SEVERITY_MEDIUM);
    replay_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_that_nobody_issued_is_one_high_alert),
        cmocka_unit_test(issued_late_or_without_view_is_none),
        cmocka_unit_test(reading_the_key_is_one_alert),
        cmocka_unit_test(controllers_alone_make_it_medium),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
