/* tests/detect/test_det_2018.c - tickets that travel. */
#include "tests/support/verdict.h"

#define ID "2018"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup learned = {.dcs = {"DC1", "DC2"}, .learned = true};

static void a_service_ticket_from_another_computer(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("attack"), &learned,
               &(struct verdict){SEVERITY_HIGH, "alice", "10.0.0.22", "FS1", 2, "Kerberos service ticket of alice"});
}

static void a_granting_ticket_on_another_computer(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("tgt"), &learned,
               &(struct verdict){SEVERITY_HIGH, "alice", "10.0.0.22", "DC1", 2, "ticket-granting ticket"});
}

static void forwarded_uncovered_and_moved(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &learned);
}

static const struct replay_setup wire = {.dcs = {"10.0.0.10"}, .learned = true};

static void a_ticket_of_the_wire_on_another_computer(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("wire"), &wire,
               &(struct verdict){SEVERITY_HIGH, "alice", "10.0.0.22", NULL, 2, "ticket-granting ticket of alice"});
}

static void a_service_ticket_shown_by_another_computer(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("wire_service"), &wire,
               &(struct verdict){SEVERITY_HIGH, "alice", "10.0.0.22", NULL, 2, "service ticket of alice"});
}

static void two_addresses_in_turn(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("wire_turns"), &wire,
               &(struct verdict){SEVERITY_MEDIUM, "alice", "10.1.0.6", NULL, 2, "could not be tied to computers"});
}

static void forwarded_moved_and_clustered_on_the_wire(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("wire_benign"), &wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ticket_of_the_wire_on_another_computer),
        cmocka_unit_test(a_service_ticket_shown_by_another_computer),
        cmocka_unit_test(two_addresses_in_turn),
        cmocka_unit_test(forwarded_moved_and_clustered_on_the_wire),
        cmocka_unit_test(a_service_ticket_from_another_computer),
        cmocka_unit_test(a_granting_ticket_on_another_computer),
        cmocka_unit_test(forwarded_uncovered_and_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
