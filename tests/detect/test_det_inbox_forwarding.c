/* tests/detect/test_det_inbox_forwarding.c - Suspicious inbox forwarding. */
#include "tests/support/cloud.h"

static void mail_sent_on_to_a_stranger_is_one_alert(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("inbox_forwarding", "inbox_forwarding_attack", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "emma@corp.example"));
    assert_int_equal(r.alerts[0]->count, 1);
    cloud_says(r.alerts[0], "x@elsewhere.example");
    cloud_says(r.alerts[0], "BodyContainsWords=Invoice");
    replay_free(&r);
}

static void colleagues_and_no_address_are_none(void **state)
{
    (void)state;
    assert_int_equal(cloud_count("inbox_forwarding", "inbox_forwarding_benign", NULL), 0);
}

static void it_needs_no_learning(void **state)
{
    (void)state;
    assert_int_equal(cloud_count_alone("inbox_forwarding", "inbox_forwarding_attack", false), 1);
}

static void what_colleagues_forward_to_is_known(void **state)
{
    (void)state;
    struct replay_setup none = cloud_param("inbox_forwarding", "colleagues", 0);
    assert_int_equal(cloud_count("inbox_forwarding", "inbox_forwarding_attack", &none), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_sent_on_to_a_stranger_is_one_alert),
        cmocka_unit_test(colleagues_and_no_address_are_none),
        cmocka_unit_test(it_needs_no_learning),
        cmocka_unit_test(what_colleagues_forward_to_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
