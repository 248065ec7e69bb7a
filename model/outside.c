/* model/outside.c - one row per kind: its OCSF class and activity, its ECS category and types. */
#include "model/outside.h"

#include "base/utf.h"
#include "model/app.h"

#include <stdio.h>

/* OCSF activity numbers by class. */
enum { LOGON = 1, LOGOFF = 2, TICKET = 3, SERVICE_TICKET = 4, SERVICE_TICKET_RENEWED = 5 };
enum { ACCOUNT_CREATE = 1, ENABLE = 2, PASSWORD_CHANGE = 3, PASSWORD_RESET = 4, DISABLE = 5, ACCOUNT_DELETE = 6, LOCK = 9 };
enum { ADD_USER = 3, REMOVE_USER = 4, GROUP_DELETE = 5, GROUP_CREATE = 6 };
enum { CREATE = 1, READ = 2, UPDATE = 3, DELETE = 4 };

#define AUTH(activity, ...) {OCSF_AUTHENTICATION, activity, "authentication", {__VA_ARGS__}}
#define ACCOUNT(activity, ...) {OCSF_ACCOUNT_CHANGE, activity, "iam", {__VA_ARGS__}}
#define GROUP(activity, ...) {OCSF_GROUP_MANAGEMENT, activity, "iam", {__VA_ARGS__}}
#define CALL(activity, category, ...) {OCSF_API_ACTIVITY, activity, category, {__VA_ARGS__}}

