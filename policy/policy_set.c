/* policy/policy_set.c - matching activities against activity policies, and the windows of repeated ones. */
#include "policy/policy_set.h"

#include "base/hash.h"
#include "base/jout.h"
#include "base/table.h"
#include "model/app.h"
#include "policy/activity_policy.h"
#include "store/actlog_match.h"

#include <stdio.h>
#include <stdlib.h>

enum { WINDOW_BYTES = 16 << 20, EVIDENCE = 100 };

/* One match that waits for others. */
struct waiting {
    int64_t time;
    uint64_t unique;
    uint8_t id[16];
    uint16_t kind;
};

struct window {
    uint32_t n;
    struct waiting w[]; /* in order of coming, at most the policy's count */
};

struct compiled {
    struct stored_policy policy;
    struct filter filter;
    uint64_t unique;      /* columns of the unique field, 0: activities count */
    struct table windows; /* by user and app */
    struct table days;    /* alerts by day */
    struct excluded *excluded;
};

/* Who the policy never speaks of: an account, a computer, an address. */
struct excluded {
    struct excluded *next;
    struct str name;
    int64_t until;
};

struct policy_set {
    struct arena arena;
    struct compiled *all;
    size_t n, room;
    bool preview; /* whenever it was received */
};

static int parse(struct arena *arena, struct str filters, int64_t now, struct filter *out, struct filter_error *error)
{
    struct filter_parser p = {.arena = arena, .noun = FILTER_ACTIVITIES, .now = now};
    int err = filter_parse_text(&p, filters, out);
    *error = p.error;
    error->value = str_dup(arena, p.error.value);
    return err;
}

/* ---- compiling ---- */

struct excluding {
    struct arena *arena;
    struct excluded *first;
};

static int exclude(void *owner, struct str policy, struct str name, int64_t until)
{
    struct excluding *to = owner;
    struct excluded *e = arena_alloc(to->arena, sizeof *e);
    (void)policy;
    if (!e)
        return ERR_MEMORY;
    *e = (struct excluded){.next = to->first, .name = str_dup(to->arena, name), .until = until};
    to->first = e;
    return 0;
}

static int compile(struct policy_set *s, const struct filter_sources *from, const struct stored_policy *p, int64_t now, struct filter_error *error)
{
    struct compiled c = {.policy = *p};
    struct filter f;
    int err = parse(&s->arena, p->filters, now, &f, error);
    struct excluding excluding = {.arena = &s->arena};
    if (!err)
        err = filter_people(from, &s->arena, &f, &c.filter);
    if (!err)
        err = tab_policies_exclusions(from->db, p->id, TIME_NONE, exclude, &excluding);
    if (err)
        return err;
    c.excluded = excluding.first;
    enum filter_field unique = p->unique.n ? filter_field_of(FILTER_ACTIVITIES, p->unique) : FIELD_COUNT;
    if (unique != FIELD_COUNT)
        c.unique = actlog_columns(&(struct filter_term){.field = unique, .match = MATCH_SET});
    if (p->match == POLICY_REPEATED) {
        size_t size = sizeof(struct window) + p->count * sizeof(struct waiting);
        table_init(&c.windows, size, (uint32_t)(WINDOW_BYTES / size));
    }
    table_init(&c.days, sizeof(uint32_t), 400);
    s->all[s->n++] = c;
    return 0;
}

static int copy(void *owner, const struct stored_policy *p)
{
    struct policy_set *s = owner;
    if (s->n == s->room) {
        size_t room = s->room ? s->room * 2 : 16;
        void *more = realloc(s->all, room * sizeof *s->all);
        if (!more)
            return ERR_MEMORY;
        s->all = more;
        s->room = room;
    }
    if (p->enabled) {
        struct stored_policy *k = &s->all[s->n++].policy;
        *k = *p;
        k->id = str_dup(&s->arena, p->id);
        k->name = str_dup(&s->arena, p->name);
        k->description = str_dup(&s->arena, p->description);
        k->category = str_dup(&s->arena, p->category);
        k->filters = str_dup(&s->arena, p->filters);
        k->unique = str_dup(&s->arena, p->unique);
    }
    return 0;
}

static struct policy_set *set_new(void)
{
    struct policy_set *s = calloc(1, sizeof *s);
    if (s)
        arena_init(&s->arena, 65536, 1u << 28);
    return s;
}

