/* tests/detect/test_det_2014.c - whatever a honeytoken does. */
#include "tests/support/verdict.h"

#define ID "2014"
#define FIXTURE(name) "fixtures/detect/" ID "_" name ".ndjson"

static const struct replay_setup learned = {.dcs = {"DC1", "DC2"}, .honeytokens = {"honey"}, .learned = true};
static const struct replay_setup untagged = {.dcs = {"DC1"}, .learned = true};

static void each_source_is_a_campaign(void **state)
{
    (void)state;
    struct replay_result r;
    replay(ID, FIXTURE("attack"), &learned, &r);
    assert_int_equal(r.n, 2);
    verdict_alert(&r, r.alerts[0], &(struct verdict){SEVERITY_MEDIUM, "honey", "10.0.0.21", "DC1", 2, "honeytoken account honey"});
    assert_int_equal(r.alerts[0]->count, 2);
    verdict_alert(&r, r.alerts[1], &(struct verdict){SEVERITY_MEDIUM, "honey", "10.0.0.22", "DC1", 1, "failed to authenticate"});
    replay_free(&r);
}

static void over_ldap(void **state)
{
    (void)state;
    struct replay_result r;
    struct replay_setup s = learned;
    s.directory = "fixtures/detect/corp_directory.json";
    replay(ID, FIXTURE("ldap"), &s, &r);
    assert_int_equal(r.n, 1);
    verdict_alert(&r, r.alerts[0], &(struct verdict){SEVERITY_MEDIUM, "honey", "10.0.0.66", "DC1", 4, "honeytoken account honey"});
    replay_free(&r);
}

static bool blind(const struct replay_setup *setup)
{
    struct replay_result r;
    const struct detector *which;
    const char *missing;
    replay(ID, FIXTURE("attack"), setup, &r);
    bool is = engine_blind(r.engine, 0, &which, &missing);
    replay_free(&r);
    return is;
}

static void an_untagged_account(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("attack"), &untagged);
    assert_true(blind(&untagged));
    assert_false(blind(&learned));
}

static void what_is_done_to_it(void **state)
{
    (void)state;
    verdict_none(ID, FIXTURE("benign"), &learned);
}

static const struct replay_setup wire = {.dcs = {"10.0.0.10"}, .honeytokens = {"honey"}, .learned = true};

static void asked_for_on_the_wire(void **state)
{
    (void)state;
    verdict_one(ID, FIXTURE("wire"), &wire,
               &(struct verdict){SEVERITY_MEDIUM, "honey", "10.0.0.66", NULL, 1, "began to authenticate"});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asked_for_on_the_wire),
        cmocka_unit_test(each_source_is_a_campaign),
        cmocka_unit_test(over_ldap),
        cmocka_unit_test(an_untagged_account),
        cmocka_unit_test(what_is_done_to_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
