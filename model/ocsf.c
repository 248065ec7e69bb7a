/* model/ocsf.c - OCSF events. */
#include "model/ocsf.h"

#include "base/hash.h"
#include "model/act_json.h"

/* What an event is about, as its class wants it. */
struct subject {
    struct outside_kind kind;
    const struct account *user;  /* whom it happened to: NULL when the record does not say */
    const struct account *group; /* of Group Management */
};

/* ---- what all events have ---- */

/* The schema's caption of an activity; where it has none, our own words. */
static struct str caption(unsigned class_uid, unsigned activity, struct str ours)
{
    static const struct {
        unsigned type_uid;
        const char *caption;
    } rows[] = {{200401, "Create"},
                {200403, "Close"},
                {300101, "Create"},
                {300102, "Enable"},
                {300103, "Password Change"},
                {300104, "Password Reset"},
                {300105, "Disable"},
                {300106, "Delete"},
                {300109, "Lock"},
                {300201, "Logon"},
                {300202, "Logoff"},
                {300203, "Authentication Ticket"},
                {300204, "Service Ticket Request"},
                {300205, "Service Ticket Renew"},
                {300603, "Add User"},
                {300604, "Remove User"},
                {300605, "Delete"},
                {300606, "Create"},
                {600301, "Create"},
                {600302, "Read"},
                {600303, "Update"},
                {600304, "Delete"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].type_uid == class_uid * 100 + activity)
            return str_of(rows[i].caption);
    return ours;
}

static void classified(struct jout *j, unsigned class_uid, unsigned activity, struct str ours)
{
    static const struct {
        unsigned uid;
        const char *name, *category;
    } classes[] = {{OCSF_DETECTION_FINDING, "Detection Finding", "Findings"},
                   {OCSF_ACCOUNT_CHANGE, "Account Change", "Identity & Access Management"},
                   {OCSF_AUTHENTICATION, "Authentication", "Identity & Access Management"},
                   {OCSF_GROUP_MANAGEMENT, "Group Management", "Identity & Access Management"},
                   {OCSF_API_ACTIVITY, "API Activity", "Application Activity"}};
    size_t i = 0;
    while (classes[i].uid != class_uid)
        i++;
    jout_ku64(j, "category_uid", class_uid / 1000);
    jout_kz(j, "category_name", classes[i].category);
    jout_ku64(j, "class_uid", class_uid);
    jout_kz(j, "class_name", classes[i].name);
    jout_ku64(j, "activity_id", activity);
    jout_kstr(j, "activity_name", caption(class_uid, activity, ours));
    jout_ku64(j, "type_uid", (uint64_t)class_uid * 100 + activity);
}

static void milliseconds(struct jout *j, const char *key, int64_t t)
{
    if (t != TIME_NONE)
        jout_ki64(j, key, t / TIME_MS);
}

static void metadata_open(struct jout *j, struct str uid)
{
    jout_key(j, "metadata");
    jout_obj(j);
    jout_kz(j, "version", "1.3.0");
    jout_key(j, "product");
    jout_obj(j);
    jout_kz(j, "name", "Vigie");
    jout_kz(j, "vendor_name", "Vigie");
    jout_kz(j, "version", VIGIE_VERSION);
    jout_end_obj(j);
    jout_kstr(j, "uid", uid);
}

static void endpoint(struct jout *j, const char *key, struct str host, const struct ip *ip)
{
    char text[IP_TEXT];
    if (!str_set(host) && !ip_set(ip))
        return;
    jout_key(j, key);
    jout_obj(j);
    jout_kstr(j, "hostname", host);
    if (ip_set(ip))
        jout_kstr(j, "ip", ip_text(ip, text));
    jout_end_obj(j);
}

/* ---- activities ---- */

/* A class that requires what the record does not say would make an invalid event: it is a call then. */
static struct subject subject_of(const struct activity *a)
{
    struct subject s = {.kind = outside_kind(a)};
    if (s.kind.ocsf_class == OCSF_AUTHENTICATION)
        s.user = account_set(&a->actor) ? &a->actor : NULL;
    else
        s.user = outside_target(a);
    if (a->kind == KIND_PASSWORD_CHANGE && !s.user && account_set(&a->actor))
        s.user = &a->actor;
    s.group = outside_group(a);
    if ((s.kind.ocsf_class == OCSF_GROUP_MANAGEMENT && !s.group) ||
        ((s.kind.ocsf_class == OCSF_AUTHENTICATION || s.kind.ocsf_class == OCSF_ACCOUNT_CHANGE) && !s.user)) {
        s.kind.ocsf_class = OCSF_API_ACTIVITY;
        s.kind.ocsf_activity = OCSF_OTHER;
    }
    return s;
}

