/* detect/det_2028.c - a computer that is no domain controller is registered as one. */
#include "base/hash.h"
#include "detect/roguedc.h"
#include "detect/watch.h"

enum { WINDOW_MINUTES };

static const struct param params[] = {
    [WINDOW_MINUTES] = {"window_minutes", 60, "Minutes within which the marks of one registration by one account are taken together.",
                                              "Minutes pendant lesquelles les indices d’un même enregistrement par un compte sont réunis."}, {0}};

struct registration { /* by one account */
    unsigned marks;
    int64_t first, last;
    bool real; /* a true controller was promoted by the same account, as long as it is one */
    bool made; /* ... within this registration */
    bool raised;
    struct watch_names computers;
    struct witnesses seen;
    uint32_t unreported;
    uint64_t campaign;
    uint32_t actor_entity;
    char actor[64];
    uint32_t actor_length;
    char where[64];
    uint32_t where_length, where_entity;
    struct ip from; /* on the network */
};

struct state {
    struct table registrations;
    struct table real;  /* computers that became controllers for good */
    struct table hosts; /* struct roguedc_host */
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->registrations, sizeof(struct registration), 1024);
    table_init(&s->real, 1, 4096);
    table_init(&s->hosts, sizeof(struct roguedc_host), 1024);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->registrations);
    table_free(&s->real);
    table_free(&s->hosts);
}

static uint32_t keep(char *to, size_t room, struct str s)
{
    size_t n = s.n < room ? s.n : room;
    if (n)
        memcpy(to, s.p, n);
    return (uint32_t)n;
}

static struct str marks_text(struct arena *m, unsigned marks)
{
    return str_fmt(m, "%s%s%s%s", marks & ROGUEDC_SPN ? ", gave it the service principal names of a controller" : "",
                   marks & ROGUEDC_OBJECT ? ", made its server object in the configuration" : "",
                   marks & ROGUEDC_INSTALL ? ", used the right to add a replica to the domain" : "",
                   marks & ROGUEDC_DELETED ? ", and deleted the traces again" : "");
}

static void report(struct detection *d, const struct activity *a, struct registration *r)
{
    struct arena *m = detection_arena(d);
    struct str actor = {r->actor, r->actor_length}, where = {r->where, r->where_length};
    struct draft f = {.destination_name = where, .destination_entity = r->where_entity};
    if (a)
        f = draft_of(a);
    f.nusers = f.naccounts = 0;
    if (actor.n)
        draft_user(&f, r->actor_entity, actor);
    else
        actor = STR("An unknown account");
    if (r->computers.n) {
        f.source_name = (struct str){r->computers.a[0].name, r->computers.a[0].length};
        f.source_entity = r->computers.a[0].entity;
    } else {
        f.source_ip = r->from;
    }
    f.campaign = r->campaign;
    f.evidence = &r->seen;
    f.count = r->unreported;
    f.description = str_fmt(m, "%.*s registered %.*s, which is no domain controller, as one on %.*s between %.*s and %.*s%.*s.", STR_ARG(actor),
                            STR_ARG(r->computers.n ? watch_names_text(m, &r->computers, 4) : STR("a computer that the events do not name")),
                            STR_ARG(where), STR_ARG(watch_time(m, r->first)), STR_ARG(watch_time(m, r->last)), STR_ARG(marks_text(m, r->marks)));
    r->raised = true;
    r->unreported = 0;
    detection_raise(d, a, &f);
}

/* What names no computer is part of every promotion: it counts when no true controller came out of it. */
static void settle(struct detection *d, struct registration *r)
{
    if ((r->marks & (ROGUEDC_INSTALL | ROGUEDC_OBJECT)) && !r->raised && !r->real)
        report(d, NULL, r);
}

static struct registration *registration_of(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    uint64_t key = hash_mix(account_set(&a->actor) ? watch_account(a->actor_entity, &a->actor) : ip_hash(&a->ip), 1);
    struct registration *r = table_put(&s->registrations, key, NULL);
    if (!r)
        return NULL;
    if (r->last && a->time - r->last > (int64_t)(detection_param(d, WINDOW_MINUTES) * (double)TIME_MINUTE)) {
        settle(d, r);
        memset(r, 0, sizeof *r);
    }
    if (!r->last) {
        r->first = a->time;
        r->campaign = key;
        r->actor_entity = a->actor_entity;
        r->actor_length = keep(r->actor, sizeof r->actor, watch_called(detection_dir(d), a->actor_entity, &a->actor));
        r->where_length = keep(r->where, sizeof r->where, watch_destination_text(detection_arena(d), a));
        r->where_entity = a->destination_entity;
        r->from = a->ip;
    }
    r->last = a->time;
    return r;
}

