/* tests/api/test_jws.c - ID tokens: signatures made by another library (fixtures/sign_on), each bit of them, keys that do not fit, and each claim. */
#include "api/idtoken.h"
#include "api/jws.h"
#include "api/jwt.h"
#include "base/file.h"
#include "base/time.h"
#include "tests/support/sweep.h"

#include <sodium.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define NOW (1767225600 * TIME_SECOND)

static struct arena arena;
static struct buf keys, tokens[3];
static const char *const names[3] = {"rs256", "ps256", "es256"};
static unsigned verified;

/* ---- signatures ---- */

static int verify(struct str token, struct str set)
{
    struct jws t;
    const char *why = NULL;
    const struct jnode *doc = jws_object(&arena, set);
    int err = jws_read(&arena, token, &t, &why);
    if (!err)
        err = doc ? jws_verify(&arena, &t, doc, &why) : ERR_MALFORMED;
    assert_true(!err || why || !doc);
    return err;
}

static void all_three(void **state)
{
    (void)state;
    const struct jnode *doc = jws_object(&arena, buf_view(&keys));
    assert_non_null(doc);
    assert_int_equal(jws_keys(doc), 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(verify(buf_view(&tokens[i]), buf_view(&keys)), 0);
}

static void attempt_token(struct str token)
{
    verified += verify(token, buf_view(&keys)) == 0;
    arena_reset(&arena);
}

/* Every truncation and every flipped bit: nothing but the whole is good. */
static void no_other_token(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        verified = 0;
        sweep(buf_view(&tokens[i]), attempt_token);
        assert_int_equal(verified, 1);
    }
}

static struct str now_with;

static void attempt_keys(struct str set)
{
    (void)verify(now_with, set);
    arena_reset(&arena);
}

/* A damaged key set is refused or has lost a key, and never read beyond. */
static void damaged_keys(void **state)
{
    (void)state;
    now_with = buf_view(&tokens[2]);
    sweep(buf_view(&keys), attempt_keys);
}

static struct str made(const char *head, const char *payload, const char *signature)
{
    return str_fmt(&arena, "%.*s.%.*s.%s", STR_ARG(jwt_base64(&arena, head, strlen(head))), STR_ARG(jwt_base64(&arena, payload, strlen(payload))), signature);
}

static void heads_that_are_refused(void **state)
{
    static const char *const heads[] = {"{\"alg\":\"none\"}", "{\"alg\":\"NONE\"}", "{\"alg\":\"HS256\"}", "{\"alg\":\"RS512\"}", "{\"alg\":\"ES256K\"}", "{\"alg\":\"RS1\"}", "{\"alg\":256}", "{}", "[]", "",
                                        "{\"alg\":\"RS256\",\"alg\":\"none\"}", "{\"alg\":\"RS256\",\"crit\":[\"exp\"]}", "{\"alg\":\"RS256\",\"typ\":\"at+jwt\"}", "{\"alg\":\"RS256\",\"typ\":1}", "{\"alg\":\"RS256\""};
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct jws t;
        const char *why = NULL;
        assert_true(jws_read(&arena, made(heads[i], "{}", "AAAA"), &t, &why) < 0);
        assert_non_null(why);
    }
    static const char *const shapes[] = {"", ".", "..", "a.b", "a.b.c.d", "e30.e30.", "eyJhbGciOiJSUzI1NiJ9..AAAA=", "eyJhbGciOiJSUzI1NiJ9.e30.AA AA"};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct jws t;
        const char *why = NULL;
        assert_true(jws_read(&arena, str_of(shapes[i]), &t, &why) < 0);
        assert_non_null(why);
    }
}

/* RFC 4648 5: each byte has one spelling. */
static void base64url(void **state)
{
    static const char *const bad[] = {"A", "AB", "AAB", "AA=", "AA==", "A+", "A/", "A A", "AA\n", "\255A", "A\337", "\301Q", NULL};
    (void)state;
    assert_true(str_eq(jwt_unbase64(&arena, STR("-_8")), STR("\xfb\xff")));
    assert_true(str_eq(jwt_base64(&arena, "\xfb\xff", 2), STR("-_8")));
    assert_true(str_set(jwt_unbase64(&arena, STR(""))));
    for (size_t i = 0; bad[i]; i++)
        assert_false(str_set(jwt_unbase64(&arena, str_of(bad[i]))));
}

