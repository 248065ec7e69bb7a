/* detect/det_audit_logging_disabled.c - Audit logging disabled: somebody turned the lights off. */
#include "base/hash.h"
#include "detect/cloud.h"

static bool turns_off(const struct activity *a)
{
    static const char *const verbs[] = {"Stop", "Delete", "Disable", "Remove"};
    struct str operation = act_str(a, FACT_OPERATION), change = act_str(a, FACT_CHANGE);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (str_startsi(operation, str_of(verbs[i])))
            return true;
    return str_hasi(change, STR("disabled"));
}

static void see(struct detection *d, const struct activity *a)
{
    if (a->outcome == OUTCOME_FAILURE || !turns_off(a) || !cloud_person(d, a))
        return;
    struct draft f = draft_of(a);
    const struct object *o = act_object(a, ROLE_TARGET);
    struct str what = o && str_set(account_text(&o->ref)) ? str_fmt(detection_arena(d), " (%.*s)", STR_ARG(account_text(&o->ref))) : STR("");
    f.campaign = hash_mix(cloud_user(a), 17);
    f.description = str_fmt(detection_arena(d), "%.*s switched audit logging off in %.*s: %.*s%.*s%.*s. What happens after that may not be recorded.",
                            STR_ARG(cloud_actor(d, a)), STR_ARG(a->app), STR_ARG(act_str(a, FACT_OPERATION)), STR_ARG(what),
                            STR_ARG(cloud_from(d, a)));
    detection_raise(d, a, &f);
}

static const enum kind wants[] = {KIND_AUDIT_LOGGING_CHANGED, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} switched audit logging off in {}: {}{?}. What happens after that may not be recorded.",
     "{} a désactivé la journalisation d’audit dans {} : {}{}. Ce qui se passe ensuite n’est peut-être pas enregistré."},
    {0}};

const struct detector det_audit_logging_disabled = {
    .policy = "audit_logging_disabled",
    .name = "Audit logging disabled",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_THREAT_DETECTION,
    .attack = {"T1562.008", NULL},
    .preview = true,
    .about = "A person stopped, deleted or disabled the recording of activities itself: a trail, a log group, flow logs, a "
             "detector, the unified audit log or a mailbox's audit. All that one account does of this within a day is one alert.",
    .blind = "no changes of audit logging (CloudTrail: StopLogging, DeleteTrail; Exchange: Set-AdminAuditLogConfig)",
    .french = {.name = "Journalisation d’audit désactivée",
               .about = "Quelqu’un a arrêté, supprimé ou désactivé l’enregistrement même des activités : une piste, un groupe de journaux, des "
                        "journaux de flux, un détecteur, le journal d’audit unifié ou l’audit d’une boîte aux lettres. Tout ce qu’un compte en "
                        "fait en un jour est une seule alerte.",
               .blind = "aucune modification de la journalisation d’audit (CloudTrail : StopLogging, DeleteTrail ; Exchange : "
                        "Set-AdminAuditLogConfig)",
               .phrases = phrases},
    .wants = wants,
    .see = see,
};
