/* tests/detect/test_det_2012.c - sessions listed on a controller. */
#include "tests/support/verdict.h"

#define ID "2012"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup learned = {.dcs = {"DC1", "DC2"}, .learned = true};

static void two_controllers_are_one_campaign(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("attack"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "alice", "10.0.0.21", "DC1", 2, "It had not done so before"});
}

static void a_habit_stops_raising(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("habit"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "alice", "10.0.0.21", "DC1", 3, "It did so on few days before"});
}

static void machines_members_and_other_pipes(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &learned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_controllers_are_one_campaign),
        cmocka_unit_test(a_habit_stops_raising),
        cmocka_unit_test(machines_members_and_other_pipes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
