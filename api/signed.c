/* api/signed.c - beginning a session, and what a session knows of itself. */
#include "api/signed.h"

#include "api/caller.h"
#include "store/tab_settings.h"

bool signed_language(struct str language)
{
    return str_eq(language, STR("en")) || str_eq(language, STR("fr"));
}

static void write_account(struct jout *j, const struct stored_admin *a, const struct api_caller *c)
{
    const struct role *role = role_of(a->role);
    jout_key(j, "account");
    jout_obj(j);
    jout_ki64(j, "id", a->number);
    jout_kstr(j, "name", a->name);
    jout_kstr(j, "displayName", a->display.n ? a->display : a->name);
    jout_kstr(j, "role", a->role);
    jout_kz(j, "roleName", role ? role->name : "");
    jout_kstr(j, "language", a->language.n ? a->language : STR("en"));
    jout_kbool(j, "totp", str_set(a->totp));
    jout_kbool(j, "singleSignOn", a->password.n == 0);
    jout_kbool(j, "scoped", c->scoped);
    jout_key(j, "rights");
    jout_arr(j);
    for (int i = RIGHT_SIGNED_IN + 1; i < RIGHT_COUNT; i++)
        if (c->rights >> i & 1)
            jout_str(j, right_text((enum right)i));
    jout_end_arr(j);
    jout_end_obj(j);
}

int signed_answer(struct api_request *q, struct api_response *r)
{
    struct stored_admin a;
    struct str organisation = STR_NONE;
    int err = tab_accounts_get(q->db, q->arena, q->caller->account, &a);
    if (!err)
        err = tab_settings_get(q->db, q->arena, "organisation", &organisation);
    if (err)
        return err;
    struct jout *j = &r->json;
    jout_obj(j);
    write_account(j, &a, q->caller);
    if (str_set(q->session))
        jout_kstr(j, "csrf", caller_csrf(q->arena, q->session));
    jout_kstr(j, "organisation", str_set(organisation) ? organisation : STR(""));
    jout_kz(j, "version", VIGIE_VERSION);
    if (q->hub && q->hub->session)
        q->hub->session(q->hub->owner, !q->caller->scoped, j);
    jout_end_obj(j);
    return 0;
}

int signed_begin(struct api_request *q, struct api_response *r, int64_t account)
{
    struct stored_admin a;
    const char *cookie = NULL;
    int err = tab_accounts_get(q->db, q->arena, account, &a);
    if (!err)
        err = caller_begin(q, account, &cookie);
    if (!err)
        err = tab_accounts_signed_in(q->db, account, q->now, q->caller->from);
    if (err)
        return err;
    q->caller->account = account;
    q->caller->name = a.name;
    q->caller->role = role_of(a.role);
    q->caller->rights = q->caller->role ? q->caller->role->rights : 0;
    q->caller->scoped = q->caller->role && (q->caller->role->scope == SCOPE_APP || q->caller->role->scope == SCOPE_GROUP);
    err = api_audit(q, "signed in", a.name, STR_NONE, STR_NONE);
    if (err)
        return err;
    r->header[0][0] = "Set-Cookie";
    r->header[0][1] = cookie;
    return signed_answer(q, r);
}

struct str signed_summary(struct api_request *q, const struct stored_admin *a)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    jout_obj(&j);
    jout_kstr(&j, "name", a->name);
    jout_kstr(&j, "displayName", a->display);
    jout_kstr(&j, "role", a->role);
    jout_kbool(&j, "singleSignOn", a->password.n == 0);
    jout_kbool(&j, "disabled", a->disabled);
    jout_key(&j, "apps");
    jout_arr(&j);
    for (size_t i = 0; i < a->napps; i++)
        jout_u64(&j, a->apps[i]);
    jout_end_arr(&j);
    jout_key(&j, "groups");
    jout_arr(&j);
    for (size_t i = 0; i < a->ngroups; i++)
        jout_u64(&j, a->groups[i]);
    jout_end_arr(&j);
    jout_end_obj(&j);
    struct str out = str_dup(q->arena, buf_view(&b));
    buf_free(&b);
    return out;
}
