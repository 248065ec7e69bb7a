/* api/api_session.c - signing in and out, and what people change of their own account. */
#include "api/api.h"

#include "api/caller.h"
#include "api/guard.h"
#include "api/oidc.h"
#include "api/signed.h"
#include "api/totp.h"
#include "store/tab_sessions.h"
#include "store/tab_settings.h"

#include <sodium.h>

/* One text for every way of being wrong, so that it tells nothing of which names exist. */
static const char wrong[] = "Name, password or code is wrong.";

static int refuse_needs_code(struct api_response *r, const char *detail)
{
    r->status = 401;
    jout_obj(&r->json);
    jout_kz(&r->json, "detail", detail);
    jout_kbool(&r->json, "needsCode", true);
    jout_end_obj(&r->json);
    return 0;
}

static int who(struct api_request *q, struct api_response *r)
{
    uint64_t accounts = 0;
    struct str label = STR_NONE;
    if (q->caller->account)
        return signed_answer(q, r);
    int err = tab_accounts_count(q->db, &accounts);
    if (!err)
        err = oidc_label(q, &label);
    if (err)
        return err;
    r->status = 401;
    jout_obj(&r->json);
    jout_kz(&r->json, "detail", "Sign in first.");
    jout_kbool(&r->json, "setup", accounts == 0);
    jout_kstr(&r->json, "singleSignOn", label);
    jout_end_obj(&r->json);
    return 0;
}

/* ---- signing in ---- */

static int refuse_wait(struct api_request *q, struct api_response *r, int64_t wait)
{
    long long seconds = wait / TIME_SECOND + 1;
    (void)atomic_fetch_add(&q->guard->refused_sign_ins, 1);
    r->header[0][0] = "Retry-After";
    r->header[0][1] = str_fmt(q->arena, "%lld", seconds).p;
    struct str text = str_fmt(q->arena, "Too many attempts. Try again in %lld seconds.", seconds);
    return api_refuse(r, 429, text.p ? text.p : "Too many attempts.");
}

static int refuse_wrong(struct api_request *q, struct api_response *r, const struct lockout_key *k, bool code)
{
    bool locked;
    struct str name = str_sub(k->name, 0, 64);
    lockout_end(q->guard->lockout, k, LOCKOUT_BAD, &locked);
    (void)atomic_fetch_add(&q->guard->failed_sign_ins, 1);
    int err = api_audit(q, locked ? "sign-in failed, attempts are delayed now" : "sign-in failed", name, STR_NONE, STR_NONE);
    if (err)
        return err;
    return code ? refuse_needs_code(r, wrong) : api_refuse(r, 401, wrong);
}

/* A code of the second factor with that sealed secret: 1 right, 0 wrong or used before, negative errors. */
static int code_good(struct api_request *q, const struct stored_admin *a, struct str sealed)
{
    struct str secret;
    int64_t step;
    bool fresh = false;
    int err = guard_unseal(q->guard, q->arena, a->number, sealed, &secret);
    if (err)
        return err;
    if (!totp_check(secret, str_trim(api_str(q, "code")), q->now, &step))
        return 0;
    err = tab_accounts_totp_step(q->db, a->number, step, &fresh);
    return err ? err : fresh;
}

/* The password was right. */
static int sign_in_account(struct api_request *q, struct api_response *r, const struct lockout_key *k, const struct stored_admin *a)
{
    bool locked;
    if (str_set(a->totp) && str_trim(api_str(q, "code")).n == 0) {
        lockout_end(q->guard->lockout, k, LOCKOUT_UNDECIDED, &locked);
        return refuse_needs_code(r, "The code of the second factor is needed, too.");
    }
    int good = str_set(a->totp) ? code_good(q, a, a->totp) : 1;
    if (good <= 0)
        return good < 0 ? good : refuse_wrong(q, r, k, true);
    lockout_end(q->guard->lockout, k, LOCKOUT_GOOD, &locked);
    (void)atomic_fetch_add(&q->guard->sign_ins, 1);
    return signed_begin(q, r, a->number);
}

