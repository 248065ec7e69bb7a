/* decode/dec_o365.c - Office 365 unified audit records: what every record has, then its workload's part. */
#include "decode/o365.h"

/* ---- recognising ---- */

/* CreationTime, Operation and Workload, in any case; Sentinel's table says TimeGenerated and OfficeWorkload;
 * a row of Search-UnifiedAuditLog holds the record in AuditData. */
enum { TIME = 1, OPERATION = 2, WORKLOAD = 4, ALL = TIME | OPERATION | WORKLOAD };

static unsigned sign_of(struct str name)
{
    switch (name.n) {
    case 8: return str_eqi(name, STR("Workload")) ? WORKLOAD : 0;
    case 9: return str_eqi(name, STR("Operation")) ? OPERATION : str_eqi(name, STR("AuditData")) ? ALL : 0;
    case 12: return str_eqi(name, STR("CreationTime")) || str_eqi(name, STR("CreationDate")) ? TIME : 0;
    case 13: return str_eqi(name, STR("TimeGenerated")) ? TIME : 0;
    case 14: return str_eqi(name, STR("OfficeWorkload")) ? WORKLOAD : 0;
    default: return 0;
    }
}

static bool claims(const struct jnode *doc)
{
    unsigned seen = 0;
    if (doc->type != J_OBJ)
        return false;
    for (const struct jnode *c = jin_first(doc, doc); c && seen != ALL; c = jin_next(doc, doc, c))
        seen |= c->type == J_STR ? sign_of(c->key) : 0;
    return seen == ALL;
}

/* ---- the common schema ---- */

static struct str app_of(struct str workload)
{
    static const struct {
        struct str workload;
        const char *app;
    } rows[] = {{{"Exchange", 8}, APP_EXCHANGE}, {{"AzureActiveDirectory", 20}, APP_ENTRA}, {{"SharePoint", 10}, APP_SHAREPOINT},
                {{"OneDrive", 8}, APP_ONEDRIVE}, {{"MicrosoftTeams", 14}, APP_TEAMS}, {{"PowerBI", 7}, APP_POWERBI}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_eqi(rows[i].workload, workload))
            return str_of(rows[i].app);
    return str_of(APP_O365);
}

/* Enumeration UserType of the common schema. */
static struct str user_type(struct str s)
{
    static const struct str names[] = {{"Regular", 7}, {"Reserved", 8}, {"Admin", 5}, {"DcAdmin", 7}, {"System", 6},
                                       {"Application", 11}, {"ServicePrincipal", 16}, {"CustomPolicy", 12}, {"SystemPolicy", 12},
                                       {"PartnerTechnician", 17}, {"Guest", 5}};
    uint64_t v;
    return str_u64(s, &v) && v < sizeof names / sizeof *names ? names[v] : s;
}

static bool nobody(struct str s)
{
    return str_eqi(s, STR("Not Available")) || str_eqi(s, STR("NOT-FOUND")) || str_eqi(s, STR("Unknown")) || str_eqi(s, STR("Certificate"));
}

/* "NT AUTHORITY\SYSTEM (Microsoft.Exchange.ServiceHost)": the account, and the program that used it. */
static struct str without_program(struct decode *d, struct str s)
{
    ptrdiff_t open = str_find(s, STR(" ("));
    if (open <= 0 || !str_ends(s, STR(")")))
        return s;
    decode_str(d, FACT_PROCESS_NAME, str_sub(s, (size_t)open + 2, s.n - (size_t)open - 3));
    return str_sub(s, 0, (size_t)open);
}

static struct str after_last(struct str s, char c)
{
    ptrdiff_t at = str_rchr(s, c);
    return at >= 0 ? str_from(s, (size_t)at + 1) : s;
}

static void actor(struct o365 *r)
{
    struct account *a = &r->d->act.actor;
    struct str s = o365_text(r, O365_USER_ID), key = o365_text(r, O365_USER_KEY);
    if (jsonlog_guid(key))
        a->cloud = key;
    if (!str_set(s) || nobody(s))
        return;
    if (str_starts(s, STR("i:0"))) /* SharePoint claims: i:0#.f|membership|alice@corp.example */
        s = after_last(s, '|');
    if (str_starts(s, STR("ServicePrincipal_")) || str_starts(s, STR("User_")))
        a->cloud = after_last(s, '_');
    else if (jsonlog_guid(s))
        a->cloud = s;
    else if (str_chr(s, '@') < 0 && str_chr(s, '/') >= 0) /* a directory path: its last part names the account */
        a->name = after_last(s, '/');
    else
        decode_account(a, without_program(r->d, s));
}

