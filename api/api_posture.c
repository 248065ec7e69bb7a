/* api/api_posture.c - the posture assessments: list, one with its entities, reports. */
#include "api/api.h"
#include "api/answer.h"
#include "api/workbook.h"

#include "base/csv.h"
#include "base/hash.h"
#include "api/link_json.h"
#include "store/tab_entities.h"
#include "store/tab_findings.h"

#include <stdio.h>
#include <stdlib.h>

static int gone(struct api_response *r)
{
    return api_refuse(r, 404, "Posture assessments are there while identity protection is connected.");
}

static int trend_day(void *owner, int64_t day, uint64_t affected)
{
    struct jout *j = owner;
    char text[TIME_TEXT];
    jout_obj(j);
    jout_kstr(j, "day", time_date(day * TIME_DAY, text));
    jout_ku64(j, "affected", affected);
    jout_end_obj(j);
    return 0;
}

/* What it says of itself, in the caller's language. */
static void write_words(struct api_request *q, struct jout *j, const struct stored_assessment *a)
{
    const struct jnode *doc = q->language == FRENCH && str_set(a->french) ? jin_embedded(q->arena, str_dup(q->arena, a->french)) : NULL;
    const struct jnode *todo = doc ? jin_get(doc, doc, STR("todo")) : NULL;
    jout_kstr(j, "name", doc ? jin_str(doc, doc, "name") : a->name);
    jout_kstr(j, "about", doc ? jin_str(doc, doc, "about") : a->about);
    jout_key(j, "todo");
    jout_raw(j, todo ? todo->val : a->todo);
    jout_kstr(j, "needs", doc ? jin_str(doc, doc, "needs") : a->needs);
}

static int write_assessment(struct api_request *q, struct jout *j, const struct stored_assessment *a)
{
    jout_kstr(j, "id", a->id);
    write_words(q, j, a);
    jout_kstr(j, "impact", a->impact);
    jout_ku64(j, "affected", a->affected);
    jout_kz(j, "status", !a->known ? "unknown" : a->affected ? "at_risk" : "completed");
    api_ktime(j, "asOf", a->as_of);
    jout_key(j, "trend");
    jout_arr(j);
    int err = tab_findings_trend(q->db, str_dup(q->arena, a->id), trend_day, j);
    jout_end_arr(j);
    return err;
}

struct listing {
    struct api_request *q;
    struct jout *j;
    struct str wanted; /* absent: all */
    bool found;
};

static int list_assessment(void *owner, const struct stored_assessment *a)
{
    struct listing *l = owner;
    jout_obj(l->j);
    int err = write_assessment(l->q, l->j, a);
    jout_end_obj(l->j);
    return err;
}

static int get_posture(struct api_request *q, struct api_response *r)
{
    struct listing l = {.q = q, .j = &r->json};
    if (!link_json_identity(q))
        return gone(r);
    jout_obj(&r->json);
    jout_key(&r->json, "data");
    jout_arr(&r->json);
    int err = tab_findings_assessments(q->db, list_assessment, &l);
    jout_end_arr(&r->json);
    jout_end_obj(&r->json);
    return err;
}

/* ---- one assessment: findings come grouped by nothing, an entity may have several ---- */

struct entry {
    uint32_t entity;
    struct stored_finding f;
};

struct entries {
    struct api_request *q;
    struct entry *all;
    size_t n, room;
};

static int collect(void *owner, const struct stored_finding *f)
{
    struct entries *e = owner;
    if (e->n == e->room) {
        size_t room = e->room ? e->room * 2 : 256;
        struct entry *grown = realloc(e->all, room * sizeof *grown);
        if (!grown)
            return ERR_MEMORY;
        e->all = grown;
        e->room = room;
    }
    struct entry *x = &e->all[e->n];
    *x = (struct entry){.entity = f->entity, .f = *f};
    x->f.text = str_dup(e->q->arena, f->text);
    x->f.french = str_dup(e->q->arena, f->french);
    x->f.assessment = STR_NONE;
    e->n++;
    return 0;
}

