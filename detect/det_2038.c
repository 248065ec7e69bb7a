/* detect/det_2038.c - the directory's principals are enumerated over LDAP. */
#include "base/hash.h"
#include "detect/ldapfilter.h"
#include "detect/watch.h"

enum { BURST_KINDS, BURST_MINUTES, USUAL_DAYS, CHANGE_MINUTES };
enum { HELD = 2032 };

static const struct param params[] = {
    [BURST_KINDS] = {"burst_kinds", 4,
                     "Different kinds of enumeration, new for the computer, within burst_minutes that make an alert though each alone is ordinary.",
                     "Nombre de sortes d’énumération différentes, nouvelles pour l’ordinateur, en burst_minutes, qui font une alerte bien que "
                     "chacune seule soit ordinaire."},
    [BURST_MINUTES] = {"burst_minutes", 10, "Length in minutes of the window in which kinds of enumeration are counted.",
                                            "Durée, en minutes, de la fenêtre où l’on compte les sortes d’énumération."},
    [USUAL_DAYS] = {"usual_days", 3, "Different days on which a computer must have asked for a kind before it counts as its usual business.",
                                     "Nombre de jours différents où un ordinateur doit avoir demandé une sorte avant qu’elle ne compte comme son "
                                     "affaire habituelle."},
    [CHANGE_MINUTES] = {"change_minutes", 2,
                        "Minutes within which a computer that looks for sensitive groups, and for nothing else that matters, may change a group's members: "
                        "then the look-up was the beginning of the change. The alert waits for so long.",
                        "Minutes pendant lesquelles un ordinateur qui cherche des groupes sensibles, et rien d’autre qui importe, peut changer les "
                        "membres d’un groupe : la consultation était alors le début de la modification. L’alerte attend aussi longtemps."},
    {0}};

struct source {
    int64_t since;
    uint32_t learned; /* kinds that the computer asked for while learning */
    int64_t latest[LDAPFILTER_COUNT];
    uint16_t days[LDAPFILTER_COUNT]; /* different days with that kind */
    uint32_t told;                   /* kinds in the open alert */
    struct watch_names users;
    struct witnesses seen;
    int64_t last;
    uint32_t unreported;
};

/* A search that may turn out to be the beginning of a change. */
struct held {
    int64_t until;
    uint32_t n;
    uint8_t packed[HELD];
};

struct state {
    struct table sources;
    struct table held; /* by source */
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->sources, sizeof(struct source), 8192);
    table_init(&s->held, sizeof(struct held), 512);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->sources);
    table_free(&s->held);
}

static struct str kinds_text(struct arena *m, uint32_t kinds)
{
    struct str text = STR_NONE;
    for (unsigned i = 0; i < LDAPFILTER_COUNT; i++)
        if (kinds & UINT32_C(1) << i)
            text = str_fmt(m, "%.*s%s%s", STR_ARG(text), str_set(text) ? ", " : "", ldapfilter_text(i));
    return text;
}

/* Kinds that are new for the computer and were asked for since. */
static uint32_t recent(const struct source *s, int64_t since)
{
    uint32_t kinds = 0;
    for (unsigned i = 0; i < LDAPFILTER_COUNT; i++)
        if (s->latest[i] && s->latest[i] >= since)
            kinds |= UINT32_C(1) << i;
    return kinds & ~s->learned;
}

/* Kinds that were asked for on enough days before today. */
static uint32_t usual(const struct detection *d, const struct source *s, int64_t now)
{
    uint32_t kinds = 0;
    for (unsigned i = 0; i < LDAPFILTER_COUNT; i++)
        if (s->days[i] >= detection_param(d, USUAL_DAYS) && time_day(s->latest[i]) != time_day(now))
            kinds |= UINT32_C(1) << i;
    return kinds;
}

static void note(struct detection *d, struct source *s, const struct activity *a, uint32_t kinds)
{
    if (s->last && a->time - s->last > TIME_DAY) {
        witness_clear(&s->seen);
        memset(&s->users, 0, sizeof s->users);
        s->told = s->unreported = 0;
    }
    s->last = a->time;
    s->unreported++;
    for (unsigned i = 0; i < LDAPFILTER_COUNT; i++)
        if (kinds & UINT32_C(1) << i) {
            s->days[i] = (uint16_t)(s->days[i] + (!s->latest[i] || time_day(s->latest[i]) != time_day(a->time)));
            s->latest[i] = a->time;
        }
    watch_names_add(&s->users, a->actor_entity, watch_called(detection_dir(d), a->actor_entity, &a->actor));
    witness_add(&s->seen, a);
}

