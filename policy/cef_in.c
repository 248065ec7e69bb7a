/* policy/cef_in.c - CEF of Azure ATP and ATA to alerts. */
#include "policy/cef_in.h"

#include "base/hash.h"
#include "base/jin.h"
#include "base/jout.h"
#include "base/utf.h"
#include "store/tab_entities.h"
#include "store/tab_policies.h"

enum { TEXT_MAX = 4096, NAME_MAX_IN = 256 };

/* What a value may be at most, as UTF-8. */
static struct str value(struct arena *a, const struct cef *c, const char *key, size_t most)
{
    return utf_clean(a, str_sub(str_trim(cef_value(c, key)), 0, most));
}

static bool of_ours(const struct cef *c)
{
    static const char *const products[] = {"Azure ATP", "ATP", "ATA", "Microsoft Defender for Identity"};
    for (size_t i = 0; i < sizeof products / sizeof *products; i++)
        if (str_eqi(c->vendor, STR("Microsoft")) && str_eqi(c->product, str_of(products[i])))
            return str_endsi(c->class_id, STR("SecurityAlert")) || str_endsi(c->class_id, STR("SuspiciousActivity"));
    return false;
}

static enum severity severity_of(int severity)
{
    return severity >= 8 ? SEVERITY_HIGH : severity >= 5 ? SEVERITY_MEDIUM : severity >= 2 ? SEVERITY_LOW : SEVERITY_INFORMATIONAL;
}

/* ---- identity ---- */

/* What follows securityAlert/ or suspiciousActivity/ in the URL. */
static struct str guid_of(struct str url)
{
    static const char *const marks[] = {"securityalert/", "suspiciousactivity/"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        ptrdiff_t at = str_findi(url, str_of(marks[i]));
        if (at < 0)
            continue;
        struct str id = str_from(url, (size_t)at + strlen(marks[i]));
        size_t n = 0;
        while (n < id.n &&
               ((id.p[n] >= '0' && id.p[n] <= '9') || id.p[n] == '-' || (str_lower_char(id.p[n]) >= 'a' && str_lower_char(id.p[n]) <= 'f')))
            n++;
        if (n >= 8)
            return str_sub(id, 0, n);
    }
    return STR_NONE;
}

static void identify(struct arena *a, const struct cef *c, struct str url, struct stored_alert *out)
{
    uint8_t id[16];
    struct str guid = guid_of(url);
    const struct str by_guid[] = {STR("cef"), str_lower(a, guid)};
    const struct str by_content[] = {STR("cef"),           c->class_id, cef_value(c, "start"), cef_value(c, "shost"), cef_value(c, "suser"),
                                     cef_value(c, "dhost")};
    if (str_set(guid))
        hash_id(id, by_guid, 2);
    else
        hash_id(id, by_content, 6);
    (void)hash_hex(out->id, id, 12);
}

/* ---- parties ---- */

struct gathering {
    struct db *db;
    struct arena *arena;
    struct cef_alert *out;
    struct jout j;
};

static uint32_t entity_of(struct gathering *g, struct str name)
{
    uint32_t numbers[2];
    size_t n = 0;
    return tab_entities_find(g->db, name, numbers, 2, &n) == 0 && n == 1 ? numbers[0] : 0; /* of two, nobody knows which */
}

static void party(struct gathering *g, const struct alert_party *p)
{
    jout_obj(&g->j);
    jout_kstr(&g->j, "type", p->type);
    jout_kstr(&g->j, "id", p->id);
    jout_kstr(&g->j, "label", p->label);
    jout_kstr(&g->j, "role", p->role);
    if (p->entity)
        jout_ku64(&g->j, "entity", p->entity);
    jout_end_obj(&g->j);
}

/* A machine is named or is an address. */
static struct alert_party machine(struct gathering *g, struct str name, struct str role)
{
    struct ip ip;
    if (!name.n)
        return (struct alert_party){0};
    struct alert_party p = {.type = ip_parse(name, &ip, NULL) ? STR("ip") : STR("device"), .id = name, .label = name, .role = role};
    p.entity = entity_of(g, name);
    p.certainty = p.entity ? 100 : 0;
    party(g, &p);
    return p;
}

