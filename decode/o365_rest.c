/* decode/o365_rest.c - Teams, Power BI, alerts and the workloads that have no part of their own. */
#include "decode/o365.h"

static const struct jsonlog_op operations[] = {
    JSONLOG_OP("AddDatasourceToGateway", ADMIN_OPERATION),
    JSONLOG_OP("AddGroupMembers", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("BotAddedToTeam", ADMIN_OPERATION),
    JSONLOG_OP("ChangeGatewayAdministrators", ROLE_GRANTED),
    JSONLOG_OP("ChannelAdded", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("ChannelDeleted", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("DeleteDashboard", FILE_DELETE),
    JSONLOG_OP("DeleteDataset", FILE_DELETE),
    JSONLOG_OP("DeleteReport", FILE_DELETE),
    JSONLOG_OP("DownloadReport", FILE_DOWNLOAD),
    JSONLOG_OP("ExportArtifact", FILE_DOWNLOAD),
    JSONLOG_OP("ExportReport", FILE_DOWNLOAD),
    JSONLOG_OP("ExportTile", FILE_DOWNLOAD),
    JSONLOG_OP("MemberAdded", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("MemberRemoved", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("MemberRoleChanged", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("PublishToWebReport", REPORT_SHARED),
    JSONLOG_OP("ShareDashboard", REPORT_SHARED),
    JSONLOG_OP("ShareReport", REPORT_SHARED),
    JSONLOG_OP("SharingAction", REPORT_SHARED),
    JSONLOG_OP("TeamCreated", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("TeamDeleted", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("TeamSettingChanged", CLOUD_GROUP_CHANGED),
    JSONLOG_OP("TeamsSessionStarted", SIGN_IN),
    JSONLOG_OP("TeamsTenantSettingChanged", POLICY_CHANGED),
    JSONLOG_OP("UpdatedAdminFeatureSwitch", POLICY_CHANGED),
    JSONLOG_OP("ViewDashboard", FILE_VIEW),
    JSONLOG_OP("ViewReport", FILE_VIEW),
};

static struct str first_of(const struct o365 *r, const enum o365_field *order, size_t n)
{
    struct str s = STR_NONE;
    for (size_t i = 0; i < n && !str_set(s); i++)
        s = o365_text(r, order[i]);
    return s;
}

static void members(const struct o365 *r)
{
    const struct jnode *list = r->at[O365_MEMBERS], *doc = r->in[O365_MEMBERS];
    struct str team = o365_text(r, O365_TEAM_NAME);
    if (str_set(team))
        (void)decode_object(r->d, OBJECT_GROUP, ROLE_GROUP, team);
    for (const struct jnode *c = list ? jin_first(doc, list) : NULL; c; c = jin_next(doc, list, c)) {
        struct object *o = decode_object(r->d, OBJECT_ACCOUNT, ROLE_MEMBER, decode_some(jin_str(doc, c, "DisplayName")));
        if (!o) {
            jsonlog_full(r->d);
            return;
        }
        o->ref.upn = decode_some(jin_str(doc, c, "UPN"));
    }
}

/* SharingInformation: [{"RecipientEmail": ..., "RecipientName": ..., "ResharePermission": ...}] */
static void shared(const struct o365 *r)
{
    struct jsonlog_words to = {.arena = r->d->arena};
    struct str own = o365_text(r, O365_USER_ID), last = STR_NONE;
    const struct jnode *list = r->at[O365_SHARING_INFORMATION], *doc = r->in[O365_SHARING_INFORMATION];
    ptrdiff_t at = str_rchr(own, '@');
    bool outside = false;
    for (const struct jnode *c = list ? jin_first(doc, list) : NULL; c; c = jin_next(doc, list, c)) {
        last = decode_some(jin_str(doc, c, "RecipientEmail"));
        jsonlog_word(&to, STR(""), last);
        outside |= at > 0 && str_set(last) && !str_endsi(last, str_from(own, (size_t)at));
    }
    decode_str(r->d, FACT_SHARED_WITH, jsonlog_words_text(&to));
    bool web = str_eqi(r->operation, STR("PublishToWebReport"));
    decode_str(r->d, FACT_SHARE_SCOPE, web ? STR("public") : outside ? STR("external") : to.n ? STR("internal") : STR_NONE);
}

enum kind o365_rest(const struct o365 *r)
{
    static const enum o365_field names[] = {O365_REPORT_NAME, O365_DASHBOARD_NAME, O365_ITEM_NAME, O365_NAME, O365_OBJECT_ID};
    enum kind k = jsonlog_kind(r->d, operations, sizeof operations / sizeof *operations, r->operation);
    struct str what = first_of(r, names, sizeof names / sizeof *names);
    if (r->at[O365_MEMBERS] || r->at[O365_TEAM_NAME])
        members(r);
    else if (!r->d->act.nobjects && str_set(what))
        (void)decode_object(r->d, k == KIND_UNKNOWN ? OBJECT_OTHER : OBJECT_FILE, ROLE_TARGET, what);
    if (k == KIND_REPORT_SHARED)
        shared(r);
    return k;
}
