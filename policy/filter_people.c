/* policy/filter_people.c - looks up what filters name: users, groups, tags, organisational units, alerts, policies, networks. */
#include "policy/filter_people.h"

#include "base/hash.h"
#include "store/tab_alerts.h"
#include "store/tab_entities.h"
#include "store/tab_policies.h"

#include <stdlib.h>

enum { IDS = 10000, FOUND = 64 };

/* Values of one term as they are found. */
struct found {
    const struct filter_sources *from;
    struct arena *arena;
    const struct filter_term *term;
    struct filter_value *v;
    size_t n, room;
    int err;
};

static void add(struct found *f, struct filter_value v)
{
    if (f->n == f->room && !f->err) {
        size_t room = f->room ? f->room * 2 : 64;
        void *more = realloc(f->v, room * sizeof *f->v);
        f->err = more ? 0 : ERR_MEMORY;
        f->v = more ? more : f->v;
        f->room = more ? room : f->room;
    }
    if (!f->err)
        f->v[f->n++] = v;
}

static void add_entity(struct found *f, uint32_t number)
{
    add(f, (struct filter_value){.from = number, .to = number});
}

static void add_named(struct found *f, struct str text)
{
    uint32_t numbers[FOUND];
    size_t n = 0;
    int err = tab_entities_find(f->from->db, text, numbers, FOUND, &n);
    if (err && err != ERR_NOT_FOUND)
        f->err = err;
    for (size_t i = 0; !err && i < n && i < FOUND; i++)
        add_entity(f, numbers[i]);
    if (!f->err && (err || n == 0))
        add(f, (struct filter_value){.text = text});
}

/* ---- by looking at everybody ---- */

static bool like(enum filter_match match, struct str text, const struct filter_value *v)
{
    switch (match) {
    case MATCH_CONTAINS:
    case MATCH_TEXT: return str_hasi(text, v->text);
    case MATCH_STARTS: return str_startsi(text, v->text);
    case MATCH_ENDS: return str_endsi(text, v->text);
    case MATCH_EQ:
    case MATCH_DIFFERS: return str_eqi(text, v->text);
    case MATCH_RANGE:
    case MATCH_SET: break;
    }
    return false;
}

static bool named_like(const struct filter_term *t, const struct stored_entity *e)
{
    for (unsigned i = 0; i < t->n; i++) {
        if (like(t->match, e->base.name, &t->values[i]) || like(t->match, e->base.upn, &t->values[i]) || like(t->match, e->base.mail, &t->values[i]))
            return true;
        for (uint32_t k = 0; k < e->base.naccounts; k++)
            if (like(t->match, e->base.accounts[k], &t->values[i]))
                return true;
    }
    return false;
}

/* CN=Alice,OU=Sales,DC=corp: in "Sales", "OU=Sales", "OU=Sales,DC=corp". */
static bool in_unit(const struct filter_term *t, const struct stored_entity *e)
{
    struct str rest = e->base.dn, part;
    while (str_cut(&rest, ',', &part)) {
        if (!str_startsi(part, STR("OU=")))
            continue;
        struct str whole = {part.p, str_set(rest) ? (size_t)(rest.p + rest.n - part.p) : part.n};
        if (t->match == MATCH_SET)
            return true;
        for (unsigned i = 0; i < t->n; i++)
            if (like(t->match, str_from(part, 3), &t->values[i]) || like(t->match, part, &t->values[i]) || like(t->match, whole, &t->values[i]))
                return true;
    }
    return false;
}

static const struct {
    const char *name;
    uint32_t flag;
} tags[] = {{"sensitive", ENTITY_SENSITIVE}, {"honeytoken", ENTITY_HONEYTOKEN}, {"service", ENTITY_SERVICE}, {"disabled", ENTITY_DISABLED}};

