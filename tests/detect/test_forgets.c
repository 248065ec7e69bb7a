/* tests/detect/test_forgets.c - what cannot count any more is forgotten: a long input needs no more memory than a short one. */
#include "detect/common.h"
#include "detect/engine.h"
#include "directory/dir_build.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct run {
    struct dir *dir;
    struct engine *engine;
    size_t before; /* bytes held when it began */
};

static size_t held(void)
{
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}

static struct run begin(const char *detection)
{
    struct run r;
    struct str only = str_of(detection), what;
    struct dir_learner *l = dir_learner_new();
    assert_int_equal(dir_build(&r.dir, &l, 1, NULL, NULL, 0), 0);
    dir_learner_free(l);
    assert_int_equal(engine_open(&r.engine, r.dir, &(struct engine_options){.only = &only, .nonly = 1}, &what), 0);
    r.before = held();
    return r;
}

/* Bytes that the detection has taken since. */
static size_t finish(struct run *r)
{
    size_t now = held();
    engine_close(r->engine);
    dir_free(r->dir);
    return now > r->before ? now - r->before : 0;
}

static struct activity logon(enum kind kind, const char *who, unsigned place, int64_t time)
{
    struct activity a = {.kind = kind, .outcome = OUTCOME_SUCCESS, .protocol = PROTO_KERBEROS, .time = time, .destination = STR("DC1")};
    a.actor = (struct account){.name = str_of(who), .domain = STR("CORP")};
    a.ip = ip_v4(0x0a000000u + place);
    return a;
}

static void tickets_past_their_use(void **state)
{
    struct run r = begin("2018");
    (void)state;
    for (unsigned i = 1; i <= 60000; i++) { /* one a second, and each counts for ten minutes */
        char guid[16];
        struct activity a = logon(KIND_RESOURCE_ACCESS, "alice", 7, i * TIME_SECOND);
        struct fact f = {.key = FACT_LOGON_GUID, .type = FACT_TYPE_STR, .s = {guid, (size_t)snprintf(guid, sizeof guid, "%u", i)}};
        a.facts = &f;
        a.nfacts = 1;
        engine_see(r.engine, &a);
    }
    assert_true(finish(&r) < 1u << 20);
}

static void stays_past_the_life_of_a_ticket(void **state)
{
    struct run r = begin("2018");
    (void)state;
    for (unsigned i = 1; i <= 60000; i++) { /* one a minute, and each counts for ten hours */
        struct activity a = logon(KIND_CREDENTIALS_VALIDATION, "alice", i, i * TIME_MINUTE);
        engine_see(r.engine, &a);
    }
    assert_true(finish(&r) < 256u << 10);
}

static void homes_of_long_ago(void **state)
{
    struct run r = begin("2017");
    (void)state;
    for (unsigned i = 0; i < 40000; i++) { /* one pair an hour, and each counts for thirty days */
        char who[8];
        (void)snprintf(who, sizeof who, "u%u", i / 200);
        struct activity a = logon(KIND_CREDENTIALS_VALIDATION, who, 1 + i % 200, (i + 1) * TIME_HOUR);
        engine_see(r.engine, &a);
    }
    assert_true(finish(&r) < 512u << 10);
}

static struct activity of_session(enum kind kind, unsigned number, char text[16], int64_t time)
{
    struct activity a = logon(kind, "alice", number, time);
    a.session = (struct str){text, (size_t)snprintf(text, 16, "%u", number)};
    return a;
}

static void sessions_that_ended(void **state)
{
    struct table t;
    char text[16];
    (void)state;
    common_sessions_init(&t);
    struct activity a = of_session(KIND_NETWORK_LOGON, 1, text, 0);
    common_sessions_learn(&t, &a); /* its logoff is never seen */
    for (unsigned i = 2; i < 60000; i++) {
        a = of_session(KIND_NETWORK_LOGON, i, text, i * TIME_SECOND);
        common_sessions_learn(&t, &a);
        a.kind = KIND_LOGOFF;
        common_sessions_learn(&t, &a);
        assert_non_null(common_sessions_find(&t, &a)); /* what it did may come later */
    }
    a = of_session(KIND_OBJECT_CHANGED, 1, text, 60000 * TIME_SECOND);
    assert_non_null(common_sessions_find(&t, &a));
    a = of_session(KIND_OBJECT_CHANGED, 59999 - 3600, text, 60000 * TIME_SECOND);
    assert_non_null(common_sessions_find(&t, &a));
    assert_true(t.room < 16384 && t.forgot == 0);
    table_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tickets_past_their_use), cmocka_unit_test(stays_past_the_life_of_a_ticket),
                                       cmocka_unit_test(homes_of_long_ago), cmocka_unit_test(sessions_that_ended)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
