/* api/alert_json.c - alerts as JSON. */
#include "api/alert_json.h"

#include "api/activity_json.h"
#include "api/answer.h"
#include "api/person_json.h"
#include "base/hash.h"
#include "model/advice.h"
#include "model/app.h"
#include "model/phrase.h"
#include "store/tab_policies.h"

#include <stdlib.h>

enum { USERS = 64, PHRASES_MOST = 64 };

struct str alert_json_status(enum resolution r)
{
    static const char *const names[] = {[RESOLUTION_OPEN] = "open", [RESOLUTION_DISMISSED] = "dismissed", [RESOLUTION_RESOLVED] = "resolved",
                                        [RESOLUTION_FALSE_POSITIVE] = "false_positive", [RESOLUTION_BENIGN] = "benign",
                                        [RESOLUTION_TRUE_POSITIVE] = "true_positive"};
    return str_of(names[r]);
}

struct str alert_json_app(uint32_t service)
{
    static const struct {
        const char *name;
        uint32_t number;
    } apps[] = {
#define X(id, name, number) {name, number},
        APPS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof apps / sizeof *apps; i++)
        if (apps[i].number == service)
            return str_of(apps[i].name);
    return STR_NONE;
}

static void write_party(struct api_request *q, struct jout *j, const char *key, const struct alert_party *p)
{
    struct stored_entity e;
    if (!str_set(p->label) && !str_set(p->id))
        return;
    jout_key(j, key);
    jout_obj(j);
    jout_kstr(j, "type", p->type);
    jout_kstr(j, "id", p->id);
    jout_kstr(j, "label", str_set(p->label) ? p->label : p->id);
    jout_kstr(j, "role", p->role);
    if (p->entity && person_json_may_see(q, p->entity) && tab_entities_get(q->db, q->arena, p->entity, &e) == 0)
        jout_kstr(j, "entity", e.base.id);
    if (p->certainty)
        jout_ku64(j, "certainty", p->certainty);
    jout_end_obj(j);
}

/* {"id","name"}; people outside the caller's view have no id. */
static void write_user(struct api_request *q, struct jout *j, uint32_t number)
{
    struct stored_entity e;
    if (tab_entities_get(q->db, q->arena, number, &e) != 0)
        return;
    jout_obj(j);
    if (person_json_may_see(q, e.base.number))
        jout_kstr(j, "id", e.base.id);
    jout_kstr(j, "name", e.base.name);
    jout_end_obj(j);
}

struct str alert_json_name(struct api_request *q, struct str policy, struct str english)
{
    struct str name;
    return q->language == FRENCH && tab_policies_french(q->db, q->arena, policy, &name) == 0 ? name : english;
}

/* English and French in turn, as the hub has written them into the definition of the detection. */
static const struct phrase *phrases_of(struct arena *a, const struct stored_policy *p)
{
    const struct jnode *doc = str_set(p->definition) ? jin_embedded(a, p->definition) : NULL;
    const struct jnode *list = doc ? jin_path(doc, doc, "french.phrases") : NULL;
    struct phrase *out = list ? arena_zero(a, (PHRASES_MOST + 1) * sizeof *out) : NULL;
    size_t n = 0;
    for (const struct jnode *x = out ? jin_first(doc, list) : NULL; x && n < PHRASES_MOST; x = jin_next(doc, list, x)) {
        out[n].english = str_fmt(a, "%.*s", STR_ARG(jin_text(x))).p;
        x = jin_next(doc, list, x);
        if (x)
            out[n++].french = str_fmt(a, "%.*s", STR_ARG(jin_text(x))).p;
    }
    if (out)
        out[n] = (struct phrase){0};
    return out;
}

/* In the caller's language; in English where it cannot be read. */
static struct str sentence(struct api_request *q, const struct stored_alert *al)
{
    struct arena a;
    struct stored_policy p;
    struct str said = al->description, french;
    if (q->language != FRENCH)
        return said;
    arena_init(&a, 65536, 1u << 23);
    if (tab_policies_get(q->db, &a, al->policy, &p) == 0 && phrase_french(&a, phrases_of(&a, &p), al->description, &french))
        said = str_dup(q->arena, french);
    arena_free(&a);
    return said;
}

int alert_json_row(struct api_request *q, struct jout *j, const struct stored_alert *a)
{
    uint32_t users[USERS];
    size_t n = 0;
    jout_kz(j, "id", a->id);
    jout_kstr(j, "name", alert_json_name(q, a->policy, a->name));
    jout_kstr(j, "policy", a->policy);
    if (a->external_id)
        jout_ki64(j, "externalId", a->external_id);
    jout_kstr(j, "severity", severity_text(a->severity));
    jout_kstr(j, "category", a->category);
    api_ktime(j, "start", a->start);
    api_ktime(j, "end", a->end);
    jout_ku64(j, "count", a->count);
    jout_kstr(j, "status", alert_json_status(a->resolution));
    jout_kbool(j, "read", a->read);
    jout_kbool(j, "suppressed", a->suppressed);
    api_ktime(j, "withdrawn", a->withdrawn);
    jout_kz(j, "shore", a->shore == SHORE_ONPREM ? "onprem" : "cloud");
    struct str app = a->service ? alert_json_app(a->service) : STR_NONE;
    if (str_set(app)) {
        jout_key(j, "app");
        jout_obj(j);
        jout_ku64(j, "service", a->service);
        jout_kstr(j, "name", app);
        jout_end_obj(j);
    }
    write_party(q, j, "source", &a->source_party);
    write_party(q, j, "destination", &a->destination_party);
    int err = tab_alerts_users(q->db, str_of(a->id), users, USERS, &n);
    jout_key(j, "users");
    jout_arr(j);
    for (size_t i = 0; !err && i < n && i < USERS; i++)
        write_user(q, j, users[i]);
    jout_end_arr(j);
    jout_kstr(j, "description", sentence(q, a));
    return err;
}

