/* decode/dec_azure_activity.c - Azure Monitor: the activity log of subscriptions and the logs of storage accounts. */
#include "decode/jsonlog.h"

/* "Azure Activity Log event schema" and "Azure Storage monitoring data reference", resource logs. */
enum field {
    F_OTHER,
    F_TIME, F_RESOURCE, F_OPERATION, F_CATEGORY, F_RESULT, F_STATUS, F_STATUS_TEXT, F_STATUS_CODE, F_IP, F_CORRELATION, F_TENANT,
    F_IDENTITY, F_AUTHORIZATION, F_CLAIMS, F_CALLER, F_PROPERTIES, F_URI, F_ID,
    F_COUNT
};

static const struct jsonlog_name name_rows[] = {
    JSONLOG_NAME("uri", F_URI), JSONLOG_NAME("time", F_TIME), JSONLOG_NAME("caller", F_CALLER), JSONLOG_NAME("claims", F_CLAIMS),
    JSONLOG_NAME("status", F_STATUS), JSONLOG_NAME("category", F_CATEGORY), JSONLOG_NAME("identity", F_IDENTITY),
    JSONLOG_NAME("tenantid", F_TENANT), JSONLOG_NAME("properties", F_PROPERTIES), JSONLOG_NAME("resourceid", F_RESOURCE),
    JSONLOG_NAME("resulttype", F_RESULT), JSONLOG_NAME("statuscode", F_STATUS_CODE), JSONLOG_NAME("statustext", F_STATUS_TEXT),
    JSONLOG_NAME("eventdataid", F_ID), JSONLOG_NAME("authorization", F_AUTHORIZATION), JSONLOG_NAME("correlationid", F_CORRELATION),
    JSONLOG_NAME("operationname", F_OPERATION), JSONLOG_NAME("eventtimestamp", F_TIME), JSONLOG_NAME("calleripaddress", F_IP),
};
static const struct jsonlog_names names = {name_rows, sizeof name_rows / sizeof *name_rows};

/* Operations of resource providers (case varies) and of storage accounts. */
static const struct jsonlog_op operations[] = {
    JSONLOG_OP("CopyBlob", FILE_UPLOAD),
    JSONLOG_OP("CreateContainer", STORAGE_CREATED),
    JSONLOG_OP("DeleteBlob", FILE_DELETE),
    JSONLOG_OP("DeleteContainer", STORAGE_DELETED),
    JSONLOG_OP("GetBlob", FILE_DOWNLOAD),
    JSONLOG_OP("Microsoft.Authorization/elevateAccess/action", ROLE_GRANTED),
    JSONLOG_OP("Microsoft.Authorization/policies/audit/action", CLOUD_OTHER),
    JSONLOG_OP("Microsoft.Authorization/policies/auditIfNotExists/action", CLOUD_OTHER),
    JSONLOG_OP("Microsoft.Authorization/policyAssignments/delete", POLICY_CHANGED),
    JSONLOG_OP("Microsoft.Authorization/policyAssignments/write", POLICY_CHANGED),
    JSONLOG_OP("Microsoft.Authorization/roleAssignments/delete", ROLE_REMOVED),
    JSONLOG_OP("Microsoft.Authorization/roleAssignments/write", ROLE_GRANTED),
    JSONLOG_OP("Microsoft.Compute/disks/delete", STORAGE_DELETED),
    JSONLOG_OP("Microsoft.Compute/disks/write", STORAGE_CREATED),
    JSONLOG_OP("Microsoft.Compute/snapshots/delete", STORAGE_DELETED),
    JSONLOG_OP("Microsoft.Compute/snapshots/write", STORAGE_CREATED),
    JSONLOG_OP("Microsoft.Compute/virtualMachines/delete", VM_DELETED),
    JSONLOG_OP("Microsoft.Compute/virtualMachines/start/action", VM_STARTED),
    JSONLOG_OP("Microsoft.Compute/virtualMachines/write", VM_CREATED),
    JSONLOG_OP("Microsoft.Compute/virtualMachineScaleSets/delete", VM_DELETED),
    JSONLOG_OP("Microsoft.Insights/diagnosticSettings/delete", AUDIT_LOGGING_CHANGED),
    JSONLOG_OP("Microsoft.Insights/diagnosticSettings/write", AUDIT_LOGGING_CHANGED),
    JSONLOG_OP("Microsoft.KeyVault/vaults/keys/read/action", SECRET_READ),
    JSONLOG_OP("Microsoft.KeyVault/vaults/secrets/getSecret/action", SECRET_READ),
    JSONLOG_OP("Microsoft.Network/networkSecurityGroups/delete", SECURITY_GROUP_CHANGED),
    JSONLOG_OP("Microsoft.Network/networkSecurityGroups/securityRules/delete", SECURITY_GROUP_CHANGED),
    JSONLOG_OP("Microsoft.Network/networkSecurityGroups/securityRules/write", SECURITY_GROUP_CHANGED),
    JSONLOG_OP("Microsoft.Network/networkSecurityGroups/write", SECURITY_GROUP_CHANGED),
    JSONLOG_OP("Microsoft.OperationalInsights/workspaces/delete", AUDIT_LOGGING_CHANGED),
    JSONLOG_OP("Microsoft.Storage/storageAccounts/blobServices/containers/delete", STORAGE_DELETED),
    JSONLOG_OP("Microsoft.Storage/storageAccounts/blobServices/containers/write", STORAGE_CREATED),
    JSONLOG_OP("Microsoft.Storage/storageAccounts/delete", STORAGE_DELETED),
    JSONLOG_OP("Microsoft.Storage/storageAccounts/listKeys/action", SECRET_READ),
    JSONLOG_OP("Microsoft.Storage/storageAccounts/write", STORAGE_CREATED),
    JSONLOG_OP("PutBlob", FILE_UPLOAD),
};

