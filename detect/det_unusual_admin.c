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

static const struct param params[] = {BURST_PARAMS(100, 100, 20, "administrative activities", "activités d’administration"), {0}};

static const struct phrase phrases[] = {BURST_PHRASES("performed", "administrative activities", "a fait", "activités d’administration"), {0}};

const struct detector det_unusual_admin = {
    .policy = "unusual_admin",
    .name = "Unusual administrative activities",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_PRIVILEGED_ACCOUNTS,
    .attack = {"T1098", "T1078.004", NULL},
    .learning_days = 7,
    .about = BURST_ABOUT("administrative activities, failed ones included"),
    .blind = "no administrative activities of a cloud app",
    .french = {.name = "Activités d’administration inhabituelles",
               .about = BURST_ABOUT_FRENCH("les activités d’administration, y compris échouées,"),
               .blind = "aucune activité d’administration d’une application cloud",
               .phrases = phrases},
    .wants = cloud_kinds,
    .params = params,
    .state_size = sizeof(struct burst),
    .start = burst_start,
    .see = see,
    .stop = burst_stop,
};
