/* tools/sample/cloud.c - records of the unified audit log, Entra ID and CloudTrail. */
#include "tools/sample/cloud.h"

#include "base/hash.h"

#include <stdio.h>

#define APP_OFFICE "89bee1f7-5e6e-4d8a-9f3d-ecd601259da7"
#define APP_MOBILE "27922004-5251-4030-b22d-91ecd9a37ea4"
/* as long as Exchange's: one number makes both */
#define MESSAGE_ID "<PR0P264MB0001%016llX%016llX@PR0P264MB0001.FRAP264.PROD.OUTLOOK.COM>"
#define FOLDER_ID "LgAAAAB%08xetuFQ7LfotY140YtAQBApy3sz969T5S28xFPC4OAAAAAAEMAAAB"
#define ITEM_ID "RgAAAAB%08xetuFQ7LfotY140YtBwBApy3sz969T5S28xFPC4OAAAAAAEMAABApy3sz969T5S28xFPC4OAAACHpYdAAAJ"
#define SHAREPOINT "https://aurelia.sharepoint.example"

struct session cloud_session(struct world *w, const struct person *p, uint32_t ip, bool mobile)
{
    static const char *const city[SITES] = {"Paris", "Lyon", "New York", "Montreal"};
    static const char *const country[SITES] = {"FR", "FR", "US", "CA"};
    struct session s = {.person = p, .ip = ip, .mobile = mobile, .agent = mobile ? p->mobile : p->desktop};
    s.country = country[p->site];
    s.city = city[p->site];
    rng_guid(&w->rng, s.id);
    return s;
}

static void when(char out[32], int64_t t, bool zulu)
{
    struct civil c;
    time_civil(t, &c);
    snprintf(out, 32, "%04d-%02d-%02dT%02d:%02d:%02d%s", c.year, c.month, c.day, c.hour, c.minute, c.second,
             zulu ? "Z" : "");
}

/* The members that all records of the unified audit log begin with. */
struct common {
    const char *operation, *workload;
    int type;
};

static struct buf *begin(struct world *w, int64_t t, const struct person *p, const struct common *c)
{
    char id[RNG_GUID], time[32];
    struct buf *b = out_begin(w->out, OUT_O365);
    when(time, t, false);
    buf_fmt(b,
            "{\"CreationTime\":\"%s\",\"Id\":\"%s\",\"Operation\":\"%s\",\"OrganizationId\":\"" ORG_TENANT
            "\",\"RecordType\":%d,\"UserKey\":\"%s\",\"UserType\":0,\"Version\":1,\"Workload\":\"%s\",\"UserId\":\"%s\"",
            time, rng_guid(&w->rng, id), c->operation, c->type, p->puid, c->workload, p->upn);
    return b;
}

/* An identifier that the text always has: a site's, a folder's. */
static const char *guid_of(const char *text, char out[RNG_GUID])
{
    struct rng r = rng_for(hash_str(str_of(text), 1), 0, 0);
    return rng_guid(&r, out);
}

/* ---- sign-ins ---- */

static const char *error_name(int error)
{
    switch (error) {
    case 50126:
        return "InvalidUserNameOrPassword";
    case 50053:
        return "IdsLocked";
    case 50057:
        return "UserDisabled";
    case 50074:
        return "UserStrongAuthClientAuthNRequired";
    default:
        return "Other";
    }
}

