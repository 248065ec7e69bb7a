/* decode/o365_command.c - Exchange and compliance commands (cmdlets) with their parameters. */
#include "decode/o365.h"

/* Commands whose meaning does not follow from their verb. */
static const struct jsonlog_op commands[] = {
    JSONLOG_OP("Add-DistributionGroupMember", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Add-MailboxFolderPermission", MAILBOX_DELEGATED),
    JSONLOG_OP("Add-MailboxPermission", MAILBOX_DELEGATED),
    JSONLOG_OP("Add-RecipientPermission", MAILBOX_DELEGATED),
    JSONLOG_OP("Add-RoleGroupMember", ROLE_GRANTED),
    JSONLOG_OP("Add-UnifiedGroupLinks", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Disable-InboxRule", INBOX_RULE_CHANGED),
    JSONLOG_OP("Enable-InboxRule", INBOX_RULE_CHANGED),
    JSONLOG_OP("New-DistributionGroup", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("New-InboxRule", INBOX_RULE_CREATED),
    JSONLOG_OP("New-Mailbox", USER_CREATED),
    JSONLOG_OP("New-ManagementRoleAssignment", ROLE_GRANTED),
    JSONLOG_OP("New-TransportRule", POLICY_CHANGED),
    JSONLOG_OP("New-UnifiedGroup", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Remove-DistributionGroup", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Remove-DistributionGroupMember", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Remove-InboxRule", INBOX_RULE_CHANGED),
    JSONLOG_OP("Remove-Mailbox", USER_DELETED),
    JSONLOG_OP("Remove-ManagementRoleAssignment", ROLE_REMOVED),
    JSONLOG_OP("Remove-RoleGroupMember", ROLE_REMOVED),
    JSONLOG_OP("Remove-UnifiedGroup", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Remove-UnifiedGroupLinks", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Set-AdminAuditLogConfig", AUDIT_LOGGING_CHANGED),
    JSONLOG_OP("Set-DistributionGroup", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Set-InboxRule", INBOX_RULE_CHANGED),
    JSONLOG_OP("Set-Mailbox", USER_CHANGED),
    JSONLOG_OP("Set-MailboxAuditBypassAssociation", AUDIT_LOGGING_CHANGED),
    JSONLOG_OP("Set-MailboxFolderPermission", MAILBOX_DELEGATED),
    JSONLOG_OP("Set-OrganizationConfig", POLICY_CHANGED),
    JSONLOG_OP("Set-RemoteDomain", POLICY_CHANGED),
    JSONLOG_OP("Set-TransportConfig", POLICY_CHANGED),
    JSONLOG_OP("Set-TransportRule", POLICY_CHANGED),
    JSONLOG_OP("Set-UnifiedAuditLogRetentionPolicy", AUDIT_LOGGING_CHANGED),
    JSONLOG_OP("Set-UnifiedGroup", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("Set-User", USER_CHANGED),
    JSONLOG_OP("Update-RoleGroupMember", ROLE_GRANTED),
};

static bool any_prefix(struct str s, const struct str *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_startsi(s, words[i]))
            return true;
    return false;
}

static enum kind by_verb(struct str s)
{
    static const struct str asking[] = {{"Get-", 4}, {"Search", 6}, {"Validate", 8}, {"Aggregate", 9}, {"Test-", 5}, {"Export", 6}, {"View", 4}};
    if (any_prefix(s, asking, sizeof asking / sizeof *asking))
        return KIND_CLOUD_OTHER;
    if (str_hasi(s, STR("InboxRule")) || str_chr(s, '-') <= 0)
        return KIND_UNKNOWN;
    return str_endsi(s, STR("Policy")) || str_endsi(s, STR("Rule")) ? KIND_POLICY_CHANGED : KIND_ADMIN_OPERATION;
}

static struct str parameter(const struct o365 *r, struct str name)
{
    return o365_named(r, O365_PARAMETERS, name);
}

/* The last part of a directory path: ".../corp.example/alice" is alice. */
static struct str leaf(struct str s)
{
    ptrdiff_t at = str_rchr(s, '/');
    return at >= 0 ? str_from(s, (size_t)at + 1) : s;
}

static struct object *named(const struct o365 *r, enum object_type type, enum object_role role, struct str name)
{
    struct object *o = str_set(name) ? decode_object(r->d, type, role, STR_NONE) : NULL;
    if (o && jsonlog_guid(name))
        o->ref.cloud = name;
    else if (o && str_chr(leaf(name), '@') > 0)
        o->ref.upn = leaf(name);
    else if (o)
        o->ref.name = leaf(name);
    return o;
}

static struct str or_else(struct str a, struct str b)
{
    return str_set(a) ? a : b;
}

/* What the command works on: the mailbox of a rule stands in front of the backslash ("joey\Rule name"). */
static void subject(const struct o365 *r, enum kind k)
{
    struct str id = o365_text(r, O365_OBJECT_ID);
    if (k == KIND_INBOX_RULE_CREATED || k == KIND_INBOX_RULE_CHANGED) {
        ptrdiff_t slash = str_chr(id, '\\');
        struct str box = parameter(r, STR("Mailbox"));
        if (!str_set(box) && slash > 0)
            box = str_sub(id, 0, (size_t)slash);
        (void)named(r, OBJECT_MAILBOX, ROLE_TARGET, or_else(box, slash < 0 ? id : STR_NONE));
        return;
    }
    struct str what = or_else(id, parameter(r, STR("Identity")));
    if (k == KIND_ROLE_GRANTED || k == KIND_ROLE_REMOVED) {
        struct str role = or_else(parameter(r, STR("Role")), or_else(parameter(r, STR("Identity")), what));
        (void)named(r, OBJECT_ROLE, ROLE_GROUP, role);
        decode_str(r->d, FACT_ROLE_NAME, leaf(role));
    } else if (k == KIND_CLOUD_GROUP_CHANGED) {
        (void)named(r, OBJECT_GROUP, ROLE_GROUP, what);
    } else if (k == KIND_POLICY_CHANGED || k == KIND_AUDIT_LOGGING_CHANGED) {
        (void)named(r, OBJECT_POLICY, ROLE_TARGET, what);
        decode_str(r->d, FACT_POLICY_NAME, or_else(parameter(r, STR("Name")), str_set(what) ? leaf(what) : STR_NONE));
    } else {
        bool box = str_hasi(r->operation, STR("Mailbox")) || k == KIND_MAILBOX_DELEGATED || k == KIND_USER_CHANGED || k == KIND_USER_CREATED;
        (void)named(r, box ? OBJECT_MAILBOX : OBJECT_OTHER, ROLE_TARGET, what);
    }
}

/* Who was given the right, put into the role or the group. */
static void member(const struct o365 *r, enum kind k)
{
    static const struct str keys[] = {{"User", 4}, {"Trustee", 7}, {"Member", 6}, {"Members", 7}, {"Links", 5}, {"SecurityGroup", 13}};
    struct str who = STR_NONE;
    for (size_t i = 0; i < sizeof keys / sizeof *keys && !str_set(who); i++)
        who = parameter(r, keys[i]);
    (void)named(r, OBJECT_ACCOUNT, ROLE_MEMBER, who);
    if (k == KIND_MAILBOX_DELEGATED)
        decode_str(r->d, FACT_ROLE_NAME, parameter(r, STR("AccessRights")));
}

/* "smtp:mallory@evil.example" */
static struct str address(struct str s)
{
    if (str_startsi(s, STR("smtp:")))
        s = str_from(s, 5);
    return s.n && !str_eqi(s, STR("$null")) ? s : STR_NONE;
}

static enum kind set_mailbox(const struct o365 *r, enum kind k)
{
    struct jsonlog_words to = {.arena = r->d->arena};
    struct str delegate = parameter(r, STR("GrantSendOnBehalfTo")), audit = parameter(r, STR("AuditEnabled"));
    jsonlog_word(&to, STR(""), address(parameter(r, STR("ForwardingSmtpAddress"))));
    jsonlog_word(&to, STR(""), address(parameter(r, STR("ForwardingAddress"))));
    if (to.n) {
        decode_str(r->d, FACT_FORWARD_TO, jsonlog_words_text(&to));
        return KIND_FORWARDING_SET;
    }
    if (str_eqi(audit, STR("False"))) {
        decode_str(r->d, FACT_CHANGE, STR("disabled AuditEnabled=False"));
        return KIND_AUDIT_LOGGING_CHANGED;
    }
    if (str_set(delegate)) {
        (void)named(r, OBJECT_ACCOUNT, ROLE_MEMBER, delegate);
        decode_str(r->d, FACT_ROLE_NAME, STR("SendOnBehalf"));
        return KIND_MAILBOX_DELEGATED;
    }
    return k;
}

/* A transport rule that copies or sends mail elsewhere forwards, for everybody at once. */
static enum kind transport_rule(const struct o365 *r, enum kind k)
{
    static const struct str keys[] = {{"RedirectMessageTo", 17}, {"BlindCopyTo", 11}, {"CopyTo", 6}, {"AddToRecipients", 15}};
    struct jsonlog_words to = {.arena = r->d->arena};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        jsonlog_word(&to, STR(""), address(parameter(r, keys[i])));
    decode_str(r->d, FACT_FORWARD_TO, jsonlog_words_text(&to));
    return to.n ? KIND_FORWARDING_SET : k;
}

/* The change begins with "disabled" or "enabled". */
static void audit_setting(const struct o365 *r)
{
    static const struct str keys[] = {{"UnifiedAuditLogIngestionEnabled", 31}, {"AdminAuditLogEnabled", 20}, {"AuditBypassEnabled", 18}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct str value = parameter(r, keys[i]);
        if (!str_set(value))
            continue;
        bool off = str_eqi(value, STR("False")) != (i == 2);
        decode_str(r->d, FACT_CHANGE, str_fmt(r->d->arena, "%s %s=%.*s", off ? "disabled" : "enabled", keys[i].p, STR_ARG(str_sub(value, 0, 40))));
        return;
    }
}

static void first_parameter(const struct o365 *r)
{
    static const struct str dull[] = {{"Identity", 8}, {"DomainController", 16}, {"Force", 5}, {"ErrorAction", 11}, {"WarningAction", 13}, {"Confirm", 7}};
    const struct jnode *list = r->at[O365_PARAMETERS], *doc = r->in[O365_PARAMETERS];
    for (const struct jnode *c = list ? jin_first(doc, list) : NULL; c; c = jin_next(doc, list, c)) {
        struct str name = jin_text(jin_get(doc, c, STR("Name"))), value = jin_text(jin_get(doc, c, STR("Value")));
        if (!str_set(name) || any_prefix(name, dull, sizeof dull / sizeof *dull))
            continue;
        decode_str(r->d, FACT_ATTRIBUTE, name);
        decode_str(r->d, FACT_VALUE, value.n ? value : STR_NONE);
        return;
    }
}

enum kind o365_command(const struct o365 *r)
{
    enum kind k = jsonlog_kind(r->d, commands, sizeof commands / sizeof *commands, r->operation);
    if (k == KIND_UNKNOWN)
        k = by_verb(r->operation);
    if (k == KIND_UNKNOWN)
        return k;
    if (str_eqi(r->operation, STR("Set-Mailbox")))
        k = set_mailbox(r, k);
    else if (str_hasi(r->operation, STR("TransportRule")))
        k = transport_rule(r, k);
    subject(r, k);
    if (k == KIND_INBOX_RULE_CREATED || k == KIND_INBOX_RULE_CHANGED)
        o365_rule(r);
    else if (k == KIND_MAILBOX_DELEGATED || k == KIND_ROLE_GRANTED || k == KIND_ROLE_REMOVED || k == KIND_CLOUD_GROUP_CHANGED)
        member(r, k);
    if (k == KIND_AUDIT_LOGGING_CHANGED)
        audit_setting(r);
    first_parameter(r);
    return k;
}
