/* api/caller.c - from headers to an account with rights and a view. */
#include "api/caller.h"

#include "api/guard.h"
#include "store/tab_accounts.h"
#include "store/tab_entities.h"
#include "store/tab_sensors.h"
#include "store/tab_sessions.h"
#include "store/tab_tokens.h"

#include <sodium.h>
#include <stdlib.h>

/* How seldom "last seen" and "last used" are written. */
#define SEEN_EVERY TIME_MINUTE

const char caller_forget[] = CALLER_COOKIE "=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0";

/* ---- sessions ---- */

void caller_session_hash(uint8_t out[32], struct str session)
{
    password_keep(out, session, "session");
}

struct str caller_csrf(struct arena *a, struct str session)
{
    uint8_t hash[32];
    char *hex = arena_alloc(a, 65);
    password_keep(hash, session, "csrf");
    return hex ? str_of(sodium_bin2hex(hex, 65, hash, sizeof hash)) : STR_NONE;
}

static bool hex64(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
            return false;
    return s.n == 64;
}

struct str caller_cookie(struct str cookies, struct str name)
{
    struct str rest = cookies, pair, found;
    while (str_cut(&rest, ';', &pair)) {
        struct str value = str_trim(pair);
        (void)str_cut(&value, '=', &found);
        if (str_eq(found, name))
            return value;
    }
    return STR_NONE;
}

static struct str session_of(struct str cookies)
{
    struct str value = caller_cookie(cookies, STR(CALLER_COOKIE));
    return hex64(value) ? value : STR_NONE;
}

static int account_of(struct api_request *q, int64_t number, struct stored_admin *out)
{
    int err = tab_accounts_get(q->db, q->arena, number, out);
    if (!err && (out->disabled || !role_of(out->role)))
        err = ERR_NOT_FOUND;
    return err;
}

static int by_session(struct api_request *q, struct str session, struct stored_admin *out)
{
    uint8_t hash[32];
    struct stored_session s;
    const struct guard_limits *limits = &q->guard->limits;
    caller_session_hash(hash, session);
    int err = tab_sessions_find(q->db, hash, &s);
    if (err)
        return err;
    if (q->now - s.created > limits->session_life || q->now - s.seen > limits->session_idle) {
        err = tab_sessions_drop(q->db, hash);
        return err ? err : ERR_NOT_FOUND;
    }
    err = account_of(q, s.account, out);
    if (!err && q->now - s.seen > SEEN_EVERY)
        err = tab_sessions_seen(q->db, hash, q->now);
    if (!err)
        q->session = session;
    return err;
}

int caller_begin(struct api_request *q, int64_t account, const char **cookie)
{
    uint8_t hash[32];
    char secret[65];
    if (str_set(q->session)) {
        caller_session_hash(hash, q->session);
        (void)tab_sessions_drop(q->db, hash);
    }
    (void)tab_sessions_expire(q->db, q->now - q->guard->limits.session_life, q->now - q->guard->limits.session_idle);
    password_secret(secret);
    struct str text = str_fmt(q->arena, CALLER_COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict", secret);
    q->session = str_dup(q->arena, str_of(secret));
    sodium_memzero(secret, sizeof secret);
    if (!str_set(text) || !str_set(q->session))
        return ERR_MEMORY;
    caller_session_hash(hash, q->session);
    int err = tab_sessions_add(q->db, hash, &(struct stored_session){account, q->now, q->now}, q->caller->from);
    if (!err)
        *cookie = text.p;
    return err;
}

/* ---- tokens ---- */

/* Documented scopes of tokens as rights. */
#define BIT(r) (UINT64_C(1) << RIGHT_##r)
static const struct {
    const char *name;
    uint64_t rights;
} scopes[] = {
    {"Investigation.read", BIT(VIEW_ACTIVITIES) | BIT(VIEW_ALERTS) | BIT(MARK_ALERTS) | BIT(VIEW_USERS) | BIT(VIEW_FILES) | BIT(VIEW_SUBNETS)},
    {"Investigation.manage", BIT(VIEW_ACTIVITIES) | BIT(VIEW_ALERTS) | BIT(MARK_ALERTS) | BIT(VIEW_USERS) | BIT(VIEW_FILES) | BIT(VIEW_SUBNETS) |
                                 BIT(MANAGE_ALERTS) | BIT(MANAGE_SUBNETS)},
    {"Discovery.read", BIT(VIEW_ALERTS) | BIT(MARK_ALERTS) | BIT(VIEW_DISCOVERY)},
    {"Discovery.manage", BIT(VIEW_ALERTS) | BIT(MARK_ALERTS) | BIT(VIEW_DISCOVERY) | BIT(MANAGE_ALERTS) | BIT(MANAGE_DISCOVERY)},
    {"Settings.read", BIT(VIEW_SUBNETS) | BIT(VIEW_SETTINGS)},
    {"Settings.manage", BIT(VIEW_SUBNETS) | BIT(VIEW_SETTINGS) | BIT(MANAGE_SUBNETS) | BIT(MANAGE_SETTINGS)},
};

/* A SIEM reads. */
#define READS                                                                                                          \
    (BIT(VIEW_ALERTS) | BIT(VIEW_ACTIVITIES) | BIT(VIEW_USERS) | BIT(VIEW_POLICIES) | BIT(VIEW_POSTURE) | BIT(VIEW_GOVERNANCE) |          \
     BIT(VIEW_FILES) | BIT(VIEW_DISCOVERY) | BIT(VIEW_SUBNETS) | BIT(VIEW_SETTINGS) | BIT(VIEW_AUDIT))

static uint64_t rights_of_token(const struct stored_token *t)
{
    uint64_t rights = str_set(t->scopes) ? 0 : UINT64_MAX;
    struct str rest = t->scopes, name;
    while (str_cut(&rest, ' ', &name))
        for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++)
            if (str_eqi(name, str_of(scopes[i].name)))
                rights |= scopes[i].rights;
    return t->siem ? rights & READS : rights;
}

