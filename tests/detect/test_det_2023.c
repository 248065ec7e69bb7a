/* tests/detect/test_det_2023.c - detection 2023 on made-up activities. */
#include "tests/support/expect.h"
#include "tests/support/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FIXTURE(name) "fixtures/detect/2023_" name ".ndjson"
#define DC "dc1.corp.example.test"

static const struct replay_setup over = {.dcs = {DC}, .learned = true};

static void spray_of_seven_accounts(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_MEDIUM,
                                    .count = 8,
                                    .activities = 8,
                                    .users = {"carol", "alice", "grace"},
                                    .source = "PC7",
                                    .destination = "dc1",
                                    .says = {"on 7 accounts", "PC7", "carol logged on", "NTLM"}};
    expect_one("2023", FIXTURE("attack"), &over, &x);
}

static void brute_force_on_one_account(void **state)
{
    (void)state;
    static const struct expect x = {.count = 36,
                                    .activities = 36,
                                    .users = {"svc-web"},
                                    .source = "10.0.0.66",
                                    .says = {"36 Kerberos logons of svc-web", "then a logon succeeded"}};
    expect_one("2023", FIXTURE("brute"), &over, &x);
}

static void slow_spray_in_rounds(void **state)
{
    (void)state;
    static const struct expect x = {.count = 10, .users = {"user0", "user9"}, .says = {"in 2 rounds", "on 10 accounts"}};
    expect_one("2023", FIXTURE("rounds"), &over, &x);
}

static void explicit_credentials_on_the_source_host(void **state)
{
    (void)state;
    static const struct expect x = {
        .count = 12, .users = {"victim00", "victim11"}, .nobody = {"mallory"}, .source = "pc9", .says = {"mallory on pc9"}};
    expect_one("2023", FIXTURE("source_host"), &over, &x);
}

static void six_are_no_spray(void **state)
{
    (void)state;
    struct replay_setup s = over;
    s.params[0] = (struct engine_setting){STR("2023"), STR("spray_accounts"), 8};
    expect_number("2023", FIXTURE("attack"), &s, 0);
}

static void one_failure_less_is_no_brute_force(void **state)
{
    (void)state;
    struct replay_setup s = over;
    s.params[0] = (struct engine_setting){STR("2023"), STR("brute_failures"), 36};
    expect_number("2023", FIXTURE("brute"), &s, 0);
}

static void rounds_need_their_pause(void **state)
{
    (void)state;
    struct replay_setup s = over;
    s.params[0] = (struct engine_setting){STR("2023"), STR("round_minutes"), 120};
    expect_number("2023", FIXTURE("rounds"), &s, 0);
}

static void benign_raises_nothing(void **state)
{
    (void)state;
    expect_number("2023", FIXTURE("benign"), &over, 0);
}

static void nothing_while_learning(void **state)
{
    (void)state;
    static const struct replay_setup learning = {.dcs = {DC}};
    expect_number("2023", FIXTURE("attack"), &learning, 0);
}

static const struct replay_setup wire = {.dcs = {"10.0.0.10"}, .learned = true};

static void a_spray_on_the_wire(void **state)
{
    (void)state;
    verdict_one("2023", "fixtures/detect/2023_wire.ndjson", &wire,
               &(struct verdict){SEVERITY_MEDIUM, "user8", "10.0.0.24", NULL, 0, "user8"});
}

static void logons_ask_first(void **state)
{
    (void)state;
    verdict_none("2023", "fixtures/detect/2023_wire_benign.ndjson", &wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spray_on_the_wire),
        cmocka_unit_test(logons_ask_first),
        cmocka_unit_test(spray_of_seven_accounts), cmocka_unit_test(brute_force_on_one_account),
        cmocka_unit_test(slow_spray_in_rounds),    cmocka_unit_test(explicit_credentials_on_the_source_host),
        cmocka_unit_test(six_are_no_spray),        cmocka_unit_test(one_failure_less_is_no_brute_force),
        cmocka_unit_test(rounds_need_their_pause), cmocka_unit_test(benign_raises_nothing),
        cmocka_unit_test(nothing_while_learning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
