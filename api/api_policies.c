/* api/api_policies.c - detections as they may be tuned, activity policies, their templates and previews. */
#include "api/api.h"
#include "api/link_json.h"

#include "api/answer.h"
#include "api/filters.h"
#include "api/governance_json.h"
#include "api/person_json.h"
#include "policy/activity_policy.h"
#include "policy/detection_policy.h"
#include "policy/filter_people.h"
#include "policy/filter_parse.h"
#include "policy/policy_set.h"
#include "policy/templates.h"
#include "store/tab_entities.h"

enum { ALL_TYPES = 1u << POLICY_IDENTITY | 1u << POLICY_ANOMALY | 1u << POLICY_ACTIVITY, PREVIEW_DAYS = 30, EXCLUSIONS_MOST = 1000, NAME_MAX = 200 };

/* On-premises detections are shown while their alerts are. */
static unsigned shown_types(struct api_request *q)
{
    unsigned types = ALL_TYPES;
    if (!link_json_identity(q))
        types &= ~(1u << POLICY_IDENTITY);
    return q->caller->alerts.cloud ? types : types & ~(1u << POLICY_ANOMALY);
}

static bool type_of(struct str text, unsigned *types)
{
    if (!text.n)
        return true;
    for (unsigned t = POLICY_IDENTITY; t <= POLICY_ACTIVITY; t++)
        if (str_eq(text, policy_type_text((enum policy_type)t))) {
            *types &= 1u << t;
            return true;
        }
    return false;
}

struct rows {
    struct api_request *q;
    struct jout *j;
    uint64_t n;
};

static int one_row(void *owner, const struct stored_policy *p)
{
    struct rows *x = owner;
    x->n++;
    return policy_json(x->q->db, p, &x->q->caller->alerts, x->q->language, x->j);
}

static int get_policies(struct api_request *q, struct api_response *r)
{
    struct rows x = {q, &r->json, 0};
    unsigned types = shown_types(q);
    struct str text = str_trim(api_str(q, "q"));
    if (!type_of(api_str(q, "type"), &types))
        return api_refuse(r, 400, "type must be identity, anomaly or activity");
    list_begin(r);
    int err = tab_policies_each(q->db, types, text.n ? text : STR_NONE, one_row, &x);
    list_end(r, x.n, false, false);
    return err;
}

static int find(struct api_request *q, struct stored_policy *p)
{
    struct stored_policy found;
    int err = tab_policies_get(q->db, q->arena, q->vars[0], &found);
    if (err)
        return err;
    if (!(shown_types(q) >> found.type & 1))
        return ERR_NOT_FOUND;
    *p = found;
    return 0;
}

static int get_policy(struct api_request *q, struct api_response *r)
{
    struct stored_policy p;
    int err = find(q, &p);
    return err ? err : policy_json(q->db, &p, &q->caller->alerts, q->language, &r->json);
}

/* ---- what an administrator whose view is scoped may change: activity policies that concern nothing but the scope ---- */

static bool value_inside(struct api_request *q, const struct filter_term *t, const struct filter_value *v)
{
    const struct actlog_view *view = &q->caller->activities;
    struct stored_entity e;
    bool inside = false;
    if (t->field == FIELD_ACTIVITY_USER && view->people)
        return v->from > 0 && v->from <= UINT32_MAX && tab_entities_get(q->db, q->arena, (uint32_t)v->from, &e) == 0 && person_json_may_see(q, e.base.number);
    for (size_t i = 0; t->field == FIELD_ACTIVITY_SERVICE && i < view->napps; i++)
        inside |= v->from == (int64_t)view->apps[i];
    return inside;
}

static bool term_inside(struct api_request *q, const struct filter_term *t)
{
    if (t->match != MATCH_EQ || t->negate || t->n == 0)
        return false;
    for (unsigned i = 0; i < t->n; i++)
        if (!value_inside(q, t, &t->values[i]))
            return false;
    return true;
}