static void report(struct detection *d, const struct activity *a, struct source *s, uint64_t key)
{
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    struct str filter = act_str(a, FACT_LDAP_FILTER);
    watch_names_draft(&f, &s->users);
    f.campaign = key;
    f.count = s->unreported;
    f.evidence = &s->seen;
    f.description = str_fmt(m,
                            "%.*s%s%.*s enumerated over LDAP on %.*s, between %.*s and %.*s, what this computer did not ask for before: %.*s. The "
                            "latest filter was %.*s",
                            STR_ARG(watch_names_text(m, &s->users, 4)), s->users.n ? " on " : "", STR_ARG(watch_source_text(m, a)),
                            STR_ARG(watch_destination_text(m, a)), STR_ARG(watch_time(m, s->seen.w[0].time)), STR_ARG(watch_time(m, a->time)),
                            STR_ARG(kinds_text(m, s->told)), STR_ARG(str_sub(filter, 0, 300)));
    s->unreported = 0;
    detection_raise(d, a, &f);
}

/* ---- look-ups that wait for the change that they may belong to ---- */

static bool hold(struct detection *d, const struct activity *a, uint64_t key)
{
    struct held *h = table_put(&((struct state *)detection_state(d))->held, key, NULL);
    int n = h ? activity_pack(a, h->packed, sizeof h->packed) : -1;
    if (n < 0)
        return false;
    h->n = (uint32_t)n;
    h->until = a->time + (int64_t)(detection_param(d, CHANGE_MINUTES) * (double)TIME_MINUTE);
    return true;
}

static void release(struct detection *d, uint64_t key, struct held *h)
{
    struct state *st = detection_state(d);
    struct source *s = table_get(&st->sources, key);
    struct activity a;
    struct object objects[ACTIVITY_OBJECTS];
    struct fact facts[ACTIVITY_FACTS];
    h->until = 0;
    if (!s || activity_unpack(h->packed, h->n, &a, objects, facts))
        return;
    s->told |= LDAPFILTER_SENSITIVE_GROUPS;
    report(d, &a, s, key);
}

/* What has waited long enough by now, or all of it. */
static void release_all(struct detection *d, int64_t now)
{
    struct state *st = detection_state(d);
    uint32_t at = 0;
    uint64_t key;
    for (struct held *h; (h = table_each(&st->held, &at, &key)) != NULL;)
        if (h->until && h->until < now)
            release(d, key, h);
}

static void end(struct detection *d)
{
    release_all(d, INT64_MAX);
}

/* The change that the look-up was for. */
static void changed(struct detection *d, const struct activity *a, uint64_t key)
{
    struct state *st = detection_state(d);
    struct held *h = table_get(&st->held, key);
    struct source *s = table_get(&st->sources, key);
    if (!h || !h->until || !s || a->time > h->until || a->outcome != OUTCOME_SUCCESS)
        return;
    h->until = 0;
    s->unreported = 0;
    s->latest[LDAPFILTER_AT_SENSITIVE_GROUPS] = 0;
    witness_clear(&s->seen);
}

static bool waits(const struct detection *d, const struct source *s, uint32_t kinds)
{
    return ldapfilter_grave(kinds) == LDAPFILTER_SENSITIVE_GROUPS && !s->told && detection_param(d, CHANGE_MINUTES) > 0;
}

static bool ours(const struct dir *dir, const struct activity *a)
{
    uint32_t flags[] = {ENTITY_DC, ENTITY_EXCHANGE, ENTITY_REPLICATOR};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (dir_is(dir, a->actor_entity, flags[i]) || dir_is(dir, a->device_entity, flags[i]))
            return true;
    return dir_dc_source(dir, a) || ip_is_loopback(&a->ip);
}

static void see(struct detection *d, const struct activity *a)
{
    struct ldapfilter_search search = {act_str(a, FACT_LDAP_FILTER), act_str(a, FACT_LDAP_BASE), act_str(a, FACT_LDAP_SCOPE),
                                       act_str(a, FACT_LDAP_ATTRIBUTES), act_has(a, FACT_SD_FLAGS)};
    uint64_t key = watch_source(a);
    if (a->kind != KIND_LDAP_SEARCH) {
        changed(d, a, key);
        return;
    }
    if (!key || a->outcome == OUTCOME_FAILURE || ours(detection_dir(d), a))
        return;
    struct state *st = detection_state(d);
    bool fresh;
    struct source *s = table_put(&st->sources, key, &fresh);
    if (!s)
        return;
    if (fresh)
        s->since = a->time;
    uint32_t kinds = ldapfilter_kinds(&search);
    if (!kinds)
        return;
    if (!detection_learned(d, s->since, a->time)) {
        s->learned |= kinds;
        return;
    }
    kinds &= ~(s->learned | usual(d, s, a->time));
    if (!kinds)
        return;
    note(d, s, a, kinds);
    uint32_t burst = recent(s, a->time - (int64_t)(detection_param(d, BURST_MINUTES) * (double)TIME_MINUTE));
    bool many = __builtin_popcount(burst) >= (int)detection_param(d, BURST_KINDS);
    struct held *h = table_get(&st->held, key);
    if (h && h->until && a->time > h->until)
        release(d, key, h);
    if ((!ldapfilter_grave(kinds) && !many && !s->told) || (!many && waits(d, s, kinds) && hold(d, a, key)))
        return;
    if (h)
        h->until = 0; /* told with this */
    s->told |= many || s->told ? burst : ldapfilter_grave(kinds) | (burst & kinds);
    report(d, a, s, key);
}

