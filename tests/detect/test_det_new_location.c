/* tests/detect/test_det_new_location.c - New location. */
#include "tests/support/cloud.h"

static void the_attack_is_one_alert(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("new_location", "new_location_attack", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "anna@corp.example"));
    assert_int_equal(r.alerts[0]->severity, SEVERITY_INFORMATIONAL);
    assert_int_equal(r.alerts[0]->count, 1);
    cloud_says(r.alerts[0], "The first activity in Ukraine");
    replay_free(&r);
}

static void the_harmless_is_none(void **state)
{
    (void)state;
    assert_int_equal(cloud_count("new_location", "new_location_benign", NULL), 0);
}

static void an_empty_past_is_no_past(void **state)
{
    (void)state;
    assert_int_equal(cloud_count_alone("new_location", "new_location_attack", true), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_attack_is_one_alert),
        cmocka_unit_test(the_harmless_is_none),
        cmocka_unit_test(an_empty_past_is_no_past),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
