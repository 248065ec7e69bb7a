/* tests/detect/test_det_2003.c - distinct unknown names per source, and nothing less. */
#include "tests/support/verdict.h"

#define STR_2003 {"2003", 4}
#define ID "2003"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup learned = {.dcs = {"DC1", "DC2"}, .learned = true};
static const struct replay_setup strict = {.dcs = {"DC1"}, .learned = true, .params = {{STR_2003, {"burst_names", 11}, 6}, {STR_2003, {"slow_names", 10}, 26}}};

static void kerberos_names_are_one_alert(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("attack"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, NULL, "10.0.0.66", "DC1", 0, "7 different account names that do not exist"});
}

static void existing_names_are_exposed(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("attack"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "alice", "10.0.0.66", "DC1", 9, "It thereby learned that alice and bob exist."});
}

static void ntlm_names_by_workstation(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("ntlm"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, NULL, NULL, "DC1", 5, "over NTLM for 5 different"});
}

static void slow_names_within_a_day(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("slow"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, NULL, "10.0.0.66", "DC1", 0, "21 different"});
}

static void a_lower_rate_is_not_slow_enumeration(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("slow"), &strict);
}

static void one_more_name_is_needed(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("ntlm"), &strict);
}

static void stale_service_front_end_and_typos(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &learned);
}

static const struct replay_setup wire = {.dcs = {"10.0.0.10"}, .learned = true};

static void names_on_the_wire(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("wire"), &wire,
               &(struct verdict){SEVERITY_MEDIUM, "alice", "10.0.0.66", NULL, 9, "alice and bob exist"});
}

static void names_that_exist_on_the_wire(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("wire_benign"), &wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_on_the_wire),
        cmocka_unit_test(names_that_exist_on_the_wire),
        cmocka_unit_test(kerberos_names_are_one_alert),
        cmocka_unit_test(existing_names_are_exposed),
        cmocka_unit_test(ntlm_names_by_workstation),
        cmocka_unit_test(slow_names_within_a_day),
        cmocka_unit_test(a_lower_rate_is_not_slow_enumeration),
        cmocka_unit_test(one_more_name_is_needed),
        cmocka_unit_test(stale_service_front_end_and_typos),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