static void account(struct gathering *g, struct str name)
{
    uint32_t number = name.n ? entity_of(g, name) : 0;
    if (!name.n)
        return;
    party(g, &(struct alert_party){STR("account"), name, name, STR("Source"), number, 0});
    if (number && g->out->nusers < sizeof g->out->users / sizeof *g->out->users)
        g->out->users[g->out->nusers++] = number;
}

static int parties(struct gathering *g, const struct cef *c)
{
    struct buf json = {0};
    struct stored_alert *a = &g->out->alert;
    g->j = jout_to(&json);
    jout_arr(&g->j);
    struct str shost = value(g->arena, c, "shost", NAME_MAX_IN), suser = value(g->arena, c, "suser", NAME_MAX_IN);
    a->source_party = machine(g, shost.n ? shost : value(g->arena, c, "src", NAME_MAX_IN), STR("Source"));
    a->destination_party = machine(g, value(g->arena, c, "dhost", NAME_MAX_IN), STR("Destination"));
    account(g, suser);
    struct str duser = value(g->arena, c, "duser", NAME_MAX_IN);
    if (!str_eqi(duser, suser))
        account(g, duser);
    party(g, &(struct alert_party){STR("service"), STR("20940"), STR("Active Directory"), STR("Related"), 0, 0});
    jout_end_arr(&g->j);
    a->parties = str_dup(g->arena, buf_view(&json));
    int err = json.failed || !str_set(a->parties) ? ERR_MEMORY : 0;
    buf_free(&json);
    return err;
}

/* ---- the alert ---- */

/* The category and techniques of the detection of ours with that external id. */
static void like_ours(struct db *db, struct arena *arena, struct stored_alert *a)
{
    struct stored_policy p;
    a->policy = str_fmt(arena, "%d", a->external_id);
    a->category = category_text(CATEGORY_THREAT_DETECTION);
    a->attack = STR("[]");
    a->advice = a->policy;
    if (tab_policies_get(db, arena, a->policy, &p) != 0)
        return;
    const struct jnode *doc = jin_embedded(arena, p.definition), *attack = doc ? jin_get(doc, doc, STR("attack")) : NULL;
    a->category = p.category;
    if (attack && attack->type == J_ARR)
        a->attack = attack->val;
}

static int64_t moment(const struct cef *c, const char *key, int64_t otherwise)
{
    int64_t t = time_parse(cef_value(c, key));
    return t == TIME_NONE ? otherwise : t;
}

int cef_in_alert(struct db *db, struct arena *arena, const struct cef *c, int64_t now, struct cef_alert *out, const char **why)
{
    struct cef_alert in = {.update = str_eqi(cef_labelled(c, "trigger"), STR("update"))};
    struct stored_alert *a = &in.alert;
    uint64_t n = 0;
    if (!of_ours(c))
        return ERR_UNSUPPORTED;
    a->name = utf_clean(arena, str_sub(str_trim(c->name), 0, NAME_MAX_IN));
    if (!a->name.n) {
        *why = "a security alert without a name";
        return ERR_MALFORMED;
    }
    if (str_u64(cef_value(c, "externalId"), &n) && n >= 2000 && n < 3000)
        a->external_id = (int)n;
    like_ours(db, arena, a);
    identify(arena, c, cef_labelled(c, "url"), a);
    a->description = value(arena, c, "msg", TEXT_MAX);
    a->severity = severity_of(c->severity);
    a->source = ALERT_CEF;
    a->shore = SHORE_ONPREM;
    a->service = 20940;
    a->start = moment(c, "start", now);
    a->end = moment(c, "end", a->start);
    a->end = a->end < a->start ? a->start : a->end;
    a->updated = now;
    a->count = str_u64(cef_value(c, "cnt"), &n) && n > 0 ? n : 1;
    a->resolved = TIME_NONE;
    a->reason = -1;
    struct gathering g = {.db = db, .arena = arena, .out = &in};
    int err = parties(&g, c);
    if (!err)
        *out = in;
    return err;
}

