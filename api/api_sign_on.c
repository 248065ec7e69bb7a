/* api/api_sign_on.c - signing in at the sign-in service: OpenID Connect Core 1.0, authorization code flow with PKCE.
 *
 * The portal asks where to go, the browser goes there and comes back with a code, which is exchanged for a token that says who
 * has signed in. The browser hears in one word what became of it; the audit log says why. */
#include "api/api.h"

#include "api/guard.h"
#include "api/idtoken.h"
#include "api/jws.h"
#include "api/oidc_pending.h"
#include "api/oidc_person.h"
#include "api/oidc_provider.h"
#include "api/signed.h"
#include "store/secret.h"
#include "store/tab_settings.h"

/* ---- going there ---- */

static int audit_why(struct api_request *q, const char *what, struct str who, struct str why)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    jout_obj(&j);
    jout_kstr(&j, "why", why);
    jout_end_obj(&j);
    int err = b.failed ? ERR_MEMORY : api_audit(q, what, who, STR_NONE, buf_view(&b));
    buf_free(&b);
    return err;
}

static struct str where_to(struct api_request *q, const struct oidc_provider *p, const struct oidc_pending *pending)
{
    struct buf b = {0};
    buf_str(&b, p->authorize);
    if (str_chr(p->authorize, '?') < 0)
        buf_char(&b, '?');
    oidc_provider_param(&b, "response_type", STR("code"));
    oidc_provider_param(&b, "client_id", p->settings->client);
    oidc_provider_param(&b, "redirect_uri", pending->back);
    oidc_provider_param(&b, "scope", p->settings->scope);
    oidc_provider_param(&b, "state", pending->state);
    oidc_provider_param(&b, "nonce", pending->nonce);
    oidc_provider_param(&b, "code_challenge", oidc_pending_challenge(q->arena, pending->verifier));
    oidc_provider_param(&b, "code_challenge_method", STR("S256"));
    struct str url = b.failed ? STR_NONE : str_dup(q->arena, buf_view(&b));
    buf_free(&b);
    return url;
}

static int begin(struct api_request *q, struct api_response *r)
{
    struct oidc_settings s;
    struct oidc_provider p;
    struct oidc_pending pending;
    const char *cookie = NULL;
    struct str why = STR_NONE;
    int err = oidc_read(q, &s);
    if (!err && !s.enabled)
        return api_refuse(r, 404, "Single sign-on is not set up.");
    if (!err)
        err = oidc_provider_get(q, &s, false, &p, &why);
    if (!err && str_set(why)) {
        err = p.remembered ? 0 : audit_why(q, "single sign-on failed", s.issuer, why); /* else anybody could fill the log */
        return err ? err : api_refuse(r, 503, "The sign-in service cannot be used just now.");
    }
    if (!err)
        err = oidc_pending_begin(q, &pending, &cookie);
    struct str url = err ? STR_NONE : where_to(q, &p, &pending);
    if (err || !str_set(url))
        return err ? err : ERR_MEMORY;
    r->header[0][0] = "Set-Cookie";
    r->header[0][1] = cookie;
    jout_obj(&r->json);
    jout_kstr(&r->json, "url", url);
    jout_end_obj(&r->json);
    return 0;
}

/* ---- coming back ---- */

/* What became of it: a word for the portal, a sentence for the audit log. */
struct ending {
    const char *word; /* "denied", "expired", "account", "away", "failed"; NULL: signed in */
    struct str why, name;
    int64_t account;
};

static int end_with(struct ending *o, const char *word, struct str why)
{
    o->word = word;
    o->why = why;
    return 0;
}

/* Keys change: a token of a key that is not known asks for them again, once. */
static int verify(struct api_request *q, struct oidc_provider *p, const struct jws *token, struct ending *o)
{
    const char *bad = "";
    struct str why = STR_NONE;
    int err = jws_verify(q->arena, token, p->keys, &bad);
    if (err == ERR_NOT_FOUND) {
        int asked = oidc_provider_get(q, p->settings, true, p, &why);
        if (asked)
            return asked;
        err = str_set(why) ? ERR_NOT_FOUND : jws_verify(q->arena, token, p->keys, &bad);
    }
    return err ? end_with(o, "failed", str_set(why) ? why : str_of(bad)) : 0;
}

static int read_token(struct api_request *q, struct oidc_provider *p, const struct oidc_tokens *tokens, struct str nonce, struct ending *o)
{
    struct jws token;
    struct oidc_person person;
    const struct idtoken_want want = {p->settings->issuer, p->settings->client, nonce, tokens->access, q->now};
    const struct jnode *claims = NULL;
    const char *bad = NULL;
    if (jws_read(q->arena, tokens->id, &token, &bad) != 0)
        return end_with(o, "failed", str_of(bad));
    int err = verify(q, p, &token, o);
    if (err || o->word)
        return err;
    if (idtoken_check(q->arena, token.payload, &want, &claims, &bad) != 0)
        return end_with(o, "failed", str_of(bad));
    bad = oidc_person_read(q, p->settings, claims, &person);
    if (bad)
        return end_with(o, "account", str_of(bad));
    o->name = person.name;
    err = oidc_person_account(q, p->settings, &person, &o->account, &o->why);
    if (!err && str_set(o->why))
        o->word = "account";
    return err;
}

