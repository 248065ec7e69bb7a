/* decode/dec_entra_audit.c - the directory audit of Entra ID: Graph directoryAudit, diagnostic settings, Sentinel rows. */
#include "decode/entra.h"

/* Members of the Graph directoryAudit resource (microsoft.graph.directoryAudit) and of the envelopes around it. */
enum field {
    F_OTHER,
    F_TIME, F_TENANT, F_PROPERTIES, F_OPERATION, F_RESOURCE_PATH, F_CALLER_IP, F_ID, F_ACTIVITY_TIME, F_ACTIVITY, F_CATEGORY, F_RESULT,
    F_RESULT_REASON, F_INITIATED_BY, F_TARGETS, F_DETAILS, F_AGENT, F_SERVICE,
    F_COUNT
};

static const struct jsonlog_name name_rows[] = {
    JSONLOG_NAME("id", F_ID), JSONLOG_NAME("time", F_TIME), JSONLOG_NAME("result", F_RESULT), JSONLOG_NAME("category", F_CATEGORY),
    JSONLOG_NAME("tenantid", F_TENANT), JSONLOG_NAME("useragent", F_AGENT), JSONLOG_NAME("properties", F_PROPERTIES),
    JSONLOG_NAME("resourceid", F_RESOURCE_PATH), JSONLOG_NAME("initiatedby", F_INITIATED_BY), JSONLOG_NAME("aadtenantid", F_TENANT),
    JSONLOG_NAME("resultreason", F_RESULT_REASON), JSONLOG_NAME("operationname", F_OPERATION), JSONLOG_NAME("timegenerated", F_TIME),
    JSONLOG_NAME("calleripaddress", F_CALLER_IP), JSONLOG_NAME("loggedbyservice", F_SERVICE), JSONLOG_NAME("targetresources", F_TARGETS),
    JSONLOG_NAME("activitydatetime", F_ACTIVITY_TIME), JSONLOG_NAME("additionaldetails", F_DETAILS),
    JSONLOG_NAME("activitydisplayname", F_ACTIVITY),
};
static const struct jsonlog_names names = {name_rows, sizeof name_rows / sizeof *name_rows};

struct audit {
    struct decode *d;
    const struct jnode *in;           /* document of the audit record itself */
    const struct jnode *out[F_COUNT]; /* members of the envelope */
    const struct jnode *at[F_COUNT];  /* members of the record */
};

static struct str text(const struct audit *r, enum field f)
{
    struct str t = r->at[f] ? decode_some(jin_text(r->at[f])) : STR_NONE;
    return str_set(t) || !r->out[f] ? t : decode_some(jin_text(r->out[f]));
}

static bool claims(const struct jnode *doc)
{
    const struct jnode *at[F_COUNT] = {0}, *in[F_COUNT] = {0};
    if (doc->type != J_OBJ)
        return false;
    jsonlog_fields(NULL, doc, doc, &names, at);
    if (at[F_PROPERTIES] && at[F_PROPERTIES]->type == J_OBJ)
        jsonlog_fields(NULL, doc, at[F_PROPERTIES], &names, in);
    bool audit_log = at[F_CATEGORY] && str_eqi(jin_text(at[F_CATEGORY]), STR("AuditLogs"));
    const struct jnode **m = in[F_TARGETS] || in[F_INITIATED_BY] || audit_log ? in : at;
    return (m[F_ACTIVITY] || m[F_OPERATION] || at[F_OPERATION]) && (m[F_TARGETS] || m[F_INITIATED_BY]);
}

/* "/tenants/<guid>/providers/Microsoft.aadiam" */
static struct str tenant(const struct audit *r)
{
    struct str path = r->out[F_RESOURCE_PATH] ? jin_text(r->out[F_RESOURCE_PATH]) : STR_NONE;
    if (!str_startsi(path, STR("/tenants/")))
        return text(r, F_TENANT);
    path = str_from(path, 9);
    ptrdiff_t end = str_chr(path, '/');
    return str_sub(path, 0, end > 0 ? (size_t)end : path.n);
}

static void actor(const struct audit *r)
{
    struct jsonlog_part p = jsonlog_open(r->d, r->in, r->at[F_INITIATED_BY]);
    struct account *a = &r->d->act.actor;
    const struct jnode *user = p.node ? jin_get(p.doc, p.node, STR("user")) : NULL, *app = p.node ? jin_get(p.doc, p.node, STR("app")) : NULL;
    if (user && user->type == J_OBJ) {
        decode_account(a, jin_str(p.doc, user, "userPrincipalName"));
        a->cloud = decode_some(jin_str(p.doc, user, "id"));
        if (!account_set(a))
            a->name = decode_some(jin_str(p.doc, user, "displayName"));
        decode_ip(r->d, decode_some(jin_str(p.doc, user, "ipAddress")));
    } else if (app && app->type == J_OBJ) {
        a->name = decode_some(jin_str(p.doc, app, "displayName"));
        a->cloud = decode_some(jin_str(p.doc, app, "servicePrincipalId"));
        decode_str(r->d, FACT_APP_ID, decode_some(jin_str(p.doc, app, "appId")));
        decode_str(r->d, FACT_USER_TYPE, STR("ServicePrincipal"));
    }
}

