/* tests/directory/test_dir_keep.c - a synchronised directory: kept by GUID, written, read back, built; and where its reading stands. */
#include "directory/dir_keep.h"

#include "directory/dir_state.h"
#include "base/jin.h"
#include "tests/support/import.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define SID "S-1-5-21-1-2-3-"
#define GUID(n) "00000000-0000-0000-0000-00000000000" n

static int put(void *owner, struct str line)
{
    buf_str(owner, line);
    return 0;
}

static struct buf write_json(const struct dir_import *im)
{
    struct buf b = {0};
    assert_int_equal(dir_import_write(im, put, &b), 0);
    buf_char(&b, '\0');
    return b;
}

static void is(struct str got, const char *want)
{
    assert_true(str_eq(got, str_of(want)));
}

static const char two_lines[] =
    "{\"domain\":\"corp.example.test\",\"netbios\":\"CORP\",\"sid\":\"S-1-5-21-1-2-3\",\"state\":\"ab\",\"complete\":true}\n"
    "{\"users\":[{\"name\":\"alice\",\"sid\":\"" SID "1\",\"guid\":\"" GUID("1") "\",\"parent\":\"" GUID(
        "8") "\",\"dn\":\"CN=alice,OU=a,DC=x\","
             "\"phone\":\"1\",\"manager\":\"" SID
             "2\",\"lastLogon\":\"2026-01-05T09:00:00.000000000Z\",\"passwordSet\":\"2025-01-05T09:00:00.000000000Z\","
             "\"uac\":16777728,\"adminCount\":true,\"spns\":[\"HTTP/a\"],\"delegateTo\":[\"cifs/b\",\"ldap/c\"],\"delegates\":[\"" SID "2\"]}]}\n"
             "{\"users\":[{\"name\":\"bob\",\"sid\":\"" SID "2\",\"guid\":\"" GUID("2") "\",\"parent\":\"" GUID(
                 "8") "\",\"dn\":\"CN=bob,OU=a,DC=x\"}]}\n"
                      "{\"groups\":[{\"name\":\"g\",\"sid\":\"" SID "3\",\"guid\":\"" GUID(
                          "3") "\",\"members\":[\"" SID "1\"]}]}\n"
                               "{\"groups\":[{\"name\":\"g\",\"sid\":\"" SID "3\",\"guid\":\"" GUID(
                                   "3") "\",\"members\":[\"" SID "2\"]}]}\n"
                                        "{\"computers\":[{\"name\":\"PC$\",\"sid\":\"" SID "4\",\"guid\":\"" GUID(
                                            "4") "\",\"os\":\"Windows\",\"dc\":true}]}\n"
                                                 "{\"trusts\":[{\"name\":\"partner.test\",\"sid\":\"S-1-5-21-9-9-9\",\"guid\":\"" GUID(
                                                     "5") "\",\"netbios\":\"PARTNER\",\"direction\":3,\"type\":2,\"attributes\":8}]}\n"
                                                          "{\"places\":[{\"guid\":\"" GUID(
                                                              "7") "\",\"dn\":\"DC=x\"}]}\n"
                                                                   "{\"places\":[{\"guid\":\"" GUID("8") "\",\"parent\":\"" GUID(
                                                                       "7") "\",\"dn\":\"OU=a,DC=x\"}]}\n";

static void what_is_written_is_read(void **state)
{
    struct dir_import *im = import_json(two_lines);
    struct dir_keep k;
    (void)state;
    assert_int_equal(dir_keep_open(&k, im), 0);
    assert_int_equal(dir_keep_get(&k, STR(GUID("3")))->nmembers, 2); /* from two lines */
    assert_int_equal(dir_keep_settle(&k), 0);
    struct buf once = write_json(im);
    struct dir_import *again = import_json(once.p);
    struct buf twice = write_json(again);
    assert_string_equal(once.p, twice.p);
    assert_non_null(strstr(once.p, "\"members\":[\"" SID "1\",\"" SID "2\"]"));
    assert_non_null(strstr(once.p, "\"state\":\"ab\",\"complete\":true}\n"));
    dir_keep_close(&k);
    buf_free(&once);
    buf_free(&twice);
    dir_import_free(again);
    dir_import_free(im);
}