static void address(struct o365 *r)
{
    static const enum o365_field order[] = {O365_CLIENT_IP, O365_CLIENT_IP_ADDRESS, O365_ACTOR_IP};
    for (size_t i = 0; i < sizeof order / sizeof *order && !ip_set(&r->d->act.ip); i++)
        decode_ip(r->d, o365_text(r, order[i]));
}

/* "Client=OWA;Mozilla/5.0 (...);": the browser's own words when there are some. */
static struct str mail_client(struct str s)
{
    ptrdiff_t browser = str_find(s, STR("Mozilla/"));
    if (browser >= 0)
        s = str_from(s, (size_t)browser);
    while (s.n && s.p[s.n - 1] == ';')
        s.n--;
    return s;
}

static void agent(struct o365 *r)
{
    struct str s = o365_text(r, O365_USER_AGENT);
    if (!str_set(s))
        s = o365_named(r, O365_EXTENDED_PROPERTIES, STR("UserAgent"));
    if (!str_set(s) && r->at[O365_CLIENT_INFO])
        s = mail_client(o365_text(r, O365_CLIENT_INFO));
    decode_agent(r->d, s);
}

static void session(struct o365 *r)
{
    struct activity *a = &r->d->act;
    if (r->at[O365_APP_ACCESS_CONTEXT]) /* the sign-in's own session, the same in every app */
        a->session = decode_some(jin_str(r->in[O365_APP_ACCESS_CONTEXT], r->at[O365_APP_ACCESS_CONTEXT], "AADSessionId"));
    if (!str_set(a->session))
        a->session = o365_text(r, O365_SESSION_ID);
    if (!str_set(a->session))
        a->session = o365_named(r, O365_DEVICE_PROPERTIES, STR("SessionId"));
}

static void application(struct o365 *r)
{
    static const enum o365_field order[] = {O365_APPLICATION_ID, O365_CLIENT_APP_ID, O365_APP_ID};
    struct str id = STR_NONE;
    for (size_t i = 0; i < sizeof order / sizeof *order && !str_set(id); i++)
        id = o365_text(r, order[i]);
    decode_str(r->d, FACT_APP_ID, id);
    decode_str(r->d, FACT_TARGET_APP, o365_text(r, O365_APPLICATION_NAME));
}

static enum outcome outcome_of(struct str status)
{
    if (!str_set(status))
        return OUTCOME_SUCCESS; /* SharePoint and Teams write down only what happened */
    if (str_startsi(status, STR("Fail")) || str_eqi(status, STR("False")))
        return OUTCOME_FAILURE;
    return OUTCOME_SUCCESS; /* Success, Succeeded, PartiallySucceeded, True */
}

static void common(struct o365 *r)
{
    struct activity *a = &r->d->act;
    struct str id = o365_text(r, O365_ID);
    a->time = time_parse(o365_text(r, O365_CREATION_TIME));
    a->app = app_of(r->workload);
    a->instance = o365_text(r, O365_ORGANIZATION_ID);
    a->outcome = outcome_of(o365_text(r, O365_RESULT_STATUS));
    a->protocol = PROTO_HTTP_API;
    actor(r);
    address(r);
    agent(r);
    session(r);
    decode_str(r->d, FACT_OPERATION, r->operation);
    decode_str(r->d, FACT_WORKLOAD, r->workload);
    decode_str(r->d, FACT_CLOUD_RECORD_ID, id);
    decode_str(r->d, FACT_USER_TYPE, user_type(o365_text(r, O365_USER_TYPE)));
    application(r);
}

/* The record's own identity; records that have none are known by their text. */
static void identity(struct o365 *r, struct str raw)
{
    struct str id = o365_text(r, O365_ID);
    struct str parts[] = {STR("office365"), r->d->act.instance, str_set(id) ? id : raw};
    decode_id(r->d, parts, 3);
}

