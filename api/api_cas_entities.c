/* api/api_cas_entities.c - people and their accounts of the Cloud App Security API: list, one, the tree of accounts. */
#include "api/api.h"

#include "api/alert_json.h"
#include "api/answer.h"
#include "api/cas.h"
#include "api/person_json.h"

#include <stdio.h>
#include <stdlib.h>

enum { GROUPS = 50, APPS = 64, DAYS = 14, USER = 2, ACCOUNT = 1, ACTIVE = 2, SUSPENDED = 3, DELETED = 4 };

static int status_of(const struct stored_entity *e)
{
    return e->base.flags & ENTITY_TERMINATED ? DELETED : e->base.flags & ENTITY_DISABLED ? SUSPENDED : ACTIVE;
}

static struct str address_of(const struct stored_entity *e)
{
    return str_set(e->base.mail) ? e->base.mail : e->base.upn;
}

static struct str domain_of(struct str address)
{
    ptrdiff_t at = str_rchr(address, '@');
    return str_set(address) && at >= 0 ? str_from(address, (size_t)at + 1) : STR_NONE;
}

/* "saas|inst|id", by which accounts refer to each other. */
static struct str inner_id(struct api_request *q, const struct stored_entity *e, uint32_t saas)
{
    return str_fmt(q->arena, "%u|0|%.*s", (unsigned)saas, STR_ARG(e->base.id));
}

static void app_data(struct jout *j, uint32_t saas)
{
    jout_key(j, "appData");
    jout_obj(j);
    jout_ku64(j, "appId", saas);
    jout_kstr(j, "name", alert_json_app(saas));
    jout_ku64(j, "saas", saas);
    jout_ku64(j, "instance", 0);
    jout_end_obj(j);
}

static void empty(struct jout *j, const char *key)
{
    jout_key(j, key);
    jout_arr(j);
    jout_end_arr(j);
}

/* ---- accounts: one in each app that the person was active in ---- */

static size_t apps_of(struct api_request *q, const struct stored_entity *e, uint32_t *apps)
{
    size_t n = 0;
    const struct jnode *doc = str_set(e->apps) ? jin_embedded(q->arena, e->apps) : NULL;
    for (const struct jnode *x = doc ? jin_first(doc, doc) : NULL; x && n < APPS; x = jin_next(doc, doc, x)) {
        uint64_t number;
        if (x->type == J_NUM && str_u64(x->val, &number) && number <= UINT32_MAX)
            apps[n++] = (uint32_t)number;
    }
    return n;
}

static void account(struct api_request *q, struct jout *j, const struct stored_entity *e, uint32_t saas)
{
    jout_obj(j);
    jout_kstr(j, "_id", str_fmt(q->arena, "fa-%.*s-%u", STR_ARG(e->base.id), (unsigned)saas));
    jout_kstr(j, "i", e->base.id);
    jout_kstr(j, "ii", inner_id(q, e, saas));
    jout_ku64(j, "inst", 0);
    jout_ku64(j, "saas", saas);
    jout_ku64(j, "t", ACCOUNT);
    jout_kstr(j, "dn", e->base.name);
    jout_kbool(j, "ext", e->external);
    jout_ki64(j, "s", status_of(e));
    jout_key(j, "aliases");
    jout_arr(j);
    for (uint32_t i = 0; i < e->base.naccounts; i++)
        jout_str(j, e->base.accounts[i]);
    jout_end_arr(j);
    jout_kbool(j, "isFake", false);
    jout_kstr(j, "pa", e->base.upn);
    jout_kstr(j, "em", e->base.mail);
    empty(j, "sublst");
    jout_kstr(j, "p", inner_id(q, e, cas_saas(e)));
    app_data(j, saas);
    empty(j, "actions");
    jout_end_obj(j);
}

static void accounts(struct api_request *q, struct jout *j, const struct stored_entity *e, uint32_t without)
{
    uint32_t apps[APPS];
    size_t n = apps_of(q, e, apps);
    for (size_t i = 0; i < n; i++)
        if (apps[i] != without)
            account(q, j, e, apps[i]);
}

/* ---- one person ---- */

static int group(struct api_request *q, struct jout *j, uint32_t number)
{
    struct stored_entity g;
    uint32_t *members;
    size_t n = 0;
    int err = tab_entities_get(q->db, q->arena, number, &g);
    if (!err)
        err = tab_entities_members(q->db, g.base.number, &members, &n);
    if (err)
        return err == ERR_NOT_FOUND ? 0 : err;
    free(members);
    jout_obj(j);
    jout_kstr(j, "_id", g.base.id);
    jout_kstr(j, "id", g.base.id);
    jout_kstr(j, "name", g.base.name);
    jout_kstr(j, "description", g.base.dn);
    jout_ku64(j, "usersCount", n);
    jout_ku64(j, "appId", cas_saas(&g));
    jout_end_obj(j);
    return 0;
}

/* What lies behind a scope is not told by a group's size either. */
static int groups(struct api_request *q, struct jout *j, const struct stored_entity *e)
{
    int err = 0;
    jout_key(j, "userGroups");
    jout_arr(j);
    for (uint32_t i = 0; !err && !q->caller->scoped && i < e->base.ngroups && i < GROUPS; i++)
        err = group(q, j, e->base.groups[i]);
    jout_end_arr(j);
    return err;
}