static int token_of(struct api_request *q, struct str scheme, struct str key, struct stored_token *out)
{
    uint8_t hash[32];
    uint64_t number;
    if (str_eqi(scheme, STR("Token"))) {
        password_keep(hash, key, "token");
        return tab_tokens_find(q->db, q->arena, hash, out);
    }
    const struct jnode *claims = str_eqi(scheme, STR("Bearer")) ? jwt_read(q->arena, q->guard->jwt_key, key, q->now) : NULL;
    if (!claims || !jin_u64(claims, claims, "jti", &number) || number > INT64_MAX)
        return ERR_NOT_FOUND;
    int err = tab_tokens_get(q->db, q->arena, (int64_t)number, out);
    return !err && out->revoked != TIME_NONE ? ERR_NOT_FOUND : err;
}

static int by_token(struct api_request *q, struct str authorization, struct stored_admin *out, uint64_t *rights)
{
    struct stored_token t;
    struct str key = str_trim(authorization), scheme;
    (void)str_cut(&key, ' ', &scheme);
    int err = token_of(q, scheme, str_trim(key), &t);
    if (!err)
        err = account_of(q, t.account, out);
    if (!err && (t.used == TIME_NONE || q->now - t.used > SEEN_EVERY))
        err = tab_tokens_used(q->db, t.number, q->now);
    if (!err)
        *rights = rights_of_token(&t);
    return err;
}

/* ---- what is seen ---- */

static int by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Sorted numbers of everybody in the groups, at any depth, each once. */
static int members_of(struct api_request *q, const uint32_t *groups, size_t ngroups, const uint32_t **people, size_t *npeople)
{
    uint32_t *all = NULL;
    size_t n = 0, kept = 0;
    int err = 0;
    for (size_t i = 0; !err && i < ngroups; i++) {
        uint32_t *some = NULL;
        size_t m = 0;
        err = tab_entities_members(q->db, groups[i], &some, &m);
        uint32_t *more = err || m == 0 ? NULL : realloc(all, (n + m) * sizeof *all);
        if (more) {
            memcpy(more + n, some, m * sizeof *some);
            all = more;
            n += m;
        } else if (!err && m) {
            err = ERR_MEMORY;
        }
        free(some);
    }
    uint32_t *out = err ? NULL : arena_alloc(q->arena, n * sizeof *out);
    if (n)
        qsort(all, n, sizeof *all, by_number);
    for (size_t i = 0; out && i < n; i++)
        if (i == 0 || all[i] != all[i - 1])
            out[kept++] = all[i];
    free(all);
    if (!out)
        return err ? err : ERR_MEMORY;
    *people = out;
    *npeople = kept;
    return 0;
}

static int narrow(struct api_request *q, const struct stored_admin *a)
{
    static const uint32_t nothing[1];
    struct api_caller *c = q->caller;
    c->scoped = c->role->scope == SCOPE_APP || c->role->scope == SCOPE_GROUP;
    switch (c->role->scope) {
    case SCOPE_ALL: break;
    case SCOPE_ATP: c->activities.cloud = c->alerts.cloud = false; break;
    case SCOPE_APP:
        c->activities.apps = c->alerts.apps = a->apps;
        c->activities.napps = c->alerts.napps = a->napps;
        break;
    case SCOPE_GROUP: {
        int err = members_of(q, a->groups, a->ngroups, &c->activities.people, &c->activities.npeople);
        c->alerts.people = c->activities.people;
        c->alerts.npeople = c->activities.npeople;
        return err;
    }
    case SCOPE_DISCOVERY: c->activities.apps = c->alerts.apps = nothing; break;
    }
    return 0;
}

static int become(struct api_request *q, const struct stored_admin *a, uint64_t mask, caller_view *view)
{
    struct api_caller *c = q->caller;
    c->account = a->number;
    c->name = a->name;
    c->role = role_of(a->role);
    c->rights = c->role->rights & mask;
    c->activities = (struct actlog_view){.cloud = true, .joined = UINT64_MAX};
    c->alerts = (struct alert_view){.cloud = true, .onprem = true};
    if (view)
        view(q->hub ? q->hub->owner : NULL, &c->activities, &c->alerts);
    return narrow(q, a);
}

