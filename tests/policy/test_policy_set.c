/* tests/policy/test_policy_set.c - activity policies fed with activities: single, repeated, apps, unique values, limits, and once more. */
#include "policy/policy_set.h"

#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define T0 (time_parse(STR("2026-01-10T00:00:00Z")))

static char folder[] = "/tmp/vigie-pset-XXXXXX";
static struct db *db;
static struct arena arena;

static int start(void **state)
{
    (void)state;
    arena_init(&arena, 65536, 1u << 26);
    return mkdtemp(folder) ? db_open(folder, &db) : -1;
}

static int stop(void **state)
{
    char command[96];
    (void)state;
    db_close(db);
    arena_free(&arena);
    (void)snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* ---- activities ---- */

struct acted {
    struct actlog_row row;
    struct object object;
};

static const struct actlog_row *act(struct acted *a, unsigned n, const char *who, enum kind kind, const char *app, const char *file)
{
    *a = (struct acted){.row = {.number = n + 1, .created = T0 + (int64_t)n * TIME_SECOND + TIME_HOUR}};
    struct activity *x = &a->row.activity;
    const struct str parts[] = {str_of(who), {(const char *)&n, sizeof n}};
    hash_id(x->id, parts, 2);
    x->time = T0 + (int64_t)n * TIME_SECOND;
    x->kind = kind;
    x->app = str_of(app);
    x->actor.name = str_of(who);
    x->actor_entity = who[0] == 'a' ? 1 : who[0] == 'b' ? 2 : 0;
    if (file) {
        a->object = (struct object){.type = OBJECT_FILE, .role = ROLE_TARGET, .ref = {.name = str_of(file)}};
        x->objects = &a->object;
        x->nobjects = 1;
    }
    return &a->row;
}

/* ---- what is raised ---- */

struct raised {
    unsigned alerts, matches;
    char ids[64][25];
    uint32_t users[64];
    size_t evidence[64];
    struct buf descriptions;
};

static int raise_one(void *owner, const struct stored_alert *a, const uint32_t *users, size_t nusers, const struct stored_evidence *e, size_t ne)
{
    struct raised *r = owner;
    assert_true(r->alerts < 64 && ne > 0 && e[0].time == a->start && a->source == ALERT_POLICY && a->start <= a->end);
    assert_non_null(jin_embedded(&arena, a->parties));
    memcpy(r->ids[r->alerts], a->id, 25);
    r->users[r->alerts] = nusers ? users[0] : 0;
    r->evidence[r->alerts++] = ne;
    buf_str(&r->descriptions, a->description);
    return 0;
}

static int match_one(void *owner, struct str policy, const struct actlog_row *row)
{
    struct raised *r = owner;
    r->matches++;
    return tab_policies_matched(db, policy, row->activity.id, row->activity.time);
}

static struct policy_set *compiled(struct stored_policy p)
{
    const struct filter_sources from = {.db = db};
    struct policy_set *s;
    unsigned broken;
    p.id = STR("0123456789abcdef01234567");
    p.name = STR("Test");
    p.type = POLICY_ACTIVITY;
    p.severity = SEVERITY_LOW;
    p.category = STR("threat detection");
    p.created = p.changed = T0;
    p.enabled = true;
    (void)tab_policies_drop(db, p.id);
    assert_int_equal(tab_policies_add(db, &p), 0);
    assert_int_equal(policy_set_open(&from, T0, &s, &broken), 0);
    assert_int_equal(broken, 0);
    return s;
}

/* Feeds one line per activity: second, who, kind, app, file. */
struct line {
    unsigned second;
    const char *who;
    enum kind kind;
    const char *app, *file;
};

static struct raised feed(struct stored_policy p, const struct line *lines, size_t n)
{
    static struct raised r;
    const struct policy_sink sink = {&r, match_one, raise_one};
    struct policy_set *s = compiled(p);
    buf_free(&r.descriptions);
    r = (struct raised){.alerts = 0};
    for (size_t i = 0; i < n; i++) {
        struct acted a;
        assert_int_equal(policies_see(s, act(&a, lines[i].second, lines[i].who, lines[i].kind, lines[i].app, lines[i].file), &sink), 0);
    }
    policy_set_close(s);
    return r;
}

#define DOWN KIND_FILE_DOWNLOAD
#define N(lines) sizeof(lines) / sizeof *(lines)

static void single(void **state)
{
    static const struct line lines[] = {
        {1, "alice", DOWN, "OneDrive", "a"}, {2, "bob", KIND_FILE_VIEW, "OneDrive", "a"}, {3, "carol", DOWN, "OneDrive", "b"}};
    (void)state;
    const struct stored_policy p = {.filters = STR("actionType:\"file downloaded\"")};
    struct raised first = feed(p, lines, N(lines)), again;
    assert_true(first.alerts == 2 && first.matches == 2 && first.users[0] == 1 && first.users[1] == 0);
    assert_true(str_has(buf_view(&first.descriptions), STR("alice: file downloaded in OneDrive")));
    again = feed(p, lines, N(lines));
    assert_memory_equal(again.ids, first.ids, sizeof first.ids); /* analysed again: the same alerts */
    assert_string_not_equal(first.ids[0], first.ids[1]);
}

static void repeated(void **state)
{
    static const struct line lines[] = {{0, "alice", DOWN, "OneDrive", "a"},   {30, "alice", DOWN, "Box", "b"},
                                        {40, "bob", DOWN, "OneDrive", "a"},    {50, "alice", DOWN, "OneDrive", "c"},
                                        {200, "alice", DOWN, "OneDrive", "d"}, {210, "alice", DOWN, "OneDrive", "e"},
                                        {261, "alice", DOWN, "OneDrive", "f"}};
    struct stored_policy p = {.filters = STR("actionType:\"file downloaded\""), .match = POLICY_REPEATED, .count = 3, .minutes = 1};
    (void)state;
    struct raised r = feed(p, lines, N(lines));
    assert_true(r.alerts == 1 && r.evidence[0] == 3 && r.users[0] == 1 && r.matches == 7); /* 200, 210, 261 are too far apart */
    p.same_app = true;
    r = feed(p, lines, N(lines));
    assert_int_equal(r.alerts, 0);
    p.count = 2;
    r = feed(p, lines, N(lines));
    assert_int_equal(r.alerts, 2); /* 0+50; 200+210; then 261 stands alone */
}

static void unique_values(void **state)
{
    static const struct line lines[] = {{0, "alice", DOWN, "Box", "a"}, {1, "alice", DOWN, "Box", "a"},  {2, "alice", DOWN, "Box", "A"},
                                        {3, "alice", DOWN, "Box", "b"}, {4, "alice", DOWN, "Box", NULL}, {5, "alice", DOWN, "Box", "c"}};
    struct stored_policy p = {
        .filters = STR("actionType:\"file downloaded\""), .match = POLICY_REPEATED, .count = 3, .minutes = 1, .unique = STR("fileSelector")};
    (void)state;
    struct raised r = feed(p, lines, N(lines));
    assert_true(r.alerts == 1 && r.evidence[0] == 3);
    r = feed(p, lines, N(lines) - 1);
    assert_int_equal(r.alerts, 0); /* two different files only */
}

static void later_only(void **state)
{
    static const struct line lines[] = {{10, "alice", DOWN, "Box", "a"}, {20, "alice", DOWN, "Box", "b"}};
    (void)state;
    struct raised r =
        feed((struct stored_policy){.filters = STR("actionType:\"file downloaded\""), .since = T0 + 15 * TIME_SECOND + TIME_HOUR}, lines, N(lines));
    assert_true(r.alerts == 1 && r.matches == 1);
}

static void daily_limit(void **state)
{
    struct line lines[20];
    (void)state;
    for (unsigned i = 0; i < 20; i++)
        lines[i] = (struct line){i < 15 ? i : 86400 + i, "alice", DOWN, "Box", "a"};
    struct raised r = feed((struct stored_policy){.filters = STR("actionType:\"file downloaded\""), .daily_limit = 3}, lines, 20);
    assert_true(r.alerts == 6 && r.matches == 20); /* three of each day */
}

static void exclusions(void **state)
{
    static const struct line lines[] = {
        {1, "alice", DOWN, "Box", "a"}, {2, "bob", DOWN, "Box", "a"}, {100, "bob", DOWN, "Box", "a"}, {101, "carol", DOWN, "Box", "a"}};
    const struct filter_sources from = {.db = db};
    struct raised r = {.alerts = 0};
    const struct policy_sink sink = {&r, match_one, raise_one};
    struct policy_set *s;
    unsigned broken;
    (void)state;
    policy_set_close(compiled((struct stored_policy){.filters = STR("actionType:\"file downloaded\"")}));
    const struct str id = STR("0123456789abcdef01234567");
    assert_int_equal(tab_policies_exclude(db, id, STR("ALICE"), TIME_NONE, STR("ada")), 0);
    assert_int_equal(tab_policies_exclude(db, id, STR("bob"), T0 + 50 * TIME_SECOND, STR("ada")), 0);
    assert_int_equal(policy_set_open(&from, T0, &s, &broken), 0);
    for (size_t i = 0; i < N(lines); i++) {
        struct acted a;
        assert_int_equal(policies_see(s, act(&a, lines[i].second, lines[i].who, lines[i].kind, lines[i].app, lines[i].file), &sink), 0);
    }
    policy_set_close(s);
    assert_true(r.alerts == 2 && r.matches == 2 && r.users[0] == 2 && r.users[1] == 0); /* bob, when it was over, and carol */
    buf_free(&r.descriptions);
}

static void broken_is_left_out(void **state)
{
    const struct filter_sources from = {.db = db};
    struct policy_set *s;
    unsigned broken = 0;
    (void)state;
    (void)tab_policies_drop(db, STR("0123456789abcdef01234567"));
    const struct stored_policy bad = {
        .id = STR("bad"), .type = POLICY_ACTIVITY, .name = STR("b"), .enabled = true, .filters = STR("nofield:x"), .created = T0, .changed = T0};
    assert_int_equal(tab_policies_add(db, &bad), 0);
    assert_int_equal(policy_set_open(&from, T0, &s, &broken), 0);
    assert_int_equal(broken, 1);
    policy_set_close(s);
    assert_int_equal(tab_policies_drop(db, STR("bad")), 0);
}

static void preview(void **state)
{
    const struct filter_sources from = {.db = db};
    const struct actlog_view all = {.cloud = true, .joined = UINT64_MAX};
    struct actlog *log;
    struct policy_preview n;
    struct filter_error e;
    char why[256];
    bool stored;
    (void)state;
    assert_int_equal(actlog_open(folder, &log, why), 0);
    for (unsigned i = 0; i < 100; i++) {
        struct acted a;
        assert_int_equal(actlog_add(log, &act(&a, i * 10, "alice", i & 1 ? DOWN : KIND_FILE_VIEW, "Box", "a")->activity, T0, &stored), 0);
        assert_true(stored);
    }
    assert_int_equal(actlog_commit(log), 0);
    struct stored_policy p = {.name = STR("x"),
                              .severity = SEVERITY_LOW,
                              .filters = STR("actionType:\"file downloaded\""),
                              .match = POLICY_REPEATED,
                              .count = 10,
                              .minutes = 5,
                              .since = INT64_MAX};
    struct preview_query q = {&from, log, &all, &p, T0, T0 + TIME_DAY};
    assert_int_equal(policy_preview(&arena, &q, &n, &e), 0);
    assert_true(n.activities == 50 && n.alerts == 5);
    q.since = T0 + 500 * TIME_SECOND;
    assert_int_equal(policy_preview(&arena, &q, &n, &e), 0);
    assert_int_equal(n.activities, 25);
    p.filters = STR("nofield:x");
    assert_int_equal(policy_preview(&arena, &q, &n, &e), ERR_MALFORMED);
    assert_true(str_eq(e.value, STR("nofield")));
    actlog_close(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(single),      cmocka_unit_test(repeated),   cmocka_unit_test(unique_values),      cmocka_unit_test(later_only),
        cmocka_unit_test(daily_limit), cmocka_unit_test(exclusions), cmocka_unit_test(broken_is_left_out), cmocka_unit_test(preview)};
    return cmocka_run_group_tests(tests, start, stop);
}
