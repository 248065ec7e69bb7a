/* api/api_exports.c - exports of the activity log: asked for, listed, downloaded, cancelled, deleted. app/hub_exports.c writes them. */
#include "api/answer.h"
#include "api/exporting.h"
#include "api/filters.h"
#include "store/tab_exports.h"

enum { MOST = 20, ASKED_MOST = 65536 }; /* of one account; bytes of a filter */

static bool all_of_them(const struct api_request *q)
{
    return api_may(q, RIGHT_MANAGE_ADMINS);
}

/* ---- as JSON ---- */

static int64_t seconds_left(const struct api_request *q, const struct stored_export *e)
{
    int64_t spent = q->now - e->started;
    if (e->state != EXPORT_RUNNING || !e->rows || e->rows > e->total || spent <= 0)
        return -1;
    return (int64_t)((double)spent / (double)e->rows * (double)(e->total - e->rows) / (double)TIME_SECOND);
}

static void members(const struct api_request *q, struct jout *j, const struct stored_export *e)
{
    static const char *const states[] = {[EXPORT_WAITING] = "waiting",
                                         [EXPORT_RUNNING] = "running",
                                         [EXPORT_DONE] = "done",
                                         [EXPORT_FAILED] = "failed",
                                         [EXPORT_CANCELLED] = "cancelled"};
    struct arena a;
    arena_init(&a, 16384, 4 << 20);
    const struct jnode *asked = jin_embedded(&a, e->asked), *filters = asked ? jin_get(asked, asked, STR("filters")) : NULL;
    jout_ki64(j, "id", e->number);
    jout_kstr(j, "format", e->format);
    if (filters && filters->type == J_OBJ) {
        jout_key(j, "filters");
        jout_raw(j, filters->val);
    } else if (asked) {
        jout_kstr(j, "query", jin_str(asked, asked, "query"));
    }
    jout_kstr(j, "by", e->by);
    jout_kbool(j, "mine", e->account == q->caller->account);
    jout_kz(j, "state", states[e->state]);
    jout_kstr(j, "why", e->why);
    api_ktime(j, "asked", e->made);
    api_ktime(j, "started", e->started);
    api_ktime(j, "ended", e->ended);
    api_ktime(j, "expires", e->ended == TIME_NONE ? TIME_NONE : e->ended + EXPORT_KEPT_DAYS * TIME_DAY);
    jout_ku64(j, "activities", e->rows);
    jout_ku64(j, "of", e->total);
    jout_ku64(j, "bytes", e->bytes);
    jout_kbool(j, "more", e->more);
    if (seconds_left(q, e) >= 0)
        jout_ki64(j, "secondsLeft", seconds_left(q, e));
    arena_free(&a);
}

struct listing {
    const struct api_request *q;
    struct jout *j;
    uint64_t n;
};

static int one(void *owner, const struct stored_export *e)
{
    struct listing *l = owner;
    l->n++;
    jout_obj(l->j);
    members(l->q, l->j, e);
    jout_end_obj(l->j);
    return 0;
}

static int list(struct api_request *q, struct api_response *r)
{
    struct listing l = {.q = q, .j = &r->json};
    list_begin(r);
    int err = tab_exports_each(q->db, all_of_them(q) ? 0 : q->caller->account, one, &l);
    list_end(r, l.n, false, false);
    return err;
}

static int answer(struct api_request *q, struct api_response *r, int64_t number)
{
    struct stored_export e;
    int err = tab_exports_get(q->db, q->arena, number, &e);
    if (err)
        return err;
    jout_obj(&r->json);
    members(q, &r->json, &e);
    jout_end_obj(&r->json);
    return 0;
}

/* ---- one of them ---- */

/* Somebody else's is not there, except for who manages administrators. */
static int find(struct api_request *q, struct stored_export *out)
{
    uint64_t number;
    if (!str_u64(q->vars[0], &number) || number > INT64_MAX)
        return ERR_NOT_FOUND;
    int err = tab_exports_get(q->db, q->arena, (int64_t)number, out);
    return !err && out->account != q->caller->account && !all_of_them(q) ? ERR_NOT_FOUND : err;
}

static int get(struct api_request *q, struct api_response *r)
{
    struct stored_export e;
    int err = find(q, &e);
    return err ? err : answer(q, r, e.number);
}

/* What a role could see once stays in the file: whoever has another one now does not get it. */
static int download(struct api_request *q, struct api_response *r)
{
    struct stored_export e;
    struct str scope;
    int err = find(q, &e);
    if (!err)
        err = exporting_scope(q->db, q->arena, q->caller->account, &scope);
    if (err)
        return err;
    const struct export_form *form = export_form_of(e.format);
    if (e.state != EXPORT_DONE || !form)
        return api_refuse(r, 409, "This export has no file.");
    if (!all_of_them(q) && !str_eq(scope, e.scope))
        return api_refuse(r, 403, "Your role has changed since this export was asked for: ask again.");
    err = q->hub->exported(q->hub->owner, e.number, &r->file.fd, &r->file.bytes);
    if (err)
        return err;
    r->file.set = true;
    r->type = form->type;
    r->filename = str_fmt(q->arena, "activities-%lld%s", (long long)e.number, form->suffix);
    return 0;
}