struct azure {
    struct decode *d;
    const struct jnode *doc;
    const struct jnode *at[F_COUNT];
    struct str operation;
};

/* A text, or the "value" of {"value": ..., "localizedValue": ...}. */
static struct str text(const struct azure *r, enum field f)
{
    const struct jnode *n = r->at[f];
    return n ? decode_some(n->type == J_OBJ ? jin_text(jin_get(r->doc, n, STR("value"))) : jin_text(n)) : STR_NONE;
}

static bool claims(const struct jnode *doc)
{
    struct azure r = {.doc = doc};
    if (doc->type != J_OBJ)
        return false;
    jsonlog_fields(NULL, doc, doc, &names, r.at);
    struct str operation = text(&r, F_OPERATION), category = text(&r, F_CATEGORY);
    if (!r.at[F_TIME] || !str_set(operation))
        return false;
    bool provider = str_startsi(operation, STR("Microsoft.")) && str_chr(operation, '/') > 0;
    bool storage = str_startsi(category, STR("Storage")) || str_hasi(text(&r, F_RESOURCE), STR("/providers/Microsoft.Storage/"));
    return (provider || storage) && (r.at[F_RESOURCE] || r.at[F_URI]);
}

static struct str claim(const struct azure *r, struct str name)
{
    const struct jnode *claims_ = r->at[F_CLAIMS];
    if (!claims_ && r->at[F_IDENTITY])
        claims_ = jin_get(r->doc, r->at[F_IDENTITY], STR("claims"));
    return claims_ ? decode_some(jin_text(jin_get(r->doc, claims_, name))) : STR_NONE;
}

static struct str first_claim(const struct azure *r, const char *const *order, size_t n)
{
    struct str s = STR_NONE;
    for (size_t i = 0; i < n && !str_set(s); i++)
        s = claim(r, str_of(order[i]));
    return s;
}

