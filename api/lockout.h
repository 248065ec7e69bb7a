/* api/lockout.h - how often somebody may try a password: growing delays by account and by address.
 *
 * After 5 failures on an account, or 20 from an address (IPv6: its /64), each further one doubles a wait that starts at
 * one second and ends at 15 minutes; attempts within the wait are refused unheard and do not lengthen it. From
 * an address where the account has signed in before, its own count applies in place of the account's, so that nobody
 * can keep an administrator out from elsewhere. Names that do not exist are counted like those that do. Counts
 * are forgotten an hour after the last failure. Memory is bounded. Thread-safe. */
#ifndef VIGIE_API_LOCKOUT_H
#define VIGIE_API_LOCKOUT_H

#include "base/str.h"

struct lockout;

struct lockout_key {
    struct str name, from;
    bool known; /* the account has signed in from there before */
};

enum lockout_result {
    LOCKOUT_GOOD,
    LOCKOUT_BAD,
    LOCKOUT_UNDECIDED /* the password was right, the second factor's code is still missing */
};

int lockout_open(struct lockout **out);
void lockout_close(struct lockout *l);
/* Before a password is looked at. False: not now; *wait is how many nanoseconds to wait. True: counted as a failure until
 * lockout_end says otherwise, so that many attempts at once are counted, too. */
bool lockout_begin(struct lockout *l, const struct lockout_key *k, int64_t now, int64_t *wait);
/* *locked: this failure begins a wait (for the audit log). */
void lockout_end(struct lockout *l, const struct lockout_key *k, enum lockout_result result, bool *locked);

#endif
