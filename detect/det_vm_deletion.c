/* detect/det_vm_deletion.c - Multiple delete VM activities: one session against the user's past. */
#include "detect/burst.h"

static const struct burst_rule rule = {"deleted", "virtual machines"};

static void see(struct detection *d, const struct activity *a)
{
    if (a->outcome != OUTCOME_FAILURE)
        burst_see(d, a, act_u64(a, FACT_ITEM_COUNT, 1), &rule);
}

static const enum kind wants[] = {KIND_VM_DELETED, KIND_COUNT};
static const struct param params[] = {BURST_PARAMS(5, 10, 0, "virtual machines", "machines virtuelles"), {0}};

static const struct phrase phrases[] = {BURST_PHRASES("deleted", "virtual machines", "a supprimé", "machines virtuelles"), {0}};

const struct detector det_vm_deletion = {
    .policy = "vm_deletion",
    .name = "Multiple delete VM activities",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_THREAT_DETECTION,
    .attack = {"T1578.003", "T1489", NULL},
    .learning_days = 7,
    .about = BURST_ABOUT("deletions of virtual machines"),
    .blind = "no VM deletions (CloudTrail TerminateInstances, Azure activity log)",
    .french = {.name = "Suppressions multiples de machines virtuelles",
               .about = BURST_ABOUT_FRENCH("les suppressions de machines virtuelles"),
               .blind = "aucune suppression de machine virtuelle (CloudTrail TerminateInstances, journal d’activité Azure)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct burst),
    .start = burst_start,
    .see = see,
    .stop = burst_stop,
};
