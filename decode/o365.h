/* decode/o365.h - one Office 365 unified audit record, its members found once, shared by the parts of dec_o365.
 *
 * Members as in the "Office 365 Management Activity API schema" (common schema and the schemas of each
 * record type); the columns of Sentinel's OfficeActivity table stand beside the names that they carry. */
#ifndef VIGIE_DECODE_O365_H
#define VIGIE_DECODE_O365_H

#include "decode/jsonlog.h"

enum o365_field {
    O365_OTHER,
    O365_ID, O365_CREATION_TIME, O365_OPERATION, O365_ORGANIZATION_ID, O365_ORGANIZATION_NAME, O365_RECORD_TYPE, O365_RESULT_STATUS,
    O365_USER_KEY, O365_USER_TYPE, O365_WORKLOAD, O365_CLIENT_IP, O365_OBJECT_ID, O365_USER_ID, O365_ACTOR_IP, O365_CLIENT_IP_ADDRESS,
    O365_APP_ID, O365_CLIENT_APP_ID, O365_APPLICATION_ID, O365_APPLICATION_NAME, O365_SESSION_ID, O365_USER_AGENT,
    O365_AUDIT_DATA,
    /* Exchange */
    O365_CLIENT_INFO, O365_LOGON_TYPE, O365_LOGON_USER_SID, O365_MAILBOX_OWNER_SID, O365_MAILBOX_OWNER_UPN, O365_MAILBOX_GUID,
    O365_OPERATION_COUNT, O365_SEND_AS, O365_SEND_ON_BEHALF,
    /* SharePoint and OneDrive */
    O365_ITEM_TYPE, O365_SITE_URL, O365_SOURCE_FILE_NAME, O365_SOURCE_RELATIVE_URL, O365_SOURCE_EXTENSION, O365_DEST_FILE_NAME,
    O365_DEST_EXTENSION, O365_EVENT_DATA, O365_TARGET_NAME, O365_TARGET_TYPE, O365_FILE_SIZE,
    /* Entra ID */
    O365_ERROR_NUMBER, O365_LOGON_ERROR,
    /* Teams, Power BI, alerts */
    O365_TEAM_NAME, O365_ITEM_NAME, O365_REPORT_NAME, O365_DASHBOARD_NAME, O365_NAME,
    /* containers; Sentinel writes them as texts */
    O365_CONTAINERS,
    O365_APP_ACCESS_CONTEXT = O365_CONTAINERS,
    O365_PARAMETERS, O365_FOLDERS, O365_FOLDER, O365_DEST_FOLDER, O365_ITEM, O365_AFFECTED_ITEMS, O365_OPERATION_PROPERTIES,
    O365_ACTOR, O365_TARGET, O365_MODIFIED_PROPERTIES, O365_EXTENDED_PROPERTIES, O365_DEVICE_PROPERTIES, O365_MEMBERS,
    O365_SHARING_INFORMATION,
    O365_FIELDS
};

struct o365 {
    struct decode *d;
    const struct jnode *at[O365_FIELDS]; /* NULL when absent */
    const struct jnode *in[O365_FIELDS]; /* the document that it belongs to */
    struct str operation, workload;
};

/* The member of that name, case folded. */
enum o365_field o365_field(struct str name);

static inline struct str o365_text(const struct o365 *r, enum o365_field f)
{
    return r->at[f] ? decode_some(jin_text(r->at[f])) : STR_NONE;
}

/* The value of an entry of a {"Name": ..., "Value": ...} list, absent when empty. */
static inline struct str o365_named(const struct o365 *r, enum o365_field list, struct str name)
{
    return decode_some(jin_text(jsonlog_named(r->in[list], r->at[list], STR("Name"), name, STR("Value"))));
}

/* Each fills in the activity under way for its record types and returns its kind;
 * KIND_UNKNOWN when the operation says nothing to it. */
enum kind o365_mail(const struct o365 *r);    /* Exchange items: record types 2, 3, 50 */
enum kind o365_command(const struct o365 *r); /* Exchange and compliance commands: record types 1, 18, 52 */
enum kind o365_file(const struct o365 *r);    /* SharePoint and OneDrive */
enum kind o365_sign_in(const struct o365 *r); /* Entra ID STS logons: record type 15, 9 */
enum kind o365_directory(const struct o365 *r); /* Entra ID directory operations: record type 8 */
enum kind o365_rest(const struct o365 *r);    /* Teams, Power BI and what is left */

/* Inbox rules: name, actions, conditions and forwarding addresses from a command's parameters
 * (New-InboxRule) or an Outlook client's properties (UpdateInboxRules). */
void o365_rule(const struct o365 *r);

#endif
