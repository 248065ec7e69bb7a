/* policy/suppress.h - what becomes of an alert that was just stored: suppressed by a rule, or told on the channels and acted on.
 *
 * A rule is made from an alert and means later ones of the same detection or policy with the same user, source computer or
 * source address. They are stored and found by filter, but marked as suppressed, told to nobody, and nothing is done for them. */
#ifndef VIGIE_POLICY_SUPPRESS_H
#define VIGIE_POLICY_SUPPRESS_H

#include "store/tab_alerts.h"
#include "store/tab_policies.h"

struct suppress_request {
    enum suppress_by by;
    int64_t until; /* TIME_NONE: for ever */
    struct str who; /* asks for it */
    int64_t now;
};

/* user, source, ip. False for other words. */
bool suppress_by_of(struct str text, enum suppress_by *by);
struct str suppress_by_text(enum suppress_by by);
/* ERR_USAGE: the alert has no such user, computer or address. The alert itself is not changed (tab_alerts_suppress does). */
int suppress_from(struct db *db, struct str alert, const struct suppress_request *r);
/* For an alert that tab_alerts_put called fresh, in the same transaction: a rule marks it, else it goes to the channels that its policy names and starts
 * the actions (policy/govern.h) that its policy names. */
int suppress_or_notify(struct db *db, const struct stored_alert *a, const uint32_t *users, size_t nusers, int64_t now);

#endif
