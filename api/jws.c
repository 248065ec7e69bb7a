/* api/jws.c - signed tokens of others. */
#include "api/jws.h"

#include "api/jwt.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>

enum { RSA_LEAST = 2048, RSA_MOST = 8192, P256 = 32, MEMBERS_MOST = 200 };

static const struct algorithm {
    const char *name, *type;
    gnutls_sign_algorithm_t sign;
} algorithms[] = {
    {"RS256", "RSA", GNUTLS_SIGN_RSA_SHA256},          /* RFC 7518 3.3 */
    {"PS256", "RSA", GNUTLS_SIGN_RSA_PSS_RSAE_SHA256}, /* 3.5 */
    {"ES256", "EC", GNUTLS_SIGN_ECDSA_SHA256},         /* 3.4 */
};

enum { ALGORITHMS = sizeof algorithms / sizeof *algorithms };

static const struct algorithm *algorithm_of(struct str name)
{
    for (size_t i = 0; i < ALGORITHMS; i++)
        if (str_eq(name, str_of(algorithms[i].name)))
            return &algorithms[i];
    return NULL;
}

static int wrong(int err, const char **why, const char *text)
{
    *why = text;
    return err;
}

/* ---- reading ---- */

const struct jnode *jws_object(struct arena *a, struct str text)
{
    const struct jnode *o = jin_embedded(a, text);
    size_t n = 0;
    if (!o || o->type != J_OBJ)
        return NULL;
    for (const struct jnode *c = jin_first(o, o); c; c = jin_next(o, o, c))
        if (jin_get(o, o, c->key) != c || ++n > MEMBERS_MOST)
            return NULL;
    return o;
}

static struct str text_of(const struct jnode *o, const char *name)
{
    const struct jnode *n = jin_get(o, o, str_of(name));
    return n && n->type == J_STR ? n->val : STR_NONE;
}

static int read_head(struct arena *a, struct str text, struct jws *out, const char **why)
{
    const struct jnode *head = str_set(text) ? jws_object(a, text) : NULL;
    if (!head)
        return wrong(ERR_MALFORMED, why, "the token's head is no JSON object");
    out->alg = text_of(head, "alg");
    out->kid = text_of(head, "kid");
    struct str type = text_of(head, "typ");
    if (!algorithm_of(out->alg))
        return wrong(ERR_UNSUPPORTED, why, "the token is signed by another algorithm than RS256, PS256 or ES256");
    if (jin_get(head, head, STR("crit")))
        return wrong(ERR_UNSUPPORTED, why, "the token asks for an extension that is not known here (crit)");
    if (jin_get(head, head, STR("typ")) && !str_eqi(type, STR("JWT")))
        return wrong(ERR_UNSUPPORTED, why, "the token is of another kind than JWT");
    return 0;
}

int jws_read(struct arena *a, struct str token, struct jws *out, const char **why)
{
    ptrdiff_t first = str_chr(token, '.'), last = str_rchr(token, '.');
    struct jws t = {.alg = STR_NONE};
    if (token.n > JWS_MOST)
        return wrong(ERR_MALFORMED, why, "the token is too long");
    if (first < 0 || last <= first || str_chr(str_sub(token, (size_t)first + 1, (size_t)(last - first) - 1), '.') >= 0)
        return wrong(ERR_MALFORMED, why, "the token does not have three parts");
    int err = read_head(a, jwt_unbase64(a, str_sub(token, 0, (size_t)first)), &t, why);
    if (err)
        return err;
    t.signed_part = str_sub(token, 0, (size_t)last);
    t.payload = jwt_unbase64(a, str_sub(token, (size_t)first + 1, (size_t)(last - first) - 1));
    t.signature = jwt_unbase64(a, str_from(token, (size_t)last + 1));
    if (!str_set(t.payload) || !str_set(t.signature) || !t.signature.n)
        return wrong(ERR_MALFORMED, why, "a part of the token is not Base64url");
    *out = t;
    return 0;
}

/* ---- keys ---- */

/* RFC 7517 4.2 to 4.4: meant for signatures, and for this algorithm where it says so. */
static bool suits(const struct jnode *set, const struct jnode *key, const struct algorithm *alg)
{
    struct str use = jin_str(set, key, "use"), of = jin_str(set, key, "alg");
    const struct jnode *ops = jin_get(set, key, STR("key_ops"));
    bool verifies = !ops;
    if (key->type != J_OBJ || !str_eq(jin_str(set, key, "kty"), str_of(alg->type)))
        return false;
    if ((str_set(use) && !str_eq(use, STR("sig"))) || (str_set(of) && !str_eq(of, str_of(alg->name))))
        return false;
    for (const struct jnode *o = ops ? jin_first(set, ops) : NULL; o; o = jin_next(set, ops, o))
        verifies |= str_eq(jin_text(o), STR("verify"));
    return verifies && (!str_eq(str_of(alg->type), STR("EC")) || str_eq(jin_str(set, key, "crv"), STR("P-256")));
}

