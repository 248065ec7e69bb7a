/* tests/detect/test_det_2009.c - a ticket-granting ticket weaker than the domain makes them. */
#include "tests/support/verdict.h"

#define ID "2009"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup learned = {.dcs = {"10.0.0.10"}, .learned = true};
static const struct replay_setup learning = {.dcs = {"10.0.0.10"}};

static void a_weak_ticket_in_an_aes_domain(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("attack"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "administrator", "10.0.0.22", NULL, 2, "RC4-HMAC"});
}

static void five_days_of_learning(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("attack"), &learning);
}

static void tickets_between_domains(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &learned);
}

static void a_domain_that_issues_rc4(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("rc4_domain"), &learned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_weak_ticket_in_an_aes_domain),
        cmocka_unit_test(five_days_of_learning),
        cmocka_unit_test(tickets_between_domains),
        cmocka_unit_test(a_domain_that_issues_rc4),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
