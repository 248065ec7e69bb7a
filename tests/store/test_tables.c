/* tests/store/test_tables.c - entities, alerts and inputs in the main database: what the analysis writes, what people decide,
 * and every match of the filters. */
#include "store/tab_alerts.h"
#include "store/tab_entities.h"
#include "store/tab_inputs.h"
#include "store/tab_outbox.h"
#include "store/tab_policies.h"
#include "tests/support/fresh_db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct fresh_db kept;

static int open_db(void **state)
{
    (void)state;
    return fresh_db_open(&kept);
}

static int close_db(void **state)
{
    (void)state;
    return fresh_db_close(&kept);
}

/* ---- filters, as a parser would make them ---- */

struct one {
    struct filter f;
    struct filter_term term;
    struct filter_value value;
};

static const struct filter *term(struct one *o, enum filter_field field, enum filter_match match, struct filter_value v)
{
    o->value = v;
    o->term = (struct filter_term){.field = field, .match = match, .values = &o->value, .n = 1};
    o->f = (struct filter){&o->term, 1};
    return &o->f;
}

static struct filter_value number(int64_t n)
{
    return (struct filter_value){.from = n, .to = n};
}

static struct filter_value text(const char *s)
{
    return (struct filter_value){.text = str_of(s)};
}

/* ---- entities ---- */

struct seen {
    uint32_t number[32];
    size_t n;
};

static int remember(void *owner, const struct stored_entity *e)
{
    struct seen *s = owner;
    s->number[s->n++] = e->base.number;
    return 0;
}

static struct stored_entity person(uint32_t number, const char *name, int score)
{
    struct stored_entity e = {.base = {.number = number, .name = str_of(name), .created = TIME_NONE, .terminated = TIME_NONE},
                              .first_seen = TIME_NONE, .last_seen = TIME_NONE, .score = score, .scored = true, .percentile = 50};
    e.base.id = str_fmt(&kept.arena, "%024u", number);
    return e;
}

static void entities_come_back(void **state)
{
    struct str accounts[] = {STR("CORP\\Alice"), STR("S-1-5-21-1-2-3-1104"), STR("alice@corp.test")};
    uint32_t groups[] = {7, 9}, last = 0;
    struct stored_entity e = person(3, "Alice Ame", 41), back;
    (void)state;
    e.base.sid = accounts[1];
    e.base.sam = STR("Alice");
    e.base.accounts = accounts;
    e.base.naccounts = 3;
    e.base.groups = groups;
    e.base.ngroups = 2;
    e.base.created = 5 * TIME_DAY;
    e.base.uac = 512;
    e.last_seen = 9 * TIME_DAY;
    e.days[13] = 41;
    e.apps = STR("[11161,20940]");
    e.admin = true;
    assert_int_equal(tab_entities_put(kept.db, &e), 0);
    e.base.ngroups = 1;
    assert_int_equal(tab_entities_put(kept.db, &e), 0); /* the second replaces, does not add */
    assert_int_equal(tab_entities_get(kept.db, &kept.arena, 3, &back), 0);
    assert_true(str_eq(back.base.name, STR("Alice Ame")) && str_eq(back.base.sid, accounts[1]) && !str_set(back.base.upn));
    assert_int_equal(back.base.naccounts, 3);
    assert_true(str_eq(back.base.accounts[0], accounts[0]));
    assert_int_equal(back.base.ngroups, 1);
    assert_int_equal(back.base.groups[0], 7);
    assert_true(back.base.created == 5 * TIME_DAY && back.base.terminated == TIME_NONE && back.first_seen == TIME_NONE);
    assert_int_equal(back.days[13], 41);
    assert_true(back.admin && back.scored && !back.external);
    assert_int_equal(tab_entities_get(kept.db, &kept.arena, 4, &back), ERR_NOT_FOUND);
    assert_int_equal(tab_entities_by_id(kept.db, &kept.arena, e.base.id, &back), 0);
    assert_int_equal(tab_entities_last(kept.db, &last), 0);
    assert_int_equal(last, 3);
}

static void found_by_any_spelling(void **state)
{
    struct str a[] = {STR("bob@corp.test")}, b[] = {STR("BOB@corp.test"), STR("CORP\\bob")};
    struct stored_entity x = person(1, "Bob", 0), y = person(2, "Robert", 0);
    uint32_t n[4];
    size_t k;
    (void)state;
    x.base.accounts = a;
    x.base.naccounts = 1;
    y.base.accounts = b;
    y.base.naccounts = 2;
    assert_int_equal(tab_entities_put(kept.db, &x), 0);
    assert_int_equal(tab_entities_put(kept.db, &y), 0);
    assert_int_equal(tab_entities_find(kept.db, STR("corp\\BOB"), n, 4, &k), 0);
    assert_true(k == 1 && n[0] == 2);
    assert_int_equal(tab_entities_find(kept.db, STR("Bob@Corp.test"), n, 4, &k), 0);
    assert_true(k == 2 && n[0] == 1 && n[1] == 2);
    assert_int_equal(tab_entities_find(kept.db, STR("Bob@Corp.test"), n, 1, &k), 0);
    assert_int_equal(k, 1);
    assert_int_equal(tab_entities_find(kept.db, STR("nobody"), n, 4, &k), 0);
    assert_int_equal(k, 0);
}