int cef_in_put(struct db *db, const struct cef_alert *in, bool *fresh)
{
    struct stored_alert a = in->alert, before;
    struct arena arena;
    arena_init(&arena, 16384, 1u << 22);
    int err = tab_alerts_get(db, &arena, NULL, str_of(a.id), &before);
    if (!err) {
        a.start = before.start < a.start ? before.start : a.start;
        a.end = before.end > a.end ? before.end : a.end;
        a.count = before.count > a.count ? before.count : a.count;
    }
    if (!err || err == ERR_NOT_FOUND)
        err = tab_alerts_put(db, &a, in->users, in->nusers, NULL, 0, fresh);
    arena_free(&arena);
    return err;
}

/* ---- accounts that became known later ---- */

struct unknown {
    struct db *db;
    struct buf ids; /* of alerts that name nobody who is known */
};

enum { ID = 24 };

static int without_people(void *owner, const struct stored_alert *a)
{
    struct unknown *u = owner;
    uint32_t one;
    size_t n = 0;
    int err = tab_alerts_users(u->db, str_of(a->id), &one, 1, &n);
    if (!err && n == 0)
        buf_add(&u->ids, a->id, ID);
    return u->ids.failed ? ERR_MEMORY : err;
}

/* The parties as they were, those named by accounts with the entities that they are by now. */
static int parties_again(struct gathering *g, struct str parties)
{
    const struct jnode *doc = jin_embedded(g->arena, parties);
    struct buf json = {0};
    g->j = jout_to(&json);
    jout_arr(&g->j);
    for (const struct jnode *p = doc ? jin_first(doc, doc) : NULL; p; p = jin_next(doc, doc, p))
        if (str_eq(jin_str(doc, p, "type"), STR("account")))
            account(g, jin_str(doc, p, "label"));
        else
            jout_raw(&g->j, p->val);
    jout_end_arr(&g->j);
    g->out->alert.parties = str_dup(g->arena, buf_view(&json));
    int err = json.failed || !str_set(g->out->alert.parties) ? ERR_MEMORY : 0;
    buf_free(&json);
    return err;
}

static int resolve(struct db *db, struct str id)
{
    struct arena arena;
    struct cef_alert in = {.nusers = 0};
    bool fresh;
    arena_init(&arena, 16384, 1u << 22);
    struct gathering g = {.db = db, .arena = &arena, .out = &in};
    int err = tab_alerts_get(db, &arena, NULL, id, &in.alert);
    if (!err)
        err = parties_again(&g, in.alert.parties);
    if (!err && in.nusers)
        err = tab_alerts_put(db, &in.alert, in.users, in.nusers, NULL, 0, &fresh);
    arena_free(&arena);
    return err == ERR_NOT_FOUND ? 0 : err;
}

int cef_in_each(struct db *db, int64_t since, uint32_t most, int (*each)(void *owner, const struct stored_alert *a), void *owner)
{
    const struct filter_value cef = {.text = STR("cef")}, range = {.from = since, .to = INT64_MAX};
    const struct filter_term terms[] = {{.field = FIELD_ALERT_SOURCE, .match = MATCH_EQ, .values = &cef, .n = 1},
                                        {.field = FIELD_ALERT_DATE, .match = MATCH_RANGE, .values = &range, .n = 1}};
    const struct filter f = {terms, 2};
    const struct alert_query q = {.filter = &f, .limit = most};
    return tab_alerts_query(db, &q, each, owner, NULL);
}

int cef_in_resolve(struct db *db, int64_t since)
{
    struct unknown u = {.db = db};
    int err = cef_in_each(db, since, UINT32_MAX, without_people, &u);
    for (size_t at = 0; !err && at < u.ids.n; at += ID)
        err = resolve(db, (struct str){u.ids.p + at, ID});
    buf_free(&u.ids);
    return err;
}
