/* tests/detect/test_det_2033.c - detection 2033 on made-up activities. */
#include "tests/support/expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FIXTURE(name) "fixtures/detect/2033_" name ".ndjson"
#define DC "dc1.corp.example.test"

static const struct replay_setup over = {.dcs = {DC}, .learned = true};

static void guessing_without_a_workstation_name(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_MEDIUM,
                                    .count = 26,
                                    .users = {"admin1", "admin0", "admin2"},
                                    .source = "10.0.0.66",
                                    .destination = "fs1",
                                    .says = {"no workstation name", "admin1 logged on"}};
    expect_one("2033", FIXTURE("attack"), &over, &x);
}

static void a_higher_threshold_holds(void **state)
{
    (void)state;
    struct replay_setup s = over;
    s.params[0] = (struct engine_setting){STR("2033"), STR("failures"), 26};
    expect_number("2033", FIXTURE("attack"), &s, 0);
}

static void benign_raises_nothing(void **state)
{
    (void)state;
    expect_number("2033", FIXTURE("benign"), &over, 0);
}

static void a_library_guesses_on_the_network(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_MEDIUM,
                                    .count = 25,
                                    .users = {"user0", "user7", "user3"},
                                    .source = "10.0.0.66",
                                    .destination = "fs1",
                                    .says = {"a Java library's name", "user3 logged on"}};
    expect_one("2033", FIXTURE("wire"), &over, &x);
}

/* an old password in a service, another protocol, a tool that is slow */
static void the_network_of_every_day(void **state)
{
    (void)state;
    expect_number("2033", FIXTURE("wire_benign"), &over, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guessing_without_a_workstation_name),
        cmocka_unit_test(a_higher_threshold_holds),
        cmocka_unit_test(a_library_guesses_on_the_network),
        cmocka_unit_test(the_network_of_every_day),
        cmocka_unit_test(benign_raises_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