struct pairs {
    uint32_t from[4], to[4];
    size_t n;
};

static int remember_alias(void *owner, uint32_t from, uint32_t to)
{
    struct pairs *p = owner;
    p->from[p->n] = from;
    p->to[p->n++] = to;
    return 0;
}

static void aliases_lead_to_the_lower_number(void **state)
{
    struct str spelling[] = {STR("carol@cloud.test")};
    struct stored_entity a = person(1, "a", 0), b = person(2, "b", 0), c = person(5, "c", 0), back;
    struct pairs p = {0};
    struct seen s = {0};
    uint32_t n[4], last;
    size_t k;
    (void)state;
    c.base.accounts = spelling;
    c.base.naccounts = 1;
    assert_int_equal(tab_entities_put(kept.db, &a) | tab_entities_put(kept.db, &b) | tab_entities_put(kept.db, &c), 0);
    assert_int_equal(tab_entities_alias(kept.db, 5, 2), 0);
    assert_int_equal(tab_entities_alias(kept.db, 2, 1), 0); /* what led to 2 now leads to 1 */
    assert_int_equal(tab_entities_alias(kept.db, 1, 1), ERR_USAGE);
    assert_int_equal(tab_entities_get(kept.db, &kept.arena, 5, &back), 0);
    assert_int_equal(back.base.number, 1);
    assert_int_equal(tab_entities_by_id(kept.db, &kept.arena, c.base.id, &back), 0);
    assert_int_equal(back.base.number, 1);
    assert_int_equal(tab_entities_find(kept.db, spelling[0], n, 4, &k), 0);
    assert_true(k == 1 && n[0] == 1);
    assert_int_equal(tab_entities_numbers(kept.db, 2, n, 4, &k), 0);
    assert_true(k == 3 && n[0] == 1 && n[1] == 2 && n[2] == 5);
    assert_int_equal(tab_entities_aliases(kept.db, remember_alias, &p), 0);
    assert_true(p.n == 2 && p.from[0] == 2 && p.to[0] == 1 && p.from[1] == 5 && p.to[1] == 1);
    assert_int_equal(tab_entities_each(kept.db, remember, &s), 0);
    assert_true(s.n == 1 && s.number[0] == 1);
    assert_int_equal(tab_entities_last(kept.db, &last), 0);
    assert_int_equal(last, 5);
}

static void in_group(uint32_t member, uint32_t group)
{
    struct stored_entity e = person(member, "x", 0);
    e.base.type = member >= 10 ? ENTITY_GROUP : ENTITY_USER;
    e.base.groups = &group;
    e.base.ngroups = 1;
    assert_int_equal(tab_entities_put(kept.db, &e), 0);
}

static void members_at_any_depth(void **state)
{
    uint32_t *m;
    size_t n;
    (void)state;
    in_group(1, 10);
    in_group(2, 11);
    in_group(10, 11);
    in_group(11, 12);
    in_group(12, 10); /* a cycle */
    assert_int_equal(tab_entities_members(kept.db, 12, &m, &n), 0);
    assert_int_equal(n, 5);
    assert_true(m[0] == 1 && m[1] == 2 && m[2] == 10 && m[3] == 11 && m[4] == 12);
    free(m);
    assert_int_equal(tab_entities_members(kept.db, 1, &m, &n), 0);
    assert_int_equal(n, 0);
    free(m);
    assert_int_equal(tab_entities_groups(kept.db, 2, &m, &n), 0);
    assert_true(n == 3 && m[0] == 10);
    free(m);
}

static size_t ask(struct entity_query q, struct seen *s)
{
    uint64_t total = 99;
    *s = (struct seen){0};
    assert_int_equal(tab_entities_query(kept.db, &q, remember, s, &total), 0);
    return (size_t)total;
}

