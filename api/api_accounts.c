/* api/api_accounts.c - administrators: who may sign in, with which role and for which part of the organisation.
 *
 * Nobody gives away, or changes an account that has, rights that they lack themselves; and one Global administrator who has a
 * password always remains. An account without a password signs in at the sign-in service (api/api_sign_on.c). */
#include "api/answer.h"

#include "api/guard.h"
#include "api/signed.h"
#include "store/tab_entities.h"
#include "store/tab_identities.h"
#include "store/tab_sessions.h"
#include "store/tab_settings.h"

enum { SCOPE_MOST = 1000 };

/* ---- writing ---- */

static int write_groups(struct api_request *q, struct jout *j, const struct stored_admin *a)
{
    int err = 0;
    jout_key(j, "groups");
    jout_arr(j);
    for (size_t i = 0; i < a->ngroups; i++) {
        struct stored_entity e;
        err = tab_entities_get(q->db, q->arena, a->groups[i], &e);
        if (err == ERR_NOT_FOUND) /* was forgotten since */
            continue;
        if (err)
            break;
        jout_obj(j);
        jout_kstr(j, "id", e.base.id);
        jout_kstr(j, "name", e.base.name);
        jout_end_obj(j);
    }
    jout_end_arr(j);
    return err == ERR_NOT_FOUND ? 0 : err;
}

/* managed: the role follows the sign-in service. */
static int write_identity(struct api_request *q, struct jout *j, const struct stored_admin *a)
{
    struct stored_identity i = {.managed = false};
    int err = a->password.n ? ERR_NOT_FOUND : tab_identities_get(q->db, q->arena, a->number, &i);
    jout_kbool(j, "singleSignOn", a->password.n == 0);
    jout_kbool(j, "managed", i.managed);
    return err == ERR_NOT_FOUND ? 0 : err;
}

static int write_account(struct api_request *q, struct jout *j, const struct stored_admin *a)
{
    jout_obj(j);
    jout_ki64(j, "id", a->number);
    jout_kstr(j, "name", a->name);
    jout_kstr(j, "displayName", a->display.n ? a->display : a->name);
    jout_kstr(j, "role", a->role);
    jout_kstr(j, "language", a->language);
    jout_key(j, "scope");
    jout_obj(j);
    jout_key(j, "apps");
    jout_arr(j);
    for (size_t i = 0; i < a->napps; i++)
        jout_u64(j, a->apps[i]);
    jout_end_arr(j);
    int err = write_groups(q, j, a);
    jout_end_obj(j);
    if (!err)
        err = write_identity(q, j, a);
    jout_kbool(j, "totp", str_set(a->totp));
    jout_kbool(j, "disabled", a->disabled);
    api_ktime(j, "created", a->created);
    api_ktime(j, "lastSignIn", a->signed_in);
    jout_end_obj(j);
    return err;
}

struct listing {
    struct api_request *q;
    struct jout *j;
    struct stored_admin *all;
    size_t n, room;
};

static int keep(void *owner, const struct stored_admin *a)
{
    struct listing *l = owner;
    if (l->n < l->room)
        l->all[l->n++] = *a;
    return 0;
}

static int list(struct api_request *q, struct api_response *r)
{
    uint64_t total = 0;
    struct jout *j = &r->json;
    int err = tab_accounts_count(q->db, &total);
    struct listing l = {.q = q, .j = j, .room = (size_t)total};
    l.all = arena_alloc(q->arena, l.room * sizeof *l.all);
    if (!err && !l.all)
        err = ERR_MEMORY;
    if (!err)
        err = tab_accounts_each(q->db, q->arena, keep, &l);
    jout_obj(j);
    jout_key(j, "data");
    jout_arr(j);
    for (size_t i = 0; !err && i < l.n; i++)
        err = write_account(q, j, &l.all[i]);
    jout_end_arr(j);
    jout_ku64(j, "total", l.n);
    jout_end_obj(j);
    return err;
}

static int answer(struct api_request *q, struct api_response *r, int64_t number)
{
    struct stored_admin a;
    int err = tab_accounts_get(q->db, q->arena, number, &a);
    return err ? err : write_account(q, &r->json, &a);
}

/* ---- reading what is asked ---- */

/* A group by {"id":..} or "id"; 0 and a number, ERR_NOT_FOUND. */
static int group_of(struct api_request *q, const struct jnode *n, uint32_t *number)
{
    struct stored_entity e;
    struct str id = n->type == J_OBJ ? jin_text(jin_get(q->doc, n, STR("id"))) : jin_text(n);
    int err = str_set(id) ? tab_entities_by_id(q->db, q->arena, id, &e) : ERR_NOT_FOUND;
    if (!err && e.base.type != ENTITY_GROUP)
        err = ERR_NOT_FOUND;
    if (!err)
        *number = e.base.number;
    return err;
}