static void signin_unified(struct world *w, int64_t t, const struct session *s, int error)
{
    const struct person *p = s->person;
    char ip[ORG_IP], one[RNG_GUID], two[RNG_GUID];
    const struct common c = {error ? "UserLoginFailed" : "UserLoggedIn", "AzureActiveDirectory", 15};
    struct buf *b = begin(w, t, p, &c);
    org_ip(s->ip, ip);
    buf_fmt(b, ",\"ResultStatus\":\"%s\",\"ClientIP\":\"%s\",\"ObjectId\":\"00000003-0000-0ff1-ce00-000000000000\"",
            error ? "Failed" : "Success", ip);
    buf_fmt(b,
            ",\"AzureActiveDirectoryEventType\":1,\"ExtendedProperties\":[{\"Name\":\"ResultStatusDetail\",\"Value\":\"%s\"},"
            "{\"Name\":\"UserAgent\",\"Value\":\"%s\"},{\"Name\":\"RequestType\",\"Value\":\"OAuth2:Authorize\"}]",
            error ? "UserError" : "Success", org_agent(s->agent, s->mobile));
    buf_fmt(b,
            ",\"ModifiedProperties\":[],\"Actor\":[{\"ID\":\"%s\",\"Type\":0},{\"ID\":\"%s\",\"Type\":5}],\"ActorContextId\":\""
            ORG_TENANT "\",\"ActorIpAddress\":\"%s\",\"InterSystemsId\":\"%s\",\"IntraSystemId\":\"%s\",\"SupportTicketId\":\"\"",
            p->cloud, p->upn, ip, rng_guid(&w->rng, one), rng_guid(&w->rng, two));
    buf_fmt(b, ",\"Target\":[{\"ID\":\"00000003-0000-0ff1-ce00-000000000000\",\"Type\":0}],\"TargetContextId\":\"" ORG_TENANT
               "\",\"ApplicationId\":\"%s\",\"ErrorNumber\":\"%d\"",
            s->mobile ? APP_MOBILE : APP_OFFICE, error);
    if (error)
        buf_fmt(b, ",\"LogonError\":\"%s\"", error_name(error));
    buf_fmt(b, ",\"DeviceProperties\":[{\"Name\":\"OS\",\"Value\":\"%s\"},{\"Name\":\"SessionId\",\"Value\":\"%s\"}]}",
            org_system(s->agent, s->mobile), s->id);
    out_end(w->out, OUT_O365, t);
}

static void signin_graph(struct world *w, int64_t t, const struct session *s, int error)
{
    const struct person *p = s->person;
    char ip[ORG_IP], id[RNG_GUID], correlation[RNG_GUID], time[32];
    struct buf *b = out_begin(w->out, OUT_SIGNIN);
    when(time, t, true);
    buf_fmt(b,
            "{\"id\":\"%s\",\"createdDateTime\":\"%s\",\"userDisplayName\":\"%s %s\",\"userPrincipalName\":\"%s\",\"userId\":\"%s\""
            ",\"appId\":\"%s\",\"appDisplayName\":\"%s\",\"ipAddress\":\"%s\",\"clientAppUsed\":\"%s\",\"correlationId\":\"%s\"",
            rng_guid(&w->rng, id), time, p->given, p->family, p->upn, p->cloud, s->mobile ? APP_MOBILE : APP_OFFICE,
            s->mobile ? "Microsoft Outlook Mobile" : "Office365 Shell WCSS-Client", org_ip(s->ip, ip),
            s->mobile ? "Mobile Apps and Desktop clients" : "Browser", rng_guid(&w->rng, correlation));
    buf_fmt(b,
            ",\"conditionalAccessStatus\":\"%s\",\"isInteractive\":true,\"riskDetail\":\"none\",\"riskLevelAggregated\":\"none\","
            "\"riskLevelDuringSignIn\":\"none\",\"riskState\":\"none\",\"riskEventTypes\":[],\"resourceDisplayName\":\"Office 365 "
            "Exchange Online\",\"resourceId\":\"00000002-0000-0ff1-ce00-000000000000\"",
            error ? "notApplied" : "success");
    if (error)
        buf_fmt(b, ",\"status\":{\"errorCode\":%d,\"failureReason\":\"%s\",\"additionalDetails\":null}", error,
                error_name(error));
    else
        buf_str(b, STR(",\"status\":{\"errorCode\":0,\"failureReason\":\"Other.\",\"additionalDetails\":null}"));
    buf_fmt(b,
            ",\"deviceDetail\":{\"deviceId\":\"\",\"displayName\":\"\",\"operatingSystem\":\"%s\",\"browser\":\"%s\",\"isCompliant\":%s,"
            "\"isManaged\":%s,\"trustType\":\"\"},\"location\":{\"city\":\"%s\",\"state\":\"\",\"countryOrRegion\":\"%s\"},"
            "\"appliedConditionalAccessPolicies\":[]}",
            org_system(s->agent, s->mobile), org_browser(s->agent, s->mobile), s->mobile ? "false" : "true",
            s->mobile ? "false" : "true", s->city, s->country);
    out_end(w->out, OUT_SIGNIN, t);
}

