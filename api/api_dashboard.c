/* api/api_dashboard.c - the first page: open alerts, who to look at, what is connected, what is still learning. */
#include "api/api.h"
#include "api/answer.h"

#include "api/link_json.h"
#include "api/person_json.h"
#include "model/app.h"
#include "store/tab_sensors.h"

enum { TOP_USERS = 10, DAYS = 30, APPS_MAX = 32, LATELY = 50000 };

/* API numbers of severities. */
enum { LOW, MEDIUM, HIGH, INFORMATIONAL, SEVERITIES };
static const char *const severity_names[SEVERITIES] = {"low", "medium", "high", "informational"};

static unsigned severity_number(enum severity s)
{
    switch (s) {
    case SEVERITY_LOW: return LOW;
    case SEVERITY_HIGH: return HIGH;
    case SEVERITY_INFORMATIONAL: return INFORMATIONAL;
    case SEVERITY_DEFAULT:
    case SEVERITY_MEDIUM: break;
    }
    return MEDIUM;
}

struct tally {
    struct arena *arena;
    uint64_t open, by_severity[SEVERITIES];
    struct {
        struct str name;
        uint64_t n;
    } category[CATEGORY_COUNT + 8];
    unsigned ncategories;
    uint64_t day[DAYS][SEVERITIES];
    int64_t today;
};

static int count_alert(void *owner, const struct stored_alert *a)
{
    struct tally *t = owner;
    unsigned s = severity_number(a->severity);
    int64_t ago = t->today - time_day(a->end);
    if (ago >= 0 && ago < DAYS)
        t->day[DAYS - 1 - ago][s]++;
    if (a->resolution != RESOLUTION_OPEN || a->suppressed)
        return 0;
    t->open++;
    t->by_severity[s]++;
    unsigned i = 0;
    while (i < t->ncategories && !str_eq(t->category[i].name, a->category))
        i++;
    if (i == t->ncategories && i < sizeof t->category / sizeof *t->category)
        t->category[t->ncategories++].name = str_dup(t->arena, a->category);
    if (i < t->ncategories)
        t->category[i].n++;
    return 0;
}

static void write_severities(struct jout *j, const uint64_t n[SEVERITIES])
{
    for (unsigned s = 0; s < SEVERITIES; s++)
        jout_ku64(j, severity_names[s], n[s]);
}