static void write_evidence(struct jout *j, const struct stored_finding *f, enum language language)
{
    char hex[33];
    jout_obj(j);
    jout_kstr(j, "text", language == FRENCH && str_set(f->french) ? f->french : f->text);
    if (f->count) {
        jout_kstr(j, "activity", hash_hex(hex, f->activity, 16));
        api_ktime(j, "time", f->last);
        jout_ku64(j, "count", f->count);
    }
    jout_end_obj(j);
}

static const char *type_text(enum entity_type t)
{
    return t == ENTITY_COMPUTER ? "computer" : t == ENTITY_GROUP ? "group" : "user";
}

static void write_tags(struct jout *j, uint32_t flags)
{
    jout_key(j, "tags");
    jout_arr(j);
    if (flags & ENTITY_SENSITIVE)
        jout_str(j, STR("sensitive"));
    if (flags & ENTITY_HONEYTOKEN)
        jout_str(j, STR("honeytoken"));
    if (flags & ENTITY_DC)
        jout_str(j, STR("dc"));
    if (flags & ENTITY_DISABLED)
        jout_str(j, STR("disabled"));
    jout_end_arr(j);
}

static bool may_see(const struct api_request *q, uint32_t entity)
{
    const struct alert_view *v = &q->caller->alerts;
    for (size_t i = 0; v->people && i < v->npeople; i++)
        if (v->people[i] == entity)
            return true;
    return v->people == NULL;
}

/* One object per entity, with all its evidence, in the order of its first finding. */
static int write_entities(struct api_request *q, struct jout *j, struct entries *e)
{
    int err = 0;
    for (size_t i = 0; !err && i < e->n; i++) {
        struct stored_entity who;
        if (e->all[i].entity == 0 || !may_see(q, e->all[i].entity))
            continue;
        err = tab_entities_get(q->db, q->arena, e->all[i].entity, &who);
        if (err == ERR_NOT_FOUND) {
            err = 0;
            continue;
        }
        if (err)
            break;
        jout_obj(j);
        jout_kstr(j, "id", who.base.id);
        jout_kstr(j, "name", who.base.name);
        jout_kz(j, "type", type_text(who.base.type));
        write_tags(j, who.base.flags);
        api_ktime(j, "lastSeen", who.last_seen);
        jout_ku64(j, "exposure", e->all[i].f.exposure);
        jout_key(j, "evidence");
        jout_arr(j);
        uint32_t entity = e->all[i].entity;
        for (size_t k = i; k < e->n; k++)
            if (e->all[k].entity == entity) {
                write_evidence(j, &e->all[k].f, q->language);
                e->all[k].entity = 0;
            }
        jout_end_arr(j);
        jout_end_obj(j);
    }
    return err;
}

static int one_assessment(void *owner, const struct stored_assessment *a)
{
    struct listing *l = owner;
    if (!str_eq(a->id, l->wanted))
        return 0;
    l->found = true;
    return l->j ? write_assessment(l->q, l->j, a) : 0;
}

static int get_assessment(struct api_request *q, struct api_response *r)
{
    struct listing l = {.q = q, .j = &r->json, .wanted = q->vars[0]};
    struct entries e = {.q = q};
    if (!link_json_identity(q))
        return gone(r);
    jout_obj(&r->json);
    int err = tab_findings_assessments(q->db, one_assessment, &l);
    if (!err && !l.found)
        err = ERR_NOT_FOUND;
    if (!err)
        err = tab_findings_each(q->db, q->vars[0], collect, &e);
    jout_key(&r->json, "entities");
    jout_arr(&r->json);
    if (!err)
        err = write_entities(q, &r->json, &e);
    jout_end_arr(&r->json);
    jout_end_obj(&r->json);
    free(e.all);
    return err;
}

/* ---- reports: one line per finding ---- */

static const char *const columns[] = {"Entity", "Type", "Sensitive", "Evidence", "Activities", "Last seen"};
enum { COLUMNS = sizeof columns / sizeof *columns };