static void make_people(void)
{
    struct stored_entity a = person(1, "Anna", 70), b = person(2, "bert", 30), c = person(3, "Carl", 70), pc = person(4, "PC1", 0), g = person(9, "Finance", 0);
    static const uint32_t nine[] = {9}, eight[] = {8};
    struct stored_entity top = person(8, "Everybody", 0);
    a.base.upn = STR("anna@corp.test");
    a.base.title = STR("Head of treasury");
    a.base.groups = nine;
    a.base.ngroups = 1;
    a.apps = STR("[11161]");
    a.last_seen = 100;
    b.base.flags = ENTITY_DISABLED;
    b.external = true;
    b.base.mail = STR("bert@partner.test");
    b.last_seen = 200;
    c.admin = true;
    c.base.domain = STR("CORP");
    pc.base.type = ENTITY_COMPUTER;
    pc.scored = false;
    g.base.type = top.base.type = ENTITY_GROUP;
    g.scored = top.scored = false;
    g.base.groups = eight;
    g.base.ngroups = 1;
    assert_int_equal(tab_entities_put(kept.db, &a) | tab_entities_put(kept.db, &b) | tab_entities_put(kept.db, &c) | tab_entities_put(kept.db, &pc) | tab_entities_put(kept.db, &g) |
                         tab_entities_put(kept.db, &top),
                     0);
}

static void people_sorted_and_paged(void **state)
{
    struct entity_query q = {.type = ENTITY_USER, .limit = 10};
    uint32_t may[] = {2, 3, 4};
    struct seen s;
    (void)state;
    make_people();
    assert_int_equal(ask(q, &s), 3);
    assert_true(s.number[0] == 3 && s.number[1] == 1 && s.number[2] == 2);
    q.skip = 1;
    q.limit = 1;
    assert_int_equal(ask(q, &s), 3);
    assert_true(s.n == 1 && s.number[0] == 1);
    q = (struct entity_query){.type = ENTITY_USER, .limit = 10, .sort = ENTITY_BY_NAME, .ascending = true};
    (void)ask(q, &s);
    assert_true(s.number[0] == 1 && s.number[1] == 2 && s.number[2] == 3);
    q.sort = ENTITY_BY_SEEN;
    q.ascending = false;
    (void)ask(q, &s);
    assert_true(s.number[0] == 2 && s.number[1] == 1 && s.number[2] == 3);
    q = (struct entity_query){.type = -1, .limit = 10, .people = may, .npeople = 3};
    assert_int_equal(ask(q, &s), 3);
    q.npeople = 0; /* a scope without anybody in it */
    assert_int_equal(ask(q, &s), 0);
    q = (struct entity_query){.type = -1, .limit = 10, .text = STR("TREASURY anna")};
    assert_int_equal(ask(q, &s), 1);
    q.text = STR("treasury bert");
    assert_int_equal(ask(q, &s), 0);
}

static size_t people_with(enum filter_field field, enum filter_match match, struct filter_value v, bool negate)
{
    struct one o;
    struct seen s;
    struct entity_query q = {.type = ENTITY_USER, .limit = 10, .filter = term(&o, field, match, v)};
    o.term.negate = negate;
    if (match == MATCH_SET)
        o.term.n = 0;
    return ask(q, &s);
}

static void people_by_every_field(void **state)
{
    (void)state;
    make_people();
    assert_int_equal(people_with(FIELD_ENTITY_TYPE, MATCH_EQ, text("USER"), false), 3);
    assert_int_equal(people_with(FIELD_ENTITY_ADMIN, MATCH_EQ, number(1), false), 1);
    assert_int_equal(people_with(FIELD_ENTITY_ENTITY, MATCH_EQ, number(2), true), 2);
    assert_int_equal(people_with(FIELD_ENTITY_GROUP, MATCH_EQ, text("everybody"), false), 1);
    assert_int_equal(people_with(FIELD_ENTITY_GROUP, MATCH_EQ, text("000000000000000000000009"), false), 1);
    assert_int_equal(people_with(FIELD_ENTITY_GROUP, MATCH_EQ, text("everybody"), true), 2);
    assert_int_equal(people_with(FIELD_ENTITY_APP, MATCH_EQ, number(11161), false), 1);
    assert_int_equal(people_with(FIELD_ENTITY_APP, MATCH_SET, number(0), true), 2);
    assert_int_equal(people_with(FIELD_ENTITY_EXTERNAL, MATCH_EQ, number(0), false), 2);
    assert_int_equal(people_with(FIELD_ENTITY_DOMAIN, MATCH_EQ, text("CORP.test"), false), 1);
    assert_int_equal(people_with(FIELD_ENTITY_DOMAIN, MATCH_STARTS, text("corp"), false), 2);
    assert_int_equal(people_with(FIELD_ENTITY_DOMAIN, MATCH_SET, text(""), false), 3);
    assert_int_equal(people_with(FIELD_ENTITY_ORGANIZATION, MATCH_DIFFERS, text("corp"), false), 2);
    assert_int_equal(people_with(FIELD_ENTITY_STATUS, MATCH_EQ, number(3), false), 1);
    assert_int_equal(people_with(FIELD_ENTITY_SEEN, MATCH_RANGE, (struct filter_value){.from = 150, .to = INT64_MAX}, false), 1);
    assert_int_equal(people_with(FIELD_ENTITY_SEEN, MATCH_RANGE, (struct filter_value){.from = INT64_MIN, .to = 100}, false), 1);
    assert_int_equal(people_with(FIELD_ENTITY_SCORE, MATCH_RANGE, (struct filter_value){.from = 70, .to = 70}, false), 2);
    assert_int_equal(people_with(FIELD_ENTITY_NAME, MATCH_CONTAINS, text("ER"), false), 1);
    assert_int_equal(people_with(FIELD_ENTITY_NAME, MATCH_ENDS, text("rL"), false), 1);
    assert_int_equal(people_with(FIELD_ENTITY_NAME, MATCH_EQ, text("x' OR '1'='1"), false), 0);
    assert_int_equal(people_with(FIELD_ENTITY_TEXT_SEARCH, MATCH_TEXT, text("partner"), false), 1);
    assert_int_equal(people_with(FIELD_FILE_NAME, MATCH_EQ, number(1), false), 0);
}

