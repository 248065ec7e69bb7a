/* decode/dec_entra_signin.c - sign-ins at Entra ID: Graph signIn resources, diagnostic settings, Sentinel rows. */
#include "decode/entra.h"

/* Members of the Graph signIn resource (microsoft.graph.signIn) and, in the first lines, of the envelope of
 * diagnostic settings around it ("Azure Monitor resource logs common schema"). */
enum field {
    F_OTHER,
    F_TIME, F_CATEGORY, F_TENANT, F_RESULT_TYPE, F_RESULT_TEXT, F_CALLER_IP, F_OPERATION, F_PROPERTIES, F_RESOURCE_PATH,
    F_ID, F_CREATED, F_UPN, F_USER_ID, F_USER_TYPE, F_USER_NAME, F_APP_ID, F_APP_NAME, F_IP, F_LOCATION, F_LOCATION_DETAILS, F_STATUS,
    F_DEVICE, F_RISK_LEVEL, F_RISK_STATE, F_REQUIREMENT, F_ISSUER_TYPE, F_ISSUER_NAME, F_AGENT, F_INTERACTIVE, F_RESOURCE_NAME, F_SESSION,
    F_ASN, F_AUTH_PROTOCOL, F_INCOMING_TOKEN, F_PRINCIPAL_ID, F_PRINCIPAL_NAME, F_CLIENT_APP, F_RESOURCE_TENANT,
    F_COUNT
};

static const struct jsonlog_name name_rows[] = {
    JSONLOG_NAME("id", F_ID), JSONLOG_NAME("time", F_TIME), JSONLOG_NAME("appid", F_APP_ID), JSONLOG_NAME("status", F_STATUS),
    JSONLOG_NAME("userid", F_USER_ID), JSONLOG_NAME("category", F_CATEGORY), JSONLOG_NAME("tenantid", F_TENANT),
    JSONLOG_NAME("usertype", F_USER_TYPE), JSONLOG_NAME("location", F_LOCATION), JSONLOG_NAME("ipaddress", F_IP),
    JSONLOG_NAME("riskstate", F_RISK_STATE), JSONLOG_NAME("useragent", F_AGENT), JSONLOG_NAME("sessionid", F_SESSION),
    JSONLOG_NAME("properties", F_PROPERTIES), JSONLOG_NAME("resulttype", F_RESULT_TYPE), JSONLOG_NAME("resourceid", F_RESOURCE_PATH),
    JSONLOG_NAME("aadtenantid", F_RESOURCE_TENANT), JSONLOG_NAME("devicedetail", F_DEVICE), JSONLOG_NAME("operationname", F_OPERATION),
    JSONLOG_NAME("timegenerated", F_TIME), JSONLOG_NAME("isinteractive", F_INTERACTIVE), JSONLOG_NAME("clientappused", F_CLIENT_APP),
    JSONLOG_NAME("appdisplayname", F_APP_NAME), JSONLOG_NAME("tokenissuertype", F_ISSUER_TYPE),
    JSONLOG_NAME("tokenissuername", F_ISSUER_NAME), JSONLOG_NAME("createddatetime", F_CREATED),
    JSONLOG_NAME("userdisplayname", F_USER_NAME), JSONLOG_NAME("calleripaddress", F_CALLER_IP),
    JSONLOG_NAME("locationdetails", F_LOCATION_DETAILS), JSONLOG_NAME("resourcetenantid", F_RESOURCE_TENANT),
    JSONLOG_NAME("incomingtokentype", F_INCOMING_TOKEN), JSONLOG_NAME("resultdescription", F_RESULT_TEXT),
    JSONLOG_NAME("userprincipalname", F_UPN), JSONLOG_NAME("serviceprincipalid", F_PRINCIPAL_ID),
    JSONLOG_NAME("resourcedisplayname", F_RESOURCE_NAME), JSONLOG_NAME("serviceprincipalname", F_PRINCIPAL_NAME),
    JSONLOG_NAME("risklevelduringsignin", F_RISK_LEVEL), JSONLOG_NAME("authenticationprotocol", F_AUTH_PROTOCOL),
    JSONLOG_NAME("autonomoussystemnumber", F_ASN), JSONLOG_NAME("authenticationrequirement", F_REQUIREMENT),
};
static const struct jsonlog_names names = {name_rows, sizeof name_rows / sizeof *name_rows};

struct sign_in {
    struct decode *d;
    const struct jnode *doc;         /* of the envelope */
    const struct jnode *in;          /* document of the sign-in itself */
    const struct jnode *out[F_COUNT]; /* members of the envelope */
    const struct jnode *at[F_COUNT];  /* members of the sign-in */
};

static struct str text(const struct sign_in *s, enum field f)
{
    struct str t = s->at[f] ? decode_some(jin_text(s->at[f])) : STR_NONE;
    return str_set(t) || !s->out[f] ? t : decode_some(jin_text(s->out[f]));
}