static void account(struct jout *j, const char *key, const struct account *a, bool admin)
{
    jout_key(j, key);
    jout_obj(j);
    jout_kstr(j, "name", outside_first(a->name, outside_first(a->upn, a->mail)));
    jout_kstr(j, "uid", outside_first(a->sid, a->cloud));
    jout_kstr(j, "domain", a->domain);
    jout_kstr(j, "email_addr", outside_first(a->mail, a->upn));
    if (str_set(a->sid))
        jout_kstr(j, "uid_alt", a->cloud);
    if (admin) {
        jout_ku64(j, "type_id", 2);
        jout_kz(j, "type", "Admin");
    }
    jout_end_obj(j);
}

static void actor(struct jout *j, const struct activity *a)
{
    jout_key(j, "actor");
    jout_obj(j);
    if (account_set(&a->actor))
        account(j, "user", &a->actor, a->admin);
    else
        jout_kstr(j, "app_name", outside_first(a->app, STR("unknown")));
    if (str_set(a->session)) {
        jout_key(j, "session");
        jout_obj(j);
        jout_kstr(j, "uid", a->session);
        jout_end_obj(j);
    }
    jout_end_obj(j);
}

static void place(struct jout *j, const struct location *l)
{
    if (!str_set(l->country) && !str_set(l->region) && !str_set(l->city))
        return;
    jout_key(j, "location");
    jout_obj(j);
    jout_kstr(j, "country", l->country);
    jout_kstr(j, "region", l->region);
    jout_kstr(j, "city", l->city);
    if (location_placed(l)) {
        jout_knum(j, "lat", l->latitude / 100.0);
        jout_knum(j, "long", l->longitude / 100.0);
    }
    jout_kstr(j, "isp", l->network);
    jout_end_obj(j);
}

/* Required of calls: where nobody knows a computer or an address, it is the app that speaks. */
static void source(struct jout *j, const struct activity *a, bool required)
{
    char text[IP_TEXT];
    bool known = str_set(a->device) || ip_set(&a->ip);
    if (!known && !required)
        return;
    jout_key(j, "src_endpoint");
    jout_obj(j);
    jout_kstr(j, "hostname", a->device);
    if (ip_set(&a->ip))
        jout_kstr(j, "ip", ip_text(&a->ip, text));
    if (a->port)
        jout_ku64(j, "port", a->port);
    if (!known)
        jout_kstr(j, "svc_name", outside_first(a->app, STR("unknown")));
    place(j, &a->location);
    jout_end_obj(j);
}

/* Numbers as Windows has them; 0, the system's own, is 1 (auth_protocol_id and logon_type_id of the schema's dictionary). */
static void authentication(struct jout *j, const struct activity *a)
{
    static const uint8_t protocols[PROTO_COUNT] = {[PROTO_NTLM] = 1, [PROTO_KERBEROS] = 2, [PROTO_SAML] = 5, [PROTO_RADIUS] = 10};
    if (a->protocol != PROTO_NONE && a->protocol < PROTO_COUNT) {
        jout_ku64(j, "auth_protocol_id", protocols[a->protocol] ? protocols[a->protocol] : OCSF_OTHER);
        jout_kstr(j, "auth_protocol", protocol_text(a->protocol));
    }
    if (act_has(a, FACT_LOGON_TYPE)) {
        uint64_t type = act_u64(a, FACT_LOGON_TYPE, 0);
        jout_ku64(j, "logon_type_id", type == 0 ? 1 : type <= 13 && type != 6 && type != 1 ? type : OCSF_OTHER);
    }
    if (a->kind == KIND_MFA_PROMPT || a->kind == KIND_MFA_DENIED)
        jout_kbool(j, "is_mfa", true);
    jout_kstr(j, "status_detail", act_str(a, FACT_FAILURE_REASON));
}

static void service(struct jout *j, const char *key, struct str name)
{
    jout_key(j, key);
    jout_obj(j);
    jout_kstr(j, "name", outside_first(name, STR("unknown")));
    jout_end_obj(j);
}

static void call(struct jout *j, const struct activity *a)
{
    jout_key(j, "api");
    jout_obj(j);
    jout_kstr(j, "operation", outside_first(act_str(a, FACT_OPERATION), act_kind(a)));
    service(j, "service", outside_first(act_str(a, FACT_PROVIDER), a->app));
    jout_end_obj(j);
}