void cloud_signin(struct world *w, int64_t t, const struct session *s, int error)
{
    signin_unified(w, t, s, error);
    signin_graph(w, t, s, error);
}

/* ---- files, mail, Teams ---- */

static const char *extension(const char *file)
{
    const char *dot = strrchr(file, '.');
    return dot ? dot + 1 : "";
}

static struct buf *file_record(struct world *w, int64_t t, const struct session *s, const struct common *c, const char *site,
                               const char *file)
{
    char ip[ORG_IP], a[RNG_GUID], l[RNG_GUID], list[RNG_GUID], where[RNG_GUID], web[RNG_GUID], of_list[64], of_web[64];
    struct buf *b = begin(w, t, s->person, c);
    snprintf(of_list, sizeof of_list, "%s/Documents", site);
    snprintf(of_web, sizeof of_web, "%s/web", site);
    buf_fmt(b,
            ",\"ClientIP\":\"%s\",\"ObjectId\":\"" SHAREPOINT "/sites/%s/Documents/%s\",\"CorrelationId\":\"%s\",\"EventSource\":"
            "\"SharePoint\",\"ItemType\":\"File\",\"ListItemUniqueId\":\"%s\",\"UserAgent\":\"%s\"",
            org_ip(s->ip, ip), site, file, rng_guid(&w->rng, a), rng_guid(&w->rng, l), org_agent(s->agent, s->mobile));
    buf_fmt(b,
            ",\"ApplicationDisplayName\":\"%s\",\"AppAccessContext\":{\"AADSessionId\":\"%s\",\"CorrelationId\":\"%s\","
            "\"UniqueTokenId\":\"%.22s\"},\"AuthenticationType\":\"OAuth\",\"BrowserName\":\"%s\",\"IsManagedDevice\":%s,"
            "\"Platform\":\"%s\",\"ListId\":\"%s\",\"Site\":\"%s\",\"WebId\":\"%s\",\"ListBaseType\":1,\"ListServerTemplate\":101",
            s->mobile ? "OneDrive for iOS and Android" : "Office365 Shell WCSS-Client", s->id, a, l,
            org_browser(s->agent, s->mobile), s->mobile ? "false" : "true", s->mobile ? "Mobile" : "WinDesktop",
            guid_of(of_list, list), guid_of(site, where), guid_of(of_web, web));
    buf_fmt(b,
            ",\"SourceFileExtension\":\"%s\",\"SiteUrl\":\"" SHAREPOINT "/sites/%s/\",\"SourceFileName\":\"%s\","
            "\"SourceRelativeUrl\":\"Documents\"",
            extension(file), site, file);
    return b;
}

void cloud_file(struct world *w, int64_t t, const struct session *s, const char *operation, const char *site, const char *file)
{
    const struct common c = {operation, "SharePoint", 6};
    buf_char(file_record(w, t, s, &c, site, file), '}');
    out_end(w->out, OUT_O365, t);
}

void cloud_share(struct world *w, int64_t t, const struct session *s, const char *file, const char *to)
{
    const struct common c = {to ? "SharingSet" : "AnonymousLinkCreated", "SharePoint", 14};
    struct buf *b = file_record(w, t, s, &c, org_dept(s->person->dept), file);
    bool guest = to && !str_ends(str_of(to), STR("@" ORG_MAIL));
    if (to)
        buf_fmt(b, ",\"TargetUserOrGroupType\":\"%s\",\"TargetUserOrGroupName\":\"%s\",\"EventData\":\"<Permissions granted>"
                   "Contribute</Permissions granted>\"}",
                guest ? "Guest" : "Member", to);
    else
        buf_str(b, STR(",\"EventData\":\"<Type>View</Type>\"}"));
    out_end(w->out, OUT_O365, t);
}

