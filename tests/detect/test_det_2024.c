/* tests/detect/test_det_2024.c - detection 2024 on made-up activities. */
#include "tests/support/expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FIXTURE(name) "fixtures/detect/2024_" name ".ndjson"
#define DC "dc1.corp.example.test"

static const struct replay_setup over = {.dcs = {DC}, .learned = true};

static void additions_by_a_stranger(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_MEDIUM,
                                    .count = 3,
                                    .activities = 3,
                                    .users = {"mallory", "backdoor"},
                                    .destination = "dc1",
                                    .says = {"mallory", "backdoor", "Administratoren"}};
    expect_one("2024", FIXTURE("attack"), &over, &x);
}

/* LDAP names groups and members by distinguished name, and the server by address: the directory knows which they are. */
static void over_ldap(void **state)
{
    (void)state;
    static const struct replay_setup s = {.directory = "fixtures/detect/2024_directory.json", .learned = true};
    static const struct expect x = {.severity = SEVERITY_MEDIUM,
                                    .count = 2,
                                    .activities = 2,
                                    .users = {"mallory", "bob"},
                                    .source = "10.0.0.66",
                                    .destination = "DC1",
                                    .says = {"mallory", "bob", "Domain Admins", "Backup Operators"}};
    expect_one("2024", FIXTURE("ldap"), &s, &x);
    expect_number("2024", FIXTURE("ldap_benign"), &s, 0);
    static const struct replay_setup unknown = {.dcs = {"10.0.0.10"}, .learned = true};
    static const struct expect y = {.count = 2, .users = {"mallory@corp.example.test", "bob"}, .says = {"Domain Admins", "Backup Operators"}};
    expect_one("2024", FIXTURE("ldap"), &unknown, &y); /* by the English names in their own places */
    expect_number("2024", FIXTURE("ldap_benign"), &unknown, 0);
}

static void benign_raises_nothing(void **state)
{
    (void)state;
    static const struct replay_setup learning = {.dcs = {DC}};
    expect_number("2024", FIXTURE("benign"), &learning, 0);
}

static void tagged_groups_count(void **state)
{
    (void)state;
    static const struct replay_setup tagged = {.dcs = {DC}, .sensitive = {"Project X"}};
    expect_number("2024", FIXTURE("benign"), &tagged, 1);
}

static void one_day_does_not_make_a_habit(void **state)
{
    (void)state;
    struct replay_setup s = over;
    s.params[0] = (struct engine_setting){STR("2024"), STR("usual_days"), 9};
    expect_number("2024", FIXTURE("benign"), &s, 5);
}

static void nothing_while_learning(void **state)
{
    (void)state;
    static const struct replay_setup learning = {.dcs = {DC}};
    expect_number("2024", FIXTURE("attack"), &learning, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(over_ldap), cmocka_unit_test(additions_by_a_stranger),       cmocka_unit_test(benign_raises_nothing),  cmocka_unit_test(tagged_groups_count),
        cmocka_unit_test(one_day_does_not_make_a_habit), cmocka_unit_test(nothing_while_learning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