static bool may_change(struct api_request *q, const struct stored_policy *p)
{
    const struct filter_sources from = filters_sources(q);
    struct filter_parser parser = {.arena = q->arena, .noun = FILTER_ACTIVITIES, .now = q->now};
    struct filter names, f;
    if (!q->caller->scoped)
        return true;
    if (p->type != POLICY_ACTIVITY || filter_parse_text(&parser, p->filters, &names) != 0 || filter_people(&from, q->arena, &names, &f) != 0)
        return false;
    for (unsigned i = 0; i < f.n; i++)
        if (term_inside(q, &f.terms[i]))
            return true;
    return false;
}

static int not_in_scope(struct api_response *r)
{
    return api_refuse(r, 403, "Your role is limited to some apps or groups: it changes only activity policies whose filters name nothing but these.");
}

/* What a policy does by itself is what who sets it may do by hand. */
static bool may_govern(struct api_request *q)
{
    return !jin_get(q->doc, q->params, STR("governance")) || (api_may(q, RIGHT_GOVERN) && governance_json_scope(q));
}

static int not_governing(struct api_response *r)
{
    return api_refuse(r, 403, "governance: you need the right to take governance actions, and Active Directory among your apps.");
}

/* ---- changes ---- */

static struct str policy_text(struct api_request *q, const struct stored_policy *p)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    int err = policy_json(q->db, p, NULL, ENGLISH, &j);
    struct str out = err || b.failed ? STR_NONE : str_dup(q->arena, buf_view(&b));
    buf_free(&b);
    return out;
}

static struct policy_change change_of(struct api_request *q)
{
    return (struct policy_change){.arena = q->arena, .doc = q->doc, .body = q->params, .by = q->caller->name, .now = q->now};
}

static int answer(struct api_request *q, struct api_response *r, const struct stored_policy *p)
{
    q->hub->changed(q->hub->owner, HUB_POLICIES);
    return policy_json(q->db, p, &q->caller->alerts, q->language, &r->json);
}

static int post_policy(struct api_request *q, struct api_response *r)
{
    char id[25];
    struct policy_change c = change_of(q);
    struct stored_policy p = policy_new(q->caller->name, q->now);
    activity_policy_id(id);
    p.id = str_of(id);
    if (!may_govern(q))
        return not_governing(r);
    int err = policy_change(&c, &p);
    if (err == ERR_MALFORMED)
        return filters_refuse(r, &c.error);
    if (!err && !may_change(q, &p))
        return not_in_scope(r);
    if (!err)
        err = tab_policies_add(q->db, &p);
    if (!err)
        err = api_audit(q, "policy created", p.id, STR_NONE, policy_text(q, &p));
    if (err)
        return err;
    r->status = 201;
    return answer(q, r, &p);
}

/* ---- exclusions: the list that the body has takes the place of what there is ---- */

struct exclusions {
    struct api_request *q;
    const struct jnode *list;
    struct str gone[EXCLUSIONS_MOST];
    size_t n;
};

static bool listed(const struct exclusions *x, struct str name)
{
    for (const struct jnode *m = jin_first(x->q->doc, x->list); m; m = jin_next(x->q->doc, x->list, m))
        if (str_eqi(str_trim(jin_str(x->q->doc, m, "name")), name))
            return true;
    return false;
}

static int note_gone(void *owner, struct str policy, struct str name, int64_t until)
{
    struct exclusions *x = owner;
    (void)policy, (void)until;
    if (x->n < EXCLUSIONS_MOST && !listed(x, name))
        x->gone[x->n++] = str_dup(x->q->arena, name);
    return 0;
}

static bool exclusions_good(const struct api_request *q, const struct jnode *list)
{
    size_t n = 0;
    if (list->type != J_ARR)
        return false;
    for (const struct jnode *m = jin_first(q->doc, list); m; m = jin_next(q->doc, list, m)) {
        struct str name = str_trim(jin_str(q->doc, m, "name")), until = jin_str(q->doc, m, "until");
        if (name.n == 0 || name.n > NAME_MAX || ++n > EXCLUSIONS_MOST || (until.n && time_parse(until) == TIME_NONE))
            return false;
    }
    return true;
}

