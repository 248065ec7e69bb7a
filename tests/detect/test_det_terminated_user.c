/* tests/detect/test_det_terminated_user.c - Activity performed by terminated user. */
#include "tests/support/cloud.h"

static void work_after_deletion_is_one_alert(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("terminated_user", "terminated_user_attack", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "emma@corp.example"));
    assert_int_equal(r.alerts[0]->nusers, 1);
    cloud_says(r.alerts[0], "file downloaded in Box");
    replay_free(&r);
}

static void grace_failures_and_restored_accounts_are_none(void **state)
{
    (void)state;
    assert_int_equal(cloud_count("terminated_user", "terminated_user_benign", NULL), 0);
}

static void the_grace_is_the_owners(void **state)
{
    (void)state;
    struct replay_setup soon = cloud_param("terminated_user", "grace_minutes", 10), late = cloud_param("terminated_user", "grace_minutes", 2000000);
    assert_int_equal(cloud_count("terminated_user", "terminated_user_benign", &soon), 1);
    assert_int_equal(cloud_count("terminated_user", "terminated_user_attack", &late), 0);
}

static void only_a_known_moment_ends_an_account(void **state)
{
    (void)state;
    struct replay_setup directory = {.directory = "fixtures/detect/terminated_user.ldif"};
    struct replay_result r;
    cloud_replay("terminated_user", "terminated_user_directory", &directory, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "boris@corp.example"));
    cloud_says(r.alerts[0], "expired at 2026-03-14 00:00:00 UTC");
    replay_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_after_deletion_is_one_alert),
        cmocka_unit_test(grace_failures_and_restored_accounts_are_none),
        cmocka_unit_test(the_grace_is_the_owners),
        cmocka_unit_test(only_a_known_moment_ends_an_account),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