static void everything_reaches_the_entity(void **state)
{
    struct dir_import *im = import_json(two_lines);
    struct dir *d = NULL;
    size_t n;
    (void)state;
    assert_int_equal(dir_build(&d, NULL, 0, im, NULL, 0), 0);
    assert_int_equal(dir_count(d), 4); /* places and trusts are nobody */
    const struct entity *a = dir_entity(d, dir_sid(d, STR(SID "1")));
    is(a->guid, GUID("1"));
    is(a->phone, "1");
    is(a->manager, SID "2");
    is(a->domain, "CORP");
    assert_int_equal(a->last_logon, time_parse(STR("2026-01-05T09:00:00Z")));
    assert_int_equal(a->password_set, time_parse(STR("2025-01-05T09:00:00Z")));
    assert_int_equal(a->terminated, TIME_NONE);
    assert_int_equal(a->uac, 16777728);
    assert_true(a->flags & ENTITY_ADMIN_COUNT);
    assert_int_equal(a->nspns + a->ndelegate_to + a->ndelegates, 4);
    is(a->delegate_to[1], "ldap/c");
    is(a->delegates[0], SID "2");
    is(dir_entity(d, dir_sid(d, STR(SID "4")))->os, "Windows");
    assert_true(dir_member(d, dir_sid(d, STR(SID "2")), dir_sid(d, STR(SID "3"))));
    assert_true(dir_complete(d, STR("corp")));
    const struct trust *t = dir_trusts(d, &n);
    assert_int_equal(n, 1);
    is(t[0].name, "partner.test");
    is(t[0].netbios, "PARTNER");
    assert_int_equal(t[0].direction, 3);
    dir_free(d);
    dir_import_free(im);
}

static void places_move_with_all_that_is_in_them(void **state)
{
    struct dir_import *im = import_json(two_lines);
    struct dir_keep k;
    (void)state;
    assert_int_equal(dir_keep_open(&k, im), 0);
    dir_keep_get(&k, STR(GUID("8")))->dn = STR("OU=b\\,c,DC=x");
    assert_int_equal(dir_keep_settle(&k), 0);
    is(dir_keep_get(&k, STR(GUID("1")))->dn, "CN=alice,OU=b\\,c,DC=x");
    dir_keep_get(&k, STR(GUID("7")))->parent = STR(GUID("8")); /* a circle ends */
    assert_int_equal(dir_keep_settle(&k), 0);
    dir_keep_close(&k);
    dir_import_free(im);
}

static void the_deleted_leave(void **state)
{
    struct dir_import *im = import_json(two_lines);
    struct dir_keep k;
    (void)state;
    assert_int_equal(dir_keep_open(&k, im), 0);
    dir_keep_get(&k, STR(GUID("1")))->base.flags |= ENTITY_TERMINATED;
    struct dir_entry *e = dir_keep_put(&k, STR(GUID("6"))); /* another alice */
    assert_non_null(e);
    e->base.ref.name = STR("Alice");
    e->base.ref.sid = STR(SID "6");
    assert_int_equal(dir_keep_settle(&k), 0);
    const struct dir_entry *g = dir_keep_get(&k, STR(GUID("3"))), *old = dir_keep_get(&k, STR(GUID("1")));
    assert_int_equal(g->nmembers, 1);
    is(g->members[0], SID "2");
    assert_false(str_set(old->base.ref.name));
    is(old->display, "alice");
    assert_int_equal(dir_keep_join(&k, STR(SID "3"), STR(SID "6")), 0);
    assert_int_equal(dir_keep_join(&k, STR(GUID("3")), STR(SID "6")), 0); /* is there */
    assert_int_equal(dir_keep_get(&k, STR(GUID("3")))->nmembers, 2);
    dir_keep_close(&k);
    dir_import_free(im);
}

static void long_lists_take_several_lines(void **state)
{
    struct dir_import *im = dir_import_new();
    struct dir_entry *g = dir_import_entry(im);
    struct dir_keep k;
    (void)state;
    g->base.type = ENTITY_GROUP;
    g->guid = STR(GUID("1"));
    for (unsigned i = 0; i < 120001; i++)
        assert_int_equal(dir_list_add(&im->text, &g->members, &g->nmembers, str_fmt(&im->text, SID "%u", i)), 0);
    struct buf b = write_json(im);
    struct dir_import *again = import_json(b.p);
    assert_int_equal(again->n, 3);
    assert_int_equal(dir_keep_open(&k, again), 0);
    assert_int_equal(dir_keep_get(&k, STR(GUID("1")))->nmembers, 120001);
    dir_keep_close(&k);
    dir_import_free(again);
    dir_import_free(im);
    buf_free(&b);
}

