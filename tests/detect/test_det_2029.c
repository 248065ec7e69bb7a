/* tests/detect/test_det_2029.c - detection 2029 on made-up activities. */
#include "tests/support/expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FIXTURE(name) "fixtures/detect/2029_" name ".ndjson"
#define DC "dc1.corp.example.test"

static const struct replay_setup two = {.dcs = {DC, "DC2"}, .learned = true};

static void a_foreign_replication_source(void **state)
{
    (void)state;
    static const struct expect x = {
        .severity = SEVERITY_HIGH, .count = 2, .activities = 2, .source = "PC13", .destination = "dc1", .says = {"PC13", "taken away again"}};
    expect_one("2029", FIXTURE("attack"), &two, &x);
}

static void rights_that_go_with_a_false_promotion(void **state)
{
    (void)state;
    static const struct expect x = {.count = 3, .activities = 3, .users = {"mallory"}, .says = {"add a replica", "PC13"}};
    expect_one("2029", "fixtures/detect/2028_attack.ndjson", &two, &x);
}

static void benign_raises_nothing(void **state)
{
    (void)state;
    expect_number("2029", FIXTURE("benign"), &two, 0);
    expect_number("2029", "fixtures/detect/2028_benign.ndjson", &two, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_foreign_replication_source),
        cmocka_unit_test(rights_that_go_with_a_false_promotion),
        cmocka_unit_test(benign_raises_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
