/* tests/base/test_jin.c - the two JSON readers: what they take, what they refuse, and that they agree. */
#include "base/arena.h"
#include "base/jin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct readers {
    struct jin *jin;
    struct arena arena;
    char *text;
    size_t n;
    const struct jnode *root, *embedded;
    struct fault fault;
    int err;
};

static void open_readers(struct readers *r)
{
    *r = (struct readers){.jin = jin_new()};
    arena_init(&r->arena, 65536, 1u << 26);
}

static void close_readers(struct readers *r)
{
    jin_free(r->jin);
    arena_free(&r->arena);
    free(r->text);
}

static void parse(struct readers *r, const char *text, size_t n)
{
    free(r->text);
    r->text = calloc(1, n + JIN_PADDING);
    assert_non_null(r->text);
    memcpy(r->text, text, n);
    r->n = n;
    r->root = NULL;
    arena_reset(&r->arena);
    r->err = jin_parse(r->jin, r->text, n, &r->root, &r->fault);
    r->embedded = jin_embedded(&r->arena, (struct str){r->text, n});
}

static void agree(const struct readers *r)
{
    assert_non_null(r->embedded);
    assert_int_equal(r->root->next, r->embedded->next);
    for (uint32_t i = 0; i < r->root->next; i++) {
        const struct jnode *a = r->root + i, *b = r->embedded + i;
        assert_int_equal(a->type, b->type);
        assert_int_equal(a->next, b->next);
        assert_true(str_eq(a->key, b->key) && str_eq(a->val, b->val));
        assert_int_equal(a->mended, b->mended);
    }
}

static void taken(void **state)
{
    (void)state;
    static const char *const good[] = {
        "{}", "[]", " [ ] ", "{\"a\":1}", "[1,-0,0.5,-1.25e+10,1E5,123456789012345678901234567890]", "[true,false,null]",
        "{\"a\":{\"b\":[{\"c\":[]}]},\"d\":\"\"}", "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"]", "[\"\xc3\xa9\xe2\x82\xac\"]",
        "{\"a\\u0062\":\"x\\ty\"}", "[\"a, b: {c}\" , \"]\"]", "{\"a\":1,\"a\":2}", "[\"a\\\\\"]", "\t{\r\n\"a\" :\t1 }\n", "[\"0123456789\\n0123456789\"]"};
    struct readers r;
    open_readers(&r);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        parse(&r, good[i], strlen(good[i]));
        if (r.err)
            fail_msg("%s: %s", good[i], r.fault.why);
        agree(&r);
    }
    close_readers(&r);
}

static void refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", " ", "{", "[", "}", "]", "{]", "[}", "[1,]", "{\"a\":1,}", "[,1]", "{,}", "[1 2]", "[1]]", "[1] x", "{}{}", "{\"a\"}", "{\"a\" 1}", "{\"a\":}",
        "{a:1}", "{1:1}", "['a']", "[01]", "[-]", "[1.]", "[.5]", "[+1]", "[1e]", "[1e+]", "[0x10]", "[NaN]", "[Infinity]", "[tru]", "[truex]", "[nul]", "[nullx]",
        "[falsey]", "[1x]", "[\"a]", "[\"a\"b]", "[\"\\x41\"]", "[\"\\u12\"]", "[\"\\u12g4\"]", "[\"\\\"]", "[\"a\nb\"]", "[\"a\tb\"]", "[1,,2]",
        "{\"a\":1,,\"b\":2}", "{\"a\"::1}", "[1}", "{\"a\":1]", "[/**/]", "[1]//"};
    struct readers r;
    open_readers(&r);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        parse(&r, bad[i], strlen(bad[i]));
        if (r.err != ERR_MALFORMED || r.embedded)
            fail_msg("taken: %s (%d, %s)", bad[i], r.err, r.embedded ? "embedded" : "");
        assert_non_null(r.fault.why);
        assert_true(r.fault.offset <= r.n);
        assert_null(r.root);
    }
    parse(&r, "[\"\xff\"]", 5); /* not UTF-8; the embedded reader's input always is */
    assert_int_equal(r.err, ERR_MALFORMED);
    parse(&r, "[1]\0", 4);
    assert_int_equal(r.err, ERR_MALFORMED);
    parse(&r, "7", 1); /* no record is a scalar; a text inside one may be */
    assert_int_equal(r.err, ERR_MALFORMED);
    assert_non_null(r.embedded);
    close_readers(&r);
}

