/* api/api_personal.c - everything that is kept about one person: as one JSON download, or deleted. */
#include "api/activity_json.h"
#include "api/alert_json.h"
#include "api/answer.h"
#include "api/governance_json.h"
#include "api/person_json.h"
#include "store/tab_erasures.h"

enum { ROWS = 100000, NUMBERS = 64 };

struct export {
    struct api_request *q;
    struct jout *j;
};

static int one_activity(void *owner, const struct actlog_row *row)
{
    struct export *x = owner;
    jout_obj(x->j);
    int err = activity_json_row(x->q, x->j, row);
    if (!err)
        err = activity_json_page(x->q, x->j, row);
    jout_end_obj(x->j);
    return err ? err : x->j->out->failed ? ERR_MEMORY : 0;
}

static int one_alert(void *owner, const struct stored_alert *a)
{
    struct export *x = owner;
    jout_obj(x->j);
    int err = alert_json_row(x->q, x->j, a);
    jout_end_obj(x->j);
    return err;
}

/* All numbers that ever meant the person. */
static int who(struct api_request *q, const struct stored_entity *e, struct filter_value *values, size_t *n)
{
    uint32_t numbers[NUMBERS];
    int err = tab_entities_numbers(q->db, e->base.number, numbers, NUMBERS, n);
    for (size_t i = 0; !err && i < *n; i++)
        values[i] = (struct filter_value){.from = numbers[i]};
    return err;
}

static int write_activities(struct export *x, const struct filter_value *values, size_t n)
{
    struct filter_term term = {.field = FIELD_ACTIVITY_ENTITY, .match = MATCH_EQ, .values = values, .n = (unsigned)n};
    const struct filter f = {&term, 1};
    const struct actlog_query query = {.filter = &f, .view = &x->q->caller->activities, .limit = ROWS};
    bool more = false;
    jout_key(x->j, "activities");
    jout_arr(x->j);
    int err = actlog_query(x->q->log, &query, one_activity, x, &more);
    jout_end_arr(x->j);
    jout_kbool(x->j, "moreActivities", more); /* older ones than the newest ROWS */
    return err;
}

static int write_alerts(struct export *x, const struct filter_value *values, size_t n)
{
    struct filter_term term = {.field = FIELD_ALERT_ENTITY, .match = MATCH_EQ, .values = values, .n = (unsigned)n};
    const struct filter f = {&term, 1};
    const struct alert_query query = {.filter = &f, .view = &x->q->caller->alerts, .limit = ROWS};
    bool more = false;
    jout_key(x->j, "alerts");
    jout_arr(x->j);
    int err = tab_alerts_query(x->q->db, &query, one_alert, x, &more);
    jout_end_arr(x->j);
    return err;
}

static int one_action(void *owner, const struct stored_governance *g)
{
    struct export *x = owner;
    governance_json_row(x->q, x->j, g);
    return 0;
}

static int write_governance(struct export *x, const struct stored_entity *e)
{
    uint32_t numbers[NUMBERS];
    struct governance_query g = {.since = TIME_NONE, .until = TIME_NONE, .numbers = numbers, .limit = ROWS};
    int err = tab_entities_numbers(x->q->db, e->base.number, numbers, NUMBERS, &g.nnumbers);
    governance_json_view(x->q, &g);
    jout_key(x->j, "governance");
    jout_arr(x->j);
    if (!err)
        err = tab_governance_query(x->q->db, &g, one_action, x, NULL);
    jout_end_arr(x->j);
    return err;
}

static int get(struct api_request *q, struct api_response *r)
{
    struct stored_entity e;
    struct filter_value values[NUMBERS];
    struct export x = {q, &r->json};
    size_t n = 0;
    int err = person_json_find(q, q->vars[0], &e);
    if (!err)
        err = who(q, &e, values, &n);
    if (err)
        return err;
    jout_obj(x.j);
    jout_key(x.j, "person");
    jout_obj(x.j);
    err = person_json_row(q, x.j, &e);
    jout_end_obj(x.j);
    if (!err)
        err = write_alerts(&x, values, n);
    if (!err)
        err = write_governance(&x, &e);
    if (!err)
        err = write_activities(&x, values, n);
    jout_end_obj(x.j);
    r->filename = str_fmt(q->arena, "personal-%.*s.json", STR_ARG(e.base.id));
    return err;
}

/* ---- deletion ---- */

/* Typed by hand, so that nobody deletes the wrong person by a slip. */
static int drop(struct api_request *q, struct api_response *r)
{
    struct stored_entity e;
    int err = person_json_find(q, q->vars[0], &e);
    if (err)
        return err;
    if (e.base.type != ENTITY_USER || e.base.flags & ENTITY_BUILTIN)
        return api_refuse(r, 400, "Only people have personal data.");
    if (!str_eq(str_trim(api_str(q, "name")), e.base.name))
        return api_refuse(r, 400, "name must be the person's name as it is shown: it confirms whose data is deleted.");
    err = db_begin(q->db);
    if (err)
        return err;
    err = tab_erasures_ask(q->db, e.base.id, q->caller->name, q->now);
    if (!err)
        err = api_audit(q, "deletion of personal data asked for", e.base.id, STR_NONE, STR_NONE); /* the id alone: the log keeps what it is told */
    err = db_end(q->db, err);
    if (err)
        return err;
    q->hub->changed(q->hub->owner, HUB_PERSONAL);
    r->status = 202;
    jout_obj(&r->json);
    jout_kstr(&r->json, "id", e.base.id);
    jout_kz(&r->json, "state", "waiting");
    jout_end_obj(&r->json);
    return 0;
}

static int one_deletion(void *owner, const struct stored_erasure *e)
{
    static const char *const states[] = {[ERASURE_ASKED] = "waiting", [ERASURE_BEGUN] = "running", [ERASURE_FORGOTTEN] = "running", [ERASURE_DONE] = "done"};
    struct jout *j = owner;
    jout_obj(j);
    jout_kstr(j, "id", e->entity);
    jout_kz(j, "state", states[e->state]);
    jout_kstr(j, "by", e->by);
    api_ktime(j, "asked", e->asked);
    api_ktime(j, "done", e->done);
    jout_ku64(j, "activities", e->activities);
    jout_ku64(j, "alerts", e->alerts);
    jout_end_obj(j);
    return 0;
}

static int list(struct api_request *q, struct api_response *r)
{
    jout_obj(&r->json);
    jout_key(&r->json, "data");
    jout_arr(&r->json);
    int err = tab_erasures_each(q->db, ERASURE_ASKED, ERASURE_DONE, one_deletion, &r->json);
    jout_end_arr(&r->json);
    jout_end_obj(&r->json);
    return err;
}

static const struct api_route routes[] = {
    {.method = API_GET, .pattern = "api/vigie/v1/personal", .right = RIGHT_PERSONAL_DATA, .handler = list, .about = "Deletions of personal data, by the ids of who was deleted, and how far each has come."},
    {.method = API_DELETE, .pattern = "api/vigie/v1/personal/{id}", .right = RIGHT_PERSONAL_DATA, .handler = drop,
     .about = "Deletes what is kept about one person, for good: activities, alerts about this person alone, score, profile. The body confirms it with the person's name."},
    {.method = API_GET, .pattern = "api/vigie/v1/personal/{id}", .right = RIGHT_PERSONAL_DATA, .handler = get, .lane = API_LONG, .audit = "personal data exported",
     .about = "Everything that is kept about one person: who they are, their alerts, what was done about them, their activities."},
    {.pattern = NULL}};

const struct api_routes api_personal = {routes};
