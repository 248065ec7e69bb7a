/* tests/detect/test_det_2036.c - messages that cannot be, to and from a controller; others and sound ones are none. */
#include "tests/support/verdict.h"

#define ID "2036"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup setup = {.dcs = {"DC1=10.0.0.1"}};

static void an_update_to_the_controller(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("attack"), &setup, &(struct verdict){SEVERITY_MEDIUM, NULL, "10.0.0.21", "DC1", 1, "a record is longer than its message"});
}

static void an_answer_to_the_controller(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("answer"), &setup, &(struct verdict){SEVERITY_MEDIUM, NULL, "198.51.100.7", NULL, 1, "answered the DNS service of"});
}

static void sound_ones_and_those_of_others(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_update_to_the_controller),
        cmocka_unit_test(an_answer_to_the_controller),
        cmocka_unit_test(sound_ones_and_those_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
