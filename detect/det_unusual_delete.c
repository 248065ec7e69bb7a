/* detect/det_unusual_delete.c - Unusual file deletion activities: one session against the user's past. */
#include "detect/burst.h"

static const struct burst_rule rule = {"deleted", "files"};

static void see(struct detection *d, const struct activity *a)
{
    if (a->outcome != OUTCOME_FAILURE)
        burst_see(d, a, act_u64(a, FACT_ITEM_COUNT, 1), &rule);
}

static const enum kind wants[] = {KIND_FILE_DELETE, KIND_COUNT};
static const struct param params[] = {BURST_PARAMS(30, 100, 10, "files", "fichiers"), {0}};

static const struct phrase phrases[] = {BURST_PHRASES("deleted", "files", "a supprimé", "fichiers"), {0}};

const struct detector det_unusual_delete = {
    .policy = "unusual_delete",
    .name = "Unusual file deletion activities",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_THREAT_DETECTION,
    .attack = {"T1485", NULL},
    .learning_days = 7,
    .about = BURST_ABOUT("deletions of files"),
    .blind = "no file deletions (SharePoint, OneDrive, Google Drive, Box audit)",
    .french = {.name = "Suppressions de fichiers inhabituelles",
               .about = BURST_ABOUT_FRENCH("les suppressions de fichiers"),
               .blind = "aucune suppression de fichiers (audit SharePoint, OneDrive, Google Drive, Box)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct burst),
    .start = burst_start,
    .see = see,
    .stop = burst_stop,
};
