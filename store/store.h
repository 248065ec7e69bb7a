/* store/store.h - where results are kept: one interface, its engines behind it.
 *
 * A store is one main database and segments of activities beside it: path, path.0001, path.0002 ... Each
 * segment holds about a million activities in time order, so that old ones are dropped by deleting a
 * file. Writing is in one transaction per segment and one for the rest: a run that is killed leaves a
 * store that says it is not complete. One writer; not thread-safe. */
#ifndef VIGIE_STORE_STORE_H
#define VIGIE_STORE_STORE_H

#include "base/err.h"
#include "model/activity.h"
#include "model/alert.h"

struct store;

struct store_input {
    struct str path, format;
    uint64_t records, activities, bytes, faults;
};

struct store_person {
    struct str id, name;
    int score;
    double percentile;
    int64_t from, to;
};

struct store_contribution {
    struct str person, ref, group, value, text;
    int points;
    int64_t time;
    double p;
};

/* A new, empty store. ERR_IO when something is already there or the place cannot be written. */
int store_create(const char *path, struct store **out);
/* An existing store, to read. ERR_NOT_FOUND, or ERR_MALFORMED for something else or an unfinished one. */
int store_open(const char *path, struct store **out);
/* Ends writing: everything is on disk when this returns 0. */
int store_finish(struct store *s);
void store_close(struct store *s);

/* In time order. */
int store_put_activity(struct store *s, const struct activity *a);
int store_put_input(struct store *s, uint32_t rank, const struct store_input *in);
/* `accounts`: the names of those concerned. */
int store_put_alert(struct store *s, const struct alert *a, const struct str *accounts, size_t n);
int store_put_person(struct store *s, const struct store_person *p);
int store_put_contribution(struct store *s, const struct store_contribution *c);

/* Activities of [from, to) in time order; stops when each returns not 0 and returns that. */
int store_activities(struct store *s, int64_t from, int64_t to, int (*each)(void *owner, const struct activity *a), void *owner);
uint64_t store_count(struct store *s, const char *table); /* "activities", "alerts", "people", "contributions", "inputs" */

#endif
