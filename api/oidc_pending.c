/* api/oidc_pending.c - sign-ins that are away at the sign-in service. */
#include "api/oidc_pending.h"

#include "api/caller.h"
#include "api/guard.h"
#include "api/oidc.h"
#include "base/time.h"

#include <sodium.h>

enum { NOBODY = 0 /* the account that it is sealed for: no account has this number */ };

const char oidc_pending_forget[] = OIDC_PENDING_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0";

static struct str fresh(struct arena *a)
{
    uint8_t bytes[32];
    randombytes_buf(bytes, sizeof bytes);
    return jwt_base64(a, bytes, sizeof bytes);
}

struct str oidc_pending_challenge(struct arena *a, struct str verifier)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256(hash, (const uint8_t *)verifier.p, verifier.n);
    return jwt_base64(a, hash, sizeof hash);
}

static struct str as_text(struct arena *a, const struct oidc_pending *p)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    jout_obj(&j);
    jout_kstr(&j, "state", p->state);
    jout_kstr(&j, "nonce", p->nonce);
    jout_kstr(&j, "verifier", p->verifier);
    jout_kstr(&j, "back", p->back);
    jout_ki64(&j, "begun", p->begun);
    jout_end_obj(&j);
    struct str text = b.failed ? STR_NONE : str_dup(a, buf_view(&b));
    buf_free(&b);
    return text;
}

int oidc_pending_begin(struct api_request *q, struct oidc_pending *out, const char **cookie)
{
    struct str sealed;
    struct oidc_pending p = {.state = fresh(q->arena), .nonce = fresh(q->arena), .verifier = fresh(q->arena), .begun = q->now / TIME_SECOND};
    p.back = str_fmt(q->arena, "%.*s/" OIDC_RETURN, STR_ARG(q->host));
    struct str text = as_text(q->arena, &p);
    if (!str_set(p.state) || !str_set(p.nonce) || !str_set(p.verifier) || !str_set(p.back) || !str_set(text))
        return ERR_MEMORY;
    int err = guard_seal(q->guard, q->arena, NOBODY, text, &sealed);
    if (err)
        return err;
    /* Lax: it has to come along when the service sends the browser back */
    text = str_fmt(q->arena, OIDC_PENDING_COOKIE "=%.*s; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=%d",
                   STR_ARG(jwt_base64(q->arena, sealed.p, sealed.n)), (int)OIDC_PENDING_SECONDS);
    if (!str_set(text))
        return ERR_MEMORY;
    *cookie = text.p;
    *out = p;
    return 0;
}

static int unseal(struct api_request *q, struct oidc_pending *out)
{
    struct str text = STR_NONE, sealed = jwt_unbase64(q->arena, caller_cookie(q->cookies, STR(OIDC_PENDING_COOKIE)));
    int err = str_set(sealed) ? guard_unseal(q->guard, q->arena, NOBODY, sealed, &text) : ERR_CHECKSUM;
    const struct jnode *doc = err ? NULL : jin_embedded(q->arena, text);
    if (!doc)
        return err ? err : ERR_CHECKSUM;
    *out = (struct oidc_pending){.state = jin_str(doc, doc, "state"),
                                 .nonce = jin_str(doc, doc, "nonce"),
                                 .verifier = jin_str(doc, doc, "verifier"),
                                 .back = jin_str(doc, doc, "back")};
    return str_i64(jin_str(doc, doc, "begun"), &out->begun) ? 0 : ERR_CHECKSUM;
}

int oidc_pending_end(struct api_request *q, struct str state, struct oidc_pending *out, const char **why)
{
    struct oidc_pending p;
    int64_t age;
    int err = unseal(q, &p);
    if (err && err != ERR_CHECKSUM)
        return err;
    *why = "this browser has not begun a sign-in";
    if (err)
        return ERR_NOT_FOUND;
    *why = "the answer belongs to another sign-in than the one that this browser has begun (state)";
    if (state.n != p.state.n || sodium_memcmp(state.p, p.state.p, state.n) != 0)
        return ERR_NOT_FOUND;
    age = q->now / TIME_SECOND - p.begun;
    *why = "it took more than ten minutes";
    if (age < 0 || age > OIDC_PENDING_SECONDS)
        return ERR_NOT_FOUND;
    *why = "this sign-in was ended before (its address was used again)";
    if (!guard_once(q->guard, p.state))
        return ERR_NOT_FOUND;
    *out = p;
    return 0;
}