int caller_as(struct api_request *q, int64_t account, caller_view *view)
{
    struct stored_admin a;
    int err = account_of(q, account, &a);
    return err ? err : become(q, &a, UINT64_MAX, view);
}

/* ---- admission ---- */

static bool unsafe(enum api_method m)
{
    return m != API_GET;
}

/* A browser says where a request comes from; other clients say nothing, and have no cookie to abuse. */
static bool from_elsewhere(const struct api_request *q, const struct caller_headers *h)
{
    if (str_set(h->origin) && !str_eqi(h->origin, q->host))
        return true;
    return str_set(h->fetch_site) && !str_eqi(h->fetch_site, STR("same-origin")) && !str_eqi(h->fetch_site, STR("none"));
}

static bool csrf_good(const struct api_request *q, struct str given)
{
    struct str want = caller_csrf(q->arena, q->session);
    return str_set(want) && given.n == want.n && sodium_memcmp(given.p, want.p, want.n) == 0;
}

static bool refuse(struct api_response *r, int status, const char *detail)
{
    (void)api_refuse(r, status, detail);
    return false;
}

static bool refuse_right(struct api_request *q, const struct api_route *route, struct api_response *r)
{
    struct buf text = {0};
    enum right need = route->right;
    bool by_role = role_may(q->caller->role, need);
    const char *sep = "";
    buf_fmt(&text, "%s may not %.*s. The right \"%.*s\" is needed, which these roles have: ", by_role ? "This API token" : q->caller->role->name,
            STR_ARG(right_about(need)), STR_ARG(right_text(need)));
    for (const struct role *role = roles; role->id; role++) {
        if (!role_may(role, need))
            continue;
        buf_fmt(&text, "%s%s", sep, role->name);
        sep = ", ";
    }
    buf_str(&text, STR("."));
    buf_char(&text, '\0');
    (void)api_refuse(r, 403, text.failed ? "Not allowed." : text.p);
    buf_free(&text);
    (void)api_audit(q, "refused", str_of(route->pattern), STR_NONE, STR_NONE);
    return false;
}

static bool refuse_throttled(struct api_request *q, int64_t wait, struct api_response *r)
{
    struct str seconds = str_fmt(q->arena, "%lld", (long long)wait);
    struct str text = str_fmt(q->arena, "Request was throttled. Expected available in %lld seconds.", (long long)wait);
    r->header[0][0] = "Retry-After";
    r->header[0][1] = seconds.p;
    return refuse(r, 429, text.p ? text.p : "Request was throttled.");
}

/* 0, ERR_NOT_FOUND when nobody is who they say, or what failed. */
static int identify(struct api_request *q, const struct caller_headers *h, caller_view *view)
{
    struct stored_admin a;
    uint64_t mask = UINT64_MAX;
    struct str session = session_of(h->cookie);
    int err = ERR_NOT_FOUND;
    if (str_set(h->authorization)) {
        err = by_token(q, h->authorization, &a, &mask);
        q->caller->token = true;
    } else if (str_set(session)) {
        err = by_session(q, session, &a);
    }
    return err ? err : become(q, &a, mask, view);
}

static int by_certificate(struct api_request *q, struct str fingerprint)
{
    struct stored_sensor s;
    int err = fingerprint.n == SENSOR_FINGERPRINT ? tab_sensors_find(q->db, q->arena, (const uint8_t *)fingerprint.p, &s) : ERR_NOT_FOUND;
    if (err)
        return err;
    q->caller->sensor = s.number;
    q->caller->name = s.name;
    return 0;
}

static bool check_browser(struct api_request *q, const struct caller_headers *h, bool anonymous, struct api_response *r)
{
    if (q->caller->token || q->caller->sensor || !unsafe(q->method))
        return true;
    if (from_elsewhere(q, h))
        return refuse(r, 403, "This request comes from another site.");
    if (!anonymous && !csrf_good(q, h->csrf))
        return refuse(r, 403, "The header X-Vigie-CSRF is missing or not this session's.");
    return true;
}

bool caller_admit(struct api_request *q, const struct caller_headers *h, const struct api_route *route, caller_view *view, struct api_response *r)
{
    int64_t wait = 0;
    int err = str_set(h->fingerprint) && route->right == RIGHT_SENSE ? by_certificate(q, h->fingerprint) : identify(q, h, view);
    bool anonymous = route->right == RIGHT_NONE;
    if (err && err != ERR_NOT_FOUND)
        return refuse(r, 500, "The database cannot be read.");
    if (err && !anonymous && q->caller->token)
        return refuse(r, 401, "Invalid token.");
    if (err && !anonymous)
        return refuse(r, 401, "Sign in first, or send an API token.");
    if (!check_browser(q, h, anonymous, r))
        return false;
    if (!anonymous && q->caller->token && !guard_throttle(q->guard, q->caller->account, q->now, &wait))
        return refuse_throttled(q, wait, r);
    if (!anonymous && !api_may(q, route->right))
        return refuse_right(q, route, r);
    return true;
}
