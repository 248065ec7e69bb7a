/* model/ecs.c - ECS documents. */
#include "model/ecs.h"

#include "base/hash.h"
#include "model/act_json.h"

/* A list of one or two words: event.category and event.type are lists. */
static void list(struct jout *j, const char *key, const char *a, const char *b)
{
    jout_key(j, key);
    jout_arr(j);
    jout_str(j, str_of(a));
    if (b)
        jout_str(j, str_of(b));
    jout_end_arr(j);
}

static void head(struct jout *j, int64_t when)
{
    jout_key(j, "@timestamp");
    jout_time(j, when);
    jout_key(j, "ecs");
    jout_obj(j);
    jout_kz(j, "version", "8.11.0");
    jout_end_obj(j);
}

static void observer(struct jout *j)
{
    jout_key(j, "observer");
    jout_obj(j);
    jout_kz(j, "product", "Vigie");
    jout_kz(j, "vendor", "Vigie");
    jout_kz(j, "version", VIGIE_VERSION);
    jout_end_obj(j);
}

static void nested(struct jout *j, const char *object, const char *key, struct str value)
{
    if (!str_set(value))
        return;
    jout_key(j, object);
    jout_obj(j);
    jout_kstr(j, key, value);
    jout_end_obj(j);
}

/* ---- who ---- */

static void names(struct jout *j, const struct account *a)
{
    jout_kstr(j, "name", outside_first(a->name, outside_first(a->upn, a->mail)));
    jout_kstr(j, "id", outside_first(a->sid, a->cloud));
    jout_kstr(j, "domain", a->domain);
    jout_kstr(j, "email", outside_first(a->mail, a->upn));
}

static void user(struct jout *j, const struct activity *a)
{
    const struct account *to = outside_target(a);
    if (!account_set(&a->actor) && !to)
        return;
    jout_key(j, "user");
    jout_obj(j);
    names(j, &a->actor);
    if (to) {
        jout_key(j, "target");
        jout_obj(j);
        names(j, to);
        jout_end_obj(j);
    }
    jout_end_obj(j);
}

static void group(struct jout *j, const struct activity *a)
{
    const struct account *g = outside_group(a);
    if (!g)
        return;
    jout_key(j, "group");
    jout_obj(j);
    jout_kstr(j, "name", account_text(g));
    jout_kstr(j, "id", outside_first(g->sid, g->cloud));
    jout_kstr(j, "domain", g->domain);
    jout_end_obj(j);
}

/* ---- where ---- */

static void geo(struct jout *j, const struct location *l)
{
    if (str_set(l->country) || str_set(l->region) || str_set(l->city)) {
        jout_key(j, "geo");
        jout_obj(j);
        jout_kstr(j, "country_iso_code", l->country);
        jout_kstr(j, "region_name", l->region);
        jout_kstr(j, "city_name", l->city);
        if (location_placed(l)) {
            jout_key(j, "location");
            jout_obj(j);
            jout_knum(j, "lat", l->latitude / 100.0);
            jout_knum(j, "lon", l->longitude / 100.0);
            jout_end_obj(j);
        }
        jout_end_obj(j);
    }
    if (l->asn || str_set(l->network)) {
        jout_key(j, "as");
        jout_obj(j);
        if (l->asn)
            jout_ku64(j, "number", l->asn);
        nested(j, "organization", "name", l->network);
        jout_end_obj(j);
    }
}

static void side(struct jout *j, const char *key, struct str host, const struct ip *ip)
{
    char text[IP_TEXT];
    if (!str_set(host) && !ip_set(ip))
        return;
    struct str address = ip_set(ip) ? ip_text(ip, text) : STR_NONE;
    jout_key(j, key);
    jout_obj(j);
    jout_kstr(j, "address", outside_first(host, address));
    jout_kstr(j, "ip", address);
    jout_kstr(j, "domain", host);
    jout_end_obj(j);
}

static void source(struct jout *j, const struct activity *a)
{
    char text[IP_TEXT];
    const struct location *l = &a->location;
    if (!str_set(a->device) && !ip_set(&a->ip) && !str_set(l->country))
        return;
    struct str address = ip_set(&a->ip) ? ip_text(&a->ip, text) : STR_NONE;
    jout_key(j, "source");
    jout_obj(j);
    jout_kstr(j, "address", outside_first(a->device, address));
    jout_kstr(j, "ip", address);
    jout_kstr(j, "domain", a->device);
    if (a->port)
        jout_ku64(j, "port", a->port);
    geo(j, l);
    jout_end_obj(j);
}

