/* tests/posture/test_dormant_sensitive.c - sleeping, disabled and expired members of sensitive groups at any depth; who may sleep there. */
#include "tests/posture/office.h"

extern const struct assessment ass_dormant_sensitive;

#define OLD "lastLogonTimestamp: 133897536000000000\n"    /* 300 days before */
#define LATELY "lastLogonTimestamp: 133992576000000000\n" /* 190 days: up to 14 of them may be missing */
#define MADE "whenCreated: 20200101000000.0Z\n"

static struct office office_of(const char *ldif)
{
    struct office o = office_open(&ass_dormant_sensitive, ldif, NULL, 0);
    (void)office_findings(&o, OFFICE_NOW);
    return o;
}

static void four_ways_to_sleep(void **state)
{
    (void)state;
    struct office o = office_of(OFFICE_PEOPLE OFFICE_ADMINS(OFFICE_MEMBER("sleeper") OFFICE_MEMBER("off") OFFICE_MEMBER("expired") OFFICE_MEMBER("never"))
                                    OFFICE_ACCOUNT("sleeper", "1111", "userAccountControl: 512\n" OLD) OFFICE_ACCOUNT("off", "1112", "userAccountControl: 514\n")
                                        OFFICE_ACCOUNT("expired", "1113", "userAccountControl: 512\naccountExpires: 134148096000000000\n")
                                            OFFICE_ACCOUNT("never", "1114", "userAccountControl: 512\n" MADE));
    assert_int_equal(o.n, 4);
    office_expect(&o, 0, "sleeper", "last signed in around 2025-04-22, and a member of Domain Admins"); /* whoever can still be used comes first */
    office_expect(&o, 1, "never", "never signed in since it was made on 2020-01-01, and a member of Domain Admins");
    assert_true(o.found[1].exposure > o.found[2].exposure);
    bool off_first = strcmp(o.found[2].name, "off") == 0;
    office_expect(&o, off_first ? 2 : 3, "off", "disabled, and still a member of Domain Admins");
    office_expect(&o, off_first ? 3 : 2, "expired", "expired on 2026-02-06, and still a member of Domain Admins");
    office_close(&o);
}

static void at_any_depth(void **state)
{
    (void)state;
    struct office o = office_of(OFFICE_PEOPLE OFFICE_ADMINS("member: CN=Outer,OU=Groups,DC=corp,DC=test\n")
                                    OFFICE_GROUP("Outer", OFFICE_SID "1501", "member: CN=Inner,OU=Groups,DC=corp,DC=test\n")
                                        OFFICE_GROUP("Inner", OFFICE_SID "1502", OFFICE_MEMBER("deep")) OFFICE_ACCOUNT("deep", "1111", "userAccountControl: 514\n"));
    assert_int_equal(o.n, 1);
    office_expect(&o, 0, "deep", "disabled, and still a member of Inner");
    office_close(&o);
}

static void who_may_sleep(void **state)
{
    (void)state;
    const struct dir_tag tags[] = {{STR("bait"), ENTITY_HONEYTOKEN}, {STR("tagged"), ENTITY_SENSITIVE}};
    struct office o = office_open(
        &ass_dormant_sensitive,
        OFFICE_PEOPLE OFFICE_ADMINS(OFFICE_MEMBER("bait") OFFICE_MEMBER("Administrator") OFFICE_MEMBER("recent") OFFICE_MEMBER("lately") OFFICE_MEMBER("unknown"))
            OFFICE_ACCOUNT("bait", "1111", "userAccountControl: 514\n") OFFICE_ACCOUNT("tagged", "1112", "userAccountControl: 514\n")
                OFFICE_ACCOUNT("krbtgt", "502", "userAccountControl: 514\n") OFFICE_ACCOUNT("Administrator", "500", "userAccountControl: 514\n")
                    OFFICE_ACCOUNT("recent", "1113", "userAccountControl: 512\naccountExpires: 134165376000000000\nlastLogonTimestamp: 134148096000000000\n")
                        OFFICE_ACCOUNT("lately", "1114", "userAccountControl: 512\n" LATELY) OFFICE_ACCOUNT("unknown", "1115", "userAccountControl: 512\n")
                            OFFICE_ACCOUNT("nobody", "1116", "userAccountControl: 514\n" OLD),
        tags, 2);
    assert_int_equal(office_findings(&o, OFFICE_NOW), 0);
    assert_true(posture_known(o.posture, &ass_dormant_sensitive));
    office_close(&o);
}

/* Seen to work, whatever the directory remembers; a guess at the password is not work. */
static void what_was_seen(void **state)
{
    (void)state;
    struct office o = office_of(OFFICE_PEOPLE OFFICE_ADMINS(OFFICE_MEMBER("sleeper")) OFFICE_ACCOUNT("sleeper", "1111", "userAccountControl: 512\n" OLD));
    assert_int_equal(o.n, 1);
    struct activity a = office_act(KIND_CREDENTIALS_VALIDATION, "sleeper", NULL, 0);
    a.outcome = OUTCOME_FAILURE;
    office_see(&o, &a);
    assert_int_equal(office_findings(&o, OFFICE_NOW), 1);
    a.outcome = OUTCOME_SUCCESS;
    office_see(&o, &a);
    assert_int_equal(office_findings(&o, OFFICE_NOW), 0);
    assert_int_equal(office_findings(&o, OFFICE_NOW + 200 * TIME_DAY), 2); /* boss as well by then */
    office_close(&o);
}

static void a_directory_without_moments(void **state)
{
    (void)state;
    struct office o = office_of(OFFICE_GROUP("Domain Admins", OFFICE_SID "512", OFFICE_MEMBER("old")) OFFICE_ACCOUNT("old", "1111", MADE));
    assert_int_equal(o.n, 0);
    assert_false(posture_known(o.posture, &ass_dormant_sensitive));
    office_close(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_ways_to_sleep), cmocka_unit_test(at_any_depth),
        cmocka_unit_test(who_may_sleep),      cmocka_unit_test(what_was_seen),
        cmocka_unit_test(a_directory_without_moments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