static bool claims(const struct jnode *doc)
{
    const struct jnode *at[F_COUNT] = {0}, *in[F_COUNT] = {0};
    if (doc->type != J_OBJ)
        return false;
    jsonlog_fields(NULL, doc, doc, &names, at);
    if (at[F_CATEGORY] && str_endsi(jin_text(at[F_CATEGORY]), STR("SignInLogs")))
        return true;
    if (at[F_PROPERTIES])
        jsonlog_fields(NULL, doc, at[F_PROPERTIES], &names, in);
    const struct jnode **m = at[F_PROPERTIES] ? in : at;
    return m[F_CREATED] && m[F_IP] && m[F_STATUS] && (m[F_UPN] || m[F_USER_ID] || m[F_PRINCIPAL_ID]);
}

/* "/tenants/<guid>/providers/Microsoft.aadiam" */
static struct str tenant(const struct sign_in *s)
{
    struct str path = s->out[F_RESOURCE_PATH] ? jin_text(s->out[F_RESOURCE_PATH]) : STR_NONE, t = text(s, F_TENANT);
    if (str_startsi(path, STR("/tenants/"))) {
        path = str_from(path, 9);
        ptrdiff_t end = str_chr(path, '/');
        return str_sub(path, 0, end > 0 ? (size_t)end : path.n);
    }
    return str_set(t) ? t : text(s, F_RESOURCE_TENANT);
}

static void actor(const struct sign_in *s)
{
    struct account *a = &s->d->act.actor;
    a->upn = text(s, F_UPN);
    a->cloud = text(s, F_USER_ID);
    if (str_set(a->upn) && str_chr(a->upn, '@') < 0) {
        a->name = a->upn;
        a->upn = STR_NONE;
    }
    if (account_set(a)) {
        decode_str(s->d, FACT_USER_TYPE, text(s, F_USER_TYPE));
        return;
    }
    a->name = text(s, F_PRINCIPAL_NAME);
    a->cloud = text(s, F_PRINCIPAL_ID);
    if (!account_set(a))
        a->name = text(s, F_USER_NAME);
    decode_str(s->d, FACT_USER_TYPE, STR("ServicePrincipal"));
}

static struct str known(struct str s)
{
    s = decode_some(s);
    return str_eqi(s, STR("Unknown")) ? STR_NONE : s;
}

static void place(const struct sign_in *s)
{
    enum field from = s->at[F_LOCATION_DETAILS] || s->out[F_LOCATION_DETAILS] ? F_LOCATION_DETAILS : F_LOCATION;
    struct jsonlog_part p = jsonlog_open(s->d, s->in, s->at[from]);
    struct location *l = &s->d->act.location;
    uint64_t asn;
    if (p.node) {
        l->country = known(jin_str(p.doc, p.node, "countryOrRegion"));
        l->region = known(jin_str(p.doc, p.node, "state"));
        l->city = known(jin_str(p.doc, p.node, "city"));
        (void)jsonlog_hundredths(jin_str(p.doc, p.node, "geoCoordinates.latitude"), &l->latitude);
        (void)jsonlog_hundredths(jin_str(p.doc, p.node, "geoCoordinates.longitude"), &l->longitude);
    }
    if (!str_set(l->country)) /* the envelope's two letters */
        l->country = known(text(s, F_LOCATION));
    if (l->country.n != 2)
        l->country = STR_NONE;
    if (str_set(l->country))
        decode_u64(s->d, FACT_GEO_STATED, 1);
    if (str_u64(text(s, F_ASN), &asn) && asn <= UINT32_MAX)
        l->asn = (uint32_t)asn;
}

static void device(const struct sign_in *s)
{
    struct jsonlog_part p = jsonlog_open(s->d, s->in, s->at[F_DEVICE]);
    struct activity *a = &s->d->act;
    decode_agent(s->d, text(s, F_AGENT));
    if (!p.node)
        return;
    struct str os = known(jin_str(p.doc, p.node, "operatingSystem")), browser = known(jin_str(p.doc, p.node, "browser"));
    a->device = known(jin_str(p.doc, p.node, "displayName"));
    if (!str_set(a->agent.os))
        a->agent.os = os;
    if (!str_set(a->agent.browser))
        a->agent.browser = browser;
}

/* tokenIssuerType ADFederationServices, or a SAML token brought along: one's own identity provider vouched. */
static void issuer(const struct sign_in *s)
{
    struct str type = text(s, F_ISSUER_TYPE), name = text(s, F_ISSUER_NAME), brought = text(s, F_INCOMING_TOKEN);
    bool saml = str_startsi(brought, STR("saml"));
    if (str_hasi(type, STR("ADFederationServices")) || saml)
        decode_u64(s->d, FACT_FEDERATED, 1);
    if (saml)
        s->d->act.protocol = PROTO_SAML;
    decode_str(s->d, FACT_TOKEN_ISSUER, str_set(name) ? name : type);
}