static int exchange(struct api_request *q, struct oidc_provider *p, const struct oidc_pending *pending, struct ending *o)
{
    struct oidc_grant g = {api_str(q, "code"), pending->back, pending->verifier, STR_NONE};
    struct oidc_tokens tokens;
    struct str why = STR_NONE;
    int err = secret_get(q->hub->secrets, q->db, q->arena, OIDC_SECRET, &g.secret);
    if (!err)
        err = oidc_provider_exchange(q, p, &g, &tokens, &why);
    secret_wipe(g.secret);
    if (err || str_set(why))
        return err ? err : end_with(o, str_set(tokens.error) ? "failed" : "away", why);
    return read_token(q, p, &tokens, pending->nonce, o);
}

/* RFC 6749 4.1.2.1, RFC 9207 */
static const char *check_answer(struct api_request *q, const struct oidc_provider *p, struct ending *o)
{
    struct str issuer = api_str(q, "iss"), error = api_str(q, "error");
    if ((str_set(issuer) || p->says_issuer) && !str_eq(issuer, p->settings->issuer))
        return "the answer is of another issuer (iss)";
    if (str_set(error)) {
        o->word = str_eq(error, STR("access_denied")) ? "denied" : "failed";
        o->why = str_fmt(q->arena, "the service says: %.*s", STR_ARG(str_sub(error, 0, 60)));
        return NULL;
    }
    return api_str(q, "code").n ? NULL : "the answer has no code";
}

static int come_back(struct api_request *q, const struct oidc_settings *s, struct oidc_provider *p, struct ending *o)
{
    struct oidc_pending pending;
    const char *bad = NULL;
    struct str why = STR_NONE;
    int err = oidc_pending_end(q, api_str(q, "state"), &pending, &bad);
    if (err)
        return err == ERR_NOT_FOUND ? end_with(o, "expired", str_of(bad)) : err;
    err = oidc_provider_get(q, s, false, p, &why);
    if (err || str_set(why))
        return err ? err : end_with(o, "away", why);
    bad = check_answer(q, p, o);
    if (bad)
        return end_with(o, "failed", str_of(bad));
    return o->word ? 0 : exchange(q, p, &pending, o);
}

/* Where sign-out can be gone on with, for who has signed in there. */
static int note_sign_out(struct api_request *q, struct str now)
{
    struct str was = STR_NONE;
    int err = tab_settings_get(q->db, q->arena, OIDC_SIGN_OUT, &was);
    return err || str_eq(was, now) ? err : tab_settings_put(q->db, OIDC_SIGN_OUT, now);
}

static int land(struct api_request *q, struct api_response *r, const char *word)
{
    struct str to = word ? str_fmt(q->arena, "/#/sign-in/%s", word) : STR("/");
    r->status = 303;
    r->body.n = 0;
    r->json = jout_to(&r->body);
    r->header[1][0] = "Location";
    r->header[1][1] = to.p;
    r->header[2][0] = "Set-Cookie";
    r->header[2][1] = oidc_pending_forget;
    return to.p ? 0 : ERR_MEMORY;
}

static int finish(struct api_request *q, struct api_response *r, const struct oidc_provider *p, const struct ending *o)
{
    int err;
    if (o->word) {
        (void)atomic_fetch_add(&q->guard->failed_sign_ins, 1);
        err = audit_why(q, "single sign-on refused", o->name, o->why);
    } else {
        (void)atomic_fetch_add(&q->guard->sign_ins, 1);
        err = note_sign_out(q, p->sign_out);
        if (!err)
            err = signed_begin(q, r, o->account);
    }
    return err ? err : land(q, r, o->word);
}

static int back(struct api_request *q, struct api_response *r)
{
    struct oidc_settings s;
    struct oidc_provider p = {.said = NULL};
    struct ending o = {.word = NULL};
    int64_t wait;
    bool locked;
    int err = oidc_read(q, &s);
    if (err || !s.enabled)
        return err ? err : land(q, r, "failed");
    struct lockout_key key = {.name = str_fmt(q->arena, "single sign-on from %.*s", STR_ARG(q->caller->from)), .from = q->caller->from};
    if (!lockout_begin(q->guard->lockout, &key, q->now, &wait)) {
        (void)atomic_fetch_add(&q->guard->refused_sign_ins, 1);
        return land(q, r, "wait");
    }
    err = come_back(q, &s, &p, &o);
    bool away = err || str_eq(str_of(o.word), STR("away"));
    lockout_end(q->guard->lockout, &key, away ? LOCKOUT_UNDECIDED : o.word ? LOCKOUT_BAD : LOCKOUT_GOOD, &locked);
    return err ? err : finish(q, r, &p, &o);
}

static const struct api_route routes[] = {
    {.method = API_POST,
     .pattern = OIDC_RETURN,
     .right = RIGHT_NONE,
     .handler = begin,
     .lane = API_REMOTE,
     .about = "Begins a sign-in at the sign-in service: where the browser has to go."},
    {.method = API_GET,
     .pattern = OIDC_RETURN,
     .right = RIGHT_NONE,
     .handler = back,
     .lane = API_REMOTE,
     .about = "Ends it: the service sends the browser here, and here it is sent on to the portal, signed in or with a word why not."},
    {.pattern = NULL},
};

const struct api_routes api_sign_on = {routes};
