/* posture/ass_dormant_sensitive.c - dormant entities in sensitive groups.
 *
 * Not listed: krbtgt, which is disabled by nature; the built-in Administrator once disabled, since it cannot leave its group;
 * honeytokens, which lie there on purpose; accounts that are only tagged as sensitive and in no sensitive group. */
#include "posture/posture.h"

#include "model/uac.h"

extern const struct assessment ass_dormant_sensitive;

/* lastLogonTimestamp is up to 14 days behind (MS-ADTS 3.1.1.8, msDS-LogonTimeSyncInterval). */
enum { DORMANT_DAYS = 180, BEHIND_DAYS = 14, WEIGHT_USABLE = 2, WEIGHT_NEVER = 1 };

static bool has_rid(const struct entity *e, struct str ending)
{
    return str_starts(e->sid, STR("S-1-5-21-")) && str_ends(e->sid, ending);
}

/* The direct group by which the account is sensitive; nesting has made that group sensitive itself. */
static const struct entity *sensitive_group(const struct dir *dir, const struct entity *e)
{
    for (uint32_t i = 0; i < e->ngroups; i++)
        if (dir_is(dir, e->groups[i], ENTITY_SENSITIVE))
            return dir_entity(dir, e->groups[i]);
    return NULL;
}

/* A directory without moments of logon says nothing by not naming one. */
static bool tells_logons(const struct dir *dir)
{
    for (uint32_t i = 1; i <= dir_count(dir); i++) {
        const struct entity *e = dir_entity(dir, i);
        if (e && e->last_logon != TIME_NONE)
            return true;
    }
    return false;
}

static bool silent_since(int64_t logon, int64_t active, int64_t now)
{
    return (logon == TIME_NONE || now - logon > (DORMANT_DAYS + BEHIND_DAYS) * TIME_DAY) &&
           (active == TIME_NONE || now - active > DORMANT_DAYS * TIME_DAY);
}

static struct posture_text date(struct posture *p, int64_t time)
{
    char day[TIME_TEXT];
    return posture_same(str_dup(posture_arena(p), time_date(time, day)));
}

static void judge(struct posture *p, const struct entity *e, const struct entity *group, int64_t now)
{
    const struct posture_text in = posture_same(group->name);
    int64_t active = posture_active(p, e->number), last = e->last_logon;
    if (e->uac & UAC_DISABLED || e->flags & ENTITY_DISABLED) {
        if (!has_rid(e, STR("-500")))
            posture_fact(p, &ass_dormant_sensitive, e, 0, POSTURE_SAY(p, "disabled, and still a member of {}", "désactivé, et toujours membre de {}", in));
    } else if (e->terminated != TIME_NONE && e->terminated < now) {
        posture_fact(p, &ass_dormant_sensitive, e, 0,
                     POSTURE_SAY(p, "expired on {}, and still a member of {}", "expiré le {}, et toujours membre de {}", date(p, e->terminated), in));
    } else if (!silent_since(last, active, now)) {
        return;
    } else if (last == TIME_NONE && active == TIME_NONE) {
        if (e->created != TIME_NONE && now - e->created > DORMANT_DAYS * TIME_DAY && tells_logons(posture_dir(p)))
            posture_fact(p, &ass_dormant_sensitive, e, WEIGHT_NEVER,
                         POSTURE_SAY(p, "never signed in since it was made on {}, and a member of {}", "jamais connecté depuis sa création le {}, et membre de {}",
                                     date(p, e->created), in));
    } else {
        if (last == TIME_NONE || (active != TIME_NONE && active > last))
            last = active;
        posture_fact(p, &ass_dormant_sensitive, e, WEIGHT_USABLE,
                     POSTURE_SAY(p, "last signed in around {}, and a member of {}", "dernière connexion vers le {}, et membre de {}", date(p, last), in));
    }
}

static void check(struct posture *p, const struct entity *e, int64_t now)
{
    if (e->type != ENTITY_USER || !(e->flags & ENTITY_IN_DIRECTORY))
        return;
    if (e->uac || e->last_logon != TIME_NONE)
        posture_judged(p, &ass_dormant_sensitive);
    if (!(e->flags & ENTITY_SENSITIVE) || e->flags & (ENTITY_HONEYTOKEN | ENTITY_TERMINATED) || has_rid(e, STR("-502")))
        return;
    const struct entity *group = sensitive_group(posture_dir(p), e);
    if (group)
        judge(p, e, group, now);
}

const struct assessment ass_dormant_sensitive = {
    .id = "dormant_sensitive",
    .name = "Dormant entities in sensitive groups",
    .impact = IMPACT_MEDIUM,
    .about = "Accounts with sensitive rights that nobody has used for 180 days, or that are disabled or expired. Nobody would notice if "
             "somebody else began to use them.",
    .todo = {"Take the account out of its sensitive groups, or delete it.", "If it is needed for emergencies, tag it as a honeytoken: any use then raises an alert.", NULL},
    .needs = "the directory: LDAP sync or an import with groups, lastLogonTimestamp and userAccountControl",
    .french = {.name = "Entités dormantes dans des groupes sensibles",
               .about = "Des comptes aux droits sensibles que personne n’a utilisés depuis 180 jours, ou qui sont désactivés ou expirés. Personne "
                        "ne remarquerait que quelqu’un d’autre se met à les utiliser.",
               .todo = {"Retirez le compte de ses groupes sensibles, ou supprimez-le.",
                        "S’il sert aux urgences, étiquetez-le comme leurre : tout usage lève alors une alerte.", NULL},
               .needs = "l’annuaire : synchronisation LDAP ou import avec groupes, lastLogonTimestamp et userAccountControl"},
    .check = check,
};