static int app_of(struct api_request *q, const struct jnode *n, uint32_t *number)
{
    uint64_t v;
    (void)q;
    if (!str_u64(jin_text(n), &v) || v > UINT32_MAX)
        return ERR_NOT_FOUND;
    *number = (uint32_t)v;
    return 0;
}

/* A member of "scope" as numbers; what is not named stays. ERR_NOT_FOUND with *bad at one that there is not. */
static int read_scope(struct api_request *q, const char *path, int (*one)(struct api_request *, const struct jnode *, uint32_t *),
                      const uint32_t **values, size_t *n, struct str *bad)
{
    const struct jnode *list = jin_path(q->doc, q->params, path);
    size_t got = 0;
    if (!list || list->type != J_ARR)
        return 0;
    uint32_t *out = arena_alloc(q->arena, SCOPE_MOST * sizeof *out);
    if (!out)
        return ERR_MEMORY;
    for (const struct jnode *c = jin_first(q->doc, list); c && got < SCOPE_MOST; c = jin_next(q->doc, list, c)) {
        *bad = c->val;
        int err = one(q, c, &out[got++]);
        if (err)
            return err;
    }
    *values = out;
    *n = got;
    return 0;
}

/* 1: fine, 0: refused in r, negative errors. */
static int read_account(struct api_request *q, struct api_response *r, struct stored_admin *a)
{
    struct str bad = STR_NONE, display = api_str(q, "displayName"), role = api_str(q, "role"), language = api_str(q, "language");
    if (str_set(display))
        a->display = str_sub(str_trim(display), 0, 200);
    if (str_set(role))
        a->role = role;
    if (str_set(language))
        a->language = language;
    a->disabled = api_bool(q, "disabled", a->disabled);
    int err = read_scope(q, "scope.apps", app_of, &a->apps, &a->napps, &bad);
    if (!err)
        err = read_scope(q, "scope.groups", group_of, &a->groups, &a->ngroups, &bad);
    if (err == ERR_NOT_FOUND)
        return api_bad_value(r, bad, "CONSOLE_FORMS_NOT_VALID_VALUE");
    if (err)
        return err;
    if (!role_of(a->role))
        return api_bad_value(r, a->role, "CONSOLE_FORMS_NOT_VALID_VALUE");
    if (!signed_language(a->language))
        return api_bad_value(r, a->language, "CONSOLE_FORMS_NOT_VALID_VALUE");
    if (role_of(a->role)->scope == SCOPE_APP && a->napps == 0)
        return api_refuse(r, 400, "This role needs at least one app in scope.apps.");
    if (role_of(a->role)->scope == SCOPE_GROUP && a->ngroups == 0)
        return api_refuse(r, 400, "This role needs at least one group in scope.groups.");
    return 1;
}

/* 1: fine, 0: refused. */
static int beyond_own(struct api_request *q, struct api_response *r, struct str role)
{
    const struct role *wanted = role_of(role);
    if (!wanted || (wanted->rights & ~q->caller->rights) == 0)
        return 1;
    struct str text = str_fmt(q->arena, "%s may not manage accounts of the role %s, which has rights beyond its own.", q->caller->role->name, wanted->name);
    (void)api_audit(q, "refused", STR("account of a role with more rights"), STR_NONE, STR_NONE);
    return api_refuse(r, 403, text.p ? text.p : "That role has rights beyond yours.");
}

/* ---- adding ---- */

static int add(struct api_request *q, struct api_response *r, struct stored_admin *a)
{
    char hash[PASSWORD_HASH] = "";
    int64_t number;
    int err = api_bool(q, "singleSignOn", false) ? 0 : password_hash(api_str(q, "password"), hash);
    if (err)
        return err;
    a->password = str_of(hash);
    a->created = q->now;
    err = db_begin(q->db);
    if (!err)
        err = db_end(q->db, tab_accounts_add(q->db, a, &number));
    if (err == ERR_USAGE && db_refused_twin(q->db))
        return api_refuse(r, 409, "There is an account of that name.");
    if (!err)
        err = api_audit(q, "account added", a->name, STR_NONE, signed_summary(q, a));
    return err ? err : answer(q, r, number);
}

static int post(struct api_request *q, struct api_response *r)
{
    struct stored_admin a = {.name = str_trim(api_str(q, "name")), .role = STR("")};
    int err = tab_settings_get(q->db, q->arena, "language", &a.language);
    if (err)
        return err;
    if (!str_set(a.language))
        a.language = STR("en");
    const char *bad = password_bad_name(a.name);
    if (!bad && !api_bool(q, "singleSignOn", false))
        bad = password_weak(api_str(q, "password"), a.name);
    if (bad)
        return api_refuse(r, 400, bad);
    int go = read_account(q, r, &a);
    if (go > 0)
        go = beyond_own(q, r, a.role);
    return go > 0 ? add(q, r, &a) : go;
}

