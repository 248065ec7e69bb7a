/* tests/api/test_sign_in.c - the parts of signing in: RFC 6238 codes, password rules and hashes, bearer tokens, waits. */
#include "api/jwt.h"
#include "api/lockout.h"
#include "api/password.h"
#include "api/totp.h"
#include "base/time.h"

#include <sodium.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct arena arena;

/* RFC 6238 appendix B, SHA1, eight digits. */
static void totp_vectors(void **state)
{
    static const struct {
        int64_t seconds;
        uint32_t code;
    } vectors[] = {{59, 94287082},         {1111111109, 7081804},   {1111111111, 14050471},
                   {1234567890, 89005924}, {2000000000, 69279037}, {20000000000, 65353130}};
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        assert_int_equal(totp_code(STR("12345678901234567890"), vectors[i].seconds / 30, 8), vectors[i].code);
    /* RFC 4226 appendix D, six digits, counters 0 to 9 */
    static const uint32_t hotp[] = {755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489};
    for (int i = 0; i < 10; i++)
        assert_int_equal(totp_code(STR("12345678901234567890"), i, 6), hotp[i]);
}

static void totp_window(void **state)
{
    const struct str secret = STR("12345678901234567890");
    const int64_t now = 1234567890 * TIME_SECOND, current = 1234567890 / 30;
    (void)state;
    for (int64_t s = current - 3; s <= current + 3; s++) {
        char code[12];
        int64_t step = 0;
        (void)snprintf(code, sizeof code, "%06u", (unsigned)totp_code(secret, s, 6));
        bool near = s >= current - 1 && s <= current + 1;
        assert_int_equal(totp_check(secret, str_of(code), now, &step), near);
        if (near)
            assert_int_equal(step, s);
        assert_false(totp_check(secret, str_sub(str_of(code), 0, 5), now, &step));
    }
    int64_t step;
    assert_false(totp_check(secret, STR(""), now, &step));
    assert_false(totp_check(secret, STR("0000000"), now, &step));
}

/* RFC 4648 section 10 */
static void base32(void **state)
{
    static const char *const vectors[][2] = {{"", ""}, {"f", "MY"}, {"fo", "MZXQ"}, {"foo", "MZXW6"}, {"foob", "MZXW6YQ"}, {"fooba", "MZXW6YTB"}, {"foobar", "MZXW6YTBOI"}};
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        assert_true(str_eq(totp_base32(&arena, str_of(vectors[i][0])), str_of(vectors[i][1])));
    assert_true(str_eq(totp_uri(&arena, STR("foobar"), STR("ada")),
                       STR("otpauth://totp/Vigie:ada?secret=MZXW6YTBOI&issuer=Vigie&algorithm=SHA1&digits=6&period=30")));
}

static void password_rules(void **state)
{
    (void)state;
    assert_null(password_weak(STR("correct horse battery"), STR("ada")));
    assert_non_null(password_weak(STR("short passw"), STR("ada")));
    assert_null(password_weak(STR("\xc3\xa9\xc3\xa8\xc3\xa0\xc3\xb9\xc3\xa7\xc3\xa2\xc3\xaa\xc3\xae\xc3\xb4\xc3\xbb\xc3\xab\xc3\xaf"), STR("ada"))); /* 12 characters */
    assert_non_null(password_weak(STR("\xc3\xa9\xc3\xa8\xc3\xa0\xc3\xb9\xc3\xa7\xc3\xa2"), STR("ada")));                                        /* 12 bytes, 6 characters */
    assert_non_null(password_weak(STR("aaaabbbbccccdddd"), STR("ada")));
    assert_non_null(password_weak(STR("i am Alice, hello"), STR("alice")));
    assert_null(password_bad_name(STR("ada.l@corp-x_1+y")));
    for (const char *const *bad = (const char *const[]){"", "a b", "a\tb", "\xc3\xa9va", "a/b", "<b>", NULL}; *bad; bad++)
        assert_non_null(password_bad_name(str_of(*bad)));
    assert_non_null(password_bad_name((struct str){"a\0b", 3}));
}

