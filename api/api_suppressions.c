/* api/api_suppressions.c - rules by which alerts are stored silently: which there are, and the end of one.
 *
 * Whoever may not see the alert that a rule was made from does not see the rule. */
#include "api/api.h"

#include "api/alert_json.h"
#include "api/answer.h"
#include "api/filters.h"
#include "api/person_json.h"
#include "policy/suppress.h"
#include "store/tab_entities.h"

struct rules {
    struct api_request *q;
    struct jout *j;
    int64_t wanted; /* 0: all that hold */
    uint64_t n;
};

static bool shown(struct api_request *q, const struct stored_suppression *s)
{
    struct stored_alert a;
    if (s->until != TIME_NONE && s->until <= q->now)
        return false;
    return !q->caller->scoped && q->caller->alerts.cloud && q->caller->alerts.onprem ? true : tab_alerts_get(q->db, q->arena, &q->caller->alerts, s->alert, &a) == 0;
}

/* A user is kept as an entity's number, or by the name that the alert had of somebody unknown. */
static void write_value(struct api_request *q, struct jout *j, const struct stored_suppression *s)
{
    uint64_t number;
    struct stored_entity e;
    bool known = s->by == SUPPRESS_USER && str_u64(s->value, &number) && number <= UINT32_MAX && tab_entities_get(q->db, q->arena, (uint32_t)number, &e) == 0;
    jout_kstr(j, "value", known ? e.base.name : s->value);
    if (known && person_json_may_see(q, e.base.number))
        jout_kstr(j, "user", e.base.id);
}

static int one_rule(void *owner, const struct stored_suppression *s)
{
    struct rules *x = owner;
    struct stored_policy p;
    if (!shown(x->q, s) || (x->wanted && s->id != x->wanted))
        return 0;
    x->n++;
    jout_obj(x->j);
    jout_kstr(x->j, "id", str_fmt(x->q->arena, "%lld", (long long)s->id));
    jout_kstr(x->j, "policy", s->policy);
    jout_kstr(x->j, "name", tab_policies_get(x->q->db, x->q->arena, s->policy, &p) == 0 ? alert_json_name(x->q, s->policy, p.name) : s->policy);
    jout_kstr(x->j, "by", suppress_by_text(s->by));
    write_value(x->q, x->j, s);
    api_ktime(x->j, "until", s->until);
    jout_kstr(x->j, "alert", s->alert);
    jout_kstr(x->j, "madeBy", s->made_by);
    api_ktime(x->j, "made", s->made);
    jout_end_obj(x->j);
    return 0;
}

static int get_rules(struct api_request *q, struct api_response *r)
{
    struct rules x = {.q = q, .j = &r->json};
    list_begin(r);
    int err = tab_policies_suppressions(q->db, one_rule, &x);
    list_end(r, x.n, false, false);
    return err;
}

static int delete_rule(struct api_request *q, struct api_response *r)
{
    struct buf before = {0};
    struct jout j = jout_to(&before);
    struct rules x = {.q = q, .j = &j};
    if (!str_i64(q->vars[0], &x.wanted) || x.wanted <= 0)
        return ERR_NOT_FOUND;
    int err = tab_policies_suppressions(q->db, one_rule, &x);
    if (!err && x.n == 0)
        err = ERR_NOT_FOUND;
    if (!err)
        err = tab_policies_unsuppress(q->db, x.wanted);
    if (!err)
        err = api_audit(q, "suppression lifted", q->vars[0], buf_view(&before), STR_NONE);
    buf_free(&before);
    if (err)
        return err;
    q->hub->changed(q->hub->owner, HUB_POLICIES);
    jout_obj(&r->json);
    jout_end_obj(&r->json);
    return 0;
}

static const struct api_route routes[] = {
    {.method = API_GET, .pattern = "api/vigie/v1/suppressions", .right = RIGHT_VIEW_ALERTS, .handler = get_rules, .about = "Rules by which later alerts are stored silently."},
    {.method = API_DELETE, .pattern = "api/vigie/v1/suppressions/{id}", .right = RIGHT_MANAGE_ALERTS, .handler = delete_rule, .about = "Ends such a rule: later alerts open again."},
    {.pattern = NULL}};

const struct api_routes api_suppressions = {routes};
