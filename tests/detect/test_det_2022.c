/* tests/detect/test_det_2022.c - detection 2022 on made-up activities. */
#include "tests/support/expect.h"
#include "tests/support/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FIXTURE(name) "fixtures/detect/2022_" name ".ndjson"
#define DC "dc1.corp.example.test"

static const struct replay_setup over = {.dcs = {DC}, .learned = true};

static void no_ticket_for_longer_than_one_lives(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_HIGH,
                                    .count = 2,
                                    .activities = 2,
                                    .users = {"admin"},
                                    .source = "10.0.0.5",
                                    .destination = "dc1",
                                    .says = {"admin", "longer ago than a ticket lives"}};
    expect_one("2022", FIXTURE("attack"), &over, &x);
}

static void a_longer_policy_explains_it(void **state)
{
    (void)state;
    struct replay_setup s = over;
    s.params[0] = (struct engine_setting){STR("2022"), STR("ticket_hours"), 24};
    expect_number("2022", FIXTURE("attack"), &s, 0);
}

static void gaps_in_the_log_blind(void **state)
{
    (void)state;
    struct replay_setup s = over;
    s.params[0] = (struct engine_setting){STR("2022"), STR("gap_hours"), 2};
    expect_number("2022", FIXTURE("attack"), &s, 0);
}

static void another_controller_that_is_not_seen_blinds(void **state)
{
    (void)state;
    static const struct replay_setup two = {.dcs = {DC, "dc2.corp.example.test"}, .learned = true};
    expect_number("2022", FIXTURE("attack"), &two, 0);
}

static void benign_raises_nothing(void **state)
{
    (void)state;
    expect_number("2022", FIXTURE("benign"), &over, 0);
}

static const struct replay_setup wire = {.dcs = {"10.0.0.10"}, .learned = true};

static void an_old_ticket_on_the_wire(void **state)
{
    (void)state;
    verdict_one("2022", "fixtures/detect/2022_wire.ndjson", &wire,
               &(struct verdict){SEVERITY_HIGH, "alice", "10.0.0.21", NULL, 1, "longer ago than a ticket lives"});
}

static void a_ticket_never_issued_on_the_wire(void **state)
{
    (void)state;
    verdict_one("2022", "fixtures/detect/2022_wire_forged.ndjson", &wire,
               &(struct verdict){SEVERITY_HIGH, "administrator", "10.0.0.22", NULL, 1, "none was issued or renewed for it in the whole log"});
}

static void a_renewed_ticket_on_the_wire(void **state)
{
    (void)state;
    verdict_none("2022", "fixtures/detect/2022_wire_benign.ndjson", &wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_old_ticket_on_the_wire),
        cmocka_unit_test(a_ticket_never_issued_on_the_wire),
        cmocka_unit_test(a_renewed_ticket_on_the_wire),
        cmocka_unit_test(no_ticket_for_longer_than_one_lives),
        cmocka_unit_test(a_longer_policy_explains_it),
        cmocka_unit_test(gaps_in_the_log_blind),
        cmocka_unit_test(another_controller_that_is_not_seen_blinds),
        cmocka_unit_test(benign_raises_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