static int put_exclusions(struct api_request *q, struct str policy, const struct jnode *list)
{
    struct exclusions *x = arena_zero(q->arena, sizeof *x);
    if (!x)
        return ERR_MEMORY;
    x->q = q;
    x->list = list;
    int err = tab_policies_exclusions(q->db, policy, TIME_NONE, note_gone, x);
    for (size_t i = 0; !err && i < x->n; i++)
        err = tab_policies_include(q->db, policy, x->gone[i]);
    for (const struct jnode *m = jin_first(q->doc, list); !err && m; m = jin_next(q->doc, list, m)) {
        struct str until = jin_str(q->doc, m, "until");
        err = tab_policies_exclude(q->db, policy, str_trim(jin_str(q->doc, m, "name")), until.n ? time_parse(until) : TIME_NONE, q->caller->name);
    }
    return err;
}

static int keep_change(struct api_request *q, const struct stored_policy *p, const struct jnode *exclusions)
{
    int err = db_begin(q->db);
    if (err)
        return err;
    err = tab_policies_change(q->db, p);
    if (!err && exclusions)
        err = put_exclusions(q, p->id, exclusions);
    return db_end(q->db, err);
}

/* Whom a scope names must exist: a detection that is for nobody would be for everybody. */
static bool scope_known(struct api_request *q, struct api_response *r, const char *path)
{
    const struct jnode *list = jin_path(q->doc, q->params, path);
    struct stored_entity e;
    for (const struct jnode *m = list && list->type == J_ARR ? jin_first(q->doc, list) : NULL; m; m = jin_next(q->doc, list, m)) {
        struct str id = m->type == J_OBJ ? jin_str(q->doc, m, "id") : jin_text(m);
        if (tab_entities_by_id(q->db, q->arena, id, &e) != 0 || e.base.type == ENTITY_COMPUTER) {
            (void)api_bad_value(r, id, "CONSOLE_FORMS_NOT_VALID_VALUE");
            return false;
        }
    }
    return true;
}

static int put_policy(struct api_request *q, struct api_response *r)
{
    struct policy_change c = change_of(q);
    struct stored_policy p;
    const struct jnode *exclusions = jin_get(q->doc, q->params, STR("exclusions"));
    int err = find(q, &p);
    if (err)
        return err;
    if (!may_change(q, &p))
        return not_in_scope(r);
    if (!may_govern(q))
        return not_governing(r);
    if (!scope_known(q, r, "scope.include") || !scope_known(q, r, "scope.exclude"))
        return 0;
    struct str before = policy_text(q, &p);
    err = policy_change(&c, &p);
    if (err == ERR_MALFORMED)
        return filters_refuse(r, &c.error);
    if (!err && !may_change(q, &p))
        return not_in_scope(r);
    if (exclusions && !exclusions_good(q, exclusions))
        return api_refuse(r, 400, "exclusions must be a list of {\"name\", \"until\"}");
    if (!err)
        err = keep_change(q, &p, exclusions);
    if (!err)
        err = api_audit(q, "policy changed", p.id, before, policy_text(q, &p));
    return err ? err : answer(q, r, &p);
}

/* Exclusions alone, for roles that may exclude and change nothing else of a policy. */
static int put_policy_exclusions(struct api_request *q, struct api_response *r)
{
    struct stored_policy p;
    const struct jnode *exclusions = jin_get(q->doc, q->params, STR("exclusions"));
    int err = find(q, &p);
    if (err)
        return err;
    if (!may_change(q, &p))
        return not_in_scope(r);
    if (!exclusions || !exclusions_good(q, exclusions))
        return api_refuse(r, 400, "exclusions must be a list of {\"name\", \"until\"}");
    struct str before = policy_text(q, &p);
    err = keep_change(q, &p, exclusions);
    if (!err)
        err = api_audit(q, "exclusions changed", p.id, before, policy_text(q, &p));
    return err ? err : answer(q, r, &p);
}

static int delete_policy(struct api_request *q, struct api_response *r)
{
    struct stored_policy p;
    int err = find(q, &p);
    if (err)
        return err;
    if (p.type != POLICY_ACTIVITY)
        return api_refuse(r, 409, "Detections can be switched off, not deleted.");
    if (!may_change(q, &p))
        return not_in_scope(r);
    struct str before = policy_text(q, &p);
    err = tab_policies_drop(q->db, p.id);
    if (!err)
        err = api_audit(q, "policy deleted", p.id, before, STR_NONE);
    if (err)
        return err;
    q->hub->changed(q->hub->owner, HUB_POLICIES);
    jout_obj(&r->json);
    jout_end_obj(&r->json);
    return 0;
}