static const struct outside_kind rows[KIND_COUNT] = {
    [KIND_UNKNOWN] = CALL(OCSF_OTHER, "api", "info"),
    [KIND_PREAUTH_ASKED] = AUTH(TICKET, "info"),
    [KIND_CREDENTIALS_VALIDATION] = AUTH(LOGON, "start"),
    [KIND_RESOURCE_ACCESS] = AUTH(SERVICE_TICKET, "start"),
    [KIND_TICKET_USE] = AUTH(LOGON, "start"),
    [KIND_TICKET_RENEWAL] = AUTH(SERVICE_TICKET_RENEWED, "info"),
    [KIND_INTERACTIVE_LOGON] = AUTH(LOGON, "start"),
    [KIND_REMOTE_DESKTOP] = AUTH(LOGON, "start"),
    [KIND_NETWORK_LOGON] = AUTH(LOGON, "start"),
    [KIND_SERVICE_LOGON] = AUTH(LOGON, "start"),
    [KIND_NEW_CREDENTIALS_LOGON] = AUTH(LOGON, "start"),
    [KIND_EXPLICIT_CREDENTIALS] = AUTH(LOGON, "start"),
    [KIND_FAILED_LOGON] = AUTH(LOGON, "start"),
    [KIND_LOGOFF] = AUTH(LOGOFF, "end"),
    [KIND_SPECIAL_PRIVILEGES] = AUTH(OCSF_OTHER, "info"),
    [KIND_VPN_CONNECTION] = AUTH(LOGON, "start"),
    [KIND_LDAP_BIND] = AUTH(LOGON, "start"),
    [KIND_NTLM_AUDIT] = AUTH(LOGON, "info"),
    [KIND_DIRECTORY_REPLICATION] = CALL(READ, "api", "access"),
    [KIND_REPLICA_CHANGE] = CALL(UPDATE, "configuration", "change"),
    [KIND_DIRECTORY_ACCESS] = CALL(READ, "api", "access"),
    [KIND_LDAP_SEARCH] = CALL(READ, "api", "access"),
    [KIND_LDAP_MODIFICATION] = CALL(UPDATE, "api", "change"),
    [KIND_SAMR_QUERY] = CALL(READ, "api", "access"),
    [KIND_SMB_SESSION_ENUMERATION] = CALL(READ, "api", "access"),
    [KIND_DNS_QUERY] = CALL(READ, "network", "protocol"),
    [KIND_DNS_UPDATE] = CALL(UPDATE, "network", "protocol"),
    [KIND_NAME_SEEN] = CALL(OCSF_OTHER, "network", "info"),
    [KIND_PRIVATE_DATA_RETRIEVAL] = CALL(READ, "api", "access"),
    [KIND_SHARE_ACCESS] = CALL(READ, "file", "access"),
    [KIND_SHARE_FILE_ACCESS] = CALL(READ, "file", "access"),
    [KIND_SMB_FILE_COPY] = CALL(CREATE, "file", "creation"),
    [KIND_SERVICE_CREATION] = CALL(CREATE, "configuration", "creation"),
    [KIND_TASK_SCHEDULING] = CALL(UPDATE, "configuration", "change"),
    [KIND_WMI_EXECUTION] = CALL(OCSF_OTHER, "process", "start"),
    [KIND_POWERSHELL_REMOTING] = CALL(OCSF_OTHER, "process", "start"),
    [KIND_PROCESS_CREATION] = CALL(OCSF_OTHER, "process", "start"),
    [KIND_SECURE_CHANNEL] = AUTH(LOGON, "start"),
    [KIND_RPC_CALL] = CALL(OCSF_OTHER, "api", "info"),
    [KIND_AUDIT_LOG_CLEARED] = CALL(DELETE, "configuration", "deletion"),
    [KIND_AUDIT_POLICY_CHANGED] = CALL(UPDATE, "configuration", "change"),
    [KIND_ACCOUNT_CREATED] = ACCOUNT(ACCOUNT_CREATE, "user", "creation"),
    [KIND_ACCOUNT_ENABLED] = ACCOUNT(ENABLE, "user", "change"),
    [KIND_ACCOUNT_DISABLED] = ACCOUNT(DISABLE, "user", "change"),
    [KIND_ACCOUNT_DELETED] = ACCOUNT(ACCOUNT_DELETE, "user", "deletion"),
    [KIND_ACCOUNT_CHANGED] = ACCOUNT(OCSF_OTHER, "user", "change"),
    [KIND_ACCOUNT_RENAMED] = ACCOUNT(OCSF_OTHER, "user", "change"),
    [KIND_ACCOUNT_LOCKED] = ACCOUNT(LOCK, "user", "change"),
    [KIND_ACCOUNT_UNLOCKED] = ACCOUNT(OCSF_OTHER, "user", "change"),
    [KIND_PASSWORD_CHANGE] = ACCOUNT(PASSWORD_CHANGE, "user", "change"),
    [KIND_PASSWORD_RESET] = ACCOUNT(PASSWORD_RESET, "user", "change"),
    [KIND_SID_HISTORY_ADDED] = ACCOUNT(OCSF_OTHER, "user", "change"),
    [KIND_GROUP_CREATED] = GROUP(GROUP_CREATE, "group", "creation"),
    [KIND_GROUP_CHANGED] = GROUP(OCSF_OTHER, "group", "change"),
    [KIND_GROUP_DELETED] = GROUP(GROUP_DELETE, "group", "deletion"),
    [KIND_GROUP_MEMBER_ADDED] = GROUP(ADD_USER, "group", "change"),
    [KIND_GROUP_MEMBER_REMOVED] = GROUP(REMOVE_USER, "group", "change"),
    [KIND_OBJECT_CREATED] = CALL(CREATE, "iam", "admin", "creation"),
    [KIND_OBJECT_CHANGED] = CALL(UPDATE, "iam", "admin", "change"),
    [KIND_OBJECT_DELETED] = CALL(DELETE, "iam", "admin", "deletion"),
    [KIND_SIGN_IN] = AUTH(LOGON, "start"),
    [KIND_FAILED_SIGN_IN] = AUTH(LOGON, "start"),
    [KIND_SIGN_OUT] = AUTH(LOGOFF, "end"),
    [KIND_MFA_PROMPT] = AUTH(OCSF_OTHER, "info"),
    [KIND_MFA_DENIED] = AUTH(OCSF_OTHER, "info"),
    [KIND_CLOUD_PASSWORD_CHANGE] = ACCOUNT(PASSWORD_CHANGE, "user", "change"),
    [KIND_CLOUD_PASSWORD_RESET] = ACCOUNT(PASSWORD_RESET, "user", "change"),
    [KIND_TOKEN_ISSUED] = AUTH(OCSF_OTHER, "start"),
    [KIND_FILE_VIEW] = CALL(READ, "file", "access"),
    [KIND_FILE_DOWNLOAD] = CALL(READ, "file", "access"),
    [KIND_FILE_UPLOAD] = CALL(CREATE, "file", "creation"),
    [KIND_FILE_MODIFY] = CALL(UPDATE, "file", "change"),
    [KIND_FILE_DELETE] = CALL(DELETE, "file", "deletion"),
    [KIND_FILE_RENAME] = CALL(UPDATE, "file", "change"),
    [KIND_FILE_SHARE] = CALL(UPDATE, "file", "change"),
    [KIND_FILE_UNSHARE] = CALL(UPDATE, "file", "change"),
    [KIND_FOLDER_OPERATION] = CALL(OCSF_OTHER, "file", "info"),
    [KIND_MALWARE_DETECTED] = CALL(OCSF_OTHER, "malware", "info"),
    [KIND_MAIL_ACCESS] = CALL(READ, "email", "info"),
    [KIND_MAIL_SENT] = CALL(CREATE, "email", "info"),
    [KIND_MAIL_SEND_AS] = CALL(CREATE, "email", "info"),
    [KIND_MAIL_MOVED] = CALL(UPDATE, "email", "info"),
    [KIND_MAIL_DELETED] = CALL(DELETE, "email", "info"),
    [KIND_INBOX_RULE_CREATED] = CALL(CREATE, "configuration", "creation"),
    [KIND_INBOX_RULE_CHANGED] = CALL(UPDATE, "configuration", "change"),
    [KIND_FORWARDING_SET] = CALL(UPDATE, "configuration", "change"),
    [KIND_MAILBOX_DELEGATED] = CALL(UPDATE, "iam", "admin", "change"),
    [KIND_ROLE_GRANTED] = CALL(UPDATE, "iam", "admin", "change"),
    [KIND_ROLE_REMOVED] = CALL(UPDATE, "iam", "admin", "change"),
    [KIND_USER_CREATED] = ACCOUNT(ACCOUNT_CREATE, "user", "creation"),
    [KIND_USER_CHANGED] = ACCOUNT(OCSF_OTHER, "user", "change"),
    [KIND_USER_DELETED] = ACCOUNT(ACCOUNT_DELETE, "user", "deletion"),
    [KIND_USER_DISABLED] = ACCOUNT(DISABLE, "user", "change"),
    [KIND_CLOUD_GROUP_CHANGED] = GROUP(OCSF_OTHER, "group", "change"),
    [KIND_POLICY_CHANGED] = CALL(UPDATE, "configuration", "change"),
    [KIND_APP_CONSENT] = CALL(UPDATE, "iam", "admin", "change"),
    [KIND_APP_CREDENTIAL_ADDED] = CALL(CREATE, "iam", "admin", "creation"),
    [KIND_FEDERATION_CHANGED] = CALL(UPDATE, "iam", "admin", "change"),
    [KIND_AUDIT_LOGGING_CHANGED] = CALL(UPDATE, "configuration", "change"),
    [KIND_ADMIN_OPERATION] = CALL(OCSF_OTHER, "api", "admin"),
    [KIND_VM_CREATED] = CALL(CREATE, "host", "start"),
    [KIND_VM_STARTED] = CALL(UPDATE, "host", "start"),
    [KIND_VM_DELETED] = CALL(DELETE, "host", "end"),
    [KIND_STORAGE_CREATED] = CALL(CREATE, "configuration", "creation"),
    [KIND_STORAGE_DELETED] = CALL(DELETE, "configuration", "deletion"),
    [KIND_STORAGE_MADE_PUBLIC] = CALL(UPDATE, "configuration", "change"),
    [KIND_ACCESS_KEY_CREATED] = CALL(CREATE, "iam", "admin", "creation"),
    [KIND_SECURITY_GROUP_CHANGED] = CALL(UPDATE, "configuration", "change"),
    [KIND_SECRET_READ] = CALL(READ, "api", "access"),
    [KIND_REPORT_SHARED] = CALL(UPDATE, "file", "change"),
    [KIND_IMPERSONATED_ACTIVITY] = CALL(OCSF_OTHER, "api", "admin"),
    [KIND_CLOUD_OTHER] = CALL(OCSF_OTHER, "api", "info"),
};

