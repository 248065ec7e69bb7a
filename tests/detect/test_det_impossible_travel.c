/* tests/detect/test_det_impossible_travel.c - Impossible travel. */
#include "tests/support/cloud.h"

static void two_countries_in_minutes_are_one_alert(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("impossible_travel", "impossible_travel_attack", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "emma@corp.example"));
    assert_int_equal(r.alerts[0]->nusers, 1);
    assert_int_equal(r.alerts[0]->nevidence, 2);
    cloud_says(r.alerts[0], "Netherlands (192.0.2.10)");
    cloud_says(r.alerts[0], "Ukraine (198.51.100.7)");
    cloud_says(r.alerts[0], "in 22 minutes");
    replay_free(&r);
}

static void failures_neighbours_gateways_and_slow_journeys_are_none(void **state)
{
    (void)state;
    assert_int_equal(cloud_count("impossible_travel", "impossible_travel_benign", NULL), 0);
}

static void failures_count_when_asked_for(void **state)
{
    (void)state;
    struct replay_setup failed = cloud_param("impossible_travel", "failed", 1);
    assert_int_equal(cloud_count("impossible_travel", "impossible_travel_benign", &failed), 1);
}

static void speed_and_distance_are_the_owners(void **state)
{
    (void)state;
    struct replay_setup fast = cloud_param("impossible_travel", "speed", 50000), far = cloud_param("impossible_travel", "distance", 5000);
    assert_int_equal(cloud_count("impossible_travel", "impossible_travel_attack", &fast), 0);
    assert_int_equal(cloud_count("impossible_travel", "impossible_travel_attack", &far), 0);
    struct replay_setup slow = cloud_param("impossible_travel", "speed", 100);
    assert_int_equal(cloud_count("impossible_travel", "impossible_travel_benign", &slow), 1);
}

static void a_gateway_that_colleagues_use_is_known(void **state)
{
    (void)state;
    struct replay_setup high = cloud_param("impossible_travel", "sensitivity", 3);
    assert_int_equal(cloud_count("impossible_travel", "impossible_travel_habit", NULL), 0);
    assert_int_equal(cloud_count("impossible_travel", "impossible_travel_habit", &high), 5);
}

static void learning_comes_first(void **state)
{
    (void)state;
    assert_int_equal(cloud_count_alone("impossible_travel", "impossible_travel_attack", false), 0);
    assert_int_equal(cloud_count_alone("impossible_travel", "impossible_travel_attack", true), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_countries_in_minutes_are_one_alert),
        cmocka_unit_test(failures_neighbours_gateways_and_slow_journeys_are_none),
        cmocka_unit_test(failures_count_when_asked_for),
        cmocka_unit_test(speed_and_distance_are_the_owners),
        cmocka_unit_test(a_gateway_that_colleagues_use_is_known),
        cmocka_unit_test(learning_comes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