/* ---- the workload's part ---- */

static enum kind dispatch(const struct o365 *r)
{
    enum kind k = KIND_UNKNOWN;
    uint64_t type = UINT64_MAX;
    (void)str_u64(o365_text(r, O365_RECORD_TYPE), &type);
    if (str_eqi(r->workload, STR("Exchange"))) {
        k = r->at[O365_PARAMETERS] || type == 1 ? o365_command(r) : o365_mail(r);
    } else if (str_eqi(r->workload, STR("AzureActiveDirectory"))) {
        k = type == 15 || type == 9 || r->at[O365_ERROR_NUMBER] ? o365_sign_in(r) : o365_directory(r);
    } else if (str_eqi(r->workload, STR("SharePoint")) || str_eqi(r->workload, STR("OneDrive"))) {
        k = o365_file(r);
    } else if (str_eqi(r->workload, STR("SecurityComplianceCenter")) || r->at[O365_PARAMETERS]) {
        k = o365_command(r);
    }
    return k == KIND_UNKNOWN ? o365_rest(r) : k;
}

/* Microsoft's own operators and services keep mailboxes and plans in order in every tenant: nobody of the
 * organisation administers then. */
static bool own_administration(const struct o365 *r)
{
    struct str type = act_str(&r->d->act, FACT_USER_TYPE);
    return !str_eq(type, STR("DcAdmin")) && !str_eq(type, STR("System"));
}

static bool of_ones_own(enum kind k)
{
    return k == KIND_INBOX_RULE_CREATED || k == KIND_INBOX_RULE_CHANGED;
}

static enum o365_field field(struct decode *d, struct str name)
{
    static const char set = 0; /* what these names are known by */
    struct decode_name *kept = jsonlog_kept(d, &set, name);
    if (!kept)
        return o365_field(name);
    if (!kept->known) {
        kept->is = o365_field(name);
        kept->known = true;
    }
    return (enum o365_field)kept->is;
}

static void read_fields(struct o365 *r, const struct jnode *doc, const struct jnode *o)
{
    for (const struct jnode *c = jin_first(doc, o); c; c = jin_next(doc, o, c)) {
        enum o365_field f = field(r->d, c->key);
        if (r->at[f] || c->type == J_NULL)
            continue;
        r->at[f] = c;
        r->in[f] = doc;
        if (f < O365_CONTAINERS || c->type != J_STR || !c->val.n || (c->val.p[0] != '[' && c->val.p[0] != '{'))
            continue;
        struct jsonlog_part inner = jsonlog_open(r->d, doc, c);
        if (inner.node) {
            r->at[f] = inner.node;
            r->in[f] = inner.doc;
        }
    }
    r->operation = o365_text(r, O365_OPERATION);
    r->workload = o365_text(r, O365_WORKLOAD);
}

static int record(struct decode *d, const struct jnode *doc, struct str raw)
{
    struct o365 r = {.d = d};
    read_fields(&r, doc, doc);
    if (r.at[O365_AUDIT_DATA]) {
        struct jsonlog_part inner = jsonlog_open(d, doc, r.at[O365_AUDIT_DATA]);
        if (!inner.node || inner.node->type != J_OBJ)
            return decode_fault(d, "AuditData is no JSON object", 0);
        r = (struct o365){.d = d};
        read_fields(&r, inner.doc, inner.node);
    }
    if (!str_set(r.operation))
        return decode_fault(d, "an Office 365 record without an operation", 0);
    struct activity *a = decode_begin(d, KIND_CLOUD_OTHER);
    common(&r);
    identity(&r, raw);
    enum kind k = dispatch(&r);
    a->kind = k == KIND_UNKNOWN ? KIND_CLOUD_OTHER : k;
    a->admin = kind_group(a->kind) == GROUP_ADMIN && !of_ones_own(a->kind) && own_administration(&r);
    return decode_emit(d);
}

const struct decoder dec_o365 = {
    .name = "office365",
    .about = "Office 365 unified audit records (Management Activity API, Search-UnifiedAuditLog, Sentinel OfficeActivity)",
    .claims = claims,
    .record = record,
};
