/* tests/api/test_params.c - parameters in every encoding; cut anywhere and with any bit turned they give parameters or a reason. */
#include "api/params.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct jin *jin;
static struct arena arena;

static int open_all(void **state)
{
    (void)state;
    jin = jin_new();
    arena_init(&arena, 65536, 8u << 20);
    return jin ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    jin_free(jin);
    arena_free(&arena);
    return 0;
}

static int read_bytes(const char *query, const char *type, struct str body, struct str *out, struct fault *fault)
{
    const struct jnode *doc;
    char *padded = calloc(1, body.n + JIN_PADDING);
    assert_non_null(padded);
    if (body.n)
        memcpy(padded, body.p, body.n);
    arena_reset(&arena);
    *fault = (struct fault){NULL, 0};
    int err = params_read(jin, &arena, &(struct params_input){str_of(query), str_of(type), {padded, body.n}}, &doc, fault);
    free(padded);
    if (!err) {
        assert_int_equal(doc->type, J_OBJ);
        *out = doc->val;
    }
    return err;
}

static void gives(const char *query, const char *type, const char *body, const char *want)
{
    struct str got = STR_NONE;
    struct fault fault;
    assert_int_equal(read_bytes(query, type, str_of(body), &got, &fault), 0);
    if (!str_eq(got, str_of(want)))
        fail_msg("%s %s %s: got %.*s, want %s", query, type, body, STR_ARG(got), want);
}

static void refuses(const char *query, const char *type, const char *body, int err)
{
    struct str got = STR_NONE;
    struct fault fault;
    int is = read_bytes(query, type, str_of(body), &got, &fault);
    if (is != err || !fault.why)
        fail_msg("%s %s %s: %d, not %d (%s)", query, type, body, is, err, fault.why ? fault.why : "no reason");
}

#define JSON "application/json"
#define FORM "application/x-www-form-urlencoded"

static void encodings(void **state)
{
    (void)state;
    gives("", JSON, "{\"a\":1}", "{\"a\":1}");
    gives("", FORM, " {\"a\":1}\n", "{\"a\":1}");
    gives("", "", "{\"a\":1}", "{\"a\":1}");
    gives("", JSON, "", "{}");
    gives("", JSON, " null ", "{}");
    gives("", FORM, "a=1&b=x+y%21", "{\"a\":\"1\",\"b\":\"x y!\"}");
    gives("", "text/plain", "a=1", "{\"a\":\"1\"}");
    gives("a=1&a=2&b", "", "", "{\"a\":\"2\",\"b\":\"\"}");
    gives("&&a==&", "", "", "{\"a\":\"=\"}");
    gives("skip=100&limit=1", JSON, "{\"limit\":2}", "{\"skip\":\"100\",\"limit\":2}");
    gives("filters=%7B%22x%22%3A%5B1%2C%22b%22%5D%7D", "", "", "{\"filters\":{\"x\":[1,\"b\"]}}");
    gives("filters=null&other=null", "", "", "{\"filters\":null,\"other\":\"null\"}");
    gives("x=%5Bbroken", "", "", "{\"x\":\"[broken\"}");
    gives("a=%C3%A9%00", "", "", "{\"a\":\"\xc3\xa9\\u0000\"}");
}

static void last_wins(void **state)
{
    (void)state;
    gives("", JSON, "{\"a\":1,\"b\":2,\"a\":3}", "{\"b\":2,\"a\":3}");
    gives("", JSON, "{\"a\":[{\"x\":{},\"x\":[]}],\"\":0}", "{\"a\":[{\"x\":[]}],\"\":0}");
    gives("f={\"a\":1,\"a\":2}", "", "", "{\"f\":{\"a\":2}}");
    gives("a=1", FORM, "a=2", "{\"a\":\"2\"}");
}