/* ---- what a policy would do ---- */

static int post_preview(struct api_request *q, struct api_response *r)
{
    struct policy_change c = change_of(q);
    struct stored_policy p = policy_new(q->caller->name, q->now);
    struct policy_preview found = {0, 0};
    struct filter_error error = {STR_NONE, NULL, NULL};
    const struct filter_sources from = filters_sources(q);
    int64_t days = api_int(q, "days", 7);
    p.id = STR("000000000000000000000000");
    p.name = STR("preview");
    int err = policy_change(&c, &p);
    if (err == ERR_MALFORMED)
        return filters_refuse(r, &c.error);
    if (days < 1 || days > PREVIEW_DAYS)
        return api_refuse(r, 400, "days must be 1 to 30");
    const struct preview_query ask = {.from = &from, .log = q->log, .view = &q->caller->activities, .policy = &p, .since = q->now - days * TIME_DAY, .now = q->now};
    if (!err)
        err = policy_preview(q->arena, &ask, &found, &error);
    if (err == ERR_MALFORMED)
        return filters_refuse(r, &error);
    jout_obj(&r->json);
    jout_ku64(&r->json, "activities", found.activities);
    jout_ku64(&r->json, "alerts", found.alerts);
    jout_end_obj(&r->json);
    return err;
}

static int get_export(struct api_request *q, struct api_response *r)
{
    r->type = "text/csv; charset=utf-8";
    r->filename = STR("policies.csv");
    return policy_csv(q->db, shown_types(q), &q->caller->alerts, &r->body);
}

static int get_templates(struct api_request *q, struct api_response *r)
{
    uint64_t n = 0;
    list_begin(r);
    for (const struct policy_template *t = policy_templates; t->id; t++, n++)
        template_json(t, q->language, &r->json);
    list_end(r, n, false, false);
    return 0;
}

static const struct api_route routes[] = {
    {.method = API_GET, .pattern = "api/vigie/v1/policies", .right = RIGHT_VIEW_POLICIES, .handler = get_policies, .about = "Policies by type; those of identity while the link shows them."},
    {.method = API_POST, .pattern = "api/vigie/v1/policies", .right = RIGHT_MANAGE_POLICIES, .handler = post_policy, .about = "Makes an activity policy."},
    {.method = API_GET, .pattern = "api/vigie/v1/policies/export", .right = RIGHT_VIEW_POLICIES, .handler = get_export, .lane = API_LONG, .about = "All policies as CSV."},
    {.method = API_POST, .pattern = "api/vigie/v1/policies/preview", .right = RIGHT_VIEW_POLICIES, .handler = post_preview, .lane = API_LONG, .about = "How much a policy would have found in the last days."},
    {.method = API_GET, .pattern = "api/vigie/v1/policies/{id}", .right = RIGHT_VIEW_POLICIES, .handler = get_policy, .about = "One policy."},
    {.method = API_PUT, .pattern = "api/vigie/v1/policies/{id}", .right = RIGHT_MANAGE_POLICIES, .handler = put_policy, .about = "Changes a policy: what the body says, the rest stays."},
    {.method = API_PUT, .pattern = "api/vigie/v1/policies/{id}/exclusions", .right = RIGHT_EXCLUDE, .handler = put_policy_exclusions, .about = "Replaces the exclusions of a detection."},
    {.method = API_DELETE, .pattern = "api/vigie/v1/policies/{id}", .right = RIGHT_MANAGE_POLICIES, .handler = delete_policy, .about = "Deletes an activity policy; its alerts stay."},
    {.method = API_GET, .pattern = "api/vigie/v1/templates", .right = RIGHT_VIEW_POLICIES, .handler = get_templates, .about = "Templates of activity policies."},
    {.pattern = NULL}};

const struct api_routes api_policies = {routes};