static bool tagged(const struct filter_term *t, const struct stored_entity *e)
{
    for (unsigned i = 0; i < t->n; i++) {
        for (size_t k = 0; k < sizeof tags / sizeof *tags; k++)
            if ((e->base.flags & tags[k].flag) && like(t->match, str_of(tags[k].name), &t->values[i]))
                return true;
        if ((e->admin && like(t->match, STR("admin"), &t->values[i])) || (e->external && like(t->match, STR("external"), &t->values[i])))
            return true;
    }
    return t->match == MATCH_SET && (e->base.ngroups || e->admin || e->external || (e->base.flags & (ENTITY_SENSITIVE | ENTITY_HONEYTOKEN)));
}

/* None of the values can be a tag: nobody has to be looked at for them. */
static bool no_tag(const struct filter_term *t)
{
    for (unsigned i = 0; i < t->n; i++) {
        for (size_t k = 0; k < sizeof tags / sizeof *tags; k++)
            if (like(t->match, str_of(tags[k].name), &t->values[i]))
                return false;
        if (like(t->match, STR("admin"), &t->values[i]) || like(t->match, STR("external"), &t->values[i]))
            return false;
    }
    return t->match != MATCH_SET;
}

typedef bool person_test(const struct filter_term *t, const struct stored_entity *e);

struct looking {
    struct found *f;
    person_test *test;
};

static int look(void *owner, const struct stored_entity *e)
{
    struct looking *l = owner;
    if (l->test(l->f->term, e))
        add_entity(l->f, e->base.number);
    return l->f->err;
}

static void add_everybody(struct found *f, person_test *test)
{
    struct looking l = {f, test};
    int err = tab_entities_each(f->from->db, look, &l);
    f->err = f->err ? f->err : err;
}

/* ---- groups ---- */

static void add_members(struct found *f, struct str name)
{
    uint32_t groups[FOUND], *members = NULL;
    size_t n = 0, count = 0;
    int err = tab_entities_find(f->from->db, name, groups, FOUND, &n);
    for (size_t i = 0; !err && i < n && i < FOUND; i++) {
        err = tab_entities_members(f->from->db, groups[i], &members, &count);
        for (size_t k = 0; !err && k < count; k++)
            add_entity(f, members[k]);
        free(members);
        members = NULL;
        if (err == ERR_NOT_FOUND)
            err = 0;
    }
    if (err && err != ERR_NOT_FOUND)
        f->err = err;
}

static int group_like(void *owner, const struct stored_entity *e)
{
    struct found *f = owner;
    if (e->base.type == ENTITY_GROUP && named_like(f->term, e))
        add(f, (struct filter_value){.from = e->base.number});
    return f->err;
}

static void add_tagged(struct found *f)
{
    const struct filter_term *t = f->term;
    if (!no_tag(t))
        add_everybody(f, tagged);
    for (unsigned i = 0; t->match == MATCH_EQ && !f->err && i < t->n; i++)
        add_members(f, t->values[i].text);
    if (t->match == MATCH_EQ || t->match == MATCH_SET || f->err)
        return;
    struct found groups = {.from = f->from, .arena = f->arena, .term = t};
    f->err = tab_entities_each(f->from->db, group_like, &groups);
    for (size_t i = 0; !f->err && i < groups.n; i++) {
        uint32_t *members = NULL;
        size_t count = 0;
        f->err = tab_entities_members(f->from->db, (uint32_t)groups.v[i].from, &members, &count);
        for (size_t k = 0; !f->err && k < count; k++)
            add_entity(f, members[k]);
        free(members);
    }
    free(groups.v);
}

/* ---- activities of alerts and policies ---- */

static void add_activity(struct found *f, const uint8_t id[16])
{
    char *hex = arena_alloc(f->arena, 33);
    if (hex && f->n < IDS)
        add(f, (struct filter_value){.text = hash_hex(hex, id, 16)});
    else if (!hex)
        f->err = ERR_MEMORY;
}