static void mailbox(struct world *w, struct buf *b, const struct session *s)
{
    char ip[ORG_IP], sid[64], request[RNG_GUID];
    const struct person *p = s->person;
    org_ip(s->ip, ip);
    org_sid(&w->org, p->who.rid, sid);
    buf_fmt(b, ",\"AppId\":\"%s\",\"ClientAppId\":\"%s\",\"ClientVersion\":\"15.20.7135.019\",\"ClientRequestId\":\"%s\"",
            s->mobile ? APP_MOBILE : APP_OFFICE, s->mobile ? APP_MOBILE : APP_OFFICE, rng_guid(&(struct rng){w->rng.s}, request));
    buf_fmt(b,
            ",\"ResultStatus\":\"Succeeded\",\"ClientIP\":\"%s\",\"ClientIPAddress\":\"%s\",\"ClientInfoString\":\"Client=%s\","
            "\"ExternalAccess\":false,\"InternalLogonType\":0,\"LogonType\":0,\"LogonUserSid\":\"%s\",\"MailboxGuid\":\"%s\","
            "\"MailboxOwnerSid\":\"%s\",\"MailboxOwnerUPN\":\"%s\",\"OrganizationName\":\"" ORG_MAIL
            "\",\"OriginatingServer\":\"PR0P264MB0001 (15.20.7135.019)\",\"SessionId\":\"%s\"",
            ip, ip, s->mobile ? "OutlookService;Outlook-iOS/2.0;" : "OWA;Action=ViaProxy", sid, p->cloud, sid, p->upn, s->id);
}

void cloud_mail(struct world *w, int64_t t, const struct session *s, const char *operation, const char *subject)
{
    bool access = strcmp(operation, "MailItemsAccessed") == 0, send = strcmp(operation, "Send") == 0;
    const struct common c = {operation, "Exchange", access ? 50 : send ? 2 : 3};
    struct buf *b = begin(w, t, s->person, &c);
    unsigned long long message = rng_u64(&w->rng), rest = hash_mix(message, 1);
    unsigned item = (unsigned)message, folder = (unsigned)hash_str(str_of(s->person->cloud), 1);
    mailbox(w, b, s);
    if (access)
        buf_fmt(b,
                ",\"OperationProperties\":[{\"Name\":\"MailAccessType\",\"Value\":\"Bind\"},{\"Name\":\"IsThrottled\",\"Value\":"
                "\"False\"}],\"Folders\":[{\"FolderItems\":[{\"InternetMessageId\":\"" MESSAGE_ID "\",\"SizeInBytes\":%u}],\"Id\":\""
                FOLDER_ID "\",\"Path\":\"\\\\Inbox\"}],\"OperationCount\":1}",
                message, rest, 4096 + item % 60000, folder);
    else if (send)
        buf_fmt(b,
                ",\"Item\":{\"Id\":\"" ITEM_ID "\",\"InternetMessageId\":\"" MESSAGE_ID "\",\"ParentFolder\":{\"Id\":\"" FOLDER_ID
                "\",\"Path\":\"\\\\Drafts\"},\"SizeInBytes\":%u,\"Subject\":\"%s\"}}",
                item, message, rest, folder ^ 1, 4096 + item % 60000, subject);
    else
        buf_fmt(b,
                ",\"AffectedItems\":[{\"Id\":\"" ITEM_ID "\",\"InternetMessageId\":\"" MESSAGE_ID "\",\"ParentFolder\":{\"Id\":\""
                FOLDER_ID "\",\"Path\":\"\\\\Inbox\"},\"Subject\":\"%s\"}],\"CrossMailboxOperation\":false,\"Folder\":{\"Id\":\""
                FOLDER_ID "\",\"Path\":\"\\\\Inbox\"}}",
                item, message, rest, folder, subject, folder);
    out_end(w->out, OUT_O365, t);
}

void cloud_rule(struct world *w, int64_t t, const struct session *s, const char *name, const char *parameters)
{
    char ip[ORG_IP];
    const struct common c = {"New-InboxRule", "Exchange", 1};
    struct buf *b = begin(w, t, s->person, &c);
    buf_fmt(b,
            ",\"ResultStatus\":\"True\",\"ClientIP\":\"%s:%d\",\"ObjectId\":\"%s\\\\%s\",\"AppId\":\"\",\"ExternalAccess\":false,"
            "\"OrganizationName\":\"" ORG_MAIL "\",\"OriginatingServer\":\"PR0P264MB0001 (15.20.7135.019)\",\"SessionId\":\"%s\","
            "\"Parameters\":%s}",
            org_ip(s->ip, ip), rng_between(&w->rng, 49152, 65535), s->person->who.sam, name, s->id, parameters);
    out_end(w->out, OUT_O365, t);
}

