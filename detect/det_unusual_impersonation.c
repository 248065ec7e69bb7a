/* detect/det_unusual_impersonation.c - Unusual impersonated activities: one session against the user's past. */
#include "detect/burst.h"

static const struct burst_rule rule = {"did", "things in another account's name"};

static void see(struct detection *d, const struct activity *a)
{
    if (a->outcome != OUTCOME_FAILURE && (a->impersonated || a->kind == KIND_MAIL_SEND_AS || a->kind == KIND_IMPERSONATED_ACTIVITY))
        burst_see(d, a, 1, &rule);
}

static const enum kind wants[] = {KIND_IMPERSONATED_ACTIVITY, KIND_MAIL_SEND_AS, KIND_MAIL_ACCESS, KIND_MAIL_SENT, KIND_MAIL_DELETED, KIND_MAIL_MOVED, KIND_COUNT};
static const struct param params[] = {BURST_PARAMS(20, 40, 4, "things in another account's name", "opérations au nom d’un autre compte"), {0}};

static const struct phrase phrases[] = {BURST_PHRASES("did", "things in another account's name", "a fait", "opérations au nom d’un autre compte"), {0}};

const struct detector det_unusual_impersonation = {
    .policy = "unusual_impersonation",
    .name = "Unusual impersonated activities",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_THREAT_DETECTION,
    .attack = {"T1098.002", "T1114.002", NULL},
    .learning_days = 7,
    .about = BURST_ABOUT("activities in the name of another account, mailboxes of others included"),
    .blind = "no activities done in another account's name (Exchange mailbox audit, delegate and admin logons)",
    .french = {.name = "Activités inhabituelles au nom d’un autre",
               .about = BURST_ABOUT_FRENCH("les activités au nom d’un autre compte, boîtes aux lettres d’autrui comprises,"),
               .blind = "aucune activité au nom d’un autre compte (audit de boîte aux lettres Exchange, connexions de délégués et "
                        "d’administrateurs)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct burst),
    .start = burst_start,
    .see = see,
    .stop = burst_stop,
};
