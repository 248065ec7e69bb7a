/* api/api_cas_alerts.c - alerts of the Cloud App Security API: list, one, close, read. */
#include "api/api.h"

#include "api/alert_json.h"
#include "api/answer.h"
#include "api/cas.h"
#include "api/person_json.h"
#include "base/hash.h"

#include <stdio.h>

enum { CLOSE_MOST = 100, USERS = 64, COMMENT_MAX = 4000 };

/* ---- one alert as an object ---- */

static void entity_head(struct jout *j, const char *type, struct str id, struct str label)
{
    jout_obj(j);
    jout_kz(j, "type", type);
    jout_kstr(j, "id", id.n ? id : STR("unknown"));
    jout_kstr(j, "label", label.n ? label : id.n ? id : STR("unknown"));
}

static void account_members(struct jout *j, const struct stored_entity *e)
{
    struct str mail = str_set(e->base.mail) ? e->base.mail : e->base.upn;
    jout_kstr(j, "pa", str_set(e->base.upn) ? e->base.upn : e->base.mail);
    jout_kstr(j, "em", mail);
    jout_ku64(j, "saas", cas_saas(e));
    jout_ki64(j, "inst", 0);
    jout_ki64(j, "entityType", 2);
}

/* Whom a party means: "entity" is a number or an id, depending on what raised the alert. */
static bool party_entity(struct api_request *q, const struct jnode *doc, const struct jnode *p, struct stored_entity *out)
{
    struct str entity = jin_str(doc, p, "entity");
    uint64_t number;
    if (entity.n < 11 && str_u64(entity, &number) && number <= UINT32_MAX)
        return tab_entities_get(q->db, q->arena, (uint32_t)number, out) == 0;
    return tab_entities_by_id(q->db, q->arena, str_set(entity) ? entity : jin_str(doc, p, "id"), out) == 0;
}

/* Types whose words differ in that API; what the detections wrote beside is left out. */
static void write_party(struct api_request *q, struct jout *j, const struct jnode *doc, const struct jnode *p)
{
    struct str type = jin_str(doc, p, "type"), id = jin_str(doc, p, "id"), label = jin_str(doc, p, "label");
    struct stored_entity e;
    uint64_t number;
    bool account = str_eq(type, STR("account"));
    if (str_eq(type, STR("service"))) {
        jout_obj(j);
        jout_kz(j, "type", "service");
        jout_ku64(j, "id", str_u64(id, &number) ? number : 0);
        jout_kstr(j, "label", label.n ? label : id);
        jout_end_obj(j);
        return;
    }
    char name[65];
    (void)snprintf(name, sizeof name, "%.*s", (int)(type.n < 64 ? type.n : 64), type.n ? type.p : "entity");
    entity_head(j, str_eq(type, STR("group")) ? "groupTag" : name, id, label);
    if (account && party_entity(q, doc, p, &e))
        account_members(j, &e);
    jout_kstr(j, "entityRole", jin_str(doc, p, "role"));
    jout_end_obj(j);
}

static const char *policy_type(const struct stored_alert *a)
{
    return a->source == ALERT_POLICY ? "AUDIT" : "ANOMALY_DETECTION";
}

static void write_entities(struct api_request *q, struct jout *j, const struct stored_alert *a)
{
    const struct jnode *doc = jin_embedded(q->arena, a->parties);
    jout_key(j, "entities");
    jout_arr(j);
    for (const struct jnode *p = doc ? jin_first(doc, doc) : NULL; p; p = jin_next(doc, doc, p))
        if (p->type == J_OBJ && !str_eq(jin_str(doc, p, "type"), STR("policyRule")))
            write_party(q, j, doc, p);
    entity_head(j, "policyRule", a->policy, a->name);
    jout_kz(j, "policyType", policy_type(a));
    jout_end_obj(j);
    jout_end_arr(j);
}

