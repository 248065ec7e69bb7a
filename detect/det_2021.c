/* detect/det_2021.c - User and group membership reconnaissance (SAMR).
 *
 * Access masks: MS-SAMR 2.2.1.4 (domain). Opnums: MS-SAMR 3.1.5. */
#include "detect/common.h"

#include "base/hash.h"

enum {
    DOMAIN_LIST_ACCOUNTS = 0x100,
    SOURCES = 8192,
    THINGS = 131072,
    CONTROLLERS = 4096,
    WEIGHED = 32,
    HEAVY = 20,  /* an enumeration, or a sensitive group */
    MEMBERS = 3, /* members of a group that is not named */
    GROUPS = 14, /* all groups of a user, as "net user /domain" asks for them */
    DETAILS = 5, /* what is stored about a user */
    PIPE = 7,    /* the pipe alone, where nothing else is audited */
    LIGHT = 1,
    WAITING = 4,
    WAIT_SECONDS = 2
};

/* what one source asked within the window */
struct source {
    struct common_spread things;
    struct {
        uint64_t thing;
        int64_t time;
        uint32_t weight;
    } weighed[WEIGHED];
    uint32_t next;
    struct witnesses evidence;
    int64_t last;
    bool sensitive;
};

struct controller {
    int64_t since;
    bool audits_sam; /* event 4661 was seen */
};

/* questions of a session whose logon has not come by yet: exports that cut times to the second shuffle them */
struct waiting {
    unsigned n;
    struct {
        struct witness witness;
        uint32_t length, weight;
        bool sensitive;
        char what[COMMON_NAME];
    } q[WAITING];
};

struct state {
    struct table sessions, sources, controllers, waiting;
    struct table first; /* source and thing -> when it was first asked for */
    struct table made;  /* source and account -> when the source created it */
};

enum { P_WEIGHT, P_MINUTES, P_HABIT, P_OWN };
static const struct param params[] = {
    {"weight", 20,
     "New questions of one source within window_minutes that weigh so much together raise: an enumeration or a sensitive group weighs 20, "
     "the groups of a user 14, the opening of the pipe where SAM objects are not audited 7, what is stored about a user 5, members of an unnamed "
     "group 3, any other object 1.",
     "De nouvelles questions d’une source en window_minutes qui pèsent autant ensemble lèvent une alerte : une énumération ou un groupe sensible "
     "pèse 20, les groupes d’un utilisateur 14, l’ouverture du canal là où les objets SAM ne sont pas audités 7, ce qui est enregistré d’un "
     "utilisateur 5, les membres d’un groupe sans nom 3, tout autre objet 1."},
    {"window_minutes", 10, "The length of the window in minutes.", "Durée de la fenêtre, en minutes."},
    {"habit_hours", 24, "A question that the same source asked for the first time longer ago than so many hours is its habit and weighs nothing.",
                        "Une question que la même source a posée pour la première fois il y a plus d’autant d’heures est son habitude et ne pèse "
                        "rien."},
    {"own_hours", 24, "What a source asks about an account that it created less than so many hours ago is its work and weighs nothing.",
                      "Ce qu’une source demande d’un compte qu’elle a créé il y a moins d’autant d’heures est son travail et ne pèse rien."},
    {0}};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->sources, sizeof(struct source), SOURCES);
    table_init(&s->controllers, sizeof(struct controller), CONTROLLERS);
    table_init(&s->first, sizeof(int64_t), THINGS);
    table_init(&s->waiting, sizeof(struct waiting), SOURCES);
    table_init(&s->made, sizeof(int64_t), SOURCES);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->sources);
    table_free(&s->controllers);
    table_free(&s->first);
    table_free(&s->waiting);
    table_free(&s->made);
}

struct question {
    struct str what; /* in words */
    unsigned weight;
    bool sensitive;
};

/* A domain's SID is long and always the same: S-1-5-21-...-512. */
static struct str short_sid(struct arena *arena, struct str text)
{
    ptrdiff_t dash = str_rchr(text, '-');
    return str_starts(text, STR("S-1-5-21-")) ? str_fmt(arena, "S-1-5-21-...%.*s", STR_ARG(str_from(text, (size_t)dash))) : text;
}

