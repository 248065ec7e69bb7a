/* tests/app/test_define.c - every detection becomes a policy, and starting again keeps what was decided. */
#include "app/define.h"
#include "detect/engine.h"
#include "policy/detection_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static int count(void *owner, const struct stored_policy *p)
{
    struct arena a;
    arena_init(&a, 4096, 1u << 20);
    const struct jnode *doc = jin_embedded(&a, p->definition);
    assert_non_null(doc);
    assert_true(jin_str(doc, doc, "about").n > 20 && p->name.n && p->category.n);
    assert_true((p->type == POLICY_IDENTITY) == (p->external_id != 0));
    arena_free(&a);
    ++*(size_t *)owner;
    return 0;
}

static void all_there(void **state)
{
    char folder[] = "/tmp/vigie-define-XXXXXX", path[64];
    struct db *db;
    struct arena a;
    struct stored_policy p;
    size_t n = 0, want = 0;
    (void)state;
    arena_init(&a, 65536, 1u << 20);
    assert_non_null(mkdtemp(folder));
    assert_int_equal(db_open(folder, &db), 0);
    assert_int_equal(define_policies(db), 0);
    while (detectors[want])
        want++;
    assert_int_equal(tab_policies_each(db, 7, STR_NONE, count, &n), 0);
    assert_int_equal(n, want);
    assert_int_equal(tab_policies_get(db, &a, STR("2006"), &p), 0);
    p.enabled = false;
    assert_int_equal(tab_policies_change(db, &p), 0);
    assert_int_equal(define_policies(db), 0);
    assert_int_equal(tab_policies_get(db, &a, STR("2006"), &p), 0);
    assert_false(p.enabled);
    n = 0;
    assert_int_equal(tab_policies_each(db, 1u << POLICY_ANOMALY, STR("TRAVEL"), count, &n), 0);
    assert_int_equal(n, 1);
    db_close(db);
    arena_free(&a);
    (void)snprintf(path, sizeof path, "%s/vigie.db", folder);
    (void)unlink(path);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_there)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
