/* tests/store/test_identities.c - accounts at the sign-in service: one account, one identity; a password unties, a deletion forgets. */
#include "store/tab_accounts.h"
#include "store/tab_identities.h"
#include "tests/support/fresh_db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define ISSUER STR("https://sso.corp.test")

static struct fresh_db kept;

static int open_db(void **state)
{
    (void)state;
    return fresh_db_open(&kept);
}

static int close_db(void **state)
{
    (void)state;
    return fresh_db_close(&kept);
}

static int64_t account(const char *name, const char *password)
{
    int64_t number = 0;
    const struct stored_admin a = {.name = str_of(name), .role = STR("global_administrator"), .password = str_of(password), .created = 1};
    assert_int_equal(db_begin(kept.db), 0);
    assert_int_equal(db_end(kept.db, tab_accounts_add(kept.db, &a, &number)), 0);
    return number;
}

static int tie(int64_t number, const char *subject)
{
    return tab_identities_add(kept.db, &(struct stored_identity){.account = number, .issuer = ISSUER, .subject = str_of(subject), .managed = true, .linked = 7});
}

/* Its account, 0 for none. */
static int64_t of(struct str issuer, const char *subject)
{
    struct stored_identity i = {.account = 0};
    int err = tab_identities_find(kept.db, &kept.arena, issuer, str_of(subject), &i);
    assert_true(err == 0 || err == ERR_NOT_FOUND);
    return i.account;
}

static void one_to_one(void **state)
{
    struct stored_identity i;
    int64_t a = account("alice", ""), b = account("bob", "");
    (void)state;
    assert_int_equal(tie(a, "1"), 0);
    assert_int_equal(tie(b, "1"), ERR_USAGE);
    assert_true(db_refused_twin(kept.db));
    assert_int_equal(tie(a, "2"), ERR_USAGE);
    assert_int_equal(tie(b, "one"), 0);
    assert_int_equal(of(ISSUER, "1"), a);
    assert_int_equal(of(ISSUER, "ONE"), 0); /* case counts */
    assert_int_equal(of(STR("https://sso.corp.test/"), "1"), 0);
    assert_int_equal(tab_identities_get(kept.db, &kept.arena, b, &i), 0);
    assert_true(i.account == b && str_eq(i.subject, STR("one")) && str_eq(i.issuer, ISSUER) && i.managed && i.linked == 7);
    assert_int_equal(tab_identities_drop(kept.db, b), 0);
    assert_int_equal(tab_identities_drop(kept.db, b), 0);
    assert_int_equal(tab_identities_get(kept.db, &kept.arena, b, &i), ERR_NOT_FOUND);
    assert_int_equal(tab_accounts_delete(kept.db, a), 0);
    assert_int_equal(of(ISSUER, "1"), 0);
}

static void passwords(void **state)
{
    uint64_t n = 9;
    int64_t a = account("alice", "");
    (void)state;
    assert_int_equal(tie(a, "1"), 0);
    assert_int_equal(tab_accounts_with_role(kept.db, STR("global_administrator"), &n), 0);
    assert_int_equal(n, 0); /* nobody would be left on the day without the service */
    assert_int_equal(tab_accounts_password(kept.db, a, STR("hash")), 0);
    assert_int_equal(of(ISSUER, "1"), 0);
    assert_int_equal(tab_accounts_with_role(kept.db, STR("global_administrator"), &n), 0);
    assert_int_equal(n, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(one_to_one, open_db, close_db), cmocka_unit_test_setup_teardown(passwords, open_db, close_db)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
