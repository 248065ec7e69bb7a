/* api/api_activities.c - the activity log: lists, one activity, its raw record, what is usual around it. */
#include "api/api.h"

#include "api/activity_json.h"
#include "api/alert_json.h"
#include "api/answer.h"
#include "api/filters.h"
#include "api/insights.h"
#include "api/person_json.h"
#include "base/hash.h"

enum { COUNTED = 10000, TOP_MOST = 100, TOP_OF = 200000 };

/* ---- lists ---- */

struct rows {
    struct api_request *q;
    struct jout *j;
};

static int one_row(void *owner, const struct actlog_row *row)
{
    struct rows *x = owner;
    jout_obj(x->j);
    int err = activity_json_row(x->q, x->j, row);
    jout_end_obj(x->j);
    return err;
}

static int query(struct api_request *q, struct api_response *r)
{
    struct rows x = {q, &r->json};
    struct filter f;
    struct page p;
    uint64_t total = 0;
    bool more = false, beyond = false;
    if (!filters_of(q, r, FILTER_ACTIVITIES, &f) || !page_of(q, r, PAGE_MOST, false, &p))
        return 0;
    const struct actlog_query ask = {.filter = &f, .view = &q->caller->activities, .by_created = str_eq(p.sort, STR("created")), .ascending = p.ascending,
                                     .skip = p.skip, .limit = p.limit};
    list_begin(r);
    int err = actlog_query(q->log, &ask, one_row, &x, &more);
    if (!err)
        err = actlog_count(q->log, &f, &q->caller->activities, COUNTED, &total, &beyond);
    list_end(r, total, beyond, more);
    return err;
}

/* ---- one ---- */

typedef int with_row(struct api_request *q, struct api_response *r, const struct actlog_row *row);

static int with_activity(struct api_request *q, struct api_response *r, with_row *use)
{
    struct activity_room *room;
    struct actlog_row row;
    uint8_t id[16];
    if (!activity_json_id(q->vars[0], id))
        return ERR_NOT_FOUND;
    int err = activity_room_open(&room);
    if (err)
        return err;
    err = activity_room_get(q, room, id, &row);
    if (!err)
        err = use(q, r, &row);
    activity_room_close(room);
    return err;
}

static int page(struct api_request *q, struct api_response *r, const struct actlog_row *row)
{
    jout_obj(&r->json);
    int err = activity_json_page(q, &r->json, row);
    jout_end_obj(&r->json);
    return err;
}

static int get_activity(struct api_request *q, struct api_response *r)
{
    return with_activity(q, r, page);
}

static int raw(struct api_request *q, struct api_response *r, const struct actlog_row *row)
{
    struct buf text = {0};
    int err = q->hub->raw(q->hub->owner, row, &text);
    if (err == ERR_NOT_FOUND) {
        buf_free(&text);
        return api_refuse(r, 404, "The file that holds the raw record is not kept any more.");
    }
    struct str t = str_trim(buf_view(&text));
    const char *format = t.n && (t.p[0] == '{' || t.p[0] == '[') ? "json" : t.n && t.p[0] == '<' ? "xml" : "hex";
    jout_obj(&r->json);
    jout_kz(&r->json, "format", format);
    jout_kstr(&r->json, "text", t.n ? t : STR(""));
    jout_end_obj(&r->json);
    buf_free(&text);
    return err;
}

static int get_raw(struct api_request *q, struct api_response *r)
{
    return with_activity(q, r, raw);
}

static int insights(struct api_request *q, struct api_response *r, const struct actlog_row *row)
{
    return insights_write(q, &r->json, row);
}

static int get_insights(struct api_request *q, struct api_response *r)
{
    return with_activity(q, r, insights);
}

/* {"field":{"eq":[value]}} */
static void equals(struct jout *j, const char *field, struct str value)
{
    if (!value.n)
        return;
    jout_key(j, field);
    jout_obj(j);
    jout_key(j, "eq");
    jout_arr(j);
    jout_str(j, value);
    jout_end_arr(j);
    jout_end_obj(j);
}

