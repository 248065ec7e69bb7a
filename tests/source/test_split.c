/* tests/source/test_split.c - JSON text to records: layouts, wrappers, damage, and any cut of the text. */
#include "source/split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The records of a text, given `step` bytes at a time, joined with | ; faults as !. */
static char *records(const char *text, size_t step)
{
    struct split s = {0};
    size_t n = strlen(text), have = step < n ? step : n, at = 0;
    char *out = calloc(1, n * 2 + 64);
    assert_non_null(out);
    for (unsigned guard = 0; guard < 100000; guard++) {
        struct span span;
        int got = split_next(&s, text, have, &at, have == n, &span);
        if (got == 1) {
            char number[32];
            (void)snprintf(number, sizeof number, "%llu:", (unsigned long long)span.record);
            strcat(out, number);
            if (span.why)
                strcat(out, "!");
            strncat(out, text + span.at, span.n);
            strcat(out, "|");
        } else if (have == n) {
            return out;
        } else {
            have = have + step < n ? have + step : n;
        }
    }
    fail_msg("does not end");
    return out;
}

static void expect(const char *text, const char *is)
{
    for (size_t step = 4096; step <= 8192; step += 4096) {
        char *got = records(text, step);
        assert_string_equal(got, is);
        free(got);
    }
}

static void layouts(void **state)
{
    (void)state;
    expect("{\"a\":1}\n{\"b\":2}\n", "1:{\"a\":1}|2:{\"b\":2}|");
    expect("  {\"a\":1}\r\n\r\n  {\"b\":2}", "1:{\"a\":1}|3:{\"b\":2}|");
    expect("{\n \"a\": 1\n}\n{\n \"b\": 2\n}", "1:{\n \"a\": 1\n}|2:{\n \"b\": 2\n}|");
    expect("[{\"a\":1},{\"b\":[{}]}]", "1:{\"a\":1}|2:{\"b\":[{}]}|");
    expect("{\"Records\":[{\"a\":\"}]\"},{\"b\":\"\\\"\"}]}", "1:{\"a\":\"}]\"}|2:{\"b\":\"\\\"\"}|");
    expect("{\"@odata.context\":\"x\",\"@odata.nextLink\":\"y\",\n\"value\":[ {\"a\":1} , {\"b\":2} ], \"z\":{\"q\":[1]}}\n{\"value\":[{\"c\":3}]}",
           "1:{\"a\":1}|2:{\"b\":2}|3:{\"c\":3}|");
    expect("{\"Records\":[]}", "");
    expect("[]", "");
    /* not wrappers: an array of scalars, an object before the array */
    expect("{\"value\":[1,2]}", "1:{\"value\":[1,2]}|");
    expect("{\"id\":{\"x\":1},\"events\":[{\"y\":1}]}", "1:{\"id\":{\"x\":1},\"events\":[{\"y\":1}]}|");
}

static void damage(void **state)
{
    (void)state;
    /* in lines, damage stays in its line */
    expect("{\"a\":1}\n{\"b\":\n{\"c\":3}\n{\"d\":4}\n", "1:{\"a\":1}|2:{\"b\":|3:{\"c\":3}|4:{\"d\":4}|");
    expect("{\"a\":1}\nxyz\n{\"c\":3}", "1:{\"a\":1}|2:xyz|3:{\"c\":3}|");
    expect("{\"b\":\n{\"c\":3}\n{\"d\":4}\n", "1:{\"b\":|2:{\"c\":3}|3:{\"d\":4}|");
    /* in documents, what does not close is told */
    expect("[{\"a\":1},{\"b\":\"", "1:{\"a\":1}|2:!{\"b\":\"|");
    expect("[{\"a\":1},7,{\"b\":2}]", "1:{\"a\":1}|2:!7|3:{\"b\":2}|");
}

static char *lines(unsigned n)
{
    char *text = calloc(1, (size_t)n * 64 + 1);
    size_t at = 0;
    assert_non_null(text);
    for (unsigned i = 0; i < n; i++)
        at += (size_t)sprintf(text + at, "{\"n\":%u,\"s\":\"\\\\\\\"}{[]\"}%s", i, i % 3 ? "\n" : "\r\n");
    return text;
}

static char *document(unsigned n)
{
    char *text = calloc(1, (size_t)n * 64 + 64);
    size_t at = 0;
    assert_non_null(text);
    at += (size_t)sprintf(text, "{\"Records\":[");
    for (unsigned i = 0; i < n; i++)
        at += (size_t)sprintf(text + at, "%s{\"n\":%u,\"s\":\"\\\\\\\"}{[]\"}", i ? "," : "", i);
    strcpy(text + at, "]}");
    return text;
}

static void any_cut_gives_the_same(void **state)
{
    char *texts[2] = {lines(400), document(400)};
    (void)state;
    for (int t = 0; t < 2; t++) {
        char *whole = records(texts[t], 1u << 20);
        for (size_t step = 4096; step < 4400; step += 7) {
            char *cut = records(texts[t], step);
            assert_string_equal(cut, whole);
            free(cut);
        }
        free(whole);
        free(texts[t]);
    }
}

static void any_truncation_ends(void **state)
{
    char *text = document(30);
    (void)state;
    for (size_t n = strlen(text); n > 0; n--) {
        text[n] = '\0';
        free(records(text, 4096));
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(layouts), cmocka_unit_test(damage), cmocka_unit_test(any_cut_gives_the_same),
                                       cmocka_unit_test(any_truncation_ends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
