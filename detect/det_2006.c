/* detect/det_2006.c - Suspected DCSync attack: replication asked for by who is no controller.
 *
 * Control access rights: MS-ADTS 5.1.3.2.1. Opnum: MS-DRSR 4.1.10 (IDL_DRSGetNCChanges). */
#include "detect/common.h"
#include "detect/roguedc.h"

#include "base/hash.h"

enum { GET_NC_CHANGES = 3, REPLICATORS = 4096, PROMOTIONS = 1024 };

struct replicator {
    int64_t since;
    struct distinct places;
};

struct promotion { /* a computer that was made a controller, as events of controllers tell, and is none that the directory knows */
    int64_t time;
    uint32_t by_n;
    char by[60];
};

struct state {
    struct table promotions;
    struct table replicators; /* what places known replicators work from */
    struct table places;      /* the same, by place */
};

enum { P_SETTLED };
static const struct param params[] = {
    {"settled_hours", 24, "After so many hours a known replicator that works from a place which it never used raises with full severity.",
                          "Après autant d’heures, un réplicateur connu qui agit depuis un lieu qu’il n’a jamais utilisé lève une alerte de pleine "
                          "gravité."},
    {0}};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->promotions, sizeof(struct promotion), PROMOTIONS);
    table_init(&s->replicators, sizeof(struct replicator), REPLICATORS);
    table_init(&s->places, 1, REPLICATORS);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->promotions);
    table_free(&s->replicators);
    table_free(&s->places);
}

/* What was asked for, in words; absent when the activity is no request to replicate. */
static struct str rights(struct arena *arena, const struct activity *a)
{
    static const struct {
        struct str guid, name;
    } known[] = {{{"1131f6aa-9c07-11d1-f79f-00c04fc2dcd2", 36}, {"DS-Replication-Get-Changes", 26}},
                 {{"1131f6ad-9c07-11d1-f79f-00c04fc2dcd2", 36}, {"DS-Replication-Get-Changes-All", 30}},
                 {{"89e95b76-444d-4c62-991a-0facbeda640c", 36}, {"DS-Replication-Get-Changes-In-Filtered-Set", 42}}};
    if (act_has(a, FACT_RPC_OPNUM))
        return act_u64(a, FACT_RPC_OPNUM, 0) == GET_NC_CHANGES && a->protocol == PROTO_DRSUAPI ? STR("DRSGetNCChanges") : STR_NONE;
    struct str properties = act_str(a, FACT_PROPERTIES), text = STR_NONE;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_hasi(properties, known[i].guid))
            text = str_set(text) ? str_fmt(arena, "%.*s, %.*s", STR_ARG(text), STR_ARG(known[i].name)) : known[i].name;
    return text;
}

/* A controller replicates; but not from the address of a computer that is none. */
static bool genuine(const struct dir *dir, const struct activity *a, const struct common_place *from)
{
    if (common_own(a) && !from->remote)
        return true;
    if (!account_set(&a->actor))
        return dir_dc_source(dir, a);
    if (!common_controller(dir, a) && !common_own(a))
        return false;
    uint32_t computer = ip_set(&from->ip) ? dir_computer_at(dir, &from->ip) : 0;
    return !computer || computer == a->actor_entity || dir_is(dir, computer, ENTITY_DC);
}

/* True when a known replicator comes from a place that is new for it after a settled time. */
static bool strayed(struct detection *d, const struct activity *a, const struct common_place *from)
{
    struct state *s = detection_state(d);
    bool fresh;
    struct replicator *r = table_put(&s->replicators, watch_account(a->actor_entity, &a->actor), &fresh);
    uint64_t place = common_place_key(from);
    if (!r || !place)
        return false;
    if (fresh)
        r->since = a->time;
    return distinct_add(&r->places, place) && (double)(a->time - r->since) > detection_param(d, P_SETTLED) * (double)TIME_HOUR;
}