/* The campaign of the registration that events showed, where the computer's name tells. */
static uint64_t campaign_of(struct detection *d, const struct activity *a, const struct roguedc_host *h)
{
    struct state *s = detection_state(d);
    struct str name = roguedc_name(detection_dir(d), h);
    uint32_t at = 0;
    const struct registration *r;
    while ((r = table_each(&s->registrations, &at, NULL)))
        if (r->raised && (ip_eq(&r->from, &h->ip) || (str_set(name) && watch_names_has(&r->computers, 0, name))))
            return r->campaign;
    return account_set(&a->actor) && ip_eq(&a->ip, &h->ip) ? hash_mix(watch_account(a->actor_entity, &a->actor), 1) : hash_mix(ip_hash(&h->ip), 1);
}

/* On the network: a controller turns to a computer for replication that had asked for it and is no controller. */
static void turned_to(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct arena *m = detection_arena(d);
    struct roguedc_host *h = roguedc_network(detection_dir(d), &s->hosts, a, (int64_t)(detection_param(d, WINDOW_MINUTES) * (double)TIME_MINUTE));
    if (!h || !(h->did & ROGUEDC_ADDED) || !(h->did & (ROGUEDC_SOUGHT | ROGUEDC_PULLED)))
        return;
    char text[IP_TEXT];
    struct str ip = ip_text(&h->ip, text), name = roguedc_name(detection_dir(d), h);
    struct draft f = roguedc_draft(detection_dir(d), a, h);
    f.campaign = campaign_of(d, a, h);
    f.description = str_fmt(
        m, "%.*s%s%.*s%s, which is no domain controller, is taken for one: a controller turned to it for replication, which it had asked for, %.*s.",
        STR_ARG(name), str_set(name) ? " (" : "", STR_ARG(ip), str_set(name) ? ")" : "", STR_ARG(watch_times(m, h->seen.total, a->time)));
    detection_raise(d, a, &f);
}

/* Within the window a computer that had become a controller is none any more: it was one for a moment, which hides nothing. */
static void unmade(struct detection *d, const struct activity *a, struct str computer)
{
    struct state *s = detection_state(d);
    struct str name = watch_bare(&(struct account){.name = computer});
    int64_t window = (int64_t)(detection_param(d, WINDOW_MINUTES) * (double)TIME_MINUTE);
    uint32_t at = 0;
    struct registration *r;
    while ((r = table_each(&s->registrations, &at, NULL))) {
        if (!r->made || a->time - r->last > window || !watch_names_has(&r->computers, 0, name))
            continue;
        r->real = r->made = false;
        witness_add(&r->seen, a);
        if (r->marks & (ROGUEDC_SPN | ROGUEDC_OBJECT))
            report(d, a, r);
    }
}

static void see(struct detection *d, const struct activity *a)
{
    const struct dir *dir = detection_dir(d);
    struct str computer;
    turned_to(d, a);
    if (act_has(a, FACT_RPC_OPNUM) && dir_dc_source(dir, a))
        return;
    unsigned marks = roguedc_marks(a, &computer) & ~(unsigned)ROGUEDC_TOPOLOGY;
    struct state *s = detection_state(d);
    bool was = roguedc_is_dc(dir, &s->real, computer), made = roguedc_learn(&s->real, marks, computer);
    if (was && !roguedc_is_dc(dir, &s->real, computer))
        unmade(d, a, computer);
    marks &= ~(unsigned)ROGUEDC_UNMADE;
    if (!marks || dir_is(dir, a->actor_entity, ENTITY_DC) || watch_builtin(&a->actor))
        return;
    struct registration *r = registration_of(d, a);
    if (!r)
        return;
    r->made = r->made || made;
    if (roguedc_is_dc(dir, &s->real, computer))
        r->real = true;
    else if (r->real || (marks == ROGUEDC_DELETED && !r->marks))
        return; /* metadata of a controller that is gone is cleaned up like this */
    r->marks |= marks;
    r->unreported++;
    if (str_set(computer))
        watch_names_add(&r->computers, 0, watch_bare(&(struct account){.name = computer}));
    witness_add(&r->seen, a);
    if (!r->real && r->computers.n && (r->marks & (ROGUEDC_SPN | ROGUEDC_OBJECT)))
        report(d, a, r);
}

static void tick(struct detection *d, int64_t now)
{
    struct state *s = detection_state(d);
    uint32_t at = 0;
    struct registration *r;
    while ((r = table_each(&s->registrations, &at, NULL)))
        if (r->last && now - r->last > (int64_t)(detection_param(d, WINDOW_MINUTES) * (double)TIME_MINUTE)) {
            settle(d, r);
            memset(r, 0, sizeof *r);
        }
}

