/* api/api_tokens.c - API tokens: made, listed, revoked; and OAuth client credentials in exchange for a bearer token. */
#include "api/answer.h"

#include "api/guard.h"
#include "store/tab_tokens.h"

#include <sodium.h>

enum { BEARER_SECONDS = 3599, ACTIVE_DAYS = 7 };

/* ---- listing ---- */

static struct str state_of(const struct stored_token *t, int64_t now)
{
    if (t->used == TIME_NONE)
        return STR("generated");
    return now - t->used < ACTIVE_DAYS * TIME_DAY ? STR("active") : STR("inactive");
}

static void write_scopes(struct jout *j, struct str scopes)
{
    struct str rest = scopes, one;
    jout_key(j, "scopes");
    if (!str_set(scopes)) {
        jout_null(j);
        return;
    }
    jout_arr(j);
    while (str_cut(&rest, ' ', &one))
        if (one.n)
            jout_str(j, one);
    jout_end_arr(j);
}

struct listing {
    struct jout *j;
    int64_t now;
    uint64_t n;
};

static int write_token(void *owner, const struct stored_token *t)
{
    struct listing *l = owner;
    jout_obj(l->j);
    jout_ki64(l->j, "id", t->number);
    jout_kstr(l->j, "name", t->name);
    jout_kstr(l->j, "state", state_of(t, l->now));
    jout_kstr(l->j, "clientId", t->client);
    write_scopes(l->j, t->scopes);
    jout_kbool(l->j, "siem", t->siem);
    api_ktime(l->j, "created", t->created);
    api_ktime(l->j, "lastUsed", t->used);
    jout_kstr(l->j, "by", t->by);
    jout_end_obj(l->j);
    l->n++;
    return 0;
}

static int list(struct api_request *q, struct api_response *r)
{
    struct listing l = {&r->json, q->now, 0};
    jout_obj(&r->json);
    jout_key(&r->json, "data");
    jout_arr(&r->json);
    int err = tab_tokens_each(q->db, q->arena, api_may(q, RIGHT_MANAGE_ADMINS) ? 0 : q->caller->account, write_token, &l);
    jout_end_arr(&r->json);
    jout_ku64(&r->json, "total", l.n);
    jout_end_obj(&r->json);
    return err;
}

/* ---- making and revoking ---- */

static bool scope_known(struct str s)
{
    static const char *const known[] = {"Investigation.read", "Investigation.manage", "Discovery.read", "Discovery.manage", "Settings.read",
                                        "Settings.manage"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eqi(s, str_of(known[i])))
            return true;
    return false;
}

/* Scopes as text with blanks; absent when no list of them is given, which is all that the issuer may; false with *bad at one that there is not, and at a
 * list of none. */
static bool read_scopes(struct api_request *q, struct str *out, struct str *bad)
{
    struct buf b = {0};
    const struct jnode *list = jin_get(q->doc, q->params, STR("scopes"));
    bool good = true;
    *out = STR_NONE;
    if (!list || list->type != J_ARR)
        return true;
    *bad = list->val;
    for (const struct jnode *n = jin_first(q->doc, list); good && n; n = jin_next(q->doc, list, n)) {
        struct str s = jin_text(n);
        good = scope_known(s);
        *bad = s;
        if (b.n)
            buf_char(&b, ' ');
        buf_str(&b, s);
    }
    good = good && b.n;
    if (good)
        *out = str_dup(q->arena, buf_view(&b));
    buf_free(&b);
    return good;
}

static struct str may_of(struct api_request *q, const struct stored_token *t)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    jout_obj(&j);
    write_scopes(&j, t->scopes);
    jout_kbool(&j, "siem", t->siem);
    jout_end_obj(&j);
    struct str text = str_dup(q->arena, buf_view(&b));
    buf_free(&b);
    return text;
}

static int make(struct api_request *q, struct api_response *r)
{
    char secret[65], client[37];
    uint8_t hash[TOKEN_HASH];
    struct str bad = STR_NONE, name = str_trim(api_str(q, "name"));
    struct stored_token t = {.account = q->caller->account, .siem = api_bool(q, "siem", false), .created = q->now};
    int64_t number;
    if (name.n == 0 || name.n > 100)
        return api_refuse(r, 400, "A token has a name of 1 to 100 characters.");
    if (!read_scopes(q, &t.scopes, &bad))
        return api_bad_value(r, bad, "CONSOLE_FORMS_NOT_VALID_VALUE");
    password_secret(secret);
    password_guid(client);
    password_keep(hash, str_of(secret), "token");
    t.name = name;
    t.client = str_of(client);
    int err = tab_tokens_add(q->db, &t, hash, &number);
    if (!err)
        err = api_audit(q, "API token made", name, STR_NONE, may_of(q, &t));
    if (!err) {
        jout_obj(&r->json);
        jout_ki64(&r->json, "id", number);
        jout_kz(&r->json, "token", secret);
        jout_kz(&r->json, "clientId", client);
        jout_end_obj(&r->json);
    }
    sodium_memzero(secret, sizeof secret);
    return err;
}

