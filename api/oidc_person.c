/* api/oidc_person.c - people of the sign-in service and their accounts here. */
#include "api/oidc_person.h"

#include "api/idtoken.h"
#include "api/password.h"
#include "api/signed.h"
#include "base/utf.h"
#include "store/tab_identities.h"
#include "store/tab_sessions.h"
#include "store/tab_settings.h"

enum { DISPLAY_MOST = 200 };

/* ---- claims ---- */

static bool has(const struct jnode *claims, const struct jnode *of, struct str value)
{
    if (!of || of->type != J_ARR)
        return of && of->type == J_STR && str_eq(of->val, value);
    for (const struct jnode *c = jin_first(claims, of); c; c = jin_next(claims, of, c))
        if (c->type == J_STR && str_eq(c->val, value))
            return true;
    return false;
}

static const struct role *role_for(const struct oidc_settings *s, const struct jnode *claims)
{
    const struct jnode *of = str_set(s->role_claim) ? idtoken_claim(claims, s->role_claim) : NULL;
    for (size_t i = 0; i < s->nroles; i++)
        if (has(claims, of, s->roles[i].value))
            return role_of(s->roles[i].role);
    return NULL;
}

const char *oidc_person_read(struct api_request *q, const struct oidc_settings *s, const struct jnode *claims, struct oidc_person *out)
{
    const struct jnode *name = idtoken_claim(claims, s->name_claim), *verified = jin_get(claims, claims, STR("email_verified"));
    struct str display = jin_str(claims, claims, "name");
    if (!name || name->type != J_STR)
        return "the token does not have the claim that names the account";
    if (password_bad_name(name->val))
        return "the claim that names the account is no name here: 1 to 64 of letters, digits and . _ @ + -";
    if (str_eq(s->name_claim, STR("email")) && verified && !str_eqi(jin_text(verified), STR("true")))
        return "the service has not verified this person's mail address (email_verified)";
    *out = (struct oidc_person){.subject = jin_str(claims, claims, "sub"), .name = str_dup(q->arena, name->val), .role = role_for(s, claims)};
    if (display.n && display.n <= DISPLAY_MOST && utf_valid(display))
        out->display = display;
    return NULL;
}

/* ---- accounts ---- */

static int refuse(struct api_request *q, const char *format, struct str name, struct str *why)
{
    struct buf b = {0};
    struct str rest = str_of(format), part;
    while (str_cut(&rest, '@', &part)) {
        buf_str(&b, part);
        if (str_set(rest))
            buf_str(&b, name);
    }
    *why = b.failed ? STR("memory is short") : str_dup(q->arena, buf_view(&b));
    buf_free(&b);
    return 0;
}

static int no_role(struct api_request *q, struct str name, struct str *why)
{
    return refuse(q, "nothing in the claim of groups or roles gives @ a role here", name, why);
}

/* Made at a sign-in: the role follows the service, and whoever has none there any more is signed out everywhere. */
static int follow_role(struct api_request *q, const struct oidc_person *p, struct stored_admin *a, struct str *why)
{
    int err = 0;
    struct str before = signed_summary(q, a);
    if (p->role && str_eq(a->role, str_of(p->role->id)))
        return 0;
    err = tab_sessions_drop_all(q->db, a->number, NULL);
    if (err || !p->role)
        return err ? err : no_role(q, a->name, why);
    a->role = str_of(p->role->id);
    err = tab_accounts_update(q->db, a);
    return err ? err : api_audit(q, "role changed by the sign-in service", a->name, before, signed_summary(q, a));
}

static int known(struct api_request *q, const struct oidc_person *p, const struct stored_identity *i, struct str *why)
{
    struct stored_admin a;
    int err = tab_accounts_get(q->db, q->arena, i->account, &a);
    if (err)
        return err;
    if (a.disabled)
        return refuse(q, "the account @ may not sign in", a.name, why);
    return i->managed ? follow_role(q, p, &a, why) : 0;
}

static int tie(struct api_request *q, const struct oidc_settings *s, const struct oidc_person *p, int64_t account, bool managed)
{
    const struct stored_identity i = {.account = account, .issuer = s->issuer, .subject = p->subject, .managed = managed, .linked = q->now};
    int err = tab_identities_drop(q->db, account); /* of a service that was set up before */
    if (!err)
        err = tab_identities_add(q->db, &i);
    return err ? err : api_audit(q, "account tied to the sign-in service", p->name, STR_NONE, STR_NONE);
}

/* There is an account of that name, and this person was never here. */
static int named(struct api_request *q, const struct oidc_settings *s, const struct oidc_person *p, const struct stored_admin *a, struct str *why)
{
    struct stored_identity other;
    if (a->password.n)
        return refuse(q, "the account @ signs in with a password; an administrator may change it to single sign-on", a->name, why);
    if (a->disabled)
        return refuse(q, "the account @ may not sign in", a->name, why);
    int err = tab_identities_get(q->db, q->arena, a->number, &other);
    if (!err && str_eq(other.issuer, s->issuer))
        return refuse(q, "the account @ is tied to somebody else of the same name at the service", a->name, why);
    return err && err != ERR_NOT_FOUND ? err : tie(q, s, p, a->number, false);
}

static int make(struct api_request *q, const struct oidc_settings *s, const struct oidc_person *p, int64_t *account, struct str *why)
{
    struct str language = STR_NONE;
    if (!s->create)
        return refuse(q, "there is no account @", p->name, why);
    if (!p->role)
        return no_role(q, p->name, why);
    int err = tab_settings_get(q->db, q->arena, "language", &language);
    struct stored_admin a = {.name = p->name,
                             .display = p->display,
                             .role = str_of(p->role->id),
                             .language = signed_language(language) ? language : STR("en"),
                             .password = STR(""),
                             .created = q->now};
    if (!err)
        err = tab_accounts_add(q->db, &a, account);
    if (!err)
        err = api_audit(q, "account added", a.name, STR_NONE, signed_summary(q, &a));
    return err ? err : tie(q, s, p, *account, true);
}

static int find(struct api_request *q, const struct oidc_settings *s, const struct oidc_person *p, int64_t *account, struct str *why)
{
    struct stored_identity i;
    struct stored_admin a;
    int err = tab_identities_find(q->db, q->arena, s->issuer, p->subject, &i);
    if (!err) {
        *account = i.account;
        return known(q, p, &i, why);
    }
    if (err == ERR_NOT_FOUND)
        err = tab_accounts_by_name(q->db, q->arena, p->name, &a);
    if (err == ERR_NOT_FOUND)
        return make(q, s, p, account, why);
    if (err)
        return err;
    *account = a.number;
    return named(q, s, p, &a, why);
}

int oidc_person_account(struct api_request *q, const struct oidc_settings *s, const struct oidc_person *p, int64_t *account, struct str *why)
{
    int err = db_begin(q->db);
    *why = STR_NONE;
    return err ? err : db_end(q->db, find(q, s, p, account, why));
}
