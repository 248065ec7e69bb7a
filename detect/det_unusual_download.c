/* detect/det_unusual_download.c - Unusual multiple file download activities: one session against the user's past. */
#include "detect/burst.h"

static const struct burst_rule rule = {"downloaded", "files"};

static void see(struct detection *d, const struct activity *a)
{
    if (a->outcome != OUTCOME_FAILURE)
        burst_see(d, a, act_u64(a, FACT_ITEM_COUNT, 1), &rule);
}

static const enum kind wants[] = {KIND_FILE_DOWNLOAD, KIND_COUNT};
static const struct param params[] = {BURST_PARAMS(40, 100, 15, "files", "fichiers"), {0}};

static const struct phrase phrases[] = {BURST_PHRASES("downloaded", "files", "a téléchargé", "fichiers"), {0}};

const struct detector det_unusual_download = {
    .policy = "unusual_download",
    .name = "Unusual multiple file download activities",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_EXFILTRATION,
    .attack = {"T1530", "T1213", NULL},
    .learning_days = 7,
    .about = BURST_ABOUT("downloads of files"),
    .blind = "no file downloads (SharePoint, OneDrive, Google Drive, Box audit)",
    .french = {.name = "Téléchargements multiples de fichiers inhabituels",
               .about = BURST_ABOUT_FRENCH("les téléchargements de fichiers"),
               .blind = "aucun téléchargement de fichiers (audit SharePoint, OneDrive, Google Drive, Box)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct burst),
    .start = burst_start,
    .see = see,
    .stop = burst_stop,
};