void cloud_teams(struct world *w, int64_t t, const struct session *s, const char *operation, const char *team)
{
    char ip[ORG_IP], id[RNG_GUID];
    const struct common c = {operation, "MicrosoftTeams", 25};
    struct buf *b = begin(w, t, s->person, &c);
    guid_of(team, id);
    buf_fmt(b, ",\"ClientIP\":\"%s\",\"ObjectId\":\"%s\",\"TeamName\":\"%s\",\"CommunicationType\":\"Team\"", org_ip(s->ip, ip),
            team, team);
    buf_fmt(b,
            ",\"TeamGuid\":\"19:%.8s%.4s%.4s@thread.tacv2\",\"AADGroupId\":\"%s\",\"ItemName\":\"%s\",\"ExtraProperties\":[{\"Key\":"
            "\"OsName\",\"Value\":\"%s\"},{\"Key\":\"ClientName\",\"Value\":\"skypeteams\"},{\"Key\":\"ClientVersion\",\"Value\":"
            "\"27/1415/1.0.0.2023110101\"},{\"Key\":\"ClientUtcOffsetSeconds\",\"Value\":\"3600\"}],\"ParticipantInfo\":{"
            "\"HasForeignTenantUsers\":false,\"HasGuestUsers\":false,\"HasOtherGuestUsers\":false,\"HasUnauthenticatedUsers\":false,"
            "\"ParticipatingTenantIds\":[\"" ORG_TENANT "\"]}}",
            id, id + 9, id + 14, id, team, org_system(s->agent, s->mobile));
    out_end(w->out, OUT_O365, t);
}

/* ---- the directory in the cloud ---- */

static void change_unified(struct world *w, int64_t t, const struct session *s, const struct change *c)
{
    char ip[ORG_IP];
    const struct person *p = s->person;
    const struct common head = {c->operation, "AzureActiveDirectory", 8};
    struct buf *b = begin(w, t, p, &head);
    org_ip(s->ip, ip);
    buf_fmt(b, ",\"ResultStatus\":\"Success\",\"ClientIP\":\"%s\",\"ObjectId\":\"%s\",\"AzureActiveDirectoryEventType\":1", ip,
            c->target);
    buf_fmt(b,
            ",\"ExtendedProperties\":[{\"Name\":\"additionalDetails\",\"Value\":\"{}\"},{\"Name\":\"extendedAuditEventCategory\","
            "\"Value\":\"%s\"}],\"ModifiedProperties\":[",
            c->target_type);
    if (c->property)
        buf_fmt(b, "{\"Name\":\"%s\",\"NewValue\":\"%s\",\"OldValue\":\"\"}", c->property, c->value);
    buf_fmt(b,
            "],\"Actor\":[{\"ID\":\"%s\",\"Type\":5},{\"ID\":\"User_%s\",\"Type\":2},{\"ID\":\"%s\",\"Type\":2},{\"ID\":\"User\","
            "\"Type\":2}],\"ActorContextId\":\"" ORG_TENANT "\",\"ActorIpAddress\":\"%s\",\"Target\":[{\"ID\":\"%s_%s\",\"Type\":2},"
            "{\"ID\":\"%s\",\"Type\":2},{\"ID\":\"%s\",\"Type\":2},{\"ID\":\"%s\",\"Type\":%d}],\"TargetContextId\":\"" ORG_TENANT "\"}",
            p->upn, p->cloud, p->cloud, ip, c->target_type, c->target_id, c->target_id, c->target_type, c->target,
            strchr(c->target, '@') ? 5 : 1);
    out_end(w->out, OUT_O365, t);
}

