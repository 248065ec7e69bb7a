/* policy/activity_policy.h - what an activity policy may say. */
#ifndef VIGIE_POLICY_ACTIVITY_POLICY_H
#define VIGIE_POLICY_ACTIVITY_POLICY_H

#include "policy/filter_parse.h"
#include "store/tab_policies.h"

enum { POLICY_COUNT_MAX = 500, POLICY_MINUTES_MAX = 1440, POLICY_DAILY_MAX = 1000, POLICY_DAILY = 5, POLICY_NAME_MAX = 200 };

/* Checks what an administrator asks for: name, filters, numbers, unique field. ERR_MALFORMED with the error, its texts in the arena. */
int activity_policy_check(struct arena *arena, const struct stored_policy *p, int64_t now, struct filter_error *error);
/* 24 hexadecimal digits for a new one. */
void activity_policy_id(char out[25]);

#endif
