/* tests/support/cloud.h - what the tests of the cloud detections share: an office's past, and checks. */
#ifndef VIGIE_TESTS_SUPPORT_CLOUD_H
#define VIGIE_TESTS_SUPPORT_CLOUD_H

#include "tests/support/replay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Plays fixtures/detect/<fixture>.ndjson after twelve days of fixtures/detect/cloud_office.ndjson. */
static inline void cloud_replay(const char *policy, const char *fixture, const struct replay_setup *setup, struct replay_result *out)
{
    static const struct replay_setup none;
    char path[256];
    (void)snprintf(path, sizeof path, "fixtures/detect/%s.ndjson", fixture);
    const char *const both[] = {"fixtures/detect/cloud_office.ndjson", path, NULL};
    replay_many(policy, both, setup ? setup : &none, out);
}

/* How many alerts that gives. */
static inline size_t cloud_count(const char *policy, const char *fixture, const struct replay_setup *setup)
{
    struct replay_result r;
    cloud_replay(policy, fixture, setup, &r);
    size_t n = r.n;
    replay_free(&r);
    return n;
}

/* The same without the office's past: the input is a few minutes long. */
static inline size_t cloud_count_alone(const char *policy, const char *fixture, bool learned)
{
    struct replay_setup setup = {.learned = learned};
    struct replay_result r;
    char path[256];
    (void)snprintf(path, sizeof path, "fixtures/detect/%s.ndjson", fixture);
    replay(policy, path, &setup, &r);
    size_t n = r.n;
    replay_free(&r);
    return n;
}

static inline void cloud_says(const struct alert *a, const char *text)
{
    if (!str_has(a->description, str_of(text)))
        fail_msg("\"%.*s\" lacks \"%s\"", STR_ARG(a->description), text);
}

/* Setup with one parameter of the administrator's own. */
static inline struct replay_setup cloud_param(const char *policy, const char *name, double value)
{
    return (struct replay_setup){.params = {{str_of(policy), str_of(name), value}}};
}

#endif
