/* detect/det_unusual_share.c - Unusual file share activities: one session against the user's past. */
#include "detect/burst.h"

static const struct burst_rule rule = {"shared", "files"};

static void see(struct detection *d, const struct activity *a)
{
    if (a->outcome != OUTCOME_FAILURE && !str_eqi(act_str(a, FACT_SHARE_SCOPE), STR("internal")))
        burst_see(d, a, act_u64(a, FACT_ITEM_COUNT, 1), &rule);
}

static const enum kind wants[] = {KIND_FILE_SHARE, KIND_COUNT};
static const struct param params[] = {BURST_PARAMS(20, 40, 4, "files", "fichiers"), {0}};

static const struct phrase phrases[] = {BURST_PHRASES("shared", "files", "a partagé", "fichiers"), {0}};

const struct detector det_unusual_share = {
    .policy = "unusual_share",
    .name = "Unusual file share activities",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_EXFILTRATION,
    .attack = {"T1567", "T1537", NULL},
    .learning_days = 7,
    .about = BURST_ABOUT("shares of files outside the organisation, or with whom is unknown"),
    .blind = "no file sharing activities (SharePoint, OneDrive, Google Drive, Box audit)",
    .french = {.name = "Partages de fichiers inhabituels",
               .about = BURST_ABOUT_FRENCH("les partages de fichiers hors de l’organisation, ou avec on ne sait qui,"),
               .blind = "aucun partage de fichiers (audit SharePoint, OneDrive, Google Drive, Box)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct burst),
    .start = burst_start,
    .see = see,
    .stop = burst_stop,
};
