/* tests/detect/test_det_anonymous_ip.c - Activity from anonymous IP addresses. */
#include "tests/support/cloud.h"

static void the_attack_is_one_alert(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("anonymous_ip", "anonymous_ip_attack", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "emma@corp.example"));
    assert_int_equal(r.alerts[0]->nusers, 1);
    assert_int_equal(r.alerts[0]->count, 2);
    assert_int_equal(r.alerts[0]->nevidence, 2);
    cloud_says(r.alerts[0], "198.51.100.200 (Germany) (Tor)");
    replay_free(&r);
}

static void the_harmless_is_none(void **state)
{
    (void)state;
    assert_int_equal(cloud_count("anonymous_ip", "anonymous_ip_benign", NULL), 0);
}

static void failures_and_learning_are_as_set(void **state)
{
    (void)state;
    struct replay_setup failed = cloud_param("anonymous_ip", "failed", 1);
    assert_int_equal(cloud_count("anonymous_ip", "anonymous_ip_benign", &failed), 1);
    assert_int_equal(cloud_count_alone("anonymous_ip", "anonymous_ip_attack", false), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_attack_is_one_alert),
        cmocka_unit_test(the_harmless_is_none),
        cmocka_unit_test(failures_and_learning_are_as_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