static void objects(struct jout *j, const char *key, const struct activity *a)
{
    if (!a->nobjects)
        return;
    jout_key(j, key);
    jout_arr(j);
    for (unsigned i = 0; i < a->nobjects; i++) {
        const struct object *o = &a->objects[i];
        jout_obj(j);
        jout_kstr(j, "type", object_type_text(o->type));
        jout_kstr(j, "name", account_text(&o->ref));
        jout_kstr(j, "uid", outside_first(o->ref.sid, o->ref.cloud));
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

static void status(struct jout *j, const struct activity *a)
{
    static const struct {
        unsigned id;
        const char *text;
    } rows[] = {[OUTCOME_UNKNOWN] = {0, "Unknown"}, [OUTCOME_SUCCESS] = {1, "Success"}, [OUTCOME_FAILURE] = {2, "Failure"}};
    jout_ku64(j, "status_id", rows[a->outcome].id);
    jout_kz(j, "status", rows[a->outcome].text);
    if (a->has_code)
        outside_digits(j, "status_code", a->code);
}

static void metadata(struct jout *j, const struct activity *a)
{
    char id[33];
    metadata_open(j, hash_hex(id, a->id, 16));
    jout_kstr(j, "log_provider", outside_first(a->app, STR("unknown")));
    jout_kstr(j, "log_name", act_str(a, FACT_LOG_CHANNEL));
    if (act_has(a, FACT_EVENT_ID))
        outside_digits(j, "event_code", act_u64(a, FACT_EVENT_ID, 0));
    if (outside_cloud(a)) {
        jout_key(j, "profiles");
        jout_arr(j);
        jout_str(j, STR("cloud"));
        jout_end_arr(j);
    }
    jout_end_obj(j);
}

static void cloud(struct jout *j, const struct activity *a)
{
    const char *provider = outside_cloud(a);
    if (!provider)
        return;
    jout_key(j, "cloud");
    jout_obj(j);
    jout_kz(j, "provider", strcmp(provider, "aws") == 0 ? "AWS" : "Azure");
    if (str_set(a->instance)) {
        jout_key(j, "account");
        jout_obj(j);
        jout_kstr(j, "uid", a->instance);
        jout_end_obj(j);
    }
    jout_end_obj(j);
}

static void agent(struct jout *j, const struct activity *a)
{
    if (!str_set(a->agent.text))
        return;
    jout_key(j, "http_request");
    jout_obj(j);
    jout_kstr(j, "user_agent", a->agent.text);
    jout_end_obj(j);
}

static void unmapped(struct jout *j, const struct activity *a, const struct subject *s)
{
    jout_key(j, "unmapped");
    jout_obj(j);
    jout_kstr(j, "kind", act_kind(a));
    if (s->kind.ocsf_class != OCSF_API_ACTIVITY)
        objects(j, "objects", a);
    activity_json_facts(j, a);
    jout_end_obj(j);
}

/* What only some classes have. */
static void particulars(struct jout *j, const struct activity *a, const struct subject *s)
{
    bool api = s->kind.ocsf_class == OCSF_API_ACTIVITY, auth = s->kind.ocsf_class == OCSF_AUTHENTICATION;
    source(j, a, api);
    if (auth || api)
        endpoint(j, "dst_endpoint", a->destination, &a->destination_ip);
    if (auth) {
        authentication(j, a);
        service(j, "service",
                outside_first(act_str(a, FACT_TARGET_APP), outside_first(act_str(a, FACT_SPN), a->app))); /* it or dst_endpoint is required */
    }
    if (s->user && !api)
        account(j, "user", s->user, auth && a->admin);
    if (s->kind.ocsf_class == OCSF_GROUP_MANAGEMENT) {
        jout_key(j, "group");
        jout_obj(j);
        jout_kstr(j, "name", account_text(s->group));
        jout_kstr(j, "uid", outside_first(s->group->sid, s->group->cloud));
        jout_kstr(j, "domain", s->group->domain);
        jout_end_obj(j);
    }
    if (api) {
        call(j, a);
        objects(j, "resources", a);
    }
}

void ocsf_activity(const struct activity *a, struct buf *out)
{
    char text[OUTSIDE_MESSAGE];
    struct jout j = jout_to(out);
    struct subject s = subject_of(a);
    jout_obj(&j);
    classified(&j, s.kind.ocsf_class, s.kind.ocsf_activity, act_kind(a));
    jout_ki64(&j, "time", a->time / TIME_MS);
    jout_ku64(&j, "severity_id", 1);
    jout_kz(&j, "severity", "Informational");
    status(&j, a);
    jout_kstr(&j, "message", outside_message(a, text));
    metadata(&j, a);
    actor(&j, a);
    particulars(&j, a, &s);
    agent(&j, a);
    cloud(&j, a);
    unmapped(&j, a, &s);
    jout_end_obj(&j);
    buf_char(out, '\n');
}

/* ---- alerts ---- */

static void attacks(struct jout *j, const struct outside_alert *a)
{
    if (!a->nattack)
        return;
    jout_key(j, "attacks");
    jout_arr(j);
    for (size_t i = 0; i < a->nattack; i++) {
        ptrdiff_t dot = str_chr(a->attack[i], '.');
        jout_obj(j);
        jout_key(j, "technique");
        jout_obj(j);
        jout_kstr(j, "uid", dot < 0 ? a->attack[i] : str_sub(a->attack[i], 0, (size_t)dot));
        jout_end_obj(j);
        if (dot >= 0) {
            jout_key(j, "sub_technique");
            jout_obj(j);
            jout_kstr(j, "uid", a->attack[i]);
            jout_end_obj(j);
        }
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

static void related_events(struct jout *j, const struct outside_alert *a)
{
    char id[33];
    if (!a->nevidence)
        return;
    jout_key(j, "related_events");
    jout_arr(j);
    for (size_t i = 0; i < a->nevidence; i++) {
        jout_obj(j);
        jout_kstr(j, "uid", hash_hex(id, a->evidence[i], 16));
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

static void finding_info(struct jout *j, const struct outside_alert *a)
{
    jout_key(j, "finding_info");
    jout_obj(j);
    jout_kstr(j, "uid", a->id);
    jout_kstr(j, "title", a->name);
    jout_kstr(j, "desc", a->description);
    milliseconds(j, "first_seen_time", a->start);
    milliseconds(j, "last_seen_time", a->end);
    jout_key(j, "types");
    jout_arr(j);
    jout_str(j, a->category);
    jout_end_arr(j);
    jout_key(j, "analytic");
    jout_obj(j);
    jout_ku64(j, "type_id", 1);
    jout_kz(j, "type", "Rule");
    jout_kstr(j, "uid", a->policy);
    jout_kstr(j, "name", a->name);
    jout_end_obj(j);
    attacks(j, a);
    related_events(j, a);
    jout_end_obj(j);
}

static void users(struct jout *j, const struct outside_alert *a)
{
    if (!a->nusers)
        return;
    jout_key(j, "resources");
    jout_arr(j);
    for (size_t i = 0; i < a->nusers; i++) {
        jout_obj(j);
        jout_kz(j, "type", "user");
        jout_kstr(j, "name", a->users[i]);
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

static void evidences(struct jout *j, const struct outside_alert *a)
{
    if (!str_set(a->source) && !ip_set(&a->source_ip) && !str_set(a->destination) && !ip_set(&a->destination_ip))
        return;
    jout_key(j, "evidences");
    jout_arr(j);
    jout_obj(j);
    endpoint(j, "src_endpoint", a->source, &a->source_ip);
    endpoint(j, "dst_endpoint", a->destination, &a->destination_ip);
    jout_end_obj(j);
    jout_end_arr(j);
}

void ocsf_alert(const struct outside_alert *a, struct buf *out)
{
    static const struct {
        unsigned id;
        const char *text;
    } severities[] = {[SEVERITY_DEFAULT] = {0, "Unknown"},
                      [SEVERITY_INFORMATIONAL] = {1, "Informational"},
                      [SEVERITY_LOW] = {2, "Low"},
                      [SEVERITY_MEDIUM] = {3, "Medium"},
                      [SEVERITY_HIGH] = {4, "High"}};
    int64_t when = a->end != TIME_NONE ? a->end : a->start;
    struct jout j = jout_to(out);
    jout_obj(&j);
    classified(&j, OCSF_DETECTION_FINDING, a->closed ? 3 : 1, STR_NONE);
    jout_ki64(&j, "time", when != TIME_NONE ? when / TIME_MS : 0);
    milliseconds(&j, "start_time", a->start);
    milliseconds(&j, "end_time", a->end);
    jout_ku64(&j, "count", a->count);
    jout_ku64(&j, "severity_id", severities[a->severity].id);
    jout_kz(&j, "severity", severities[a->severity].text);
    jout_ku64(&j, "status_id", a->closed ? 4 : 1);
    jout_kz(&j, "status", a->closed ? "Resolved" : "New");
    jout_kstr(&j, "status_detail", a->status);
    jout_kstr(&j, "message", a->description);
    metadata_open(&j, a->id);
    jout_end_obj(&j);
    finding_info(&j, a);
    users(&j, a);
    evidences(&j, a);
    jout_end_obj(&j);
    buf_char(out, '\n');
}