static void password_hashes(void **state)
{
    char a[PASSWORD_HASH], b[PASSWORD_HASH], one[65], two[65];
    uint8_t x[32], y[32];
    (void)state;
    assert_int_equal(password_hash(STR("correct horse battery"), a), 0);
    assert_int_equal(password_hash(STR("correct horse battery"), b), 0);
    assert_true(str_starts(str_of(a), STR("$argon2id$v=19$m=65536,t=2,p=1$")));
    assert_string_not_equal(a, b); /* salted */
    assert_true(password_verify(str_of(a), STR("correct horse battery")));
    assert_false(password_verify(str_of(a), STR("correct horse batterz")));
    assert_false(password_verify(str_of(a), STR("")));
    assert_false(password_verify(STR(""), STR("")));
    assert_false(password_verify(STR("$argon2id$rubbish"), STR("x")));
    password_secret(one);
    password_secret(two);
    assert_int_equal(strlen(one), 64);
    assert_string_not_equal(one, two);
    password_keep(x, str_of(one), "token");
    password_keep(y, str_of(one), "session");
    assert_memory_not_equal(x, y, 32);
}

static void bearer(void **state)
{
    const uint8_t key[JWT_KEY] = {1, 2, 3}, other[JWT_KEY] = {1, 2, 4};
    const int64_t now = 1000 * TIME_SECOND;
    char copy[512];
    (void)state;
    struct str t = jwt_make(&arena, key, STR("{\"nbf\":1000,\"exp\":1100,\"jti\":7}"));
    uint64_t jti = 0;
    const struct jnode *claims = jwt_read(&arena, key, t, now);
    assert_non_null(claims);
    assert_true(jin_u64(claims, claims, "jti", &jti) && jti == 7);
    assert_null(jwt_read(&arena, other, t, now));
    assert_null(jwt_read(&arena, key, t, 999 * TIME_SECOND));
    assert_null(jwt_read(&arena, key, t, 1100 * TIME_SECOND));
    for (size_t n = 0; n < t.n; n++)
        assert_null(jwt_read(&arena, key, str_sub(t, 0, n), now));
    assert_true(t.n < sizeof copy);
    for (size_t bit = 0; bit < t.n * 8; bit++) {
        memcpy(copy, t.p, t.n);
        copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
        assert_null(jwt_read(&arena, key, (struct str){copy, t.n}, now));
    }
    assert_null(jwt_read(&arena, key, jwt_make(&arena, key, STR("{\"nbf\":1000}")), now)); /* without an end */
    assert_null(jwt_read(&arena, key, jwt_make(&arena, key, STR("[]")), now));
}

/* ---- waits ---- */

static bool fail_once(struct lockout *l, struct lockout_key k, int64_t now, int64_t *wait)
{
    bool locked;
    *wait = 0;
    if (!lockout_begin(l, &k, now, wait))
        return false;
    lockout_end(l, &k, LOCKOUT_BAD, &locked);
    return true;
}

static void account_waits_grow(void **state)
{
    struct lockout *l;
    int64_t now = 1000 * TIME_DAY, wait, last = 0;
    char from[20];
    (void)state;
    assert_int_equal(lockout_open(&l), 0);
    for (int i = 0; i < 5; i++) {
        (void)snprintf(from, sizeof from, "10.0.0.%d", i);
        assert_true(fail_once(l, (struct lockout_key){STR("ada"), str_of(from), false}, now, &wait));
    }
    for (int i = 0; i < 14; i++) { /* 1, 2, 4 ... seconds, at most 15 minutes, whatever the address and the spelling */
        (void)snprintf(from, sizeof from, "10.0.1.%d", i);
        struct lockout_key k = {i % 2 ? STR("ADA") : STR("ada"), str_of(from), false};
        assert_false(fail_once(l, k, now, &wait));
        assert_true(wait >= last && wait <= 15 * TIME_MINUTE);
        assert_false(fail_once(l, k, now + wait - 1, &wait)); /* knocking earlier does not lengthen it */
        last = i == 0 ? TIME_SECOND : last * 2 < 15 * TIME_MINUTE ? last * 2 : 15 * TIME_MINUTE;
        assert_int_equal(wait, 1);
        now += last;
        assert_true(fail_once(l, k, now, &wait));
    }
    struct lockout_key home = {STR("ada"), STR("10.9.9.9"), true}, bob = {STR("bob"), STR("10.9.9.8"), false};
    assert_true(lockout_begin(l, &home, now, &wait)); /* from where she always comes she is not kept out */
    assert_true(lockout_begin(l, &bob, now, &wait));
    assert_true(fail_once(l, (struct lockout_key){STR("ada"), STR("10.9.9.7"), false}, now + 2 * TIME_HOUR, &wait)); /* forgotten */
    lockout_close(l);
}

