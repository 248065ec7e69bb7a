/* detect/burst.h - one session against the user's and the organisation's past: how the "unusual number
 * of ..." detections decide.
 *
 * A session is a run of counted activities of one person without a pause longer than `gap_minutes`, a
 * day at most. Its count c is compared on the scale x = log(1 + c), where counts of human doing are about
 * normal. The organisation's mean and variance come from all sessions of the past 30 days, with
 * three imagined sessions around `usual` (variance 0.36) as a start; the user's come from the user's own sessions with the
 * organisation's as three more. A session is unusual when all of these hold:
 *   c >= minimum;  x lies `spread` deviations above the user's mean, and half of that above the
 *   colleagues'; c > ratio * the user's largest session in 30 days.
 * A session found unusual enters the past as if it had been as large as just not unusual. */
#ifndef VIGIE_DETECT_BURST_H
#define VIGIE_DETECT_BURST_H

#include "detect/detect.h"

struct burst_rule {
    const char *did;    /* "deleted" */
    const char *things; /* "files" */
};

enum { BURST_MINIMUM, BURST_SPREAD, BURST_RATIO, BURST_USUAL, BURST_GAP };
/* The rows of params[] that go with this, in this order. */
#define BURST_PARAMS(minimum, usual, things)                                                                               \
    {"minimum", minimum, "Fewer " things " than this in one session are never unusual."},                                  \
        {"spread", 4, "A session must lie this many standard deviations above what is usual for the user."},               \
        {"ratio", 2, "A session must be more than this many times the user's largest session of the past 30 days."},       \
        {"usual", usual, "So many " things " in a session are taken to be usual as long as there is no past to go by."},    \
    {                                                                                                                      \
        "gap_minutes", 60, "A pause of more minutes than this ends a session."                                             \
    }

enum { BURST_DAYS = 30 };

struct burst_day {
    int64_t day;
    uint32_t sessions, largest;
    double sum, squares; /* of log(1 + count) */
};

struct burst { /* a detection's state */
    struct table users;
    struct burst_day days[BURST_DAYS];
};

int burst_start(struct detection *d);
void burst_stop(struct detection *d);
/* Counts an activity of a person as `weight` things done, and raises when the session is unusual. */
void burst_see(struct detection *d, const struct activity *a, uint64_t weight, const struct burst_rule *rule);

#endif
