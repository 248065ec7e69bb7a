/* tests/detect/test_det_inbox_manipulation.c - Suspicious inbox manipulation rules. */
#include "tests/support/cloud.h"

static void a_rule_that_hides_warnings_is_one_alert(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("inbox_manipulation", "inbox_manipulation_attack", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "emma@corp.example"));
    cloud_says(r.alerts[0], "the inbox rule \".\"");
    cloud_says(r.alerts[0], "it deletes them");
    replay_free(&r);
}

static void rules_that_sort_are_none(void **state)
{
    (void)state;
    assert_int_equal(cloud_count("inbox_manipulation", "inbox_manipulation_benign", NULL), 0);
}

static void suspicion_is_the_owners(void **state)
{
    (void)state;
    struct replay_setup three = cloud_param("inbox_manipulation", "suspicion", 3), four = cloud_param("inbox_manipulation", "suspicion", 4);
    assert_int_equal(cloud_count("inbox_manipulation", "inbox_manipulation_attack", &three), 1);
    assert_int_equal(cloud_count("inbox_manipulation", "inbox_manipulation_attack", &four), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_that_hides_warnings_is_one_alert),
        cmocka_unit_test(rules_that_sort_are_none),
        cmocka_unit_test(suspicion_is_the_owners),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