static void change_graph(struct world *w, int64_t t, const struct session *s, const struct change *c)
{
    char ip[ORG_IP], id[RNG_GUID], time[32];
    const struct person *p = s->person;
    struct buf *b = out_begin(w->out, OUT_AUDIT);
    when(time, t, true);
    buf_fmt(b,
            "{\"id\":\"Directory_%s\",\"category\":\"%s\",\"correlationId\":\"%s\",\"result\":\"success\",\"resultReason\":\"\","
            "\"activityDisplayName\":\"%s\",\"activityDateTime\":\"%s\",\"loggedByService\":\"Core Directory\",\"operationType\":\"%s\"",
            rng_guid(&w->rng, id), c->category, s->id, c->activity, time, strncmp(c->activity, "Add", 3) == 0 ? "Add" : "Update");
    buf_fmt(b,
            ",\"initiatedBy\":{\"app\":null,\"user\":{\"id\":\"%s\",\"displayName\":\"%s %s\",\"userPrincipalName\":\"%s\","
            "\"ipAddress\":\"%s\"}},\"targetResources\":[{\"id\":\"%s\",\"displayName\":\"%s\",\"type\":\"%s\",\"userPrincipalName\":",
            p->cloud, p->given, p->family, p->upn, org_ip(s->ip, ip), c->target_id, c->target, c->target_type);
    if (strcmp(c->target_type, "User") == 0)
        buf_fmt(b, "\"%s\"", c->target);
    else
        buf_str(b, STR("null"));
    buf_str(b, STR(",\"modifiedProperties\":["));
    if (c->property)
        buf_fmt(b, "{\"displayName\":\"%s\",\"oldValue\":null,\"newValue\":\"\\\"%s\\\"\"}", c->property, c->value);
    buf_str(b, STR("]}],\"additionalDetails\":[]}"));
    out_end(w->out, OUT_AUDIT, t);
}

void cloud_change(struct world *w, int64_t t, const struct session *s, const struct change *c)
{
    change_unified(w, t, s, c);
    change_graph(w, t, s, c);
}

/* ---- Amazon Web Services ---- */

static void aws_identity(struct buf *b, const char *user)
{
    unsigned hash = 5381;
    for (const char *c = user; *c; c++)
        hash = hash * 33 + (unsigned char)*c;
    buf_fmt(b,
            "{\"eventVersion\":\"1.09\",\"userIdentity\":{\"type\":\"IAMUser\",\"principalId\":\"AIDA2EXAMPLE%08X\",\"arn\":"
            "\"arn:aws:iam::" ORG_AWS ":user/%s\",\"accountId\":\"" ORG_AWS "\",\"accessKeyId\":\"AKIA2EXAMPLE%08X\",\"userName\":"
            "\"%s\"}",
            hash, user, hash ^ 0x5a5a5a5a, user);
}

static bool read_only(const char *name)
{
    return strncmp(name, "Get", 3) == 0 || strncmp(name, "List", 4) == 0 || strncmp(name, "Describe", 8) == 0;
}

/* What the service was asked for; of objects and parameters also which they are. */
static void aws_request(const struct world *w, struct buf *b, const struct call *c)
{
    struct rng r = {w->rng.s};
    unsigned build = (unsigned)w->day * 8 + rng_below(&r, 8);
    if (c->request)
        buf_fmt(b, ",\"requestParameters\":%s", c->request);
    else if (strcmp(c->name, "GetObject") == 0 || strcmp(c->name, "PutObject") == 0)
        buf_fmt(b,
                ",\"requestParameters\":{\"bucketName\":\"aurelia-deploy\",\"key\":\"releases/build-%u.tar.gz\",\"Host\":\"aurelia-deploy.s3.%s."
                "amazonaws.com\"},\"additionalEventData\":{\"SignatureVersion\":\"SigV4\",\"CipherSuite\":\"TLS_AES_128_GCM_SHA256\","
                "\"AuthenticationMethod\":\"AuthHeader\",\"bytesTransferredIn\":0,\"bytesTransferredOut\":%u},\"resources\":[{\"type\":"
                "\"AWS::S3::Object\",\"ARN\":\"arn:aws:s3:::aurelia-deploy/releases/build-%u.tar.gz\"},{\"accountId\":\"" ORG_AWS
                "\",\"type\":\"AWS::S3::Bucket\",\"ARN\":\"arn:aws:s3:::aurelia-deploy\"}]",
                build, out_region(c->region), 100000 + build * 17, build);
    else if (strcmp(c->name, "GetParameter") == 0)
        buf_fmt(b,
                ",\"requestParameters\":{\"name\":\"/deploy/settings-%u\",\"withDecryption\":true},\"resources\":[{\"accountId\":\"" ORG_AWS
                "\",\"ARN\":\"arn:aws:ssm:%s:" ORG_AWS ":parameter/deploy/settings-%u\"}]",
                build % 40, out_region(c->region), build % 40);
    else if (strcmp(c->name, "AssumeRole") == 0)
        buf_str(b, STR(",\"requestParameters\":{\"roleArn\":\"arn:aws:iam::" ORG_AWS ":role/deploy\",\"roleSessionName\":\"deploy\","
                       "\"durationSeconds\":900},\"resources\":[{\"accountId\":\"" ORG_AWS "\",\"type\":\"AWS::IAM::Role\",\"ARN\":\"arn:aws:iam::"
                       ORG_AWS ":role/deploy\"}]"));
    else
        buf_str(b, STR(",\"requestParameters\":null"));
}