unsigned jws_keys(const struct jnode *set)
{
    const struct jnode *keys = jin_get(set, set, STR("keys"));
    unsigned n = 0;
    for (const struct jnode *k = keys ? jin_first(set, keys) : NULL; k; k = jin_next(set, keys, k)) {
        bool any = false;
        for (size_t i = 0; i < ALGORITHMS; i++)
            any |= suits(set, k, &algorithms[i]);
        n += any;
    }
    return n;
}

/* OpenID Connect Core 10.1: a token without a key id fits a set with one suitable key. */
static int find_key(const struct jws *t, const struct algorithm *alg, const struct jnode *set, const struct jnode **out, const char **why)
{
    const struct jnode *keys = jin_get(set, set, STR("keys")), *found = NULL;
    for (const struct jnode *k = keys ? jin_first(set, keys) : NULL; k; k = jin_next(set, keys, k)) {
        if (!suits(set, k, alg) || (str_set(t->kid) && !str_eq(jin_str(set, k, "kid"), t->kid)))
            continue;
        if (found)
            return wrong(ERR_MALFORMED, why, "more than one key of the provider could have signed the token");
        found = k;
    }
    if (!found)
        return wrong(ERR_NOT_FOUND, why, "the token is signed with a key that the provider does not publish");
    *out = found;
    return 0;
}

static gnutls_datum_t datum(struct str s)
{
    union {
        const void *in;
        void *out; /* the library does not write to it */
    } bytes = {s.p};
    return (gnutls_datum_t){bytes.out, (unsigned)s.n};
}

static int import_rsa(struct arena *a, const struct jnode *set, const struct jnode *key, gnutls_pubkey_t out)
{
    struct str n = jwt_unbase64(a, jin_str(set, key, "n")), e = jwt_unbase64(a, jin_str(set, key, "e"));
    unsigned bits = 0;
    if (!n.n || n.n > RSA_MOST / 8 + 1 || !e.n || e.n > 8 || (e.n == 1 && (uint8_t)e.p[0] < 3))
        return ERR_MALFORMED;
    gnutls_datum_t dn = datum(n), de = datum(e);
    if (gnutls_pubkey_import_rsa_raw(out, &dn, &de) != 0)
        return ERR_MALFORMED;
    (void)gnutls_pubkey_get_pk_algorithm(out, &bits);
    return bits < RSA_LEAST || bits > RSA_MOST ? ERR_UNSUPPORTED : 0;
}

static int import_ec(struct arena *a, const struct jnode *set, const struct jnode *key, gnutls_pubkey_t out)
{
    struct str x = jwt_unbase64(a, jin_str(set, key, "x")), y = jwt_unbase64(a, jin_str(set, key, "y"));
    if (x.n != P256 || y.n != P256) /* RFC 7518 6.2.1.2 */
        return ERR_MALFORMED;
    gnutls_datum_t dx = datum(x), dy = datum(y);
    return gnutls_pubkey_import_ecc_raw(out, GNUTLS_ECC_CURVE_SECP256R1, &dx, &dy) == 0 ? 0 : ERR_MALFORMED;
}

/* ---- signatures ---- */

static bool signature_good(const struct jws *t, const struct algorithm *alg, gnutls_pubkey_t key)
{
    gnutls_datum_t data = datum(t->signed_part), sig = datum(t->signature), der = {NULL, 0};
    if (alg->sign == GNUTLS_SIGN_ECDSA_SHA256) { /* RFC 7518 3.4: R and S, as they are */
        gnutls_datum_t r = datum(str_sub(t->signature, 0, P256)), s = datum(str_from(t->signature, P256));
        if (t->signature.n != (size_t)2 * P256 || gnutls_encode_rs_value(&der, &r, &s) != 0)
            return false;
        sig = der;
    }
    bool good = gnutls_pubkey_verify_data2(key, alg->sign, 0, &data, &sig) >= 0;
    gnutls_free(der.data);
    return good;
}

int jws_verify(struct arena *a, const struct jws *token, const struct jnode *set, const char **why)
{
    const struct algorithm *alg = algorithm_of(token->alg);
    const struct jnode *key = NULL;
    gnutls_pubkey_t public;
    int err = alg ? find_key(token, alg, set, &key, why) : wrong(ERR_UNSUPPORTED, why, "the algorithm is not known");
    if (err)
        return err;
    if (gnutls_pubkey_init(&public) != 0)
        return wrong(ERR_MEMORY, why, "memory is short");
    err = str_eq(str_of(alg->type), STR("RSA")) ? import_rsa(a, set, key, public) : import_ec(a, set, key, public);
    if (err)
        err = wrong(err, why, "the provider's key is damaged, or not of 2048 to 8192 bits");
    else if (!signature_good(token, alg, public))
        err = wrong(ERR_CHECKSUM, why, "the token's signature is wrong");
    gnutls_pubkey_deinit(public);
    return err;
}
