/* tests/directory/test_dir_join.c - several imports as one, where a domain that speaks for itself is believed before files about it. */
#include "directory/dir_ref.h"

#include "tests/support/import.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SID "S-1-5-21-1-2-3"

static const char file[] = "{\"domain\":\"corp.example.test\",\"netbios\":\"CORP\",\"sid\":\"" SID "\",\"users\":["
                           "{\"name\":\"alice\",\"sid\":\"" SID "-1101\",\"title\":\"Old\",\"disabled\":true,\"honeytoken\":true,\"groups\":[\"Old group\"]},"
                           "{\"name\":\"gone\",\"sid\":\"" SID "-1102\",\"title\":\"Gone\"}],"
                           "\"groups\":[{\"name\":\"Old group\",\"sid\":\"" SID "-1103\"},{\"name\":\"Administrators\",\"sid\":\"S-1-5-32-544\",\"members\":[\"" SID "-1101\"]}],"
                           "\"trusts\":[{\"name\":\"old.test\",\"sid\":\"S-1-5-21-7-7-7\"}]}";
static const char other[] = "{\"domain\":\"else.test\",\"netbios\":\"ELSE\",\"sid\":\"S-1-5-21-9-9-9\",\"users\":[{\"name\":\"zoe\",\"sid\":\"S-1-5-21-9-9-9-1101\","
                            "\"title\":\"Elsewhere\"}]}";
static const char service[] = "{\"domain\":\"corp.example.test\",\"netbios\":\"CORP\",\"sid\":\"" SID "\",\"complete\":true,\"users\":["
                              "{\"name\":\"alice\",\"sid\":\"" SID "-1101\",\"title\":\"New\"}],\"groups\":[{\"name\":\"New group\",\"sid\":\"" SID "-1104\",\"members\":[\"" SID "-1101\"]}]}";

static const struct entity *find(const struct dir *d, const char *sid)
{
    uint32_t n = dir_sid(d, str_of(sid));
    return n ? dir_entity(d, n) : NULL;
}

static struct dir *build(bool yields)
{
    struct dir_import *all = dir_import_new(), *parts[] = {import_json(file), import_json(other), import_json(service)};
    struct dir *d = NULL;
    assert_non_null(all);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(dir_import_join(all, parts[i]), 0);
    if (yields)
        dir_import_yield(all, parts[2]);
    assert_int_equal(dir_import_join(all, parts[2]), 0);
    assert_int_equal(dir_build(&d, NULL, 0, all, NULL, 0), 0);
    dir_import_free(all);
    for (size_t i = 0; i < 3; i++)
        dir_import_free(parts[i]);
    return d;
}

static void the_domain_is_believed(void **state)
{
    struct dir *d = build(true);
    size_t trusts = 1;
    (void)state;
    const struct entity *alice = find(d, SID "-1101"), *gone = find(d, SID "-1102"), *zoe = find(d, "S-1-5-21-9-9-9-1101");
    assert_non_null(alice);
    assert_true(str_eq(alice->title, STR("New")));
    assert_int_equal(alice->flags & (ENTITY_DISABLED | ENTITY_HONEYTOKEN | ENTITY_IN_DIRECTORY), ENTITY_HONEYTOKEN | ENTITY_IN_DIRECTORY);
    assert_int_equal(alice->ngroups, 1);
    assert_true(str_eq(dir_entity(d, alice->groups[0])->name, STR("New group")));
    assert_non_null(gone); /* its name is still its SID's */
    assert_true(str_eq(gone->sam, STR("gone")) && !str_set(gone->title) && !(gone->flags & ENTITY_IN_DIRECTORY));
    assert_true(zoe && str_eq(zoe->title, STR("Elsewhere")) && (zoe->flags & ENTITY_IN_DIRECTORY));
    (void)dir_trusts(d, &trusts);
    assert_int_equal(trusts, 0);
    assert_true(dir_complete(d, STR("CORP")) && !dir_complete(d, STR("ELSE")));
    dir_free(d);
}

static void files_alone_add_up(void **state)
{
    struct dir *d = build(false);
    size_t trusts = 0;
    (void)state;
    assert_int_equal(find(d, SID "-1101")->ngroups, 3);
    assert_true(find(d, SID "-1101")->flags & ENTITY_DISABLED);
    (void)dir_trusts(d, &trusts);
    assert_int_equal(trusts, 1);
    dir_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_domain_is_believed), cmocka_unit_test(files_alone_add_up)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
