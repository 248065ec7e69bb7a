/* decode/entra.c - error numbers, operations and changed properties of Entra ID, the same in every log of it. */
#include "decode/entra.h"

#define ROWS(table) (sizeof(table) / sizeof *(table))

/* ---- errors: "Microsoft Entra authentication and authorization error codes" (AADSTS numbers) ---- */

enum stop { STOP_FAILED, STOP_SECOND_FACTOR, STOP_DENIED, STOP_ON_THE_WAY };

static const struct {
    uint32_t code;
    enum stop stop;
    const char *reason;
} errors[] = {
    {16000, STOP_ON_THE_WAY, NULL},   /* interaction required */
    {16001, STOP_ON_THE_WAY, NULL},   /* account selection invalid */
    {16003, STOP_ON_THE_WAY, NULL},   /* account selection without sign-in */
    {50011, STOP_ON_THE_WAY, NULL},   /* the application gave a wrong reply address */
    {50020, STOP_FAILED, "unknown user"},
    {50034, STOP_FAILED, "unknown user"},
    {50053, STOP_FAILED, "locked"},
    {50055, STOP_FAILED, "password expired"},
    {50056, STOP_FAILED, "wrong password"},
    {50057, STOP_FAILED, "disabled"},
    {50058, STOP_ON_THE_WAY, NULL},   /* silent sign-in without a session */
    {50059, STOP_ON_THE_WAY, NULL},   /* no tenant named */
    {50064, STOP_FAILED, "wrong password"},
    {50072, STOP_SECOND_FACTOR, NULL}, /* must enrol a second factor */
    {50074, STOP_SECOND_FACTOR, NULL},
    {50076, STOP_SECOND_FACTOR, NULL},
    {50078, STOP_SECOND_FACTOR, NULL}, /* second factor too old */
    {50079, STOP_SECOND_FACTOR, NULL},
    {50089, STOP_ON_THE_WAY, NULL},   /* flow token expired */
    {50097, STOP_ON_THE_WAY, NULL},   /* device authentication required */
    {50105, STOP_FAILED, "not granted"},
    {50125, STOP_ON_THE_WAY, NULL},   /* must register for password reset */
    {50126, STOP_FAILED, "wrong password"},
    {50127, STOP_ON_THE_WAY, NULL},   /* broker app missing */
    {50129, STOP_ON_THE_WAY, NULL},   /* device not joined */
    {50132, STOP_ON_THE_WAY, NULL},   /* session ended by a password change */
    {50133, STOP_ON_THE_WAY, NULL},
    {50140, STOP_ON_THE_WAY, NULL},   /* "keep me signed in" page */
    {50143, STOP_ON_THE_WAY, NULL},   /* session mismatch */
    {50144, STOP_FAILED, "password expired"},
    {50158, STOP_SECOND_FACTOR, NULL}, /* external challenge */
    {50173, STOP_ON_THE_WAY, NULL},   /* fresh token needed */
    {50199, STOP_ON_THE_WAY, NULL},   /* "is this you" page */
    {50203, STOP_SECOND_FACTOR, NULL},
    {53000, STOP_FAILED, "not granted"}, /* conditional access: device, app, location ... */
    {53001, STOP_FAILED, "not granted"},
    {53002, STOP_FAILED, "not granted"},
    {53003, STOP_FAILED, "not granted"},
    {53004, STOP_FAILED, "not granted"},
    {65001, STOP_ON_THE_WAY, NULL},   /* consent needed */
    {65004, STOP_ON_THE_WAY, NULL},   /* consent declined */
    {70008, STOP_ON_THE_WAY, NULL},   /* grant expired */
    {70016, STOP_ON_THE_WAY, NULL},   /* device code pending */
    {70043, STOP_ON_THE_WAY, NULL},   /* session expired by policy */
    {70044, STOP_ON_THE_WAY, NULL},
    {81010, STOP_ON_THE_WAY, NULL},   /* seamless single sign-on ticket invalid */
    {500121, STOP_DENIED, "other"},   /* second factor refused or not answered */
    {530032, STOP_FAILED, "not granted"},
    {700082, STOP_ON_THE_WAY, NULL},  /* refresh token unused for too long */
    {7000215, STOP_FAILED, "wrong password"}, /* client secret */
    {7000222, STOP_FAILED, "password expired"},
};

enum kind entra_sign_in_failed(struct decode *d, uint64_t code)
{
    static const enum kind kinds[] = {[STOP_FAILED] = KIND_FAILED_SIGN_IN, [STOP_SECOND_FACTOR] = KIND_MFA_PROMPT,
                                      [STOP_DENIED] = KIND_MFA_DENIED, [STOP_ON_THE_WAY] = KIND_CLOUD_OTHER};
    const char *reason = "other";
    enum stop stop = STOP_FAILED;
    for (size_t i = 0; i < ROWS(errors); i++)
        if (errors[i].code == code) {
            stop = errors[i].stop;
            reason = errors[i].reason;
        }
    d->act.outcome = stop == STOP_SECOND_FACTOR ? OUTCOME_UNKNOWN : OUTCOME_FAILURE;
    decode_str(d, FACT_FAILURE_REASON, str_of(reason));
    return kinds[stop];
}

