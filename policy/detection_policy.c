/* policy/detection_policy.c - parameters, sensitivity and changes of policies. */
#include "policy/detection_policy.h"

#include "policy/activity_policy.h"
#include "policy/govern.h"

#include <math.h>
#include <stdlib.h>

/* ---- parameters ---- */

bool detection_policy_scales(struct str param)
{
    static const char *const names[] = {"speed",         "distance", "prompts", "denials", "attempts", "accounts", "ratio", "files",
                                        "strange_files", "tries",    "scopes",  "minimum", "floor",    "spread",   "usual", "days"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(param, str_of(names[i])))
            return true;
    return false;
}

static bool number(struct str s, double *v)
{
    char text[64];
    char *end;
    if (s.n == 0 || s.n >= sizeof text)
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    for (const char *p = text; *p; p++)
        if (!((*p >= '0' && *p <= '9') || *p == '.' || *p == '-' || *p == '+' || *p == 'e' || *p == 'E'))
            return false;
    *v = strtod(text, &end);
    return end == text + s.n && isfinite(*v);
}

/* The parameters of a definition one after another; NULL behind the last. */
static const struct jnode *next_param(const struct jnode *doc, const struct jnode *list, const struct jnode *last)
{
    return !list ? NULL : last ? jin_next(doc, list, last) : jin_first(doc, list);
}

static double scaled(const struct stored_policy *p, struct str name, double value)
{
    if (p->type != POLICY_ANOMALY || p->sensitivity == 2 || !detection_policy_scales(name))
        return value;
    double v = p->sensitivity == 1 ? value * 1.5 : value / 1.5;
    return value >= 2 && value == floor(value) ? fmax(1, round(v)) : v;
}

int detection_policy_params(struct arena *arena, const struct stored_policy *p, int (*each)(void *owner, struct str name, double value), void *owner)
{
    const struct jnode *doc = jin_embedded(arena, p->definition), *set = jin_embedded(arena, p->params);
    const struct jnode *list = doc ? jin_get(doc, doc, STR("params")) : NULL;
    int err = 0;
    for (const struct jnode *c = next_param(doc, list, NULL); !err && c; c = next_param(doc, list, c)) {
        struct str name = jin_str(doc, c, "name");
        const struct jnode *own = set ? jin_get(set, set, name) : NULL;
        double value, by_hand;
        if (!number(jin_str(doc, c, "default"), &value))
            continue;
        double now = own && number(jin_text(own), &by_hand) ? by_hand : scaled(p, name, value);
        if (now != value)
            err = each(owner, name, now);
    }
    return err;
}

/* ---- changes ---- */

static int refuse(struct policy_change *c, struct str value, const char *why)
{
    c->error = (struct filter_error){str_dup(c->arena, value), "CONSOLE_FORMS_NOT_VALID_VALUE", why};
    return ERR_MALFORMED;
}

static const struct jnode *member(const struct policy_change *c, const char *name)
{
    return jin_get(c->doc, c->body, str_of(name));
}

static int boolean(struct policy_change *c, const struct jnode *n, bool *out)
{
    if (n && n->type != J_TRUE && n->type != J_FALSE)
        return refuse(c, n->val, "neither true nor false");
    if (n)
        *out = n->type == J_TRUE;
    return 0;
}

static int natural(struct policy_change *c, const struct jnode *n, uint32_t *out)
{
    uint64_t v;
    if (n && (!str_u64(jin_text(n), &v) || v > UINT32_MAX))
        return refuse(c, n->val, "not a number");
    if (n)
        *out = (uint32_t)v;
    return 0;
}

static int text(struct policy_change *c, const struct jnode *n, size_t most, struct str *out)
{
    if (!n || n->type == J_NULL)
        return 0;
    if (n->type != J_STR || n->val.n > most)
        return refuse(c, str_sub(n->val, 0, 64), "not a text, or too long");
    *out = str_dup(c->arena, str_trim(n->val));
    return out->p ? 0 : ERR_MEMORY;
}

static int severity(struct policy_change *c, const struct jnode *n, bool none, enum severity *out)
{
    if (!n)
        return 0;
    if (none && n->type == J_NULL) {
        *out = SEVERITY_DEFAULT;
        return 0;
    }
    for (int s = SEVERITY_INFORMATIONAL; s <= SEVERITY_HIGH; s++)
        if (str_eq(jin_text(n), severity_text((enum severity)s))) {
            *out = (enum severity)s;
            return 0;
        }
    return refuse(c, n->val, "not a severity");
}

static int actions(struct policy_change *c, const struct jnode *n, unsigned *out)
{
    static const char *const names[] = {"mail", "webhook", "syslog"};
    unsigned bits = *out;
    int err = 0;
    for (unsigned i = 0; n && !err && i < 3; i++) {
        bool on = bits >> i & 1;
        err = boolean(c, jin_get(c->doc, n, str_of(names[i])), &on);
        bits = (bits & ~(1u << i)) | (unsigned)on << i;
    }
    if (!err)
        *out = bits;
    return err;
}

