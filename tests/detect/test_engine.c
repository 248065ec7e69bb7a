/* tests/detect/test_engine.c - campaigns, evidence, settings, exclusions, blindness: what the engine does for all detections. */
#include "detect/engine.h"
#include "directory/dir_build.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* Uses detection 2014 (honeytoken): it raises on each authentication of a tagged account. */
static struct dir *directory(void)
{
    struct dir_tag tags[] = {{STR("CORP\\trap"), ENTITY_HONEYTOKEN}, {STR("CORP\\lure"), ENTITY_HONEYTOKEN}};
    struct dir_learner *l = dir_learner_new();
    struct dir *d;
    assert_int_equal(dir_build(&d, &l, 1, NULL, tags, 2), 0);
    dir_learner_free(l);
    return d;
}

static struct engine *engine(const struct dir *d, struct engine_options o)
{
    static struct str only = {"2014", 4};
    struct engine *e = NULL;
    struct str what;
    o.only = &only;
    o.nonly = 1;
    assert_int_equal(engine_open(&e, d, &o, &what), 0);
    return e;
}

static void see(struct engine *e, const struct dir *d, const char *who, int n, const char *ip)
{
    struct activity a = {.kind = KIND_NETWORK_LOGON, .outcome = OUTCOME_SUCCESS, .time = n * TIME_MINUTE, .origin = {.record = (uint64_t)n}};
    memcpy(a.id, &n, sizeof n);
    a.actor = (struct account){.name = str_of(who), .domain = STR("CORP")};
    a.destination = STR("FS1");
    assert_true(ip_parse(str_of(ip), &a.ip, NULL));
    dir_resolve(d, &a);
    engine_see(e, &a);
}

static void campaigns(void **state)
{
    struct dir *d = directory();
    struct engine *e = engine(d, (struct engine_options){0});
    const struct alert *const *alerts;
    (void)state;
    for (int n = 1; n <= 100; n++)
        see(e, d, "trap", n, "10.0.0.1");
    see(e, d, "lure", 101, "10.0.0.1");
    see(e, d, "alice", 102, "10.0.0.1");
    for (int n = 0; n < 2; n++)
        see(e, d, "trap", 20000 + n, "10.0.0.1"); /* two weeks later */
    engine_end(e);
    size_t n = engine_alerts(e, &alerts);
    size_t traps = 0;
    for (size_t i = 0; i < n; i++)
        traps += dir_entity(d, alerts[i]->users[0])->sam.p[0] == 't';
    assert_int_equal(traps, 2);
    const struct alert *a = alerts[0];
    assert_int_equal(a->count, 100);
    assert_true(a->start == 1 * TIME_MINUTE && a->end == 100 * TIME_MINUTE);
    assert_int_equal(a->nevidence, ALERT_EVIDENCE);
    for (unsigned i = 1; i < a->nevidence; i++)
        assert_true(a->evidence[i - 1].time < a->evidence[i].time);
    assert_int_equal(a->evidence[0].origin.record, 1); /* the first and the latest */
    assert_int_equal(a->evidence[ALERT_EVIDENCE - 1].origin.record, 100);
    assert_int_equal(strlen(a->id), 24);
    for (size_t i = 1; i < n; i++)
        assert_string_not_equal(alerts[i]->id, alerts[i - 1]->id);
    engine_close(e);
    dir_free(d);
}

static void exclusions(void **state)
{
    struct dir *d = directory();
    static const struct {
        const char *which, *name;
        size_t raised;
    } rows[] = {{"2014", "trap", 0}, {"2014", "10.0.0.1", 0}, {"*", "trap", 0}, {"2014", "CORP\\trap", 0}, {"2006", "trap", 1}, {"2014", "lure", 1}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct engine_setting x = {str_of(rows[i].which), str_of(rows[i].name), 0};
        struct engine *e = engine(d, (struct engine_options){.exclusions = &x, .nexclusions = 1});
        const struct alert *const *alerts;
        see(e, d, "trap", 1, "10.0.0.1");
        engine_end(e);
        assert_int_equal(engine_alerts(e, &alerts), rows[i].raised);
        engine_close(e);
    }
    dir_free(d);
}

static void settings_are_checked(void **state)
{
    struct dir *d = directory();
    struct str what, unknown = STR("1999");
    struct engine *e;
    struct engine_setting bad = {STR("2023"), STR("no_such_parameter"), 1};
    (void)state;
    struct engine_options o = {.only = &unknown, .nonly = 1};
    assert_int_equal(engine_open(&e, d, &o, &what), ERR_USAGE);
    assert_true(str_eq(what, unknown));
    o = (struct engine_options){.params = &bad, .nparams = 1};
    assert_int_equal(engine_open(&e, d, &o, &what), ERR_USAGE);
    assert_true(str_eq(what, bad.name));
    dir_free(d);
}

static void blindness(void **state)
{
    struct dir *d = directory();
    struct str only[] = {STR("2006"), STR("2014")}, what;
    struct engine_options o = {.only = only, .nonly = 2};
    struct engine *e;
    const struct detector *which;
    const char *missing;
    (void)state;
    assert_int_equal(engine_open(&e, d, &o, &what), 0);
    see(e, d, "alice", 1, "10.0.0.1");
    engine_end(e);
    assert_true(engine_blind(e, 0, &which, &missing));
    assert_int_equal(which->external_id, 2006);
    assert_non_null(missing);
    assert_false(engine_blind(e, 1, &which, &missing));
    engine_close(e);
    dir_free(d);
}

/* Every detection is complete enough to be explained. */
static void definitions(void **state)
{
    (void)state;
    for (const struct detector *const *p = detectors; *p; p++) {
        const struct detector *d = *p;
        assert_true((d->external_id != 0) != (d->policy != NULL));
        assert_true(d->name && d->about && d->blind && d->wants && d->see);
        assert_true(strlen(d->about) > 40);
        assert_true(d->severity != SEVERITY_DEFAULT);
        assert_non_null(d->attack[0]);
        for (unsigned i = 0; d->params && d->params[i].name; i++)
            assert_true(d->params[i].about && d->params[i].about[0] && strchr(".", d->params[i].about[strlen(d->params[i].about) - 1]));
        for (const struct detector *const *q = detectors; q < p; q++) {
            assert_true(d->external_id == 0 || (*q)->external_id != d->external_id);
            assert_true(!d->policy || !(*q)->policy || strcmp((*q)->policy, d->policy) != 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(campaigns), cmocka_unit_test(exclusions), cmocka_unit_test(settings_are_checked),
                                       cmocka_unit_test(blindness), cmocka_unit_test(definitions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