static void actor(const struct azure *r)
{
    static const char *const people[] = {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
                                         "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
                                         "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "name"};
    struct account *a = &r->d->act.actor;
    struct str who = text(r, F_CALLER);
    if (!str_set(who))
        who = first_claim(r, people, sizeof people / sizeof *people);
    if (jsonlog_guid(who))
        a->cloud = who;
    else
        decode_account(a, who);
    struct str id = claim(r, STR("http://schemas.microsoft.com/identity/claims/objectidentifier"));
    if (str_set(id))
        a->cloud = id;
    struct str app = claim(r, STR("appid"));
    if (!account_set(a)) {
        a->cloud = app;
        decode_str(r->d, FACT_USER_TYPE, str_set(app) ? STR("ServicePrincipal") : STR_NONE);
    }
    decode_str(r->d, FACT_APP_ID, app);
}

static struct str leaf(struct str s)
{
    ptrdiff_t at = str_rchr(s, '/');
    return at >= 0 ? str_from(s, (size_t)at + 1) : s;
}

static void file(const struct azure *r)
{
    struct str key = r->at[F_PROPERTIES] ? decode_some(jin_str(r->doc, r->at[F_PROPERTIES], "objectKey")) : STR_NONE;
    struct str name = leaf(key);
    ptrdiff_t dot = str_rchr(name, '.');
    struct object *o = str_set(key) ? decode_object(r->d, OBJECT_FILE, ROLE_TARGET, name) : NULL;
    if (o)
        o->ref.cloud = key;
    decode_str(r->d, FACT_FILE_NAME, str_set(key) ? name : STR_NONE);
    decode_str(r->d, FACT_FILE_PATH, key);
    if (dot > 0 && (size_t)dot + 1 < name.n)
        decode_str(r->d, FACT_FILE_EXTENSION, str_lower(r->d->arena, str_from(name, (size_t)dot + 1)));
}

/* The three built-in roles that give others away ("Azure built-in roles"), by the guid at the end of their path. */
static struct str role_name(struct str definition)
{
    static const struct {
        struct str guid, name;
    } rows[] = {{{"8e3af657-a8ff-443c-a75c-2fe8c4bcb635", 36}, {"Owner", 5}},
                {{"b24988ac-6180-42a0-ab88-20f7382dd24c", 36}, {"Contributor", 11}},
                {{"18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", 36}, {"User Access Administrator", 25}}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_endsi(definition, rows[i].guid))
            return rows[i].name;
    return leaf(definition);
}

/* properties.requestbody is a JSON text with PrincipalId and RoleDefinitionId. */
static void assignment(const struct azure *r)
{
    const struct jnode *body = r->at[F_PROPERTIES] ? jin_get(r->doc, r->at[F_PROPERTIES], STR("requestbody")) : NULL;
    struct jsonlog_part p = jsonlog_open(r->d, r->doc, body);
    if (str_endsi(r->operation, STR("elevateAccess/action")))
        decode_str(r->d, FACT_ROLE_NAME, STR("User Access Administrator"));
    if (!p.node)
        return;
    const struct jnode *inner = jin_get(p.doc, p.node, STR("Properties"));
    inner = inner ? inner : jin_get(p.doc, p.node, STR("properties"));
    struct str who = jin_str(p.doc, inner, "PrincipalId"), role = jin_str(p.doc, inner, "RoleDefinitionId");
    struct object *o = str_set(who) ? decode_object(r->d, OBJECT_ACCOUNT, ROLE_MEMBER, STR_NONE) : NULL;
    if (o)
        o->ref.cloud = who;
    if (!str_set(role))
        return;
    decode_str(r->d, FACT_ROLE_NAME, role_name(role));
    (void)decode_object(r->d, OBJECT_ROLE, ROLE_GROUP, role_name(role));
}

static void target(const struct azure *r, enum kind k)
{
    struct str path = text(r, F_RESOURCE);
    enum object_type type = k == KIND_VM_CREATED || k == KIND_VM_STARTED || k == KIND_VM_DELETED ? OBJECT_VM
                            : k == KIND_STORAGE_CREATED || k == KIND_STORAGE_DELETED           ? OBJECT_STORAGE
                            : k == KIND_AUDIT_LOGGING_CHANGED || k == KIND_POLICY_CHANGED       ? OBJECT_POLICY
                                                                                                 : OBJECT_OTHER;
    struct object *o = str_set(path) ? decode_object(r->d, type, ROLE_TARGET, leaf(path)) : NULL;
    if (o)
        o->ref.cloud = path;
    if (k == KIND_VM_DELETED || k == KIND_VM_CREATED)
        decode_u64(r->d, FACT_ITEM_COUNT, 1);
    if (k == KIND_AUDIT_LOGGING_CHANGED)
        decode_str(r->d, FACT_CHANGE, str_fmt(r->d->arena, "%s %.*s", str_endsi(r->operation, STR("/delete")) ? "disabled" : "changed",
                                              STR_ARG(leaf(path))));
}

/* One operation writes several records: Start, Accept, then how it ended. Only the end counts. */
static bool under_way(struct str result)
{
    return str_startsi(result, STR("Start")) || str_startsi(result, STR("Accept"));
}

static enum kind kind(const struct azure *r, struct str result)
{
    enum kind k = jsonlog_kind(r->d, operations, sizeof operations / sizeof *operations, r->operation);
    if (under_way(result))
        return KIND_CLOUD_OTHER;
    if (k != KIND_UNKNOWN)
        return k;
    struct str category = text(r, F_CATEGORY);
    bool asks = str_endsi(r->operation, STR("/read")) || str_chr(r->operation, '/') < 0;
    return asks || (str_set(category) && !str_eqi(category, STR("Administrative"))) ? KIND_CLOUD_OTHER : KIND_ADMIN_OPERATION;
}

static struct str result_of(const struct azure *r)
{
    struct str s = text(r, F_RESULT);
    if (!str_set(s))
        s = text(r, F_STATUS);
    if (!str_set(s))
        s = text(r, F_STATUS_TEXT);
    return str_set(s) || !r->at[F_PROPERTIES] ? s : decode_some(jin_str(r->doc, r->at[F_PROPERTIES], "metricResponseType"));
}

static void outcome(const struct azure *r, struct str result)
{
    struct activity *a = &r->d->act;
    bool good = str_startsi(result, STR("Succe")) || str_eqi(result, STR("Active"));
    a->has_code = str_u64(text(r, F_STATUS_CODE), &a->code);
    a->outcome = good || (a->has_code && a->code < 400)          ? OUTCOME_SUCCESS
                 : under_way(result) || (!str_set(result) && !a->has_code) ? OUTCOME_UNKNOWN
                                                                  : OUTCOME_FAILURE;
    if (a->outcome == OUTCOME_FAILURE)
        decode_str(r->d, FACT_ERROR_NAME, result);
}

static int record(struct decode *d, const struct jnode *doc, struct str raw)
{
    struct azure r = {.d = d, .doc = doc};
    jsonlog_fields(d, doc, doc, &names, r.at);
    r.operation = text(&r, F_OPERATION);
    if (!str_set(r.operation))
        return decode_fault(d, "an Azure record without an operation", 0);
    struct activity *a = decode_begin(d, KIND_CLOUD_OTHER);
    struct str result = result_of(&r), id = text(&r, F_ID);
    a->time = time_parse(text(&r, F_TIME));
    a->app = str_of(APP_AZURE);
    a->instance = text(&r, F_TENANT);
    a->protocol = PROTO_HTTP_API;
    a->kind = kind(&r, result);
    outcome(&r, result);
    struct str parts[] = {STR("azure activity"), str_set(id) ? id : raw};
    decode_id(d, parts, 2);
    decode_ip(d, text(&r, F_IP));
    if (!ip_set(&a->ip))
        decode_ip(d, claim(&r, STR("ipaddr")));
    decode_str(d, FACT_OPERATION, r.operation);
    decode_str(d, FACT_LOG_CHANNEL, text(&r, F_CATEGORY));
    actor(&r);
    if (r.at[F_PROPERTIES])
        decode_agent(d, decode_some(jin_str(doc, r.at[F_PROPERTIES], "userAgentHeader")));
    if (kind_group(a->kind) == GROUP_DATA)
        file(&r);
    else
        target(&r, a->kind);
    if (a->kind == KIND_ROLE_GRANTED)
        assignment(&r);
    a->admin = kind_group(a->kind) == GROUP_ADMIN;
    return decode_emit(d);
}

const struct decoder dec_azure_activity = {
    .name = "azure-activity",
    .about = "Azure Monitor activity log of subscriptions and resource logs of storage accounts",
    .claims = claims,
    .record = record,
};
