/* decode/o365_field.c - names of the members of an Office 365 audit record. */
#include "decode/o365.h"

#define IS(literal, id)                                                                                                \
    if (JSONLOG_IS(k, literal))                                                                                        \
    return O365_##id

static enum o365_field up_to_9(const struct jsonlog_key *k)
{
    switch (k->n) {
    case 2: IS("id", ID); break;
    case 4: IS("item", ITEM); IS("name", NAME); break;
    case 5: IS("actor", ACTOR); IS("appid", APP_ID); break;
    case 6: IS("userid", USER_ID); IS("target", TARGET); IS("folder", FOLDER); break;
    case 7: IS("userkey", USER_KEY); IS("siteurl", SITE_URL); IS("folders", FOLDERS); IS("members", MEMBERS); break;
    case 8:
        IS("clientip", CLIENT_IP); IS("usertype", USER_TYPE); IS("objectid", OBJECT_ID); IS("workload", WORKLOAD);
        IS("itemtype", ITEM_TYPE); IS("itemname", ITEM_NAME); IS("teamname", TEAM_NAME); IS("officeid", ID); break;
    case 9:
        IS("operation", OPERATION); IS("logontype", LOGON_TYPE); IS("eventdata", EVENT_DATA); IS("sessionid", SESSION_ID);
        IS("useragent", USER_AGENT); IS("auditdata", AUDIT_DATA); IS("site_url", SITE_URL); break;
    default: break;
    }
    return O365_OTHER;
}

static enum o365_field up_to_14(const struct jsonlog_key *k)
{
    switch (k->n) {
    case 10:
        IS("parameters", PARAMETERS); IS("recordtype", RECORD_TYPE); IS("destfolder", DEST_FOLDER); IS("logonerror", LOGON_ERROR);
        IS("logon_type", LOGON_TYPE); IS("reportname", REPORT_NAME); IS("event_data", EVENT_DATA); break;
    case 11: IS("errornumber", ERROR_NUMBER); IS("clientappid", CLIENT_APP_ID); IS("mailboxguid", MAILBOX_GUID); break;
    case 12:
        IS("resultstatus", RESULT_STATUS); IS("creationtime", CREATION_TIME); IS("logonusersid", LOGON_USER_SID);
        IS("creationdate", CREATION_TIME); break;
    case 13:
        IS("affecteditems", AFFECTED_ITEMS); IS("applicationid", APPLICATION_ID); IS("filesizebytes", FILE_SIZE);
        IS("timegenerated", CREATION_TIME); IS("dashboardname", DASHBOARD_NAME); break;
    case 14:
        IS("organizationid", ORGANIZATION_ID); IS("sourcefilename", SOURCE_FILE_NAME); IS("actoripaddress", ACTOR_IP);
        IS("operationcount", OPERATION_COUNT); IS("officeworkload", WORKLOAD); IS("sendasusersmtp", SEND_AS);
        IS("sourcerecordid", ID); IS("officeobjectid", OBJECT_ID); break;
    default: break;
    }
    return O365_OTHER;
}

static enum o365_field up_to_18(const struct jsonlog_key *k)
{
    switch (k->n) {
    case 15:
        IS("clientipaddress", CLIENT_IP_ADDRESS); IS("mailboxownerupn", MAILBOX_OWNER_UPN); IS("mailboxownersid", MAILBOX_OWNER_SID);
        break;
    case 16:
        IS("clientinfostring", CLIENT_INFO); IS("deviceproperties", DEVICE_PROPERTIES); IS("appaccesscontext", APP_ACCESS_CONTEXT);
        IS("organizationname", ORGANIZATION_NAME); IS("client_ipaddress", CLIENT_IP_ADDRESS);
        break;
    case 17: IS("sourcerelativeurl", SOURCE_RELATIVE_URL); break;
    case 18:
        IS("modifiedproperties", MODIFIED_PROPERTIES); IS("extendedproperties", EXTENDED_PROPERTIES);
        IS("sharinginformation", SHARING_INFORMATION); break;
    default: break;
    }
    return O365_OTHER;
}

static enum o365_field longer(const struct jsonlog_key *k)
{
    switch (k->n) {
    case 19:
        IS("sourcefileextension", SOURCE_EXTENSION); IS("destinationfilename", DEST_FILE_NAME);
        IS("operationproperties", OPERATION_PROPERTIES); break;
    case 21: IS("targetuserorgroupname", TARGET_NAME); IS("targetuserorgrouptype", TARGET_TYPE); break;
    case 22: IS("sendonbehalfofusersmtp", SEND_ON_BEHALF); IS("applicationdisplayname", APPLICATION_NAME); break;
    case 24: IS("destinationfileextension", DEST_EXTENSION); break;
    default: break;
    }
    return O365_OTHER;
}

enum o365_field o365_field(struct str name)
{
    struct jsonlog_key k;
    jsonlog_fold(&k, name);
    return k.n < 10 ? up_to_9(&k) : k.n < 15 ? up_to_14(&k) : k.n < 19 ? up_to_18(&k) : longer(&k);
}
