/* detect/det_unusual_admin.c - Unusual administrative activities: one session against the user's past. */
#include "detect/burst.h"
#include "detect/cloud.h"

static const struct burst_rule rule = {"performed", "administrative activities"};

static void see(struct detection *d, const struct activity *a)
{
    bool administrative = a->admin || kind_group(a->kind) == GROUP_ADMIN;
    if (administrative && kind_shore(a->kind) == SHORE_CLOUD)
        burst_see(d, a, 1, &rule);
}

static const struct param params[] = {BURST_PARAMS(100, 100, 20, "administrative activities"), {0}};

const struct detector det_unusual_admin = {
    .policy = "unusual_admin",
    .name = "Unusual administrative activities",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_PRIVILEGED_ACCOUNTS,
    .attack = {"T1098", "T1078.004", NULL},
    .learning_days = 7,
    .about = "Counts administrative activities, failed ones included of one user in one session (no pause longer than an hour) "
             "and compares it with the user's own sessions of the past 30 days and with everybody else's, on a logarithmic "
             "scale. It is raised, low, when the session is large and far above what is usual for the user, and with full "
             "severity when it also stands out from the largest sessions of everybody else in that time.",
    .blind = "no administrative activities of a cloud app",
    .wants = cloud_kinds,
    .params = params,
    .state_size = sizeof(struct burst),
    .start = burst_start,
    .see = see,
    .stop = burst_stop,
};
