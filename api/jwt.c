/* api/jwt.c - signed bearer tokens. */
#include "api/jwt.h"

#include "base/time.h"

#include <sodium.h>

static const char head[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

struct str jwt_base64(struct arena *a, const void *p, size_t n)
{
    size_t room = sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *out = arena_alloc(a, room);
    if (!out)
        return STR_NONE;
    return str_of(sodium_bin2base64(out, room, p, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING));
}

struct str jwt_unbase64(struct arena *a, struct str s)
{
    size_t n;
    uint8_t *out = arena_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80) /* the library takes some for - and _ */
            return STR_NONE;
    if (!out || sodium_base642bin(out, s.n, s.p, s.n, NULL, &n, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return STR_NONE;
    return (struct str){(const char *)out, n};
}

struct str jwt_make(struct arena *a, const uint8_t key[JWT_KEY], struct str claims)
{
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    struct str first = jwt_base64(a, head, sizeof head - 1), second = jwt_base64(a, claims.p, claims.n);
    struct str text = str_fmt(a, "%.*s.%.*s", STR_ARG(first), STR_ARG(second));
    if (!str_set(first) || !str_set(second) || !str_set(text))
        return STR_NONE;
    (void)crypto_auth_hmacsha256(mac, (const uint8_t *)text.p, text.n, key);
    struct str third = jwt_base64(a, mac, sizeof mac);
    return str_set(third) ? str_fmt(a, "%.*s.%.*s", STR_ARG(text), STR_ARG(third)) : STR_NONE;
}

static bool in_time(const struct jnode *claims, int64_t now)
{
    uint64_t from, until;
    int64_t second = now / TIME_SECOND;
    return second >= 0 && jin_u64(claims, claims, "nbf", &from) && jin_u64(claims, claims, "exp", &until) && (uint64_t)second >= from &&
           (uint64_t)second < until;
}

const struct jnode *jwt_read(struct arena *a, const uint8_t key[JWT_KEY], struct str token, int64_t now)
{
    ptrdiff_t last = str_rchr(token, '.'), first = str_chr(token, '.');
    if (first < 0 || last <= first || token.n > 4000)
        return NULL;
    struct str mac = jwt_unbase64(a, str_from(token, (size_t)last + 1));
    if (mac.n != crypto_auth_hmacsha256_BYTES ||
        crypto_auth_hmacsha256_verify((const uint8_t *)mac.p, (const uint8_t *)token.p, (size_t)last, key) != 0)
        return NULL;
    struct str header = jwt_unbase64(a, str_sub(token, 0, (size_t)first));
    struct str body = jwt_unbase64(a, str_sub(token, (size_t)first + 1, (size_t)(last - first - 1)));
    if (!str_eq(header, str_of(head)))
        return NULL;
    const struct jnode *claims = jin_embedded(a, body);
    return claims && claims->type == J_OBJ && in_time(claims, now) ? claims : NULL;
}
