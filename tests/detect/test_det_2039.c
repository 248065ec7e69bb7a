/* tests/detect/test_det_2039.c - detection 2039 on made-up activities. */
#include "tests/support/expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FIXTURE(name) "fixtures/detect/2039_" name ".ndjson"

static const struct replay_setup setup = {.dcs = {"dc1.corp.example.test"}};

static void integrity_code_taken_out(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_MEDIUM,
                                    .count = 2,
                                    .activities = 2,
                                    .users = {"alice", "bob"},
                                    .source = "10.0.0.66",
                                    .destination = "dc1",
                                    .says = {"is zero", "The server refused it"}};
    expect_one("2039", FIXTURE("attack"), &setup, &x);
}

static void flags_that_were_not_agreed_on(void **state)
{
    (void)state;
    static const struct expect x = {
        .users = {"alice"}, .says = {"the flags for signing, key exchange, version differ", "The server took it"}, .silent = "integrity"};
    expect_one("2039", FIXTURE("flags"), &setup, &x);
}

static void more_flags_may_be_asked_for(void **state)
{
    (void)state;
    struct replay_setup s = setup;
    s.params[0] = (struct engine_setting){STR("2039"), STR("flags"), 4};
    expect_number("2039", FIXTURE("flags"), &s, 0);
    expect_number("2039", FIXTURE("attack"), &s, 1);
}

/* Three of six days count: from the fourth on it is how this client is. */
static void a_client_of_its_own_kind(void **state)
{
    (void)state;
    static const struct expect x = {.count = 3, .activities = 3};
    expect_one("2039", FIXTURE("habit"), &setup, &x);
}

static void benign_raises_nothing(void **state)
{
    (void)state;
    expect_number("2039", FIXTURE("benign"), &setup, 0);
}

static bool blind_to(const char *fixture)
{
    struct replay_result r;
    const struct detector *which;
    const char *missing;
    replay("2039", fixture, &setup, &r);
    bool blind = engine_blind(r.engine, 0, &which, &missing);
    replay_free(&r);
    return blind;
}

static void events_alone_leave_it_blind(void **state)
{
    (void)state;
    assert_true(blind_to("fixtures/detect/2033_benign.ndjson"));
    assert_false(blind_to(FIXTURE("benign")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(integrity_code_taken_out),    cmocka_unit_test(flags_that_were_not_agreed_on),
                                       cmocka_unit_test(more_flags_may_be_asked_for), cmocka_unit_test(a_client_of_its_own_kind),
                                       cmocka_unit_test(benign_raises_nothing),       cmocka_unit_test(events_alone_leave_it_blind)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
