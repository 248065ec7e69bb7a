/* score/score.h - how improbable, how much, how risky: points, receipts, the investigation priority.
 *
 * Fed with all activities in time order and, at the end, with the alerts. Method and measurements:
 * docs/scoring.md. Ranks people for investigation and explains itself; it is not an alert.
 * Points are integers from the moment they exist, so every shown sum equals its parts exactly. */
#ifndef VIGIE_SCORE_SCORE_H
#define VIGIE_SCORE_SCORE_H

#include "base/buf.h"
#include "directory/dir.h"
#include "model/activity.h"
#include "model/alert.h"

struct score;

/* One user's day: what --daily prints. */
struct score_day {
    uint32_t user;
    int64_t day;       /* days since 1970-01-01 UTC */
    uint32_t activities;
    double evidence;   /* bits, sum of log2(P_org / P_u): above 0 more like a random colleague than like this user */
    double points;     /* exact, not rounded: for ranking user-days */
    double p_evidence; /* p-values of the day's evidence and of its oddest hour */
    double p_hour;
    uint32_t judged;   /* p-values of single activities, one per value group */
    uint32_t tails[4]; /* how many of them were at or below 1e-1, 1e-2, 1e-3, 1e-4 */
};

struct score_options {
    /* called once per user-day when the day is over, in (day, user) order; may be NULL */
    void (*day)(void *owner, const struct score_day *row);
    void *owner;
    unsigned keep_days; /* contributions older than this are forgotten; 0: none, as a scan needs it. A hub needs 15 at least */
};

enum contribution_kind { CONTRIBUTION_ALERT, CONTRIBUTION_ACTIVITY, CONTRIBUTION_DAY };

struct contribution {
    int points;
    bool counted;       /* false: history, shown by score_now beside what counts */
    enum contribution_kind kind;
    int64_t time;
    char ref[33];       /* alert id (24 hex digits) or activity id (32) */
    struct origin origin; /* raw record of the activity; unset for alerts */
    struct str group;   /* "where", "with what", "what", "when", "day", "alert" */
    struct str value;   /* the value that was odd: country, host, operation, hour ... */
    struct str text;    /* in plain words, with the counts that make it */
    double p;           /* p-value, 1 for alerts */
    uint32_t n_user, total_user, n_peers, peers, n_org, total_org; /* counts behind it */
};

struct person {
    uint32_t entity;
    int score;          /* sum of points in 168 hours: of a scan the highest of any (docs/decisions), of a hub the last */
    double percentile;  /* mid-rank among users active in 30 days, 0..100 */
    int64_t from, to;   /* the 168 hours */
    const struct contribution *contributions; /* those that count first, then largest first; the counted add up to score */
    size_t ncontributions;
    int days[14];       /* points per day, the last is the day of `to` */
    uint32_t baseline_days, baseline_events; /* "baseline: 12 days, 340 events" */
};

struct score_result {
    const struct person *people; /* by score, then name */
    size_t npeople;
    int64_t from, to;
};

int score_open(struct score **out, const struct dir *dir, const struct score_options *options);
void score_see(struct score *s, const struct activity *a);
/* Ends the input. Alerts must be sorted by start. The result lives until score_close. */
int score_finish(struct score *s, const struct alert *const *alerts, size_t n, struct score_result *out);
/* The score as of `now`, any number of times while feeding goes on and without any trace in what follows: the 168 hours
 * before `now`, the 14 days that end with its day, the percentile among those active in 30 days. What the unfinished day
 * shows as a whole counts for the time being. `alerts` sorted by start: those of 30 days at least, all that are known at
 * best. Result and texts live until the next call or score_close. Not while another thread feeds. */
int score_now(struct score *s, const struct alert *const *alerts, size_t n, int64_t now, struct score_result *out);
/* Goes on with a directory that was built again on this one's entities (directory/dir_build.h). Of two people who turned
 * out to be one, the contributions are put together, and the model of the lower number goes on. */
int score_directory(struct score *s, const struct dir *dir);
/* An analyst's reset: contributions before `before` no longer count for this person. They stay in the history. May be said
 * before any activity was seen. ERR_MEMORY. */
int score_forget(struct score *s, uint32_t entity, int64_t before);
void score_close(struct score *s);

#endif
