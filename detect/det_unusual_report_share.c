/* detect/det_unusual_report_share.c - Unusual Power BI report sharing: one session against the user's past. */
#include "detect/burst.h"

static const struct burst_rule rule = {"shared", "Power BI reports"};

static void see(struct detection *d, const struct activity *a)
{
    if (a->outcome != OUTCOME_FAILURE)
        burst_see(d, a, 1, &rule);
}

static const enum kind wants[] = {KIND_REPORT_SHARED, KIND_COUNT};
static const struct param params[] = {BURST_PARAMS(10, 20, 1, "Power BI reports", "rapports Power BI"), {0}};

static const struct phrase phrases[] = {BURST_PHRASES("shared", "Power BI reports", "a partagé", "rapports Power BI"), {0}};

const struct detector det_unusual_report_share = {
    .policy = "unusual_report_share",
    .name = "Unusual Power BI report sharing",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_EXFILTRATION,
    .attack = {"T1567", NULL},
    .learning_days = 7,
    .about = BURST_ABOUT("shares of Power BI reports"),
    .blind = "no Power BI report sharing activities (Office 365 audit, workload PowerBI)",
    .french = {.name = "Partage inhabituel de rapports Power BI",
               .about = BURST_ABOUT_FRENCH("les partages de rapports Power BI"),
               .blind = "aucun partage de rapports Power BI (audit Office 365, charge de travail PowerBI)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct burst),
    .start = burst_start,
    .see = see,
    .stop = burst_stop,
};