static int sign_in(struct api_request *q, struct api_response *r)
{
    struct stored_admin a;
    struct lockout_key key = {.name = str_trim(api_str(q, "name")), .from = q->caller->from};
    struct str password = api_str(q, "password");
    int64_t wait;
    if (!str_set(key.name) || !str_set(password))
        return api_refuse(r, 400, "Name and password are needed.");
    int err = tab_accounts_knows(q->db, key.name, key.from, &key.known);
    if (err)
        return err;
    if (!lockout_begin(q->guard->lockout, &key, q->now, &wait))
        return refuse_wait(q, r, wait);
    err = tab_accounts_by_name(q->db, q->arena, key.name, &a);
    if (err && err != ERR_NOT_FOUND)
        return err;
    bool there = err == 0 && a.password.n; /* without a password: signs in at the sign-in service */
    bool good = password_verify(there ? a.password : str_of(q->guard->dummy), password); /* takes as long for nobody */
    if (!there || a.disabled || !good)
        return refuse_wrong(q, r, &key, false);
    return sign_in_account(q, r, &key, &a);
}

/* Where who has signed in at the sign-in service can sign out of it; absent: nowhere. */
static int sign_out_there(struct api_request *q, struct str *url)
{
    struct stored_admin a;
    int err = tab_accounts_get(q->db, q->arena, q->caller->account, &a);
    *url = STR_NONE;
    return err || a.password.n ? err : tab_settings_get(q->db, q->arena, OIDC_SIGN_OUT, url);
}

static int sign_out(struct api_request *q, struct api_response *r)
{
    uint8_t hash[SESSION_HASH];
    struct str there;
    if (!str_set(q->session))
        return api_refuse(r, 400, "An API token has no session.");
    caller_session_hash(hash, q->session);
    int err = sign_out_there(q, &there);
    if (!err)
        err = tab_sessions_drop(q->db, hash);
    if (!err)
        err = api_audit(q, "signed out", q->caller->name, STR_NONE, STR_NONE);
    if (err)
        return err;
    r->header[0][0] = "Set-Cookie";
    r->header[0][1] = caller_forget;
    jout_obj(&r->json);
    jout_kstr(&r->json, "signOutThere", there);
    jout_end_obj(&r->json);
    return 0;
}

/* ---- one's own account ---- */

/* Changes of the account itself need the person, not a token of theirs. 1: go on; 0: refused. */
static int own(struct api_request *q, struct api_response *r, struct stored_admin *a)
{
    if (!str_set(q->session)) {
        (void)api_refuse(r, 403, "Sign in to change your account: an API token cannot.");
        return 0;
    }
    int err = tab_accounts_get(q->db, q->arena, q->caller->account, a);
    return err ? err : 1;
}

/* The same for its password and second factor, which who signs in at the sign-in service has there. */
static int own_local(struct api_request *q, struct api_response *r, struct stored_admin *a)
{
    int go = own(q, r, a);
    if (go <= 0 || a->password.n)
        return go;
    (void)api_refuse(r, 409, "This account signs in at the sign-in service: its password and second factor are there.");
    return 0;
}

static int change_password(struct api_request *q, struct api_response *r, const struct stored_admin *a, struct str new)
{
    char hash[PASSWORD_HASH];
    uint8_t session[SESSION_HASH];
    int err = password_hash(new, hash);
    if (!err)
        err = tab_accounts_password(q->db, a->number, str_of(hash));
    caller_session_hash(session, q->session);
    if (!err)
        err = tab_sessions_drop_all(q->db, a->number, session);
    if (!err)
        err = api_audit(q, "own password changed", a->name, STR_NONE, STR_NONE);
    return err ? err : signed_answer(q, r);
}

static int put_password(struct api_request *q, struct api_response *r)
{
    struct stored_admin a;
    struct str old = api_str(q, "old"), new = api_str(q, "new");
    int64_t wait;
    bool locked;
    int go = own_local(q, r, &a);
    if (go <= 0)
        return go;
    struct lockout_key key = {.name = a.name, .from = q->caller->from, .known = true};
    const char *weak = password_weak(new, a.name);
    if (weak)
        return api_refuse(r, 400, weak);
    if (!lockout_begin(q->guard->lockout, &key, q->now, &wait))
        return refuse_wait(q, r, wait);
    bool good = password_verify(a.password, old);
    lockout_end(q->guard->lockout, &key, good ? LOCKOUT_GOOD : LOCKOUT_BAD, &locked);
    return good ? change_password(q, r, &a, new) : api_refuse(r, 403, "The old password is wrong.");
}

static int put_language(struct api_request *q, struct api_response *r)
{
    struct stored_admin a;
    struct str language = api_str(q, "language");
    int go = own(q, r, &a);
    if (go <= 0)
        return go;
    if (!signed_language(language))
        return api_refuse(r, 400, "The language is en or fr.");
    a.language = language;
    int err = db_begin(q->db);
    if (!err)
        err = db_end(q->db, tab_accounts_update(q->db, &a));
    return err ? err : signed_answer(q, r);
}

