/* tests/source/test_balance.c - where brackets balance: blocks of 64 bytes say what one byte after another says. */
#include "source/balance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROOM = 400 };

/* One byte after another: no block. */
static bool slowly(struct balance *b, const char *text, size_t n, size_t *at)
{
    bool ends = false;
    for (; *at < n && !ends; ++*at)
        ends = balance_find(b, text + *at, 1, &(size_t){0});
    return ends;
}

static void compare(const char *text, size_t n, struct balance from, size_t at)
{
    struct balance bytes = from, blocks = from;
    size_t i = at;
    bool ends = slowly(&bytes, text, n, &i);
    assert_int_equal(balance_find(&blocks, text, n, &at), ends);
    assert_int_equal(at, i);
    assert_int_equal(blocks.depth, bytes.depth);
    assert_int_equal(blocks.in_string, bytes.in_string);
    assert_int_equal(blocks.escaped, bytes.escaped);
}

/* `what` at each place of three blocks of strings, cut behind each of its bytes and at the end. */
static void about_borders(const char *what)
{
    char text[ROOM];
    size_t n = strlen(what);
    for (size_t at = 2; at < 3 * 64; at++) {
        memset(text, 'a', sizeof text);
        memcpy(text, "{\"", 2);
        memcpy(text + at, what, n);
        memcpy(text + sizeof text - 4, "\"}]}", 4);
        compare(text, sizeof text, (struct balance){0}, 0);
        for (size_t cut = at; cut <= at + n; cut++)
            compare(text, cut, (struct balance){0}, 0);
    }
}

static void escapes_and_brackets_at_borders(void **state)
{
    static const char *const whats[] = {
        "\\\"", "\\\\\"", "\\\\\\\"", "\\\\\\\\\"", "\"", "\"\"", "\":\"", "{[}]", "\"}", "\",\"x\":{\"y\":[1,2]},\"", "\\u007b", "\\\"}\\\"", "\"]\\\"",
        "\\\\\"}", "\\\"}", "\"\\\"}", "\"\\\\\"}", "\"[\\]\""};
    (void)state;
    for (size_t i = 0; i < sizeof whats / sizeof *whats; i++)
        about_borders(whats[i]);
}

static void runs_of_backslashes_of_any_length(void **state)
{
    char text[ROOM];
    (void)state;
    for (size_t from = 2; from < 70; from++)
        for (size_t to = from; to < 200; to++) {
            memset(text, 'a', sizeof text);
            memcpy(text, "{\"", 2);
            memset(text + from, '\\', to - from);
            memcpy(text + to, "\"}", 2);
            compare(text, to + 100, (struct balance){0}, 0);
            compare(text, to, (struct balance){0}, 0);
        }
}

/* Texts of nothing but what matters, from any state. */
static void any_text_from_any_state(void **state)
{
    static const char letters[] = "\"\"\\\\{}[]aaaa,:";
    uint64_t seed = 7;
    char text[ROOM];
    (void)state;
    for (unsigned round = 0; round < 60000; round++) {
        unsigned rare = round % 3 ? 1 + round % 40 : 1;
        for (size_t i = 0; i < sizeof text; i++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
            text[i] = (seed >> 33) % rare ? 'a' : letters[(seed >> 40) % (sizeof letters - 1)];
        }
        bool in_string = round & 1;
        compare(text, sizeof text - round % 64, (struct balance){1 + round % 4, in_string, in_string && round & 2}, round % 100);
    }
}

static void pieces_say_what_the_whole_says(void **state)
{
    static const char text[] = "{\"a\":\"\\\\\\\"}]\",\"b\":[{\"c\":\"0123456789012345678901234567890123456789012345678901234567890123456789\\\\\"},{}],\"d\":\"}\"}]";
    (void)state;
    for (size_t first = 0; first < sizeof text; first++) {
        struct balance b = {0};
        size_t at = 0;
        if (!balance_find(&b, text, first, &at))
            assert_true(balance_find(&b, text, sizeof text - 1, &at));
        assert_int_equal(at, sizeof text - 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(escapes_and_brackets_at_borders), cmocka_unit_test(runs_of_backslashes_of_any_length),
                                       cmocka_unit_test(any_text_from_any_state), cmocka_unit_test(pieces_say_what_the_whole_says)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
