/* tests/support/verdict.h - what a replay of one fixture must have raised, in one row. */
#ifndef VIGIE_TESTS_SUPPORT_VERDICT_H
#define VIGIE_TESTS_SUPPORT_VERDICT_H

#include "tests/support/replay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

struct verdict {
    enum severity severity;
    const char *user;        /* that the alert concerns, NULL = not checked */
    const char *source;      /* address, NULL = none may be given */
    const char *destination; /* begins with, case folded; NULL = not checked */
    unsigned evidence;       /* pieces, 0 = not checked */
    const char *says;        /* the description contains; NULL = not checked */
};

static inline void verdict_none(const char *only, const char *fixture, const struct replay_setup *setup)
{
    struct replay_result r;
    replay(only, fixture, setup, &r);
    if (r.n)
        fail_msg("%s in %s raised: %.*s", only, fixture, STR_ARG(r.alerts[0]->description));
    replay_free(&r);
}

static inline void verdict_alert(const struct replay_result *r, const struct alert *a, const struct verdict *e)
{
    char text[IP_TEXT];
    assert_int_equal(a->severity, e->severity);
    if (e->user && !replay_concerns(r, a, e->user))
        fail_msg("%s is not concerned: %.*s", e->user, STR_ARG(a->description));
    if (e->source)
        assert_true(str_eq(ip_text(&a->source.ip, text), str_of(e->source)));
    else
        assert_false(ip_set(&a->source.ip));
    if (e->destination && !str_startsi(a->destination.name, str_of(e->destination)))
        fail_msg("destination is %.*s", STR_ARG(a->destination.name));
    if (e->evidence)
        assert_int_equal(a->nevidence, e->evidence);
    for (unsigned i = 1; i < a->nevidence; i++)
        assert_true(a->evidence[i - 1].time <= a->evidence[i].time);
    if (e->says && !str_has(a->description, str_of(e->says)))
        fail_msg("\"%s\" is not in: %.*s", e->says, STR_ARG(a->description));
}

/* Exactly one alert, and this one. */
static inline void verdict_one(const char *only, const char *fixture, const struct replay_setup *setup, const struct verdict *e)
{
    struct replay_result r;
    replay(only, fixture, setup, &r);
    if (r.n != 1)
        fail_msg("%s in %s raised %zu alerts", only, fixture, r.n);
    verdict_alert(&r, r.alerts[0], e);
    replay_free(&r);
}

#endif
