/* tests/app/test_redact.c - names out of sentences: whole words, whatever their case, and nothing of anybody else's. */
#include "app/redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct arena arena;

static void is(const char *text, const char *want)
{
    const struct str accounts[] = {STR("CORP\\zoe"), STR("zoe"), STR("zoe@corp.example")};
    const struct entity e = {.id = STR("aaaaaaaaaaaaaaaaaaaaaaaa"), .name = STR("Zoé Quorn"), .sam = STR("zoe"), .upn = STR("zoe@corp.example"), .accounts = accounts, .naccounts = 3};
    struct str names[REDACT_NAMES];
    size_t n = redact_names(&e, names);
    struct str out = redact(&arena, str_of(text), names, n);
    if (!str_eq(out, str_of(want)))
        fail_msg("%.*s", STR_ARG(out));
}

static void sentences(void **state)
{
    (void)state;
    is("", "");
    is("nothing of hers", "nothing of hers");
    is("Zoé Quorn read a file.", REDACTED " read a file.");
    is("zoe@corp.example", REDACTED);
    is("corp\\ZOE, zoe, (Zoe)", REDACTED ", " REDACTED ", (" REDACTED ")");
    is("zoey and mezoe and zoe_2 and zoe2 and zo\xC3\xA9zoe are others", "zoey and mezoe and zoe_2 and zoe2 and zo\xC3\xA9zoe are others");
    is("zoe", REDACTED);
    is("xzoe zoe", "xzoe " REDACTED);
    is("aaaaaaaaaaaaaaaaaaaaaaaa", REDACTED);
}

/* A name inside what takes its place, and names without end, come to an end. */
static void ends(void **state)
{
    struct str names[] = {STR("person"), STR("a deleted person"), STR("a"), STR("")};
    (void)state;
    redact_order(names, 4);
    assert_true(str_eq(names[0], STR("a deleted person")) && names[3].n == 0);
    struct str out = redact(&arena, STR("person a"), names, 4);
    assert_true(str_eq(out, STR("a deleted " REDACTED " a")) || str_eq(out, STR(REDACTED " a")));
    assert_false(str_set(redact(&arena, STR_NONE, names, 4)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sentences), cmocka_unit_test(ends)};
    arena_init(&arena, 4096, 1 << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
