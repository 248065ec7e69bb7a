/* decode/win_users.c - users and computers created, changed, renamed, locked, and their passwords.
 *
 * The actor is the subject, the account is the object TARGET. Fields: Windows security auditing events
 * 4720 to 4726, 4738 to 4743, 4765 to 4767, 4780 to 4782, 4794. "-" in a change event means: not changed. */
#include "base/utf.h"
#include "decode/winevent.h"
#include "decode/winstatus.h"
#include "decode/wintext.h"

static const enum winfield target_fields[3] = {WF_TargetSid, WF_TargetUserName, WF_TargetDomainName};

/* Computers' account names end in a dollar sign. */
static enum object_type type_of(struct str name)
{
    return str_ends(name, STR("$")) ? OBJECT_COMPUTER : OBJECT_ACCOUNT;
}

static struct object *begin(struct decode *d, struct winevent *e, enum kind kind)
{
    winevent_begin(d, e, kind);
    winevent_subject(d, e);
    winevent_administers(d, win_str(e, WF_TargetSid));
    return winevent_object(d, e, type_of(win_str(e, WF_TargetUserName)), ROLE_TARGET, target_fields);
}

/* What a change event says of the account, beyond the facts that have a key of their own. */
static const enum winfield changeable[] = {
    WF_SamAccountName, WF_DisplayName, WF_UserPrincipalName, WF_HomeDirectory, WF_ScriptPath, WF_ProfilePath, WF_UserWorkstations,
    WF_PasswordLastSet, WF_AccountExpires, WF_DnsHostName};
static const struct str change_names[] = {{"name=", 5},    {"display-name=", 13}, {"upn=", 4},          {"home=", 5},
                                          {"script=", 7},  {"profile=", 8},       {"workstations=", 13}, {"password-set=", 13},
                                          {"expires=", 8}, {"dns-name=", 9}};

static struct str changes(struct decode *d, struct winevent *e)
{
    enum { ONE = 256, ALL = (ONE + 16) * (int)(sizeof changeable / sizeof *changeable) };
    char *out = NULL;
    size_t n = 0;
    for (size_t i = 0; i < sizeof changeable / sizeof *changeable; i++) {
        struct str v = utf_cut(str_trim(win_str(e, changeable[i])), ONE);
        if (!v.n || str_starts(v, STR("%%"))) /* message ids: "never", "not set" */
            continue;
        if (!out && !(out = arena_alloc(d->arena, ALL)))
            return STR_NONE;
        if (n) {
            memcpy(out + n, "; ", 2);
            n += 2;
        }
        memcpy(out + n, change_names[i].p, change_names[i].n);
        n += change_names[i].n;
        memcpy(out + n, v.p, v.n);
        n += v.n;
    }
    return n ? (struct str){out, n} : STR_NONE;
}

static void attributes(struct decode *d, struct winevent *e)
{
    winevent_number(d, e, FACT_UAC_OLD, WF_OldUacValue);
    winevent_number(d, e, FACT_UAC_NEW, WF_NewUacValue);
    winevent_number(d, e, FACT_PRIMARY_GROUP, WF_PrimaryGroupId);
    decode_str(d, FACT_SPNS, wintext_words(d->arena, win_str(e, WF_ServicePrincipalNames)));
    decode_str(d, FACT_DELEGATE_TO, wintext_words(d->arena, win_str(e, WF_AllowedToDelegateTo)));
    decode_str(d, FACT_SID_HISTORY, wintext_words(d->arena, win_str(e, WF_SidHistory)));
    decode_str(d, FACT_PRIVILEGES, wintext_words(d->arena, win_str(e, WF_PrivilegeList)));
    decode_str(d, FACT_CHANGE, changes(d, e));
}

static int created(struct decode *d, struct winevent *e)
{
    begin(d, e, KIND_ACCOUNT_CREATED);
    attributes(d, e);
    return decode_emit(d);
}

static int changed(struct decode *d, struct winevent *e)
{
    begin(d, e, KIND_ACCOUNT_CHANGED);
    attributes(d, e);
    return decode_emit(d);
}

static int enabled(struct decode *d, struct winevent *e)
{
    begin(d, e, KIND_ACCOUNT_ENABLED);
    return decode_emit(d);
}

static int disabled(struct decode *d, struct winevent *e)
{
    begin(d, e, KIND_ACCOUNT_DISABLED);
    return decode_emit(d);
}

static int deleted(struct decode *d, struct winevent *e)
{
    begin(d, e, KIND_ACCOUNT_DELETED);
    return decode_emit(d);
}

static int unlocked(struct decode *d, struct winevent *e)
{
    begin(d, e, KIND_ACCOUNT_UNLOCKED);
    return decode_emit(d);
}

static int password_change(struct decode *d, struct winevent *e)
{
    begin(d, e, KIND_PASSWORD_CHANGE);
    return decode_emit(d);
}