static void cloud(struct jout *j, const struct activity *a)
{
    const char *provider = outside_cloud(a);
    if (!provider)
        return;
    jout_key(j, "cloud");
    jout_obj(j);
    jout_kz(j, "provider", provider);
    nested(j, "account", "id", a->instance);
    jout_end_obj(j);
}

static void agent(struct jout *j, const struct agent *g)
{
    if (!str_set(g->text) && !str_set(g->browser) && !str_set(g->os))
        return;
    jout_key(j, "user_agent");
    jout_obj(j);
    jout_kstr(j, "original", g->text);
    jout_kstr(j, "name", g->browser);
    nested(j, "os", "name", g->os);
    nested(j, "device", "name", g->device);
    jout_end_obj(j);
}

/* ---- related: one place to search for a value whatever its part ---- */

static void some(struct jout *j, const char *key, const struct str *of, size_t n)
{
    bool any = false;
    for (size_t i = 0; i < n; i++)
        any |= str_set(of[i]);
    if (!any)
        return;
    jout_key(j, key);
    jout_arr(j);
    for (size_t i = 0; i < n; i++) {
        bool repeated = !str_set(of[i]);
        for (size_t k = 0; k < i && !repeated; k++)
            repeated = str_eq(of[k], of[i]);
        if (!repeated)
            jout_str(j, of[i]);
    }
    jout_end_arr(j);
}

struct related {
    const struct str *users;
    size_t nusers;
    struct str hosts[2];
    const struct ip *ips[2];
};

static void related(struct jout *j, const struct related *r)
{
    char text[2][IP_TEXT];
    struct str ips[2];
    for (unsigned i = 0; i < 2; i++)
        ips[i] = ip_set(r->ips[i]) ? ip_text(r->ips[i], text[i]) : STR_NONE;
    jout_key(j, "related");
    jout_obj(j);
    some(j, "user", r->users, r->nusers);
    some(j, "hosts", r->hosts, 2);
    some(j, "ip", ips, 2);
    jout_end_obj(j);
}

/* ---- activities ---- */

static void event(struct jout *j, const struct activity *a)
{
    struct outside_kind k = outside_kind(a);
    char id[33];
    jout_key(j, "event");
    jout_obj(j);
    jout_kz(j, "kind", "event");
    list(j, "category", k.ecs_category, NULL);
    list(j, "type", k.ecs_type[0], k.ecs_type[1]);
    jout_kstr(j, "action", act_kind(a));
    jout_kstr(j, "outcome", outside_first(outcome_text(a->outcome), STR("unknown")));
    jout_kstr(j, "id", hash_hex(id, a->id, 16));
    jout_kz(j, "module", "vigie");
    jout_kz(j, "dataset", "vigie.activity");
    jout_kstr(j, "provider", outside_first(act_str(a, FACT_PROVIDER), a->app));
    if (act_has(a, FACT_EVENT_ID))
        outside_digits(j, "code", act_u64(a, FACT_EVENT_ID, 0));
    jout_kstr(j, "reason", act_str(a, FACT_FAILURE_REASON));
    jout_end_obj(j);
}

/* What the schema has no field for. */
static void ours(struct jout *j, const struct activity *a)
{
    jout_key(j, "vigie");
    jout_obj(j);
    jout_kstr(j, "app", a->app);
    jout_kstr(j, "instance", a->instance);
    jout_kstr(j, "session", a->session);
    if (a->has_code)
        jout_ku64(j, "code", a->code);
    if (a->nobjects) {
        jout_key(j, "objects");
        jout_arr(j);
        for (unsigned i = 0; i < a->nobjects; i++) {
            jout_obj(j);
            jout_kstr(j, "type", object_type_text(a->objects[i].type));
            jout_kstr(j, "role", object_role_text(a->objects[i].role));
            jout_kstr(j, "name", account_text(&a->objects[i].ref));
            jout_end_obj(j);
        }
        jout_end_arr(j);
    }
    activity_json_facts(j, a);
    jout_end_obj(j);
}

