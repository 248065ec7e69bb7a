/* tests/detect/test_det_2027.c - detection 2027 on made-up activities. */
#include "tests/support/expect.h"
#include "tests/support/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FIXTURE(name) "fixtures/detect/2027_" name ".ndjson"
#define DC "dc1.corp.example.test"

static const struct replay_setup known = {.dcs = {DC}, .learned = true, .directory = "fixtures/detect/2027_directory.json"};
static const struct replay_setup over = {.dcs = {DC}, .learned = true};

static void a_ticket_with_an_odd_realm(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_HIGH,
                                    .count = 4,
                                    .activities = 4,
                                    .users = {"ghost"},
                                    .nobody = {"alice"},
                                    .source = "10.0.0.66",
                                    .destination = "dc1",
                                    .says = {"ghost", "krbtgt", "realm"}};
    expect_one("2027", FIXTURE("attack"), &over, &x);
}

static void the_administrators_sid_under_another_name(void **state)
{
    (void)state;
    static const struct expect x = {.count = 2, .users = {"ghost"}, .nobody = {"alice"}, .source = "10.0.0.66", .says = {"built-in administrator"}};
    expect_one("2027", FIXTURE("rid500"), &over, &x);
}

static void a_name_that_the_directory_lacks(void **state)
{
    (void)state;
    static const struct expect x = {.count = 4, .users = {"ghost"}, .says = {"no account of the directory"}};
    expect_one("2027", FIXTURE("attack"), &known, &x);
}

static void a_sid_that_the_directory_has_under_another_name(void **state)
{
    (void)state;
    static const struct expect x = {.count = 2, .users = {"ghost"}};
    expect_one("2027", FIXTURE("rid500"), &known, &x);
}

static void nothing_for_accounts_of_the_directory(void **state)
{
    (void)state;
    expect_number("2027", FIXTURE("benign"), &known, 0);
}

static void benign_raises_nothing(void **state)
{
    (void)state;
    expect_number("2027", FIXTURE("benign"), &over, 0);
}

static const struct replay_setup wire = {.dcs = {"10.0.0.10"}, .learned = true};

static void a_realm_as_typed_on_the_wire(void **state)
{
    (void)state;
    verdict_one("2027", "fixtures/detect/2027_wire.ndjson", &wire,
               &(struct verdict){SEVERITY_HIGH, "ghost", "10.0.0.22", NULL, 1, "spells the realm"});
}

static void in_the_name_of_nobody(void **state)
{
    (void)state;
    verdict_one("2027", "fixtures/detect/2027_wire_named.ndjson", &wire,
               &(struct verdict){SEVERITY_LOW, "ghost", "10.0.0.22", NULL, 8, "in the name of ghost"});
}

static void typing_mistakes_and_accounts_that_exist(void **state)
{
    (void)state;
    verdict_none("2027", "fixtures/detect/2027_wire_benign.ndjson", &wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_realm_as_typed_on_the_wire),
        cmocka_unit_test(in_the_name_of_nobody),
        cmocka_unit_test(typing_mistakes_and_accounts_that_exist),
        cmocka_unit_test(a_ticket_with_an_odd_realm),
        cmocka_unit_test(the_administrators_sid_under_another_name),
        cmocka_unit_test(a_name_that_the_directory_lacks),
        cmocka_unit_test(a_sid_that_the_directory_has_under_another_name),
        cmocka_unit_test(nothing_for_accounts_of_the_directory),
        cmocka_unit_test(benign_raises_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