/* On the network an encrypted call may not tell the account: then the computer is known, or its address that a known one used. */
static bool replicator(struct detection *d, const struct activity *a, const struct common_place *from)
{
    struct state *s = detection_state(d);
    const struct dir *dir = detection_dir(d);
    uint64_t place = common_place_key(from);
    bool known = dir_is(dir, a->actor_entity, ENTITY_REPLICATOR);
    if (known && place)
        (void)table_put(&s->places, place, NULL);
    if (account_set(&a->actor))
        return known;
    return dir_is(dir, from->entity, ENTITY_REPLICATOR) || (place && table_get(&s->places, place));
}

/* Notes who made which computer a controller, and forgets those that are none any more. */
static void promotion(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct str computer, by = watch_called(detection_dir(d), a->actor_entity, &a->actor);
    unsigned marks = roguedc_marks(a, &computer);
    if (!str_set(computer) || !(marks & (ROGUEDC_REAL | ROGUEDC_UNMADE)))
        return;
    uint64_t key = roguedc_key(computer);
    struct promotion *p = marks & ROGUEDC_REAL ? table_put(&s->promotions, key, NULL) : NULL;
    if (!p)
        table_drop(&s->promotions, key);
    else if (!p->time) {
        p->time = a->time;
        p->by_n = str_set(by) ? (uint32_t)(by.n < sizeof p->by ? by.n : sizeof p->by) : 0;
        if (p->by_n)
            memcpy(p->by, by.p, p->by_n);
    }
}

/* The promotion of the computer that asks under its own account, from its own address as far as that is known. */
static const struct promotion *promoted(struct detection *d, const struct activity *a, const struct common_place *from)
{
    struct state *s = detection_state(d);
    uint32_t computer = ip_set(&from->ip) ? dir_computer_at(detection_dir(d), &from->ip) : from->entity;
    bool own = common_machine(a) && (!computer || computer == a->actor_entity);
    return own ? table_get(&s->promotions, roguedc_key(account_text(&a->actor))) : NULL;
}

static void raise(struct detection *d, const struct activity *a, const struct common_place *from, struct str what)
{
    struct arena *arena = detection_arena(d);
    const struct dir *dir = detection_dir(d);
    struct draft f = draft_of(a);
    struct witnesses evidence = {0};
    const struct common_session *logon = common_sessions_find(detection_sessions(d), a);
    if (logon) {
        common_witness(&evidence, &logon->logon);
        f.evidence = &evidence;
    }
    common_place_draft(&f, from);
    f.campaign = common_campaign(dir, a, from, 2006);
    bool known = replicator(d, a, from);
    const struct promotion *p = promoted(d, a, from);
    struct str judgement = STR("it is not a domain controller");
    if (known && account_set(&a->actor) && strayed(d, a, from))
        judgement = STR("it is known to replicate, but never did so from there");
    else if (known) {
        judgement = STR("it is known to replicate the directory (synchronisation or backup); it is shown because whoever steals it can read every "
                    "password hash");
        f.severity = SEVERITY_LOW;
    } else if (p) { /* who may do that may do this, too: it stays an alert */
        struct str by = p->by_n ? (struct str){p->by, p->by_n} : STR("somebody");
        judgement = str_fmt(arena, "%.*s made it a domain controller at %.*s: tag it as one if that was planned, or it is an attack", STR_ARG(by),
                            STR_ARG(watch_time(arena, p->time)));
        f.severity = SEVERITY_MEDIUM;
    } else if (common_machine(a) && dir_is(dir, a->actor_entity, ENTITY_DC)) {
        judgement = STR("the name is a controller's while the address belongs to another computer");
    }
    f.description = str_fmt(arena, "%.*s from %.*s asked %.*s to replicate the directory (%.*s) at %.*s; %.*s.", STR_ARG(common_who(a)),
                            STR_ARG(common_place_text(arena, from)), STR_ARG(common_destination(d, a)), STR_ARG(what),
                            STR_ARG(watch_time(arena, a->time)), STR_ARG(judgement));
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    if (a->kind != KIND_DIRECTORY_REPLICATION)
        promotion(d, a);
    if (a->kind != KIND_DIRECTORY_REPLICATION || a->outcome == OUTCOME_FAILURE)
        return;
    struct str what = rights(detection_arena(d), a);
    if (!str_set(what))
        return;
    struct common_place from = common_sessions_place(detection_sessions(d), a);
    if (!genuine(detection_dir(d), a, &from))
        raise(d, a, &from, what);
}