/* Tactics of ATT&CK by our categories: the API's numbers. */
static int64_t intent_of(struct str category)
{
    static const struct {
        enum category category;
        int64_t intent;
    } intents[] = {{CATEGORY_RECONNAISSANCE, 7}, {CATEGORY_COMPROMISED_CREDENTIAL, 6}, {CATEGORY_LATERAL_MOVEMENT, 8}, {CATEGORY_DOMAIN_DOMINANCE, 3},
                   {CATEGORY_EXFILTRATION, 11}, {CATEGORY_THREAT_DETECTION, 2}, {CATEGORY_PRIVILEGED_ACCOUNTS, 4}};
    for (size_t i = 0; i < sizeof intents / sizeof *intents; i++)
        if (str_eq(category, category_text(intents[i].category)))
            return intents[i].intent;
    return 0;
}

static void write_number(struct jout *j, const char *key, int64_t only)
{
    jout_key(j, key);
    jout_arr(j);
    jout_i64(j, only);
    jout_end_arr(j);
}

static int64_t id_value(const struct stored_alert *a)
{
    enum { HONEYTOKEN = 2014 };
    if (str_eq(a->policy, STR("impossible_travel")))
        return 15859716;
    return a->external_id == HONEYTOKEN ? 15795464 : a->external_id;
}

static int write_audit(void *owner, const struct stored_evidence *e)
{
    char hex[33];
    jout_str(owner, hash_hex(hex, e->activity, 16));
    return 0;
}

static void write_resolution(struct jout *j, const struct stored_alert *a)
{
    bool closed = a->resolution != RESOLUTION_OPEN;
    jout_ki64(j, "severityValue", cas_severity(a->severity));
    jout_ki64(j, "statusValue", closed ? 2 : a->read);
    jout_ki64(j, "resolutionStatusValue", (int64_t)a->resolution);
    jout_key(j, "comment");
    if (closed && str_set(a->comment))
        jout_str(j, a->comment);
    else
        jout_null(j);
    jout_key(j, "handledByUser");
    if (closed && str_set(a->handled_by))
        jout_str(j, a->handled_by);
    else
        jout_null(j);
    api_ktime(j, "resolveTime", closed ? a->resolved : TIME_NONE);
}

static int write_alert(struct api_request *q, struct jout *j, const struct stored_alert *a)
{
    jout_obj(j);
    jout_kz(j, "_id", a->id);
    jout_kz(j, "contextId", a->id);
    cas_kms(j, "timestamp", a->end);
    jout_kstr(j, "title", a->name.n ? a->name : STR("Alert"));
    jout_kstr(j, "description", a->description.n ? a->description : a->name);
    jout_kbool(j, "isMarkdown", false);
    write_entities(q, j, a);
    jout_key(j, "policy");
    entity_head(j, "policyRule", a->policy, a->name);
    jout_kz(j, "policyType", policy_type(a));
    jout_end_obj(j);
    jout_ki64(j, "idValue", id_value(a));
    jout_kbool(j, "isSystemAlert", false);
    jout_kbool(j, "isPreview", a->preview);
    write_number(j, "stories", str_eq(a->category, category_text(CATEGORY_PRIVILEGED_ACCOUNTS)) ? 1 : 0);
    write_number(j, "intent", intent_of(a->category));
    jout_key(j, "evidence");
    jout_arr(j);
    jout_end_arr(j);
    jout_key(j, "audits");
    jout_arr(j);
    int err = tab_alerts_evidence(q->db, str_of(a->id), write_audit, j);
    jout_end_arr(j);
    int points = 0;
    if (!err && !q->caller->scoped) /* of everybody concerned: no matter of a part of them */
        err = tab_entities_points(q->db, str_of(a->id), &points);
    jout_ki64(j, "threatScore", points);
    write_resolution(j, a);
    jout_kstr(j, "URL", str_fmt(q->arena, "%.*s/#/alerts/%s", STR_ARG(q->host), a->id));
    jout_end_obj(j);
    return err;
}

/* ---- lists ---- */

