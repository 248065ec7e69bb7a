/* tests/model/test_role.c - the documented limits of every role. */
#include "model/role.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static bool may(const char *role, enum right r)
{
    const struct role *found = role_of(str_of(role));
    assert_non_null(found);
    return role_may(found, r);
}

static void all_roles(void **state)
{
    int n = 0;
    (void)state;
    for (const struct role *r = roles; r->id; r++, n++) {
        assert_ptr_equal(role_of(str_of(r->id)), r);
        assert_true(r->name[0] && r->about[0]);
        assert_true(role_may(r, RIGHT_SIGNED_IN) && role_may(r, RIGHT_NONE));
        assert_true(r->rights < UINT64_C(1) << RIGHT_COUNT);
        assert_int_equal(r->rights & 3u, 0); /* NONE and SIGNED_IN are nobody's to give */
        assert_true(role_may(r, RIGHT_VIEW_POLICIES)); /* every documented role sees policies */
    }
    assert_int_equal(n, 15);
    assert_null(role_of(STR("root")));
    assert_null(role_of(STR("")));
    assert_true(role_may(NULL, RIGHT_NONE));
    assert_false(role_may(NULL, RIGHT_SIGNED_IN));
}

/* "Only a Global administrator" */
static void link_is_for_one(void **state)
{
    (void)state;
    for (const struct role *r = roles; r->id; r++) {
        assert_int_equal(role_may(r, RIGHT_LINK), str_eq(str_of(r->id), STR("global_administrator")));
        assert_int_equal(role_may(r, RIGHT_SIGN_ON), str_eq(str_of(r->id), STR("global_administrator")));
    }
    for (const struct role *r = roles; r->id; r++) {
        bool full = str_eq(str_of(r->id), STR("global_administrator")) || str_eq(str_of(r->id), STR("security_administrator"));
        assert_int_equal(role_may(r, RIGHT_MANAGE_ADMINS), full);
        assert_int_equal(role_may(r, RIGHT_MANAGE_SETTINGS), full);
    }
}

/* The list of what a Security reader is restricted from. */
static void security_reader(void **state)
{
    static const enum right no[] = {RIGHT_MANAGE_POLICIES, RIGHT_GOVERN,          RIGHT_UPLOAD,        RIGHT_MANAGE_DISCOVERY, RIGHT_VIEW_SUBNETS, RIGHT_MANAGE_SUBNETS,
                                    RIGHT_VIEW_SETTINGS,   RIGHT_VIEW_GOVERNANCE, RIGHT_OWN_TOKENS,    RIGHT_VIEW_AUDIT,       RIGHT_PERSONAL_DATA};
    (void)state;
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(may("security_reader", no[i]));
    assert_true(may("security_reader", RIGHT_VIEW_ALERTS) && may("security_reader", RIGHT_MANAGE_ALERTS) && may("security_reader", RIGHT_VIEW_ACTIVITIES));
}

static void global_reader(void **state)
{
    (void)state;
    for (int r = RIGHT_SIGNED_IN + 1; r < RIGHT_COUNT; r++) {
        bool reads = str_starts(right_text((enum right)r), STR("view_"));
        assert_int_equal(may("global_reader", (enum right)r), reads);
    }
}

static void scoped(void **state)
{
    (void)state;
    for (const struct role *r = roles; r->id; r++) {
        if (r->scope != SCOPE_APP && r->scope != SCOPE_GROUP)
            continue;
        assert_false(role_may(r, RIGHT_VIEW_DISCOVERY)); /* "No permissions" */
        assert_false(role_may(r, RIGHT_VIEW_POSTURE));
        assert_int_equal(role_may(r, RIGHT_VIEW_FILES), r->scope == SCOPE_APP);
        assert_false(role_may(r, RIGHT_VIEW_SETTINGS) || role_may(r, RIGHT_VIEW_AUDIT) || role_may(r, RIGHT_UPLOAD));
    }
    assert_true(may("app_admin", RIGHT_GOVERN) && may("group_admin", RIGHT_MANAGE_POLICIES));
    assert_false(may("app_reader", RIGHT_GOVERN) || may("group_reader", RIGHT_MANAGE_ALERTS));
    assert_true(may("discovery_admin", RIGHT_MANAGE_DISCOVERY));
    assert_false(may("discovery_admin", RIGHT_VIEW_ACTIVITIES) || may("discovery_admin", RIGHT_VIEW_USERS) || may("discovery_report_admin", RIGHT_VIEW_ALERTS));
}

/* The table of Azure ATP role groups. */
static void atp(void **state)
{
    static const struct {
        enum right right;
        bool administrator, user, viewer;
    } table[] = {
        {RIGHT_MANAGE_SENSORS, true, false, false}, {RIGHT_MANAGE_ALERTS, true, true, false}, {RIGHT_TAG, true, true, false},
        {RIGHT_EXCLUDE, true, true, false},         {RIGHT_NOTIFICATIONS, true, true, false}, {RIGHT_VIEW_ALERTS, true, true, true},
        {RIGHT_VIEW_USERS, true, true, true},       {RIGHT_VIEW_POSTURE, true, true, true},   {RIGHT_MANAGE_ADMINS, false, false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_int_equal(may("atp_administrator", table[i].right), table[i].administrator);
        assert_int_equal(may("atp_user", table[i].right), table[i].user);
        assert_int_equal(may("atp_viewer", table[i].right), table[i].viewer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_roles), cmocka_unit_test(link_is_for_one), cmocka_unit_test(security_reader),
        cmocka_unit_test(global_reader), cmocka_unit_test(scoped), cmocka_unit_test(atp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