struct receipt {
    int sum, n, first;
};

static int add_up(void *owner, const struct stored_contribution *c)
{
    struct receipt *r = owner;
    if (r->n++ == 0)
        r->first = c->points;
    r->sum += c->counted ? c->points : 0;
    return 0;
}

static void receipts_add_up(void **state)
{
    struct stored_contribution c[] = {
        {.points = 5, .time = 1, .counted = true, .kind = STR("activity"), .ref = STR("aa"), .text = STR("first country"), .p = 0.01},
        {.points = 40, .time = 2, .counted = true, .kind = STR("alert"), .ref = STR("bb"), .p = 1},
        {.points = 60, .time = 3, .kind = STR("activity"), .ref = STR("cc"), .p = 0.01}};
    struct receipt r = {0};
    int points = -1;
    (void)state;
    assert_int_equal(tab_entities_receipt(kept.db, 1, c, 3), 0);
    assert_int_equal(tab_entities_receipt(kept.db, 1, c, 3), 0);
    assert_int_equal(tab_entities_receipt_each(kept.db, 1, add_up, &r), 0);
    assert_true(r.n == 3 && r.sum == 45 && r.first == 40);
    assert_int_equal(tab_entities_points(kept.db, STR("bb"), &points), 0);
    assert_int_equal(points, 40);
    assert_int_equal(tab_entities_points(kept.db, STR("cc"), &points), 0); /* history */
    assert_int_equal(points, 0);
}

/* ---- alerts ---- */

static struct stored_alert alert(int n)
{
    struct stored_alert a = {.external_id = 2000 + n, .policy = STR("2006"), .name = STR("Suspected attack"), .severity = SEVERITY_HIGH,
                             .category = STR("domain dominance"), .shore = SHORE_ONPREM, .service = 20940, .start = n * TIME_HOUR,
                             .end = (n + 1) * TIME_HOUR, .updated = (n + 1) * TIME_HOUR, .count = 1, .nactivities = 2, .reason = -1};
    (void)snprintf(a.id, sizeof a.id, "%024d", n);
    return a;
}

static void put(const struct stored_alert *a, const uint32_t *users, size_t n, bool expect_fresh)
{
    struct stored_evidence e[] = {{.activity = {1, (uint8_t)a->external_id}, .time = a->start, .kind = STR("replication")},
                                  {.activity = {2, (uint8_t)a->external_id}, .time = a->end, .kind = STR("replication")}};
    bool fresh = !expect_fresh;
    assert_int_equal(tab_alerts_put(kept.db, a, users, n, e, 2, &fresh), 0);
    assert_int_equal(fresh, expect_fresh);
}

struct listed {
    char ids[16][25];
    char what[16][16];
    size_t n;
};

static int list(void *owner, const struct stored_alert *a)
{
    struct listed *l = owner;
    memcpy(l->ids[l->n++], a->id, sizeof a->id);
    return 0;
}

static int list_event(void *owner, const struct alert_event *e)
{
    struct listed *l = owner;
    (void)snprintf(l->what[l->n++], sizeof l->what[0], "%.*s", STR_ARG(e->what));
    return 0;
}

