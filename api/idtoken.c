/* api/idtoken.c - the claims of an ID token. */
#include "api/idtoken.h"

#include "api/jws.h"
#include "api/jwt.h"
#include "base/time.h"

#include <sodium.h>

static struct str text_of(const struct jnode *claims, const char *name)
{
    const struct jnode *n = jin_get(claims, claims, str_of(name));
    return n && n->type == J_STR ? n->val : STR_NONE;
}

/* RFC 7519 2: a number of seconds, perhaps with a fraction. */
static bool date_of(const struct jnode *claims, const char *name, int64_t *second)
{
    const struct jnode *n = jin_get(claims, claims, str_of(name));
    struct str text = n && n->type == J_NUM ? n->val : STR_NONE;
    ptrdiff_t dot = str_chr(text, '.');
    return str_set(text) && str_i64(dot > 0 ? str_sub(text, 0, (size_t)dot) : text, second) && *second >= 0;
}

/* We are the only audience: no other one is trusted to have been told what we are told. */
static const char *check_audience(const struct jnode *claims, struct str client)
{
    const struct jnode *aud = jin_get(claims, claims, STR("aud")), *azp = jin_get(claims, claims, STR("azp"));
    const struct jnode *one = aud && aud->type == J_ARR ? jin_first(claims, aud) : aud;
    if (!one || one->type != J_STR || !str_eq(one->val, client))
        return "the token is for another client (aud)";
    if (aud->type == J_ARR && jin_next(claims, aud, one))
        return "the token is for other clients, too (aud)";
    if (azp && (azp->type != J_STR || !str_eq(azp->val, client)))
        return "the token was issued to another client (azp)";
    return NULL;
}

static const char *check_times(const struct jnode *claims, int64_t now)
{
    int64_t second = now / TIME_SECOND, until, from, issued;
    if (!date_of(claims, "exp", &until) || !date_of(claims, "iat", &issued))
        return "the token does not say when it was issued and until when it is valid (iat, exp)";
    if (until <= second - IDTOKEN_SKEW)
        return "the token has expired (exp)";
    if (issued > second + IDTOKEN_SKEW)
        return "the token was issued in the future: compare the clocks (iat)";
    if (jin_get(claims, claims, STR("nbf")) && (!date_of(claims, "nbf", &from) || from > second + IDTOKEN_SKEW))
        return "the token is not valid yet (nbf)";
    return NULL;
}

/* Core 3.1.3.6: the left half of the access token's hash; SHA-256 for every algorithm that is accepted. */
static bool access_good(struct arena *a, const struct jnode *claims, struct str access)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    const struct jnode *n = jin_get(claims, claims, STR("at_hash"));
    if (!n || !str_set(access))
        return !n;
    (void)crypto_hash_sha256(hash, (const uint8_t *)access.p, access.n);
    return n->type == J_STR && str_eq(n->val, jwt_base64(a, hash, sizeof hash / 2));
}

static const char *check(struct arena *a, const struct jnode *claims, const struct idtoken_want *want)
{
    struct str subject = text_of(claims, "sub");
    if (!str_eq(text_of(claims, "iss"), want->issuer))
        return "the token is of another issuer (iss)";
    const char *bad = check_audience(claims, want->client);
    if (!bad)
        bad = check_times(claims, want->now);
    if (bad)
        return bad;
    if (!want->nonce.n || !str_eq(text_of(claims, "nonce"), want->nonce))
        return "the token answers another sign-in (nonce)";
    if (!access_good(a, claims, want->access))
        return "the token belongs to another access token (at_hash)";
    if (!subject.n || subject.n > IDTOKEN_SUBJECT)
        return "the token names nobody (sub)";
    return NULL;
}

int idtoken_check(struct arena *a, struct str payload, const struct idtoken_want *want, const struct jnode **claims, const char **why)
{
    const struct jnode *found = jws_object(a, payload);
    if (!found) {
        *why = "what the token says is no JSON object, or says something twice";
        return ERR_MALFORMED;
    }
    const char *bad = check(a, found, want);
    if (bad) {
        *why = bad;
        return ERR_USAGE;
    }
    *claims = found;
    return 0;
}

const struct jnode *idtoken_claim(const struct jnode *claims, struct str name)
{
    const struct jnode *n = jin_get(claims, claims, name);
    struct str rest = name, part;
    if (n)
        return n;
    n = claims;
    while (n && str_cut(&rest, '.', &part))
        n = jin_get(claims, n, part);
    return n;
}
