/* tests/detect/test_familiar.c - user agents that people have used before, as Activity from infrequent country asks for them. */
#include "tests/support/cloud.h"

/* The severity of the one alert that the fixture raises after the office's past. */
static enum severity severity_of(const char *fixture)
{
    struct replay_result r;
    cloud_replay("infrequent_country", fixture, NULL, &r);
    assert_int_equal(r.n, 1);
    enum severity s = r.alerts[0]->severity;
    replay_free(&r);
    return s;
}

static void a_later_version_is_the_same_agent(void **state)
{
    (void)state;
    assert_int_equal(severity_of("familiar_own"), SEVERITY_LOW);
}

static void another_agent_is_not(void **state)
{
    (void)state;
    assert_int_equal(severity_of("familiar_other"), SEVERITY_MEDIUM);
}

static void a_record_without_an_agent_counts_as_the_last_in_its_network(void **state)
{
    (void)state;
    assert_int_equal(severity_of("familiar_unstated"), SEVERITY_LOW);
    assert_int_equal(severity_of("familiar_unstated_after_another"), SEVERITY_MEDIUM);
}

/* Whichever detection asks first notes the day: the answers are the same when all of them ask. */
static void detections_share_one_memory(void **state)
{
    (void)state;
    static const char *const both[] = {"fixtures/detect/cloud_office.ndjson", "fixtures/detect/familiar_own.ndjson", NULL};
    static const struct replay_setup none;
    struct replay_result r;
    unsigned low = 0, medium = 0;
    replay_many(NULL, both, &none, &r);
    for (size_t i = 0; i < r.n; i++) {
        low += str_eq(r.alerts[i]->policy, STR("infrequent_country")) && r.alerts[i]->severity == SEVERITY_LOW;
        medium += str_eq(r.alerts[i]->policy, STR("infrequent_country")) && r.alerts[i]->severity != SEVERITY_LOW;
    }
    assert_int_equal(low, 1);
    assert_int_equal(medium, 0);
    replay_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_later_version_is_the_same_agent),
        cmocka_unit_test(another_agent_is_not),
        cmocka_unit_test(a_record_without_an_agent_counts_as_the_last_in_its_network),
        cmocka_unit_test(detections_share_one_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
