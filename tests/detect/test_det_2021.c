/* tests/detect/test_det_2021.c - new big questions over SAMR. */
#include "tests/support/verdict.h"

#define ID "2021"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup learned = {.dcs = {"DC1", "DC2"}, .learned = true};
static const struct replay_setup learning = {.dcs = {"DC1", "DC2"}};

static void a_sensitive_group(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("attack"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "alice", "10.0.0.21", "DC1", 3, "Sensitive groups are among them"});
}

static void a_list_of_accounts(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("list"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "alice", "10.0.0.21", "DC1", 2, "list of accounts"});
}

static void many_small_questions(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("many"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "bob", "10.0.0.22", "DC1", 0, "and 11 more"});
}

static void question_and_logon_in_one_second(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("same_second"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "alice", "10.0.0.21", "DC1", 0, "sensitive group"});
}

static void learned_questions_are_quiet(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("habit"), &learned,
               &(struct verdict){SEVERITY_MEDIUM, "alice", "10.0.0.21", "DC1", 1, NULL});
}

static void a_month_of_learning(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("attack"), &learning);
}

static void what_was_asked_while_learning(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("habit"), &learning);
}

static void new_after_learning(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("after_learning"), &learning,
               &(struct verdict){SEVERITY_MEDIUM, "bob", "10.0.0.22", "DC1", 1, "had not done before"});
}

static void lookups_machines_local_tools_and_members(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &learned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sensitive_group),
        cmocka_unit_test(a_list_of_accounts),
        cmocka_unit_test(many_small_questions),
        cmocka_unit_test(question_and_logon_in_one_second),
        cmocka_unit_test(learned_questions_are_quiet),
        cmocka_unit_test(a_month_of_learning),
        cmocka_unit_test(what_was_asked_while_learning),
        cmocka_unit_test(new_after_learning),
        cmocka_unit_test(lookups_machines_local_tools_and_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
