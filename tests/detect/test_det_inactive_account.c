/* tests/detect/test_det_inactive_account.c - Inactive account. */
#include "tests/support/cloud.h"

static size_t play(const char *fixture, struct replay_result *r)
{
    static const struct replay_setup none;
    replay("inactive_account", fixture, &none, r);
    return r->n;
}

static void one_that_returns_is_low_and_one_that_does_not_is_informational(void **state)
{
    (void)state;
    struct replay_result r;
    assert_int_equal(play("fixtures/detect/inactive_account_attack.ndjson", &r), 2);
    for (size_t i = 0; i < 2; i++) {
        bool back = replay_concerns(&r, r.alerts[i], "ivan@corp.example");
        assert_true(back || replay_concerns(&r, r.alerts[i], "jana@corp.example"));
        assert_int_equal(r.alerts[i]->severity, back ? SEVERITY_LOW : SEVERITY_INFORMATIONAL);
        cloud_says(r.alerts[i], back ? "active again after 75 days" : "has not used Box for 74 days");
    }
    replay_free(&r);
}

static void one_in_use_is_none(void **state)
{
    (void)state;
    struct replay_result r;
    assert_int_equal(play("fixtures/detect/inactive_account_benign.ndjson", &r), 0);
    replay_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_returns_is_low_and_one_that_does_not_is_informational),
        cmocka_unit_test(one_in_use_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