int policy_set_open(const struct filter_sources *from, int64_t now, struct policy_set **out, unsigned *broken)
{
    struct policy_set *s = set_new();
    struct filter_error error;
    unsigned bad = 0;
    int err = s ? tab_policies_each(from->db, 1u << POLICY_ACTIVITY, STR_NONE, copy, s) : ERR_MEMORY;
    size_t n = s ? s->n : 0;
    if (s)
        s->n = 0;
    for (size_t i = 0; !err && i < n; i++) {
        struct stored_policy p = s->all[i].policy;
        err = compile(s, from, &p, now, &error);
        if (err == ERR_MALFORMED || err == ERR_LIMIT) {
            bad++;
            err = 0;
        }
    }
    if (err) {
        policy_set_close(s);
        return err;
    }
    *out = s;
    *broken = bad;
    return 0;
}

void policy_set_close(struct policy_set *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++) {
        if (s->all[i].policy.match == POLICY_REPEATED)
            table_free(&s->all[i].windows);
        table_free(&s->all[i].days);
    }
    free(s->all);
    arena_free(&s->arena);
    free(s);
}

/* Counts the same things. */
static bool counts_alike(const struct stored_policy *a, const struct stored_policy *b)
{
    return str_eq(a->id, b->id) && a->match == b->match && a->count == b->count && a->minutes == b->minutes && a->same_app == b->same_app &&
           str_eq(a->unique, b->unique) && str_eq(a->filters, b->filters);
}

static void exchange(struct table *a, struct table *b)
{
    struct table t = *a;
    *a = *b;
    *b = t;
}

void policy_set_adopt(struct policy_set *s, struct policy_set *old)
{
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; old && k < old->n; k++)
            if (counts_alike(&s->all[i].policy, &old->all[k].policy)) {
                if (s->all[i].policy.match == POLICY_REPEATED)
                    exchange(&s->all[i].windows, &old->all[k].windows);
                exchange(&s->all[i].days, &old->all[k].days);
            }
}

/* ---- alerts ---- */

static void party(struct jout *j, const struct alert_party *p)
{
    jout_obj(j);
    jout_kstr(j, "type", p->type);
    jout_kstr(j, "id", p->id);
    jout_kstr(j, "label", p->label);
    jout_kstr(j, "role", p->role);
    if (p->entity)
        jout_ku64(j, "entity", p->entity);
    jout_end_obj(j);
}

/* Files that it was done to, and the app. */
static void things(const struct actlog_row *row, struct jout *j)
{
    const struct activity *a = &row->activity;
    char number[16];
    for (unsigned i = 0; i < a->nobjects; i++) {
        struct str name = account_text(&a->objects[i].ref), id = a->objects[i].ref.cloud;
        if (a->objects[i].type == OBJECT_FILE && str_set(name))
            party(j, &(struct alert_party){STR("file"), str_set(id) ? id : name, name, STR("Target"), 0, 0});
    }
    int n = snprintf(number, sizeof number, "%u", app_number(a->app));
    if (str_set(a->app))
        party(j, &(struct alert_party){STR("service"), (struct str){number, (size_t)n}, a->app, STR("Related"), 0, 0});
}

static void parties(const struct compiled *c, const struct actlog_row *row, const struct stored_alert *a, struct buf *out)
{
    struct jout j = jout_to(out);
    char ip[IP_TEXT];
    struct str who = account_text(&row->activity.actor);
    jout_arr(&j);
    party(&j, &(struct alert_party){STR("policyRule"), c->policy.id, c->policy.name, STR("Related"), 0, 0});
    if (str_set(who))
        party(&j, &(struct alert_party){STR("account"), who, who, STR("Source"), row->activity.actor_entity, 0});
    if (str_set(row->activity.device))
        party(&j, &a->source_party);
    if (str_set(row->activity.destination))
        party(&j, &a->destination_party);
    if (ip_set(&row->activity.ip))
        party(&j, &(struct alert_party){STR("ip"), ip_text(&row->activity.ip, ip), ip_text(&row->activity.ip, ip), STR("Source"), 0, 0});
    if (str_set(row->activity.location.country))
        party(&j, &(struct alert_party){STR("country"), row->activity.location.country, row->activity.location.country, STR("Source"), 0, 0});
    things(row, &j);
    jout_end_arr(&j);
}