/* ---- page ---- */

struct writing {
    struct api_request *q;
    struct jout *j;
    struct activity_room *room;
};

static int write_evidence(void *owner, const struct stored_evidence *e)
{
    struct writing *w = owner;
    struct actlog_row row;
    char hex[33];
    jout_obj(w->j);
    jout_kstr(w->j, "activity", hash_hex(hex, e->activity, 16));
    api_ktime(w->j, "time", e->time);
    jout_kstr(w->j, "kind", e->kind);
    int err = activity_room_get(w->q, w->room, e->activity, &row);
    if (!err)
        jout_kstr(w->j, "description", activity_json_description(w->q->arena, &row.activity, w->q->language));
    jout_kbool(w->j, "seen", !err);
    jout_end_obj(w->j);
    return err == ERR_NOT_FOUND ? 0 : err;
}

struct str alert_json_event(const struct alert_event *e)
{
    int64_t n = 0;
    bool closed = str_eq(e->what, STR("closed")) && str_i64(e->text, &n) && n >= 0 && n <= RESOLUTION_TRUE_POSITIVE;
    return closed ? alert_json_status((enum resolution)n) : e->text;
}

static int write_event(void *owner, const struct alert_event *e)
{
    struct writing *w = owner;
    jout_obj(w->j);
    jout_kstr(w->j, "what", e->what);
    jout_kstr(w->j, "by", e->by);
    jout_kstr(w->j, "text", alert_json_event(e));
    api_ktime(w->j, "time", e->time);
    jout_end_obj(w->j);
    return 0;
}

static void write_lines(struct jout *j, const char *key, const char *const *lines)
{
    jout_key(j, key);
    jout_arr(j);
    for (int i = 0; i < ADVICE_LINES && lines[i]; i++)
        jout_str(j, str_of(lines[i]));
    jout_end_arr(j);
}

static void write_advice(struct jout *j, struct str key, enum language language)
{
    const struct advice_words *a = &advice_of(key)->in[language];
    jout_key(j, "advice");
    jout_obj(j);
    write_lines(j, "scope", a->scope);
    write_lines(j, "remediation", a->remediation);
    write_lines(j, "prevention", a->prevention);
    jout_end_obj(j);
}

static void write_resolution(struct jout *j, const struct stored_alert *a)
{
    if (a->resolution == RESOLUTION_OPEN)
        return;
    jout_key(j, "resolution");
    jout_obj(j);
    jout_kstr(j, "status", alert_json_status(a->resolution));
    if (a->reason >= 0)
        jout_ki64(j, "reasonId", a->reason);
    jout_kstr(j, "comment", a->comment);
    jout_kstr(j, "by", a->handled_by);
    api_ktime(j, "time", a->resolved);
    jout_end_obj(j);
}

struct points {
    struct str ref;
    int64_t sum;
};

static int add_points(void *owner, const struct stored_contribution *c)
{
    struct points *p = owner;
    if (c->counted && str_eq(c->kind, STR("alert")) && str_eq(c->ref, p->ref))
        p->sum += c->points;
    return 0;
}

static int write_points(struct api_request *q, struct jout *j, const struct stored_alert *a)
{
    uint32_t users[USERS];
    size_t n = 0;
    int err = tab_alerts_users(q->db, str_of(a->id), users, USERS, &n);
    jout_key(j, "points");
    jout_arr(j);
    for (size_t i = 0; !err && i < n && i < USERS; i++) {
        struct points p = {str_of(a->id), 0};
        if (person_json_may_see(q, users[i]))
            err = tab_entities_receipt_each(q->db, users[i], add_points, &p);
        if (err || p.sum == 0)
            continue;
        jout_obj(j);
        jout_key(j, "user");
        person_json_ref(q, j, users[i], STR_NONE);
        jout_ki64(j, "points", p.sum);
        jout_end_obj(j);
    }
    jout_end_arr(j);
    return err;
}

static void write_about(struct api_request *q, struct jout *j, struct str policy)
{
    struct stored_policy p;
    if (tab_policies_get(q->db, q->arena, policy, &p) != 0)
        return;
    const struct jnode *doc = jin_embedded(q->arena, p.definition);
    const struct jnode *words = doc && q->language == FRENCH ? jin_get(doc, doc, STR("french")) : doc;
    struct str about = words ? jin_str(doc, words, "about") : STR_NONE;
    jout_kstr(j, "about", str_set(about) ? about : p.description);
}

int alert_json_page(struct api_request *q, struct jout *j, const struct stored_alert *a)
{
    struct writing w = {q, j, NULL};
    int err = activity_room_open(&w.room);
    jout_key(j, "parties");
    jout_raw(j, a->parties.n ? a->parties : STR("[]"));
    jout_key(j, "attack");
    jout_raw(j, a->attack.n ? a->attack : STR("[]"));
    jout_kbool(j, "preview", a->preview);
    write_advice(j, str_set(a->advice) ? a->advice : a->policy, q->language);
    jout_key(j, "evidence");
    jout_arr(j);
    if (!err)
        err = tab_alerts_evidence(q->db, str_of(a->id), write_evidence, &w);
    jout_end_arr(j);
    jout_ku64(j, "evidenceTotal", a->nactivities);
    jout_key(j, "history");
    jout_arr(j);
    if (!err)
        err = tab_alerts_history(q->db, str_of(a->id), write_event, &w);
    jout_end_arr(j);
    write_resolution(j, a);
    write_about(q, j, a->policy);
    if (!err)
        err = write_points(q, j, a);
    activity_room_close(w.room);
    return err;
}