void cloud_call(struct world *w, int64_t t, const struct call *c)
{
    char ip[ORG_IP], a[RNG_GUID], id[RNG_GUID], time[32];
    struct buf *b = out_begin(w->out, c->region);
    when(time, t, true);
    aws_identity(b, c->user);
    buf_fmt(b,
            ",\"eventTime\":\"%s\",\"eventSource\":\"%s\",\"eventName\":\"%s\",\"awsRegion\":\"%s\",\"sourceIPAddress\":\"%s\","
            "\"userAgent\":\"%s\"",
            time, c->source, c->name, out_region(c->region), org_ip(c->ip, ip), c->agent);
    if (c->error)
        buf_fmt(b, ",\"errorCode\":\"%s\",\"errorMessage\":\"User is not authorized to perform this operation\"", c->error);
    aws_request(w, b, c);
    buf_fmt(b,
            ",\"responseElements\":null,\"requestID\":\"%s\",\"eventID\":\"%s\",\"readOnly\":%s,\"eventType\":\"AwsApiCall\","
            "\"managementEvent\":true,\"recipientAccountId\":\"" ORG_AWS "\",\"eventCategory\":\"Management\"",
            rng_guid(&w->rng, a), rng_guid(&w->rng, id), read_only(c->name) ? "true" : "false");
    buf_fmt(b,
            ",\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\",\"cipherSuite\":\"TLS_AES_128_GCM_SHA256\",\"clientProvidedHostHeader\":"
            "\"%.*s.%s.amazonaws.com\"}}",
            (int)strcspn(c->source, "."), c->source, out_region(c->region));
    out_end(w->out, c->region, t);
}

void cloud_console(struct world *w, int64_t t, const struct person *p, uint32_t ip, bool success)
{
    char dotted[ORG_IP], id[RNG_GUID], time[32];
    struct buf *b = out_begin(w->out, OUT_AWS_VIRGINIA);
    when(time, t, true);
    buf_fmt(b,
            "{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":\"IAMUser\",\"principalId\":\"AIDA2EXAMPLE%s\",\"arn\":"
            "\"arn:aws:iam::" ORG_AWS ":user/%s\",\"accountId\":\"" ORG_AWS "\",\"userName\":\"%s\"},\"eventTime\":\"%s\"",
            p->puid + 8, p->who.sam, p->who.sam, time);
    buf_fmt(b,
            ",\"eventSource\":\"signin.amazonaws.com\",\"eventName\":\"ConsoleLogin\",\"awsRegion\":\"us-east-1\","
            "\"sourceIPAddress\":\"%s\",\"userAgent\":\"%s\"%s,\"requestParameters\":null,\"responseElements\":{\"ConsoleLogin\":\"%s\"}",
            org_ip(ip, dotted), org_agent(p->desktop, false), success ? "" : ",\"errorMessage\":\"Failed authentication\"",
            success ? "Success" : "Failure");
    buf_fmt(b,
            ",\"additionalEventData\":{\"LoginTo\":\"https://console.aws.amazon.com/console/home\",\"MobileVersion\":\"No\","
            "\"MFAUsed\":\"Yes\"},\"eventID\":\"%s\",\"readOnly\":false,\"eventType\":\"AwsConsoleSignIn\",\"managementEvent\":true,"
            "\"recipientAccountId\":\"" ORG_AWS "\",\"eventCategory\":\"Management\",\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\","
            "\"cipherSuite\":\"TLS_AES_128_GCM_SHA256\",\"clientProvidedHostHeader\":\"signin.aws.amazon.com\"}}",
            rng_guid(&w->rng, id));
    out_end(w->out, OUT_AWS_VIRGINIA, t);
}