struct rows {
    struct api_request *q;
    struct jout *j;
};

static int one_row(void *owner, const struct stored_alert *a)
{
    struct rows *x = owner;
    return write_alert(x->q, x->j, a);
}

static int list(struct api_request *q, struct api_response *r)
{
    struct rows x = {q, &r->json};
    struct filter f;
    struct page p;
    uint64_t total = 0;
    bool more = false;
    if (!filters_of(q, r, FILTER_ALERTS, &f) || !page_of(q, r, PAGE_MOST, true, &p))
        return 0;
    enum alert_sort sort = str_eq(p.sort, STR("severity")) ? ALERT_BY_SEVERITY : str_eq(p.sort, STR("status")) ? ALERT_BY_STATUS : ALERT_BY_DATE;
    const struct alert_query ask = {.filter = &f, .view = &q->caller->alerts, .sort = sort, .ascending = p.ascending, .skip = p.skip, .limit = p.limit};
    list_begin(r);
    int err = tab_alerts_query(q->db, &ask, one_row, &x, &more);
    if (!err)
        err = tab_alerts_count(q->db, &f, &q->caller->alerts, &total);
    list_end(r, total, false, more);
    return err;
}

static int get_one(struct api_request *q, struct api_response *r)
{
    struct stored_alert a;
    int err = tab_alerts_get(q->db, q->arena, &q->caller->alerts, q->vars[0], &a);
    return err ? err : write_alert(q, &r->json, &a);
}

/* ---- closing ---- */

struct closing {
    struct api_request *q;
    char ids[CLOSE_MOST][25];
    size_t n;
    uint64_t closed;
};

static int collect(void *owner, const struct stored_alert *a)
{
    struct closing *c = owner;
    if (c->n < CLOSE_MOST)
        memcpy(c->ids[c->n++], a->id, 25);
    return 0;
}

static int close_one(struct closing *c, struct str id, enum resolution as)
{
    struct api_request *q = c->q;
    struct stored_alert before;
    int64_t reason = api_int(q, "reasonId", -1);
    struct str comment = api_str(q, "comment");
    const struct alert_close how = {.resolution = as, .reason = reason >= 0 && reason < 100 ? (int)reason : -1, .comment = str_sub(comment, 0, COMMENT_MAX),
                                    .by = q->caller->name, .now = q->now};
    int err = tab_alerts_get(q->db, q->arena, &q->caller->alerts, id, &before);
    if (!err)
        err = tab_alerts_close(q->db, id, &how);
    if (err)
        return err;
    c->closed++;
    return api_audit(q, as == RESOLUTION_OPEN ? "alert reopened" : "alert closed", id, str_fmt(q->arena, "{\"status\":\"%.*s\"}", STR_ARG(alert_json_status(before.resolution))),
                     str_fmt(q->arena, "{\"status\":\"%.*s\"}", STR_ARG(alert_json_status(as))));
}

/* The ids that the filter names, when that is all it has: filters.id.eq, a list or one. */
static const struct jnode *named_ids(struct api_request *q)
{
    const struct jnode *filters = jin_get(q->doc, q->params, STR("filters"));
    const struct jnode *id = filters && filters->type == J_OBJ ? jin_get(q->doc, filters, STR("id")) : NULL;
    if (!id && filters && filters->type == J_OBJ)
        id = jin_get(q->doc, filters, STR("ID"));
    return id && id->type == J_OBJ ? jin_get(q->doc, id, STR("eq")) : NULL;
}

static int write_missing(struct closing *c, struct jout *j, const struct jnode *ids)
{
    struct stored_alert a;
    bool some = false;
    const struct jnode *one = ids->type == J_ARR ? jin_first(c->q->doc, ids) : ids;
    while (one) {
        struct str id = jin_text(one);
        int err = tab_alerts_get(c->q->db, c->q->arena, &c->q->caller->alerts, id, &a);
        if (err && err != ERR_NOT_FOUND)
            return err;
        if (err && !some) {
            jout_key(j, "alertsNotFound");
            jout_arr(j);
            some = true;
        }
        if (err)
            jout_str(j, id);
        one = ids->type == J_ARR ? jin_next(c->q->doc, ids, one) : NULL;
    }
    if (some)
        jout_end_arr(j);
    return 0;
}