static void write_tally(struct jout *j, const struct tally *t)
{
    char text[TIME_TEXT];
    jout_ku64(j, "open", t->open);
    jout_key(j, "bySeverity");
    jout_obj(j);
    write_severities(j, t->by_severity);
    jout_end_obj(j);
    jout_key(j, "byCategory");
    jout_arr(j);
    for (unsigned i = 0; i < t->ncategories; i++) {
        jout_obj(j);
        jout_kstr(j, "category", t->category[i].name);
        jout_ku64(j, "open", t->category[i].n);
        jout_end_obj(j);
    }
    jout_end_arr(j);
    jout_key(j, "perDay");
    jout_arr(j);
    for (int i = 0; i < DAYS; i++) {
        jout_obj(j);
        jout_kstr(j, "day", time_date((t->today - (DAYS - 1) + i) * TIME_DAY, text));
        write_severities(j, t->day[i]);
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

static int write_alerts(struct api_request *q, struct jout *j, int64_t now)
{
    struct tally t = {.arena = q->arena, .today = time_day(now)};
    const struct alert_query all = {.view = &q->caller->alerts, .sort = ALERT_BY_DATE, .limit = 100000};
    bool more;
    int err = tab_alerts_query(q->db, &all, count_alert, &t, &more);
    jout_key(j, "alerts");
    jout_obj(j);
    write_tally(j, &t);
    jout_end_obj(j);
    return err;
}

struct rows {
    struct api_request *q;
    struct jout *j;
};

static int one_user(void *owner, const struct stored_entity *e)
{
    struct rows *x = owner;
    jout_obj(x->j);
    int err = person_json_row(x->q, x->j, e);
    jout_end_obj(x->j);
    return err;
}

static int write_users(struct api_request *q, struct jout *j)
{
    struct rows x = {q, j};
    const struct entity_query top = {.type = ENTITY_USER, .people = q->caller->activities.people, .npeople = q->caller->activities.npeople,
                                     .sort = ENTITY_BY_SCORE, .limit = TOP_USERS};
    jout_key(j, "users");
    jout_arr(j);
    int err = api_may(q, RIGHT_VIEW_USERS) ? tab_entities_query(q->db, &top, one_user, &x, NULL) : 0;
    jout_end_arr(j);
    return err;
}

static int newest(void *owner, const struct actlog_row *row)
{
    *(int64_t *)owner = row->activity.time;
    return 1;
}

static int write_app(struct api_request *q, struct jout *j, const struct actlog_top *t)
{
    const struct filter_value app = {.from = app_number(t->value)};
    const struct filter_term term = {.field = FIELD_ACTIVITY_SERVICE, .match = MATCH_EQ, .values = &app, .n = 1};
    const struct filter f = {&term, 1};
    const struct actlog_query last = {.filter = &f, .view = &q->caller->activities, .limit = 1};
    int64_t when = TIME_NONE;
    uint64_t n = t->n;
    bool more;
    int err = app.from ? actlog_query(q->log, &last, newest, &when, &more) : 0;
    if (err >= 0 && app.from)
        err = actlog_count(q->log, &f, &q->caller->activities, UINT64_MAX, &n, &more);
    jout_obj(j);
    jout_ki64(j, "service", app.from);
    jout_kstr(j, "name", t->value);
    jout_ku64(j, "activities", n);
    api_ktime(j, "lastActivity", when);
    jout_end_obj(j);
    return err == 1 ? 0 : err;
}

/* Those that were active lately, with all that is known of them. */
static int write_apps(struct api_request *q, struct jout *j)
{
    struct actlog_top top[APPS_MAX];
    struct actlog_column_top apps = {.by = ACTLOG_BY_APP, .top = top, .room = APPS_MAX};
    int err = actlog_top(q->log, NULL, &q->caller->activities, LATELY, &apps, 1, q->arena);
    jout_key(j, "apps");
    jout_arr(j);
    for (size_t i = 0; !err && i < apps.n; i++)
        err = write_app(q, j, &top[i]);
    jout_end_arr(j);
    return err;
}

/* How many activities the link and the licences show. */
static int write_count(struct api_request *q, const struct actlog_figures *all, struct jout *j)
{
    const struct actlog_view *v = &q->caller->activities;
    uint64_t joined = 0;
    bool beyond;
    if (v->apps || v->people) { /* part of the organisation: what is there besides is not told */
        uint64_t n = 0;
        int counted = actlog_count(q->log, NULL, v, UINT64_MAX, &n, &beyond);
        jout_ku64(j, "activities", n);
        return counted;
    }
    int err = actlog_onprem_upto(q->log, v->joined, &joined);
    jout_ku64(j, "activities", (v->cloud ? all->activities[SHORE_CLOUD] : 0) + joined);
    return err;
}

struct sensor_list {
    struct jout *j;
    int64_t now;
};

static int one_sensor(void *owner, const struct stored_sensor *s)
{
    struct sensor_list *l = owner;
    if (s->revoked != TIME_NONE)
        return 0;
    jout_obj(l->j);
    jout_kstr(l->j, "name", s->name);
    jout_kz(l->j, "state", sensor_state(s, l->now));
    api_ktime(l->j, "lastSeen", s->seen);
    jout_end_obj(l->j);
    return 0;
}

static int get_dashboard(struct api_request *q, struct api_response *r)
{
    struct jout *j = &r->json;
    struct actlog_figures all;
    struct link_look k = {.db = q->db, .log = q->log, .keys = q->hub->keys, .progress = q->hub->progress(q->hub->owner), .role = api_may(q, RIGHT_LINK), .figures = !q->caller->scoped, .now = q->now};
    actlog_figures(q->log, &all);
    int64_t now = all.last_time != TIME_NONE && q->now - all.last_time > TIME_DAY ? all.last_time : q->now;
    jout_obj(j);
    api_ktime(j, "asOf", now);
    int err = write_alerts(q, j, now);
    if (!err)
        err = write_users(q, j);
    if (!err)
        err = write_apps(q, j);
    jout_key(j, "link");
    if (!err)
        err = link_json(&k, j);
    q->hub->judged(q->hub->owner, q->language, j);
    jout_key(j, "sensors");
    jout_arr(j);
    struct sensor_list sensors = {j, q->now};
    if (!err && !q->caller->scoped)
        err = tab_sensors_each(q->db, q->arena, one_sensor, &sensors);
    jout_end_arr(j);
    if (!err)
        err = write_count(q, &all, j);
    jout_end_obj(j);
    return err;
}

static const struct api_route routes[] = {
    {.method = API_GET, .pattern = "api/vigie/v1/dashboard", .right = RIGHT_SIGNED_IN, .handler = get_dashboard, .about = "Open alerts, top users, apps, link, learning: the first page in one answer."},
    {.pattern = NULL}};

const struct api_routes api_dashboard = {routes};