static struct question about_group(struct detection *d, struct str sid, struct str name)
{
    const struct dir *dir = detection_dir(d);
    struct question q = {.weight = LIGHT, .sensitive = dir_sensitive_group_sid(dir, sid)};
    const struct entity *e = dir_entity(dir, dir_sid(dir, sid));
    struct str text = str_set(name) ? name : e ? e->name : sid;
    if (q.sensitive)
        q.weight = HEAVY;
    q.what = str_fmt(detection_arena(d), "%sgroup %.*s", q.sensitive ? "sensitive " : "", STR_ARG(short_sid(detection_arena(d), text)));
    return q;
}

/* Event 4661: SAM_SERVER, SAM_DOMAIN, SAM_GROUP, SAM_ALIAS, SAM_USER. */
static struct question about_object(struct detection *d, const struct activity *a)
{
    struct arena *arena = detection_arena(d);
    struct str type = act_str(a, FACT_OBJECT_TYPE), name = act_str(a, FACT_OBJECT_NAME);
    const struct object *o = act_object(a, ROLE_TARGET);
    struct str sid = o && str_set(o->ref.sid) ? o->ref.sid : name;
    if (str_eq(type, STR("SAM_GROUP")) || str_eq(type, STR("SAM_ALIAS")))
        return about_group(d, sid, o ? o->ref.name : STR_NONE);
    if (str_eq(type, STR("SAM_USER")))
        return (struct question){str_fmt(arena, "user %.*s", STR_ARG(o && str_set(o->ref.name) ? o->ref.name : sid)), LIGHT, false};
    if (!str_eq(type, STR("SAM_DOMAIN")))
        return (struct question){STR("the account database"), 0, false};
    if (act_u64(a, FACT_ACCESS_MASK, 0) & DOMAIN_LIST_ACCOUNTS)
        return (struct question){str_fmt(arena, "list of accounts of %.*s", STR_ARG(name)), HEAVY, false};
    return (struct question){str_fmt(arena, "domain %.*s", STR_ARG(name)), LIGHT, false};
}

/* Opnums of MS-SAMR 3.1.5 that ask about a group. Policies have computers look up and open even sensitive groups; their members are what an
 * intruder wants. */
static struct question about_group_on_network(struct detection *d, const struct activity *a, const struct object *o)
{
    struct arena *arena = detection_arena(d);
    struct question q = about_group(d, o->ref.sid, o->ref.name);
    switch (act_u64(a, FACT_RPC_OPNUM, 0)) {
    case 25:
    case 33:
        q.what = str_fmt(arena, "members of the %.*s", STR_ARG(q.what));
        q.weight = q.sensitive ? HEAVY : MEMBERS;
        return q;
    case 17:
    case 18: q.what = str_fmt(arena, "name of the %.*s", STR_ARG(q.what)); break;
    default: break;
    }
    q.weight = LIGHT;
    q.sensitive = false;
    return q;
}

/* Opnums of MS-SAMR 3.1.5 that ask about a user. */
static struct question about_user(struct detection *d, const struct activity *a, const struct object *o)
{
    const struct dir *dir = detection_dir(d);
    struct arena *arena = detection_arena(d);
    const struct entity *e = dir_entity(dir, dir_account(dir, &o->ref));
    struct str name = e && str_set(e->name) ? e->name : short_sid(arena, account_text(&o->ref));
    switch (act_u64(a, FACT_RPC_OPNUM, 0)) {
    case 39: return (struct question){str_fmt(arena, "groups of %.*s", STR_ARG(name)), GROUPS, false};
    case 36:
    case 47: return (struct question){str_fmt(arena, "information on %.*s", STR_ARG(name)), DETAILS, false};
    default: return (struct question){str_fmt(arena, "user %.*s", STR_ARG(name)), LIGHT, false};
    }
}

static struct question about_opnum(const struct activity *a)
{
    switch (act_u64(a, FACT_RPC_OPNUM, 0)) {
    case 11: return (struct question){STR("list of groups"), HEAVY, false};
    case 13: return (struct question){STR("list of users"), HEAVY, false};
    case 15: return (struct question){STR("list of aliases"), HEAVY, false};
    case 40:
    case 48:
    case 51: return (struct question){STR("display information of all accounts"), HEAVY, false};
    case 25: return (struct question){STR("members of a group"), MEMBERS, false};
    case 33: return (struct question){STR("members of an alias"), MEMBERS, false};
    case 39: return (struct question){STR("groups of a user"), GROUPS, false};
    default: return (struct question){STR_NONE, 0, false};
    }
}

