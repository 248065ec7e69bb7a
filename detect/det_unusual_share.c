/* detect/det_unusual_share.c - Unusual file share activities: one session against the user's past. */
#include "detect/burst.h"

static const struct burst_rule rule = {"shared", "files"};

static void see(struct detection *d, const struct activity *a)
{
    if (a->outcome != OUTCOME_FAILURE && !str_eqi(act_str(a, FACT_SHARE_SCOPE), STR("internal")))
        burst_see(d, a, act_u64(a, FACT_ITEM_COUNT, 1), &rule);
}

static const enum kind wants[] = {KIND_FILE_SHARE, KIND_COUNT};
static const struct param params[] = {BURST_PARAMS(20, 40, 4, "files"), {0}};

const struct detector det_unusual_share = {
    .policy = "unusual_share",
    .name = "Unusual file share activities",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_EXFILTRATION,
    .attack = {"T1567", "T1537", NULL},
    .learning_days = 7,
    .about = "Counts shares of files outside the organisation, or with whom is unknown of one user in one session (no pause "
             "longer than an hour) and compares it with the user's own sessions of the past 30 days and with everybody else's, "
             "on a logarithmic scale. It is raised, low, when the session is large and far above what is usual for the user, "
             "and with full severity when it also stands out from the largest sessions of everybody else in that time.",
    .blind = "no file sharing activities (SharePoint, OneDrive, Google Drive, Box audit)",
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct burst),
    .start = burst_start,
    .see = see,
    .stop = burst_stop,
};