static enum object_type type_of(struct str word)
{
    static const struct {
        struct str word;
        enum object_type type;
    } rows[] = {{{"User", 4}, OBJECT_ACCOUNT}, {{"Group", 5}, OBJECT_GROUP}, {{"ServicePrincipal", 16}, OBJECT_APP},
                {{"Application", 11}, OBJECT_APP}, {{"App", 3}, OBJECT_APP}, {{"Role", 4}, OBJECT_ROLE}, {{"Device", 6}, OBJECT_COMPUTER},
                {{"Policy", 6}, OBJECT_POLICY}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (str_eqi(rows[i].word, word))
            return rows[i].type;
    return OBJECT_OTHER;
}

static enum object_role role_of(enum kind k, enum object_type type)
{
    bool membership = k == KIND_ROLE_GRANTED || k == KIND_ROLE_REMOVED || k == KIND_CLOUD_GROUP_CHANGED;
    if (membership && (type == OBJECT_ACCOUNT || type == OBJECT_APP || type == OBJECT_COMPUTER))
        return ROLE_MEMBER;
    return membership && (type == OBJECT_GROUP || type == OBJECT_ROLE) ? ROLE_GROUP : ROLE_TARGET;
}

static enum kind properties(const struct audit *r, struct jsonlog_part p, const struct jnode *target, enum kind k)
{
    const struct jnode *list = jin_get(p.doc, target, STR("modifiedProperties"));
    for (const struct jnode *c = list ? jin_first(p.doc, list) : NULL; c; c = jin_next(p.doc, list, c))
        k = entra_property(r->d, k, jin_text(jin_get(p.doc, c, STR("displayName"))), jin_text(jin_get(p.doc, c, STR("oldValue"))),
                           jin_text(jin_get(p.doc, c, STR("newValue"))));
    return k;
}

static enum kind targets(const struct audit *r, enum kind k)
{
    struct jsonlog_part p = jsonlog_open(r->d, r->in, r->at[F_TARGETS]);
    for (const struct jnode *c = p.node ? jin_first(p.doc, p.node) : NULL; c; c = jin_next(p.doc, p.node, c)) {
        enum object_type type = type_of(jin_str(p.doc, c, "type"));
        struct object *o = decode_object(r->d, type, role_of(k, type), decode_some(jin_str(p.doc, c, "displayName")));
        if (!o) {
            jsonlog_full(r->d);
            break;
        }
        o->ref.upn = decode_some(jin_str(p.doc, c, "userPrincipalName"));
        o->ref.cloud = decode_some(jin_str(p.doc, c, "id"));
        if (o->role == ROLE_GROUP && type == OBJECT_ROLE)
            decode_str(r->d, FACT_ROLE_NAME, o->ref.name);
        if (type == OBJECT_POLICY)
            decode_str(r->d, FACT_POLICY_NAME, o->ref.name);
        k = properties(r, p, c, k);
    }
    return k;
}

static void details(const struct audit *r)
{
    struct jsonlog_part p = jsonlog_open(r->d, r->in, r->at[F_DETAILS]);
    struct str agent = text(r, F_AGENT);
    if (!str_set(agent) && p.node)
        agent = jin_text(jsonlog_named(p.doc, p.node, STR("key"), STR("User-Agent"), STR("value")));
    decode_agent(r->d, agent);
    if (!ip_set(&r->d->act.ip) && p.node)
        decode_ip(r->d, decode_some(jin_text(jsonlog_named(p.doc, p.node, STR("key"), STR("ipaddr"), STR("value")))));
    if (!ip_set(&r->d->act.ip))
        decode_ip(r->d, text(r, F_CALLER_IP));
}

static void common(const struct audit *r, struct str operation)
{
    struct activity *a = &r->d->act;
    struct str result = text(r, F_RESULT);
    a->time = time_parse(text(r, F_ACTIVITY_TIME));
    if (a->time == TIME_NONE)
        a->time = time_parse(text(r, F_TIME));
    a->app = str_of(APP_ENTRA);
    a->instance = tenant(r);
    a->protocol = PROTO_HTTP_API;
    a->outcome = str_startsi(result, STR("success")) ? OUTCOME_SUCCESS : str_set(result) ? OUTCOME_FAILURE : OUTCOME_UNKNOWN;
    decode_str(r->d, FACT_OPERATION, operation);
    decode_str(r->d, FACT_LOG_CHANNEL, text(r, F_CATEGORY));
    decode_str(r->d, FACT_CLOUD_RECORD_ID, text(r, F_ID));
    decode_str(r->d, FACT_WORKLOAD, text(r, F_SERVICE));
    decode_str(r->d, FACT_ERROR_NAME, a->outcome == OUTCOME_FAILURE ? text(r, F_RESULT_REASON) : STR_NONE);
}

static int record(struct decode *d, const struct jnode *doc, struct str raw)
{
    struct audit r = {.d = d, .in = doc};
    jsonlog_fields(d, doc, doc, &names, r.out);
    struct jsonlog_part p = jsonlog_open(d, doc, r.out[F_PROPERTIES]);
    if (p.node) {
        r.in = p.doc;
        jsonlog_fields(d, p.doc, p.node, &names, r.at);
    } else {
        memcpy(r.at, r.out, sizeof r.at);
    }
    struct str operation = text(&r, F_ACTIVITY), id = text(&r, F_ID);
    if (!str_set(operation))
        operation = text(&r, F_OPERATION);
    if (!str_set(operation))
        return decode_fault(d, "a directory audit record without an activity", 0);
    struct activity *a = decode_begin(d, entra_operation(d, operation));
    common(&r, operation);
    struct str parts[] = {STR("entra audit"), str_set(id) ? id : raw};
    decode_id(d, parts, 2);
    actor(&r);
    a->kind = targets(&r, a->kind);
    details(&r);
    a->admin = kind_group(a->kind) == GROUP_ADMIN;
    return decode_emit(d);
}

const struct decoder dec_entra_audit = {
    .name = "entra-audit",
    .about = "Entra ID directory audit (Graph directoryAudits, diagnostic settings AuditLogs, Sentinel rows)",
    .claims = claims,
    .record = record,
};