static void end(struct detection *d)
{
    struct state *s = detection_state(d);
    uint32_t at = 0;
    struct registration *r;
    while ((r = table_each(&s->registrations, &at, NULL)))
        settle(d, r);
}

static const enum kind wants[] = {KIND_DIRECTORY_ACCESS, KIND_DIRECTORY_REPLICATION, KIND_ACCOUNT_CHANGED, KIND_OBJECT_CHANGED, KIND_OBJECT_CREATED,
                                  KIND_OBJECT_DELETED,   KIND_ACCOUNT_CREATED,       KIND_REPLICA_CHANGE,  KIND_RPC_CALL,       KIND_COUNT};
static const enum kind needs[] = {KIND_DIRECTORY_ACCESS, KIND_ACCOUNT_CHANGED, KIND_OBJECT_CHANGED,
                                  KIND_OBJECT_CREATED,   KIND_REPLICA_CHANGE,  KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} registered {list}, which is no domain controller, as one on {} between {} and {}{?}{?}{?}{?}.",
     "{} a enregistré {}, qui n’est pas un contrôleur de domaine, comme tel sur {} entre le {} et le {}{}{}{}{}."},
    {"a computer that the events do not name", "un ordinateur que les événements ne nomment pas"},
    {", gave it the service principal names of a controller", ", lui a donné les noms de principal de service d’un contrôleur"},
    {", made its server object in the configuration", ", a créé son objet serveur dans la configuration"},
    {", used the right to add a replica to the domain", ", a utilisé le droit d’ajouter un réplica au domaine"},
    {", and deleted the traces again", ", puis a effacé les traces"},
    {"{}, which is no domain controller, is taken for one: a controller turned to it for replication, which it had asked for, {*}.",
     "{}, qui n’est pas un contrôleur de domaine, est pris pour tel : un contrôleur s’est tourné vers lui pour répliquer, ce qu’il avait demandé, "
     "{}."},
    {0}};

const struct detector det_2028 = {
    .external_id = 2028,
    .name = "Suspected DCShadow attack (domain controller promotion)",
    .severity = SEVERITY_HIGH,
    .category = CATEGORY_DOMAIN_DOMINANCE,
    .attack = {"T1207"},
    .about =
        "A computer that is no domain controller is made to look like one, so that it can push changes into the directory: it gets the service "
        "principal "
        "names of a controller (GC/ or the directory replication service's GUID), a server or nTDSDSA object in the configuration, or an account "
        "uses "
        "the right to add a replica without a true controller coming out of it. True promotions end with a computer that the directory knows as a "
        "controller, or whose primary group is that of controllers, and are left out, unless it is none any more within the window. On the network, where these calls are encrypted, it is a "
        "computer "
        "that is no controller and adds a controller (DRSAddEntry), or asks for replication (DRSReplicaAdd) whereupon a controller turns to it.",
    .blind = "no changes to computer accounts and configuration objects (events 4742, 5136, 5137: Audit Computer Account Management, Audit Directory "
             "Service "
             "Changes) and no event 4662 (Audit Directory Service Access), and no DRSUAPI traffic",
    .french = {.name = "Attaque DCShadow présumée (promotion d’un contrôleur de domaine)",
               .about = "On fait passer pour contrôleur de domaine un ordinateur qui n’en est pas un, afin qu’il puisse pousser des modifications "
                        "dans l’annuaire : il reçoit les noms de principal de service d’un contrôleur (GC/ ou le GUID du service de réplication "
                        "d’annuaire), un objet serveur ou nTDSDSA dans la configuration, ou un compte utilise le droit d’ajouter un réplica sans "
                        "qu’il en sorte un vrai contrôleur. Les vraies promotions aboutissent à un ordinateur que l’annuaire connaît comme "
                        "contrôleur, ou dont le groupe principal est celui des contrôleurs, et sont laissées de côté, sauf s’il ne l’est déjà plus dans "
                        "la fenêtre de temps. Sur le réseau, où ces appels "
                        "sont chiffrés, c’est un ordinateur qui n’est pas contrôleur et qui ajoute un contrôleur (DRSAddEntry), ou qui demande une "
                        "réplication (DRSReplicaAdd) à la suite de quoi un contrôleur se tourne vers lui.",
               .blind = "aucune modification de comptes d’ordinateur ni d’objets de configuration (événements 4742, 5136, 5137 : Auditer la "
                        "gestion des comptes d’ordinateur, les modifications du service d’annuaire), aucun événement 4662 (Auditer l’accès au "
                        "service d’annuaire) et aucun trafic DRSUAPI",
               .phrases = phrases},
    .wants = wants,
    .needs = needs,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .end = end,
    .tick = tick,
    .stop = stop,
};
