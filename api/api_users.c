/* api/api_users.c - people and computers: lists, pages, receipts, timelines. */
#include "api/api.h"
#include "api/alert_json.h"
#include "api/answer.h"

#include "api/person_json.h"
#include "base/hash.h"
#include "store/tab_risks.h"
#include "model/phrase.h"

#include <stdlib.h>

enum { PAGE = 100, TOP = 10, TOP_OF = 5000, NUMBERS = 64, DAYS_BACK = 30 };

/* ---- lists ---- */

struct rows {
    struct api_request *q;
    struct jout *j;
};

static int one_row(void *owner, const struct stored_entity *e)
{
    struct rows *x = owner;
    jout_obj(x->j);
    int err = person_json_row(x->q, x->j, e);
    jout_end_obj(x->j);
    return err;
}

static int list(struct api_request *q, struct api_response *r, enum entity_type type)
{
    struct rows x = {q, &r->json};
    struct str sort = api_str(q, "sort"), direction = api_str(q, "sortDirection");
    int64_t skip = api_int(q, "skip", 0), limit = api_int(q, "limit", PAGE);
    uint64_t total = 0;
    bool by_name = str_eq(sort, STR("name"));
    if (skip < 0 || skip > INT32_MAX || limit < 1 || limit > PAGE)
        return api_refuse(r, 400, "limit must be 1 to 100, skip 0 or more");
    const struct entity_query query = {.text = api_str(q, "q"), .type = (int)type, .people = q->caller->activities.people,
                                       .npeople = q->caller->activities.npeople,
                                       .sort = by_name ? ENTITY_BY_NAME : str_eq(sort, STR("lastSeen")) ? ENTITY_BY_SEEN : ENTITY_BY_SCORE,
                                       .ascending = str_set(direction) ? str_eqi(direction, STR("asc")) : by_name, .skip = (uint32_t)skip, .limit = (uint32_t)limit};
    jout_obj(&r->json);
    jout_key(&r->json, "data");
    jout_arr(&r->json);
    int err = tab_entities_query(q->db, &query, one_row, &x, &total);
    jout_end_arr(&r->json);
    jout_ku64(&r->json, "total", total);
    jout_kbool(&r->json, "moreThanTotal", false);
    jout_kbool(&r->json, "hasNext", (uint64_t)(skip + limit) < total);
    jout_end_obj(&r->json);
    return err;
}

static int get_users(struct api_request *q, struct api_response *r)
{
    return list(q, r, ENTITY_USER);
}

static int get_computers(struct api_request *q, struct api_response *r)
{
    return list(q, r, ENTITY_COMPUTER);
}

/* ---- what the log says of somebody ---- */

/* Activities of the entity in the last 30 days of the log. */
struct recent {
    struct filter f;
    struct filter_term terms[2];
    struct filter_value who[NUMBERS], when;
    size_t n;
};

static int recent_of(struct api_request *q, uint32_t number, enum filter_field field, struct recent *x)
{
    uint32_t numbers[NUMBERS];
    struct actlog_figures all;
    int err = tab_entities_numbers(q->db, number, numbers, NUMBERS, &x->n);
    if (err)
        return err;
    actlog_figures(q->log, &all);
    int64_t newest = all.last_time != TIME_NONE && q->now - all.last_time > TIME_DAY ? all.last_time : q->now;
    for (size_t i = 0; i < x->n; i++)
        x->who[i] = (struct filter_value){.from = numbers[i]};
    x->when = (struct filter_value){.from = newest - DAYS_BACK * TIME_DAY, .to = INT64_MAX};
    x->terms[0] = (struct filter_term){.field = field, .match = MATCH_EQ, .values = x->who, .n = (unsigned)x->n};
    x->terms[1] = (struct filter_term){.field = FIELD_ACTIVITY_DATE, .match = MATCH_RANGE, .values = &x->when, .n = 1};
    x->f = (struct filter){x->terms, 2};
    return 0;
}