static bool too_many(struct api_request *q, const struct jnode *ids)
{
    size_t n = 0;
    for (const struct jnode *m = ids && ids->type == J_ARR ? jin_first(q->doc, ids) : NULL; m; m = jin_next(q->doc, ids, m))
        n++;
    return n > CLOSE_MOST;
}

/* All that the filter finds, at most 100; answers {"key":how many}. */
static int close_all(struct api_request *q, struct api_response *r, enum resolution as, const char *key)
{
    struct filter f;
    bool more = false;
    const struct jnode *ids = named_ids(q), *filters = jin_get(q->doc, q->params, STR("filters"));
    struct closing *c = arena_zero(q->arena, sizeof *c);
    if (!c)
        return ERR_MEMORY;
    c->q = q;
    if (!filters || filters->type == J_NULL)
        return api_refuse(r, 400, "filters must say which alerts");
    if (too_many(q, ids))
        return api_refuse(r, 400, "at most 100 alerts in one call");
    if (!filters_of(q, r, FILTER_ALERTS, &f))
        return 0;
    if (f.n == 0)
        return api_refuse(r, 400, "filters must say which alerts");
    const struct alert_query ask = {.filter = &f, .view = &q->caller->alerts, .limit = CLOSE_MOST};
    int err = tab_alerts_query(q->db, &ask, collect, c, &more);
    for (size_t i = 0; !err && i < c->n; i++)
        err = close_one(c, str_of(c->ids[i]), as);
    jout_obj(&r->json);
    jout_ku64(&r->json, key, c->closed);
    if (!err && ids)
        err = write_missing(c, &r->json, ids);
    jout_end_obj(&r->json);
    return err;
}

static int close_benign(struct api_request *q, struct api_response *r)
{
    return close_all(q, r, RESOLUTION_BENIGN, "closed_benign");
}

static int close_false(struct api_request *q, struct api_response *r)
{
    return close_all(q, r, RESOLUTION_FALSE_POSITIVE, "closed_false_positive");
}

static int close_true(struct api_request *q, struct api_response *r)
{
    return close_all(q, r, RESOLUTION_TRUE_POSITIVE, "closed_true_positive");
}

static int dismiss_bulk(struct api_request *q, struct api_response *r)
{
    return close_all(q, r, RESOLUTION_FALSE_POSITIVE, "dismissed");
}

static int resolve(struct api_request *q, struct api_response *r)
{
    return close_all(q, r, RESOLUTION_TRUE_POSITIVE, "resolved");
}

static int reopen(struct api_request *q, struct api_response *r)
{
    return close_all(q, r, RESOLUTION_OPEN, "reopened");
}

/* One, named in the path. */
static int close_named(struct api_request *q, struct api_response *r, enum resolution as, const char *key)
{
    struct closing c = {.q = q};
    int err = close_one(&c, q->vars[0], as);
    if (err)
        return err;
    jout_obj(&r->json);
    jout_ku64(&r->json, key, c.closed);
    jout_end_obj(&r->json);
    return 0;
}

static int benign_one(struct api_request *q, struct api_response *r)
{
    return close_named(q, r, RESOLUTION_BENIGN, "closed_benign");
}

static int false_one(struct api_request *q, struct api_response *r)
{
    return close_named(q, r, RESOLUTION_FALSE_POSITIVE, "closed_false_positive");
}

static int true_one(struct api_request *q, struct api_response *r)
{
    return close_named(q, r, RESOLUTION_TRUE_POSITIVE, "closed_true_positive");
}

