/* tests/detect/test_det_2412.c - answers without proof that are collected to guess passwords. */
#include "tests/support/verdict.h"

#define ID "2412"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup learned = {.dcs = {"10.0.0.10"}, .learned = true};

static void answers_with_rc4(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("attack"), &learned,
               &(struct verdict){SEVERITY_HIGH, "roast2", "10.0.0.22", NULL, 2, "roast1 and roast2"});
}

static void clients_that_can_do_better(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &learned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_with_rc4),
        cmocka_unit_test(clients_that_can_do_better),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
