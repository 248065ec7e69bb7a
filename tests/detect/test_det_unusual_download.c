/* tests/detect/test_det_unusual_download.c - Unusual multiple file download activities. */
#include "tests/support/cloud.h"

static void far_too_many_are_one_alert(void **state)
{
    (void)state;
    struct replay_result r;
    cloud_replay("unusual_download", "unusual_download_attack", NULL, &r);
    assert_int_equal(r.n, 1);
    assert_true(replay_concerns(&r, r.alerts[0], "emma@corp.example"));
    assert_int_equal(r.alerts[0]->nusers, 1);
    assert_int_equal(r.alerts[0]->count, 120);
    assert_int_equal(r.alerts[0]->severity, SEVERITY_MEDIUM);
    assert_true(r.alerts[0]->nevidence >= 12);
    cloud_says(r.alerts[0], "120 files");
    replay_free(&r);
}

static void a_busy_day_is_none(void **state)
{
    (void)state;
    assert_int_equal(cloud_count("unusual_download", "unusual_download_benign", NULL), 0);
}

static void the_minimum_is_the_owners(void **state)
{
    (void)state;
    struct replay_setup above = cloud_param("unusual_download", "minimum", 120 + 1), at = cloud_param("unusual_download", "minimum", 120);
    assert_int_equal(cloud_count("unusual_download", "unusual_download_attack", &above), 0);
    assert_int_equal(cloud_count("unusual_download", "unusual_download_attack", &at), 1);
}

static void learning_comes_first(void **state)
{
    (void)state;
    assert_int_equal(cloud_count_alone("unusual_download", "unusual_download_attack", false), 0);
}

/* Three colleagues fetched some 90 files once: unusual for each of them, but now that is what happens here. */
static void what_others_do_once_is_low_and_then_none(void **state)
{
    (void)state;
    const char *const files[] = {"fixtures/detect/cloud_office.ndjson", "fixtures/detect/unusual_download_tail.ndjson",
                                 "fixtures/detect/unusual_download_attack.ndjson", NULL};
    struct replay_setup setup = {0}, strict = cloud_param("unusual_download", "factor", 1);
    struct replay_result r;
    replay_many("unusual_download", files, &setup, &r);
    assert_int_equal(r.n, 4); /* not felix, who came fourth and had fewer */
    for (size_t i = 0; i < r.n; i++) {
        assert_int_equal(r.alerts[i]->severity, SEVERITY_LOW);
        assert_false(replay_concerns(&r, r.alerts[i], "felix@corp.example"));
    }
    cloud_says(r.alerts[3], "two had more than 88 in a session");
    replay_free(&r);
    replay_many("unusual_download", files, &strict, &r);
    assert_int_equal(r.alerts[3]->severity, SEVERITY_MEDIUM);
    assert_int_equal(r.alerts[2]->severity, SEVERITY_LOW); /* below the floor */
    replay_free(&r);
}

static void without_a_past_the_floors_decide(void **state)
{
    (void)state;
    struct replay_setup setup = {.learned = true};
    struct replay_result r;
    replay("unusual_download", "fixtures/detect/unusual_download_attack.ndjson", &setup, &r);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.alerts[0]->severity, SEVERITY_MEDIUM);
    replay_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(far_too_many_are_one_alert),
        cmocka_unit_test(a_busy_day_is_none),
        cmocka_unit_test(the_minimum_is_the_owners),
        cmocka_unit_test(learning_comes_first),
        cmocka_unit_test(what_others_do_once_is_low_and_then_none),
        cmocka_unit_test(without_a_past_the_floors_decide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