static struct question question_of(struct detection *d, const struct activity *a, bool audits_sam)
{
    const struct object *o = act_object(a, ROLE_TARGET);
    if (a->kind != KIND_SAMR_QUERY)
        return (struct question){str_fmt(detection_arena(d), "pipe samr of %.*s", STR_ARG(a->destination)), audits_sam ? 0 : PIPE, false};
    if (act_has(a, FACT_RPC_OPNUM)) {
        if (o && o->type == OBJECT_GROUP)
            return about_group_on_network(d, a, o);
        return o && o->type == OBJECT_ACCOUNT ? about_user(d, a, o) : about_opnum(a);
    }
    if (str_set(act_str(a, FACT_OBJECT_TYPE)))
        return about_object(d, a);
    if (!o)
        return (struct question){STR_NONE, 0, false};
    if (o->type == OBJECT_GROUP)
        return about_group(d, o->ref.sid, o->ref.name);
    return (struct question){str_fmt(detection_arena(d), "groups of %.*s", STR_ARG(account_text(&o->ref))), LIGHT, false};
}

/* 4798 and 4799 with a calling process on the controller itself are local tools. */
static bool local_tool(const struct activity *a)
{
    struct str process = act_str(a, FACT_PROCESS_NAME);
    return (watch_event(a, 4798) || watch_event(a, 4799)) && str_set(process) && !str_endsi(process, STR("\\lsass.exe"));
}

/* Sum of the weights of different things in the window; a thing counts once. */
static unsigned weigh(struct source *src, uint64_t thing, int64_t now, unsigned weight, int64_t since)
{
    unsigned sum = 0;
    bool held = false;
    for (unsigned i = 0; i < WEIGHED; i++) {
        if (src->weighed[i].weight && src->weighed[i].thing == thing) {
            src->weighed[i].time = now;
            held = true;
        }
        if (src->weighed[i].weight && src->weighed[i].time >= since)
            sum += src->weighed[i].weight;
    }
    if (held || !weight)
        return sum;
    src->weighed[src->next].thing = thing;
    src->weighed[src->next].time = now;
    src->weighed[src->next].weight = weight;
    src->next = (src->next + 1) % WEIGHED;
    return sum + weight;
}

static void raise(struct detection *d, const struct activity *a, const struct common_place *from, const struct source *src)
{
    struct arena *arena = detection_arena(d);
    struct draft f = draft_of(a);
    common_place_draft(&f, from);
    f.evidence = &src->evidence;
    f.campaign = common_campaign_from(detection_dir(d), a, from, 2021);
    f.description = str_fmt(arena, "%.*s on %.*s asked %.*s over SAMR for %.*s between %.*s and %.*s, which it had not done before.%s",
                            STR_ARG(common_who(a)), STR_ARG(common_place_text(arena, from)), STR_ARG(common_destination(d, a)),
                            STR_ARG(common_spread_text(arena, &src->things, 4)), STR_ARG(watch_time(arena, src->evidence.w[0].time)),
                            STR_ARG(watch_time(arena, a->time)), src->sensitive ? " Sensitive groups are among them." : "");
    detection_raise(d, a, &f);
}

struct controller_question {
    struct question q;
    const struct witness *asked; /* where it was asked, when not in the activity at hand */
    int64_t since;               /* how long the controller has been watched */
};

static uint64_t source_key(const struct activity *a, const struct common_place *from)
{
    return hash_mix(watch_account(a->actor_entity, &a->actor), common_place_key(from));
}

static void judge(struct detection *d, const struct activity *a, const struct common_place *from, const struct controller_question *cq)
{
    struct state *s = detection_state(d);
    struct question q = cq->q;
    uint64_t who = source_key(a, from);
    uint64_t thing = hash_stri(q.what, who);
    bool fresh;
    int64_t *first = table_put(&s->first, thing, &fresh);
    struct source *src = table_put(&s->sources, who, NULL);
    if (!first || !src)
        return;
    if (fresh)
        *first = a->time;
    if ((double)(a->time - *first) > detection_param(d, P_HABIT) * (double)TIME_HOUR)
        q.weight = 0;
    int64_t window = (int64_t)(detection_param(d, P_MINUTES) * (double)TIME_MINUTE);
    if (a->time - src->last > window) {
        witness_clear(&src->evidence);
        src->sensitive = false;
    }
    src->last = a->time;
    src->sensitive |= q.sensitive;
    if (cq->asked)
        common_witness(&src->evidence, cq->asked);
    else
        witness_add(&src->evidence, a);
    if (q.weight)
        common_spread_add(&src->things, q.what, a, window);
    unsigned weight = weigh(src, thing, a->time, q.weight, a->time - window);
    if (q.weight && weight >= detection_param(d, P_WEIGHT) && detection_learned(d, cq->since, a->time))
        raise(d, a, from, src);
}

