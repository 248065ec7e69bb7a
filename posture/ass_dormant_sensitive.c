/* posture/ass_dormant_sensitive.c - dormant entities in sensitive groups. */
#include "posture/posture.h"

#include "model/uac.h"

extern const struct assessment ass_dormant_sensitive;

enum { DORMANT_DAYS = 180 };

static void check(struct posture *p, const struct entity *e, int64_t now)
{
    char day[TIME_TEXT];
    if (e->type != ENTITY_USER || !(e->flags & ENTITY_IN_DIRECTORY))
        return;
    posture_judged(p, &ass_dormant_sensitive);
    if (!(e->flags & ENTITY_SENSITIVE) || !e->ngroups)
        return;
    int64_t active = posture_active(p, e->number), last = e->last_logon;
    if (active != TIME_NONE && (last == TIME_NONE || active > last))
        last = active;
    if (e->uac & UAC_DISABLED)
        posture_fact(p, &ass_dormant_sensitive, e, STR("disabled, and still a member of a sensitive group"));
    else if (e->terminated != TIME_NONE && e->terminated < now)
        posture_fact(p, &ass_dormant_sensitive, e, STR("expired, and still a member of a sensitive group"));
    else if (last == TIME_NONE && e->created != TIME_NONE && now - e->created > DORMANT_DAYS * TIME_DAY)
        posture_fact(p, &ass_dormant_sensitive, e, STR("has never signed in"));
    else if (last != TIME_NONE && now - last > DORMANT_DAYS * TIME_DAY)
        posture_fact(p, &ass_dormant_sensitive, e, str_fmt(posture_arena(p), "last signed in on %.*s", STR_ARG(time_date(last, day))));
}

const struct assessment ass_dormant_sensitive = {
    .id = "dormant_sensitive",
    .name = "Dormant entities in sensitive groups",
    .impact = IMPACT_MEDIUM,
    .about = "Accounts with sensitive rights that nobody has used for 180 days, or that are disabled or expired. Nobody would notice if "
             "somebody else began to use them.",
    .todo = {"Take the account out of its sensitive groups, or delete it.", "If it is needed for emergencies, tag it as a honeytoken: any use then raises an alert.", NULL},
    .needs = "the directory: LDAP sync or an import with groups, lastLogonTimestamp and userAccountControl",
    .check = check,
};
