/* detect/det_email_deletion.c - Suspicious email deletion activity: one session against the user's past. */
#include "detect/burst.h"

static const struct burst_rule rule = {"deleted", "mails"};

static void see(struct detection *d, const struct activity *a)
{
    if (a->outcome != OUTCOME_FAILURE)
        burst_see(d, a, act_u64(a, FACT_ITEM_COUNT, 1), &rule);
}

static const enum kind wants[] = {KIND_MAIL_DELETED, KIND_COUNT};
static const struct param params[] = {BURST_PARAMS(40, 200, 15, "mails", "messages"), {0}};

static const struct phrase phrases[] = {BURST_PHRASES("deleted", "mails", "a supprimé", "messages"), {0}};

const struct detector det_email_deletion = {
    .policy = "email_deletion",
    .name = "Suspicious email deletion activity",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_THREAT_DETECTION,
    .attack = {"T1070.008", NULL},
    .learning_days = 7,
    .about = BURST_ABOUT("deletions and purges of mail"),
    .blind = "no mail deletions (Exchange mailbox audit: HardDelete, SoftDelete, MoveToDeletedItems)",
    .french = {.name = "Suppressions de courrier suspectes",
               .about = BURST_ABOUT_FRENCH("les suppressions et purges de courrier"),
               .blind = "aucune suppression de courrier (audit de boîte aux lettres Exchange : HardDelete, SoftDelete, MoveToDeletedItems)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct burst),
    .start = burst_start,
    .see = see,
    .stop = burst_stop,
};
