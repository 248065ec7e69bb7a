/* policy/policy_json.c - policies as JSON and CSV. */
#include "policy/detection_policy.h"

#include "store/tab_entities.h"

struct str policy_type_text(enum policy_type t)
{
    static const char *const names[] = {[POLICY_IDENTITY] = "identity", [POLICY_ANOMALY] = "anomaly", [POLICY_ACTIVITY] = "activity"};
    return str_of(names[t]);
}

/* How many of its alerts are open. */
static int open_alerts(struct db *db, const struct stored_policy *p, const struct alert_view *view, uint64_t *n)
{
    const struct filter_value id = {.text = p->id}, yes = {.from = 1, .to = 1};
    const struct filter_term terms[] = {{.field = FIELD_ALERT_POLICY, .match = MATCH_EQ, .values = &id, .n = 1},
                                        {.field = FIELD_ALERT_OPEN, .match = MATCH_EQ, .values = &yes, .n = 1}};
    const struct filter f = {terms, 2};
    return tab_alerts_count(db, &f, view, n);
}

struct policy_writing {
    struct db *db;
    struct arena *arena;
    const struct jnode *doc, *french; /* of a detection: its definition; what that has in French, when that is asked for */
};

/* ---- parameters ---- */

struct values {
    struct jout *j;
    const struct jnode *doc;
    struct str names[64];
    double values[64];
    size_t n;
};

static int keep(void *owner, struct str name, double value)
{
    struct values *v = owner;
    if (v->n < sizeof v->values / sizeof *v->values) {
        v->names[v->n] = name;
        v->values[v->n++] = value;
    }
    return 0;
}

static int params_json(struct policy_writing *w, const struct stored_policy *p, struct jout *j)
{
    const struct jnode *doc = w->doc;
    struct values v = {.j = j};
    int err = detection_policy_params(w->arena, p, keep, &v);
    const struct jnode *list = doc ? jin_get(doc, doc, STR("params")) : NULL;
    jout_key(j, "params");
    jout_arr(j);
    for (const struct jnode *c = list ? jin_first(doc, list) : NULL; !err && c; c = jin_next(doc, list, c)) {
        struct str name = jin_str(doc, c, "name");
        jout_obj(j);
        jout_kstr(j, "name", name);
        jout_key(j, "value");
        size_t i = 0;
        while (i < v.n && !str_eq(v.names[i], name))
            i++;
        if (i < v.n)
            jout_num(j, v.values[i]);
        else
            jout_raw(j, jin_str(doc, c, "default"));
        jout_key(j, "default");
        jout_raw(j, jin_str(doc, c, "default"));
        jout_kstr(j, "about", jin_str(doc, c, w->french ? "french" : "about"));
        jout_kbool(j, "scaled", detection_policy_scales(name));
        jout_end_obj(j);
    }
    jout_end_arr(j);
    return err;
}

/* ---- lists of people ---- */

