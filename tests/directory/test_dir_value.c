/* tests/directory/test_dir_value.c - values of the directory: identifiers, descriptors, times, ranges; each cut and bent everywhere. */
#include "directory/dir_value.h"

#include "base/dn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define BYTES(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define SID_ALICE "\1\5\0\0\0\0\0\5\x15\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\x4f\4\0\0"
#define SID_EVERYONE "\1\1\0\0\0\0\0\1\0\0\0\0"
/* self-relative, owner Administrators, three entries: alice allowed, everyone denied, everyone allowed for one property, alice again */
#define ACE_ALICE "\0\0\x24\0\xff\1\x0f\0" SID_ALICE
#define ACE_DENIED "\1\0\x14\0\xff\1\x0f\0" SID_EVERYONE
#define ACE_OBJECT \
    "\5\0\x28\0\x10\0\0\0\1\0\0\0" \
    "0123456789abcdef" SID_EVERYONE
#define OWNER "\1\2\0\0\0\0\0\5\x20\0\0\0\x20\2\0\0"
#define DESCRIPTOR "\1\0\4\x80\x14\0\0\0\0\0\0\0\0\0\0\0\x24\0\0\0" OWNER "\2\0\x8c\0\4\0\0\0" ACE_ALICE ACE_DENIED ACE_OBJECT ACE_ALICE

static struct arena arena;

static void is(struct str got, const char *want)
{
    assert_int_equal(got.n, strlen(want));
    assert_memory_equal(got.p, want, got.n);
}

static void identifiers(void **state)
{
    (void)state;
    is(dir_value_sid(&arena, BYTES(SID_ALICE)), "S-1-5-21-1-2-3-1103");
    is(dir_value_sid(&arena, BYTES(SID_EVERYONE)), "S-1-1-0");
    is(dir_value_sid(&arena, STR("S-1-5-18")), "S-1-5-18");
    is(dir_value_sid(&arena, BYTES("\1\1\x12\x34\x56\x78\x9a\xbc\xff\xff\xff\xff")), "S-1-20015998343868-4294967295");
    assert_false(str_set(dir_value_sid(&arena, BYTES(SID_ALICE "\0"))));
    assert_false(str_set(dir_value_sid(&arena, BYTES("\2\1\0\0\0\0\0\1\0\0\0\0"))));
    assert_false(str_set(dir_value_sid(&arena, BYTES("\1\0\0\0\0\0\0\1"))));
    is(dir_value_guid(&arena, BYTES("\x33\x22\x11\0\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff")), "00112233-4455-6677-8899-aabbccddeeff");
    is(dir_value_guid(&arena, STR("00112233-4455-6677-8899-AABBCCDDEEFF")), "00112233-4455-6677-8899-aabbccddeeff");
    assert_false(str_set(dir_value_guid(&arena, STR("00112233-4455-6677-8899-AABBCCDDEEFG"))));
    assert_false(str_set(dir_value_guid(&arena, STR("00112233-4455-6677-8899-AABBCCDDEEFF0"))));
}

static void moments(void **state)
{
    (void)state;
    assert_int_equal(dir_value_generalized(STR("20260105090000.0Z")), time_parse(STR("2026-01-05T09:00:00Z")));
    assert_int_equal(dir_value_generalized(STR("20260105090000Z")), time_parse(STR("2026-01-05T09:00:00Z")));
    assert_int_equal(dir_value_generalized(STR("20261305090000.0Z")), TIME_NONE);
    assert_int_equal(dir_value_generalized(STR("2026010509000:.0Z")), TIME_NONE);
    assert_int_equal(dir_value_generalized(STR("20260105090000.0")), TIME_NONE);
    assert_int_equal(dir_value_generalized(STR("")), TIME_NONE);
    assert_int_equal(dir_value_filetime(STR("134120448000000000")), time_parse(STR("2026-01-05T00:00:00Z")));
    assert_int_equal(dir_value_filetime(STR("0")), TIME_NONE);
    assert_int_equal(dir_value_filetime(STR("9223372036854775807")), TIME_NONE);
    assert_int_equal(dir_value_filetime(STR("-1")), TIME_NONE);
    assert_int_equal(dir_value_filetime(STR("soon")), TIME_NONE);
}