static int password_reset(struct decode *d, struct winevent *e)
{
    begin(d, e, KIND_PASSWORD_RESET);
    return decode_emit(d);
}

/* 4740: the field TargetDomainName holds the computer whose attempts locked the account. */
static int locked(struct decode *d, struct winevent *e)
{
    static const enum winfield fields[3] = {WF_TargetSid, WF_TargetUserName, WF_NONE};
    struct activity *a = winevent_begin(d, e, KIND_ACCOUNT_LOCKED);
    winevent_subject(d, e);
    winevent_object(d, e, type_of(win_str(e, WF_TargetUserName)), ROLE_TARGET, fields);
    struct str caller = wintext_host(win_str(e, WF_TargetDomainName));
    if (str_set(caller)) {
        a->device = caller;
        a->device_certainty = 50; /* the client's word */
        decode_str(d, FACT_WORKSTATION, caller);
    }
    return decode_emit(d);
}

static int renamed(struct decode *d, struct winevent *e)
{
    static const enum winfield fields[3] = {WF_TargetSid, WF_NewTargetUserName, WF_TargetDomainName};
    winevent_begin(d, e, KIND_ACCOUNT_RENAMED);
    winevent_subject(d, e);
    winevent_administers(d, win_str(e, WF_TargetSid));
    /* a computer that loses its dollar sign is still a computer */
    enum object_type type = type_of(win_str(e, WF_OldTargetUserName));
    winevent_object(d, e, type == OBJECT_COMPUTER ? type : type_of(win_str(e, WF_NewTargetUserName)), ROLE_TARGET, fields);
    winevent_text(d, e, FACT_OLD_NAME, WF_OldTargetUserName);
    winevent_text(d, e, FACT_NEW_NAME, WF_NewTargetUserName);
    return decode_emit(d);
}

static int sid_history(struct decode *d, struct winevent *e)
{
    static const enum winfield source[3] = {WF_SourceSid, WF_SourceUserName, WF_NONE};
    begin(d, e, KIND_SID_HISTORY_ADDED);
    if (e->id == 4766) /* "an attempt to add SID history failed" */
        d->act.outcome = OUTCOME_FAILURE;
    winevent_object(d, e, OBJECT_ACCOUNT, ROLE_PARAMETER, source);
    struct str sids = wintext_words(d->arena, win_str(e, WF_SidList));
    decode_str(d, FACT_SID_HISTORY, str_set(sids) ? sids : win_str(e, WF_SourceSid));
    return decode_emit(d);
}

/* 4782: a program read the password hash of an account (ADMT). */
static int hash_accessed(struct decode *d, struct winevent *e)
{
    begin(d, e, KIND_PRIVATE_DATA_RETRIEVAL);
    decode_str(d, FACT_OBJECT_TYPE, STR("password hash"));
    return decode_emit(d);
}

/* 4794: setting the password of the directory services restore mode administrator. */
static int restore_mode_password(struct decode *d, struct winevent *e)
{
    struct activity *a = winevent_begin(d, e, KIND_PASSWORD_RESET);
    winevent_subject(d, e);
    winevent_administers(d, STR_NONE);
    decode_object(d, OBJECT_OTHER, ROLE_TARGET, STR("directory services restore mode administrator"));
    struct str from = wintext_host(win_str(e, WF_Workstation));
    a->device = from;
    a->device_certainty = str_set(from) ? 50 : 0;
    winevent_status(d, e, WF_Status);
    return decode_emit(d);
}

static int domain_policy(struct decode *d, struct winevent *e)
{
    static const enum winfield domain[3] = {WF_DomainSid, WF_DomainName, WF_NONE};
    winevent_begin(d, e, KIND_OBJECT_CHANGED);
    winevent_subject(d, e);
    winevent_administers(d, STR_NONE);
    winevent_object(d, e, OBJECT_POLICY, ROLE_TARGET, domain);
    decode_str(d, FACT_POLICY_NAME, STR("domain policy"));
    winevent_text(d, e, FACT_CHANGE, WF_DomainPolicyChanged);
    return decode_emit(d);
}

static const struct winrow rows[] = {
    {4720, NULL, created},       {4741, NULL, created},         {4722, NULL, enabled},
    {4725, NULL, disabled},      {4726, NULL, deleted},         {4743, NULL, deleted},
    {4738, NULL, changed},       {4742, NULL, changed},         {4780, NULL, changed},
    {4723, NULL, password_change}, {4724, NULL, password_reset}, {4740, NULL, locked},
    {4767, NULL, unlocked},      {4781, NULL, renamed},         {4765, NULL, sid_history},
    {4766, NULL, sid_history},   {4782, NULL, hash_accessed},   {4794, NULL, restore_mode_password},
    {4739, NULL, domain_policy}, {0, NULL, NULL}};

const struct winmap win_users = {rows};
