/* tests/detect/test_det_2037.c - detection 2037 on made-up activities. */
#include "tests/support/expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FIXTURE(name) "fixtures/detect/2037_" name ".ndjson"
#define DC "dc1.corp.example.test"

static const struct replay_setup over = {.dcs = {DC}, .learned = true};

static void from_the_address_of_another_computer(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_MEDIUM,
                                    .count = 1,
                                    .users = {"EX1$"},
                                    .source = "10.0.0.66",
                                    .destination = "dc1",
                                    .says = {"its own addresses are 10.0.0.30"}};
    expect_one("2037", FIXTURE("attack"), &over, &x);
}

static void followed_by_a_change_of_permissions(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_MEDIUM,
                                    .count = 2,
                                    .activities = 2,
                                    .users = {"EX1$"},
                                    .source = "10.0.0.66",
                                    .says = {"not known to be its own", "DC=corp"}};
    expect_one("2037", FIXTURE("privileges"), &over, &x);
}

static void one_challenge_answered_on_two_connections(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_MEDIUM,
                                    .count = 1,
                                    .activities = 2,
                                    .users = {"admin1"},
                                    .source = "10.0.0.66",
                                    .destination = "dc1",
                                    .says = {"from 10.0.0.30 to 10.0.0.66 was relayed to dc1", "0011223344556677", "took it"},
                                    .silent = "through"};
    expect_one("2037", FIXTURE("relay"), &over, &x);
}

/* the tunnel's end answers before the victim's answer was captured */
static void the_relay_comes_first(void **state)
{
    (void)state;
    static const struct expect x = {.source = "10.0.0.66", .says = {"from 10.0.0.30 to 10.0.0.66 was relayed through 127.0.0.1 to dc1"}};
    expect_one("2037", FIXTURE("relay_late"), &over, &x);
}

static void back_to_where_it_came_from(void **state)
{
    (void)state;
    static const struct expect x = {.source = "10.0.0.66", .says = {"from 10.0.0.30 to 10.0.0.66 was relayed to SRV1"}};
    expect_one("2037", FIXTURE("reflected"), &over, &x);
}

static void a_response_that_was_meant_for_its_sender(void **state)
{
    (void)state;
    static const struct expect by_address = {.severity = SEVERITY_MEDIUM,
                                             .count = 1,
                                             .users = {"admin1"},
                                             .source = "10.0.0.66",
                                             .destination = "dc1",
                                             .says = {"meant for 10.0.0.66 came from there", "took it"}};
    static const struct expect by_name = {.says = {"meant for pc66.corp.example.test came from there (10.0.0.66)"}};
    expect_one("2037", FIXTURE("meant"), &over, &by_address);
    expect_one("2037", FIXTURE("meant_name"), &over, &by_name);
}

static void a_signed_session_is_less_severe(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_LOW, .source = "10.0.0.66", .says = {"relayed through 10.0.0.77 to dc1", "refused it"}};
    expect_one("2037", FIXTURE("relay_signed"), &over, &x);
}

static void seen_on_the_wire_alone(void **state)
{
    (void)state;
    static const struct expect x = {
        .severity = SEVERITY_MEDIUM, .users = {"EX1$"}, .source = "10.0.0.66", .says = {"its own addresses are 10.0.0.30"}};
    expect_one("2037", FIXTURE("wire"), &over, &x);
}

static void proxies_and_balancers_raise_nothing(void **state)
{
    (void)state;
    expect_number("2037", FIXTURE("wire_benign"), &over, 0);
}

static void benign_raises_nothing(void **state)
{
    (void)state;
    expect_number("2037", FIXTURE("benign"), &over, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_the_address_of_another_computer),
        cmocka_unit_test(followed_by_a_change_of_permissions),
        cmocka_unit_test(one_challenge_answered_on_two_connections),
        cmocka_unit_test(the_relay_comes_first),
        cmocka_unit_test(back_to_where_it_came_from),
        cmocka_unit_test(a_response_that_was_meant_for_its_sender),
        cmocka_unit_test(a_signed_session_is_less_severe),
        cmocka_unit_test(seen_on_the_wire_alone),
        cmocka_unit_test(proxies_and_balancers_raise_nothing),
        cmocka_unit_test(benign_raises_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