void ecs_activity(const struct activity *a, struct buf *out)
{
    char text[OUTSIDE_MESSAGE];
    struct jout j = jout_to(out);
    const struct account *to = outside_target(a);
    const struct str users[] = {account_text(&a->actor), to ? account_text(to) : STR_NONE};
    const struct related all = {users, 2, {a->device, a->destination}, {&a->ip, &a->destination_ip}};
    jout_obj(&j);
    head(&j, a->time);
    event(&j, a);
    jout_kstr(&j, "message", outside_message(a, text));
    user(&j, a);
    group(&j, a);
    source(&j, a);
    side(&j, "destination", a->destination, &a->destination_ip);
    nested(&j, "host", "name", outside_first(a->destination, a->device));
    nested(&j, "service", "name", a->app);
    cloud(&j, a);
    agent(&j, &a->agent);
    if (a->protocol != PROTO_NONE)
        nested(&j, "network", "protocol", protocol_text(a->protocol));
    related(&j, &all);
    observer(&j);
    ours(&j, a);
    jout_end_obj(&j);
    buf_char(out, '\n');
}

/* ---- alerts ---- */

static void alert_event(struct jout *j, const struct outside_alert *a)
{
    static const uint8_t severities[] = {
        [SEVERITY_DEFAULT] = 0, [SEVERITY_INFORMATIONAL] = 1, [SEVERITY_LOW] = 2, [SEVERITY_MEDIUM] = 3, [SEVERITY_HIGH] = 4};
    jout_key(j, "event");
    jout_obj(j);
    jout_kz(j, "kind", "alert");
    list(j, "category", "intrusion_detection", NULL);
    list(j, "type", "info", NULL);
    jout_kstr(j, "action", a->policy);
    jout_kstr(j, "id", a->id);
    jout_kz(j, "module", "vigie");
    jout_kz(j, "dataset", "vigie.alert");
    jout_kz(j, "provider", "Vigie");
    jout_ku64(j, "severity", severities[a->severity]);
    jout_ktime(j, "start", a->start);
    jout_ktime(j, "end", a->end);
    jout_end_obj(j);
}

static void rule(struct jout *j, const struct outside_alert *a)
{
    jout_key(j, "rule");
    jout_obj(j);
    jout_kstr(j, "id", a->policy);
    jout_kstr(j, "name", a->name);
    jout_kstr(j, "category", a->category);
    jout_kz(j, "ruleset", "vigie");
    jout_end_obj(j);
}

/* Technique ids, and of those with a dot the technique that they belong to. */
static void threat(struct jout *j, const struct outside_alert *a)
{
    struct str techniques[8], subs[8];
    size_t n = a->nattack < 8 ? a->nattack : 8;
    if (!n)
        return;
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t dot = str_chr(a->attack[i], '.');
        techniques[i] = dot < 0 ? a->attack[i] : str_sub(a->attack[i], 0, (size_t)dot);
        subs[i] = dot < 0 ? STR_NONE : a->attack[i];
    }
    jout_key(j, "threat");
    jout_obj(j);
    jout_kz(j, "framework", "MITRE ATT&CK");
    jout_key(j, "technique");
    jout_obj(j);
    some(j, "id", techniques, n);
    jout_key(j, "subtechnique");
    jout_obj(j);
    some(j, "id", subs, n);
    jout_end_obj(j);
    jout_end_obj(j);
    jout_end_obj(j);
}

static void alert_ours(struct jout *j, const struct outside_alert *a)
{
    char id[33];
    jout_key(j, "vigie");
    jout_obj(j);
    jout_kstr(j, "status", a->status);
    jout_ku64(j, "count", a->count);
    jout_key(j, "activities");
    jout_arr(j);
    for (size_t i = 0; i < a->nevidence; i++)
        jout_str(j, hash_hex(id, a->evidence[i], 16));
    jout_end_arr(j);
    jout_end_obj(j);
}

void ecs_alert(const struct outside_alert *a, struct buf *out)
{
    struct jout j = jout_to(out);
    const struct related all = {a->users, a->nusers, {a->source, a->destination}, {&a->source_ip, &a->destination_ip}};
    jout_obj(&j);
    head(&j, a->end != TIME_NONE ? a->end : a->start != TIME_NONE ? a->start : 0);
    alert_event(&j, a);
    jout_kstr(&j, "message", a->description);
    rule(&j, a);
    threat(&j, a);
    if (a->nusers)
        nested(&j, "user", "name", a->users[0]);
    side(&j, "source", a->source, &a->source_ip);
    side(&j, "destination", a->destination, &a->destination_ip);
    nested(&j, "host", "name", outside_first(a->destination, a->source));
    related(&j, &all);
    observer(&j);
    alert_ours(&j, a);
    jout_end_obj(&j);
    buf_char(out, '\n');
}
