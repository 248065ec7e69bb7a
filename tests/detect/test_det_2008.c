/* tests/detect/test_det_2008.c - RC4 where AES was the rule. */
#include "tests/support/verdict.h"

#define ID "2008"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup learned = {.dcs = {"DC1", "DC2"}, .learned = true};
static const struct replay_setup learning = {.dcs = {"DC1", "DC2"}};
static const struct replay_setup directory = {.dcs = {"DC1", "DC2"}, .directory = "fixtures/detect/corp_rc4.ldif", .learned = true};

static void an_account_with_a_history_of_aes(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("attack"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "alice", "10.0.0.22", "DC1", 1, "its 4 logons before all used AES"});
}

static void an_account_without_history_in_an_aes_domain(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("domain"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "carol", "10.0.0.22", "DC1", 1, "other accounts of the domain"});
}

static void a_tool_asks_alone(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("tool"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "erin", "10.0.0.21", "DC1", 1, "ticket options (0x40800010)"});
}

static void a_tool_while_learning(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("tool"), &learning);
}

static void a_month_of_learning(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("attack"), &learning);
}

static void a_month_of_learning_for_the_domain(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("domain"), &learning);
}

static void a_domain_that_uses_rc4(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("rc4_domain"), &learned);
}

static void restricted_accounts_certificates_and_failures(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &directory);
}

static const struct replay_setup wire = {.dcs = {"10.0.0.10"}, .learned = true};

static void on_the_wire(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("wire"), &wire,
               &(struct verdict){SEVERITY_MEDIUM, "alice", "10.0.0.22", NULL, 1, "its 4 logons before all used AES"});
}

static void the_controller_chose_rc4(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("wire_benign"), &wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_the_wire),
        cmocka_unit_test(the_controller_chose_rc4),
        cmocka_unit_test(an_account_with_a_history_of_aes),
        cmocka_unit_test(an_account_without_history_in_an_aes_domain),
        cmocka_unit_test(a_tool_asks_alone),
        cmocka_unit_test(a_tool_while_learning),
        cmocka_unit_test(a_month_of_learning),
        cmocka_unit_test(a_month_of_learning_for_the_domain),
        cmocka_unit_test(a_domain_that_uses_rc4),
        cmocka_unit_test(restricted_accounts_certificates_and_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