struct outside_kind outside_kind(const struct activity *a)
{
    struct outside_kind k = rows[a->kind < KIND_COUNT ? a->kind : KIND_UNKNOWN];
    if (a->kind == KIND_CREDENTIALS_VALIDATION && a->protocol == PROTO_KERBEROS)
        k.ocsf_activity = TICKET;
    return k;
}

/* ---- the message ---- */

enum { PART = 96 };

static struct str part(struct str s)
{
    return utf_cut(s, PART);
}

struct str outside_message(const struct activity *a, char text[OUTSIDE_MESSAGE])
{
    static const char *const outcomes[] = {[OUTCOME_UNKNOWN] = "", [OUTCOME_SUCCESS] = "", [OUTCOME_FAILURE] = " (failure)"};
    char ip[IP_TEXT];
    struct str kind = part(act_kind(a)), who = part(account_text(&a->actor)), from = part(a->device), to = part(a->destination);
    struct str at = ip_set(&a->ip) ? ip_text(&a->ip, ip) : STR("");
    bool place = from.n || at.n;
    int n = snprintf(text, OUTSIDE_MESSAGE, "%.*s%s%s%.*s%s%.*s%s%.*s%s%s%.*s", STR_ARG(kind), outcomes[a->outcome], who.n ? ": " : "", STR_ARG(who),
                     place ? " from " : "", STR_ARG(from), from.n && at.n ? " (" : "", STR_ARG(at), from.n && at.n ? ")" : "", to.n ? " to " : "",
                     STR_ARG(to));
    return (struct str){text, n < 0 ? 0 : (size_t)n};
}