/* Ids of users and groups, as texts or objects with an id. */
static int ids(struct policy_change *c, const struct jnode *list, struct jout *j)
{
    unsigned n = 0;
    if (list && list->type != J_ARR)
        return refuse(c, list->val, "not a list of users and groups");
    jout_arr(j);
    for (const struct jnode *m = list ? jin_first(c->doc, list) : NULL; m; m = jin_next(c->doc, list, m)) {
        struct str id = m->type == J_OBJ ? jin_str(c->doc, m, "id") : jin_text(m);
        if (id.n == 0 || id.n > 200 || ++n > 1000)
            return refuse(c, str_sub(m->val, 0, 64), "not a user or group, or more than 1,000");
        jout_str(j, id);
    }
    jout_end_arr(j);
    return 0;
}

static int scope(struct policy_change *c, const struct jnode *n, struct str *out)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    if (!n)
        return 0;
    jout_obj(&j);
    jout_key(&j, "include");
    int err = ids(c, jin_get(c->doc, n, STR("include")), &j);
    if (!err) {
        jout_key(&j, "exclude");
        err = ids(c, jin_get(c->doc, n, STR("exclude")), &j);
    }
    if (!err) {
        jout_end_obj(&j);
        *out = str_dup(c->arena, buf_view(&b));
        err = b.failed || !out->p ? ERR_MEMORY : 0;
    }
    buf_free(&b);
    return err;
}

static bool definition_default(const struct jnode *doc, struct str name, double *value)
{
    const struct jnode *list = doc ? jin_get(doc, doc, STR("params")) : NULL;
    for (const struct jnode *m = next_param(doc, list, NULL); m; m = next_param(doc, list, m))
        if (str_eq(jin_str(doc, m, "name"), name))
            return number(jin_str(doc, m, "default"), value);
    return false;
}

/* What is known of a value after the change: the new one, "null" for the default, absent when the change does not say. */
static struct str asked(const struct policy_change *c, const struct jnode *params, struct str name)
{
    if (!params)
        return STR_NONE;
    if (params->type == J_OBJ) {
        const struct jnode *n = jin_get(c->doc, params, name);
        return n ? (n->type == J_NULL ? STR("null") : n->val) : STR_NONE;
    }
    for (const struct jnode *m = jin_first(c->doc, params); m; m = jin_next(c->doc, params, m))
        if (str_eq(jin_str(c->doc, m, "name"), name)) {
            const struct jnode *n = jin_get(c->doc, m, STR("value"));
            return n ? (n->type == J_NULL ? STR("null") : n->val) : STR_NONE;
        }
    return STR_NONE;
}

static int known(struct policy_change *c, const struct jnode *definition, const struct jnode *params)
{
    double unused;
    for (const struct jnode *m = jin_first(c->doc, params); m; m = jin_next(c->doc, params, m)) {
        struct str name = params->type == J_OBJ ? m->key : jin_str(c->doc, m, "name");
        if (!definition_default(definition, name, &unused))
            return refuse(c, name, "the detection has no such parameter");
    }
    return 0;
}

/* Only what differs from the default is kept. */
static int params(struct policy_change *c, struct stored_policy *p)
{
    const struct jnode *body = member(c, "params"), *definition = jin_embedded(c->arena, p->definition), *old = jin_embedded(c->arena, p->params);
    const struct jnode *list = definition ? jin_get(definition, definition, STR("params")) : NULL;
    struct buf b = {0};
    struct jout j = jout_to(&b);
    if (!body)
        return 0;
    int err = known(c, definition, body);
    jout_obj(&j);
    for (const struct jnode *m = next_param(definition, list, NULL); !err && m; m = next_param(definition, list, m)) {
        struct str name = jin_str(definition, m, "name"), value = asked(c, body, name);
        double standard = 0, v = 0;
        if (!str_set(value))
            value = old ? jin_text(jin_get(old, old, name)) : STR_NONE;
        if (!str_set(value) || str_eq(value, STR("null")) || !number(jin_str(definition, m, "default"), &standard))
            continue;
        if (!number(value, &v) || v < 0 || v > fmax(1, 1000 * standard))
            err = refuse(c, value, "not a number from 0 to a thousand times the default");
        else if (v != standard) {
            jout_key(&j, str_fmt(c->arena, "%.*s", STR_ARG(name)).p);
            jout_num(&j, v);
        }
    }
    jout_end_obj(&j);
    if (!err) {
        p->params = str_dup(c->arena, buf_view(&b));
        err = b.failed || !p->params.p ? ERR_MEMORY : 0;
    }
    buf_free(&b);
    return err;
}

