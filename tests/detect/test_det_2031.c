/* tests/detect/test_det_2031.c - tunnels through names, through answers and without a domain; words, block lists and common services are none. */
#include "tests/support/verdict.h"

#define ID "2031"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup setup = {.dcs = {"DC1=10.0.0.1"}};

static void data_in_names(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("names"), &setup, &(struct verdict){SEVERITY_MEDIUM, NULL, "10.0.0.21", NULL, 0, "under example.net"});
}

static void data_in_answers(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("answers"), &setup, &(struct verdict){SEVERITY_MEDIUM, NULL, "10.0.0.22", NULL, 0, "under example.org"});
}

static void names_under_no_domain(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("direct"), &setup, &(struct verdict){SEVERITY_MEDIUM, NULL, "10.0.0.23", NULL, 0, "that belong to no domain"});
}

static void ordinary_names(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_in_names),
        cmocka_unit_test(data_in_answers),
        cmocka_unit_test(names_under_no_domain),
        cmocka_unit_test(ordinary_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
