/* decode/win_logon.c - logons, logoffs, explicit credentials and special privileges.
 *
 * 4624, 4625: the actor is the account that logs on; who asked for it (the subject) is in facts.
 * Fields: Windows security auditing events 4624, 4625, 4634, 4647, 4648, 4672. */
#include "decode/winevent.h"
#include "decode/winstatus.h"
#include "decode/wintext.h"

/* Logon types: SECURITY_LOGON_TYPE of the Windows SDK (ntsecapi.h). */
enum {
    TYPE_SYSTEM = 0,
    TYPE_INTERACTIVE = 2,
    TYPE_NETWORK = 3,
    TYPE_BATCH = 4,
    TYPE_SERVICE = 5,
    TYPE_UNLOCK = 7,
    TYPE_CLEARTEXT = 8,
    TYPE_NEW_CREDENTIALS = 9,
    TYPE_REMOTE = 10,
    TYPE_CACHED = 11,
    TYPE_CACHED_REMOTE = 12,
    TYPE_CACHED_UNLOCK = 13,
    TYPE_UNKNOWN = 99
};

static enum kind kind_of_type(uint64_t type)
{
    switch (type) {
    case TYPE_INTERACTIVE:
    case TYPE_UNLOCK:
    case TYPE_CACHED:
    case TYPE_CACHED_UNLOCK: return KIND_INTERACTIVE_LOGON;
    case TYPE_REMOTE:
    case TYPE_CACHED_REMOTE: return KIND_REMOTE_DESKTOP;
    case TYPE_SYSTEM:
    case TYPE_BATCH:
    case TYPE_SERVICE: return KIND_SERVICE_LOGON;
    case TYPE_NEW_CREDENTIALS: return KIND_NEW_CREDENTIALS_LOGON;
    default: return KIND_NETWORK_LOGON;
    }
}

static bool local_type(uint64_t type)
{
    return type == TYPE_SYSTEM || type == TYPE_INTERACTIVE || type == TYPE_BATCH || type == TYPE_SERVICE || type == TYPE_UNLOCK ||
           type == TYPE_NEW_CREDENTIALS || type == TYPE_CACHED || type == TYPE_CACHED_UNLOCK;
}

static enum protocol package_protocol(struct str package)
{
    if (str_startsi(package, STR("Kerberos")))
        return PROTO_KERBEROS;
    if (str_startsi(package, STR("NTLM")) || str_startsi(package, STR("MICROSOFT_AUTHENTICATION_PACKAGE")))
        return PROTO_NTLM;
    return str_startsi(package, STR("Negotiate")) ? PROTO_NEGOTIATE : PROTO_NONE;
}

/* Where it came from: the address, the name that the client claims, or this computer for local types. */
static void from_where(struct decode *d, struct winevent *e, uint64_t type)
{
    struct activity *a = &d->act;
    struct str claimed = wintext_host(decode_some(str_trim(win_str(e, WF_WorkstationName))));
    winevent_address(d, e);
    if (str_set(claimed)) {
        decode_str(d, FACT_WORKSTATION, claimed);
        a->device = claimed;
        a->device_certainty = local_type(type) ? 100 : 50; /* over the network it is the client's word */
    } else if (local_type(type) && !ip_set(&a->ip)) {
        a->device = e->computer;
        a->device_certainty = 100;
    }
}

static void logon_facts(struct decode *d, struct winevent *e)
{
    winevent_number(d, e, FACT_LOGON_TYPE, WF_LogonType);
    winevent_text(d, e, FACT_LOGON_PROCESS, WF_LogonProcessName);
    winevent_text(d, e, FACT_AUTH_PACKAGE, WF_AuthenticationPackageName);
    winevent_text(d, e, FACT_LM_PACKAGE, WF_LmPackageName);
    winevent_number(d, e, FACT_KEY_LENGTH, WF_KeyLength);
    decode_str(d, FACT_LOGON_GUID, winevent_guid(d, e, WF_LogonGuid));
    winevent_text(d, e, FACT_PROCESS_NAME, WF_ProcessName);
    winevent_text(d, e, FACT_TRANSITED, WF_TransmittedServices);
    winevent_caller(d, e);
    d->act.protocol = package_protocol(str_trim(win_str(e, WF_AuthenticationPackageName)));
}

/* Message ids of the impersonation levels. */
static struct str impersonation(struct str s)
{
    static const struct {
        struct str id, text;
    } levels[] = {{{"%%1831", 6}, {"anonymous", 9}},
                  {{"%%1832", 6}, {"identification", 14}},
                  {{"%%1833", 6}, {"impersonation", 13}},
                  {{"%%1840", 6}, {"delegation", 10}}};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (str_eq(s, levels[i].id))
            return levels[i].text;
    return s;
}