static void describe(const struct compiled *c, const struct activity *a, struct buf *out)
{
    struct str who = account_text(&a->actor), what = act_kind(a);
    buf_fmt(out, "%.*s: ", STR_ARG(str_set(who) ? who : STR("Somebody")));
    if (c->policy.match == POLICY_REPEATED)
        buf_fmt(out, "%u activities that match the policy within %u minutes, the last one ", c->policy.count, c->policy.minutes);
    buf_fmt(out, "%.*s in %.*s%s", STR_ARG(what), STR_ARG(a->app), c->policy.match == POLICY_REPEATED ? "." : " matches the policy.");
}

static bool within_limit(struct compiled *c, int64_t time)
{
    bool fresh;
    uint32_t *n = c->policy.daily_limit ? table_put(&c->days, (uint64_t)time_day(time), &fresh) : NULL;
    if (n && *n >= c->policy.daily_limit)
        return false;
    if (n)
        (*n)++;
    return true;
}

static int raise_alert(struct compiled *c, const struct actlog_row *row, const struct stored_evidence *e, size_t n, const struct policy_sink *sink)
{
    const struct activity *a = &row->activity;
    struct buf json = {0}, text = {0};
    uint8_t id[16];
    const struct str parts[] = {STR("activity policy"), c->policy.id, {(const char *)e[0].activity, 16}};
    const uint64_t often = c->policy.match == POLICY_REPEATED ? c->policy.count : 1;
    if (!within_limit(c, a->time))
        return 0;
    struct stored_alert out = {.policy = c->policy.id,
                               .name = c->policy.name,
                               .severity = c->policy.severity,
                               .category = c->policy.category,
                               .attack = STR("[]"),
                               .source = ALERT_POLICY,
                               .shore = kind_shore(a->kind),
                               .service = app_number(a->app),
                               .start = e[0].time,
                               .end = a->time,
                               .updated = a->time,
                               .count = often,
                               .nactivities = often,
                               .resolved = TIME_NONE,
                               .reason = -1};
    hash_id(id, parts, 3);
    (void)hash_hex(out.id, id, 12);
    if (str_set(a->device))
        out.source_party = (struct alert_party){STR("device"), a->device, a->device, STR("Source"), a->device_entity, a->device_certainty};
    if (str_set(a->destination))
        out.destination_party = (struct alert_party){STR("device"), a->destination, a->destination, STR("Destination"), a->destination_entity, 100};
    parties(c, row, &out, &json);
    describe(c, a, &text);
    out.parties = buf_view(&json);
    out.description = buf_view(&text);
    int err = json.failed || text.failed ? ERR_MEMORY : sink->raise(sink->owner, &out, &a->actor_entity, a->actor_entity != 0, e, n);
    buf_free(&json);
    buf_free(&text);
    return err;
}

/* ---- seeing ---- */

static void first_value(void *owner, enum actlog_value column, struct str value)
{
    uint64_t *hash = owner;
    if (*hash == 0)
        *hash = hash_stri(value, column) | 1;
}

static uint64_t unique_of(const struct compiled *c, const struct actlog_row *row)
{
    uint64_t hash = 0;
    for (unsigned column = 0; column < VALUE_COUNT && hash == 0; column++)
        if (c->unique >> column & 1)
            actlog_values(row, (enum actlog_value)column, first_value, &hash);
    return hash;
}

static uint64_t key_of(const struct compiled *c, const struct actlog_row *row)
{
    uint64_t user = row->activity.actor_entity ? row->activity.actor_entity : hash_stri(account_text(&row->activity.actor), 7) | UINT64_C(1) << 63;
    return hash_mix(user, c->policy.same_app ? hash_stri(row->activity.app, 3) : 0);
}

/* Takes out what is too old to count with `now`, and the earlier one with the same value. */
static void tidy(struct window *w, int64_t oldest, uint64_t unique)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < w->n; i++)
        if (w->w[i].time >= oldest && (unique == 0 || w->w[i].unique != unique))
            w->w[n++] = w->w[i];
    w->n = n;
}

static struct stored_evidence evidence_of(const uint8_t id[16], int64_t time, enum kind kind, struct str unknown)
{
    struct stored_evidence e = {.time = time, .kind = kind == KIND_UNKNOWN ? unknown : kind_text(kind)};
    memcpy(e.activity, id, 16);
    return e;
}

