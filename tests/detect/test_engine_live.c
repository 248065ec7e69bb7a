/* tests/detect/test_engine_live.c - an engine without an end: what changed, what was forgotten, who is in scope, windows that close by time. */
#include "tests/support/replay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Detection 2014 (honeytoken) raises on each authentication of a tagged account. */
static const struct dir_tag tags[] = {{{"CORP\\trap", 9}, ENTITY_HONEYTOKEN}, {{"CORP\\lure", 9}, ENTITY_HONEYTOKEN}, {{"CORP\\bait", 9}, ENTITY_HONEYTOKEN}};

static struct dir *directory(const struct dir_prior *prior, unsigned ntags)
{
    struct dir *d;
    assert_int_equal(dir_build_from(&d, &(struct dir_known){.tags = tags, .ntags = ntags, .prior = prior}), 0);
    return d;
}

static struct engine *open_engine(const struct dir *d, struct engine_options o)
{
    static const struct str only = {"2014", 4};
    struct engine *e = NULL;
    struct str what;
    o.only = &only;
    o.nonly = 1;
    assert_int_equal(engine_open(&e, d, &o, &what), 0);
    return e;
}

static void see(struct engine *e, const struct dir *d, const char *who, int minute)
{
    struct activity a = {.kind = KIND_NETWORK_LOGON, .outcome = OUTCOME_SUCCESS, .time = minute * TIME_MINUTE, .destination = STR("FS1")};
    memcpy(a.id, &minute, sizeof minute);
    a.actor = (struct account){.name = str_of(who), .domain = STR("CORP")};
    assert_true(ip_parse(STR("10.0.0.1"), &a.ip, NULL));
    dir_resolve(d, &a);
    engine_see(e, &a);
}

struct heard {
    char id[16][25];
    uint64_t count[16];
    size_t n, stop_at;
};

static int tell(void *owner, const struct alert *a)
{
    struct heard *t = owner;
    if (t->stop_at && t->n == t->stop_at)
        return 7;
    memcpy(t->id[t->n], a->id, sizeof a->id);
    t->count[t->n++] = a->count;
    return 0;
}

static void changes_are_told_once(void **state)
{
    struct dir *d = directory(NULL, 3);
    struct engine *e = open_engine(d, (struct engine_options){.live = true});
    struct heard t = {0};
    (void)state;
    see(e, d, "trap", 1);
    see(e, d, "trap", 2);
    see(e, d, "lure", 3);
    assert_int_equal(engine_changed(e, tell, &t), 0);
    assert_true(t.n == 2 && t.count[0] == 2 && t.count[1] == 1);
    assert_int_equal(engine_changed(e, tell, &t), 0);
    assert_int_equal(t.n, 2);
    see(e, d, "lure", 4);
    see(e, d, "trap", 5);
    see(e, d, "bait", 6);
    t.stop_at = 3;
    assert_int_equal(engine_changed(e, tell, &t), 7);
    assert_true(t.n == 3 && strcmp(t.id[2], t.id[1]) == 0 && t.count[2] == 2);
    t.stop_at = 0;
    assert_int_equal(engine_changed(e, tell, &t), 0); /* the rest */
    assert_true(t.n == 5 && strcmp(t.id[3], t.id[0]) == 0 && t.count[3] == 3);
    engine_close(e);
    dir_free(d);
}

static void forgotten_when_told(void **state)
{
    enum { DAY = 24 * 60 };
    struct dir *d = directory(NULL, 3);
    struct engine *e = open_engine(d, (struct engine_options){.live = true});
    const struct alert *const *all;
    struct heard t = {0};
    (void)state;
    see(e, d, "trap", 1);
    see(e, d, "lure", 2);
    assert_int_equal(engine_forget(e, 10 * TIME_DAY), 0); /* nobody knows of them yet */
    assert_int_equal(engine_changed(e, tell, &t), 0);
    see(e, d, "lure", 10 * DAY);
    see(e, d, "lure", 10 * DAY + 1);
    assert_int_equal(engine_forget(e, 10 * TIME_DAY), 2);
    assert_int_equal(engine_alerts(e, &all), 1);
    see(e, d, "lure", 10 * DAY + 2); /* goes on with the one that is left */
    see(e, d, "trap", 10 * DAY + 3);
    assert_int_equal(engine_alerts(e, &all), 2);
    assert_int_equal(all[0]->count, 3);
    t.n = 0;
    assert_int_equal(engine_changed(e, tell, &t), 0);
    assert_true(t.n == 2 && t.count[0] == 3 && t.count[1] == 1);
    for (int i = 0; i < 3000; i++) { /* months: nothing piles up */
        see(e, d, "trap", (20 + 2 * i) * DAY);
        t.n = 0;
        assert_int_equal(engine_changed(e, tell, &t), 0);
        (void)engine_forget(e, (10 + 2 * i) * TIME_DAY);
        assert_true(engine_alerts(e, &all) <= 8);
    }
    engine_close(e);
    dir_free(d);
}

