/* detect/det_unusual_storage_deletion.c - Unusual multiple storage deletion activities: one session against the user's past. */
#include "detect/burst.h"

static const struct burst_rule rule = {"deleted", "storage resources"};

static void see(struct detection *d, const struct activity *a)
{
    if (a->outcome != OUTCOME_FAILURE)
        burst_see(d, a, act_u64(a, FACT_ITEM_COUNT, 1), &rule);
}

static const enum kind wants[] = {KIND_STORAGE_DELETED, KIND_COUNT};
static const struct param params[] = {BURST_PARAMS(6, 10, 0, "storage resources", "ressources de stockage"), {0}};

static const struct phrase phrases[] = {BURST_PHRASES("deleted", "storage resources", "a supprimé", "ressources de stockage"), {0}};

const struct detector det_unusual_storage_deletion = {
    .policy = "unusual_storage_deletion",
    .name = "Unusual multiple storage deletion activities",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_THREAT_DETECTION,
    .attack = {"T1485", NULL},
    .learning_days = 7,
    .about = BURST_ABOUT("deletions of buckets, storage accounts, volumes and snapshots"),
    .blind = "no storage deletions (CloudTrail DeleteBucket, Azure activity log)",
    .french = {.name = "Suppressions multiples de stockage inhabituelles",
               .about = BURST_ABOUT_FRENCH("les suppressions de compartiments, de comptes de stockage, de volumes et d’instantanés"),
               .blind = "aucune suppression de stockage (CloudTrail DeleteBucket, journal d’activité Azure)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct burst),
    .start = burst_start,
    .see = see,
    .stop = burst_stop,
};