static void decisions_stay(void **state)
{
    struct stored_alert a = alert(1), back;
    struct listed l = {0};
    uint32_t users[] = {7};
    struct alert_close close = {.resolution = RESOLUTION_TRUE_POSITIVE, .reason = 2, .comment = STR("confirmed"), .by = STR("ada"), .now = 500};
    static const char *const expected[] = {"opened", "read", "closed", "commented", "updated", "reopened"};
    (void)state;
    put(&a, users, 1, true);
    put(&a, users, 1, false); /* the same again: nothing to note */
    assert_int_equal(tab_alerts_mark(kept.db, str_of(a.id), true, STR("ada"), 400), 0);
    assert_int_equal(tab_alerts_close(kept.db, str_of(a.id), &close), 0);
    a.count = 5;
    a.end += TIME_HOUR;
    a.severity = SEVERITY_MEDIUM;
    put(&a, users, 1, false);
    assert_int_equal(tab_alerts_get(kept.db, &kept.arena, NULL, str_of(a.id), &back), 0);
    assert_true(back.count == 5 && back.severity == SEVERITY_MEDIUM && back.end == a.end);
    assert_true(back.read && back.resolution == RESOLUTION_TRUE_POSITIVE && back.resolved == 500 && back.reason == 2);
    assert_true(str_eq(back.comment, STR("confirmed")) && str_eq(back.handled_by, STR("ada")));
    close = (struct alert_close){.resolution = RESOLUTION_OPEN, .by = STR("ada"), .now = 600};
    assert_int_equal(tab_alerts_close(kept.db, str_of(a.id), &close), 0);
    assert_int_equal(tab_alerts_get(kept.db, &kept.arena, NULL, str_of(a.id), &back), 0);
    assert_true(back.resolution == RESOLUTION_OPEN && back.resolved == TIME_NONE && back.reason == -1 && str_eq(back.comment, STR("confirmed")));
    assert_int_equal(tab_alerts_history(kept.db, str_of(a.id), list_event, &l), 0);
    assert_int_equal(l.n, 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(l.what[i], expected[i]);
    assert_int_equal(tab_alerts_close(kept.db, STR("nothing"), &close), ERR_NOT_FOUND);
    assert_int_equal(tab_alerts_mark(kept.db, STR("nothing"), true, STR("ada"), 0), ERR_NOT_FOUND);
    assert_int_equal(tab_alerts_comment(kept.db, STR("nothing"), STR("x"), STR("ada"), 0), ERR_NOT_FOUND);
}

/* Alert 3 stands. */
static bool third(void *owner, struct str id)
{
    return str_eq(id, str_of(owner));
}

static uint64_t withdraw(const char *standing, int64_t now, bool onprem)
{
    char id[25];
    uint64_t n = 99;
    (void)snprintf(id, sizeof id, "%s", standing);
    const struct alert_ground g = {.from = 2 * TIME_HOUR, .now = now, .onprem = onprem, .stands = third, .owner = id};
    assert_int_equal(tab_alerts_withdraw(kept.db, &g, &n), 0);
    return n;
}

static int64_t withdrawn_since(const struct stored_alert *a)
{
    struct stored_alert back;
    assert_int_equal(tab_alerts_get(kept.db, &kept.arena, NULL, str_of(a->id), &back), 0);
    return back.withdrawn;
}

/* Of five alerts the first is too old to be judged anew, the second nobody knows, the third stands, the fourth was closed and the fifth was told. */
static void ground_lost(void **state)
{
    struct stored_alert a[6], back;
    struct listed l = {0};
    uint32_t users[] = {7};
    bool fresh;
    const struct stored_policy p = {.id = STR("2006"), .type = POLICY_IDENTITY, .name = STR("Suspected attack"), .enabled = true, .changed = TIME_NONE};
    const struct alert_close close = {.resolution = RESOLUTION_BENIGN, .reason = 1, .comment = STR("a test"), .by = STR("ada"), .now = 500};
    (void)state;
    assert_int_equal(tab_policies_define(kept.db, &p), 0);
    for (int i = 1; i <= 5; i++) {
        a[i] = alert(i);
        put(&a[i], users, 1, true);
    }
    assert_int_equal(tab_alerts_close(kept.db, str_of(a[4].id), &close), 0);
    assert_int_equal(tab_outbox_add(kept.db, str_of(a[5].id), CHANNEL_MAIL, OUTBOX_SENT, 500, &fresh), 0);
    assert_int_equal(withdraw(a[3].id, 900, false), 0); /* what does not run says nothing */
    assert_int_equal(withdraw(a[3].id, 900, true), 3);
    assert_int_equal(withdraw(a[3].id, 950, true), 0); /* said once */
    assert_int_equal(tab_alerts_get(kept.db, &kept.arena, NULL, str_of(a[2].id), &back), ERR_NOT_FOUND);
    assert_true(withdrawn_since(&a[1]) == TIME_NONE && withdrawn_since(&a[3]) == TIME_NONE);
    assert_true(withdrawn_since(&a[4]) == 900 && withdrawn_since(&a[5]) == 900);
    put(&a[4], users, 1, false); /* a log that comes even later raises it again */
    assert_int_equal(tab_alerts_get(kept.db, &kept.arena, NULL, str_of(a[4].id), &back), 0);
    assert_true(back.withdrawn == TIME_NONE && back.resolution == RESOLUTION_BENIGN && str_eq(back.comment, STR("a test")));
    static const char *const expected[] = {"opened", "closed", "commented", "withdrawn", "raised"};
    assert_int_equal(tab_alerts_history(kept.db, str_of(a[4].id), list_event, &l), 0);
    assert_int_equal(l.n, 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(l.what[i], expected[i]);
    assert_int_equal(withdraw(a[4].id, 990, true), 1); /* the third */
}

static uint64_t seen_by(const struct alert_view *v)
{
    uint64_t n = 99;
    assert_int_equal(tab_alerts_count(kept.db, NULL, v, &n), 0);
    return n;
}

static void views_hide(void **state)
{
    struct stored_alert a = alert(1), b = alert(2), back;
    uint32_t alice[] = {7}, bob[] = {9}, apps[] = {11161}, people[] = {3, 8};
    struct alert_view v = {.cloud = true, .onprem = true};
    uint8_t activity[16] = {1, (uint8_t)2001};
    char ids[4][25];
    size_t n;
    (void)state;
    b.shore = SHORE_CLOUD;
    b.service = 11161;
    put(&a, alice, 1, true);
    put(&b, bob, 1, true);
    assert_int_equal(seen_by(&v), 2);
    v.onprem = false;
    assert_int_equal(seen_by(&v), 1);
    assert_int_equal(tab_alerts_get(kept.db, &kept.arena, &v, str_of(a.id), &back), ERR_NOT_FOUND);
    assert_int_equal(tab_alerts_get(kept.db, &kept.arena, &v, str_of(b.id), &back), 0);
    assert_int_equal(tab_alerts_with(kept.db, NULL, activity, ids, 4, &n), 0);
    assert_true(n == 1 && strcmp(ids[0], a.id) == 0);
    assert_int_equal(tab_alerts_with(kept.db, &v, activity, ids, 4, &n), 0);
    assert_int_equal(n, 0);
    v = (struct alert_view){.cloud = true, .onprem = true, .apps = apps, .napps = 1};
    assert_int_equal(seen_by(&v), 1);
    v = (struct alert_view){.cloud = true, .onprem = true, .people = people, .npeople = 2};
    assert_int_equal(seen_by(&v), 0);
    struct stored_entity e3 = person(3, "Alice", 0), e7 = person(7, "alice", 0);
    assert_int_equal(tab_entities_put(kept.db, &e3) | tab_entities_put(kept.db, &e7), 0);
    assert_int_equal(tab_entities_alias(kept.db, 7, 3), 0); /* 7 turned out to be 3, who may be seen */
    assert_int_equal(seen_by(&v), 1);
    uint32_t users[4];
    assert_int_equal(tab_alerts_users(kept.db, str_of(a.id), users, 4, &n), 0);
    assert_true(n == 1 && users[0] == 3);
}

static uint64_t with(enum filter_field field, enum filter_match match, struct filter_value v, bool negate)
{
    struct one o;
    uint64_t n = 99;
    const struct filter *f = term(&o, field, match, v);
    o.term.negate = negate;
    if (match == MATCH_SET)
        o.term.n = 0;
    assert_int_equal(tab_alerts_count(kept.db, f, NULL, &n), 0);
    return n;
}

static void make_alerts(void)
{
    struct stored_alert a = alert(1), b = alert(2), c = alert(3);
    uint32_t alice[] = {7}, both[] = {7, 9};
    a.parties = STR("[{\"type\":\"ip\",\"label\":\"10.1.2.3\"},{\"type\":\"account\",\"label\":\"Alice\"}]");
    a.source_party = (struct alert_party){.type = STR("device"), .label = STR("PC1"), .entity = 40, .certainty = 90};
    b.severity = SEVERITY_INFORMATIONAL;
    b.service = 11161;
    b.parties = STR("[{\"type\":\"file\",\"label\":\"plan.xlsx\"},{\"type\":\"ip\",\"label\":\"2001:db8::5\"}]");
    b.policy = STR("impossible_travel");
    c.severity = SEVERITY_LOW;
    c.source = ALERT_POLICY;
    put(&a, alice, 1, true);
    put(&b, both, 2, true);
    put(&c, NULL, 0, true);
    struct alert_close close = {.resolution = RESOLUTION_BENIGN, .reason = 4, .by = STR("ada"), .now = 777};
    assert_int_equal(tab_alerts_close(kept.db, str_of(c.id), &close), 0);
}

static void alerts_by_every_field(void **state)
{
    (void)state;
    make_alerts();
    assert_int_equal(with(FIELD_ALERT_ENTITY, MATCH_EQ, number(40), false), 1);
    assert_int_equal(with(FIELD_ALERT_USER, MATCH_EQ, number(40), false), 0);
    assert_int_equal(with(FIELD_ALERT_USER, MATCH_EQ, number(7), false), 2);
    assert_int_equal(with(FIELD_ALERT_USER, MATCH_EQ, number(7), true), 1);
    assert_int_equal(with(FIELD_ALERT_USER, MATCH_DIFFERS, number(7), false), 1);
    assert_int_equal(with(FIELD_ALERT_USER, MATCH_EQ, number(0), false), 0);
    assert_int_equal(with(FIELD_ALERT_IP, MATCH_EQ, text("10.1.2.3"), false), 1);
    assert_int_equal(with(FIELD_ALERT_IP, MATCH_EQ, text("10.0.0.0/8"), false), 1);
    assert_int_equal(with(FIELD_ALERT_IP, MATCH_EQ, text("10.2.0.0/16"), false), 0);
    assert_int_equal(with(FIELD_ALERT_IP, MATCH_EQ, text("10.1.2.2/31"), false), 1);
    assert_int_equal(with(FIELD_ALERT_IP, MATCH_EQ, text("2001:db8::/32"), false), 1);
    assert_int_equal(with(FIELD_ALERT_IP, MATCH_EQ, text("10.1."), false), 1);
    assert_int_equal(with(FIELD_ALERT_IP, MATCH_STARTS, text("10."), true), 2);
    assert_int_equal(with(FIELD_ALERT_IP, MATCH_SET, text(""), false), 2);
    assert_int_equal(with(FIELD_ALERT_SERVICE, MATCH_EQ, number(11161), false), 1);
    assert_int_equal(with(FIELD_ALERT_INSTANCE, MATCH_EQ, number(0), false), 3);
    assert_int_equal(with(FIELD_ALERT_POLICY, MATCH_EQ, text("2006"), false), 2);
    assert_int_equal(with(FIELD_ALERT_FILE, MATCH_EQ, text("Plan.xlsx"), false), 1);
    assert_int_equal(with(FIELD_ALERT_OPEN, MATCH_EQ, number(1), false), 2);
    assert_int_equal(with(FIELD_ALERT_SEVERITY, MATCH_EQ, number(2), false), 1);
    assert_int_equal(with(FIELD_ALERT_SEVERITY, MATCH_EQ, number(3), false), 1);
    assert_int_equal(with(FIELD_ALERT_SEVERITY, MATCH_EQ, number(0), false), 1);
    assert_int_equal(with(FIELD_ALERT_RESOLUTION, MATCH_EQ, number(4), false), 1);
    assert_int_equal(with(FIELD_ALERT_READ, MATCH_EQ, number(0), false), 3);
    assert_int_equal(with(FIELD_ALERT_DATE, MATCH_RANGE, (struct filter_value){.from = 3 * TIME_HOUR, .to = INT64_MAX}, false), 2);
    assert_int_equal(with(FIELD_ALERT_RESOLVED, MATCH_RANGE, (struct filter_value){.from = INT64_MIN, .to = 1000}, false), 1);
    assert_int_equal(with(FIELD_ALERT_TYPE, MATCH_EQ, number(2002), false), 1);
    assert_int_equal(with(FIELD_ALERT_ID, MATCH_EQ, text("000000000000000000000002"), false), 1);
    assert_int_equal(with(FIELD_ALERT_SOURCE, MATCH_EQ, text("policy"), false), 1);
    assert_int_equal(with(FIELD_ALERT_CATEGORY, MATCH_CONTAINS, text("DOMINANCE"), false), 3);
    assert_int_equal(with(FIELD_ALERT_TEXT, MATCH_TEXT, text("attack  plan.XLSX"), false), 1);
    assert_int_equal(with(FIELD_ALERT_TEXT, MATCH_TEXT, text("attack nothing"), false), 0);
}

static void alerts_sorted_and_paged(void **state)
{
    struct alert_query q = {.limit = 2};
    struct listed l = {0};
    bool more = false;
    (void)state;
    make_alerts();
    assert_int_equal(tab_alerts_query(kept.db, &q, list, &l, &more), 0);
    assert_true(l.n == 2 && more && strcmp(l.ids[0], "000000000000000000000003") == 0);
    q.skip = 2;
    assert_int_equal(tab_alerts_query(kept.db, &q, list, &l, &more), 0);
    assert_true(l.n == 3 && !more && strcmp(l.ids[2], "000000000000000000000001") == 0);
    q = (struct alert_query){.limit = 10, .sort = ALERT_BY_SEVERITY, .ascending = true};
    l.n = 0;
    assert_int_equal(tab_alerts_query(kept.db, &q, list, &l, &more), 0);
    assert_true(strcmp(l.ids[0], "000000000000000000000002") == 0 && strcmp(l.ids[2], "000000000000000000000001") == 0);
}

static void closed_ones_age_out(void **state)
{
    uint64_t gone = 99;
    char ids[4][25];
    uint8_t activity[16] = {1, (uint8_t)2003};
    size_t n;
    (void)state;
    make_alerts();
    assert_int_equal(tab_alerts_expire(kept.db, 2 * TIME_HOUR, &gone), 0);
    assert_int_equal(gone, 0);
    assert_int_equal(tab_alerts_expire(kept.db, TIME_DAY, &gone), 0);
    assert_int_equal(gone, 1); /* open ones stay, however old */
    assert_int_equal(tab_alerts_with(kept.db, NULL, activity, ids, 4, &n), 0);
    assert_int_equal(n, 0); /* with all that belongs to it */
}

static void too_much_is_refused(void **state)
{
    static struct filter_value many[20000];
    struct filter_term t = {.field = FIELD_ALERT_TEXT, .match = MATCH_CONTAINS, .values = many, .n = 600};
    struct filter f = {&t, 1};
    uint64_t n = 7;
    (void)state;
    for (size_t i = 0; i < 20000; i++)
        many[i].text = STR("x");
    assert_int_equal(tab_alerts_count(kept.db, &f, NULL, &n), ERR_LIMIT);
    t.match = MATCH_EQ;
    t.n = 20000;
    assert_int_equal(tab_alerts_count(kept.db, &f, NULL, &n), ERR_LIMIT);
    t.n = 9000;
    assert_int_equal(tab_alerts_count(kept.db, &f, NULL, &n), 0);
    assert_int_equal(n, 0);
}

/* ---- inputs ---- */

struct order {
    uint32_t number[8];
    size_t n;
};

static int list_input(void *owner, const struct stored_input *in)
{
    struct order *o = owner;
    o->number[o->n++] = in->number;
    return 0;
}

static void inputs_wait_and_are_done(void **state)
{
    struct stored_input in = {.name = STR("Security.evtx"), .path = STR("received/1"), .by = STR("ada"), .received = 5, .done = TIME_NONE}, back;
    uint32_t a, b, c;
    struct order o = {0};
    uint64_t n;
    (void)state;
    assert_int_equal(tab_inputs_add(kept.db, &in, &a) | tab_inputs_add(kept.db, &in, &b) | tab_inputs_add(kept.db, &in, &c), 0);
    assert_true(a < b && b < c);
    assert_int_equal(tab_inputs_each(kept.db, INPUT_WAITING, 0, 2, list_input, &o), 0);
    assert_true(o.n == 2 && o.number[0] == a && o.number[1] == b);
    struct stored_input done = {.number = b, .state = INPUT_FAILED, .done = 9, .format = STR("evtx"), .records = 4, .faults = 1, .first_fault = STR("record 3: short")};
    assert_int_equal(tab_inputs_done(kept.db, &done), 0);
    assert_int_equal(tab_inputs_get(kept.db, &kept.arena, b, &back), 0);
    assert_true(back.state == INPUT_FAILED && back.records == 4 && back.done == 9 && back.received == 5 && str_eq(back.name, in.name));
    assert_true(str_eq(back.first_fault, done.first_fault));
    o.n = 0;
    assert_int_equal(tab_inputs_each(kept.db, -1, 0, 8, list_input, &o), 0);
    assert_true(o.n == 3 && o.number[0] == c);
    assert_int_equal(tab_inputs_count(kept.db, INPUT_WAITING, &n), 0);
    assert_int_equal(n, 2);
    done.number = 99;
    assert_int_equal(tab_inputs_done(kept.db, &done), ERR_NOT_FOUND);
    assert_int_equal(tab_inputs_get(kept.db, &kept.arena, 99, &back), ERR_NOT_FOUND);
}

static void there_after_opening_again(void **state)
{
    struct stored_entity e = person(1, "Anna", 1), back;
    (void)state;
    assert_int_equal(tab_entities_put(kept.db, &e), 0);
    db_close(kept.db);
    assert_int_equal(db_open(kept.folder, &kept.db), 0);
    assert_int_equal(tab_entities_get(kept.db, &kept.arena, 1, &back), 0);
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, open_db, close_db)

int main(void)
{
    const struct CMUnitTest tests[] = {EACH(entities_come_back),
                                       EACH(found_by_any_spelling),
                                       EACH(aliases_lead_to_the_lower_number),
                                       EACH(members_at_any_depth),
                                       EACH(people_sorted_and_paged),
                                       EACH(people_by_every_field),
                                       EACH(receipts_add_up),
                                       EACH(decisions_stay),
                                       EACH(ground_lost),
                                       EACH(views_hide),
                                       EACH(alerts_by_every_field),
                                       EACH(alerts_sorted_and_paged),
                                       EACH(closed_ones_age_out),
                                       EACH(too_much_is_refused),
                                       EACH(inputs_wait_and_are_done),
                                       EACH(there_after_opening_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
