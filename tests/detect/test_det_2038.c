/* tests/detect/test_det_2038.c - detection 2038 on made-up activities. */
#include "tests/support/expect.h"
#include "detect/ldapfilter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FIXTURE(name) "fixtures/detect/2038_" name ".ndjson"
#define DC "dc1.corp.example.test"

static const struct replay_setup over = {.dcs = {DC}, .learned = true};

static void what_attackers_ask_for(void **state)
{
    (void)state;
    static const struct expect x = {.severity = SEVERITY_MEDIUM,
                                    .count = 3,
                                    .activities = 3,
                                    .users = {"mallory"},
                                    .source = "10.0.0.66",
                                    .destination = "dc1",
                                    .says = {"service principal names", "pre-authentication", "adminCount"}};
    expect_one("2038", FIXTURE("attack"), &over, &x);
}

static void on_the_network(void **state)
{
    (void)state;
    static const struct replay_setup address = {.dcs = {"10.0.0.1"}, .learned = true};
    static const struct expect x = {.count = 4,
                                    .activities = 4,
                                    .users = {"mallory@corp.example.test"},
                                    .source = "10.0.0.66",
                                    .says = {"service principal names", "unconstrained delegation", "permissions of many objects", "10.0.0.1"}};
    expect_one("2038", FIXTURE("wire"), &address, &x);
    expect_number("2038", FIXTURE("wire_benign"), &address, 0);
}

static const struct replay_setup on_the_wire = {.dcs = {"10.0.0.1"}, .learned = true};

static void a_look_up_before_a_change(void **state)
{
    (void)state;
    expect_number("2038", FIXTURE("change"), &on_the_wire, 0);
    struct replay_setup s = on_the_wire;
    s.params[0] = (struct engine_setting){STR("2038"), STR("change_minutes"), 0};
    expect_number("2038", FIXTURE("change"), &s, 1);
}

/* The change fails, another computer makes it, or it comes too late. */
static void a_look_up_without_its_change(void **state)
{
    (void)state;
    static const struct expect x = {.count = 1, .activities = 1, .users = {"alice@corp.example.test"}, .source = "10.0.0.21", .says = {"sensitive groups"}};
    expect_one("2038", FIXTURE("lookup"), &on_the_wire, &x);
    struct replay_setup live = on_the_wire;
    live.live_hours = 3;
    expect_one("2038", FIXTURE("lookup"), &live, &x);
}

static void a_burst_of_ordinary_questions(void **state)
{
    (void)state;
    static const struct expect x = {.count = 5, .users = {"mallory"}, .says = {"trusts", "all computers"}};
    expect_one("2038", FIXTURE("burst"), &over, &x);
}

static void three_kinds_are_no_burst(void **state)
{
    (void)state;
    struct replay_setup s = over;
    s.params[0] = (struct engine_setting){STR("2038"), STR("burst_kinds"), 6};
    expect_number("2038", FIXTURE("burst"), &s, 0);
}

static void benign_raises_nothing(void **state)
{
    (void)state;
    static const struct replay_setup learning = {.dcs = {DC}};
    expect_number("2038", FIXTURE("benign"), &learning, 0);
}

static void a_habit_is_told_of_three_times(void **state)
{
    (void)state;
    expect_number("2038", FIXTURE("benign"), &over, 3);
}

static uint32_t kinds(const char *filter, const char *scope, const char *attributes)
{
    struct ldapfilter_search s = {.filter = str_of(filter), .scope = str_of(scope), .attributes = str_of(attributes)};
    return ldapfilter_kinds(&s);
}

