/* tests/support/replay.h - plays a fixture of activities through detections, as `vigie scan` would.
 *
 * A fixture is activity NDJSON (docs: vigie-activities format). Lines may be in any order. */
#ifndef VIGIE_TESTS_SUPPORT_REPLAY_H
#define VIGIE_TESTS_SUPPORT_REPLAY_H

#include "detect/engine.h"
#include "directory/dir_build.h"

struct replay_setup {
    const char *directory;   /* LDIF or JSON file, NULL for none */
    const char *dcs[8];      /* names, addresses or NAME=ADDRESS */
    const char *honeytokens[8];
    const char *sensitive[8];
    bool learned;            /* treat learning periods as over */
    unsigned live_hours;     /* the input has no end, and after it the clock goes on for so long; 0: it ends */
    struct engine_setting params[8]; /* ended by which.p == NULL */
    struct engine_setting exclusions[8];
};

struct replay_result {
    size_t n;
    const struct alert *const *alerts; /* by start */
    size_t activities;
    struct dir *dir;
    struct engine *engine;
    void *memory; /* the replay's own */
};

/* Plays `fixture` through detection `only` ("2006", "impossible_travel"; NULL = all). Fails the running
 * cmocka test when a line of the fixture is not understood. */
void replay(const char *only, const char *fixture, const struct replay_setup *setup, struct replay_result *out);
/* The same with several fixtures played together. Ended by NULL. */
void replay_many(const char *only, const char *const *fixtures, const struct replay_setup *setup, struct replay_result *out);
void replay_free(struct replay_result *r);

/* True when an entity or account name of the alert is `name` (sAM name, UPN or as seen; case folded). */
bool replay_concerns(const struct replay_result *r, const struct alert *a, const char *name);

#endif
