/* tests/detect/test_det_ransomware.c - Ransomware activity. */
#include "tests/support/cloud.h"

static void the_attack_is_one_alert(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("ransomware", "ransomware_attack", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "emma@corp.example"));
    assert_int_equal(r.alerts[0]->severity, SEVERITY_HIGH);
    assert_int_equal(r.alerts[0]->count, 21);
    cloud_says(r.alerts[0], ".locked");
    assert_false(r.alerts[0]->preview);
    replay_free(&r);
}

static void the_harmless_is_none(void **state)
{
    (void)state;
    assert_int_equal(cloud_count("ransomware", "ransomware_benign", NULL), 0);
}

static void an_ending_that_nobody_used_is_raised(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("ransomware", "ransomware_strange", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.alerts[0]->severity, SEVERITY_HIGH);
    replay_free(&r);
}

static void a_known_ending_needs_no_past(void **state)
{
    (void)state;
    assert_int_equal(cloud_count_alone("ransomware", "ransomware_attack", false), 1);
}

static void how_many_strange_ones_is_the_owners(void **state)
{
    (void)state;
    struct replay_setup own = cloud_param("ransomware", "strange_files", 81);
    assert_int_equal(cloud_count("ransomware", "ransomware_strange", &own), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_attack_is_one_alert),
        cmocka_unit_test(the_harmless_is_none),
        cmocka_unit_test(an_ending_that_nobody_used_is_raised),
        cmocka_unit_test(a_known_ending_needs_no_past),
        cmocka_unit_test(how_many_strange_ones_is_the_owners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
