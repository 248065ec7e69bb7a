/* detect/det_2012.c - User and IP address reconnaissance (SMB): session enumeration on a controller.
 *
 * Opnums: MS-SRVS 3.1.4.5 (NetrSessionEnum), MS-WKST 3.2.4.3 (NetrWkstaUserEnum). */
#include "detect/common.h"

#include "base/hash.h"

enum { SESSION_ENUM = 12, WKSTA_USER_ENUM = 2, SOURCES = 16384, HABIT_DAYS = 16 };

struct source {
    uint32_t ndays; /* different days on which it asked, the first HABIT_DAYS of them */
    int64_t day[HABIT_DAYS];
    struct watch_ring asked; /* controllers */
    struct witnesses evidence;
    int64_t last;
};

struct state {
    struct table sources;
};

enum { P_HABIT, P_BURST, P_BURST_MINUTES };
static const struct param params[] = {
    {"habit_days", 3, "A source that asked on so many earlier days does it as a habit and raises nothing, unless in a burst.",
                      "Une source qui a posé la question autant de jours auparavant le fait par habitude et ne lève rien, sauf en rafale."},
    {"burst_controllers", 4, "A source with the habit raises all the same when it asks so many different controllers within burst_minutes.",
                             "Une source qui en a l’habitude lève tout de même une alerte quand elle interroge autant de contrôleurs différents en "
                             "burst_minutes."},
    {"burst_minutes", 10, "The length of the burst's window in minutes.", "Durée de la fenêtre de la rafale, en minutes."},
    {0}};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->sources, sizeof(struct source), SOURCES);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->sources);
}

/* True for an enumeration of sessions, or the opening of the pipe that it goes through. */
static bool enumeration(const struct activity *a)
{
    if (act_has(a, FACT_RPC_OPNUM)) {
        uint64_t opnum = act_u64(a, FACT_RPC_OPNUM, 0);
        bool wkssvc = str_hasi(act_str(a, FACT_RPC_INTERFACE), STR("wkssvc")) || str_eqi(common_pipe(a), STR("wkssvc"));
        return wkssvc ? opnum == WKSTA_USER_ENUM : a->kind == KIND_SMB_SESSION_ENUMERATION && opnum == SESSION_ENUM;
    }
    struct str pipe = common_wire_pipe(a) ? STR_NONE : common_pipe(a);
    return str_eqi(pipe, STR("srvsvc")) || (a->kind == KIND_SMB_SESSION_ENUMERATION && !str_set(pipe));
}

/* Machines and controllers ask for shares through the same pipe all day. */
static bool expected(const struct dir *dir, const struct activity *a, const struct common_place *from)
{
    return common_own(a) || common_machine(a) || !from->remote || dir_dc_source(dir, a);
}

static void remember_day(struct source *src, int64_t t)
{
    int64_t day = time_day(t);
    if (src->ndays && src->day[src->ndays - 1] == day)
        return;
    if (src->ndays < HABIT_DAYS)
        src->day[src->ndays++] = day;
}

