/* tests/detect/test_det_2035.c - detection 2035 on made-up activities. */
#include "tests/support/expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FIXTURE(name) "fixtures/detect/2035_" name ".ndjson"

static const struct replay_setup lab = {.dcs = {"DC1=10.0.0.1"}};

static void worm(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_MEDIUM,
                                    .count = 12,
                                    .activities = 12,
                                    .nobody = {"ANONYMOUS LOGON"},
                                    .source = "10.0.0.66",
                                    .says = {"EternalBlue", "TRANS2_SESSION_SETUP", "which the server lacks", "tree path of another network"},
                                    .silent = "which answered"};
    expect_one("2035", FIXTURE("attack"), &lab, &x);
}

static void implant_answers(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_HIGH, .count = 1, .says = {"DoublePulsar, which answered"}, .silent = "question"};
    expect_one("2035", FIXTURE("implant"), &lab, &x);
}

static void three_sound_servers_probed(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_MEDIUM, .count = 3, .says = {"probes for MS17-010"}, .silent = "lacks"};
    struct replay_setup more = lab;
    more.params[0] = (struct engine_setting){STR("2035"), STR("probed"), 4};
    expect_one("2035", FIXTURE("probe"), &lab, &x);
    expect_number("2035", FIXTURE("probe"), &more, 0);
}

/* The worm's paths where they lead, two probes of sound servers, ordinary shares, an event. */
static void benign_raises_nothing(void **state)
{
    (void)state;
    expect_number("2035", FIXTURE("benign"), &lab, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worm),
        cmocka_unit_test(implant_answers),
        cmocka_unit_test(three_sound_servers_probed),
        cmocka_unit_test(benign_raises_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
