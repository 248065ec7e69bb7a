/* decode/win_audit.c - audit logs cleared and audit policy changed: 1102, 104, 4719.
 *
 * Fields: Microsoft-Windows-Eventlog events 1102 and 104, Windows security auditing event 4719. */
#include "decode/winevent.h"

static int cleared(struct decode *d, struct winevent *e)
{
    struct activity *a = winevent_begin(d, e, KIND_AUDIT_LOG_CLEARED);
    a->outcome = OUTCOME_SUCCESS;
    winevent_subject(d, e);
    if (!account_set(&a->actor))
        a->actor = (struct account){.sid = e->user_sid, .name = e->user_name, .domain = e->user_domain};
    a->admin = true;
    struct str log = win_has(e, WF_Channel) ? win_str(e, WF_Channel) : e->channel;
    if (str_set(log))
        decode_object(d, OBJECT_OTHER, ROLE_TARGET, log);
    winevent_text(d, e, FACT_FILE_PATH, WF_BackupPath);
    return decode_emit(d);
}

/* Message ids of 4719's AuditPolicyChanges. */
static const struct {
    struct str id, text;
} policy_changes[] = {{{"%%8448", 6}, {"success auditing removed", 24}},
                      {{"%%8449", 6}, {"success auditing added", 22}},
                      {{"%%8450", 6}, {"failure auditing removed", 24}},
                      {{"%%8451", 6}, {"failure auditing added", 22}}};

static struct str in_words(struct decode *d, struct str changes)
{
    struct str text = STR_NONE;
    for (size_t i = 0; i < sizeof policy_changes / sizeof *policy_changes; i++)
        if (str_has(changes, policy_changes[i].id))
            text = str_set(text) ? str_fmt(d->arena, "%.*s, %.*s", STR_ARG(text), STR_ARG(policy_changes[i].text)) : policy_changes[i].text;
    changes = str_trim(changes);
    return str_set(text) || !changes.n ? text : changes;
}

static int policy(struct decode *d, struct winevent *e)
{
    winevent_begin(d, e, KIND_AUDIT_POLICY_CHANGED);
    winevent_subject(d, e);
    winevent_administers(d, STR_NONE);
    struct str guid = winevent_guid(d, e, WF_SubcategoryGuid);
    if (str_set(guid)) {
        decode_object(d, OBJECT_POLICY, ROLE_TARGET, guid);
        decode_str(d, FACT_POLICY_NAME, guid);
    }
    decode_str(d, FACT_CHANGE, in_words(d, win_str(e, WF_AuditPolicyChanges)));
    return decode_emit(d);
}

static const struct winrow rows[] = {
    {1102, "Microsoft-Windows-Eventlog", cleared}, {104, "Microsoft-Windows-Eventlog", cleared}, {4719, NULL, policy}, {0, NULL, NULL}};

const struct winmap win_audit = {rows};
