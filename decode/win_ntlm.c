/* decode/win_ntlm.c - NTLM: credentials checked (4776), and the audit events of the NTLM operational log.
 *
 * 8001, 4001 are written by the client, 8002, 8003 and 4002, 4003 by the server (provider
 * Microsoft-Windows-NTLM), 8004 to 8006 and 4004 to 4006 by the controller (provider
 * Microsoft-Windows-Security-Netlogon; some exports name Microsoft-Windows-NTLM). 8xxx: would have been
 * blocked; 4xxx: was blocked. Fields: the providers' manifests. */
#include "decode/winevent.h"
#include "decode/winstatus.h"
#include "decode/wintext.h"

static void workstation(struct decode *d, struct str name)
{
    name = wintext_host(decode_some(str_trim(name)));
    if (!str_set(name))
        return;
    decode_str(d, FACT_WORKSTATION, name);
    d->act.device = name;
    d->act.device_certainty = 50; /* the client's word */
}

static int validation(struct decode *d, struct winevent *e)
{
    struct activity *a = winevent_begin(d, e, KIND_CREDENTIALS_VALIDATION);
    a->protocol = PROTO_NTLM;
    win_account(&a->actor, e, WF_NONE, WF_TargetUserName, WF_NONE);
    workstation(d, win_str(e, WF_Workstation));
    winevent_text(d, e, FACT_AUTH_PACKAGE, WF_PackageName);
    winevent_status(d, e, WF_Status);
    if (a->outcome == OUTCOME_FAILURE)
        decode_str(d, FACT_FAILURE_REASON, winstatus_nt(a->code));
    return decode_emit(d);
}

static struct activity *audit(struct decode *d, struct winevent *e)
{
    struct activity *a = winevent_begin(d, e, KIND_NTLM_AUDIT);
    a->protocol = PROTO_NTLM;
    decode_str(d, FACT_PROVIDER, e->provider);
    a->outcome = e->id < 8000 ? OUTCOME_FAILURE : OUTCOME_UNKNOWN; /* an audit event does not say how it ended */
    winevent_text(d, e, FACT_PROCESS_NAME, WF_ProcessName);
    winevent_number(d, e, FACT_LOGON_TYPE, WF_LogonType);
    return a;
}

/* The account that was offered, or, when none was named, the one that the process runs as. */
static void account(struct decode *d, struct winevent *e)
{
    struct account *a = &d->act.actor;
    win_account(a, e, WF_NONE, WF_UserName, WF_DomainName);
    struct account process;
    win_account(&process, e, WF_NONE, WF_ClientUserName, WF_ClientDomainName);
    if (!account_set(a)) {
        *a = process;
        return;
    }
    decode_str(d, FACT_SUBJECT_NAME, process.name);
    decode_str(d, FACT_SUBJECT_DOMAIN, process.domain);
}

static int client(struct decode *d, struct winevent *e)
{
    struct activity *a = audit(d, e);
    account(d, e);
    a->device = e->computer;
    a->device_certainty = 100;
    struct str target = str_trim(win_str(e, WF_TargetName));
    if (target.n) { /* a service principal name: cifs/server */
        decode_object(d, OBJECT_SERVICE, ROLE_RESOURCE, target);
        decode_str(d, FACT_SPN, target);
        ptrdiff_t slash = str_chr(target, '/');
        a->destination = str_from(target, (size_t)(slash + 1));
    }
    return decode_emit(d);
}

static int server(struct decode *d, struct winevent *e)
{
    audit(d, e);
    account(d, e);
    workstation(d, win_str(e, WF_Workstation));
    return decode_emit(d);
}

static int controller(struct decode *d, struct winevent *e)
{
    struct activity *a = audit(d, e);
    win_account(&a->actor, e, WF_NONE, WF_UserName, WF_DomainName);
    workstation(d, win_str(e, WF_WorkstationName));
    struct str through = wintext_host(str_trim(win_str(e, WF_SChannelName)));
    if (!str_set(through))
        through = wintext_host(str_trim(win_str(e, WF_SchannelName)));
    if (str_set(through)) {
        decode_str(d, FACT_SECURE_CHANNEL_NAME, through);
        decode_object(d, OBJECT_COMPUTER, ROLE_RESOURCE, through);
    }
    return decode_emit(d);
}

#define NTLM "Microsoft-Windows-NTLM"
#define NETLOGON "Microsoft-Windows-Security-Netlogon"

static const struct winrow rows[] = {
    {4776, NULL, validation},
    {8001, NTLM, client},         {4001, NTLM, client},
    {8002, NTLM, server},         {4002, NTLM, server},
    {8003, NTLM, server},         {4003, NTLM, server},
    {8004, NTLM, controller},     {8004, NETLOGON, controller},
    {8005, NTLM, controller},     {8005, NETLOGON, controller},
    {8006, NTLM, controller},     {8006, NETLOGON, controller},
    {4004, NTLM, controller},     {4004, NETLOGON, controller},
    {4005, NTLM, controller},     {4005, NETLOGON, controller},
    {4006, NTLM, controller},     {4006, NETLOGON, controller},
    {0, NULL, NULL}};

const struct winmap win_ntlm = {rows};
