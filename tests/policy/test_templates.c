/* tests/policy/test_templates.c - every template is a policy that could be saved, every suggestion a filter; saved queries. */
#include "policy/activity_policy.h"
#include "policy/detection_policy.h"
#include "policy/templates.h"
#include "store/tab_queries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;

static void templates(void **state)
{
    unsigned n = 0;
    (void)state;
    arena_init(&arena, 65536, 1u << 24);
    for (const struct policy_template *t = policy_templates; t->id; t++, n++) {
        struct buf out = {0};
        struct jout j = jout_to(&out);
        template_json(t, n & 1 ? FRENCH : ENGLISH, &j);
        const struct jnode *doc = jin_embedded(&arena, buf_view(&out));
        assert_non_null(doc);
        struct policy_change c = {.arena = &arena, .doc = doc, .body = doc, .by = STR("ada"), .now = 1};
        struct stored_policy p = policy_new(STR("ada"), 1);
        if (policy_change(&c, &p) != 0)
            fail_msg("%s: %s '%.*s'", t->id, c.error.why, STR_ARG(c.error.value));
        assert_true(str_eq(p.name, str_of(t->name[n & 1])) && p.match == t->match && p.severity == t->severity);
        assert_true(p.match == POLICY_SINGLE || (p.count == t->count && p.minutes == t->minutes && p.same_app == t->same_app));
        assert_true(str_eq(p.category, category_text(t->category)));
        for (int l = 0; l < 2; l++)
            assert_true(t->name[l] && t->about[l]);
        assert_true(strcmp(t->name[0], t->name[1]) != 0);
        buf_free(&out);
    }
    assert_true(n >= 5);
    arena_free(&arena);
}

/* Names of kinds in filters are names of kinds. */
static void kinds_exist(void **state)
{
    (void)state;
    arena_init(&arena, 65536, 1u << 24);
    for (const struct policy_template *t = policy_templates; t->id; t++) {
        struct filter f;
        struct filter_parser p = {.arena = &arena, .noun = FILTER_ACTIVITIES};
        assert_int_equal(filter_parse_text(&p, str_of(t->filters), &f), 0);
        for (unsigned i = 0; i < f.n; i++)
            for (unsigned k = 0; f.terms[i].field == FIELD_ACTIVITY_KIND && f.terms[i].match == MATCH_EQ && k < f.terms[i].n; k++)
                if (kind_of(f.terms[i].values[k].text) == KIND_UNKNOWN)
                    fail_msg("%s: %.*s", t->id, STR_ARG(f.terms[i].values[k].text));
    }
    for (const struct suggested_query *s = suggested_queries; s->id; s++) {
        struct filter f;
        struct filter_parser p = {.arena = &arena, .noun = FILTER_ACTIVITIES};
        assert_int_equal(filter_parse_text(&p, str_of(s->filters), &f), 0);
        assert_int_equal(f.n, 1);
    }
    arena_free(&arena);
}

struct seen {
    struct buf names;
};

static int see(void *owner, const struct stored_query *q)
{
    struct seen *s = owner;
    buf_fmt(&s->names, "%.*s=%.*s%s ", STR_ARG(q->name), STR_ARG(q->filters), q->shared ? "!" : "");
    return 0;
}

static void are(struct db *db, enum filter_noun noun, const char *by, const char *names)
{
    struct seen s = {{0}};
    assert_int_equal(tab_queries_each(db, noun, str_of(by), see, &s), 0);
    assert_true(str_eq(buf_view(&s.names), str_of(names)));
    buf_free(&s.names);
}

static void saved(void **state)
{
    char folder[] = "/tmp/vigie-queries-XXXXXX", path[64];
    struct db *db;
    int64_t id, again;
    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(db_open(folder, &db), 0);
    struct stored_query q = {.noun = FILTER_ACTIVITIES, .name = STR("b"), .filters = STR("{}"), .by = STR("ada"), .saved = 1};
    assert_int_equal(tab_queries_save(db, &q, &id), 0);
    q.filters = STR("user:x");
    assert_int_equal(tab_queries_save(db, &q, &again), 0);
    assert_true(id == again);
    q = (struct stored_query){.noun = FILTER_ACTIVITIES, .name = STR("a"), .filters = STR("y"), .by = STR("bob"), .shared = true, .saved = 1};
    assert_int_equal(tab_queries_save(db, &q, &again), 0);
    are(db, FILTER_ACTIVITIES, "ada", "a=y! b=user:x ");
    are(db, FILTER_ACTIVITIES, "eve", "a=y! ");
    are(db, FILTER_ALERTS, "ada", "");
    assert_int_equal(tab_queries_drop(db, again, STR("ada")), ERR_NOT_FOUND); /* bob's */
    assert_int_equal(tab_queries_drop(db, again, STR("bob")), 0);
    are(db, FILTER_ACTIVITIES, "eve", "");
    db_close(db);
    (void)snprintf(path, sizeof path, "%s/vigie.db", folder);
    (void)unlink(path);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(templates), cmocka_unit_test(kinds_exist), cmocka_unit_test(saved)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
