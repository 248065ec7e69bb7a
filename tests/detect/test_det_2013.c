/* tests/detect/test_det_2013.c - authorization data that fits nobody. */
#include "tests/support/verdict.h"

#define ID "2013"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup learned = {.dcs = {"DC1", "DC2"}, .learned = true};
static const struct replay_setup directory = {.dcs = {"DC1", "DC2"}, .directory = "fixtures/detect/corp_directory.json", .learned = true};

static void a_checksum_that_no_controller_makes(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("attack"), &learned,
               &(struct verdict){SEVERITY_HIGH, "alice", "10.0.0.21", "DC1", 1, "MS14-068"});
}

static void a_sid_of_another_account(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("sid"), &directory,
               &(struct verdict){SEVERITY_HIGH, "alice", "10.0.0.21", "DC1", 1, "which belongs to Administrator"});
}

static void a_sid_of_another_account_by_history(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("sid"), &learned,
               &(struct verdict){SEVERITY_HIGH, "alice", "10.0.0.21", "DC1", 1, "does not fit its name"});
}

static void other_errors_renames_and_new_accounts(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &learned);
}

static const struct replay_setup wire = {.dcs = {"10.0.0.10"}, .learned = true};

static void a_forged_membership_on_the_wire(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("wire"), &wire,
               &(struct verdict){SEVERITY_HIGH, "alice", "10.0.0.21", NULL, 2, "MS14-068"});
}

static void restrictions_that_clients_add(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("wire_benign"), &wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_forged_membership_on_the_wire),
        cmocka_unit_test(restrictions_that_clients_add),
        cmocka_unit_test(a_checksum_that_no_controller_makes),
        cmocka_unit_test(a_sid_of_another_account),
        cmocka_unit_test(a_sid_of_another_account_by_history),
        cmocka_unit_test(other_errors_renames_and_new_accounts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