static int dismiss_one(struct api_request *q, struct api_response *r)
{
    return close_named(q, r, RESOLUTION_FALSE_POSITIVE, "dismissed");
}

static int reopen_one(struct api_request *q, struct api_response *r)
{
    return close_named(q, r, RESOLUTION_OPEN, "reopened");
}

static int mark(struct api_request *q, struct api_response *r, bool read)
{
    struct stored_alert a;
    int err = tab_alerts_get(q->db, q->arena, &q->caller->alerts, q->vars[0], &a);
    if (!err)
        err = tab_alerts_mark(q->db, q->vars[0], read, q->caller->name, q->now);
    if (!err)
        err = api_audit(q, read ? "alert marked read" : "alert marked unread", q->vars[0], STR_NONE, STR_NONE);
    if (err)
        return err;
    jout_obj(&r->json);
    jout_end_obj(&r->json);
    return 0;
}

static int read_one(struct api_request *q, struct api_response *r)
{
    return mark(q, r, true);
}

static int unread_one(struct api_request *q, struct api_response *r)
{
    return mark(q, r, false);
}

#define CAS(verb, path, needs, function, words) {.method = verb, .pattern = path, .right = needs, .handler = function, .about = words, .compatible = true}

static const struct api_route routes[] = {
    CAS(API_GET, "api/v1/alerts", RIGHT_VIEW_ALERTS, list, "Lists alerts."),
    CAS(API_POST, "api/v1/alerts", RIGHT_VIEW_ALERTS, list, "Lists alerts that a filter finds."),
    CAS(API_GET, "api/v1/alerts/{id}", RIGHT_VIEW_ALERTS, get_one, "One alert."),
    CAS(API_POST, "api/v1/alerts/close_benign", RIGHT_MANAGE_ALERTS, close_benign, "Closes alerts as benign."),
    CAS(API_POST, "api/v1/alerts/close_false_positive", RIGHT_MANAGE_ALERTS, close_false, "Closes alerts as false positives."),
    CAS(API_POST, "api/v1/alerts/close_true_positive", RIGHT_MANAGE_ALERTS, close_true, "Closes alerts as true positives."),
    CAS(API_POST, "api/v1/alerts/dismiss_bulk", RIGHT_MANAGE_ALERTS, dismiss_bulk, "The older name of closing as false positives."),
    CAS(API_POST, "api/v1/alerts/resolve", RIGHT_MANAGE_ALERTS, resolve, "The older name of closing as true positives."),
    CAS(API_POST, "api/v1/alerts/reopen", RIGHT_MANAGE_ALERTS, reopen, "Opens alerts again."),
    CAS(API_POST, "api/v1/alerts/{id}/close_benign", RIGHT_MANAGE_ALERTS, benign_one, "Closes one alert as benign."),
    CAS(API_POST, "api/v1/alerts/{id}/close_false_positive", RIGHT_MANAGE_ALERTS, false_one, "Closes one alert as a false positive."),
    CAS(API_POST, "api/v1/alerts/{id}/close_true_positive", RIGHT_MANAGE_ALERTS, true_one, "Closes one alert as a true positive."),
    CAS(API_POST, "api/v1/alerts/{id}/dismiss", RIGHT_MANAGE_ALERTS, dismiss_one, "The older name of closing one as a false positive."),
    CAS(API_POST, "api/v1/alerts/{id}/resolve", RIGHT_MANAGE_ALERTS, true_one, "The older name of closing one as a true positive."),
    CAS(API_POST, "api/v1/alerts/{id}/reopen", RIGHT_MANAGE_ALERTS, reopen_one, "Opens one alert again."),
    CAS(API_POST, "api/v1/alerts/{id}/read", RIGHT_MARK_ALERTS, read_one, "Marks an alert as read."),
    CAS(API_POST, "api/v1/alerts/{id}/unread", RIGHT_MARK_ALERTS, unread_one, "Marks an alert as unread."),
    {.pattern = NULL}};

const struct api_routes api_cas_alerts = {routes};
