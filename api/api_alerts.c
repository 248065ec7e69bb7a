/* api/api_alerts.c - the alert queue: lists, one alert, and what people do with it. */
#include "api/api.h"

#include "api/alert_json.h"
#include "api/answer.h"
#include "api/filters.h"
#include "policy/suppress.h"

enum { COMMENT_MAX = 4000, EXCLUDED_MAX = 200 };

/* ---- lists ---- */

struct rows {
    struct api_request *q;
    struct jout *j;
};

static int one_row(void *owner, const struct stored_alert *a)
{
    struct rows *x = owner;
    jout_obj(x->j);
    int err = alert_json_row(x->q, x->j, a);
    jout_end_obj(x->j);
    return err;
}

static enum alert_sort sort_of(struct str name)
{
    return str_eq(name, STR("severity")) ? ALERT_BY_SEVERITY : str_eq(name, STR("status")) ? ALERT_BY_STATUS : ALERT_BY_DATE;
}

static int query(struct api_request *q, struct api_response *r)
{
    struct rows x = {q, &r->json};
    struct filter f;
    struct page p;
    uint64_t total = 0;
    bool more = false;
    if (!filters_of(q, r, FILTER_ALERTS, &f) || !page_of(q, r, PAGE_MOST, false, &p))
        return 0;
    const struct alert_query ask = {.filter = &f, .view = &q->caller->alerts, .sort = sort_of(p.sort), .ascending = p.ascending, .skip = p.skip, .limit = p.limit};
    list_begin(r);
    int err = tab_alerts_query(q->db, &ask, one_row, &x, &more);
    if (!err)
        err = tab_alerts_count(q->db, &f, &q->caller->alerts, &total);
    list_end(r, total, false, more);
    return err;
}

/* ---- one ---- */

static int find(struct api_request *q, struct stored_alert *a)
{
    return tab_alerts_get(q->db, q->arena, &q->caller->alerts, q->vars[0], a);
}

static int get_alert(struct api_request *q, struct api_response *r)
{
    struct stored_alert a;
    int err = find(q, &a);
    if (err)
        return err;
    jout_obj(&r->json);
    err = alert_json_row(q, &r->json, &a);
    if (!err)
        err = alert_json_page(q, &r->json, &a);
    jout_end_obj(&r->json);
    return err;
}

static struct str state_json(struct api_request *q, const struct stored_alert *a)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    jout_obj(&j);
    jout_kstr(&j, "status", alert_json_status(a->resolution));
    jout_kbool(&j, "read", a->read);
    jout_kbool(&j, "suppressed", a->suppressed);
    jout_kstr(&j, "comment", a->comment);
    jout_end_obj(&j);
    struct str out = b.failed ? STR_NONE : str_dup(q->arena, buf_view(&b));
    buf_free(&b);
    return out;
}

/* The alert as it is now is the answer; what changed goes to the audit log. */
static int changed(struct api_request *q, struct api_response *r, const char *what, const struct stored_alert *before)
{
    struct stored_alert after;
    int err = find(q, &after);
    if (!err)
        err = api_audit(q, what, str_of(after.id), state_json(q, before), state_json(q, &after));
    if (err)
        return err;
    jout_obj(&r->json);
    err = alert_json_row(q, &r->json, &after);
    jout_end_obj(&r->json);
    return err;
}

static bool resolution_of(struct str text, enum resolution *out)
{
    for (int i = RESOLUTION_DISMISSED; i <= RESOLUTION_TRUE_POSITIVE; i++)
        if (str_eq(text, alert_json_status((enum resolution)i))) {
            *out = (enum resolution)i;
            return true;
        }
    return false;
}

static int post_close(struct api_request *q, struct api_response *r)
{
    struct stored_alert a;
    struct alert_close c = {.by = q->caller->name, .now = q->now, .comment = api_str(q, "comment")};
    int64_t reason = api_int(q, "reasonId", -1);
    if (!resolution_of(api_str(q, "as"), &c.resolution))
        return api_refuse(r, 400, "as must be true_positive, benign, false_positive, dismissed or resolved");
    if (c.comment.n > COMMENT_MAX || reason < -1 || reason > 100)
        return api_refuse(r, 400, "the comment is too long, or the reason is none");
    c.reason = (int)reason;
    int err = find(q, &a);
    if (!err)
        err = tab_alerts_close(q->db, q->vars[0], &c);
    return err ? err : changed(q, r, "alert closed", &a);
}

static int post_reopen(struct api_request *q, struct api_response *r)
{
    struct stored_alert a;
    const struct alert_close c = {.resolution = RESOLUTION_OPEN, .reason = -1, .by = q->caller->name, .now = q->now, .comment = api_str(q, "comment")};
    int err = find(q, &a);
    if (!err)
        err = tab_alerts_close(q->db, q->vars[0], &c);
    if (!err && a.suppressed)
        err = tab_alerts_suppress(q->db, q->vars[0], false, q->caller->name, q->now);
    return err ? err : changed(q, r, "alert reopened", &a);
}

static int mark(struct api_request *q, struct api_response *r, bool read)
{
    struct stored_alert a;
    int err = find(q, &a);
    if (!err)
        err = tab_alerts_mark(q->db, q->vars[0], read, q->caller->name, q->now);
    return err ? err : changed(q, r, read ? "alert marked read" : "alert marked unread", &a);
}