static void values(void **state)
{
    (void)state;
    const char *text = "{\"n\":-12.50,\"s\":\"tab\\there \\ud83d\\ude00\",\"lone\":\"x\\ud800y\",\"o\":{\"k\":[1,\"two\",null]},\"plain\":\"same\"}";
    struct readers r;
    open_readers(&r);
    parse(&r, text, strlen(text));
    assert_int_equal(r.err, ERR_NONE);
    agree(&r);
    assert_true(str_eq(jin_str(r.root, r.root, "n"), STR("-12.50")));
    assert_true(str_eq(jin_str(r.root, r.root, "s"), STR("tab\there \xf0\x9f\x98\x80")));
    assert_true(str_eq(jin_str(r.root, r.root, "lone"), STR("x\xef\xbf\xbdy")));
    assert_true(jin_get(r.root, r.root, STR("lone"))->mended);
    assert_false(jin_get(r.root, r.root, STR("s"))->mended);
    assert_true(str_eq(jin_path(r.root, r.root, "o.k")->val, STR("[1,\"two\",null]")));
    assert_false(str_set(jin_str(r.root, r.root, "o")));
    assert_false(str_set(jin_str(r.root, r.root, "o.none")));
    assert_ptr_equal(jin_str(r.root, r.root, "plain").p, strstr(r.text, "same")); /* nothing is copied without need */
    close_readers(&r);
}

/* The same damage is refused by both, and what is still JSON is the same to both. */
static void both(struct readers *r, const char *text, size_t n)
{
    parse(r, text, n);
    if ((r->err == ERR_NONE) != (r->embedded != NULL))
        fail_msg("%.*s: %s, embedded %s", (int)n, text, r->err ? r->fault.why : "taken", r->embedded ? "taken" : "refused");
    if (r->err == ERR_NONE)
        agree(r);
}

static void any_damage(void **state)
{
    static const char whole[] = "{\"a\":[1,{\"b\":[[],{}],\"c\\u0041\":\"x\\\\\"},\"\\\"\",true,null] , \"d\":{ \"e\" : -1.5e3 },\"f\":\"{[,:]}\",\"g\":\"\"}";
    static const char letters[] = "{}[],:\"\\ 0e.-tx";
    char text[sizeof whole + 1];
    size_t n = sizeof whole - 1;
    struct readers r;
    (void)state;
    open_readers(&r);
    for (size_t cut = 1; cut <= n; cut++)
        both(&r, whole, cut);
    for (size_t at = 1; at < n; at++) {
        memcpy(text, whole, n);
        memmove(text + at, text + at + 1, n - at - 1);
        both(&r, text, n - 1);
        for (size_t i = 0; i < sizeof letters - 1; i++) {
            memcpy(text, whole, n);
            text[at] = letters[i];
            both(&r, text, n);
            memcpy(text, whole, at);
            memcpy(text + at + 1, whole + at, n - at);
            both(&r, text, n + 1);
        }
    }
    close_readers(&r);
}

static void nest(struct readers *r, size_t levels)
{
    char text[512];
    memset(text, '[', levels);
    memset(text + levels, ']', levels);
    parse(r, text, 2 * levels);
}

static void limits(void **state)
{
    (void)state;
    struct readers r;
    open_readers(&r);
    nest(&r, 33);
    assert_int_equal(r.err, ERR_NONE);
    agree(&r);
    nest(&r, 34);
    assert_int_equal(r.err, ERR_NONE);
    assert_null(r.embedded);
    nest(&r, 65);
    assert_int_equal(r.err, ERR_NONE);
    nest(&r, 66);
    assert_int_equal(r.err, ERR_LIMIT);
    size_t values_ = 1000001, n = 2 * values_ + 1;
    char *many = malloc(n + 1);
    assert_non_null(many);
    for (size_t i = 0; i < values_; i++)
        memcpy(many + 2 * i, ",0", 2);
    many[0] = '[';
    many[n - 1] = ']';
    parse(&r, many, n);
    assert_int_equal(r.err, ERR_LIMIT);
    memcpy(many + n - 5, "]   ", 4); /* two values fewer: a million nodes with the root */
    many[n - 1] = ' ';
    parse(&r, many, n);
    assert_int_equal(r.err, ERR_NONE);
    assert_int_equal(r.root->next, 1000000);
    parse(&r, "{\"again\":1}", 11); /* a limit leaves the reader usable */
    assert_int_equal(r.err, ERR_NONE);
    free(many);
    close_readers(&r);
}

static void places(void **state)
{
    (void)state;
    struct readers r;
    open_readers(&r);
    parse(&r, "{\"a\":1,\"b\" 2}", 13);
    assert_int_equal(r.fault.offset, 11);
    parse(&r, "[1,2] 3", 7);
    assert_int_equal(r.fault.offset, 6);
    close_readers(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(taken), cmocka_unit_test(refused), cmocka_unit_test(values), cmocka_unit_test(any_damage), cmocka_unit_test(limits),
                                       cmocka_unit_test(places)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
