/* api/api_alerts_export.c - alerts that a filter finds, as a table for a spreadsheet or as events: small enough to be sent at once. */
#include "api/api.h"

#include "api/alert_json.h"
#include "api/alert_outside.h"
#include "api/filters.h"
#include "base/csv.h"
#include "model/ecs.h"
#include "model/ocsf.h"
#include "store/tab_entities.h"

enum { EXPORT_MOST = 100000, USERS = 64 };

struct table {
    struct api_request *q;
    struct buf *out;
    struct arena row; /* texts of one row */
};

static void begin(struct table *t, struct api_request *q, struct api_response *r, const char *name, const char *heads)
{
    *t = (struct table){.q = q, .out = &r->body};
    arena_init(&t->row, 16384, 1u << 22);
    r->type = "text/csv; charset=utf-8";
    r->filename = str_of(name);
    buf_str(t->out, str_of(heads));
}

static int end(struct table *t, int err, bool more)
{
    if (!err && more)
        buf_fmt(t->out, "\"There are more: the first %d are here. Narrow the filters.\"\r\n", (int)EXPORT_MOST);
    arena_free(&t->row);
    return err ? err : t->out->failed ? ERR_MEMORY : 0;
}

static void cells(struct table *t, const struct str *of, size_t n)
{
    for (size_t i = 0; i < n; i++)
        csv_cell(t->out, of[i], i + 1 < n ? ',' : '\n');
}

/* "Alice, Bob" */
static struct str users_of(struct table *t, const struct stored_alert *a)
{
    uint32_t numbers[USERS];
    size_t n = 0;
    struct stored_entity e;
    struct str all = STR("");
    if (tab_alerts_users(t->q->db, str_of(a->id), numbers, USERS, &n) != 0)
        return STR_NONE;
    for (size_t i = 0; i < n; i++)
        if (tab_entities_get(t->q->db, &t->row, numbers[i], &e) == 0)
            all = str_fmt(&t->row, "%.*s%s%.*s", STR_ARG(all), all.n ? ", " : "", STR_ARG(e.base.name));
    return all;
}

static int alert_line(void *owner, const struct stored_alert *a)
{
    struct table *t = owner;
    char start[TIME_TEXT], last[TIME_TEXT];
    arena_reset(&t->row);
    const struct str of[] = {a->start == TIME_NONE ? STR_NONE : time_text(a->start, start),
                             a->end == TIME_NONE ? STR_NONE : time_text(a->end, last),
                             a->name,
                             a->policy,
                             severity_text(a->severity),
                             a->category,
                             alert_json_status(a->resolution),
                             users_of(t, a),
                             a->source_party.label,
                             a->destination_party.label,
                             a->service ? alert_json_app(a->service) : STR_NONE,
                             str_fmt(&t->row, "%llu", (unsigned long long)a->count),
                             a->description,
                             a->comment,
                             str_of(a->id)};
    cells(t, of, sizeof of / sizeof *of);
    return t->out->failed ? ERR_MEMORY : 0;
}

static int alert_event(struct table *t, const struct stored_alert *a, void (*form)(const struct outside_alert *a, struct buf *out))
{
    struct outside_alert outside;
    arena_reset(&t->row);
    int err = alert_outside(t->q->db, &t->row, a, &outside);
    if (!err)
        form(&outside, t->out);
    return err ? err : t->out->failed ? ERR_MEMORY : 0;
}

static int alert_ocsf(void *owner, const struct stored_alert *a)
{
    return alert_event(owner, a, ocsf_alert);
}

static int alert_ecs(void *owner, const struct stored_alert *a)
{
    return alert_event(owner, a, ecs_alert);
}

static int export_alerts(struct api_request *q, struct api_response *r)
{
    struct filter f;
    struct table t;
    bool more = false;
    struct str format = api_str(q, "format");
    bool csv = !str_set(format) || str_eq(format, STR("csv")), ocsf = str_eq(format, STR("ocsf")), ecs = str_eq(format, STR("ecs"));
    if (!csv && !ocsf && !ecs)
        return api_refuse(r, 400, "format is csv, ocsf or ecs.");
    if (!filters_of(q, r, FILTER_ALERTS, &f))
        return 0;
    int err = api_audit(q, "alerts exported", STR_NONE, STR_NONE, STR_NONE);
    if (err)
        return err;
    begin(&t, q, r, csv ? "alerts.csv" : ocsf ? "alerts.ocsf.jsonl" : "alerts.ecs.jsonl",
          !csv ? "" : "First activity,Last activity,Alert,Policy,Severity,Category,Status,Users,Source,Destination,App,Count,Description,Comment,Id\r\n");
    if (!csv)
        r->type = "application/x-ndjson";
    const struct alert_query ask = {.filter = &f, .view = &q->caller->alerts, .limit = EXPORT_MOST};
    err = tab_alerts_query(q->db, &ask, csv ? alert_line : ocsf ? alert_ocsf : alert_ecs, &t, &more);
    return end(&t, err, csv && more);
}

static const struct api_route routes[] = {
    {.method = API_POST, .pattern = "api/vigie/v1/alerts/export", .right = RIGHT_VIEW_ALERTS, .handler = export_alerts, .lane = API_LONG,
     .about = "Alerts that a filter finds, as CSV, OCSF or ECS (format): at most 100,000."},
    {.pattern = NULL}};

const struct api_routes api_alerts_export = {routes};