/* The key decides what may be done with it: RFC 8725 3.1, RFC 7517 4. */
static void keys_that_do_not_fit(void **state)
{
    static const struct {
        const char *key;
        int err;
    } sets[] = {
        {"{\"keys\":[]}", ERR_NOT_FOUND},
        {"{}", ERR_NOT_FOUND},
        {"{\"keys\":7}", ERR_NOT_FOUND},
        {"{\"keys\":[7,null,[],{}]}", ERR_NOT_FOUND},
        {"{\"keys\":[{\"kty\":\"oct\",\"kid\":\"rs256\",\"k\":\"AAAA\"}]}", ERR_NOT_FOUND},
        {"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"rs256\",\"x\":\"AA\",\"y\":\"AA\"}]}", ERR_NOT_FOUND},
        {"{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"rs256\",\"use\":\"enc\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}", ERR_NOT_FOUND},
        {"{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"rs256\",\"alg\":\"PS256\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}", ERR_NOT_FOUND},
        {"{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"rs256\",\"key_ops\":[\"encrypt\"],\"n\":\"AQAB\",\"e\":\"AQAB\"}]}", ERR_NOT_FOUND},
        {"{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"rs256\"}]}", ERR_MALFORMED},
        {"{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"rs256\",\"n\":\"AQAB\",\"e\":\"AQ\"}]}", ERR_MALFORMED},
        {"{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"rs256\",\"n\":\"AQABAQAB\",\"e\":\"AQAB\"}]}", ERR_UNSUPPORTED},
        {"{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"rs256\"},{\"kty\":\"RSA\",\"kid\":\"rs256\"}]}", ERR_MALFORMED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        assert_int_equal(verify(buf_view(&tokens[0]), str_of(sets[i].key)), sets[i].err);
}

/* ---- claims ---- */

#define GOOD "\"iss\":\"https://sso.corp.test\",\"sub\":\"4711\",\"nonce\":\"n\""
#define TIMES "\"iat\":1767225600,\"exp\":1767226200"
#define AUD "\"aud\":\"vigie\""

static int claims_of(const char *payload, const char **why)
{
    const struct idtoken_want want = {STR("https://sso.corp.test"), STR("vigie"), STR("n"), STR("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), NOW};
    const struct jnode *claims = NULL;
    *why = NULL;
    int err = idtoken_check(&arena, str_of(payload), &want, &claims, why);
    assert_true(err ? *why && !claims : claims != NULL);
    return err;
}

static void claims(void **state)
{
    static const struct {
        const char *payload;
        const char *why; /* NULL: good */
    } vectors[] = {
        {"{" GOOD "," TIMES "," AUD "}", NULL},
        {"{" GOOD "," TIMES ",\"aud\":[\"vigie\"],\"azp\":\"vigie\"}", NULL},
        {"{" GOOD "," TIMES "," AUD ",\"at_hash\":\"77QmUPtjPfzWtF2AnpK9RQ\"}", NULL}, /* the example of Core A.3 */
        {"{" GOOD "," TIMES "," AUD ",\"at_hash\":\"77QmUPtjPfzWtF2AnpK9RA\"}", "at_hash"},
        {"{" GOOD "," TIMES "," AUD ",\"at_hash\":null}", "at_hash"},
        {"{" GOOD "," TIMES "," AUD ",\"nbf\":1767225660}", NULL},
        {"{" GOOD "," TIMES "," AUD ",\"nbf\":1767225661}", "nbf"},
        {"{" GOOD "," TIMES "," AUD ",\"nbf\":\"1\"}", "nbf"},
        {"{" GOOD ",\"iat\":1767225660,\"exp\":1767225541," AUD "}", NULL},
        {"{" GOOD ",\"iat\":1767225661,\"exp\":1767226200," AUD "}", "iat"},
        {"{" GOOD ",\"iat\":1767225600,\"exp\":1767225540," AUD "}", "exp"},
        {"{" GOOD ",\"iat\":1767225600.25,\"exp\":1767225541.75," AUD "}", NULL},
        {"{" GOOD ",\"iat\":1767225600,\"exp\":-1," AUD "}", "exp"},
        {"{" GOOD ",\"iat\":1767225600,\"exp\":99999999999999999999," AUD "}", "exp"},
        {"{" GOOD ",\"iat\":1767225600,\"exp\":1e10," AUD "}", "exp"},
        {"{" GOOD ",\"exp\":1767226200," AUD "}", "iat"},
        {"{" GOOD "," TIMES "}", "aud"},
        {"{" GOOD "," TIMES ",\"aud\":\"Vigie\"}", "aud"},
        {"{" GOOD "," TIMES ",\"aud\":[]}", "aud"},
        {"{" GOOD "," TIMES ",\"aud\":[[\"vigie\"]]}", "aud"},
        {"{" GOOD "," TIMES ",\"aud\":{\"a\":\"vigie\"}}", "aud"},
        {"{" GOOD "," TIMES ",\"aud\":[\"vigie\",\"vigie\"]}", "aud"},
        {"{" GOOD "," TIMES ",\"aud\":[\"other\",\"vigie\"]}", "aud"},
        {"{" GOOD "," TIMES "," AUD ",\"azp\":\"other\"}", "azp"},
        {"{" GOOD "," TIMES "," AUD ",\"azp\":null}", "azp"},
        {"{" GOOD "," TIMES "," AUD ",\"aud\":\"vigie\"}", "twice"},
        {"{\"iss\":\"https://sso.corp.test/\",\"sub\":\"4711\",\"nonce\":\"n\"," TIMES "," AUD "}", "iss"},
        {"{\"sub\":\"4711\",\"nonce\":\"n\"," TIMES "," AUD "}", "iss"},
        {"{\"iss\":\"https://sso.corp.test\",\"nonce\":\"n\"," TIMES "," AUD "}", "sub"},
        {"{\"iss\":\"https://sso.corp.test\",\"sub\":4711,\"nonce\":\"n\"," TIMES "," AUD "}", "sub"},
        {"{\"iss\":\"https://sso.corp.test\",\"sub\":\"4711\",\"nonce\":\"N\"," TIMES "," AUD "}", "nonce"},
        {"{\"iss\":\"https://sso.corp.test\",\"sub\":\"4711\"," TIMES "," AUD "}", "nonce"},
        {"[]", "object"},
        {"", "object"},
        {"{" GOOD "," TIMES "," AUD, "object"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        const char *why;
        int err = claims_of(vectors[i].payload, &why);
        if (!err != !vectors[i].why || (err && !strstr(why, vectors[i].why)))
            fail_msg("%s: %s", vectors[i].payload, why ? why : "good");
    }
}

static void nobody_is_asked_for(void **state)
{
    const struct idtoken_want none = {STR("https://sso.corp.test"), STR("vigie"), STR_NONE, STR_NONE, NOW};
    const struct jnode *found = NULL;
    const char *why = NULL;
    (void)state;
    assert_int_equal(idtoken_check(&arena, STR("{\"iss\":\"https://sso.corp.test\",\"sub\":\"4711\"," TIMES "," AUD "}"), &none, &found, &why), ERR_USAGE);
}

static void claims_within_claims(void **state)
{
    const struct jnode *c = jws_object(&arena, STR("{\"a\":{\"b\":{\"c\":1}},\"a.b\":2,\"https://x/roles\":3,\"d\":4}"));
    (void)state;
    assert_non_null(c);
    assert_true(str_eq(jin_text(idtoken_claim(c, STR("a.b.c"))), STR("1")));
    assert_true(str_eq(jin_text(idtoken_claim(c, STR("a.b"))), STR("2")));
    assert_true(str_eq(jin_text(idtoken_claim(c, STR("https://x/roles"))), STR("3")));
    assert_null(idtoken_claim(c, STR("d.e")));
    assert_null(idtoken_claim(c, STR("")));
}

static int open_all(void **state)
{
    char path[80];
    (void)state;
    arena_init(&arena, 65536, 32u << 20);
    if (sodium_init() < 0 || file_read("fixtures/sign_on/keys.json", 65536, &keys) != 0)
        return -1;
    for (int i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof path, "fixtures/sign_on/%s.jwt", names[i]);
        if (file_read(path, 65536, &tokens[i]) != 0)
            return -1;
    }
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    arena_free(&arena);
    buf_free(&keys);
    for (int i = 0; i < 3; i++)
        buf_free(&tokens[i]);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_three), cmocka_unit_test(no_other_token), cmocka_unit_test(damaged_keys),        cmocka_unit_test(heads_that_are_refused),
        cmocka_unit_test(keys_that_do_not_fit), cmocka_unit_test(claims), cmocka_unit_test(nobody_is_asked_for), cmocka_unit_test(claims_within_claims),
        cmocka_unit_test(base64url),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