static const enum kind wants[] = {KIND_DIRECTORY_REPLICATION, KIND_ACCOUNT_CHANGED, KIND_ACCOUNT_CREATED, KIND_OBJECT_CHANGED, KIND_OBJECT_CREATED, KIND_COUNT};
static const enum kind needs[] = {KIND_DIRECTORY_REPLICATION, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} from {} asked {} to replicate the directory ({}) at {}; {*}.", "{}, depuis {}, a demandé à {} de répliquer l’annuaire ({}) le {} ; {}."},
    {"it is not a domain controller", "ce n’est pas un contrôleur de domaine"},
    {"it is known to replicate, but never did so from there", "il est connu pour répliquer, mais ne l’a jamais fait de là"},
    {"it is known to replicate the directory (synchronisation or backup); it is shown because whoever steals it can read every password hash",
     "il est connu pour répliquer l’annuaire (synchronisation ou sauvegarde) ; il est montré parce que qui le vole peut lire tous les hachages de "
     "mots de passe"},
    {"{} made it a domain controller at {}: tag it as one if that was planned, or it is an attack",
     "{} en a fait un contrôleur de domaine le {} : étiquetez-le comme tel si c’était prévu, sinon c’est une attaque"},
    {"somebody", "quelqu’un"},
    {"the name is a controller's while the address belongs to another computer",
     "le nom est celui d’un contrôleur alors que l’adresse appartient à un autre ordinateur"},
    {0}};

const struct detector det_2006 = {
    .external_id = 2006,
    .name = "Suspected DCSync attack (replication of directory services)",
    .severity = SEVERITY_HIGH,
    .category = CATEGORY_DOMAIN_DOMINANCE,
    .attack = {"T1003.006"},
    .about = "Domain controllers copy the directory, password hashes included, from each other. Who holds the replication rights can ask for the "
             "same copy from anywhere. The alert is raised when an account that is not a controller's, or a controller's account from another "
             "computer's address, uses the rights DS-Replication-Get-Changes, -All or -In-Filtered-Set (event 4662) or calls DRSGetNCChanges on the "
             "network, "
             "where the address decides when the call does not tell the account. Accounts that are known to replicate, such as those of Entra "
             "Connect, are shown with low severity, and with full severity when they "
             "turn up at a place that is new for them. A computer that events show to have become a controller, before the directory or the "
             "configuration knows it, raises with medium severity and says who promoted it: whoever may promote one can make an attack look so.",
    .blind = "no event 4662 (Audit Directory Service Access on controllers) and no DRSUAPI traffic",
    .french = {.name = "Attaque DCSync présumée (réplication de services d’annuaire)",
               .about = "Les contrôleurs de domaine copient l’annuaire, hachages des mots de passe compris, les uns des autres. Qui détient les "
                        "droits de réplication peut demander la même copie de n’importe où. L’alerte est levée quand un compte qui n’est pas celui "
                        "d’un contrôleur, ou le compte d’un contrôleur depuis l’adresse d’un autre ordinateur, utilise les droits "
                        "DS-Replication-Get-Changes, -All ou -In-Filtered-Set (événement 4662) ou appelle DRSGetNCChanges sur le réseau, où "
                        "l’adresse décide quand l’appel ne dit pas le compte. Les comptes connus pour répliquer, comme ceux d’Entra Connect, sont "
                        "montrés avec une gravité faible, et avec la pleine gravité quand ils apparaissent en un lieu nouveau pour eux. Un ordinateur "
                        "dont des événements montrent qu’il est devenu contrôleur, avant que l’annuaire ou la configuration le sachent, est montré "
                        "avec une gravité moyenne et le nom de qui l’a promu : qui peut promouvoir un contrôleur peut donner cette apparence à une "
                        "attaque.",
               .blind = "aucun événement 4662 (Auditer l’accès au service d’annuaire sur les contrôleurs) et aucun trafic DRSUAPI",
               .phrases = phrases},
    .wants = wants,
    .needs = needs,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
