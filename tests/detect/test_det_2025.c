/* tests/detect/test_det_2025.c - a country, or a network and a computer, that are new for the user and for colleagues. */
#include "tests/support/verdict.h"

#define ID "2025"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup setup = {.dcs = {"DC1=10.0.0.1"}};

static void a_new_country(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("country"), &setup, &(struct verdict){SEVERITY_MEDIUM, "alice", "113.161.12.34", "VPN1", 1, "from Vietnam"});
}

static void a_new_network_and_computer(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("network"), &setup, &(struct verdict){SEVERITY_MEDIUM, "alice", "92.184.67.126", "VPN1", 1, "with the computer KALI"});
}

static void travel_to_colleagues_failures_and_newcomers(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_country),
        cmocka_unit_test(a_new_network_and_computer),
        cmocka_unit_test(travel_to_colleagues_failures_and_newcomers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
