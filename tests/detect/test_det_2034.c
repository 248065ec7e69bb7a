/* tests/detect/test_det_2034.c - detection 2034 on made-up activities. */
#include "tests/support/expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FIXTURE(name) "fixtures/detect/2034_" name ".ndjson"
#define DC "dc1.corp.example.test"

static const struct replay_setup over = {.dcs = {DC}, .learned = true};

static void changing_random_workstations(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_MEDIUM,
                                    .count = 4,
                                    .activities = 4,
                                    .users = {"Administrator"},
                                    .source = "10.0.0.66",
                                    .destination = "fs1",
                                    .says = {"random workstation name"}};
    expect_one("2034", FIXTURE("attack"), &over, &x);
}

static void services_of_its_modules(void **state)
{
    (void)state;
    static const struct expect x = {.count = 3, .destination = "dc1", .says = {"LmQzXkVw", "%COMSPEC%"}};
    expect_one("2034", FIXTURE("services"), &over, &x);
}

static void five_names_are_needed(void **state)
{
    (void)state;
    struct replay_setup s = over;
    s.params[0] = (struct engine_setting){STR("2034"), STR("names"), 5};
    expect_number("2034", FIXTURE("attack"), &s, 0);
}

static void services_elsewhere_do_not_count(void **state)
{
    (void)state;
    static const struct replay_setup other = {.dcs = {"dc9.corp.example.test"}, .learned = true};
    expect_number("2034", FIXTURE("services"), &other, 0);
}

static void benign_raises_nothing(void **state)
{
    (void)state;
    expect_number("2034", FIXTURE("benign"), &over, 0);
}

static void its_own_stack_on_the_network(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_MEDIUM,
                                    .count = 3,
                                    .activities = 3,
                                    .users = {"Administrator", "admin2"},
                                    .nobody = {"ANONYMOUS LOGON"},
                                    .source = "10.0.0.66",
                                    .says = {"leaves it out", "NT LANMAN 1.0"}};
    expect_one("2034", FIXTURE("wire"), &over, &x);
}

/* a real Windows 2000, a library with a name of its own, dialects that were not seen, another protocol, SMB 2, a worm */
static void old_systems_on_the_network(void **state)
{
    (void)state;
    expect_number("2034", FIXTURE("wire_benign"), &over, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changing_random_workstations), cmocka_unit_test(services_of_its_modules),
        cmocka_unit_test(five_names_are_needed),        cmocka_unit_test(services_elsewhere_do_not_count),
        cmocka_unit_test(its_own_stack_on_the_network), cmocka_unit_test(old_systems_on_the_network),
        cmocka_unit_test(benign_raises_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
