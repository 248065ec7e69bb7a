/* api/api_oidc.c - setting up single sign-on, and a test of the sign-in service. The client secret is written, never read. */
#include "api/api.h"

#include "api/jws.h"
#include "api/oidc_provider.h"
#include "store/secret.h"

static int write_settings(struct api_request *q, struct jout *j, const struct oidc_settings *s)
{
    bool secret = false;
    int err = secret_set(q->db, OIDC_SECRET, &secret);
    jout_obj(j);
    oidc_write(j, s);
    jout_kbool(j, "secret", secret);
    jout_kstr(j, "redirectUri", str_fmt(q->arena, "%.*s/" OIDC_RETURN, STR_ARG(q->host)));
    jout_end_obj(j);
    return err;
}

static int show(struct api_request *q, struct api_response *r)
{
    struct oidc_settings s;
    int err = oidc_read(q, &s);
    return err ? err : write_settings(q, &r->json, &s);
}

static struct str as_text(struct api_request *q, const struct oidc_settings *s)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    struct str text = write_settings(q, &j, s) == 0 ? str_dup(q->arena, buf_view(&b)) : STR_NONE;
    buf_free(&b);
    return text;
}

static int save(struct api_request *q, const struct oidc_settings *was, const struct oidc_settings *s, struct str secret)
{
    struct str before = as_text(q, was);
    int err = db_begin(q->db);
    if (err)
        return err;
    err = oidc_store(q, s);
    if (!err && (str_set(secret) || api_bool(q, "noSecret", false)))
        err = secret_put(q->hub->secrets, q->db, OIDC_SECRET, secret);
    if (!err)
        err = api_audit(q, "single sign-on changed", s->issuer, before, as_text(q, s));
    return db_end(q->db, err);
}

static int put(struct api_request *q, struct api_response *r)
{
    struct oidc_settings was, s;
    struct str secret;
    int err = oidc_read(q, &was);
    const char *wrong = err ? NULL : oidc_wanted(q, &was, &s, &secret);
    if (wrong)
        return api_refuse(r, 400, wrong);
    if (!err)
        err = save(q, &was, &s, secret);
    return err ? err : show(q, r);
}

/* ---- test ---- */

static struct str verdict_of(struct str error)
{
    if (str_eq(error, STR("invalid_grant")))
        return STR("accepted");
    return str_eq(error, STR("invalid_client")) || str_eq(error, STR("unauthorized_client")) ? STR("refused") : STR("unclear");
}

/* A code that nobody gave out: who the service knows hears that the code is wrong, whom it does not know that he is unknown (RFC 6749 5.2). */
static int try_client(struct api_request *q, const struct oidc_provider *p, struct str secret, struct str *verdict, struct str *said)
{
    struct oidc_tokens tokens;
    struct str why;
    struct oidc_grant g = {.code = STR("vigie-test-of-the-connection"), .verifier = STR("vigie-test-of-the-connection-vigie-test-of-it"), .secret = secret};
    int err = 0;
    g.back = str_fmt(q->arena, "%.*s/" OIDC_RETURN, STR_ARG(q->host));
    if (!str_set(secret))
        err = secret_get(q->hub->secrets, q->db, q->arena, OIDC_SECRET, &g.secret);
    if (!err)
        err = oidc_provider_exchange(q, p, &g, &tokens, &why);
    if (!str_set(secret))
        secret_wipe(g.secret);
    if (err)
        return err;
    *verdict = verdict_of(tokens.error);
    *said = why;
    return 0;
}

static void write_found(struct jout *j, const struct oidc_provider *p)
{
    jout_key(j, "found");
    jout_obj(j);
    jout_kstr(j, "issuer", p->settings->issuer);
    jout_kstr(j, "authorization", p->authorize);
    jout_kstr(j, "token", p->token);
    jout_kstr(j, "keysAt", p->keys_at);
    jout_kstr(j, "endSession", p->sign_out);
    jout_ku64(j, "keys", jws_keys(p->keys));
    jout_end_obj(j);
    jout_key(j, "said");
    jout_raw(j, p->said->val);
}

static int test(struct api_request *q, struct api_response *r)
{
    struct oidc_settings was, s;
    struct oidc_provider p;
    struct jout *j = &r->json;
    struct str secret, why = STR_NONE, verdict = STR_NONE, said = STR_NONE;
    int err = oidc_read(q, &was);
    const char *wrong = err ? NULL : oidc_wanted(q, &was, &s, &secret);
    if (wrong)
        return api_refuse(r, 400, wrong);
    if (!err)
        err = oidc_provider_get(q, &s, true, &p, &why);
    if (!err && !str_set(why))
        err = try_client(q, &p, secret, &verdict, &said);
    if (err)
        return err;
    jout_obj(j);
    jout_kbool(j, "ok", !str_set(why) && !str_eq(verdict, STR("refused")));
    jout_kstr(j, "why", why);
    jout_kstr(j, "client", verdict);
    jout_kstr(j, "clientSaid", said);
    if (!str_set(why))
        write_found(j, &p);
    jout_end_obj(j);
    return api_audit(q, "single sign-on tested", s.issuer, STR_NONE, STR_NONE);
}

#define AT "api/vigie/v1/oidc"
static const struct api_route routes[] = {
    {.method = API_GET, .pattern = AT, .right = RIGHT_SIGN_ON, .handler = show, .about = "How single sign-on is set up; of the client secret only whether there is one."},
    {.method = API_PUT, .pattern = AT, .right = RIGHT_SIGN_ON, .handler = put, .about = "Changes it; what is not named stays. noSecret takes the client secret away."},
    {.method = API_POST, .pattern = AT "/test", .right = RIGHT_SIGN_ON, .handler = test, .lane = API_REMOTE, .about = "Asks the sign-in service, as the body describes it, and tells what it says."},
    {.pattern = NULL}};

const struct api_routes api_oidc = {routes};
