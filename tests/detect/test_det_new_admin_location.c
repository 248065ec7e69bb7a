/* tests/detect/test_det_new_admin_location.c - New admin location. */
#include "tests/support/cloud.h"

static void the_attack_is_one_alert(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("new_admin_location", "new_admin_location_attack", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "anna@corp.example"));
    assert_int_equal(r.alerts[0]->severity, SEVERITY_MEDIUM);
    assert_int_equal(r.alerts[0]->count, 2);
    cloud_says(r.alerts[0], "198.51.100.7 (Ukraine)");
    replay_free(&r);
}

static void the_harmless_is_none(void **state)
{
    (void)state;
    assert_int_equal(cloud_count("new_admin_location", "new_admin_location_benign", NULL), 0);
}

static void where_colleagues_administer_is_none(void **state)
{
    (void)state;
    struct replay_setup own = cloud_param("new_admin_location", "colleagues", 3);
    assert_int_equal(cloud_count("new_admin_location", "new_admin_location_colleagues", &own), 0);
}

static void colleagues_are_the_owners(void **state)
{
    (void)state;
    struct replay_setup own = cloud_param("new_admin_location", "colleagues", 9);
    assert_int_equal(cloud_count("new_admin_location", "new_admin_location_colleagues", &own), 1);
}

static void an_empty_past_is_no_past(void **state)
{
    (void)state;
    assert_int_equal(cloud_count_alone("new_admin_location", "new_admin_location_attack", true), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_attack_is_one_alert),
        cmocka_unit_test(the_harmless_is_none),
        cmocka_unit_test(where_colleagues_administer_is_none),
        cmocka_unit_test(colleagues_are_the_owners),
        cmocka_unit_test(an_empty_past_is_no_past),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