static const enum kind wants[] = {KIND_LDAP_SEARCH, KIND_GROUP_MEMBER_ADDED, KIND_GROUP_MEMBER_REMOVED, KIND_COUNT};
static const enum kind needs[] = {KIND_LDAP_SEARCH, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{list} on {} enumerated over LDAP on {}, between {} and {}, what this computer did not ask for before: {*}. The latest filter was {}",
     "{}, sur {}, a énuméré par LDAP sur {}, entre le {} et le {}, ce que cet ordinateur ne demandait pas auparavant : {}. Le dernier filtre était "
     "{}"},
    {"{} enumerated over LDAP on {}, between {} and {}, what this computer did not ask for before: {*}. The latest filter was {}",
     "{} a énuméré par LDAP sur {}, entre le {} et le {}, ce que cet ordinateur ne demandait pas auparavant : {}. Le dernier filtre était {}"},
    {"all users", "tous les utilisateurs"},
    {"all computers", "tous les ordinateurs"},
    {"all groups", "tous les groupes"},
    {"all objects", "tous les objets"},
    {"organizational units", "unités d’organisation"},
    {"trusts", "approbations"},
    {"group policies", "stratégies de groupe"},
    {"DNS zones and records", "zones et enregistrements DNS"},
    {"sites and subnets", "sites et sous-réseaux"},
    {"domain controllers", "contrôleurs de domaine"},
    {"certificate templates", "modèles de certificats"},
    {"accounts with service principal names", "comptes à nom de principal de service"},
    {"protected administrators (adminCount)", "administrateurs protégés (adminCount)"},
    {"accounts trusted for unconstrained delegation", "comptes approuvés pour la délégation non contrainte"},
    {"accounts with delegation", "comptes avec délégation"},
    {"accounts without Kerberos pre-authentication", "comptes sans pré-authentification Kerberos"},
    {"accounts that need no password", "comptes qui n’exigent pas de mot de passe"},
    {"sensitive groups and their members", "groupes sensibles et leurs membres"},
    {"permissions of many objects", "permissions de nombreux objets"},
    {"stored passwords (LAPS, managed service accounts)", "mots de passe enregistrés (LAPS, comptes de service administrés)"},
    {"accounts with SID history", "comptes avec historique SID"},
    {"{*}, {*}", "{}, {}"},
    {0}};

const struct detector det_2038 = {
    .external_id = 2038,
    .name = "Security principal reconnaissance (LDAP)",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_RECONNAISSANCE,
    .attack = {"T1087.002", "T1069.002", "T1018", "T1482"},
    .learning_days = 15,
    .about = "A computer asks the directory for what attackers map a domain with: accounts with service principal names, protected administrators, "
             "delegation, "
             "accounts without pre-authentication, sensitive groups, permissions, stored passwords; or, as SharpHound does, for many kinds of "
             "objects within "
             "minutes. What the computer asked for in its learning period, or on several days before, is its own business and is left out, as are "
             "controllers, Exchange servers "
             "and known "
             "replicators. Searches for single objects do not count, nor does the look-up of a sensitive group whose members the computer then changes. Seen on the network, with the security descriptor flags control, where LDAP is not encrypted "
             "(signed is enough), and in events 1644.",
    .blind = "no LDAP searches (network traffic of ports 389 and 3268 that is not sealed, or event 1644: diagnostics level 15 Field Engineering of the "
             "directory service)",
    .french = {.name = "Reconnaissance de principaux de sécurité (LDAP)",
               .about = "Un ordinateur demande à l’annuaire ce avec quoi les attaquants cartographient un domaine : comptes à nom de principal de "
                        "service, administrateurs protégés, délégation, comptes sans pré-authentification, groupes sensibles, permissions, mots de "
                        "passe enregistrés ; ou, comme le fait SharpHound, de nombreuses sortes d’objets en quelques minutes. Ce que l’ordinateur "
                        "a demandé pendant sa période d’apprentissage, ou plusieurs jours auparavant, est son affaire et est laissé de côté, comme "
                        "les contrôleurs, les serveurs Exchange et les réplicateurs connus. Les recherches d’un seul objet ne comptent pas, ni la "
                        "consultation d’un groupe sensible dont l’ordinateur change ensuite les membres. Vu sur le réseau, avec le contrôle des "
                        "indicateurs de descripteur de sécurité, là où LDAP n’est pas chiffré (signé suffit), et dans les événements 1644.",
               .blind = "aucune recherche LDAP (trafic des ports 389 et 3268 non scellé, ou événement 1644 : niveau de diagnostic 15 Field "
                        "Engineering du service d’annuaire)",
               .phrases = phrases},
    .wants = wants,
    .needs = needs,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .end = end,
    .tick = release_all,
    .stop = stop,
};