static void named(struct db *db, struct arena *a, const struct jnode *doc, const char *which, struct jout *j)
{
    const struct jnode *list = doc ? jin_get(doc, doc, str_of(which)) : NULL;
    jout_key(j, which);
    jout_arr(j);
    for (const struct jnode *c = list ? jin_first(doc, list) : NULL; c; c = jin_next(doc, list, c)) {
        struct stored_entity e;
        struct str id = jin_text(c);
        jout_obj(j);
        jout_kstr(j, "id", id);
        jout_kstr(j, "name", tab_entities_by_id(db, a, id, &e) == 0 ? e.base.name : id);
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

static int exclusion(void *owner, struct str policy, struct str name, int64_t until)
{
    struct jout *j = owner;
    (void)policy;
    jout_obj(j);
    jout_kstr(j, "name", name);
    jout_ktime(j, "until", until);
    jout_end_obj(j);
    return 0;
}

/* ---- one policy ---- */

static const char *const copied[] = {"about", "blind", "shore", "attack", "learningDays", "off", "preview"};

static int detection_json(struct policy_writing *w, const struct stored_policy *p, struct jout *j)
{
    const struct jnode *doc = w->doc, *scope = jin_embedded(w->arena, p->scope);
    for (size_t i = 0; i < sizeof copied / sizeof *copied; i++) {
        const struct jnode *n = w->french ? jin_get(doc, w->french, str_of(copied[i])) : NULL;
        if (!n && doc)
            n = jin_get(doc, doc, str_of(copied[i]));
        if (!n)
            continue;
        jout_key(j, copied[i]);
        if (n->type == J_STR)
            jout_str(j, n->val);
        else
            jout_raw(j, n->type == J_NULL ? STR("null") : n->type == J_TRUE || n->type == J_FALSE ? jin_text(n) : n->val);
    }
    int err = params_json(w, p, j);
    jout_key(j, "scope");
    jout_obj(j);
    named(w->db, w->arena, scope, "include", j);
    named(w->db, w->arena, scope, "exclude", j);
    jout_end_obj(j);
    jout_key(j, "sensitivity");
    if (p->type == POLICY_ANOMALY)
        jout_i64(j, p->sensitivity);
    else
        jout_null(j);
    if (p->lowest != SEVERITY_DEFAULT)
        jout_kstr(j, "lowest", severity_text(p->lowest));
    return err;
}

static void activity_json(const struct stored_policy *p, struct jout *j)
{
    bool object = p->filters.n && p->filters.p[0] == '{';
    jout_key(j, object ? "filters" : "query");
    if (object)
        jout_raw(j, p->filters);
    else
        jout_str(j, p->filters);
    jout_key(j, "match");
    jout_obj(j);
    jout_kz(j, "type", p->match == POLICY_REPEATED ? "repeated" : "single");
    if (p->match == POLICY_REPEATED) {
        jout_ku64(j, "count", p->count);
        jout_ku64(j, "minutes", p->minutes);
        jout_kbool(j, "sameApp", p->same_app);
        jout_kstr(j, "unique", p->unique);
    }
    jout_end_obj(j);
    jout_ku64(j, "dailyLimit", p->daily_limit);
    jout_kstr(j, "createdBy", p->created_by);
    jout_ktime(j, "created", p->created);
}

static void actions_json(unsigned actions, struct jout *j)
{
    jout_key(j, "actions");
    jout_obj(j);
    jout_kbool(j, "mail", actions & POLICY_MAIL);
    jout_kbool(j, "webhook", actions & POLICY_WEBHOOK);
    jout_kbool(j, "syslog", actions & POLICY_SYSLOG);
    jout_end_obj(j);
}

static void governance_json(struct str governance, struct jout *j)
{
    struct str id;
    jout_key(j, "governance");
    jout_arr(j);
    while (str_set(governance) && str_cut(&governance, ' ', &id))
        jout_str(j, id);
    jout_end_arr(j);
}

static int policy_body(struct policy_writing *w, const struct stored_policy *p, struct jout *j)
{
    jout_kstr(j, "id", p->id);
    jout_kstr(j, "type", policy_type_text(p->type));
    if (p->external_id)
        jout_ki64(j, "externalId", p->external_id);
    jout_kstr(j, "name", w->french ? jin_str(w->doc, w->french, "name") : p->name);
    jout_kstr(j, "description", p->description);
    jout_kstr(j, "severity", severity_text(p->severity));
    jout_kstr(j, "category", p->category);
    jout_kbool(j, "enabled", p->enabled);
    int err = 0;
    if (p->type == POLICY_ACTIVITY)
        activity_json(p, j);
    else
        err = detection_json(w, p, j);
    jout_key(j, "exclusions");
    jout_arr(j);
    if (!err)
        err = tab_policies_exclusions(w->db, p->id, TIME_NONE, exclusion, j);
    jout_end_arr(j);
    actions_json(p->actions, j);
    governance_json(p->governance, j);
    jout_kstr(j, "changedBy", p->changed_by);
    jout_ktime(j, "changed", p->changed);
    return err;
}

int policy_json(struct db *db, const struct stored_policy *p, const struct alert_view *view, enum language language, struct jout *j)
{
    struct arena a;
    uint64_t n = 0;
    arena_init(&a, 16384, 1u << 24);
    struct policy_writing w = {.db = db, .arena = &a, .doc = str_set(p->definition) ? jin_embedded(&a, p->definition) : NULL};
    if (w.doc && language == FRENCH)
        w.french = jin_get(w.doc, w.doc, STR("french"));
    jout_obj(j);
    int err = policy_body(&w, p, j);
    if (!err && view)
        err = open_alerts(db, p, view, &n);
    if (view)
        jout_ku64(j, "openAlerts", n);
    jout_end_obj(j);
    arena_free(&a);
    return err;
}

/* ---- CSV ---- */

struct table {
    struct db *db;
    const struct alert_view *view;
    struct buf *out;
};

/* RFC 4180; a cell that a spreadsheet would take for a formula begins with an apostrophe. */
static void cell(struct buf *out, struct str s, bool last)
{
    buf_char(out, '"');
    if (s.n && strchr("=+-@\t\r", s.p[0]))
        buf_char(out, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_char(out, '"');
        buf_char(out, s.p[i]);
    }
    buf_str(out, last ? STR("\"\r\n") : STR("\","));
}

static int row(void *owner, const struct stored_policy *p)
{
    struct table *t = owner;
    uint64_t n = 0;
    int err = t->view ? open_alerts(t->db, p, t->view, &n) : 0;
    cell(t->out, p->name, false);
    cell(t->out, policy_type_text(p->type), false);
    buf_fmt(t->out, p->external_id ? "%d," : ",", p->external_id);
    cell(t->out, severity_text(p->severity), false);
    cell(t->out, p->category, false);
    buf_fmt(t->out, "%s,%llu,", p->enabled ? "enabled" : "disabled", (unsigned long long)n);
    cell(t->out, p->id, true);
    return err;
}

int policy_csv(struct db *db, unsigned types, const struct alert_view *view, struct buf *out)
{
    struct table t = {db, view, out};
    buf_str(out, STR("Name,Type,External id,Severity,Category,Status,Open alerts,Id\r\n"));
    return tab_policies_each(db, types, STR_NONE, row, &t);
}
