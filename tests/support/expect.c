/* tests/support/expect.c - checks alerts against table rows. */
#include "tests/support/expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void check_endpoint(const char *what, const struct endpoint *e, const char *wanted)
{
    char text[IP_TEXT];
    struct str name = str_of(wanted);
    bool by_address = ip_set(&e->ip) && str_eq(ip_text(&e->ip, text), name);
    ptrdiff_t dot = str_chr(e->name, '.');
    bool by_name = str_eqi(e->name, name) || (dot > 0 && str_eqi(str_sub(e->name, 0, (size_t)dot), name));
    if (wanted && !by_address && !by_name)
        fail_msg("%s is %.*s, not %s", what, STR_ARG(e->name), wanted);
}

static void check_people(const struct replay_result *r, const struct alert *a, const struct expect *x)
{
    for (int i = 0; i < 6 && x->users[i]; i++)
        if (!replay_concerns(r, a, x->users[i]))
            fail_msg("%s is not among the users", x->users[i]);
    for (int i = 0; i < 3 && x->nobody[i]; i++)
        if (replay_concerns(r, a, x->nobody[i]))
            fail_msg("%s is among the users", x->nobody[i]);
}

static void check_words(const struct alert *a, const struct expect *x)
{
    for (int i = 0; i < 4 && x->says[i]; i++)
        if (!str_hasi(a->description, str_of(x->says[i])))
            fail_msg("the description lacks \"%s\": %.*s", x->says[i], STR_ARG(a->description));
    if (x->silent && str_hasi(a->description, str_of(x->silent)))
        fail_msg("the description says \"%s\": %.*s", x->silent, STR_ARG(a->description));
}

static void play(const char *only, const char *fixture, const struct replay_setup *setup, size_t n, struct replay_result *r)
{
    replay(only, fixture, setup, r);
    for (size_t i = 0; i < r->n && r->n != n; i++)
        print_error("%.*s: %.*s\n", STR_ARG(r->alerts[i]->name), STR_ARG(r->alerts[i]->description));
    assert_int_equal(r->n, n);
}

void expect_one(const char *only, const char *fixture, const struct replay_setup *setup, const struct expect *x)
{
    struct replay_result r;
    play(only, fixture, setup, 1, &r);
    const struct alert *a = r.alerts[0];
    char id[16];
    (void)snprintf(id, sizeof id, "%d", a->external_id);
    assert_string_equal(id, only);
    if (x->severity)
        assert_int_equal(a->severity, x->severity);
    if (x->count)
        assert_int_equal(a->count, x->count);
    if (x->activities)
        assert_int_equal(a->nactivities, x->activities);
    check_people(&r, a, x);
    check_endpoint("source", &a->source, x->source);
    check_endpoint("destination", &a->destination, x->destination);
    check_words(a, x);
    replay_free(&r);
}

void expect_number(const char *only, const char *fixture, const struct replay_setup *setup, size_t n)
{
    struct replay_result r;
    play(only, fixture, setup, n, &r);
    replay_free(&r);
}
