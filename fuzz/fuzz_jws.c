/* fuzz/fuzz_jws.c - any bytes as a signed token and a key set: refused with a reason, or signed by one of the three algorithms; and its payload as the claims
 * of an ID token, which are ours only when they say so. Seeds: fuzz/seeds/fuzz_jws. The first line is the token, the rest the key set. */
#include "api/idtoken.h"
#include "api/jws.h"
#include "base/time.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena arena;

static void check_claims(struct str payload)
{
    const struct idtoken_want want = {STR("https://sso.corp.test"), STR("vigie"), STR("n-0S6_WzA2Mj"), STR_NONE, 1767225600 * TIME_SECOND};
    const struct jnode *claims = NULL;
    const char *why = NULL;
    if (idtoken_check(&arena, payload, &want, &claims, &why) != 0) {
        if (!why || claims)
            abort();
        return;
    }
    if (!str_eq(jin_str(claims, claims, "iss"), want.issuer) || !str_eq(jin_str(claims, claims, "nonce"), want.nonce) || !jin_str(claims, claims, "sub").n)
        abort();
    (void)idtoken_claim(claims, STR("realm_access.roles"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size}, line = STR("");
    struct jws token;
    const char *why = NULL;
    if (!arena.block)
        arena_init(&arena, 65536, 32u << 20);
    arena_reset(&arena);
    (void)str_cut(&rest, '\n', &line);
    check_claims(line);
    if (jws_read(&arena, line, &token, &why) != 0)
        return why ? 0 : (abort(), 0);
    if (!str_eq(token.alg, STR("RS256")) && !str_eq(token.alg, STR("PS256")) && !str_eq(token.alg, STR("ES256")))
        abort();
    check_claims(token.payload);
    const struct jnode *set = str_set(rest) ? jws_object(&arena, rest) : NULL;
    if (set && jws_verify(&arena, &token, set, &why) == 0 && jws_keys(set) == 0)
        abort();
    return 0;
}
