/* tests/detect/test_det_2030.c - detection 2030 on made-up activities. */
#include "tests/support/expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FIXTURE(name) "fixtures/detect/2030_" name ".ndjson"
#define DC "dc1.corp.example.test"

static const struct replay_setup over = {.dcs = {DC}, .learned = true};

static void database_and_hives(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_HIGH,
                                    .count = 4,
                                    .activities = 4,
                                    .users = {"mallory"},
                                    .source = "10.0.0.66",
                                    .destination = "dc1",
                                    .says = {"ntds.dit", "SYSTEM", "SECURITY", "sam.save"}};
    expect_one("2030", FIXTURE("attack"), &over, &x);
}

static void many_files(void **state)
{
    (void)state;
    static const struct expect x = {.count = 300, .users = {"mallory"}, .says = {"300 or more different files"}};
    expect_one("2030", FIXTURE("bulk"), &over, &x);
}

static void one_file_less_is_not_many(void **state)
{
    (void)state;
    struct replay_setup s = over;
    s.params[0] = (struct engine_setting){STR("2030"), STR("bulk_files"), 321};
    expect_number("2030", FIXTURE("bulk"), &s, 0);
}

static void benign_raises_nothing(void **state)
{
    (void)state;
    expect_number("2030", FIXTURE("benign"), &over, 0);
}

static const struct replay_setup net = {.dcs = {"DC1=10.0.0.1"}, .learned = true};

/* What was read counts, once, and neither the opening nor the deletion after it. */
static void network(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_HIGH,
                                    .count = 2,
                                    .activities = 2,
                                    .users = {"mallory"},
                                    .source = "10.0.0.66",
                                    .says = {"read ntds.dit and SYSTEM (36.3 MB) from"}};
    expect_one("2030", FIXTURE("network"), &net, &x);
}

static void controller_copies_it_away(void **state)
{
    (void)state;
    static const struct expect x = {.count = 1, .activities = 1, .says = {"copied ntds.dit (24.0 MB) to 10.0.0.66"}};
    expect_one("2030", FIXTURE("away"), &net, &x);
}

/* Refused, opened and not read, written to the controller, from a member server, between others. */
static void benign_network_raises_nothing(void **state)
{
    (void)state;
    expect_number("2030", FIXTURE("network_benign"), &net, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(database_and_hives),
        cmocka_unit_test(many_files),
        cmocka_unit_test(one_file_less_is_not_many),
        cmocka_unit_test(benign_raises_nothing),
        cmocka_unit_test(network),
        cmocka_unit_test(controller_copies_it_away),
        cmocka_unit_test(benign_network_raises_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
