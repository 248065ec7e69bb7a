/* tests/detect/test_det_2032.c - visible parts of tickets that no controller makes so. */
#include "tests/support/verdict.h"

#define ID "2032"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup learned = {.dcs = {"10.0.0.10"}, .learned = true};

static void a_realm_spelt_otherwise(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("realm"), &learned,
               &(struct verdict){SEVERITY_HIGH, "admin2", "10.0.0.22", NULL, 1, "written corp.example.test where"});
}

static void another_key_version(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("version"), &learned,
               &(struct verdict){SEVERITY_HIGH, "admin2", "10.0.0.22", NULL, 1, "key version is 2"});
}

static void a_small_ticket(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("size"), &learned,
               &(struct verdict){SEVERITY_HIGH, "admin2", "10.0.0.22", NULL, 1, "has 300 bytes"});
}

static void key_change_other_domains_and_read_only_controllers(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &learned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_realm_spelt_otherwise),
        cmocka_unit_test(another_key_version),
        cmocka_unit_test(a_small_ticket),
        cmocka_unit_test(key_change_other_domains_and_read_only_controllers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
