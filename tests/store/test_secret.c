/* tests/store/test_secret.c - secrets come back with their key alone, and not out of the file. */
#include "store/secret.h"
#include "store/tab_settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void kept(void **state)
{
    char folder[] = "/tmp/vigie-secret-XXXXXX", path[96], text[8192];
    struct db *db;
    struct arena a;
    struct secret_key *k, *again;
    struct str s;
    struct stat st;
    bool is;
    (void)state;
    arena_init(&a, 4096, 1u << 20);
    assert_non_null(mkdtemp(folder));
    assert_int_equal(db_open(folder, &db), 0);
    assert_int_equal(secret_open(folder, &k), 0);
    (void)snprintf(path, sizeof path, "%s/secret.key", folder);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(secret_set(db, "mail", &is), 0);
    assert_false(is);
    assert_int_equal(secret_put(k, db, "mail", STR("hunter2-hunter2")), 0);
    assert_int_equal(secret_set(db, "mail", &is), 0);
    assert_true(is);
    assert_int_equal(tab_settings_get(db, &a, "secret.mail", &s), 0);
    assert_false(str_has(s, STR("hunter2")));
    assert_int_equal(secret_open(folder, &again), 0); /* the same key */
    assert_int_equal(secret_get(again, db, &a, "mail", &s), 0);
    assert_true(str_eq(s, STR("hunter2-hunter2")));
    secret_close(again);

    /* any bit of what is kept changed */
    assert_int_equal(tab_settings_get(db, &a, "secret.mail", &s), 0);
    for (size_t i = 0; i < s.n; i++) {
        struct str out = STR("untouched");
        memcpy(text, s.p, s.n);
        text[i] = text[i] == 'A' ? 'B' : 'A';
        assert_int_equal(tab_settings_put(db, "secret.mail", (struct str){text, s.n}), 0);
        int err = secret_get(k, db, &a, "mail", &out);
        assert_true(err == ERR_CHECKSUM && str_eq(out, STR("untouched")));
        arena_reset(&a);
        assert_int_equal(tab_settings_put(db, "secret.mail", STR("x")), 0);
        assert_int_equal(secret_put(k, db, "mail", STR("hunter2-hunter2")), 0);
        assert_int_equal(tab_settings_get(db, &a, "secret.mail", &s), 0);
    }
    assert_int_equal(secret_put(k, db, "mail", STR("")), 0);
    assert_int_equal(secret_get(k, db, &a, "mail", &s), 0);
    assert_false(str_set(s));
    secret_close(k);

    assert_int_equal(chmod(path, 0644), 0); /* others may read it */
    assert_int_equal(secret_open(folder, &k), ERR_MALFORMED);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(truncate(path, 5), 0);
    assert_int_equal(secret_open(folder, &k), ERR_MALFORMED);
    (void)unlink(path);
    db_close(db);
    arena_free(&a);
    (void)snprintf(path, sizeof path, "%s/vigie.db", folder);
    (void)unlink(path);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kept)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
