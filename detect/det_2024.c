/* detect/det_2024.c - somebody who does not usually do so adds members to sensitive groups. */
#include "base/hash.h"
#include "detect/watch.h"

enum { USUAL_DAYS, FORGET_DAYS };

static const struct param params[] = {
    [USUAL_DAYS] = {"usual_days", 2,
                    "Different days on which an account must have changed sensitive groups before it counts as one that usually does.",
                    "Nombre de jours différents où un compte doit avoir modifié des groupes sensibles pour être tenu pour l’un de ceux qui le font "
                    "d’ordinaire."},
    [FORGET_DAYS] = {"forget_days", 90, "Days after which an account that changed no sensitive group no longer counts as one that usually does.",
                                        "Jours après lesquels un compte qui n’a modifié aucun groupe sensible n’est plus tenu pour l’un de ceux "
                                        "qui le font d’ordinaire."},
    {0}};

struct actor {
    int64_t last_day;
    uint32_t days; /* different days with changes before today */
    int64_t today;
    struct watch_names groups, members;
    struct witnesses seen;
    int64_t last;
};

struct state {
    struct table actors;
    struct table controllers; /* first moment (int64_t) of each */
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->actors, sizeof(struct actor), 4096);
    table_init(&s->controllers, sizeof(int64_t), 4096);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->actors);
    table_free(&s->controllers);
}

static const struct object *group_of(const struct activity *a)
{
    const struct object *g = act_object(a, ROLE_GROUP);
    return g ? g : watch_object(a, OBJECT_GROUP, ROLE_TARGET);
}

/* By SID or tag. LDAP names the group by its DN, which says what it is only where the directory does not know it. */
static bool sensitive(const struct detection *d, const struct activity *a, const struct object *group)
{
    const struct dir *dir = detection_dir(d);
    const struct entity *e = dir_entity(dir, group->entity);
    if (dir_sensitive_group_sid(dir, group->ref.sid) || dir_is(dir, group->entity, ENTITY_SENSITIVE))
        return true;
    bool unknown = !str_set(group->ref.sid) && !(e && str_set(e->sid));
    return unknown && dir_sensitive_group_dn(dir, act_str(a, FACT_OBJECT_NAME));
}

/* Events name the member by SID and by distinguished name; people know it by the first part of the latter. */
static struct str member_name(const struct detection *d, const struct activity *a, const struct object *m)
{
    const struct entity *e = dir_entity(detection_dir(d), m->entity);
    struct str s = str_set(m->ref.name) ? m->ref.name : e ? e->sam : STR_NONE;
    if (!str_set(s))
        s = act_str(a, FACT_DN);
    if (!str_set(s))
        return m->ref.sid;
    if (!str_startsi(s, STR("CN=")))
        return s;
    ptrdiff_t comma = str_chr(s, ',');
    return comma > 3 ? str_sub(s, 3, (size_t)comma - 3) : str_from(s, 3);
}

/* Counts the days on which the account changed sensitive groups; the present one counts from tomorrow on. */
static bool usual(struct detection *d, struct actor *x, int64_t now)
{
    int64_t day = time_day(now);
    if (x->last && now - x->last > (int64_t)(detection_param(d, FORGET_DAYS) * (double)TIME_DAY))
        x->days = 0;
    else if (x->last && day != x->today)
        x->days++;
    if (x->last && now - x->last > TIME_DAY) {
        witness_clear(&x->seen);
        memset(&x->groups, 0, sizeof x->groups);
        memset(&x->members, 0, sizeof x->members);
    }
    x->today = day;
    x->last = now;
    return x->days >= detection_param(d, USUAL_DAYS);
}