static int post_read(struct api_request *q, struct api_response *r)
{
    return mark(q, r, true);
}

static int post_unread(struct api_request *q, struct api_response *r)
{
    return mark(q, r, false);
}

static int post_comment(struct api_request *q, struct api_response *r)
{
    struct stored_alert a;
    struct str text = str_trim(api_str(q, "text"));
    if (text.n == 0 || text.n > COMMENT_MAX)
        return api_refuse(r, 400, "text must be 1 to 4,000 characters");
    int err = find(q, &a);
    if (!err)
        err = tab_alerts_comment(q->db, q->vars[0], text, q->caller->name, q->now);
    return err ? err : changed(q, r, "alert commented", &a);
}

/* ---- suppress: alerts like this one do not open any more ---- */

static bool until_of(struct api_request *q, struct api_response *r, int64_t *until)
{
    *until = api_time(q, "until");
    if (*until != TIME_NONE ? *until > q->now : !str_set(api_str(q, "until")))
        return true;
    (void)api_refuse(r, 400, "until must be a moment to come, or left out for ever");
    return false;
}

static int post_suppress(struct api_request *q, struct api_response *r)
{
    struct stored_alert a;
    struct suppress_request s = {.who = q->caller->name, .now = q->now};
    if (!suppress_by_of(api_str(q, "by"), &s.by))
        return api_refuse(r, 400, "by must be user, source or ip");
    if (q->caller->scoped && s.by != SUPPRESS_USER)
        return api_refuse(r, 403, "Your role is limited to some apps or groups: it suppresses by user alone.");
    if (!until_of(q, r, &s.until))
        return 0;
    int err = find(q, &a);
    if (err)
        return err;
    err = suppress_from(q->db, q->vars[0], &s);
    if (err == ERR_USAGE)
        return api_refuse(r, 409, "The alert has none of these to suppress by.");
    if (!err)
        err = tab_alerts_suppress(q->db, q->vars[0], true, q->caller->name, q->now);
    if (err)
        return err;
    q->hub->changed(q->hub->owner, HUB_POLICIES);
    return changed(q, r, "alert suppressed", &a);
}

static int post_exclude(struct api_request *q, struct api_response *r)
{
    struct stored_alert a;
    struct stored_policy p;
    int64_t until;
    struct str name = str_trim(api_str(q, "name"));
    if (name.n == 0 || name.n > EXCLUDED_MAX)
        return api_refuse(r, 400, "name must be that of a user, computer, address or network");
    if (!until_of(q, r, &until))
        return 0;
    int err = find(q, &a);
    if (err)
        return err;
    if (q->caller->scoped)
        return api_refuse(r, 403, "Your role is limited to some apps or groups: an exclusion would hold for everybody.");
    if (tab_policies_get(q->db, q->arena, a.policy, &p) != 0)
        return api_refuse(r, 409, "The alert came from elsewhere: no policy of this hub is behind it.");
    err = tab_policies_exclude(q->db, a.policy, name, until, q->caller->name);
    if (err)
        return err;
    q->hub->changed(q->hub->owner, HUB_POLICIES);
    return changed(q, r, "exclusion added", &a);
}

static const struct api_route routes[] = {
    {.method = API_POST, .pattern = "api/vigie/v1/alerts/query", .right = RIGHT_VIEW_ALERTS, .handler = query, .about = "Alerts that a filter finds, a page at a time."},
    {.method = API_GET, .pattern = "api/vigie/v1/alerts", .right = RIGHT_VIEW_ALERTS, .handler = query, .about = "The same with parameters in the query string."},
    {.method = API_GET, .pattern = "api/vigie/v1/alerts/{id}", .right = RIGHT_VIEW_ALERTS, .handler = get_alert, .about = "One alert with parties, evidence, history and advice."},
    {.method = API_POST, .pattern = "api/vigie/v1/alerts/{id}/close", .right = RIGHT_MANAGE_ALERTS, .handler = post_close, .about = "Closes an alert as true positive, benign, false positive or dismissed."},
    {.method = API_POST, .pattern = "api/vigie/v1/alerts/{id}/reopen", .right = RIGHT_MANAGE_ALERTS, .handler = post_reopen, .about = "Opens a closed or suppressed alert again."},
    {.method = API_POST, .pattern = "api/vigie/v1/alerts/{id}/read", .right = RIGHT_MARK_ALERTS, .handler = post_read, .about = "Marks an alert as read."},
    {.method = API_POST, .pattern = "api/vigie/v1/alerts/{id}/unread", .right = RIGHT_MARK_ALERTS, .handler = post_unread, .about = "Marks an alert as unread."},
    {.method = API_POST, .pattern = "api/vigie/v1/alerts/{id}/comment", .right = RIGHT_MANAGE_ALERTS, .handler = post_comment, .about = "Adds a comment to an alert."},
    {.method = API_POST, .pattern = "api/vigie/v1/alerts/{id}/suppress", .right = RIGHT_MANAGE_ALERTS, .handler = post_suppress, .about = "Suppresses this and later alerts of its policy by user, source or address."},
    {.method = API_POST, .pattern = "api/vigie/v1/alerts/{id}/exclude", .right = RIGHT_EXCLUDE, .handler = post_exclude, .about = "Adds an exclusion to the detection behind the alert."},
    {.pattern = NULL}};

const struct api_routes api_alerts = {routes};
