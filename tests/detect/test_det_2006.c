/* tests/detect/test_det_2006.c - replication by who is no controller. */
#include "tests/support/verdict.h"

#define ID "2006"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup learned = {.dcs = {"DC1", "DC2"}, .learned = true};

static void a_person_replicates(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("attack"), &learned,
               &(struct verdict){SEVERITY_HIGH, "alice", "10.0.0.21", "DC1", 3, "DS-Replication-Get-Changes-All"});
}

static void a_known_connector_is_shown_low(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("connector"), &learned,
               &(struct verdict){SEVERITY_LOW, "MSOL_1a2b", "10.0.0.50", "DC1", 3, "is known to replicate the directory"});
}

static void a_connector_elsewhere_is_stolen(void **state)
{
    (void)state;
    struct replay_result r;
    replay(ID, FIXTURE("stolen_connector"), &learned, &r);
    assert_int_equal(r.n, 2);
    verdict_alert(&r, r.alerts[1], &(struct verdict){SEVERITY_HIGH, "MSOL_1a2b", "10.0.0.66", "DC1", 2, "never did so from there"});
    replay_free(&r);
}

static void a_controllers_name_from_a_workstation(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("controller_elsewhere"), &learned,
               &(struct verdict){SEVERITY_HIGH, "DC1$", "10.0.0.21", "DC1", 2, "while the address belongs to another computer"});
}

/* The directory does not know it yet; events say who promoted it. */
static void a_new_controller_is_shown_with_its_promotion(void **state)
{
    static const struct replay_setup one = {.dcs = {"DC1"}, .learned = true};
    (void)state;
    verdict_one(ID, FIXTURE("promoted"), &one, &(struct verdict){SEVERITY_MEDIUM, "NEW3$", "10.0.0.33", "DC1", 3, "admin made it a domain controller at 2026-03-02 09:10"});
    static const struct replay_setup both = {.dcs = {"DC1", "NEW3"}, .learned = true};
    verdict_none(ID, FIXTURE("promoted"), &both);
}

static void a_promotion_excuses_nothing_else(void **state)
{
    static const struct replay_setup one = {.dcs = {"DC1"}, .learned = true};
    (void)state;
    verdict_one(ID, FIXTURE("promoted_elsewhere"), &one, &(struct verdict){SEVERITY_HIGH, "NEW3$", "10.0.0.21", "DC1", 2, "is not a domain controller"});
    verdict_one(ID, FIXTURE("promoted_for_a_moment"), &one, &(struct verdict){SEVERITY_HIGH, "NEW3$", "10.0.0.33", "DC1", 2, "is not a domain controller"});
}

static void controllers_system_and_other_access(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &learned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_replicates),
        cmocka_unit_test(a_known_connector_is_shown_low),
        cmocka_unit_test(a_connector_elsewhere_is_stolen),
        cmocka_unit_test(a_controllers_name_from_a_workstation),
        cmocka_unit_test(a_new_controller_is_shown_with_its_promotion),
        cmocka_unit_test(a_promotion_excuses_nothing_else),
        cmocka_unit_test(controllers_system_and_other_access),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