static void multipart(void **state)
{
    (void)state;
    gives("", "multipart/form-data; boundary=B",
          "preamble\r\n--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n--B\r\ncontent-disposition:form-data;name=f; filename=\"x\"\r\n\r\n\r\n--B--\r\n",
          "{\"a\":\"1\\r\\n2\",\"f\":\"\"}");
    refuses("", "multipart/form-data", "--B--", ERR_MALFORMED);
    refuses("", "multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--", ERR_MALFORMED);
    refuses("", "multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; name=a\r\n\r\nx", ERR_TRUNCATED);
    refuses("", "multipart/form-data; boundary=B", "--Bx", ERR_MALFORMED);
}

static void bad(void **state)
{
    char deep[200] = "";
    (void)state;
    refuses("", JSON, "{", ERR_MALFORMED);
    refuses("", JSON, "[]", ERR_MALFORMED);
    refuses("", JSON, "7", ERR_MALFORMED);
    refuses("", JSON, "{\"a\":1}x", ERR_MALFORMED);
    refuses("a=%", "", "", ERR_MALFORMED);
    refuses("a=%4", "", "", ERR_MALFORMED);
    refuses("a=%4x", "", "", ERR_MALFORMED);
    refuses("filters={", "", "", ERR_MALFORMED);
    refuses("", JSON, "{\"a\\u0000b\":1}", ERR_MALFORMED);
    for (int i = 0; i < 40; i++)
        memcpy(deep + i * 2, "[[", 2);
    memcpy(deep, "{\"a\":", 5);
    memset(deep + 80, ']', 75);
    deep[155] = '}';
    refuses("", JSON, deep, ERR_LIMIT);
}

static void decoding(void **state)
{
    struct str out;
    (void)state;
    assert_int_equal(params_decode(&arena, STR("a%2Fb+c"), false, &out), 0);
    assert_true(str_eq(out, STR("a/b+c")));
    assert_int_equal(params_decode(&arena, STR("%e9%E9"), true, &out), 0);
    assert_true(str_eq(out, STR("\xe9\xe9")));
    assert_int_equal(params_decode(&arena, STR("%0"), true, &out), ERR_MALFORMED);
    assert_true(str_eq(params_of_header(STR("form-data; Name=\"x y\" ; z=1"), STR("name")), STR("x y")));
    assert_false(str_set(params_of_header(STR("name=x"), STR("name"))));
}

/* Whatever comes, it ends in one object or in a reason. */
static void end_well(const char *type, struct str body)
{
    struct str got = STR_NONE;
    struct fault fault;
    int err = read_bytes("q=1", type, body, &got, &fault);
    if (err && err != ERR_MEMORY)
        assert_non_null(fault.why);
    if (!err)
        assert_true(got.n >= 2 && got.p[0] == '{' && got.p[got.n - 1] == '}');
}

static void sweeps(void **state)
{
    static const char *const samples[][2] = {
        {JSON, "{\"filters\":{\"date\":{\"gte\":1.5e3},\"user.username\":{\"eq\":[{\"id\":\"x\\u00e9\\ud83d\\ude00\",\"saas\":11161}]}},\"limit\":\"100\",\"x\":null}"},
        {FORM, "filters=%7B%22date%22%3A%7B%22gte%22%3A1%7D%7D&sortDirection=asc&skip=0&limit=100&x=[1,2]&y=a+b"},
        {"multipart/form-data; boundary=\"BB\"", "--BB\r\nContent-Disposition: form-data; name=\"filters\"\r\n\r\n{\"a\":[1]}\r\n--BB\r\nContent-Disposition: form-data; "
                                                 "name=\"limit\"\r\n\r\n5\r\n--BB--\r\n"},
    };
    (void)state;
    for (size_t s = 0; s < sizeof samples / sizeof *samples; s++) {
        struct str whole = str_of(samples[s][1]);
        char copy[512];
        for (size_t n = 0; n <= whole.n; n++)
            end_well(samples[s][0], str_sub(whole, 0, n));
        for (size_t bit = 0; bit < whole.n * 8; bit++) {
            memcpy(copy, whole.p, whole.n);
            copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
            end_well(samples[s][0], (struct str){copy, whole.n});
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodings), cmocka_unit_test(last_wins), cmocka_unit_test(multipart),
        cmocka_unit_test(bad),       cmocka_unit_test(decoding),  cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