static int revoke(struct api_request *q, struct api_response *r)
{
    struct stored_token t;
    int64_t number;
    if (!str_i64(q->vars[0], &number))
        return ERR_NOT_FOUND;
    int err = tab_tokens_get(q->db, q->arena, number, &t);
    if (!err && t.account != q->caller->account && !api_may(q, RIGHT_MANAGE_ADMINS))
        err = ERR_NOT_FOUND;
    if (!err)
        err = tab_tokens_revoke(q->db, number, q->now);
    if (!err)
        err = api_audit(q, "API token revoked", t.name, STR_NONE, STR_NONE);
    if (err)
        return err;
    jout_obj(&r->json);
    jout_end_obj(&r->json);
    return 0;
}

/* ---- OAuth 2.0 client credentials (RFC 6749 4.4) ---- */

static int oauth_error(struct api_response *r, int status, const char *code, const char *text)
{
    r->status = status;
    jout_obj(&r->json);
    jout_kz(&r->json, "error", code);
    jout_kz(&r->json, "error_description", text);
    jout_end_obj(&r->json);
    return 0;
}

static bool tenant_sound(struct str t)
{
    for (size_t i = 0; i < t.n; i++) {
        char c = str_lower_char(t.p[i]);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'))
            return false;
    }
    return t.n > 0 && t.n <= 64;
}

static struct str claims_of(struct api_request *q, const struct stored_token *t)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    int64_t now = q->now / TIME_SECOND;
    jout_obj(&j);
    jout_kstr(&j, "iss", q->host);
    jout_kz(&j, "aud", "05a65629-4c1b-48c1-a78b-804c4abdd4af");
    jout_kstr(&j, "tid", q->vars[0]);
    jout_kstr(&j, "appid", t->client);
    jout_ki64(&j, "iat", now);
    jout_ki64(&j, "nbf", now);
    jout_ki64(&j, "exp", now + BEARER_SECONDS + 1);
    jout_ki64(&j, "jti", t->number);
    jout_key(&j, "roles");
    jout_arr(&j);
    struct str rest = t->scopes, one;
    while (str_cut(&rest, ' ', &one))
        jout_str(&j, one);
    jout_end_arr(&j);
    jout_end_obj(&j);
    struct str out = str_dup(q->arena, buf_view(&b));
    buf_free(&b);
    return out;
}

static int grant(struct api_request *q, struct api_response *r)
{
    struct stored_token t;
    uint8_t hash[TOKEN_HASH];
    if (!str_eq(api_str(q, "grant_type"), STR("client_credentials")))
        return oauth_error(r, 400, "unsupported_grant_type", "The grant type is client_credentials.");
    if (!tenant_sound(q->vars[0]))
        return oauth_error(r, 400, "invalid_request", "The tenant is a GUID or a domain name.");
    struct str secret = str_trim(api_str(q, "client_secret"));
    password_keep(hash, secret, "token");
    int err = str_set(secret) ? tab_tokens_find(q->db, q->arena, hash, &t) : ERR_NOT_FOUND;
    if (err == ERR_NOT_FOUND || (!err && !str_eqi(str_trim(api_str(q, "client_id")), t.client)))
        return oauth_error(r, 401, "invalid_client", "The client id or its secret is wrong.");
    struct str jwt = err ? STR_NONE : jwt_make(q->arena, q->guard->jwt_key, claims_of(q, &t));
    if (err || !str_set(jwt))
        return err ? err : ERR_MEMORY;
    jout_obj(&r->json);
    jout_kz(&r->json, "token_type", "Bearer");
    jout_ku64(&r->json, "expires_in", BEARER_SECONDS);
    jout_ku64(&r->json, "ext_expires_in", BEARER_SECONDS);
    jout_kstr(&r->json, "access_token", jwt);
    jout_end_obj(&r->json);
    return 0;
}

#define AT "api/vigie/v1/tokens"
static const struct api_route routes[] = {
    {.method = API_GET, .pattern = AT, .right = RIGHT_OWN_TOKENS, .handler = list, .about = "One's API tokens; all of them for who manages administrators."},
    {.method = API_POST, .pattern = AT, .right = RIGHT_OWN_TOKENS, .handler = make, .about = "Makes an API token, shown this once; scopes and siem (reads only) limit what it may."},
    {.method = API_DELETE, .pattern = AT "/{id}", .right = RIGHT_OWN_TOKENS, .handler = revoke, .about = "Revokes an API token."},
    {.method = API_POST,
     .pattern = "{tenant}/oauth2/token",
     .right = RIGHT_NONE,
     .handler = grant,
     .about = "OAuth 2.0 client credentials: client id and API token in exchange for a bearer token.",
     .compatible = true},
    {.method = API_POST,
     .pattern = "{tenant}/oauth2/v2.0/token",
     .right = RIGHT_NONE,
     .handler = grant,
     .about = "OAuth 2.0 client credentials: client id and API token in exchange for a bearer token.",
     .compatible = true},
    {.pattern = NULL},
};

const struct api_routes api_tokens = {routes};
