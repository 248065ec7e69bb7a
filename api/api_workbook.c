/* api/api_workbook.c - one alert as an Excel workbook: what it is, its evidence, who and what is concerned, what was done about it. */
#include "api/api.h"

#include "api/activity_json.h"
#include "api/alert_json.h"
#include "api/person_json.h"
#include "api/workbook.h"
#include "base/hash.h"
#include "store/tab_entities.h"

enum { USERS = 64, WIDTH = 7 };

struct sheet {
    struct api_request *q;
    lxw_worksheet *s;
    struct activity_room *room;
    lxw_row_t row;
};

static void line(struct sheet *t, const struct str *cells, unsigned n)
{
    t->row++;
    for (unsigned c = 0; c < n; c++)
        workbook_text(t->s, t->row, c, cells[c], t->q->arena);
}

static void pair(struct sheet *t, const char *name, struct str value)
{
    const struct str cells[] = {str_of(name), value};
    if (str_set(value) && value.n)
        line(t, cells, 2);
}

static struct str moment(struct api_request *q, int64_t t)
{
    char text[TIME_TEXT];
    return t == TIME_NONE ? STR_NONE : str_dup(q->arena, time_text(t, text));
}

/* ---- sheets ---- */

static struct sheet open_sheet(struct api_request *q, struct workbook *w, const char *name, const char *const *columns, unsigned n)
{
    return (struct sheet){.q = q, .s = workbook_sheet(w, name, columns, n)};
}

static void facts(struct api_request *q, struct workbook *w, const struct stored_alert *a)
{
    static const char *const columns[] = {"Alert", "Value"};
    struct sheet t = open_sheet(q, w, "Alert", columns, 2);
    bool closed = a->resolution != RESOLUTION_OPEN;
    pair(&t, "Title", a->name);
    pair(&t, "Severity", severity_text(a->severity));
    pair(&t, "Category", a->category);
    pair(&t, "External id", a->external_id ? str_fmt(q->arena, "%d", a->external_id) : STR_NONE);
    pair(&t, "Policy", a->policy);
    pair(&t, "App", a->service ? alert_json_app(a->service) : STR_NONE);
    pair(&t, "First activity", moment(q, a->start));
    pair(&t, "Last activity", moment(q, a->end));
    pair(&t, "Count", str_fmt(q->arena, "%llu", (unsigned long long)a->count));
    pair(&t, "Description", a->description);
    pair(&t, "Status", alert_json_status(a->resolution));
    pair(&t, "Handled by", closed ? a->handled_by : STR_NONE);
    pair(&t, "Handled", closed ? moment(q, a->resolved) : STR_NONE);
    pair(&t, "Comment", closed ? a->comment : STR_NONE);
    pair(&t, "Id", str_of(a->id));
    pair(&t, "Address", str_fmt(q->arena, "%.*s/#/alerts/%s", STR_ARG(q->host), a->id));
}

/* An activity that aged out, or that the caller may not see, is named by its id and time alone. */
static int evidence_line(void *owner, const struct stored_evidence *e)
{
    struct sheet *t = owner;
    struct actlog_row row;
    char hex[33], ip[IP_TEXT];
    int err = activity_room_get(t->q, t->room, e->activity, &row);
    const struct activity *a = &row.activity;
    struct str cells[WIDTH] = {moment(t->q, e->time), e->kind};
    cells[6] = hash_hex(hex, e->activity, 16);
    if (!err) {
        cells[2] = activity_json_description(t->q->arena, a, ENGLISH);
        cells[3] = account_text(&a->actor);
        cells[4] = ip_set(&a->ip) ? ip_text(&a->ip, ip) : STR_NONE;
        cells[5] = a->destination;
    }
    line(t, cells, WIDTH);
    return err == ERR_NOT_FOUND ? 0 : err;
}

static int evidence(struct api_request *q, struct workbook *w, const struct stored_alert *a)
{
    static const char *const columns[WIDTH] = {"Time", "Activity", "Description", "User", "IP address", "Destination", "Id"};
    struct sheet t = open_sheet(q, w, "Evidence", columns, WIDTH);
    int err = activity_room_open(&t.room);
    if (err)
        return err;
    err = tab_alerts_evidence(q->db, str_of(a->id), evidence_line, &t);
    activity_room_close(t.room);
    return err;
}

static int concerned(struct api_request *q, struct workbook *w, const struct stored_alert *a)
{
    static const char *const columns[] = {"Type", "Name", "Role", "Id"};
    struct sheet t = open_sheet(q, w, "Concerned", columns, 4);
    const struct jnode *doc = a->parties.n ? jin_embedded(q->arena, a->parties) : NULL;
    struct stored_entity e;
    uint32_t users[USERS];
    size_t n = 0;
    int err = tab_alerts_users(q->db, str_of(a->id), users, USERS, &n);
    for (size_t i = 0; !err && i < n && i < USERS; i++)
        if (tab_entities_get(q->db, q->arena, users[i], &e) == 0) {
            const struct str cells[] = {STR("user"), e.base.name, STR_NONE, person_json_may_see(q, users[i]) ? e.base.id : STR_NONE};
            line(&t, cells, 4);
        }
    for (const struct jnode *p = doc ? jin_first(doc, doc) : NULL; p; p = jin_next(doc, doc, p)) {
        const struct str cells[] = {jin_str(doc, p, "type"), jin_str(doc, p, "label"), jin_str(doc, p, "role"), STR_NONE};
        line(&t, cells, 4);
    }
    return err;
}

static int event_line(void *owner, const struct alert_event *e)
{
    struct sheet *t = owner;
    const struct str cells[] = {moment(t->q, e->time), e->what, e->by, alert_json_event(e)};
    line(t, cells, 4);
    return 0;
}

static int history(struct api_request *q, struct workbook *w, const struct stored_alert *a)
{
    static const char *const columns[] = {"Time", "What", "By", "Text"};
    struct sheet t = open_sheet(q, w, "History", columns, 4);
    return tab_alerts_history(q->db, str_of(a->id), event_line, &t);
}

static int get_workbook(struct api_request *q, struct api_response *r)
{
    struct stored_alert a;
    struct workbook w;
    int err = tab_alerts_get(q->db, q->arena, &q->caller->alerts, q->vars[0], &a);
    if (!err)
        err = api_audit(q, "alert exported", str_of(a.id), STR_NONE, STR_NONE);
    if (!err)
        err = workbook_open(&w);
    if (err)
        return err;
    facts(q, &w, &a);
    err = evidence(q, &w, &a);
    if (!err)
        err = concerned(q, &w, &a);
    if (!err)
        err = history(q, &w, &a);
    r->type = WORKBOOK_TYPE;
    r->filename = str_fmt(q->arena, "alert-%s.xlsx", a.id);
    int done = workbook_finish(&w, err ? NULL : &r->body);
    return err ? err : done;
}

static const struct api_route routes[] = {
    {.method = API_GET, .pattern = "api/vigie/v1/alerts/{id}/workbook", .right = RIGHT_VIEW_ALERTS, .handler = get_workbook, .lane = API_LONG,
     .about = "One alert with evidence, entities and history as an Excel workbook."},
    {.pattern = NULL}};

const struct api_routes api_workbook = {routes};
