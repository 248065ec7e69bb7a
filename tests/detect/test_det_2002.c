/* tests/detect/test_det_2002.c - requests shaped as tools shape them, or unlike those of the computer. */
#include "tests/support/verdict.h"

#define ID "2002"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup learned = {.dcs = {"10.0.0.10"}, .learned = true};

static void as_rubeus(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("rubeus"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "bob", "10.0.0.22", NULL, 1, "as Rubeus shapes it"});
}

static void as_impacket(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("impacket"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "bob", "10.0.0.40", NULL, 1, "as Impacket shapes it"});
}

static void unlike_its_computer(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("unlike"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "bob", "10.0.0.21", NULL, 1, "unlike those of Windows"});
}

static void a_service_ticket_unlike_its_computer(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("ticket"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "bob", "10.0.0.21", NULL, 1, "encryption types 23 16 3 18"});
}

static void other_systems_and_common_programs(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &learned);
}

static void from_an_event(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("event"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "bob", "10.0.0.22", NULL, 1, "0x40800010"});
}

static void a_computer_whose_options_are_so(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("event_benign"), &learned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_rubeus),
        cmocka_unit_test(as_impacket),
        cmocka_unit_test(unlike_its_computer),
        cmocka_unit_test(a_service_ticket_unlike_its_computer),
        cmocka_unit_test(other_systems_and_common_programs),
        cmocka_unit_test(from_an_event),
        cmocka_unit_test(a_computer_whose_options_are_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
