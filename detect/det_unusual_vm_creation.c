/* detect/det_unusual_vm_creation.c - Unusual multiple VM creation activities: one session against the user's past. */
#include "detect/burst.h"

static const struct burst_rule rule = {"created", "virtual machines"};

static void see(struct detection *d, const struct activity *a)
{
    if (a->outcome != OUTCOME_FAILURE)
        burst_see(d, a, act_u64(a, FACT_ITEM_COUNT, 1), &rule);
}

static const enum kind wants[] = {KIND_VM_CREATED, KIND_COUNT};
static const struct param params[] = {BURST_PARAMS(8, 15, 0.5, "virtual machines", "machines virtuelles"), {0}};

static const struct phrase phrases[] = {BURST_PHRASES("created", "virtual machines", "a créé", "machines virtuelles"), {0}};

const struct detector det_unusual_vm_creation = {
    .policy = "unusual_vm_creation",
    .name = "Unusual multiple VM creation activities",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_THREAT_DETECTION,
    .attack = {"T1578.002", "T1496", NULL},
    .learning_days = 7,
    .about = BURST_ABOUT("creations of virtual machines"),
    .blind = "no VM creations (CloudTrail RunInstances, Azure activity log)",
    .french = {.name = "Créations multiples de machines virtuelles inhabituelles",
               .about = BURST_ABOUT_FRENCH("les créations de machines virtuelles"),
               .blind = "aucune création de machine virtuelle (CloudTrail RunInstances, journal d’activité Azure)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct burst),
    .start = burst_start,
    .see = see,
    .stop = burst_stop,
};