static void success_forgets(void **state)
{
    struct lockout *l;
    int64_t now = 1000 * TIME_DAY, wait;
    bool locked;
    struct lockout_key k = {STR("ada"), STR("10.0.0.1"), false};
    (void)state;
    assert_int_equal(lockout_open(&l), 0);
    for (int round = 0; round < 10; round++) { /* four failures and a success, for ever */
        for (int i = 0; i < 4 && round < 4; i++)
            assert_true(fail_once(l, k, now, &wait));
        assert_true(lockout_begin(l, &k, now, &wait));
        lockout_end(l, &k, LOCKOUT_GOOD, &locked);
        assert_false(locked);
    }
    for (int i = 0; i < 50; i++) { /* the right password without its code counts neither way */
        assert_true(lockout_begin(l, &k, now, &wait));
        lockout_end(l, &k, LOCKOUT_UNDECIDED, &locked);
    }
    lockout_close(l);
}

static void address_waits(void **state)
{
    struct lockout *l;
    int64_t now = 1000 * TIME_DAY, wait;
    char name[20], from[60];
    (void)state;
    assert_int_equal(lockout_open(&l), 0);
    for (int i = 0; i < 20; i++) { /* one machine with many addresses of one IPv6 network */
        (void)snprintf(name, sizeof name, "u%d", i);
        (void)snprintf(from, sizeof from, "2001:db8:1:2::%x", i + 1);
        assert_true(fail_once(l, (struct lockout_key){str_of(name), str_of(from), false}, now, &wait));
    }
    assert_false(fail_once(l, (struct lockout_key){STR("u99"), STR("2001:db8:1:2:ffff::1"), false}, now, &wait));
    assert_true(fail_once(l, (struct lockout_key){STR("u99"), STR("2001:db8:1:3::1"), false}, now, &wait));
    assert_true(fail_once(l, (struct lockout_key){STR("u98"), STR("192.0.2.1"), false}, now, &wait));
    lockout_close(l);
}

/* As many names and addresses as one likes: bounded memory, and attempts at once are counted before they end. */
static void many(void **state)
{
    struct lockout *l;
    int64_t now = 1000 * TIME_DAY, wait;
    char name[20], from[20];
    (void)state;
    assert_int_equal(lockout_open(&l), 0);
    for (unsigned i = 0; i < 300000; i++) {
        (void)snprintf(name, sizeof name, "n%u", i);
        (void)snprintf(from, sizeof from, "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
        assert_true(fail_once(l, (struct lockout_key){str_of(name), str_of(from), false}, now, &wait));
    }
    int begun = 0;
    for (int i = 0; i < 100; i++) {
        (void)snprintf(from, sizeof from, "11.0.0.%d", i);
        begun += lockout_begin(l, &(struct lockout_key){STR("eve"), str_of(from), false}, now, &wait);
    }
    assert_int_equal(begun, 5);
    lockout_close(l);
}

static int open_all(void **state)
{
    (void)state;
    arena_init(&arena, 65536, 8u << 20);
    return sodium_init() < 0 ? -1 : 0;
}

static int close_all(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(totp_vectors),       cmocka_unit_test(totp_window),     cmocka_unit_test(base32),
        cmocka_unit_test(password_rules),     cmocka_unit_test(password_hashes), cmocka_unit_test(bearer),
        cmocka_unit_test(account_waits_grow), cmocka_unit_test(success_forgets), cmocka_unit_test(address_waits),
        cmocka_unit_test(many),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