static void broken_lines_are_told_with_their_place(void **state)
{
    static const char text[] = "{\"domain\":\"x\"}\n{\"users\":[{]}\n";
    char room[sizeof text + JIN_PADDING] = {0};
    struct dir_import *im = dir_import_new();
    struct fault f = {0};
    (void)state;
    memcpy(room, text, sizeof text);
    assert_int_equal(dir_import_json(im, room, sizeof text - 1, &f), ERR_MALFORMED);
    assert_non_null(f.why);
    assert_true(f.offset >= 15);
    dir_import_free(im);
}

static void states(void **state)
{
    struct arena a;
    struct dir_state s, none;
    struct buf b = {0};
    (void)state;
    arena_init(&a, 4096, 1 << 20);
    const struct dir_state dirsync = {.domain = STR("corp.example.test"), .cookie = {"\0\1\xff", 3}};
    dir_state_write(&dirsync, &b);
    assert_true(dir_state_read(&a, buf_view(&b), &s));
    is(s.domain, "corp.example.test");
    assert_int_equal(s.cookie.n, 3);
    assert_memory_equal(s.cookie.p, "\0\1\xff", 3);
    struct str mark = dir_state_mark(&a, buf_view(&b));
    assert_int_equal(mark.n, 32);
    for (size_t cut = 0; cut + 2 < b.n; cut++)
        assert_false(dir_state_read(&a, str_sub(buf_view(&b), 0, cut), &none));
    b.n = 0;
    dir_state_write(&(struct dir_state){.domain = STR("x"), .invocation = STR(GUID("1")), .usn = UINT64_MAX}, &b);
    assert_true(dir_state_read(&a, buf_view(&b), &s));
    assert_false(str_set(s.cookie));
    assert_true(s.usn == UINT64_MAX);
    assert_false(str_eq(mark, dir_state_mark(&a, buf_view(&b))));
    assert_false(dir_state_read(&a, STR("{\"domain\":\"x\"}"), &none));
    assert_false(dir_state_read(&a, STR("{\"domain\":\"x\",\"cookie\":\"?\",\"usn\":1}"), &none));
    buf_free(&b);
    arena_free(&a);
}

static void ldif_has_the_same(void **state)
{
    static const char text[] =
        "dn: CN=a,DC=corp,DC=test\nobjectClass: user\nsAMAccountName: a\nobjectSid: " SID "1\nobjectGUID:: MyIRAFVEd2aImaq7zN3u/w==\n"
        "lastLogonTimestamp: 134120448000000000\npwdLastSet: 0\nadminCount: 1\nservicePrincipalName: HTTP/x\n"
        "msDS-AllowedToDelegateTo: cifs/y\ntelephoneNumber: 5\n"
        "msDS-AllowedToActOnBehalfOfOtherIdentity:: AQAEgBQAAAAAAAAAAAAAABQAAAACABwAAQAAAAAAFAD/AQ8AAQEAAAAAAAEAAAAA\n\n"
        "dn: CN=b,CN=System,DC=corp,DC=test\nobjectClass: trustedDomain\ntrustPartner: b.test\nflatName: B\ntrustDirection: 2\n";
    struct dir_import *im = dir_import_new();
    struct fault f = {0};
    struct dir *d = NULL;
    uint64_t skipped = 0;
    size_t n;
    (void)state;
    assert_int_equal(dir_import_ldif(im, text, sizeof text - 1, &skipped, &f), 0);
    assert_int_equal(skipped, 0);
    assert_int_equal(dir_build(&d, NULL, 0, im, NULL, 0), 0);
    const struct entity *e = dir_entity(d, dir_sid(d, STR(SID "1")));
    is(e->guid, "00112233-4455-6677-8899-aabbccddeeff");
    is(e->phone, "5");
    is(e->delegates[0], "S-1-1-0");
    is(e->delegate_to[0], "cifs/y");
    assert_int_equal(e->last_logon, time_parse(STR("2026-01-05T00:00:00Z")));
    assert_int_equal(e->password_set, TIME_NONE);
    assert_true(e->flags & ENTITY_ADMIN_COUNT);
    assert_true(e->flags & ENTITY_SERVICE);
    assert_int_equal(dir_trusts(d, &n)->direction, 2);
    assert_int_equal(n, 1);
    dir_free(d);
    dir_import_free(im);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_written_is_read),
                                       cmocka_unit_test(everything_reaches_the_entity),
                                       cmocka_unit_test(places_move_with_all_that_is_in_them),
                                       cmocka_unit_test(the_deleted_leave),
                                       cmocka_unit_test(long_lists_take_several_lines),
                                       cmocka_unit_test(broken_lines_are_told_with_their_place),
                                       cmocka_unit_test(states),
                                       cmocka_unit_test(ldif_has_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