static void filters(void **state)
{
    (void)state;
    static const struct {
        const char *filter;
        uint32_t kinds;
    } row[] = {
        {"(objectClass=user)", LDAPFILTER_USERS},
        {"(&(objectCategory=person)(objectClass=user))", LDAPFILTER_USERS},
        {"(&(objectClass=user)(sAMAccountName=alice))", 0},
        {"(&(objectClass=user)(sAMAccountName=*))", LDAPFILTER_USERS},
        {"(&(objectCategory=group)(samAccountName=Domain Admins))", LDAPFILTER_SENSITIVE_GROUPS | LDAPFILTER_GROUPS},
        {"(memberOf=CN=Domain Admins,CN=Users,DC=corp)", LDAPFILTER_SENSITIVE_GROUPS},
        {"(memberOf:1.2.840.113556.1.4.1941:=CN=Enterprise Admins,CN=Users,DC=corp)", LDAPFILTER_SENSITIVE_GROUPS},
        {"(objectSid=S-1-5-21-1-2-3-512)", LDAPFILTER_SENSITIVE_GROUPS},
        {"(servicePrincipalName=*)", LDAPFILTER_SPNS},
        {"(servicePrincipalName=cifs/fs1)", 0},
        {"(userAccountControl:1.2.840.113556.1.4.803:=524288)", LDAPFILTER_UNCONSTRAINED},
        {"(userAccountControl:1.2.840.113556.1.4.803:=4194304)", LDAPFILTER_NO_PREAUTH},
        {"( & (objectClass=user) (userAccountControl&4194304) ) ", LDAPFILTER_NO_PREAUTH | LDAPFILTER_USERS},
        {"(&(objectClass=user)(!(userAccountControl:1.2.840.113556.1.4.803:=524288)))", LDAPFILTER_USERS},
        {"(!(!(adminCount=1)))", LDAPFILTER_ADMIN_COUNT},
        {"(msDS-AllowedToDelegateTo=*)", LDAPFILTER_DELEGATION},
        {"(ms-Mcs-AdmPwd=*)", LDAPFILTER_SECRETS},
        {"(objectClass=trustedDomain)", LDAPFILTER_TRUSTS},
        {"(objectCategory=CN=Group-Policy-Container,CN=Schema,CN=Configuration,DC=corp)", LDAPFILTER_GPOS},
        {"(objectClass=dnsZone)", LDAPFILTER_DNS_ZONES},
        {"(objectClass=*)", LDAPFILTER_EVERYTHING},
        {"", 0},
        {"((((", 0},
        {"))))(adminCount=1", LDAPFILTER_ADMIN_COUNT},
        {"adminCount=1", LDAPFILTER_ADMIN_COUNT},
        {"(=)(&)(|)(!)(=*)", 0},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (kinds(row[i].filter, "subtree", NULL) != row[i].kinds)
            fail_msg("%s is %#x", row[i].filter, kinds(row[i].filter, "subtree", NULL));
    assert_int_equal(kinds("(objectClass=*)", "base", NULL), 0);
    assert_int_equal(kinds("(objectClass=*)", "one", NULL), 0);
    assert_int_equal(kinds("(objectClass=user)", "subtree", "nTSecurityDescriptor"), LDAPFILTER_USERS | LDAPFILTER_ACLS);
    struct ldapfilter_search flags = {.filter = STR("(objectClass=user)"), .scope = STR("subtree"), .sd_flags = true};
    assert_int_equal(ldapfilter_kinds(&flags), LDAPFILTER_USERS | LDAPFILTER_ACLS);
    flags.attributes = STR("cn mail");
    assert_int_equal(ldapfilter_kinds(&flags), LDAPFILTER_USERS);
    flags.attributes = STR("cn *");
    assert_int_equal(ldapfilter_kinds(&flags), LDAPFILTER_USERS | LDAPFILTER_ACLS);
    assert_int_equal(ldapfilter_grave(LDAPFILTER_USERS | LDAPFILTER_SPNS), LDAPFILTER_SPNS);
}

static void every_cut_of_a_filter_is_read(void **state)
{
    (void)state;
    struct str f = STR("(&(|(objectClass=user)(!(userAccountControl:1.2.840.113556.1.4.803:=4194304)))(memberOf=CN=Domain Admins,DC=x))");
    for (size_t n = 0; n <= f.n; n++) {
        char cut[160];
        memcpy(cut, f.p, n);
        cut[n] = 0;
        assert_true(kinds(cut, "subtree", NULL) < UINT32_C(1) << LDAPFILTER_COUNT);
    }
}

static void nothing_while_learning(void **state)
{
    (void)state;
    static const struct replay_setup learning = {.dcs = {DC}};
    expect_number("2038", FIXTURE("attack"), &learning, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_the_network), cmocka_unit_test(a_look_up_before_a_change), cmocka_unit_test(a_look_up_without_its_change), cmocka_unit_test(what_attackers_ask_for),        cmocka_unit_test(a_burst_of_ordinary_questions),  cmocka_unit_test(three_kinds_are_no_burst),
        cmocka_unit_test(benign_raises_nothing),         cmocka_unit_test(a_habit_is_told_of_three_times), cmocka_unit_test(filters),
        cmocka_unit_test(every_cut_of_a_filter_is_read), cmocka_unit_test(nothing_while_learning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
