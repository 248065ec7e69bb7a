/* api/api_cas_activities.c - activities of the Cloud App Security API: list, scan, one, feedback.
 *
 * A scan is cut at moments, in milliseconds as clients see them: a page ends before the first activity of a moment that did not fit
 * whole, and nextQueryFilters is what was asked for with that moment as a bound. So nothing comes twice and nothing is left out
 * while new activities arrive. A moment that fills a page alone comes as one longer page. */
#include "api/api.h"

#include "api/activity_json.h"
#include "api/cas.h"
#include "api/cas_activity.h"

#include <stdlib.h>

enum { SCAN_MOST = 5000, SCAN_USUAL = 500, MOMENT_MOST = 1000000, COUNTED = 10000, FEEDBACK_MAX = 4000 };

/* ---- pages ---- */

struct rows {
    struct api_request *q;
    struct jout *j;
};

static int one_row(void *owner, const struct actlog_row *row)
{
    struct rows *x = owner;
    return cas_activity(x->q, x->j, row);
}

static int list(struct api_request *q, struct api_response *r, const struct filter *f, const struct page *p)
{
    struct rows x = {q, &r->json};
    uint64_t total = 0;
    bool more = false, beyond = false;
    const struct actlog_query ask = {.filter = f, .view = &q->caller->activities, .by_created = str_eq(p->sort, STR("created")), .ascending = p->ascending,
                                     .skip = p->skip, .limit = p->limit};
    list_begin(r);
    int err = actlog_query(q->log, &ask, one_row, &x, &more);
    if (!err)
        err = actlog_count(q->log, f, &q->caller->activities, COUNTED, &total, &beyond);
    list_end(r, total, beyond, more);
    return err;
}

/* ---- scan ---- */

struct scanned {
    int64_t ms;
    size_t end; /* of its JSON in `text` */
};

struct scan {
    struct api_request *q;
    struct actlog_query ask;
    const struct filter *filter;
    struct buf text;
    struct scanned *rows;
    size_t n, room;
    int64_t bound; /* where the next page begins, ms */
    bool more;
};

static int64_t floor_ms(int64_t t)
{
    return t / TIME_MS - (t % TIME_MS < 0);
}

static int keep(void *owner, const struct actlog_row *row)
{
    struct scan *s = owner;
    struct jout j = jout_to(&s->text);
    if (s->n == s->room) {
        size_t room = s->room ? s->room * 2 : 512;
        struct scanned *more = realloc(s->rows, room * sizeof *more);
        if (!more)
            return ERR_MEMORY;
        s->rows = more;
        s->room = room;
    }
    int err = cas_activity(s->q, &j, row);
    s->rows[s->n++] = (struct scanned){floor_ms(s->ask.by_created ? row->created : row->activity.time), s->text.n};
    return err ? err : s->text.failed ? ERR_MEMORY : 0;
}

static void scan_clear(struct scan *s)
{
    s->n = 0;
    s->text.n = 0;
}

/* What is asked for, between two moments (ms). */
static int between(struct scan *s, int64_t from, int64_t to, struct filter *out)
{
    struct filter_value *v = arena_alloc(s->q->arena, sizeof *v);
    if (!v)
        return ERR_MEMORY;
    *v = (struct filter_value){.from = from == INT64_MIN ? INT64_MIN : from * TIME_MS, .to = to == INT64_MAX ? INT64_MAX : to * TIME_MS + TIME_MS - 1};
    const struct filter_term t = {.field = s->ask.by_created ? FIELD_ACTIVITY_CREATED : FIELD_ACTIVITY_DATE, .match = MATCH_RANGE, .values = v, .n = 1};
    return filters_and(s->q->arena, s->filter, &t, out);
}

static int stop_at_once(void *owner, const struct actlog_row *row)
{
    bool *any = owner;
    (void)row;
    *any = true;
    return 0;
}