struct line {
    struct str cell[COLUMNS];
    char count[24], last[TIME_TEXT];
};

static int make_line(struct api_request *q, const struct entry *x, struct line *out)
{
    struct stored_entity who;
    int err = tab_entities_get(q->db, q->arena, x->entity, &who);
    if (err)
        return err;
    int n = snprintf(out->count, sizeof out->count, "%llu", (unsigned long long)x->f.count);
    const struct str cells[COLUMNS] = {who.base.name,
                                       str_of(type_text(who.base.type)),
                                       who.base.flags & ENTITY_SENSITIVE ? STR("yes") : STR("no"),
                                       x->f.text,
                                       (struct str){out->count, (size_t)n},
                                       x->f.count ? time_text(x->f.last, out->last) : STR("")};
    memcpy(out->cell, cells, sizeof cells);
    return 0;
}

static int write_csv(struct api_request *q, struct api_response *r, const struct entries *e)
{
    struct line l;
    for (unsigned c = 0; c < COLUMNS; c++)
        csv_cell(&r->body, str_of(columns[c]), c + 1 < COLUMNS ? ',' : '\n');
    for (size_t i = 0; i < e->n; i++) {
        if (!may_see(q, e->all[i].entity) || make_line(q, &e->all[i], &l) != 0)
            continue;
        for (unsigned c = 0; c < COLUMNS; c++)
            csv_cell(&r->body, l.cell[c], c + 1 < COLUMNS ? ',' : '\n');
    }
    r->type = "text/csv; charset=utf-8";
    return 0;
}

static int write_workbook(struct api_request *q, struct api_response *r, const struct entries *e)
{
    struct workbook w;
    struct line l;
    int err = workbook_open(&w);
    if (err)
        return err;
    lxw_worksheet *s = workbook_sheet(&w, "Findings", columns, COLUMNS);
    lxw_row_t row = 0;
    for (size_t i = 0; i < e->n; i++) {
        if (!may_see(q, e->all[i].entity) || make_line(q, &e->all[i], &l) != 0)
            continue;
        row++;
        for (unsigned c = 0; c < COLUMNS; c++)
            workbook_text(s, row, c, l.cell[c], q->arena);
    }
    r->type = WORKBOOK_TYPE;
    return workbook_finish(&w, &r->body);
}

static int get_report(struct api_request *q, struct api_response *r)
{
    struct listing l = {.q = q, .wanted = q->vars[0]};
    struct entries e = {.q = q};
    bool workbook = str_eq(api_str(q, "format"), STR("xlsx"));
    if (!link_json_identity(q))
        return gone(r);
    int err = tab_findings_assessments(q->db, one_assessment, &l);
    if (!err && !l.found)
        return ERR_NOT_FOUND;
    if (!err)
        err = tab_findings_each(q->db, q->vars[0], collect, &e);
    if (!err)
        err = workbook ? write_workbook(q, r, &e) : write_csv(q, r, &e);
    r->filename = str_fmt(q->arena, "posture-%.*s.%s", STR_ARG(q->vars[0]), workbook ? "xlsx" : "csv");
    free(e.all);
    return err;
}

static const struct api_route routes[] = {
    {.method = API_GET, .pattern = "api/vigie/v1/posture", .right = RIGHT_VIEW_POSTURE, .handler = get_posture, .about = "The identity security posture assessments with the number of affected entities and their trend."},
    {.method = API_GET, .pattern = "api/vigie/v1/posture/{id}", .right = RIGHT_VIEW_POSTURE, .handler = get_assessment, .about = "One assessment with its affected entities and the evidence."},
    {.method = API_GET, .pattern = "api/vigie/v1/posture/{id}/report", .right = RIGHT_VIEW_POSTURE, .handler = get_report, .lane = API_LONG, .about = "An assessment as CSV or workbook."},
    {.pattern = NULL}};

const struct api_routes api_posture = {routes};