static int success(struct decode *d, struct winevent *e)
{
    uint64_t type = win_u64(e, WF_LogonType, TYPE_UNKNOWN);
    struct activity *a = winevent_begin(d, e, kind_of_type(type));
    a->outcome = OUTCOME_SUCCESS;
    win_account(&a->actor, e, WF_TargetUserSid, WF_TargetUserName, WF_TargetDomainName);
    a->session = winevent_logon_id(d, e, WF_TargetLogonId);
    from_where(d, e, type);
    logon_facts(d, e);
    if (str_eq(win_str(e, WF_ElevatedToken), STR("%%1842"))) /* message id of "Yes" */
        decode_u64(d, FACT_ELEVATED, 1);
    decode_str(d, FACT_IMPERSONATION, impersonation(win_str(e, WF_ImpersonationLevel)));
    /* type 9: the credentials that will be used towards other computers */
    static const enum winfield outbound[3] = {WF_NONE, WF_TargetOutboundUserName, WF_TargetOutboundDomainName};
    winevent_object(d, e, OBJECT_ACCOUNT, ROLE_PARAMETER, outbound);
    return decode_emit(d);
}

static int failure(struct decode *d, struct winevent *e)
{
    uint64_t type = win_u64(e, WF_LogonType, TYPE_UNKNOWN);
    struct activity *a = winevent_begin(d, e, KIND_FAILED_LOGON);
    win_account(&a->actor, e, WF_TargetUserSid, WF_TargetUserName, WF_TargetDomainName);
    from_where(d, e, type);
    logon_facts(d, e);
    winevent_status(d, e, WF_Status);
    a->outcome = OUTCOME_FAILURE;
    uint64_t detail = win_u64(e, WF_SubStatus, 0);
    if (detail)
        decode_u64(d, FACT_SUB_STATUS, detail);
    decode_str(d, FACT_FAILURE_REASON, winstatus_nt(detail ? detail : a->code));
    return decode_emit(d);
}

static int logoff(struct decode *d, struct winevent *e)
{
    struct activity *a = winevent_begin(d, e, KIND_LOGOFF);
    a->outcome = OUTCOME_SUCCESS;
    win_account(&a->actor, e, WF_TargetUserSid, WF_TargetUserName, WF_TargetDomainName);
    a->session = winevent_logon_id(d, e, WF_TargetLogonId);
    winevent_number(d, e, FACT_LOGON_TYPE, WF_LogonType);
    return decode_emit(d);
}

/* 4648 is written where the credentials are used from; the server that they are meant for is named. */
static int explicit_credentials(struct decode *d, struct winevent *e)
{
    struct activity *a = winevent_begin(d, e, KIND_EXPLICIT_CREDENTIALS);
    win_account(&a->actor, e, WF_NONE, WF_TargetUserName, WF_TargetDomainName);
    a->session = winevent_logon_id(d, e, WF_SubjectLogonId);
    winevent_address(d, e);
    a->device = e->computer;
    a->device_certainty = 100;
    struct str server = wintext_host(win_str(e, WF_TargetServerName));
    if (str_set(server) && !str_eqi(server, STR("localhost")))
        a->destination = server;
    struct str info = str_trim(win_str(e, WF_TargetInfo));
    if (info.n && !str_eqi(info, STR("localhost"))) {
        decode_object(d, OBJECT_SERVICE, ROLE_RESOURCE, info);
        decode_str(d, FACT_SPN, info);
    }
    winevent_text(d, e, FACT_PROCESS_NAME, WF_ProcessName);
    winevent_caller(d, e);
    return decode_emit(d);
}

static int special_privileges(struct decode *d, struct winevent *e)
{
    struct activity *a = winevent_begin(d, e, KIND_SPECIAL_PRIVILEGES);
    a->outcome = OUTCOME_SUCCESS;
    winevent_subject(d, e);
    decode_str(d, FACT_PRIVILEGES, wintext_words(d->arena, win_str(e, WF_PrivilegeList)));
    return decode_emit(d);
}

static const struct winrow rows[] = {{4624, NULL, success},
                                     {4625, NULL, failure},
                                     {4634, NULL, logoff},
                                     {4647, NULL, logoff},
                                     {4648, NULL, explicit_credentials},
                                     {4672, NULL, special_privileges},
                                     {0, NULL, NULL}};

const struct winmap win_logon = {rows};