static int from_evidence(void *owner, const struct stored_evidence *e)
{
    struct found *f = owner;
    add_activity(f, e->activity);
    return f->err;
}

static int from_match(void *owner, const uint8_t activity[16])
{
    struct found *f = owner;
    add_activity(f, activity);
    return f->err;
}

struct ids {
    struct str v[1000];
    size_t n;
    struct arena *arena;
};

static int from_alert(void *owner, const struct stored_alert *a)
{
    struct ids *ids = owner;
    if (ids->n < sizeof ids->v / sizeof *ids->v)
        ids->v[ids->n++] = str_dup(ids->arena, str_of(a->id));
    return 0;
}

/* A detection's activities are its alerts' evidence; what matched an activity policy is kept. */
static void add_policy(struct found *f, const struct filter_value *v)
{
    bool more;
    const struct alert_view all = {.cloud = true, .onprem = true};
    struct filter_term t = {.field = FIELD_ALERT_POLICY, .match = v ? MATCH_EQ : MATCH_SET, .values = v, .n = v ? 1 : 0};
    struct filter filter = {&t, 1};
    const struct alert_query q = {.filter = &filter, .view = &all, .limit = 1000};
    struct ids *ids = arena_zero(f->arena, sizeof *ids);
    if (!ids) {
        f->err = ERR_MEMORY;
        return;
    }
    ids->arena = f->arena;
    f->err = tab_policies_matches(f->from->db, v ? v->text : STR_NONE, IDS, from_match, f);
    if (!f->err)
        f->err = tab_alerts_query(f->from->db, &q, from_alert, ids, &more);
    for (size_t i = 0; !f->err && i < ids->n; i++)
        f->err = tab_alerts_evidence(f->from->db, ids->v[i], from_evidence, f);
}

/* ---- networks ---- */

static int from_network(void *to, struct str cidr)
{
    struct found *f = to;
    struct str text = str_dup(f->arena, cidr);
    if (!str_set(text))
        f->err = ERR_MEMORY;
    else
        add(f, (struct filter_value){.text = text});
    return f->err;
}

static void add_networks(struct found *f)
{
    const struct filter_term *t = f->term;
    for (unsigned i = 0; f->from->networks && !f->err && i < t->n; i++) {
        bool tag = filter_field_type(t->field) == FILTER_TEXT;
        int err = f->from->networks(f->from->owner, tag ? 0 : t->values[i].from, t->values[i].text, from_network, f);
        f->err = f->err ? f->err : err;
    }
}

/* ---- terms ---- */

static int ascending(const void *a, const void *b)
{
    const struct filter_value *x = a, *y = b;
    return x->from != y->from ? (x->from > y->from) - (x->from < y->from) : str_cmp(x->text, y->text);
}

/* ---- every number that somebody ever had ---- */

struct aliases {
    struct found *f;
    size_t n; /* numbers that were found, sorted */
};

static int alias_of(void *owner, uint32_t from, uint32_t to)
{
    struct aliases *a = owner;
    const struct filter_value key = {.from = to, .to = to};
    if (bsearch(&key, a->f->v, a->n, sizeof key, ascending))
        add_entity(a->f, from);
    return a->f->err;
}

static void add_aliases(struct found *f)
{
    struct aliases a = {f, f->n};
    if (f->err || f->n == 0)
        return;
    qsort(f->v, f->n, sizeof *f->v, ascending);
    f->err = tab_entities_aliases(f->from->db, alias_of, &a);
}