/* ---- operations: "Microsoft Entra audit log activity reference" ---- */

static const struct jsonlog_op operations[] = {
    JSONLOG_OP("Add app role assignment to service principal", APP_CONSENT),
    JSONLOG_OP("Add conditional access policy", POLICY_CHANGED),
    JSONLOG_OP("Add delegated permission grant", APP_CONSENT),
    JSONLOG_OP("Add group", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Add member to group", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Add named location", POLICY_CHANGED),
    JSONLOG_OP("Add OAuth2PermissionGrant", APP_CONSENT),
    JSONLOG_OP("Add owner to group", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Add registered owner to device", CLOUD_OTHER),
    JSONLOG_OP("Add registered users to device", CLOUD_OTHER),
    JSONLOG_OP("Add service principal credentials", APP_CREDENTIAL_ADDED),
    JSONLOG_OP("Add user", USER_CREATED),
    JSONLOG_OP("Admin deleted security info", USER_CHANGED),
    JSONLOG_OP("Admin registered security info", USER_CHANGED),
    JSONLOG_OP("Admin updated security info", USER_CHANGED),
    JSONLOG_OP("Change group license", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Change password (self-service)", CLOUD_PASSWORD_CHANGE),
    JSONLOG_OP("Change user license", USER_CHANGED),
    JSONLOG_OP("Change user password", CLOUD_PASSWORD_CHANGE),
    JSONLOG_OP("Consent to application", APP_CONSENT),
    JSONLOG_OP("Create group", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Delete conditional access policy", POLICY_CHANGED),
    JSONLOG_OP("Delete group", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Delete named location", POLICY_CHANGED),
    JSONLOG_OP("Delete user", USER_DELETED),
    JSONLOG_OP("Disable account", USER_DISABLED),
    JSONLOG_OP("Disable Strong Authentication", USER_CHANGED),
    JSONLOG_OP("Enable account", USER_CHANGED),
    JSONLOG_OP("Enable Strong Authentication", USER_CHANGED),
    JSONLOG_OP("Fraud reported - no action taken", MFA_DENIED),
    JSONLOG_OP("Fraud reported - user is blocked for MFA", MFA_DENIED),
    JSONLOG_OP("Hard Delete group", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Hard Delete user", USER_DELETED),
    JSONLOG_OP("Invite external user", USER_CREATED),
    JSONLOG_OP("Redeem external user invite", CLOUD_OTHER),
    JSONLOG_OP("Register device", CLOUD_OTHER),
    JSONLOG_OP("Remove member from group", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Remove owner from group", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Reset password (by admin)", CLOUD_PASSWORD_RESET),
    JSONLOG_OP("Reset password (self-service)", CLOUD_PASSWORD_CHANGE),
    JSONLOG_OP("Reset user password", CLOUD_PASSWORD_RESET),
    JSONLOG_OP("Restore Group", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Restore user", USER_CHANGED),
    JSONLOG_OP("Self-service password reset flow activity progress", CLOUD_OTHER),
    JSONLOG_OP("Set domain authentication", FEDERATION_CHANGED),
    JSONLOG_OP("Set federation settings on domain", FEDERATION_CHANGED),
    JSONLOG_OP("Set force change user password", USER_CHANGED),
    JSONLOG_OP("Set group license", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Set group managed by", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Set license properties", USER_CHANGED),
    JSONLOG_OP("Set user manager", USER_CHANGED),
    JSONLOG_OP("Suspicious activity reported", MFA_DENIED),
    JSONLOG_OP("Unlock user account (self-service)", CLOUD_OTHER),
    JSONLOG_OP("Update conditional access policy", POLICY_CHANGED),
    JSONLOG_OP("Update device", CLOUD_OTHER),
    JSONLOG_OP("Update group", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Update named location", POLICY_CHANGED),
    JSONLOG_OP("Update security defaults", POLICY_CHANGED),
    JSONLOG_OP("Update StsRefreshTokenValidFrom Timestamp", USER_CHANGED),
    JSONLOG_OP("Update user", USER_CHANGED),
    JSONLOG_OP("User changed default security info", CLOUD_OTHER),
    JSONLOG_OP("User deleted security info", CLOUD_OTHER),
    JSONLOG_OP("User has elevated their access to User Access Administrator for their Azure Resources", ROLE_GRANTED),
    JSONLOG_OP("User registered all required security info", CLOUD_OTHER),
    JSONLOG_OP("User registered security info", CLOUD_OTHER),
    JSONLOG_OP("User started security info registration", CLOUD_OTHER),
};

static bool only_asked(struct str s)
{
    static const struct str words[] = {{"request", 7}, {"cancel", 6}, {"denied", 6}, {"expired", 7}};
    for (size_t i = 0; i < ROWS(words); i++)
        if (str_hasi(s, words[i]))
            return true;
    return false;
}

/* Privileged Identity Management has some thirty spellings of these four. */
static enum kind role_operation(struct str s)
{
    bool add = str_startsi(s, STR("Add member to role")) || str_startsi(s, STR("Add eligible member to role")) ||
               str_startsi(s, STR("Add scoped member to role"));
    bool take = str_startsi(s, STR("Remove member from role")) || str_startsi(s, STR("Remove eligible member from role")) ||
                str_startsi(s, STR("Remove scoped member from role"));
    if (take)
        return KIND_ROLE_REMOVED;
    return !add ? KIND_UNKNOWN : only_asked(s) ? KIND_ADMIN_OPERATION : KIND_ROLE_GRANTED;
}

enum kind entra_operation(struct decode *d, struct str s)
{
    s = str_trim(s);
    while (s.n && (s.p[s.n - 1] == '.' || s.p[s.n - 1] == ' '))
        s.n--;
    enum kind k = jsonlog_kind(d, operations, ROWS(operations), s);
    if (k == KIND_UNKNOWN)
        k = role_operation(s);
    if (k != KIND_UNKNOWN)
        return k;
    if (str_endsi(s, STR("Certificates and secrets management")))
        return KIND_APP_CREDENTIAL_ADDED;
    return str_hasi(s, STR("policy")) ? KIND_POLICY_CHANGED : KIND_ADMIN_OPERATION;
}

/* ---- changed properties ---- */

/* Values come as JSON in a text: "\"Global Administrator\"", "[\r\n  false\r\n]". */
static struct str plain(struct str s)
{
    s = str_trim(s);
    while (s.n >= 2 && ((s.p[0] == '[' && s.p[s.n - 1] == ']') || (s.p[0] == '"' && s.p[s.n - 1] == '"')))
        s = str_trim(str_sub(s, 1, s.n - 2));
    return s.n ? decode_some(s) : STR_NONE;
}

static void group(struct decode *d, enum object_type type, struct str name)
{
    if (str_set(name))
        (void)decode_object(d, type, ROLE_GROUP, name);
}

/* "[] => [[Id: ..., ConsentType: Principal, Scope:  Mail.Read Mail.Send]]; ": the scopes after the arrow. */
static struct str scopes(struct str s)
{
    ptrdiff_t arrow = str_find(s, STR("=>"));
    if (arrow >= 0)
        s = str_from(s, (size_t)arrow + 2);
    ptrdiff_t at = str_find(s, STR("Scope:"));
    if (at < 0)
        return STR_NONE;
    s = str_from(s, (size_t)at + 6);
    ptrdiff_t end = 0;
    while ((size_t)end < s.n && s.p[end] != ']' && s.p[end] != ',')
        end++;
    s = str_trim(str_sub(s, 0, (size_t)end));
    return s.n ? s : STR_NONE;
}

static void change(struct decode *d, struct str name, struct str value)
{
    enum { SHOWN = 240 };
    if (!act_has(&d->act, FACT_CHANGE))
        decode_str(d, FACT_CHANGE, str_fmt(d->arena, "%.*s=%.*s", STR_ARG(str_sub(name, 0, 80)), STR_ARG(str_sub(value, 0, SHOWN))));
}

static enum kind account_enabled(struct decode *d, enum kind k, struct str value)
{
    bool off = str_eqi(value, STR("false"));
    decode_str(d, FACT_CHANGE, off ? STR("AccountEnabled=false") : STR("AccountEnabled=true"));
    return off && k == KIND_USER_CHANGED ? KIND_USER_DISABLED : k;
}

enum kind entra_property(struct decode *d, enum kind k, struct str name, struct str old_value, struct str new_value)
{
    struct str now = plain(new_value), before = plain(old_value), either = str_set(now) ? now : before;
    if (str_eqi(name, STR("Role.DisplayName"))) {
        decode_str(d, FACT_ROLE_NAME, either);
        group(d, OBJECT_ROLE, either);
    } else if (str_eqi(name, STR("Group.DisplayName"))) {
        group(d, OBJECT_GROUP, either);
    } else if (str_eqi(name, STR("AccountEnabled")) && str_set(now)) {
        return account_enabled(d, k, now);
    } else if (str_eqi(name, STR("ConsentAction.Permissions"))) {
        decode_str(d, FACT_CONSENT_SCOPES, scopes(new_value));
    } else if (str_eqi(name, STR("DelegatedPermissionGrant.Scope")) || str_eqi(name, STR("AppRole.Value"))) {
        decode_str(d, FACT_CONSENT_SCOPES, now);
    } else if (str_eqi(name, STR("KeyDescription"))) {
        change(d, name, either);
        return k == KIND_ADMIN_OPERATION && now.n > before.n ? KIND_APP_CREDENTIAL_ADDED : k;
    } else if (str_eqi(name, STR("Included Updated Properties"))) {
        decode_str(d, FACT_ATTRIBUTE, now);
    } else if (str_set(now) && !str_startsi(name, STR("TargetId.")) && !str_hasi(name, STR("ObjectID")) && !str_startsi(name, STR("Role."))) {
        change(d, name, now);
    }
    return k;
}
