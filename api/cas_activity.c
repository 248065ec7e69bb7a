/* api/cas_activity.c - the object of an activity with the keys that clients of that API read. */
#include "api/cas_activity.h"

#include "api/activity_json.h"
#include "api/cas.h"
#include "api/person_json.h"
#include "model/app.h"
#include "base/hash.h"
#include "model/act_json.h"
#include "model/app.h"
#include "store/actlog_match.h"

static void open_obj(struct jout *j, const char *key)
{
    jout_key(j, key);
    jout_obj(j);
}

static void empty_arr(struct jout *j, const char *key)
{
    jout_key(j, key);
    jout_arr(j);
    jout_end_arr(j);
}

static void text_or_null(struct jout *j, const char *key, struct str s)
{
    jout_key(j, key);
    if (str_set(s))
        jout_str(j, s);
    else
        jout_null(j);
}

static void write_head(struct jout *j, const struct actlog_row *row, uint32_t app)
{
    const struct activity *a = &row->activity;
    char hex[33];
    struct str id = hash_hex(hex, a->id, 16);
    jout_kstr(j, "_id", id);
    jout_kstr(j, "uid", id);
    jout_kstr(j, "tenantId", str_set(a->instance) ? a->instance : STR("0"));
    jout_kstr(j, "aadTenantId", str_set(a->instance) ? a->instance : STR("0"));
    jout_ku64(j, "appId", app);
    jout_ku64(j, "saasId", app);
    jout_ku64(j, "srcAppId", app);
    jout_ku64(j, "service", app);
    jout_kstr(j, "appName", a->app.n ? a->app : STR("Unknown"));
    cas_kms(j, "timestamp", a->time);
    cas_kms(j, "timestampRaw", a->time);
    cas_kms(j, "instantiation", row->created);
    cas_kms(j, "instantiationRaw", row->created);
    cas_kms(j, "created", row->created);
    cas_kms(j, "createdRaw", row->created);
}