/* ---- accounts of one's own making: who creates one looks it up, sets its password, puts it into groups ---- */

/* By name: when it is created nothing else is known. 0: nobody names it. */
static uint64_t made_key(struct detection *d, const struct activity *a, const struct common_place *from, const struct object *o)
{
    const struct dir *dir = detection_dir(d);
    const struct entity *e = str_set(o->ref.name) ? NULL : dir_entity(dir, dir_account(dir, &o->ref));
    struct str name = e ? e->sam : o->ref.name;
    return name.n ? hash_mix(source_key(a, from), hash_stri(name, 2021)) : 0;
}

static void creates(struct detection *d, const struct activity *a, const struct common_place *from)
{
    struct state *s = detection_state(d);
    const struct object *o = act_object(a, ROLE_TARGET);
    uint64_t key = o && from->remote ? made_key(d, a, from, o) : 0;
    int64_t *time = key ? table_put(&s->made, key, NULL) : NULL;
    if (time)
        *time = a->time;
}

static bool asks_about_own(struct detection *d, const struct activity *a, const struct common_place *from)
{
    struct state *s = detection_state(d);
    const struct object *o = act_object(a, ROLE_TARGET);
    uint64_t key = o && o->type == OBJECT_ACCOUNT ? made_key(d, a, from, o) : 0;
    const int64_t *time = key ? table_get(&s->made, key) : NULL;
    return time && (double)(a->time - *time) < detection_param(d, P_OWN) * (double)TIME_HOUR;
}

/* ---- sessions that are known only afterwards ---- */

static uint64_t waiting_key(const struct activity *a)
{
    return hash_stri(a->session, watch_destination(a));
}

static void wait_for_logon(struct state *s, const struct activity *a, const struct question *q)
{
    struct waiting *w = table_put(&s->waiting, waiting_key(a), NULL);
    if (!w || w->n == WAITING)
        return;
    struct witnesses one = {0};
    witness_add(&one, a);
    w->q[w->n].witness = one.w[0];
    w->q[w->n].weight = q->weight;
    w->q[w->n].sensitive = q->sensitive;
    w->q[w->n].length = (uint32_t)(q->what.n < COMMON_NAME ? q->what.n : COMMON_NAME);
    memcpy(w->q[w->n].what, q->what.p, w->q[w->n].length);
    w->n++;
}

static void logon_came(struct detection *d, const struct activity *a, const struct common_place *from, const struct controller *dc)
{
    struct state *s = detection_state(d);
    const struct waiting *at = str_set(a->session) ? table_get(&s->waiting, waiting_key(a)) : NULL;
    if (!at || !from->remote)
        return;
    struct waiting w = *at;
    table_drop(&s->waiting, waiting_key(a));
    for (unsigned i = 0; i < w.n; i++) {
        struct question q = {{w.q[i].what, w.q[i].length}, w.q[i].weight, w.q[i].sensitive};
        if (a->time - w.q[i].witness.time <= WAIT_SECONDS * TIME_SECOND)
            judge(d, a, from, &(struct controller_question){q, &w.q[i].witness, dc->since});
    }
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    const struct dir *dir = detection_dir(d);
    bool asks = a->kind == KIND_SAMR_QUERY || (a->kind == KIND_SHARE_FILE_ACCESS && str_eqi(common_pipe(a), STR("samr")) && !common_wire_pipe(a));
    if (!dir_dc_destination(dir, a) || a->outcome == OUTCOME_FAILURE)
        return;
    bool fresh;
    struct controller *dc = table_put(&s->controllers, watch_destination(a), &fresh);
    if (!dc)
        return;
    if (fresh)
        dc->since = a->time;
    dc->audits_sam |= watch_event(a, 4661);
    struct common_place from = common_sessions_place(detection_sessions(d), a);
    if (common_own(a) || common_machine(a) || local_tool(a) || dir_is(dir, from.entity, ENTITY_DC))
        return;
    logon_came(d, a, &from, dc);
    if (a->kind == KIND_ACCOUNT_CREATED)
        creates(d, a, &from);
    struct question q = asks ? question_of(d, a, dc->audits_sam) : (struct question){0};
    if (!str_set(q.what) || asks_about_own(d, a, &from))
        return;
    if (from.remote)
        judge(d, a, &from, &(struct controller_question){q, NULL, dc->since});
    else if (!common_sessions_find(detection_sessions(d), a) && str_set(a->session))
        wait_for_logon(s, a, &q);
}

