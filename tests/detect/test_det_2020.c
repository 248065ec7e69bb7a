/* tests/detect/test_det_2020.c - the keys to everybody's secrets. */
#include "tests/support/verdict.h"

#define ID "2020"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup learned = {.dcs = {"DC1", "DC2"}, .learned = true};

static void both_keys_are_one_campaign(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("attack"), &learned,
               &(struct verdict){SEVERITY_HIGH, "alice", "10.0.0.21", "DC1", 4, "DPAPI backup key"});
}

static void pipes_other_secrets_and_the_controller(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &learned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_keys_are_one_campaign),
        cmocka_unit_test(pipes_other_secrets_and_the_controller),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
