/* tests/detect/test_det_2007.c - zone transfers and sweeps. */
#include "tests/support/verdict.h"

#define ID "2007"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup learned = {.dcs = {"DC1", "DC2"}, .learned = true};
static const struct replay_setup learning = {.dcs = {"DC1", "DC2"}};

static void a_zone_transfer_that_succeeds(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("attack"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, NULL, "10.0.0.21", "DC1", 1, "the answer held 44 records"});
}

static void a_refused_one_counts(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("refused"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, NULL, "10.0.0.21", "DC1", 1, "The server refused"});
}

static void a_reverse_sweep(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("sweep"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, NULL, "10.0.0.21", "DC1", 0, "different addresses in reverse"});
}

/* What the network shows and what the server tells of one source are one campaign. */
static void events_of_the_server(void **state)
{
    const struct replay_setup setup = {.dcs = {"DC1=10.0.0.10"}, .learned = true};
    (void)state;
    verdict_one(ID, FIXTURE("event"), &setup, &(struct verdict){SEVERITY_MEDIUM, NULL, "10.0.0.21", "DC1", 3, "(event 6004). The server refused."});
}

/* A zone that goes to another controller is ordinary; the same to an address that is none is not. */
static void a_zone_for_another_server(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("event_benign"), &(struct replay_setup){.dcs = {"DC1", "DC2=10.0.0.11"}, .learned = true});
    verdict_one(ID, FIXTURE("event_benign"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, NULL, "10.0.0.11", "DC1", 1, "(event 6001). It succeeded."});
}

static void learning_comes_first(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("attack"), &learning);
}

static void a_sweep_while_learning(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("sweep"), &learning);
}

static void servers_and_small_numbers(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &learned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_zone_transfer_that_succeeds),
        cmocka_unit_test(a_refused_one_counts),
        cmocka_unit_test(a_reverse_sweep),
        cmocka_unit_test(events_of_the_server),
        cmocka_unit_test(a_zone_for_another_server),
        cmocka_unit_test(learning_comes_first),
        cmocka_unit_test(a_sweep_while_learning),
        cmocka_unit_test(servers_and_small_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