/* The term over another field, with what was found, each once. With nothing: one value that nothing has. */
static int finish(struct found *f, enum filter_field field, struct filter_term *out)
{
    static const struct filter_value nothing[] = {
        [FILTER_TEXT] = {.text = {"\x01", 1}}, [FILTER_IP] = {.text = {"255.255.255.255/32", 18}}, [FILTER_PERSON] = {.text = {"\x01", 1}}};
    struct filter_value *v = arena_alloc(f->arena, (f->n + 1) * sizeof *v);
    unsigned n = 0;
    if (f->err || !v)
        return f->err ? f->err : ERR_MEMORY;
    if (f->n)
        qsort(f->v, f->n, sizeof *f->v, ascending);
    for (size_t i = 0; i < f->n; i++)
        if (i == 0 || ascending(&f->v[i - 1], &f->v[i]) != 0)
            v[n++] = f->v[i];
    if (n == 0)
        v[n++] = nothing[filter_field_type(field)];
    *out = (struct filter_term){.field = field, .match = MATCH_EQ, .negate = f->term->negate, .values = v, .n = n};
    return 0;
}

static void add_person_term(struct found *f)
{
    const struct filter_term *t = f->term;
    if (t->match != MATCH_EQ && t->match != MATCH_DIFFERS)
        add_everybody(f, named_like);
    for (unsigned i = 0; (t->match == MATCH_EQ || t->match == MATCH_DIFFERS) && !f->err && i < t->n; i++)
        add_named(f, t->values[i].text);
}

/* What the field is asked as; the field itself: nothing to look up. */
static enum filter_field asked_as(enum filter_field field)
{
    switch ((unsigned)field) {
    case FIELD_ACTIVITY_USER_TAG:
    case FIELD_ACTIVITY_USER_UNIT: return FIELD_ACTIVITY_USER;
    case FIELD_ENTITY_GROUP: return FIELD_ENTITY_ENTITY;
    case FIELD_ACTIVITY_ALERT:
    case FIELD_ACTIVITY_POLICY: return FIELD_ACTIVITY_ID;
    case FIELD_ACTIVITY_IP_CATEGORY:
    case FIELD_ACTIVITY_IP_TAG: return FIELD_ACTIVITY_IP;
    default: return field;
    }
}

static void look_up(struct found *f)
{
    const struct filter_term *t = f->term;
    switch ((unsigned)t->field) {
    case FIELD_ACTIVITY_USER_TAG:
    case FIELD_ENTITY_GROUP: add_tagged(f); break;
    case FIELD_ACTIVITY_USER_UNIT: add_everybody(f, in_unit); break;
    case FIELD_ACTIVITY_ALERT:
        for (unsigned i = 0; !f->err && i < t->n; i++)
            f->err = tab_alerts_evidence(f->from->db, t->values[i].text, from_evidence, f);
        break;
    case FIELD_ACTIVITY_POLICY:
        for (unsigned i = 0; !f->err && i < t->n; i++)
            add_policy(f, &t->values[i]);
        if (t->match == MATCH_SET)
            add_policy(f, NULL);
        break;
    case FIELD_ACTIVITY_IP_CATEGORY:
    case FIELD_ACTIVITY_IP_TAG: add_networks(f); break;
    default: add_person_term(f); break;
    }
}

int filter_people(const struct filter_sources *from, struct arena *arena, const struct filter *in, struct filter *out)
{
    struct filter_term *terms = arena_alloc(arena, (in->n + 1) * sizeof *terms);
    int err = terms ? 0 : ERR_MEMORY;
    for (unsigned i = 0; !err && i < in->n; i++) {
        const struct filter_term *t = &in->terms[i];
        enum filter_field as = asked_as(t->field);
        if (as == t->field && (filter_field_type(as) != FILTER_PERSON || t->match == MATCH_SET)) {
            terms[i] = *t;
            continue;
        }
        struct found f = {.from = from, .arena = arena, .term = t};
        look_up(&f);
        if (filter_field_type(as) == FILTER_PERSON)
            add_aliases(&f);
        err = finish(&f, as, &terms[i]);
        if (!err && t->match == MATCH_DIFFERS)
            terms[i].match = MATCH_DIFFERS;
        free(f.v);
    }
    if (!err)
        *out = (struct filter){terms, in->n};
    return err;
}