static void scores(struct api_request *q, struct jout *j, const struct stored_entity *e)
{
    char day[TIME_TEXT];
    jout_ki64(j, "threatScore", e->scored ? e->score : 0);
    jout_key(j, "scoreTrends");
    jout_obj(j);
    jout_end_obj(j);
    cas_kms(j, "sctime", q->now);
    jout_key(j, "threatScoreHistory");
    jout_arr(j);
    for (int i = 0; e->scored && i < DAYS; i++) {
        int64_t t = q->now - (DAYS - 1 - i) * TIME_DAY;
        struct str date = time_date(t, day);
        jout_obj(j);
        jout_kstr(j, "dateFormatted", str_fmt(q->arena, "%.4s%.2s%.2s", date.p, date.p + 5, date.p + 8));
        cas_kms(j, "dateUtc", t);
        jout_ki64(j, "score", e->days[i]);
        if (i == DAYS - 1)
            jout_knum(j, "percentile", e->percentile);
        jout_key(j, "breakdown");
        jout_obj(j);
        jout_end_obj(j);
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

static void text_or_null(struct jout *j, const char *key, struct str s)
{
    if (str_set(s))
        jout_kstr(j, key, s);
    else
        cas_knull(j, key);
}

static void names(struct api_request *q, struct jout *j, const struct stored_entity *e)
{
    uint32_t saas = cas_saas(e);
    jout_kstr(j, "_id", e->base.id);
    jout_kstr(j, "id", e->base.id);
    jout_ku64(j, "type", USER);
    jout_ki64(j, "status", status_of(e));
    jout_kstr(j, "displayName", e->base.name);
    jout_kstr(j, "username", str_fmt(q->arena, "{\"id\": \"%.*s\", \"saas\": %u, \"inst\": 0}", STR_ARG(e->base.id), (unsigned)saas));
    text_or_null(j, "email", address_of(e));
    text_or_null(j, "domain", str_set(e->base.domain) ? e->base.domain : domain_of(address_of(e)));
    cas_knull(j, "organization");
    text_or_null(j, "role", e->base.title);
    jout_kbool(j, "isAdmin", e->admin);
    jout_kbool(j, "isExternal", e->external);
    jout_kbool(j, "isFake", false);
    jout_kstr(j, "ii", inner_id(q, e, saas));
    jout_ku64(j, "idType", 1);
    text_or_null(j, "sid", e->base.sid);
}

static int person(struct api_request *q, struct jout *j, const struct stored_entity *e)
{
    jout_obj(j);
    names(q, j, e);
    empty(j, "identifiers");
    empty(j, "subApps");
    empty(j, "actions");
    int err = groups(q, j, e);
    app_data(j, cas_saas(e));
    api_ktime(j, "lastSeen", e->last_seen);
    scores(q, j, e);
    jout_key(j, "accounts");
    jout_arr(j);
    accounts(q, j, e, 0);
    jout_end_arr(j);
    jout_end_obj(j);
    return err;
}

/* ---- routes ---- */

struct rows {
    struct api_request *q;
    struct jout *j;
};

static int one_row(void *owner, const struct stored_entity *e)
{
    struct rows *x = owner;
    return person(x->q, x->j, e);
}

static enum entity_sort sort_of(struct str field)
{
    if (str_eqi(field, STR("severity")) || str_eqi(field, STR("score")))
        return ENTITY_BY_SCORE;
    return !str_set(field) || str_eqi(field, STR("date")) || str_eqi(field, STR("lastSeen")) ? ENTITY_BY_SEEN : ENTITY_BY_NAME;
}

static int get_list(struct api_request *q, struct api_response *r)
{
    struct rows x = {q, &r->json};
    struct filter f;
    struct page p;
    uint64_t total = 0;
    if (!filters_of(q, r, FILTER_ENTITIES, &f) || !page_of(q, r, PAGE_MOST, true, &p))
        return 0;
    const struct entity_query query = {.filter = &f, .type = ENTITY_USER, .people = q->caller->activities.people, .npeople = q->caller->activities.npeople,
                                       .sort = sort_of(p.sort), .ascending = p.ascending, .skip = p.skip, .limit = p.limit};
    list_begin(r);
    int err = tab_entities_query(q->db, &query, one_row, &x, &total);
    list_end(r, total, false, (uint64_t)p.skip + p.limit < total);
    return err;
}

static int get_one(struct api_request *q, struct api_response *r)
{
    struct stored_entity e;
    int err = cas_entity(q, q->vars[0], &e);
    return err ? err : person(q, &r->json, &e);
}

/* Of a person the accounts; of an account its person and the other accounts. */
static int get_tree(struct api_request *q, struct api_response *r)
{
    struct stored_entity e;
    uint32_t saas = cas_saas_of(q, q->vars[0]);
    int err = cas_entity(q, q->vars[0], &e);
    if (err)
        return err;
    bool of_account = saas && saas != cas_saas(&e);
    jout_obj(&r->json);
    jout_key(&r->json, "data");
    jout_arr(&r->json);
    if (of_account)
        err = person(q, &r->json, &e);
    accounts(q, &r->json, &e, of_account ? saas : 0);
    jout_end_arr(&r->json);
    jout_kbool(&r->json, "hasNext", false);
    jout_end_obj(&r->json);
    return err;
}

#define CAS(verb, path, function, words) {.method = verb, .pattern = path, .right = RIGHT_VIEW_USERS, .handler = function, .about = words, .compatible = true}

static const struct api_route routes[] = {
    CAS(API_GET, "api/v1/entities", get_list, "Lists people and their accounts."),
    CAS(API_POST, "api/v1/entities", get_list, "Lists people and their accounts that a filter finds."),
    CAS(API_GET, "api/v1/entities/{pk}", get_one, "One person, by base64 of {\"id\",\"saas\",\"inst\"} or by id."),
    CAS(API_GET, "api/v1/entities/{pk}/retrieve_tree", get_tree, "The accounts of a person; the person and the other accounts of an account."),
    {.pattern = NULL}};

const struct api_routes api_cas_entities = {routes};