static void report(struct detection *d, const struct activity *a, struct actor *x, uint64_t key)
{
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    struct str by = watch_called(detection_dir(d), a->actor_entity, &a->actor);
    watch_names_draft(&f, &x->members);
    f.campaign = key;
    f.evidence = &x->seen;
    f.description =
        str_fmt(m, "%.*s, who does not usually do so, added %.*s to the sensitive group%s %.*s on the domain controller %.*s at %.*s.",
                STR_ARG(str_set(by) ? by : STR("An unknown account")), STR_ARG(watch_names_text(m, &x->members, 6)), x->groups.n > 1 ? "s" : "",
                STR_ARG(watch_names_text(m, &x->groups, 8)), STR_ARG(watch_destination_text(m, a)), STR_ARG(watch_time(m, a->time)));
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    if (!dir_dc_destination(detection_dir(d), a)) /* groups of a member server or workstation are local */
        return;
    struct state *s = detection_state(d);
    bool fresh;
    int64_t *since = table_put(&s->controllers, watch_destination(a), &fresh);
    if (since && fresh)
        *since = a->time;
    const struct object *group = group_of(a);
    bool change = a->kind == KIND_GROUP_MEMBER_ADDED || a->kind == KIND_GROUP_MEMBER_REMOVED;
    if (!since || !change || !group || a->outcome == OUTCOME_FAILURE || !sensitive(d, a, group))
        return;
    uint64_t key = hash_mix(watch_account(a->actor_entity, &a->actor), 1);
    struct actor *x = table_put(&s->actors, key, NULL);
    if (!x)
        return;
    bool is_usual = usual(d, x, a->time);
    if (a->kind == KIND_GROUP_MEMBER_REMOVED)
        return;
    const struct object *member = act_object(a, ROLE_MEMBER);
    watch_names_add(&x->groups, 0, str_set(group->ref.name) ? group->ref.name : group->ref.sid);
    if (member)
        watch_names_add(&x->members, member->entity, member_name(d, a, member));
    witness_add(&x->seen, a);
    if (!is_usual && detection_learned(d, *since, a->time))
        report(d, a, x, key);
}

/* The first kinds only tell since when a controller is seen. */
static const enum kind wants[] = {KIND_GROUP_MEMBER_ADDED, KIND_GROUP_MEMBER_REMOVED, KIND_GROUP_CHANGED,
                                  KIND_ACCOUNT_CHANGED,    KIND_ACCOUNT_CREATED,      KIND_CREDENTIALS_VALIDATION,
                                  KIND_NETWORK_LOGON,      KIND_RESOURCE_ACCESS,      KIND_COUNT};
static const enum kind needs[] = {KIND_GROUP_MEMBER_ADDED, KIND_GROUP_MEMBER_REMOVED, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{}, who does not usually do so, added {list} to the sensitive groups {list} on the domain controller {} at {}.",
     "{}, qui ne le fait pas d’ordinaire, a ajouté {} aux groupes sensibles {} sur le contrôleur de domaine {} le {}."},
    {"{}, who does not usually do so, added {list} to the sensitive group {list} on the domain controller {} at {}.",
     "{}, qui ne le fait pas d’ordinaire, a ajouté {} au groupe sensible {} sur le contrôleur de domaine {} le {}."},
    {0}};

const struct detector det_2024 = {
    .external_id = 2024,
    .name = "Suspicious additions to sensitive groups",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_DOMAIN_DOMINANCE,
    .attack = {"T1098", "T1098.007"},
    .learning_days = 28,
    .about = "An account added members to sensitive groups of the domain (by well-known SID or tag, never by localised name) although it did not "
             "change such "
             "groups on other days before. Additions and removals of the learning period, and later ones, teach who usually does so. Only "
             "what domain controllers record or are asked over LDAP counts: groups of member servers and workstations are local. On the network, groups are named "
             "by distinguished name, and the directory tells which of them are sensitive; where it does not know them, those with their English names in their "
             "own places are; changes inside encrypted LDAP are seen in events alone.",
    .blind = "no group membership changes of a domain controller (events 4728, 4732, 4756: Audit Security Group Management; or LDAP traffic that is not "
             "sealed)",
    .french = {.name = "Ajouts suspects à des groupes sensibles",
               .about = "Un compte a ajouté des membres à des groupes sensibles du domaine (par SID connu ou étiquette, jamais par nom localisé) "
                        "bien qu’il n’ait pas modifié de tels groupes d’autres jours auparavant. Les ajouts et retraits de la période "
                        "d’apprentissage, puis les suivants, apprennent qui le fait d’ordinaire. Seul compte ce que les contrôleurs de domaine "
                        "enregistrent ou se voient demander par LDAP : les groupes de serveurs membres et de postes sont locaux. Sur le réseau, "
                        "les groupes sont désignés par leur nom unique (DN), et l’annuaire dit lesquels sont sensibles ; là où il ne les connaît "
                        "pas, ceux qui portent leur nom anglais à leur place le sont ; les modifications à l’intérieur d’un LDAP chiffré ne se "
                        "voient que dans les événements.",
               .blind = "aucune modification d’appartenance à un groupe d’un contrôleur de domaine (événements 4728, 4732, 4756 : Auditer la "
                        "gestion des groupes de sécurité ; ou trafic LDAP non scellé)",
               .phrases = phrases},
    .asks_directory = true,
    .wants = wants,
    .needs = needs,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
