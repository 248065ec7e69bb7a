/* tests/detect/test_det_infrequent_country.c - Activity from infrequent country. */
#include "tests/support/cloud.h"

static void a_new_country_is_one_alert(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("infrequent_country", "infrequent_country_attack", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "emma@corp.example"));
    assert_int_equal(r.alerts[0]->nusers, 1);
    assert_int_equal(r.alerts[0]->count, 2);
    cloud_says(r.alerts[0], "198.51.100.7 (Ukraine)");
    cloud_says(r.alerts[0], "came from Netherlands");
    replay_free(&r);
}

static void places_of_colleagues_failures_and_clouds_are_none(void **state)
{
    (void)state;
    assert_int_equal(cloud_count("infrequent_country", "infrequent_country_benign", NULL), 0);
}

static void failures_count_when_asked_for(void **state)
{
    (void)state;
    struct replay_setup failed = cloud_param("infrequent_country", "failed", 1);
    assert_int_equal(cloud_count("infrequent_country", "infrequent_country_benign", &failed), 1);
}

static void a_country_left_long_ago_is_new_again(void **state)
{
    (void)state;
    struct replay_setup recent = cloud_param("infrequent_country", "recent_days", 5);
    assert_int_equal(cloud_count("infrequent_country", "infrequent_country_benign", &recent), 1);
}

static void no_past_no_alert(void **state)
{
    (void)state;
    assert_int_equal(cloud_count_alone("infrequent_country", "infrequent_country_attack", false), 0);
    assert_int_equal(cloud_count_alone("infrequent_country", "infrequent_country_attack", true), 0);
}

static void a_journey_with_the_own_telephone_is_low(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("infrequent_country", "infrequent_country_journey", NULL, &r);
    assert_int_equal(r.n, 2);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(r.alerts[i]->severity, replay_concerns(&r, r.alerts[i], "emma@corp.example") ? SEVERITY_LOW : SEVERITY_MEDIUM);
    replay_free(&r);
}

static void an_empty_past_is_no_past(void **state)
{
    (void)state;
    assert_int_equal(cloud_count_alone("infrequent_country", "infrequent_country_first", true), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_country_is_one_alert),
        cmocka_unit_test(places_of_colleagues_failures_and_clouds_are_none),
        cmocka_unit_test(failures_count_when_asked_for),
        cmocka_unit_test(a_country_left_long_ago_is_new_again),
        cmocka_unit_test(no_past_no_alert),
        cmocka_unit_test(a_journey_with_the_own_telephone_is_low),
        cmocka_unit_test(an_empty_past_is_no_past),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