/* The page is of one moment: the whole of it, and whether there is anything behind. */
static int whole_moment(struct scan *s)
{
    int64_t ms = s->rows[0].ms;
    struct filter here, behind;
    struct actlog_query ask = s->ask;
    bool more = false;
    int err = between(s, ms, ms, &here);
    scan_clear(s);
    ask.filter = &here;
    ask.limit = MOMENT_MOST;
    if (!err)
        err = actlog_query(s->q->log, &ask, keep, s, &more);
    s->bound = s->ask.ascending ? ms + 1 : ms - 1;
    if (!err)
        err = between(s, s->ask.ascending ? s->bound : INT64_MIN, s->ask.ascending ? INT64_MAX : s->bound, &behind);
    s->more = false;
    ask.filter = &behind;
    ask.limit = 1;
    return err ? err : actlog_query(s->q->log, &ask, stop_at_once, &s->more, &more);
}

static int scan_page(struct scan *s)
{
    int err = actlog_query(s->q->log, &s->ask, keep, s, &s->more);
    if (err || !s->more || s->n == 0)
        return err;
    size_t n = s->n;
    s->bound = s->rows[n - 1].ms;
    while (n > 0 && s->rows[n - 1].ms == s->bound)
        n--;
    if (n == 0)
        return whole_moment(s);
    s->n = n;
    return 0;
}

static void copy(struct jout *j, const struct jnode *n)
{
    switch ((enum jtype)n->type) {
    case J_NULL: jout_null(j); break;
    case J_FALSE:
    case J_TRUE: jout_bool(j, n->type == J_TRUE); break;
    case J_STR: jout_str(j, n->val); break;
    case J_NUM:
    case J_ARR:
    case J_OBJ: jout_raw(j, n->val); break;
    }
}

static void copy_member(struct arena *a, struct jout *j, const struct jnode *n)
{
    char *key = arena_alloc(a, n->key.n + 1);
    if (!key)
        return;
    memcpy(key, n->key.p, n->key.n);
    key[n->key.n] = '\0';
    jout_key(j, key);
    copy(j, n);
}

/* The field of the cut: its other operators, and the bound. */
static void write_cut(const struct scan *s, struct jout *j, const struct jnode *doc, const struct jnode *old)
{
    struct arena *a = s->q->arena;
    const char *op = s->ask.ascending ? "gte" : "lte";
    bool listed = old && old->type == J_ARR;
    if (listed)
        jout_arr(j);
    for (const struct jnode *m = listed ? jin_first(doc, old) : NULL; m; m = jin_next(doc, old, m))
        copy(j, m);
    jout_obj(j);
    for (const struct jnode *m = old && old->type == J_OBJ ? jin_first(doc, old) : NULL; m; m = jin_next(doc, old, m))
        if (!str_eq(m->key, str_of(op)))
            copy_member(a, j, m);
    jout_ki64(j, op, s->bound);
    jout_end_obj(j);
    if (listed)
        jout_end_arr(j);
}

static void write_next(const struct scan *s, struct jout *j)
{
    const char *field = s->ask.by_created ? "created" : "date";
    const struct jnode *doc = s->q->doc, *filters = jin_get(doc, s->q->params, STR("filters")), *old = NULL;
    if (filters && filters->type == J_STR)
        doc = filters = jin_embedded(s->q->arena, filters->val);
    jout_key(j, "nextQueryFilters");
    jout_obj(j);
    for (const struct jnode *m = filters && filters->type == J_OBJ ? jin_first(doc, filters) : NULL; m; m = jin_next(doc, filters, m)) {
        if (str_eq(m->key, str_of(field)))
            old = m;
        else
            copy_member(s->q->arena, j, m);
    }
    jout_key(j, field);
    write_cut(s, j, doc, old);
    jout_end_obj(j);
}

static void write_scan(const struct scan *s, struct jout *j)
{
    size_t at = 0;
    jout_obj(j);
    jout_key(j, "data");
    jout_arr(j);
    for (size_t i = 0; i < s->n; i++) {
        jout_raw(j, (struct str){s->text.p + at, s->rows[i].end - at});
        at = s->rows[i].end;
    }
    jout_end_arr(j);
    jout_kbool(j, "hasNext", s->more);
    jout_ki64(j, "max", SCAN_MOST);
    if (s->more)
        write_next(s, j);
    jout_end_obj(j);
}

