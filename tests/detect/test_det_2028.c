/* tests/detect/test_det_2028.c - detection 2028 on made-up activities. */
#include "tests/support/expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FIXTURE(name) "fixtures/detect/2028_" name ".ndjson"
#define DC "dc1.corp.example.test"

static const struct replay_setup over = {.dcs = {DC}, .learned = true};

static void a_workstation_becomes_a_controller(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_HIGH,
                                    .users = {"mallory"},
                                    .source = "PC13$",
                                    .destination = "dc1",
                                    .says = {"PC13", "service principal names", "deleted the traces"}};
    expect_one("2028", FIXTURE("attack"), &over, &x);
}

static void benign_raises_nothing(void **state)
{
    (void)state;
    expect_number("2028", FIXTURE("benign"), &over, 0);
}

/* A controller's account type for as long as the attack takes. */
static void a_controller_for_a_moment(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_HIGH, .users = {"mallory"}, .source = "PC13$", .destination = "dc1", .says = {"PC13", "service principal names"}};
    expect_one("2028", FIXTURE("moment"), &over, &x);
}

static void promoted_in_the_morning_demoted_in_the_afternoon(void **state)
{
    (void)state;
    expect_number("2028", FIXTURE("demotion"), &over, 0);
}

static void nothing_when_the_computer_is_a_controller(void **state)
{
    (void)state;
    static const struct replay_setup real = {.dcs = {DC, "PC13"}, .learned = true};
    expect_number("2028", FIXTURE("attack"), &real, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_workstation_becomes_a_controller),
        cmocka_unit_test(benign_raises_nothing),
        cmocka_unit_test(a_controller_for_a_moment),
        cmocka_unit_test(promoted_in_the_morning_demoted_in_the_afternoon),
        cmocka_unit_test(nothing_when_the_computer_is_a_controller),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