static int cancel(struct api_request *q, struct api_response *r)
{
    struct stored_export e;
    int err = find(q, &e);
    if (err)
        return err;
    err = tab_exports_cancel(q->db, e.number, q->now);
    if (err == ERR_NOT_FOUND)
        return api_refuse(r, 409, "This export has ended.");
    if (!err)
        err = api_audit(q, "export cancelled", q->vars[0], STR_NONE, STR_NONE);
    if (err)
        return err;
    q->hub->changed(q->hub->owner, HUB_EXPORTS);
    return answer(q, r, e.number);
}

static int drop(struct api_request *q, struct api_response *r)
{
    struct stored_export e;
    int err = find(q, &e);
    if (!err)
        err = tab_exports_drop(q->db, e.number);
    if (!err)
        err = api_audit(q, "export deleted", q->vars[0], STR_NONE, STR_NONE);
    if (err)
        return err;
    q->hub->changed(q->hub->owner, HUB_EXPORTS);
    jout_obj(&r->json);
    jout_end_obj(&r->json);
    return 0;
}

/* ---- asking for one ---- */

/* What was sent of filters or query, to be parsed again when it is written. */
static struct str asked_of(struct api_request *q)
{
    const struct jnode *filters = jin_get(q->doc, q->params, STR("filters"));
    struct buf b = {0};
    struct jout j = jout_to(&b);
    jout_obj(&j);
    if (filters && filters->type == J_STR) {
        jout_kstr(&j, "query", filters->val); /* the text form */
    } else if (filters && filters->type == J_OBJ) {
        jout_key(&j, "filters");
        jout_raw(&j, filters->val);
    } else if (!filters) {
        jout_kstr(&j, "query", api_str(q, "query"));
    }
    jout_end_obj(&j);
    struct str out = b.failed ? STR_NONE : str_dup(q->arena, buf_view(&b));
    buf_free(&b);
    return out;
}

static int add(struct api_request *q, struct stored_export *e)
{
    int err = db_begin(q->db);
    if (err)
        return err;
    err = tab_exports_add(q->db, e, &e->number);
    if (!err)
        err = api_audit(q, "activities exported", str_fmt(q->arena, "%lld", (long long)e->number), STR_NONE,
                        str_fmt(q->arena, "{\"format\":\"%.*s\",\"asked\":%.*s}", STR_ARG(e->format), STR_ARG(e->asked)));
    return db_end(q->db, err);
}

static int ask(struct api_request *q, struct api_response *r)
{
    struct filter f;
    uint64_t n = 0;
    struct str format = str_set(api_str(q, "format")) ? api_str(q, "format") : STR("csv");
    if (!export_form_of(format))
        return api_refuse(r, 400, "format is csv, json, ocsf or ecs.");
    if (!filters_of(q, r, FILTER_ACTIVITIES, &f))
        return 0;
    struct stored_export e = {.account = q->caller->account, .format = format, .asked = asked_of(q), .made = q->now};
    if (!str_set(e.asked))
        return ERR_MEMORY;
    if (e.asked.n > ASKED_MOST)
        return api_refuse(r, 400, "The filter is too long.");
    int err = tab_exports_count(q->db, e.account, &n);
    if (!err && n >= MOST)
        return api_refuse(r, 409, "You have 20 exports: delete one first.");
    if (!err)
        err = exporting_scope(q->db, q->arena, e.account, &e.scope);
    if (!err)
        err = add(q, &e);
    if (err)
        return err;
    q->hub->changed(q->hub->owner, HUB_EXPORTS);
    r->status = 202;
    return answer(q, r, e.number);
}

static const struct api_route routes[] = {
    {.method = API_GET,
     .pattern = "api/vigie/v1/exports",
     .right = RIGHT_VIEW_ACTIVITIES,
     .handler = list,
     .about = "The caller's exports of the activity log, newest first; who manages administrators sees everybody's."},
    {.method = API_POST,
     .pattern = "api/vigie/v1/exports",
     .right = RIGHT_VIEW_ACTIVITIES,
     .handler = ask,
     .about = "Asks for the activities that a filter finds as a file (format csv, json, ocsf or ecs), which is written in the background and kept "
              "for seven days."},
    {.method = API_GET,
     .pattern = "api/vigie/v1/exports/{id}",
     .right = RIGHT_VIEW_ACTIVITIES,
     .handler = get,
     .about = "One export: how far it is and what became of it."},
    {.method = API_GET,
     .pattern = "api/vigie/v1/exports/{id}/file",
     .right = RIGHT_VIEW_ACTIVITIES,
     .handler = download,
     .audit = "export downloaded",
     .about = "The file of an export that is done."},
    {.method = API_POST,
     .pattern = "api/vigie/v1/exports/{id}/cancel",
     .right = RIGHT_VIEW_ACTIVITIES,
     .handler = cancel,
     .about = "Cancels an export that waits or is being written."},
    {.method = API_DELETE,
     .pattern = "api/vigie/v1/exports/{id}",
     .right = RIGHT_VIEW_ACTIVITIES,
     .handler = drop,
     .about = "Deletes an export and its file."},
    {.pattern = NULL}};

const struct api_routes api_exports = {routes};