static void raise(struct detection *d, const struct activity *a, const struct common_place *from, const struct source *src, unsigned controllers)
{
    struct arena *arena = detection_arena(d);
    struct draft f = draft_of(a);
    common_place_draft(&f, from);
    f.evidence = &src->evidence;
    f.campaign = common_campaign_from(detection_dir(d), a, from, 2012);
    const char *how = act_has(a, FACT_RPC_OPNUM) ? "enumerated the sessions of" : "opened the server service pipe (srvsvc), which lists sessions, on";
    struct str more = controllers > 1 ? str_fmt(arena, ", one of %u controllers within the window", controllers) : STR("");
    f.description =
        str_fmt(arena, "%.*s on %.*s %s %.*s at %.*s%.*s: users and the addresses that they work from are exposed. %s", STR_ARG(common_who(a)),
                STR_ARG(common_place_text(arena, from)), how, STR_ARG(common_destination(d, a)), STR_ARG(watch_time(arena, a->time)), STR_ARG(more),
                src->ndays > 1 ? "It did so on few days before." : "It had not done so before.");
    if (a->outcome == OUTCOME_FAILURE)
        f.description = str_fmt(arena, "%.*s The attempt was refused.", STR_ARG(f.description));
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    const struct dir *dir = detection_dir(d);
    struct common_place from = common_place(a);
    if (!enumeration(a) || !dir_dc_destination(dir, a) || expected(dir, a, &from))
        return;
    struct source *src = table_put(&s->sources, hash_mix(watch_account(a->actor_entity, &a->actor), common_place_key(&from)), NULL);
    if (!src)
        return;
    if (a->time - src->last > TIME_HOUR)
        witness_clear(&src->evidence);
    src->last = a->time;
    witness_add(&src->evidence, a);
    remember_day(src, a->time);
    watch_ring_add(&src->asked, a->time, watch_destination(a));
    int64_t since = a->time - (int64_t)(detection_param(d, P_BURST_MINUTES) * (double)TIME_MINUTE);
    unsigned controllers = watch_ring_distinct(&src->asked, since);
    if (src->ndays <= detection_param(d, P_HABIT) || controllers >= detection_param(d, P_BURST))
        raise(d, a, &from, src, controllers);
}

static const enum kind wants[] = {KIND_SMB_SESSION_ENUMERATION, KIND_SHARE_FILE_ACCESS, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} on {} {*} {} at {}{?}: users and the addresses that they work from are exposed. {*}{?}",
     "{}, sur {}, {} {} le {}{} : les utilisateurs et les adresses d’où ils travaillent sont exposés. {}{}"},
    {"enumerated the sessions of", "a énuméré les sessions de"},
    {"opened the server service pipe (srvsvc), which lists sessions, on",
     "a ouvert le canal du service Serveur (srvsvc), qui liste les sessions, sur"},
    {", one of {} controllers within the window", ", l’un de {} contrôleurs dans la fenêtre"},
    {"It did so on few days before.", "Il l’avait fait peu de jours auparavant."},
    {"It had not done so before.", "Il ne l’avait pas fait auparavant."},
    {" The attempt was refused.", " La tentative a été refusée."},
    {0}};

const struct detector det_2012 = {
    .external_id = 2012,
    .name = "User and IP address reconnaissance (SMB)",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_RECONNAISSANCE,
    .attack = {"T1049", "T1087.002"},
    .about = "Every domain user's computer reads policies from a controller's shares, so a controller's list of SMB sessions tells who works where. "
             "NetrSessionEnum (SRVSVC 12) and NetrWkstaUserEnum (WKSSVC 2) hand it out. The alert is raised when an account on a remote computer "
             "calls them on a controller, which the network shows, or, where only events exist, opens the pipe srvsvc there (event 5145), and had "
             "not done so on several days "
             "before. Machine accounts and other controllers, which use the pipe for shares, are left out.",
    .blind = "no event 5145 (Audit Detailed File Share on controllers) and no SRVSVC traffic",
    .french = {.name = "Reconnaissance d’utilisateurs et d’adresses IP (SMB)",
               .about = "L’ordinateur de chaque utilisateur du domaine lit des stratégies sur les partages d’un contrôleur : la liste des sessions "
                        "SMB d’un contrôleur dit donc qui travaille où. NetrSessionEnum (SRVSVC 12) et NetrWkstaUserEnum (WKSSVC 2) la donnent. "
                        "L’alerte est levée quand un compte, sur un ordinateur distant, les appelle sur un contrôleur, ce que montre le réseau, "
                        "ou, là où il n’y a que des événements, y ouvre le canal srvsvc (événement 5145), sans l’avoir fait plusieurs jours "
                        "auparavant. Les comptes d’ordinateur et les autres contrôleurs, qui utilisent ce canal pour les partages, sont laissés de "
                        "côté.",
               .blind = "aucun événement 5145 (Auditer le partage de fichiers détaillé sur les contrôleurs) et aucun trafic SRVSVC",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