static void descriptors(void **state)
{
    struct str *sids = NULL;
    size_t n = 9;
    (void)state;
    assert_true(dir_value_trustees(&arena, BYTES(DESCRIPTOR), &sids, &n));
    assert_int_equal(n, 2);
    is(sids[0], "S-1-5-21-1-2-3-1103");
    is(sids[1], "S-1-1-0");
    assert_true(dir_value_trustees(&arena, BYTES("\1\0\0\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), &sids, &n)); /* no ACL */
    assert_int_equal(n, 0);
    assert_false(dir_value_trustees(&arena, BYTES("\1\0\4\0\x14\0\0\0\0\0\0\0\0\0\0\0\x14\0\0\0\2\0\x8\0\0\0\0\0"), &sids, &n)); /* absolute */
    assert_false(dir_value_trustees(&arena, BYTES("\1\0\4\x80\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff"), &sids, &n));
    assert_false(dir_value_trustees(&arena, STR("O:BAD:(A;;FA;;;BA)"), &sids, &n));
    assert_int_equal(n, 0);
}

/* Every prefix and every single flipped bit, in memory of exactly that size: whatever comes out, it comes from the bytes. */
static void bent(const char *bytes, size_t n, void (*look)(struct str))
{
    for (size_t cut = 0; cut <= n; cut++) {
        char *copy = malloc(cut ? cut : 1);
        assert_non_null(copy);
        memcpy(copy, bytes, cut);
        look((struct str){copy, cut});
        for (size_t bit = 0; cut == n && bit < n * 8; bit++) {
            copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
            look((struct str){copy, cut});
            copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
        }
        free(copy);
        arena_reset(&arena);
    }
}

static void look_descriptor(struct str v)
{
    struct str *sids = NULL;
    size_t n = 0;
    bool good = dir_value_trustees(&arena, v, &sids, &n);
    assert_true(good || n == 0);
    assert_true(n <= 4);
    assert_false(good && v.n < sizeof DESCRIPTOR - 1 && n == 2); /* no prefix is the whole */
    for (size_t i = 0; i < n; i++)
        assert_true(str_starts(sids[i], STR("S-1-")));
}

static void look_sid(struct str v)
{
    struct str s = dir_value_sid(&arena, v);
    assert_true(!str_set(s) || (v.n == sizeof SID_ALICE - 1 && str_starts(s, STR("S-1-"))));
}

static void look_text(struct str v)
{
    struct str name = STR_NONE, parent;
    uint32_t last = 0;
    bool ranged = dir_value_range(v, &name, &last);
    assert_true(!ranged || v.n > name.n);
    struct dir_dn d = dir_value_dn(v);
    assert_true(d.dn.n + d.guid.n + d.sid.n <= v.n);
    assert_true(dir_value_reference(v).n <= v.n);
    dn_split(d.dn, &name, &parent);
    assert_true(name.n + parent.n <= v.n);
    assert_true(dn_domain(&arena, d.dn).n <= v.n);
    (void)dir_value_guid(&arena, v);
    (void)dir_value_generalized(v);
    (void)dir_value_filetime(v);
}

static void nothing_bent_gets_through(void **state)
{
    static const char *const texts[] = {"member;range=1500-2999", "<GUID=00112233-4455-6677-8899-aabbccddeeff>;<SID=S-1-5-18>;CN=a\\,b,DC=x,DC=y",
                                        "00112233-4455-6677-8899-aabbccddeeff", "20260105090000.0Z", "134120448000000000"};
    (void)state;
    bent(DESCRIPTOR, sizeof DESCRIPTOR - 1, look_descriptor);
    bent(SID_ALICE, sizeof SID_ALICE - 1, look_sid);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        bent(texts[i], strlen(texts[i]), look_text);
}

static void ranges(void **state)
{
    struct str name;
    uint32_t last = 7;
    (void)state;
    assert_true(dir_value_range(STR("member;range=0-1499"), &name, &last));
    is(name, "member");
    assert_int_equal(last, 1499);
    assert_true(dir_value_range(STR("member;binary;Range=1500-*"), &name, &last));
    assert_int_equal(last, DIR_RANGE_END);
    last = 7;
    assert_false(dir_value_range(STR("member"), &name, &last));
    is(name, "member");
    const char *const wrong[] = {"member;range=",  "member;range=5", "member;range=5-4", "member;range=a-b", "member;range=0-4294967296",
                                 "member;range=-1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(dir_value_range(str_of(wrong[i]), &name, &last));
    assert_int_equal(last, 7);
}

static void names(void **state)
{
    struct str rdn, parent;
    (void)state;
    struct dir_dn d = dir_value_dn(STR("<GUID=g>;<SID=s>;CN=a,DC=x"));
    is(d.guid, "g");
    is(d.sid, "s");
    is(d.dn, "CN=a,DC=x");
    is(dir_value_reference(STR("<GUID=g>;<SID=s>;CN=a")), "s");
    is(dir_value_reference(STR("<GUID=g>;CN=a")), "g");
    is(dir_value_reference(STR("CN=a")), "CN=a");
    is(dir_value_dn(STR("<GUID=g")).dn, "<GUID=g");
    dn_split(STR("CN=a\\,b\\\\,OU=c,DC=x"), &rdn, &parent);
    is(rdn, "CN=a\\,b\\\\");
    is(parent, "OU=c,DC=x");
    dn_split(STR("DC=x\\"), &rdn, &parent);
    is(rdn, "DC=x\\");
    assert_false(str_set(parent));
    is(dn_domain(&arena, STR("CN=a\\,DC=no,OU=b,dc=corp, DC=example,DC=test")), "corp.example.test");
    assert_false(str_set(dn_domain(&arena, STR("CN=a"))));
}

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 16, 1 << 22);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(identifiers), cmocka_unit_test(moments),
                                       cmocka_unit_test(descriptors), cmocka_unit_test(nothing_bent_gets_through),
                                       cmocka_unit_test(ranges),      cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, begin, end);
}
