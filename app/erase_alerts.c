/* app/erase_alerts.c - alerts that name somebody: deleted, or told without that person. */
#include "app/erase_alerts.h"

#include "base/jin.h"
#include "base/jout.h"
#include "store/tab_alerts.h"

#include <stdlib.h>
#include <string.h>

enum { ID = 24, USERS = 256 };

struct work {
    struct db *db;
    struct actlog *log;
    const struct erase_person *who;
    struct arena arena; /* of one alert */
    struct buf ids;     /* of the alerts, one after another */
    uint64_t gone;
};

/* ---- which alerts ---- */

static int take_id(void *owner, struct str id)
{
    struct work *w = owner;
    if (id.n == ID)
        buf_str(&w->ids, id);
    return w->ids.failed ? ERR_MEMORY : 0;
}

static int take_alert(void *owner, const struct stored_alert *a)
{
    return take_id(owner, str_of(a->id));
}

static int find(struct work *w)
{
    struct filter_value values[ERASE_NUMBERS];
    for (size_t i = 0; i < w->who->nnumbers; i++)
        values[i] = (struct filter_value){.from = w->who->numbers[i]};
    const struct filter_term term = {.field = FIELD_ALERT_ENTITY, .match = MATCH_EQ, .values = values, .n = (unsigned)w->who->nnumbers};
    const struct filter f = {&term, 1};
    const struct alert_query q = {.filter = &f, .limit = UINT32_MAX};
    int err = w->who->nnumbers ? tab_alerts_query(w->db, &q, take_alert, w, NULL) : 0;
    for (size_t i = 0; !err && i < w->who->nnames; i++)
        err = tab_alerts_naming(w->db, w->who->names[i], take_id, w);
    return err;
}

/* ---- without the person ---- */

bool erase_is(const struct erase_person *who, uint64_t number)
{
    for (size_t i = 0; i < who->nnumbers; i++)
        if (who->numbers[i] == number)
            return true;
    return false;
}

static bool is_name(const struct erase_person *who, struct str text)
{
    for (size_t i = 0; text.n && i < who->nnames; i++)
        if (str_eqi(who->names[i], text))
            return true;
    return false;
}

/* A party of the alert's JSON: by the entity it is resolved to, else by what it is called. */
static bool is_party(const struct erase_person *who, const struct jnode *doc, const struct jnode *p)
{
    struct str entity = jin_str(doc, p, "entity");
    uint64_t number;
    if (str_set(entity))
        return is_name(who, entity) || (entity.n <= 10 && str_u64(entity, &number) && erase_is(who, number));
    return str_eq(jin_str(doc, p, "type"), STR("account")) && (is_name(who, jin_str(doc, p, "id")) || is_name(who, jin_str(doc, p, "label")));
}

struct left {
    unsigned dropped, accounts; /* parties that were the person; accounts of others */
};

static int write_parties(struct work *w, struct stored_alert *a, struct left *left)
{
    const struct jnode *doc = str_set(a->parties) ? jin_embedded(&w->arena, a->parties) : NULL;
    struct buf b = {0};
    struct jout j = jout_to(&b);
    jout_arr(&j);
    for (const struct jnode *p = doc ? jin_first(doc, doc) : NULL; p; p = jin_next(doc, doc, p)) {
        if (is_party(w->who, doc, p)) {
            left->dropped++;
            continue;
        }
        jout_raw(&j, p->val);
        left->accounts += str_eq(jin_str(doc, p, "type"), STR("account"));
    }
    jout_end_arr(&j);
    a->parties = b.failed ? STR_NONE : str_dup(&w->arena, buf_view(&b));
    buf_free(&b);
    return str_set(a->parties) ? 0 : ERR_MEMORY;
}

struct proof {
    struct work *w;
    struct stored_evidence *all;
    size_t n, room;
    uint8_t *flat;
};

static int keep_proof(void *owner, const struct stored_evidence *e)
{
    struct proof *p = owner;
    struct actlog_row row;
    struct object objects[ACTIVITY_OBJECTS];
    struct fact facts[ACTIVITY_FACTS];
    const struct actlog_view all = {.cloud = true, .joined = UINT64_MAX};
    int err = actlog_get(p->w->log, &all, e->activity, p->flat, objects, facts, &row);
    if (err)
        return err == ERR_NOT_FOUND ? 0 : err;
    if (p->n == p->room) {
        size_t room = p->room * 2 + 32;
        struct stored_evidence *grown = realloc(p->all, room * sizeof *grown);
        if (!grown)
            return ERR_MEMORY;
        p->all = grown;
        p->room = room;
    }
    p->all[p->n] = *e;
    p->all[p->n++].kind = str_dup(&p->w->arena, e->kind);
    return 0;
}

static struct str say(void *owner, struct str text)
{
    struct work *w = owner;
    struct str out = redact(&w->arena, text, w->who->names, w->who->nnames);
    return str_set(text) && !str_set(out) ? STR(REDACTED) : out; /* short of memory: nothing rather than a name */
}

static void leave_ends(struct work *w, struct stored_alert *a, struct left *left)
{
    struct alert_party *ends[] = {&a->source_party, &a->destination_party};
    for (size_t i = 0; i < 2; i++)
        if (ends[i]->entity && erase_is(w->who, ends[i]->entity)) {
            *ends[i] = (struct alert_party){.entity = 0};
            left->dropped++;
        }
}

static int tell_without(struct work *w, struct stored_alert *a, const uint32_t *users, size_t n)
{
    struct proof p = {.w = w, .flat = malloc(ACTIVITY_PACKED_MAX)};
    a->description = say(w, a->description);
    a->comment = say(w, a->comment);
    int err = p.flat ? tab_alerts_evidence(w->db, str_of(a->id), keep_proof, &p) : ERR_MEMORY;
    const struct alert_rest rest = {users, n, p.all, p.n};
    if (!err)
        err = tab_alerts_reword(w->db, a, &rest, say, w);
    free(p.all);
    free(p.flat);
    return err;
}

static int erase_one(struct work *w, struct str id)
{
    struct stored_alert a;
    uint32_t users[USERS];
    size_t n = 0, others = 0;
    struct left left = {0};
    int err = tab_alerts_get(w->db, &w->arena, NULL, id, &a);
    if (err)
        return err == ERR_NOT_FOUND ? 0 : err; /* it named the person in two ways */
    err = tab_alerts_users(w->db, id, users, USERS, &n);
    for (size_t i = 0; i < n; i++)
        if (!erase_is(w->who, users[i]))
            users[others++] = users[i];
    if (!err)
        err = write_parties(w, &a, &left);
    leave_ends(w, &a, &left);
    if (err || (!left.dropped && others == n)) /* of somebody else with that name */
        return err;
    bool alone = !others && !left.accounts;
    w->gone += alone;
    return alone ? tab_alerts_drop(w->db, id) : tell_without(w, &a, users, others);
}

int erase_alerts(struct db *db, struct actlog *log, const struct erase_person *who, uint64_t *gone)
{
    struct work w = {.db = db, .log = log, .who = who};
    int err = find(&w);
    for (size_t at = 0; !err && at < w.ids.n; at += ID) {
        arena_init(&w.arena, 16384, 64 << 20);
        err = erase_one(&w, (struct str){w.ids.p + at, ID});
        arena_free(&w.arena);
    }
    *gone = w.gone;
    buf_free(&w.ids);
    return err;
}