static int see_repeated(struct compiled *c, const struct actlog_row *row, const struct policy_sink *sink)
{
    struct stored_evidence e[EVIDENCE];
    bool fresh;
    uint64_t unique = c->unique ? unique_of(c, row) : 0;
    struct window *w = c->unique && unique == 0 ? NULL : table_put(&c->windows, key_of(c, row), &fresh);
    if (!w)
        return c->unique && unique == 0 ? 0 : ERR_MEMORY;
    tidy(w, row->activity.time - (int64_t)c->policy.minutes * TIME_MINUTE, unique);
    struct waiting *last = &w->w[w->n++];
    *last = (struct waiting){.time = row->activity.time, .unique = unique, .kind = (uint16_t)row->activity.kind};
    memcpy(last->id, row->activity.id, 16);
    if (w->n < c->policy.count)
        return 0;
    uint32_t n = w->n < EVIDENCE ? w->n : EVIDENCE;
    for (uint32_t i = 0; i < n; i++)
        e[i] = evidence_of(w->w[i].id, w->w[i].time, (enum kind)w->w[i].kind, STR("activity"));
    w->n = 0;
    return raise_alert(c, row, e, n, sink);
}

static bool calls(struct str name, const struct account *a)
{
    ptrdiff_t slash = str_chr(name, '\\');
    if (slash > 0 && str_eqi(str_sub(name, 0, (size_t)slash), a->domain) && str_eqi(str_from(name, (size_t)slash + 1), a->name))
        return true;
    return str_eqi(name, a->name) || str_eqi(name, a->upn) || str_eqi(name, a->mail) || str_eqi(name, a->sid) || str_eqi(name, a->cloud);
}

/* An exclusion that ends holds for what happened before its end, so that analysing again gives the same. */
static bool excluded(const struct compiled *c, const struct activity *a)
{
    struct ip ip;
    for (const struct excluded *e = c->excluded; e; e = e->next)
        if ((e->until == TIME_NONE || a->time < e->until) && e->name.n &&
            (calls(e->name, &a->actor) || str_eqi(e->name, a->device) || (ip_parse(e->name, &ip, NULL) && ip_eq(&ip, &a->ip))))
            return true;
    return false;
}

static int see_one(struct policy_set *s, struct compiled *c, const struct actlog_row *row, const struct policy_sink *sink)
{
    if ((!s->preview && row->created < c->policy.since) || !actlog_matches(&c->filter, row) || excluded(c, &row->activity))
        return 0;
    int err = sink->matched ? sink->matched(sink->owner, c->policy.id, row) : 0;
    if (err)
        return err;
    if (c->policy.match == POLICY_REPEATED)
        return see_repeated(c, row, sink);
    struct stored_evidence e = evidence_of(row->activity.id, row->activity.time, row->activity.kind, row->activity.kind_text);
    return raise_alert(c, row, &e, 1, sink);
}

int policies_see(struct policy_set *s, const struct actlog_row *row, const struct policy_sink *sink)
{
    int err = 0;
    for (size_t i = 0; !err && i < s->n; i++)
        err = see_one(s, &s->all[i], row, sink);
    return err;
}

/* ---- preview ---- */

struct previewing {
    struct policy_set *set;
    struct policy_preview n;
};

static int count_match(void *owner, struct str policy, const struct actlog_row *row)
{
    struct previewing *p = owner;
    (void)policy, (void)row;
    p->n.activities++;
    return 0;
}

static int count_alert(void *owner, const struct stored_alert *a, const uint32_t *users, size_t nusers, const struct stored_evidence *e, size_t ne)
{
    struct previewing *p = owner;
    (void)a, (void)users, (void)nusers, (void)e, (void)ne;
    p->n.alerts++;
    return 0;
}

static int preview_row(void *owner, const struct actlog_row *row)
{
    struct previewing *p = owner;
    const struct policy_sink sink = {p, count_match, count_alert};
    return policies_see(p->set, row, &sink);
}

int policy_preview(struct arena *arena, const struct preview_query *q, struct policy_preview *out, struct filter_error *error)
{
    struct filter_error unused;
    int err = activity_policy_check(arena, q->policy, q->now, error);
    if (err)
        return err;
    struct previewing v = {.set = set_new()};
    if (!v.set)
        return ERR_MEMORY;
    v.set->preview = true;
    v.set->all = calloc(1, sizeof *v.set->all);
    err = v.set->all ? compile(v.set, q->from, q->policy, q->now, &unused) : ERR_MEMORY;
    if (!err)
        err = actlog_scan(q->log, q->view, q->since, preview_row, &v);
    if (!err)
        *out = v.n;
    policy_set_close(v.set);
    return err;
}