static size_t raised_with(struct engine_scope scope)
{
    struct dir *d = directory(NULL, 2);
    const struct alert *const *all;
    scope.which = STR("2014");
    struct engine *e = open_engine(d, (struct engine_options){.scopes = &scope, .nscopes = 1});
    see(e, d, "trap", 1);
    see(e, d, "lure", 2);
    size_t n = engine_alerts(e, &all);
    engine_close(e);
    dir_free(d);
    return n;
}

static void only_who_is_in_scope(void **state)
{
    struct dir *d = directory(NULL, 2);
    uint32_t trap = dir_account(d, &(struct account){.name = STR("trap"), .domain = STR("CORP")});
    uint32_t both[] = {1, 2};
    struct engine_scope unknown = {.which = STR("9999")};
    struct engine *e;
    struct str what;
    (void)state;
    assert_int_equal(raised_with((struct engine_scope){0}), 2);
    assert_int_equal(raised_with((struct engine_scope){.include = &trap, .ninclude = 1}), 1);
    assert_int_equal(raised_with((struct engine_scope){.exclude = &trap, .nexclude = 1}), 1);
    assert_int_equal(raised_with((struct engine_scope){.exclude = both, .nexclude = 2}), 0);
    assert_int_equal(raised_with((struct engine_scope){.include = both, .ninclude = 2, .exclude = &trap, .nexclude = 1}), 1);
    assert_int_equal(engine_open(&e, d, &(struct engine_options){.scopes = &unknown, .nscopes = 1}, &what), ERR_USAGE);
    dir_free(d);
}

static void goes_on_with_a_new_directory(void **state)
{
    struct entity known[2];
    struct dir_prior prior = {.entities = known, .n = 2};
    struct dir *d = directory(NULL, 2);
    struct engine *e = open_engine(d, (struct engine_options){.live = true});
    const struct alert *const *all;
    (void)state;
    see(e, d, "trap", 1);
    for (uint32_t k = 1; k <= 2; k++)
        known[k - 1] = *dir_entity(d, k);
    struct dir *next = directory(&prior, 3);
    assert_int_equal(dir_count(next), 3);
    assert_int_equal(engine_directory(e, next), 0);
    dir_free(d);
    see(e, next, "trap", 2);
    see(e, next, "bait", 3);
    assert_int_equal(engine_alerts(e, &all), 2);
    assert_int_equal(all[0]->count, 2);
    assert_int_equal(all[1]->users[0], 3);
    engine_close(e);
    dir_free(next);
}

/* ---- what a scan decides at its end is decided as time passes ---- */

static bool has(const struct replay_result *r, const char *id)
{
    for (size_t i = 0; i < r->n; i++)
        if (strcmp(r->alerts[i]->id, id) == 0)
            return true;
    return false;
}

static size_t the_same_by_time(const char *which, const char *fixture, struct replay_setup setup, bool more)
{
    struct replay_result ended, live;
    replay(which, fixture, &setup, &ended);
    setup.live_hours = 9 * 24;
    replay(which, fixture, &setup, &live);
    for (size_t i = 0; i < ended.n; i++)
        assert_true(has(&live, ended.alerts[i]->id));
    if (!more)
        assert_int_equal(live.n, ended.n);
    size_t n = ended.n;
    replay_free(&ended);
    replay_free(&live);
    return n;
}

static void windows_close_by_time(void **state)
{
    static const char *const fixtures[][2] = {{"2008", "2008_attack"}, {"2008", "2008_benign"}, {"2008", "2008_domain"}, {"2008", "2008_rc4_domain"},
                                              {"2008", "2008_tool"}, {"2028", "2028_attack"}, {"2028", "2028_benign"}, {"golden_saml", "golden_saml_attack"},
                                              {"golden_saml", "golden_saml_benign"}, {"golden_saml", "golden_saml_controllers"}, {"golden_saml", "golden_saml_key"}};
    char path[96];
    size_t n = 0;
    (void)state;
    for (size_t i = 0; i < sizeof fixtures / sizeof *fixtures; i++) {
        (void)snprintf(path, sizeof path, "fixtures/detect/%s.ndjson", fixtures[i][1]);
        n += the_same_by_time(fixtures[i][0], path, (struct replay_setup){.learned = true, .dcs = {"DC1"}}, false);
    }
    assert_true(n >= 5);
    assert_true(the_same_by_time("inactive_account", "fixtures/detect/inactive_account_attack.ndjson", (struct replay_setup){0}, true) > 0);
    (void)the_same_by_time("inactive_account", "fixtures/detect/inactive_account_benign.ndjson", (struct replay_setup){0}, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(changes_are_told_once), cmocka_unit_test(forgotten_when_told),
                                       cmocka_unit_test(only_who_is_in_scope), cmocka_unit_test(goes_on_with_a_new_directory),
                                       cmocka_unit_test(windows_close_by_time)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