const struct account *outside_target(const struct activity *a)
{
    const struct object *o = act_object(a, ROLE_MEMBER);
    for (unsigned i = 0; !o && i < a->nobjects; i++)
        if (a->objects[i].role == ROLE_TARGET && (a->objects[i].type == OBJECT_ACCOUNT || a->objects[i].type == OBJECT_COMPUTER))
            o = &a->objects[i];
    return o && account_set(&o->ref) ? &o->ref : NULL;
}

const struct account *outside_group(const struct activity *a)
{
    const struct object *g = act_object(a, ROLE_GROUP);
    for (unsigned i = 0; !g && i < a->nobjects; i++)
        if (a->objects[i].type == OBJECT_GROUP)
            g = &a->objects[i];
    return g && account_set(&g->ref) ? &g->ref : NULL;
}

void outside_digits(struct jout *j, const char *key, uint64_t n)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)n);
    jout_kz(j, key, text);
}

const char *outside_cloud(const struct activity *a)
{
    static const struct {
        const char *const *app;
        const char *cloud;
    } clouds[] = {{&APP_AWS, "aws"}, {&APP_AZURE, "azure"}, {&APP_ENTRA, "azure"}};
    for (size_t i = 0; i < sizeof clouds / sizeof *clouds; i++)
        if (str_eqi(a->app, str_of(*clouds[i].app)))
            return clouds[i].cloud;
    return NULL;
}