static int similar(struct api_request *q, struct api_response *r, const struct actlog_row *row)
{
    const struct activity *a = &row->activity;
    struct jout *j = &r->json;
    struct stored_entity e;
    char ip[IP_TEXT];
    bool known = a->actor_entity && tab_entities_get(q->db, q->arena, a->actor_entity, &e) == 0;
    jout_obj(j);
    jout_key(j, "filters");
    jout_obj(j);
    equals(j, "actionType", act_kind(a));
    equals(j, "user.username", known ? e.base.id : account_text(&a->actor));
    if (ip_set(&a->ip))
        equals(j, "ip.address", ip_text(&a->ip, ip));
    equals(j, "location.country", a->location.country);
    jout_key(j, "date");
    jout_obj(j);
    jout_ki64(j, "gte", (a->time - 2 * TIME_DAY) / TIME_MS);
    jout_ki64(j, "lte", (a->time + 2 * TIME_DAY) / TIME_MS);
    jout_end_obj(j);
    jout_end_obj(j);
    jout_end_obj(j);
    return 0;
}

static int get_similar(struct api_request *q, struct api_response *r)
{
    return with_activity(q, r, similar);
}

/* ---- the commonest values ---- */

static const struct {
    const char *name;
    enum actlog_column by;
} columns[] = {{"app", ACTLOG_BY_APP}, {"kind", ACTLOG_BY_KIND}, {"actor", ACTLOG_BY_ACTOR}, {"country", ACTLOG_BY_COUNTRY}, {"network", ACTLOG_BY_NETWORK},
               {"ip", ACTLOG_BY_IP}, {"device", ACTLOG_BY_DEVICE}, {"destination", ACTLOG_BY_DESTINATION}, {"day", ACTLOG_BY_DAY}};

static int post_top(struct api_request *q, struct api_response *r)
{
    struct filter f;
    struct actlog_top top[TOP_MOST];
    size_t column = 0;
    int64_t limit = api_int(q, "limit", 10);
    struct str by = api_str(q, "by");
    while (column < sizeof columns / sizeof *columns && !str_eq(by, str_of(columns[column].name)))
        column++;
    if (column == sizeof columns / sizeof *columns)
        return api_refuse(r, 400, "by must be app, kind, actor, country, network, ip, device, destination or day");
    if (limit < 1 || limit > TOP_MOST)
        return api_refuse(r, 400, "limit must be 1 to 100");
    if (!filters_of(q, r, FILTER_ACTIVITIES, &f))
        return 0;
    struct actlog_column_top c = {.by = columns[column].by, .top = top, .room = (size_t)limit};
    int err = actlog_top(q->log, &f, &q->caller->activities, TOP_OF, &c, 1, q->arena);
    jout_obj(&r->json);
    insights_top(q, &r->json, "data", &c);
    jout_end_obj(&r->json);
    return err;
}

static const struct api_route routes[] = {
    {.method = API_POST, .pattern = "api/vigie/v1/activities/query", .right = RIGHT_VIEW_ACTIVITIES, .handler = query, .about = "Activities that a filter finds, a page at a time."},
    {.method = API_POST, .pattern = "api/vigie/v1/activities/top", .right = RIGHT_VIEW_ACTIVITIES, .handler = post_top, .lane = API_LONG, .about = "The commonest values of a column among what a filter finds."},
    {.method = API_GET, .pattern = "api/vigie/v1/activities/{id}", .right = RIGHT_VIEW_ACTIVITIES, .handler = get_activity, .about = "One activity with all that is known of it."},
    {.method = API_GET, .pattern = "api/vigie/v1/activities/{id}/raw", .right = RIGHT_VIEW_ACTIVITIES, .handler = get_raw, .about = "The record that it was read from."},
    {.method = API_GET, .pattern = "api/vigie/v1/activities/{id}/insights", .right = RIGHT_VIEW_ACTIVITIES, .handler = get_insights, .lane = API_LONG, .about = "What is usual for its user and its address."},
    {.method = API_GET, .pattern = "api/vigie/v1/activities/{id}/similar", .right = RIGHT_VIEW_ACTIVITIES, .handler = get_similar, .about = "A filter that finds activities like this one within 48 hours."},
    {.pattern = NULL}};

const struct api_routes api_activities = {routes};