/* ---- changing ---- */

static int find(struct api_request *q, struct stored_admin *a)
{
    int64_t number;
    return str_i64(q->vars[0], &number) ? tab_accounts_get(q->db, q->arena, number, a) : ERR_NOT_FOUND;
}

/* Whether nobody would be left who can do everything. */
static int none_left(struct api_request *q, bool *none)
{
    uint64_t n = 0;
    int err = tab_accounts_with_role(q->db, STR("global_administrator"), &n);
    if (!err)
        *none = n == 0;
    return err;
}

static int store(struct api_request *q, const struct stored_admin *a, struct str password_hashed, bool drop_totp, bool *none)
{
    int err = db_begin(q->db);
    if (err)
        return err;
    err = tab_accounts_update(q->db, a);
    if (!err && str_set(password_hashed))
        err = tab_accounts_password(q->db, a->number, password_hashed);
    if (!err && drop_totp)
        err = tab_accounts_totp(q->db, a->number, STR_NONE, STR_NONE);
    if (!err && a->number != q->caller->account)
        err = tab_sessions_drop_all(q->db, a->number, NULL);
    if (!err)
        err = none_left(q, none);
    return db_end(q->db, err || *none ? (err ? err : ERR_USAGE) : 0);
}

static int change(struct api_request *q, struct api_response *r, const struct stored_admin *before, const struct stored_admin *a)
{
    char hash[PASSWORD_HASH];
    bool elsewhere = a->password.n && api_bool(q, "singleSignOn", false); /* from now on */
    struct str password = elsewhere ? STR_NONE : api_str(q, "password"), hashed = elsewhere ? STR("") : STR_NONE;
    const char *weak = str_set(password) ? password_weak(password, a->name) : NULL;
    bool drop_totp = str_set(a->totp) && (elsewhere || !api_bool(q, "totp", true)), none = false;
    if (weak)
        return api_refuse(r, 400, weak);
    int err = str_set(password) ? password_hash(password, hash) : 0;
    if (!err && str_set(password))
        hashed = str_of(hash);
    if (!err)
        err = store(q, a, hashed, drop_totp, &none);
    if (none)
        return api_refuse(r, 409, "One Global administrator has to remain who is not disabled and has a password.");
    if (!err)
        err = api_audit(q, elsewhere ? "account changed to single sign-on" : str_set(password) ? "account changed, password reset" : drop_totp ? "account changed, second factor removed" : "account changed",
                        a->name, signed_summary(q, before), signed_summary(q, a));
    return err ? err : answer(q, r, a->number);
}

static int put(struct api_request *q, struct api_response *r)
{
    struct stored_admin before, a;
    int err = find(q, &before);
    if (err)
        return err;
    int go = beyond_own(q, r, before.role);
    a = before;
    if (go > 0)
        go = read_account(q, r, &a);
    if (go > 0)
        go = beyond_own(q, r, a.role);
    return go > 0 ? change(q, r, &before, &a) : go;
}

static int drop(struct api_request *q, struct api_response *r)
{
    struct stored_admin a;
    bool none = false;
    int err = find(q, &a);
    if (err)
        return err;
    int go = beyond_own(q, r, a.role);
    if (go <= 0)
        return go;
    err = db_begin(q->db);
    if (err)
        return err;
    err = tab_accounts_delete(q->db, a.number);
    if (!err)
        err = none_left(q, &none);
    err = db_end(q->db, none ? ERR_USAGE : err);
    if (none)
        return api_refuse(r, 409, "One Global administrator has to remain who is not disabled and has a password.");
    if (!err)
        err = api_audit(q, "account deleted", a.name, signed_summary(q, &a), STR_NONE);
    jout_obj(&r->json);
    jout_end_obj(&r->json);
    return err;
}

#define AT "api/vigie/v1/accounts"
static const struct api_route routes[] = {
    {.method = API_GET, .pattern = AT, .right = RIGHT_MANAGE_ADMINS, .handler = list, .about = "All accounts."},
    {.method = API_POST, .pattern = AT, .right = RIGHT_MANAGE_ADMINS, .handler = post, .about = "Adds an account, with a password or with singleSignOn.", .lane = API_PASSWORD},
    {.method = API_PUT,
     .pattern = AT "/{id}",
     .right = RIGHT_MANAGE_ADMINS,
     .handler = put,
     .about = "Changes an account: displayName, role, scope, disabled, password, singleSignOn (takes the password away), totp (false removes the second factor).",
     .lane = API_PASSWORD},
    {.method = API_DELETE, .pattern = AT "/{id}", .right = RIGHT_MANAGE_ADMINS, .handler = drop, .about = "Deletes an account, its sessions and tokens."},
    {.pattern = NULL},
};

const struct api_routes api_accounts = {routes};
