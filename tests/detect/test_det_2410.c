/* tests/detect/test_det_2410.c - tickets that are collected to guess passwords. */
#include "tests/support/verdict.h"

#define ID "2410"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup learned = {.dcs = {"10.0.0.10"}, .learned = true};
static const struct replay_setup learning = {.dcs = {"10.0.0.10"}};

static void tickets_of_many_services(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("attack"), &learned,
               &(struct verdict){SEVERITY_HIGH, "alice", "10.0.0.21", NULL, 6, "6 services that it did not use before"});
}

static void from_events(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("event"), &learned,
               &(struct verdict){SEVERITY_HIGH, "alice", "10.0.0.21", NULL, 5, "svc4"});
}

static void a_week_of_learning(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("attack"), &learning);
}

static void aes_slow_known_and_computers(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &learned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tickets_of_many_services),
        cmocka_unit_test(from_events),
        cmocka_unit_test(a_week_of_learning),
        cmocka_unit_test(aes_slow_known_and_computers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
