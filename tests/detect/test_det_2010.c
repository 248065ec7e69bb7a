/* tests/detect/test_det_2010.c - a controller no longer offers AES. */
#include "tests/support/verdict.h"

#define ID "2010"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup learned = {.dcs = {"10.0.0.10"}, .learned = true};
static const struct replay_setup learning = {.dcs = {"10.0.0.10"}};

static void accounts_that_were_offered_aes(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("attack"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "bob", "10.0.0.21", NULL, 2, "although it did before"});
}

static void nobody_is_offered_aes(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("alone"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "backdoor", "10.0.0.21", NULL, 1, "AES to nobody around that time"});
}

static void five_days_of_learning(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("attack"), &learning);
}

static void an_old_account_and_a_client_without_aes(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &learned);
}

static void a_domain_without_aes(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("old_domain"), &learned);
}

static void nobody_is_offered_aes_on_a_live_network(void **state)
{
    static const struct replay_setup live = {.dcs = {"10.0.0.10"}, .learned = true, .live_hours = 3};
    (void)state;
    verdict_one(ID, FIXTURE("alone"), &live, &(struct verdict){SEVERITY_MEDIUM, "backdoor", "10.0.0.21", NULL, 1, "AES to nobody"});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accounts_that_were_offered_aes),
        cmocka_unit_test(nobody_is_offered_aes),
        cmocka_unit_test(nobody_is_offered_aes_on_a_live_network),
        cmocka_unit_test(five_days_of_learning),
        cmocka_unit_test(an_old_account_and_a_client_without_aes),
        cmocka_unit_test(a_domain_without_aes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