static int scan(struct api_request *q, struct api_response *r, const struct filter *f)
{
    struct page p;
    if (!page_of(q, r, SCAN_MOST, true, &p))
        return 0;
    if (!str_set(api_str(q, "limit")))
        p.limit = SCAN_USUAL;
    struct scan s = {.q = q,
                     .filter = f,
                     .ask = {.filter = f, .view = &q->caller->activities, .by_created = str_eq(p.sort, STR("created")), .ascending = p.ascending, .limit = p.limit}};
    int err = scan_page(&s);
    if (!err)
        write_scan(&s, &r->json);
    buf_free(&s.text);
    free(s.rows);
    return err;
}

/* Every object of this API says instance 0: who asks for that asks for all. */
static bool is_every_instance(const struct filter_term *t)
{
    bool zero = false;
    if (t->field != FIELD_ACTIVITY_INSTANCE || t->match != MATCH_EQ || t->negate)
        return false;
    for (unsigned i = 0; i < t->n; i++)
        zero |= str_eq(t->values[i].text, STR("0"));
    return zero;
}

static int without_instance(struct arena *a, const struct filter *f, struct filter *out)
{
    struct filter_term *terms = arena_alloc(a, (f->n + 1) * sizeof *terms);
    unsigned n = 0;
    if (!terms)
        return ERR_MEMORY;
    for (unsigned i = 0; i < f->n; i++)
        if (!is_every_instance(&f->terms[i]))
            terms[n++] = f->terms[i];
    *out = (struct filter){terms, n};
    return 0;
}

static int get_list(struct api_request *q, struct api_response *r)
{
    struct filter asked, f;
    struct page p;
    if (!filters_of(q, r, FILTER_ACTIVITIES, &asked))
        return 0;
    int err = without_instance(q->arena, &asked, &f);
    if (err)
        return err;
    if (api_bool(q, "isScan", false))
        return scan(q, r, &f);
    return page_of(q, r, PAGE_MOST, true, &p) ? list(q, r, &f, &p) : 0;
}

/* ---- one ---- */

static int find(struct api_request *q, struct activity_room *room, struct actlog_row *row)
{
    uint8_t id[16];
    return activity_json_id(q->vars[0], id) ? activity_room_get(q, room, id, row) : ERR_NOT_FOUND;
}

static int get_one(struct api_request *q, struct api_response *r)
{
    struct activity_room *room;
    struct actlog_row row;
    int err = activity_room_open(&room);
    if (err)
        return err;
    err = find(q, room, &row);
    if (!err)
        err = cas_activity(q, &r->json, &row);
    activity_room_close(room);
    return err;
}

/* Kept in the admin audit log, where those who tune policies read it. */
static int feedback(struct api_request *q, struct api_response *r)
{
    struct activity_room *room;
    struct actlog_row row;
    struct buf said = {0};
    struct jout j = jout_to(&said);
    int err = activity_room_open(&room);
    if (err)
        return err;
    err = find(q, room, &row);
    activity_room_close(room);
    jout_obj(&j);
    jout_kstr(&j, "feedbackValue", str_sub(api_str(q, "feedbackValue"), 0, 100));
    jout_kstr(&j, "feedbackText", str_sub(api_str(q, "feedbackText"), 0, FEEDBACK_MAX));
    jout_end_obj(&j);
    if (!err)
        err = api_audit(q, "activity feedback", q->vars[0], STR_NONE, buf_view(&said));
    buf_free(&said);
    if (err)
        return err;
    jout_obj(&r->json);
    jout_end_obj(&r->json);
    return 0;
}

#define CAS(verb, path, needs, function, words) {.method = verb, .pattern = path, .right = needs, .handler = function, .about = words, .compatible = true}

static const struct api_route routes[] = {
    CAS(API_GET, "api/v1/activities", RIGHT_VIEW_ACTIVITIES, get_list, "Lists or scans activities."),
    CAS(API_POST, "api/v1/activities", RIGHT_VIEW_ACTIVITIES, get_list, "Lists or scans activities that a filter finds."),
    CAS(API_GET, "api/v1/activities/{id}", RIGHT_VIEW_ACTIVITIES, get_one, "One activity."),
    CAS(API_POST, "api/v1/activities/{id}/feedback", RIGHT_VIEW_ACTIVITIES, feedback, "Says what one thinks of an activity."),
    {.pattern = NULL}};

const struct api_routes api_cas_activities = {routes};