static int post_totp(struct api_request *q, struct api_response *r)
{
    struct stored_admin a;
    char bytes[TOTP_SECRET];
    int go = own_local(q, r, &a);
    if (go <= 0)
        return go;
    if (str_set(a.totp))
        return api_refuse(r, 409, "A second factor is on already: switch it off first.");
    randombytes_buf(bytes, sizeof bytes);
    struct str secret = {bytes, sizeof bytes}, sealed;
    int err = guard_seal(q->guard, q->arena, a.number, secret, &sealed);
    if (!err)
        err = tab_accounts_totp(q->db, a.number, STR_NONE, sealed);
    if (err)
        return err;
    jout_obj(&r->json);
    jout_kstr(&r->json, "uri", totp_uri(q->arena, secret, a.name));
    jout_kstr(&r->json, "secret", totp_base32(q->arena, secret));
    jout_end_obj(&r->json);
    sodium_memzero(bytes, sizeof bytes);
    return 0;
}

/* A code for a secret of one's own, counted against the lock-out. 1 right, 0 refused. */
static int own_code(struct api_request *q, struct api_response *r, const struct stored_admin *a, struct str sealed)
{
    struct lockout_key key = {.name = a->name, .from = q->caller->from, .known = true};
    int64_t wait;
    bool locked;
    if (!lockout_begin(q->guard->lockout, &key, q->now, &wait)) {
        (void)refuse_wait(q, r, wait);
        return 0;
    }
    int good = code_good(q, a, sealed);
    lockout_end(q->guard->lockout, &key, good > 0 ? LOCKOUT_GOOD : LOCKOUT_BAD, &locked);
    if (good == 0)
        (void)api_refuse(r, 400, "The code is wrong, or it was used already: wait for the next one.");
    return good;
}

static int put_totp(struct api_request *q, struct api_response *r)
{
    struct stored_admin a;
    int go = own(q, r, &a);
    if (go <= 0)
        return go;
    if (!str_set(a.pending))
        return api_refuse(r, 409, "No second factor waits to be confirmed.");
    go = own_code(q, r, &a, a.pending);
    if (go <= 0)
        return go;
    int err = tab_accounts_totp(q->db, a.number, a.pending, STR_NONE);
    if (!err)
        err = api_audit(q, "second factor switched on", a.name, STR_NONE, STR_NONE);
    return err ? err : signed_answer(q, r);
}

static int delete_totp(struct api_request *q, struct api_response *r)
{
    struct stored_admin a;
    int go = own(q, r, &a);
    if (go <= 0)
        return go;
    if (!str_set(a.totp))
        return api_refuse(r, 409, "There is no second factor.");
    go = own_code(q, r, &a, a.totp);
    if (go <= 0)
        return go;
    int err = tab_accounts_totp(q->db, a.number, STR_NONE, STR_NONE);
    if (!err)
        err = api_audit(q, "second factor switched off", a.name, STR_NONE, STR_NONE);
    return err ? err : signed_answer(q, r);
}

#define AT "api/vigie/v1/session"
static const struct api_route routes[] = {
    {.method = API_GET, .pattern = AT, .right = RIGHT_NONE, .handler = who, .about = "Who is signed in, with rights and the CSRF token."},
    {.method = API_POST, .pattern = AT, .right = RIGHT_NONE, .handler = sign_in, .about = "Signs in.", .lane = API_PASSWORD},
    {.method = API_DELETE, .pattern = AT, .right = RIGHT_SIGNED_IN, .handler = sign_out, .about = "Signs out."},
    {.method = API_PUT,
     .pattern = AT "/password",
     .right = RIGHT_SIGNED_IN,
     .handler = put_password,
     .about = "Changes one's own password and ends one's other sessions.",
     .lane = API_PASSWORD},
    {.method = API_PUT, .pattern = AT "/language", .right = RIGHT_SIGNED_IN, .handler = put_language, .about = "Changes one's own language."},
    {.method = API_POST, .pattern = AT "/totp", .right = RIGHT_SIGNED_IN, .handler = post_totp, .about = "Begins a second factor: its secret, once."},
    {.method = API_PUT, .pattern = AT "/totp", .right = RIGHT_SIGNED_IN, .handler = put_totp, .about = "Switches the second factor on."},
    {.method = API_DELETE, .pattern = AT "/totp", .right = RIGHT_SIGNED_IN, .handler = delete_totp, .about = "Switches the second factor off."},
    {.pattern = NULL},
};

const struct api_routes api_session = {routes};