static void write_top(struct api_request *q, struct jout *j, const char *key, const struct actlog_column_top *c)
{
    jout_key(j, key);
    jout_arr(j);
    for (size_t i = 0; i < c->n; i++) {
        int64_t number;
        jout_obj(j);
        jout_kstr(j, "value", c->top[i].value);
        if (c->by == ACTLOG_BY_ACTOR && str_i64(c->top[i].value, &number)) {
            jout_key(j, "who");
            person_json_ref(q, j, (uint32_t)number, STR_NONE);
        }
        jout_ku64(j, "n", c->top[i].n);
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

static int write_insights(struct api_request *q, struct jout *j, const struct stored_entity *e)
{
    struct recent x;
    uint64_t n = 0;
    bool beyond = false;
    int err = recent_of(q, e->base.number, FIELD_ACTIVITY_USER, &x);
    if (!err)
        err = actlog_count(q->log, &x.f, &q->caller->activities, TOP_OF, &n, &beyond);
    jout_obj(j);
    jout_ku64(j, "activities", n);
    jout_kbool(j, "moreThanTotal", beyond);
    static const char *const keys[] = {"countries", "networks", "addresses", "apps", "kinds", "devices"};
    struct actlog_top top[6][TOP];
    struct actlog_column_top columns[] = {{.by = ACTLOG_BY_COUNTRY, .top = top[0], .room = TOP}, {.by = ACTLOG_BY_NETWORK, .top = top[1], .room = TOP},
                                          {.by = ACTLOG_BY_IP, .top = top[2], .room = TOP},      {.by = ACTLOG_BY_APP, .top = top[3], .room = TOP},
                                          {.by = ACTLOG_BY_KIND, .top = top[4], .room = TOP},    {.by = ACTLOG_BY_DEVICE, .top = top[5], .room = TOP}};
    if (!err)
        err = actlog_top(q->log, &x.f, &q->caller->activities, TOP_OF, columns, 6, q->arena);
    for (size_t i = 0; !err && i < 6; i++)
        write_top(q, j, keys[i], &columns[i]);
    api_ktime(j, "first", e->first_seen);
    api_ktime(j, "last", e->last_seen);
    jout_end_obj(j);
    return err;
}

/* ---- one ---- */

static void write_flags(struct jout *j, const struct stored_entity *e)
{
    static const struct {
        uint32_t bit;
        const char *text;
    } flags[] = {{0x2, "disabled"}, {0x10, "locked out"}, {0x20, "password not required"}, {0x10000, "password never expires"}, {0x40000, "smart card required"},
                 {0x80000, "trusted for delegation"}, {0x100000, "sensitive, cannot be delegated"}, {0x200000, "DES only"},
                 {0x400000, "no Kerberos preauthentication"}, {0x800000, "password expired"}, {0x1000000, "trusted to authenticate for delegation"}};
    jout_key(j, "flags");
    jout_arr(j);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (e->base.uac & flags[i].bit)
            jout_str(j, str_of(flags[i].text));
    jout_end_arr(j);
}

static int write_groups(struct api_request *q, struct jout *j, const struct stored_entity *e)
{
    uint32_t *all = NULL;
    size_t n = 0;
    int err = tab_entities_groups(q->db, e->base.number, &all, &n);
    jout_key(j, "groups");
    jout_arr(j);
    for (size_t i = 0; !err && i < n; i++) {
        struct stored_entity g;
        bool direct = false;
        if (tab_entities_get(q->db, q->arena, all[i], &g) != 0)
            continue;
        for (uint32_t k = 0; k < e->base.ngroups; k++)
            direct |= e->base.groups[k] == all[i];
        jout_obj(j);
        jout_kstr(j, "id", g.base.id);
        jout_kstr(j, "name", g.base.name);
        jout_kbool(j, "direct", direct);
        jout_kbool(j, "sensitive", (g.base.flags & ENTITY_SENSITIVE) != 0);
        jout_end_obj(j);
    }
    jout_end_arr(j);
    free(all);
    return err;
}

static int write_exposure(struct api_request *q, struct jout *j, const struct stored_entity *e)
{
    struct recent x;
    struct actlog_column_top columns[] = {{.by = ACTLOG_BY_DEVICE}, {.by = ACTLOG_BY_DESTINATION}, {.by = ACTLOG_BY_COUNTRY}}; /* how many different ones */
    int err = recent_of(q, e->base.number, FIELD_ACTIVITY_USER, &x);
    if (!err)
        err = actlog_top(q->log, &x.f, &q->caller->activities, TOP_OF, columns, 3, q->arena);
    jout_key(j, "exposure");
    jout_obj(j);
    jout_ku64(j, "devices", columns[0].distinct);
    jout_ku64(j, "accounts", e->base.naccounts);
    jout_ku64(j, "resources", columns[1].distinct);
    jout_ku64(j, "locations", columns[2].distinct);
    jout_end_obj(j);
    return err;
}

static int share(void *owner, const struct stored_contribution *c)
{
    int64_t *points = owner;
    if (c->counted)
        points[str_eq(c->kind, STR("alert")) ? 0 : 1] += c->points;
    return 0;
}

static int write_risk(struct api_request *q, struct jout *j, const struct stored_entity *e)
{
    int64_t points[2] = {0, 0};
    struct stored_risk risk = {.since = TIME_NONE};
    int err = tab_entities_receipt_each(q->db, e->base.number, share, points);
    if (!err)
        err = tab_risks_get(q->db, q->arena, e->base.number, &risk);
    jout_key(j, "risk");
    jout_obj(j);
    jout_kstr(j, "identityRisk", risk.level);
    api_ktime(j, "since", risk.since);
    jout_kstr(j, "by", risk.by);
    jout_end_obj(j);
    jout_key(j, "share");
    jout_obj(j);
    jout_ki64(j, "alerts", points[0]);
    jout_ki64(j, "activities", points[1]);
    jout_end_obj(j);
    jout_key(j, "baseline");
    jout_obj(j);
    jout_ku64(j, "days", e->baseline_days);
    jout_ku64(j, "events", e->baseline_events);
    jout_end_obj(j);
    return err;
}

static void write_who(struct jout *j, const struct stored_entity *e)
{
    const struct {
        const char *key;
        struct str value;
    } texts[] = {{"mail", e->base.mail}, {"sam", e->base.sam}, {"domain", e->base.domain}, {"sid", e->base.sid}, {"cloudId", e->base.cloud},
                 {"dnsName", e->base.dns_name}, {"dn", e->base.dn}, {"country", e->base.country}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        jout_kstr(j, texts[i].key, texts[i].value);
    if (str_set(e->base.manager)) {
        jout_key(j, "manager");
        jout_obj(j);
        jout_kstr(j, "name", e->base.manager);
        jout_end_obj(j);
    }
    jout_key(j, "accounts");
    jout_arr(j);
    for (uint32_t i = 0; i < e->base.naccounts; i++) {
        jout_obj(j);
        jout_kstr(j, "text", e->base.accounts[i]);
        jout_end_obj(j);
    }
    jout_end_arr(j);
    api_ktime(j, "created", e->base.created);
    api_ktime(j, "firstSeen", e->first_seen);
}

static int write_page(struct api_request *q, struct jout *j, const struct stored_entity *e)
{
    int err = person_json_row(q, j, e);
    write_who(j, e);
    write_flags(j, e);
    if (!err)
        err = write_groups(q, j, e);
    if (!err)
        err = write_exposure(q, j, e);
    return err ? err : write_risk(q, j, e);
}

static int get_user(struct api_request *q, struct api_response *r)
{
    struct stored_entity e;
    int err = person_json_find(q, q->vars[0], &e);
    if (err)
        return err;
    jout_obj(&r->json);
    err = write_page(q, &r->json, &e);
    jout_end_obj(&r->json);
    return err;
}

static int get_computer(struct api_request *q, struct api_response *r)
{
    struct stored_entity e;
    struct recent x;
    struct actlog_top top[TOP];
    struct actlog_column_top users = {.by = ACTLOG_BY_ACTOR, .top = top, .room = TOP};
    int err = person_json_find(q, q->vars[0], &e);
    if (!err && e.base.type != ENTITY_COMPUTER)
        err = ERR_NOT_FOUND;
    if (err)
        return err;
    jout_obj(&r->json);
    err = write_page(q, &r->json, &e);
    if (!err)
        err = recent_of(q, e.base.number, FIELD_ACTIVITY_ENTITY, &x);
    if (!err)
        err = actlog_top(q->log, &x.f, &q->caller->activities, TOP_OF, &users, 1, q->arena);
    if (!err)
        write_top(q, &r->json, "users", &users);
    jout_end_obj(&r->json);
    return err;
}

static int get_insights(struct api_request *q, struct api_response *r)
{
    struct stored_entity e;
    int err = person_json_find(q, q->vars[0], &e);
    return err ? err : write_insights(q, &r->json, &e);
}

/* ---- receipt and timeline ---- */

struct receipt {
    struct api_request *q;
    struct jout *j;
    bool counted; /* those only */
    int64_t sum;
};

enum { REASONS = 32 };

/* An alert in it is called by its French name, too. */
static struct str french_reason(struct api_request *q, const struct stored_contribution *c)
{
    struct phrase own[REASONS] = {{0}};
    struct stored_alert al;
    struct arena a;
    struct str text = c->text, said;
    size_t n = 0;
    arena_init(&a, 16384, 1u << 22);
    if (str_eq(c->kind, STR("alert")) && tab_alerts_get(q->db, &a, &q->caller->alerts, c->ref, &al) == 0)
        own[n++] = (struct phrase){str_fmt(&a, "%.*s", STR_ARG(al.name)).p, str_fmt(&a, "%.*s", STR_ARG(alert_json_name(q, al.policy, al.name))).p};
    for (const struct phrase *p = phrase_receipt; p->english && n + 1 < REASONS; p++)
        own[n++] = *p;
    if (phrase_french(&a, own, c->text, &said))
        text = str_dup(q->arena, said);
    arena_free(&a);
    return text;
}

static void write_part(struct api_request *q, struct jout *j, const struct stored_contribution *c)
{
    jout_ki64(j, "points", c->points);
    jout_kstr(j, "kind", c->kind);
    api_ktime(j, "time", c->time);
    jout_kstr(j, "ref", c->ref);
    jout_kstr(j, "group", c->group);
    jout_kstr(j, "value", c->value);
    jout_kstr(j, "text", q->language == FRENCH ? french_reason(q, c) : c->text);
    jout_knum(j, "p", c->p);
}

static int receipt_part(void *owner, const struct stored_contribution *c)
{
    struct receipt *x = owner;
    if (!c->counted)
        return 0;
    x->sum += c->points;
    jout_obj(x->j);
    write_part(x->q, x->j, c);
    jout_end_obj(x->j);
    return 0;
}

/* The entity and its parts are read in one transaction, so that the sum is the score's. */
static int get_receipt(struct api_request *q, struct api_response *r)
{
    struct stored_entity e;
    struct receipt x = {.q = q, .j = &r->json};
    int err = db_begin_read(q->db);
    if (err)
        return err;
    err = person_json_find(q, q->vars[0], &e);
    jout_obj(&r->json);
    if (!err) {
        jout_ki64(&r->json, "score", e.score);
        jout_knum(&r->json, "percentile", e.percentile);
        jout_key(&r->json, "parts");
        jout_arr(&r->json);
        err = tab_entities_receipt_each(q->db, e.base.number, receipt_part, &x);
        jout_end_arr(&r->json);
        jout_ki64(&r->json, "sum", x.sum);
    }
    jout_end_obj(&r->json);
    return db_end(q->db, err);
}

struct item {
    struct stored_contribution c;
};

struct timeline {
    struct api_request *q;
    struct item *items;
    size_t n, room;
};

static int timeline_item(void *owner, const struct stored_contribution *c)
{
    struct timeline *t = owner;
    if (t->n == t->room) {
        size_t room = t->room ? t->room * 2 : 128;
        struct item *grown = realloc(t->items, room * sizeof *grown);
        if (!grown)
            return ERR_MEMORY;
        t->items = grown;
        t->room = room;
    }
    struct stored_contribution *k = &t->items[t->n++].c;
    struct arena *a = t->q->arena;
    *k = *c;
    k->kind = str_dup(a, c->kind);
    k->ref = str_dup(a, c->ref);
    k->group = str_dup(a, c->group);
    k->value = str_dup(a, c->value);
    k->text = str_dup(a, c->text);
    return 0;
}

static int newest_first(const void *x, const void *y)
{
    const struct stored_contribution *a = &((const struct item *)x)->c, *b = &((const struct item *)y)->c;
    if (a->time != b->time)
        return a->time > b->time ? -1 : 1;
    if (a->points != b->points)
        return b->points - a->points;
    return str_cmp(a->ref, b->ref);
}

static void write_item(struct timeline *t, struct jout *j, const struct stored_contribution *c)
{
    struct stored_alert al;
    jout_obj(j);
    write_part(t->q, j, c);
    if (str_eq(c->kind, STR("alert")) && tab_alerts_get(t->q->db, t->q->arena, &t->q->caller->alerts, c->ref, &al) == 0) {
        jout_kstr(j, "title", alert_json_name(t->q, al.policy, al.name));
        jout_kstr(j, "severity", severity_text(al.severity));
    }
    jout_kbool(j, "counted", c->counted);
    jout_end_obj(j);
}

static void write_days(struct timeline *t, struct jout *j, size_t skip, size_t limit)
{
    size_t day = 0;
    for (size_t i = 0; i < t->n;) {
        char text[TIME_TEXT];
        size_t k = i;
        int64_t points = 0, date = time_day(t->items[i].c.time);
        while (k < t->n && time_day(t->items[k].c.time) == date)
            points += t->items[k++].c.points;
        if (day >= skip && day < skip + limit) {
            jout_obj(j);
            jout_kstr(j, "day", time_date(date * TIME_DAY, text));
            jout_ki64(j, "points", points);
            jout_key(j, "items");
            jout_arr(j);
            for (size_t m = i; m < k; m++)
                write_item(t, j, &t->items[m].c);
            jout_end_arr(j);
            jout_end_obj(j);
        }
        day++;
        i = k;
    }
}

static int get_timeline(struct api_request *q, struct api_response *r)
{
    struct stored_entity e;
    struct timeline t = {.q = q};
    int64_t skip = api_int(q, "skip", 0), limit = api_int(q, "limit", 30);
    int err = person_json_find(q, q->vars[0], &e);
    if (!err)
        err = tab_entities_receipt_each(q->db, e.base.number, timeline_item, &t);
    if (!err && t.n)
        qsort(t.items, t.n, sizeof *t.items, newest_first);
    jout_obj(&r->json);
    jout_key(&r->json, "data");
    jout_arr(&r->json);
    if (!err)
        write_days(&t, &r->json, skip < 0 ? 0 : (size_t)skip, limit < 1 ? 1 : (size_t)limit);
    jout_end_arr(&r->json);
    jout_end_obj(&r->json);
    free(t.items);
    return err;
}

static const struct api_route routes[] = {
    {.method = API_GET, .pattern = "api/vigie/v1/users", .right = RIGHT_VIEW_USERS, .handler = get_users, .about = "People by investigation priority, name or last activity."},
    {.method = API_GET, .pattern = "api/vigie/v1/users/{id}", .right = RIGHT_VIEW_USERS, .handler = get_user, .audit = "user viewed", .about = "One person: who, exposure, risk, groups, accounts."},
    {.method = API_GET, .pattern = "api/vigie/v1/users/{id}/receipt", .right = RIGHT_VIEW_USERS, .handler = get_receipt, .about = "The investigation priority opened into its parts, which add up to it."},
    {.method = API_GET, .pattern = "api/vigie/v1/users/{id}/timeline", .right = RIGHT_VIEW_USERS, .handler = get_timeline, .about = "What added to the score, by day, newest first."},
    {.method = API_GET, .pattern = "api/vigie/v1/users/{id}/insights", .right = RIGHT_VIEW_USERS, .handler = get_insights, .lane = API_LONG, .about = "Countries, networks, addresses, apps and kinds of the person's last 30 days."},
    {.method = API_GET, .pattern = "api/vigie/v1/computers", .right = RIGHT_VIEW_USERS, .handler = get_computers, .about = "Computers."},
    {.method = API_GET, .pattern = "api/vigie/v1/computers/{id}", .right = RIGHT_VIEW_USERS, .handler = get_computer, .audit = "computer viewed", .about = "One computer and who uses it."},
    {.pattern = NULL}};

const struct api_routes api_users = {routes};
