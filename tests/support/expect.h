/* tests/support/expect.h - what a replay of a fixture must raise, said in one table row. */
#ifndef VIGIE_TESTS_SUPPORT_EXPECT_H
#define VIGIE_TESTS_SUPPORT_EXPECT_H

#include "tests/support/replay.h"

/* Members that are zero or NULL are not looked at. */
struct expect {
    enum severity severity;
    uint64_t count;        /* how often */
    uint64_t activities;   /* that back it */
    const char *users[6];  /* all must be concerned */
    const char *nobody[3]; /* none of these */
    const char *source;    /* name or address */
    const char *destination;
    const char *says[4]; /* parts of the description */
    const char *silent;  /* must not be in the description */
};

/* Plays the fixture through one detection and checks that it raises exactly one such alert. */
void expect_one(const char *only, const char *fixture, const struct replay_setup *setup, const struct expect *x);
/* ... exactly n alerts, whatever they say. */
void expect_number(const char *only, const char *fixture, const struct replay_setup *setup, size_t n);

#endif