/* "file downloaded" to EVENT_FILE_DOWNLOADED. */
static struct str event_value(struct arena *arena, struct str kind)
{
    struct str head = STR("EVENT_");
    char *p = arena_alloc(arena, head.n + kind.n);
    if (!p)
        return STR("EVENT");
    memcpy(p, head.p, head.n);
    for (size_t i = 0; i < kind.n; i++) {
        char c = kind.p[i];
        p[head.n + i] = c >= 'a' && c <= 'z' ? (char)(c - 32) : (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
    }
    return (struct str){p, head.n + kind.n};
}

static void write_event(struct arena *arena, struct jout *j, const struct activity *a)
{
    struct str kind = act_kind(a), operation = act_str(a, FACT_OPERATION);
    jout_ki64(j, "eventType", (int64_t)a->kind);
    jout_kstr(j, "eventTypeValue", event_value(arena, kind));
    jout_kstr(j, "eventTypeName", actlog_category(a));
    jout_kz(j, "genericEventType", "ENUM_ACTIVITY_GENERIC_TYPE_BASIC");
    jout_kstr(j, "actionType", kind.n ? kind : operation.n ? operation : STR("unknown"));
    open_obj(j, "activity");
    jout_kbool(j, "type", a->admin);
    jout_kbool(j, "impersonated", a->impersonated);
    jout_end_obj(j);
    jout_kz(j, "severity", "INFO");
    struct str text = activity_json_description(arena, a, ENGLISH);
    jout_kstr(j, "description", text.n ? text : STR("Activity"));
    jout_kz(j, "description_id", "EVENT_DESCRIPTION_BASIC_EVENT");
    open_obj(j, "description_metadata");
    jout_kstr(j, "target_object", a->nobjects ? account_text(&a->objects[0].ref) : STR(""));
    jout_kstr(j, "operation_name", operation.n ? operation : kind);
    jout_kz(j, "colon", a->nobjects ? ": " : "");
    jout_kz(j, "dash", "");
    jout_end_obj(j);
    jout_ki64(j, "confidenceLevel", 20);
    jout_ki64(j, "source", 2);
    empty_arr(j, "classifications");
    empty_arr(j, "tags");
    open_obj(j, "eventRouting");
    jout_kbool(j, "auditing", true);
    jout_kbool(j, "adminEvent", a->admin);
    jout_end_obj(j);
}

static void write_where(struct jout *j, const struct activity *a)
{
    const struct location *at = &a->location;
    char ip[IP_TEXT];
    open_obj(j, "device");
    jout_kstr(j, "clientIP", ip_set(&a->ip) ? ip_text(&a->ip, ip) : STR(""));
    jout_kstr(j, "userAgent", str_set(a->agent.text) ? a->agent.text : STR(""));
    jout_kstr(j, "countryCode", str_set(at->country) ? at->country : STR(""));
    jout_kstr(j, "name", a->device);
    jout_end_obj(j);
    open_obj(j, "location");
    text_or_null(j, "countryCode", at->country);
    text_or_null(j, "city", at->city);
    text_or_null(j, "region", at->region);
    if (location_placed(at)) {
        jout_knum(j, "longitude", at->longitude / 100.0);
        jout_knum(j, "latitude", at->latitude / 100.0);
    } else {
        cas_knull(j, "longitude");
        cas_knull(j, "latitude");
    }
    text_or_null(j, "organizationSearchable", at->network);
    jout_kbool(j, "anonymousProxy", (at->tags & (LOCATION_ANONYMOUS | LOCATION_TOR)) != 0);
    jout_kbool(j, "isSatelliteProvider", false);
    jout_ki64(j, "category", at->tags & LOCATION_CORPORATE ? 1 : at->tags & LOCATION_RISKY ? 3 : at->tags & LOCATION_VPN ? 4 : at->tags & LOCATION_CLOUD ? 5 : 0);
    jout_end_obj(j);
}

static void write_agent(struct jout *j, const struct agent *g)
{
    struct str os = str_set(g->os) ? g->os : STR("Unknown"), browser = str_set(g->browser) ? g->browser : STR("Unknown");
    open_obj(j, "userAgent");
    jout_kstr(j, "family", browser);
    jout_kstr(j, "name", browser);
    open_obj(j, "operatingSystem");
    jout_kstr(j, "name", os);
    jout_kstr(j, "family", os);
    jout_end_obj(j);
    jout_kz(j, "type", g->tags & AGENT_SCRIPT ? "Script" : "Browser");
    jout_kz(j, "typeName", g->tags & AGENT_SCRIPT ? "Script" : "Browser");
    jout_kstr(j, "deviceType", str_set(g->device) ? g->device : STR("OTHER"));
    jout_kbool(j, "nativeBrowser", false);
    jout_key(j, "tags");
    jout_arr(j);
    for (unsigned bit = 0; str_set(agent_tag_text(bit)); bit++)
        if (g->tags >> bit & 1)
            jout_str(j, agent_tag_text(bit));
    jout_end_arr(j);
    jout_kstr(j, "os", os);
    jout_kstr(j, "browser", browser);
    jout_end_obj(j);
}

/* ---- who and what ---- */

struct someone {
    struct str id, name;
    uint32_t saas;
    bool resolved, account;
};

static struct someone someone_of(struct api_request *q, uint32_t entity, const struct account *seen, uint32_t app)
{
    struct stored_entity e;
    struct str name = account_text(seen);
    if (entity && tab_entities_get(q->db, q->arena, entity, &e) == 0 && person_json_may_see(q, e.base.number))
        return (struct someone){e.base.id, e.base.name, cas_saas(&e), true, e.base.type != ENTITY_GROUP};
    return (struct someone){str_set(seen->cloud) ? seen->cloud : name, name, app, false, false};
}

static void write_object(struct jout *j, const struct someone *s, bool file, int64_t role)
{
    jout_obj(j);
    jout_ki64(j, "objType", file ? 1 : s->account ? 23 : 21);
    jout_ki64(j, "role", role);
    empty_arr(j, "tags");
    jout_kstr(j, "name", str_set(s->name) ? s->name : STR(""));
    jout_ki64(j, "instanceId", 0);
    jout_kbool(j, "resolved", s->resolved);
    jout_ku64(j, "saasId", s->saas);
    jout_kstr(j, "id", str_set(s->id) ? s->id : STR(""));
    jout_end_obj(j);
}

static bool is_file(const struct object *o)
{
    return o->type == OBJECT_FILE || o->type == OBJECT_SHARE || o->type == OBJECT_STORAGE;
}

static void write_data(struct jout *j, const char *key, const struct someone *s)
{
    jout_key(j, key);
    if (!str_set(s->name)) {
        jout_null(j);
        return;
    }
    jout_obj(j);
    jout_kstr(j, "displayName", s->name);
    open_obj(j, "id");
    jout_kstr(j, "id", str_set(s->id) ? s->id : s->name);
    jout_ku64(j, "saas", s->saas);
    jout_ki64(j, "inst", 0);
    jout_end_obj(j);
    jout_kbool(j, "resolved", s->resolved);
    jout_end_obj(j);
}

static void write_actor(struct api_request *q, struct jout *j, const struct someone *s)
{
    jout_key(j, "resolvedActor");
    if (!str_set(s->name)) {
        jout_null(j);
        return;
    }
    jout_obj(j);
    jout_kstr(j, "id", str_set(s->id) ? s->id : s->name);
    jout_kstr(j, "saasId", str_fmt(q->arena, "%u", s->saas));
    jout_kz(j, "instanceId", "0");
    empty_arr(j, "tags");
    jout_kz(j, "objType", "23");
    jout_kstr(j, "name", s->name);
    jout_kz(j, "role", "4");
    jout_kbool(j, "resolved", s->resolved);
    jout_end_obj(j);
}

static void write_people(struct api_request *q, struct jout *j, const struct activity *a, uint32_t app)
{
    const struct someone actor = someone_of(q, a->actor_entity, &a->actor, app);
    struct someone target = {.resolved = false};
    struct str operation = act_str(a, FACT_OPERATION), kind = act_kind(a);
    open_obj(j, "user");
    jout_kstr(j, "userName", str_set(actor.name) ? actor.name : STR(""));
    empty_arr(j, "userTags");
    jout_end_obj(j);
    open_obj(j, "mainInfo");
    jout_key(j, "eventObjects");
    jout_arr(j);
    for (unsigned i = 0; i < a->nobjects; i++) {
        const struct someone s = someone_of(q, a->objects[i].entity, &a->objects[i].ref, app);
        if (!str_set(target.name))
            target = s;
        write_object(j, &s, is_file(&a->objects[i]), 3);
    }
    if (str_set(actor.name))
        write_object(j, &actor, false, 4);
    jout_end_arr(j);
    jout_kstr(j, "rawOperationName", operation.n ? operation : kind);
    jout_kstr(j, "prettyOperationName", kind);
    jout_kz(j, "type", "basic");
    jout_end_obj(j);
    write_actor(q, j, &actor);
    open_obj(j, "entityData");
    write_data(j, "0", &actor);
    cas_knull(j, "1");
    write_data(j, "2", &target);
    jout_end_obj(j);
}

/* The facts as far as they are known; the record itself is behind GET activities/{id}/raw of the own API. */
static void write_raw(struct jout *j, const struct activity *a)
{
    char name[64];
    open_obj(j, "rawDataJson");
    for (unsigned i = 0; i < a->nfacts; i++) {
        const struct fact *f = &a->facts[i];
        struct str text = fact_name((enum fact_key)f->key);
        if (text.n == 0 || text.n >= sizeof name)
            continue;
        memcpy(name, text.p, text.n);
        name[text.n] = '\0';
        if (f->type == FACT_TYPE_STR)
            jout_kstr(j, name, f->s);
        else
            jout_ku64(j, name, f->u);
    }
    jout_end_obj(j);
}

int cas_activity(struct api_request *q, struct jout *j, const struct actlog_row *row)
{
    const struct activity *a = &row->activity;
    uint32_t app = app_number(a->app);
    jout_obj(j);
    write_head(j, row, app);
    write_event(q->arena, j, a);
    write_where(j, a);
    write_agent(j, &a->agent);
    open_obj(j, "internals");
    empty_arr(j, "otherIPs");
    jout_end_obj(j);
    open_obj(j, "session");
    jout_kstr(j, "sessionId", str_set(a->session) ? a->session : STR(""));
    jout_end_obj(j);
    write_people(q, j, a, app);
    write_raw(j, a);
    jout_end_obj(j);
    return 0;
}