static int detection(struct policy_change *c, struct stored_policy *p)
{
    uint32_t sensitivity = (uint32_t)p->sensitivity;
    int err = params(c, p);
    const struct jnode *n = member(c, "sensitivity");
    if (!err && n && n->type != J_NULL)
        err = natural(c, n, &sensitivity);
    if (!err && (sensitivity < 1 || sensitivity > 3))
        err = refuse(c, n ? n->val : STR_NONE, "sensitivity is 1, 2 or 3");
    p->sensitivity = (int)sensitivity;
    if (!err)
        err = scope(c, member(c, "scope"), &p->scope);
    return err ? err : severity(c, member(c, "lowest"), true, &p->lowest);
}

static int governance(struct policy_change *c, const struct jnode *n, struct str *out)
{
    if (!n)
        return 0;
    return govern_list(c->arena, c->doc, n, out) ? 0 : refuse(c, n->val, "not a list of governance actions");
}

static int match(struct policy_change *c, struct stored_policy *p)
{
    const struct jnode *m = member(c, "match");
    if (!m)
        return 0;
    struct str type = jin_str(c->doc, m, "type");
    if (!str_eq(type, STR("single")) && !str_eq(type, STR("repeated")))
        return refuse(c, type, "a match is single or repeated");
    p->match = str_eq(type, STR("repeated")) ? POLICY_REPEATED : POLICY_SINGLE;
    int err = natural(c, jin_get(c->doc, m, STR("count")), &p->count);
    if (!err)
        err = natural(c, jin_get(c->doc, m, STR("minutes")), &p->minutes);
    if (!err)
        err = boolean(c, jin_get(c->doc, m, STR("sameApp")), &p->same_app);
    p->unique = STR_NONE;
    return err ? err : text(c, jin_get(c->doc, m, STR("unique")), 64, &p->unique);
}

static int filters(struct policy_change *c, struct stored_policy *p)
{
    const struct jnode *f = member(c, "filters"), *typed = member(c, "query");
    if (f && f->type == J_OBJ)
        p->filters = str_dup(c->arena, f->val);
    else if (f && f->type != J_STR)
        return refuse(c, f->val, "not an object of fields");
    else if (f || typed)
        p->filters = str_dup(c->arena, jin_text(f ? f : typed));
    return p->filters.p || !(f || typed) ? 0 : ERR_MEMORY;
}

static int activity(struct policy_change *c, struct stored_policy *p)
{
    struct stored_policy before = *p;
    int err = text(c, member(c, "name"), POLICY_NAME_MAX, &p->name);
    if (!err)
        err = text(c, member(c, "description"), 4000, &p->description);
    if (!err)
        err = text(c, member(c, "category"), 64, &p->category);
    if (!err)
        err = filters(c, p);
    if (!err)
        err = match(c, p);
    if (!err)
        err = natural(c, member(c, "dailyLimit"), &p->daily_limit);
    if (!err)
        err = activity_policy_check(c->arena, p, c->now, &c->error);
    if (!str_eq(before.filters, p->filters) || before.match != p->match || before.count != p->count || before.minutes != p->minutes ||
        before.same_app != p->same_app || !str_eq(before.unique, p->unique) || (p->enabled && !before.enabled))
        p->since = c->now;
    return err;
}

struct stored_policy policy_new(struct str by, int64_t now)
{
    return (struct stored_policy){.type = POLICY_ACTIVITY,
                                  .severity = SEVERITY_LOW,
                                  .category = category_text(CATEGORY_THREAT_DETECTION),
                                  .enabled = true,
                                  .sensitivity = 2,
                                  .match = POLICY_SINGLE,
                                  .count = 10,
                                  .minutes = 5,
                                  .daily_limit = POLICY_DAILY,
                                  .created_by = by,
                                  .changed_by = by,
                                  .created = now,
                                  .changed = now,
                                  .since = now};
}

int policy_change(struct policy_change *c, struct stored_policy *p)
{
    struct stored_policy to = *p;
    bool was = p->enabled;
    int err = c->body && c->body->type == J_OBJ ? 0 : refuse(c, STR_NONE, "not an object");
    if (!err)
        err = boolean(c, member(c, "enabled"), &to.enabled);
    if (!err)
        err = actions(c, member(c, "actions"), &to.actions);
    if (!err)
        err = governance(c, member(c, "governance"), &to.governance);
    if (!err && p->type == POLICY_ACTIVITY)
        err = severity(c, member(c, "severity"), false, &to.severity);
    if (!err)
        err = p->type == POLICY_ACTIVITY ? activity(c, &to) : detection(c, &to);
    if (err)
        return err;
    if (to.enabled && !was)
        to.since = c->now;
    to.changed = c->now;
    to.changed_by = c->by;
    *p = to;
    return 0;
}