static void target(const struct sign_in *s)
{
    struct str resource = text(s, F_RESOURCE_NAME);
    struct object *o = str_set(resource) ? decode_object(s->d, OBJECT_APP, ROLE_RESOURCE, resource) : NULL;
    if (o && s->at[F_RESOURCE_PATH] && jsonlog_guid(jin_text(s->at[F_RESOURCE_PATH])))
        o->ref.cloud = jin_text(s->at[F_RESOURCE_PATH]);
    decode_str(s->d, FACT_TARGET_APP, text(s, F_APP_NAME));
    decode_str(s->d, FACT_APP_ID, text(s, F_APP_ID));
}

static enum kind result(const struct sign_in *s)
{
    struct jsonlog_part p = jsonlog_open(s->d, s->in, s->at[F_STATUS]);
    struct activity *a = &s->d->act;
    struct str stated = text(s, F_RESULT_TYPE), why = STR_NONE, detail = STR_NONE;
    bool failed = str_startsi(stated, STR("Fail"));
    a->has_code = str_u64(stated, &a->code);
    if (p.node) {
        a->has_code |= jin_u64(p.doc, p.node, "errorCode", &a->code);
        why = known(jin_str(p.doc, p.node, "failureReason"));
        detail = known(jin_str(p.doc, p.node, "additionalDetails"));
    }
    if (!failed && (!a->has_code || a->code == 0)) {
        a->outcome = OUTCOME_SUCCESS;
        if (str_set(text(s, F_REQUIREMENT)))
            decode_u64(s->d, FACT_MFA_USED, str_eqi(text(s, F_REQUIREMENT), STR("multiFactorAuthentication")));
        return KIND_SIGN_IN;
    }
    decode_str(s->d, FACT_ERROR_NAME, str_eqi(why, STR("Other.")) || !str_set(why) ? text(s, F_RESULT_TEXT) : why);
    enum kind k = entra_sign_in_failed(s->d, a->code);
    return str_startsi(detail, STR("MFA denied")) ? KIND_MFA_DENIED : k;
}

static void common(const struct sign_in *s)
{
    struct activity *a = &s->d->act;
    struct str category = text(s, F_CATEGORY), operation = text(s, F_OPERATION), created = text(s, F_CREATED), risk = text(s, F_RISK_LEVEL);
    a->time = time_parse(created);
    if (a->time == TIME_NONE)
        a->time = time_parse(text(s, F_TIME));
    a->app = str_of(str_startsi(category, STR("ADFS")) ? APP_ADFS : APP_ENTRA);
    a->instance = tenant(s);
    a->protocol = PROTO_HTTP_API;
    a->session = text(s, F_SESSION);
    decode_ip(s->d, text(s, F_IP));
    if (!ip_set(&a->ip))
        decode_ip(s->d, text(s, F_CALLER_IP));
    decode_str(s->d, FACT_OPERATION, str_set(operation) ? operation : STR("Sign-in activity"));
    decode_str(s->d, FACT_LOG_CHANNEL, category);
    decode_str(s->d, FACT_CLOUD_RECORD_ID, text(s, F_ID));
    decode_str(s->d, FACT_LOGON_PROCESS, text(s, F_CLIENT_APP));
    decode_str(s->d, FACT_AUTH_PACKAGE, str_eqi(text(s, F_AUTH_PROTOCOL), STR("none")) ? STR_NONE : text(s, F_AUTH_PROTOCOL));
    decode_str(s->d, FACT_RISK_LEVEL, str_eqi(risk, STR("hidden")) ? STR_NONE : risk);
    decode_str(s->d, FACT_RISK_STATE, text(s, F_RISK_STATE));
}

static int record(struct decode *d, const struct jnode *doc, struct str raw)
{
    struct sign_in s = {.d = d, .doc = doc, .in = doc};
    jsonlog_fields(d, doc, doc, &names, s.out);
    struct jsonlog_part p = jsonlog_open(d, doc, s.out[F_PROPERTIES]);
    if (p.node) {
        s.in = p.doc;
        jsonlog_fields(d, p.doc, p.node, &names, s.at);
    } else {
        memcpy(s.at, s.out, sizeof s.at);
    }
    struct activity *a = decode_begin(d, KIND_SIGN_IN);
    struct str id = text(&s, F_ID);
    common(&s);
    struct str parts[] = {STR("entra sign-in"), str_set(id) ? id : raw};
    decode_id(d, parts, 2);
    actor(&s);
    place(&s);
    device(&s);
    issuer(&s);
    target(&s);
    a->kind = result(&s);
    return decode_emit(d);
}

const struct decoder dec_entra_signin = {
    .name = "entra-signin",
    .about = "Entra ID sign-ins (Graph signIn resources, diagnostic settings SignInLogs and their kin, Sentinel rows)",
    .claims = claims,
    .record = record,
};
