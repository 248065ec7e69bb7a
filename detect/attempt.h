/* detect/attempt.h - how an attempt to prove who one is came out, whatever recorded it.
 *
 * Kerberos error numbers: RFC 4120 7.5.9. NTSTATUS values: MS-ERREF 2.3.1. */
#ifndef VIGIE_DETECT_ATTEMPT_H
#define VIGIE_DETECT_ATTEMPT_H

#include "model/activity.h"

enum attempt {
    ATTEMPT_NONE,    /* not an attempt with a password, or its result is not recorded */
    ATTEMPT_OK,      /* the password was right */
    ATTEMPT_WRONG,   /* the account exists, the password was wrong, or the account is locked by then */
    ATTEMPT_UNKNOWN, /* there is no such account */
    ATTEMPT_REFUSED  /* refused for another reason: disabled, hours, workstation ... */
};

enum attempt attempt_of(const struct activity *a);

#endif
