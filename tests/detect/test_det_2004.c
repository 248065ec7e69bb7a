/* tests/detect/test_det_2004.c - detection 2004 on binds as the network shows them. */
#include "tests/support/expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FIXTURE(name) "fixtures/detect/2004_" name ".ndjson"

static const struct replay_setup plain = {.dcs = {"10.0.0.1"}};

static void one_account(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_MEDIUM,
                                    .count = 26,
                                    .users = {"alice@corp.example.test"},
                                    .source = "10.0.0.66",
                                    .says = {"refused for wrong credentials", "alice", "may have been guessed"}};
    expect_one("2004", FIXTURE("attack"), &plain, &x);
}

static void many_accounts(void **state)
{
    (void)state;
    static const struct expect x = {.count = 9, .source = "10.0.0.66", .says = {"user0", "user5"}};
    expect_one("2004", FIXTURE("spray"), &plain, &x);
}

static void no_more_than_the_result_code(void **state)
{
    (void)state;
    static const struct expect x = {.count = 22, .says = {"bob"}};
    expect_one("2004", FIXTURE("result"), &plain, &x);
}

static void the_owner_decides_how_many(void **state)
{
    (void)state;
    struct replay_setup s = plain;
    s.params[0] = (struct engine_setting){STR("2004"), STR("spray_accounts"), 10};
    expect_number("2004", FIXTURE("spray"), &s, 0);
    s.params[0] = (struct engine_setting){STR("2004"), STR("brute_failures"), 30};
    expect_number("2004", FIXTURE("attack"), &s, 0);
}

static void benign_raises_nothing(void **state)
{
    (void)state;
    expect_number("2004", FIXTURE("benign"), &plain, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_account),
        cmocka_unit_test(many_accounts),
        cmocka_unit_test(no_more_than_the_result_code),
        cmocka_unit_test(the_owner_decides_how_many),
        cmocka_unit_test(benign_raises_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
