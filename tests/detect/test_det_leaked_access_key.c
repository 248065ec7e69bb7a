/* tests/detect/test_det_leaked_access_key.c - Leaked access key use. */
#include "tests/support/cloud.h"

static void the_attack_is_one_alert(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("leaked_access_key", "leaked_access_key_attack", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "emma@corp.example"));
    assert_int_equal(r.alerts[0]->severity, SEVERITY_HIGH);
    assert_int_equal(r.alerts[0]->count, 3);
    cloud_says(r.alerts[0], "the network, the country, the user agent");
    replay_free(&r);
}

static void the_harmless_is_none(void **state)
{
    (void)state;
    assert_int_equal(cloud_count("leaked_access_key", "leaked_access_key_benign", NULL), 0);
}

static void a_long_past_is_asked_for(void **state)
{
    (void)state;
    struct replay_setup own = cloud_param("leaked_access_key", "history", 100);
    assert_int_equal(cloud_count("leaked_access_key", "leaked_access_key_attack", &own), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_attack_is_one_alert),
        cmocka_unit_test(the_harmless_is_none),
        cmocka_unit_test(a_long_past_is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