static const enum kind wants[] = {KIND_SAMR_QUERY, KIND_ACCOUNT_CREATED, COMMON_LOGON_KINDS, KIND_COUNT};
static const enum kind needs[] = {KIND_SAMR_QUERY, KIND_SHARE_FILE_ACCESS, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} on {} asked {} over SAMR for {*} between {} and {}, which it had not done before.{?}",
     "{}, sur {}, a demandé à {} par SAMR : {}, entre le {} et le {}, ce qu’il n’avait pas fait auparavant.{}"},
    {" Sensitive groups are among them.", " Des groupes sensibles sont du nombre."},
    {"{*} and 1 more", "{} et 1 autre"},
    {"{*} and {} more", "{} et {} autres"},
    {"{*} and {*}", "{} et {}"},
    {"{*}, {*}", "{}, {}"},
    {"members of the {*}", "membres du {}"},
    {"name of the {*}", "nom du {}"},
    {"sensitive group {}", "groupe sensible {}"},
    {"group {}", "groupe {}"},
    {"user {}", "utilisateur {}"},
    {"the account database", "la base des comptes"},
    {"list of accounts of {}", "liste des comptes de {}"},
    {"domain {}", "domaine {}"},
    {"list of groups", "liste des groupes"},
    {"list of users", "liste des utilisateurs"},
    {"list of aliases", "liste des alias"},
    {"display information of all accounts", "informations d’affichage de tous les comptes"},
    {"members of a group", "membres d’un groupe"},
    {"members of an alias", "membres d’un alias"},
    {"groups of a user", "groupes d’un utilisateur"},
    {"groups of {}", "groupes de {}"},
    {"information on {}", "informations sur {}"},
    {"pipe samr of {}", "canal samr de {}"},
    {0}};

const struct detector det_2021 = {
    .external_id = 2021,
    .name = "User and group membership reconnaissance (SAMR)",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_RECONNAISSANCE,
    .attack = {"T1087.002", "T1069.002"},
    .learning_days = 28,
    .about = "SAMR hands out users, groups and members to any domain account. Computers use it every day for small questions; an intruder asks the "
             "big ones. Every controller is watched for four weeks to learn which account on which computer asks what. Afterwards new questions "
             "are weighed: listing all accounts, or opening a sensitive group (Domain Admins and its like, by SID, and tagged ones), raises at once; "
             "smaller ones raise when enough come together. On the network the calls themselves are seen, and it is the members of a sensitive group "
             "that raise; of encrypted calls the operation remains. What a source asks about an account that it has just created is its work. "
             "Machine accounts, controllers and tools that run on the controller itself are left out.",
    .blind = "no events 4661, 4799 or 5145 (Audit SAM, Security Group Management, Detailed File Share on controllers) and no SAMR traffic",
    .french = {.name = "Reconnaissance d’utilisateurs et d’appartenances à des groupes (SAMR)",
               .about = "SAMR donne utilisateurs, groupes et membres à tout compte du domaine. Les ordinateurs s’en servent chaque jour pour de "
                        "petites questions ; un intrus pose les grandes. Chaque contrôleur est observé pendant quatre semaines pour apprendre quel "
                        "compte, sur quel ordinateur, demande quoi. Ensuite les nouvelles questions sont pesées : lister tous les comptes, ou "
                        "ouvrir un groupe sensible (Admins du domaine et semblables, par SID, et groupes étiquetés), lève une alerte aussitôt ; de "
                        "plus petites questions en lèvent une quand il s’en accumule assez. Sur le réseau, on voit les appels eux-mêmes, et ce "
                        "sont les membres d’un groupe sensible qui lèvent l’alerte ; d’appels chiffrés il reste l’opération. Ce qu’une source "
                        "demande d’un compte qu’elle vient de créer est son travail. Les comptes d’ordinateur, les contrôleurs et les outils qui "
                        "tournent sur le contrôleur même sont laissés de côté.",
               .blind = "aucun événement 4661, 4799 ou 5145 (Auditer SAM, la gestion des groupes de sécurité, le partage de fichiers détaillé sur "
                        "les contrôleurs) et aucun trafic SAMR",
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
