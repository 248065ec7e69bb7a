/* tests/detect/test_det_unusual_share.c - Unusual file share activities. */
#include "tests/support/cloud.h"

static void far_too_many_are_one_alert(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("unusual_share", "unusual_share_attack", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "emma@corp.example"));
    assert_int_equal(r.alerts[0]->nusers, 1);
    assert_int_equal(r.alerts[0]->count, 60);
    assert_true(r.alerts[0]->nevidence >= 12);
    cloud_says(r.alerts[0], "60 files");
    replay_free(&r);
}

static void a_busy_day_is_none(void **state)
{
    (void)state;
    assert_int_equal(cloud_count("unusual_share", "unusual_share_benign", NULL), 0);
}

static void the_minimum_is_the_owners(void **state)
{
    (void)state;
    struct replay_setup above = cloud_param("unusual_share", "minimum", 60 + 1), at = cloud_param("unusual_share", "minimum", 60);
    assert_int_equal(cloud_count("unusual_share", "unusual_share_attack", &above), 0);
    assert_int_equal(cloud_count("unusual_share", "unusual_share_attack", &at), 1);
}

static void learning_comes_first(void **state)
{
    (void)state;
    assert_int_equal(cloud_count_alone("unusual_share", "unusual_share_attack", false), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(far_too_many_are_one_alert),
        cmocka_unit_test(a_busy_day_is_none),
        cmocka_unit_test(the_minimum_is_the_owners),
        cmocka_unit_test(learning_comes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
