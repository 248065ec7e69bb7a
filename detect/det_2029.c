/* detect/det_2029.c - a computer that is no domain controller asks controllers to replicate from it. */
#include "base/hash.h"
#include "detect/roguedc.h"
#include "detect/watch.h"

enum { WINDOW_MINUTES };

static const struct param params[] = {
    [WINDOW_MINUTES] = {"window_minutes", 60, "Minutes within which what one account did to the replication topology is taken together.",
                                              "Minutes pendant lesquelles ce qu’un compte a fait à la topologie de réplication est réuni."}, {0}};

struct actor { /* what one account did */
    unsigned marks;
    int64_t last;
    bool real; /* a true controller was promoted by the same account */
    struct watch_names computers;
    struct witnesses seen;
    uint32_t unreported;
};

struct partner { /* a replication source that is no controller */
    bool established, removed;
    int64_t last;
    struct witnesses seen;
    uint32_t unreported;
};

struct state {
    struct table actors, partners;
    struct table real;  /* computers that became controllers for good */
    struct table hosts; /* struct roguedc_host */
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->actors, sizeof(struct actor), 1024);
    table_init(&s->partners, sizeof(struct partner), 1024);
    table_init(&s->real, 1, 4096);
    table_init(&s->hosts, sizeof(struct roguedc_host), 1024);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->actors);
    table_free(&s->partners);
    table_free(&s->real);
    table_free(&s->hosts);
}

static int64_t window(const struct detection *d)
{
    return (int64_t)(detection_param(d, WINDOW_MINUTES) * (double)TIME_MINUTE);
}

static void right_used(struct detection *d, const struct activity *a)
{
    const struct dir *dir = detection_dir(d);
    struct state *s = detection_state(d);
    struct str computer;
    unsigned marks = roguedc_marks(a, &computer);
    (void)roguedc_learn(&s->real, marks, computer);
    marks &= ~(unsigned)ROGUEDC_UNMADE;
    if (!marks || dir_is(dir, a->actor_entity, ENTITY_DC) || watch_builtin(&a->actor))
        return;
    uint64_t key = hash_mix(watch_account(a->actor_entity, &a->actor), 1);
    struct actor *x = table_put(&s->actors, key, NULL);
    if (!x)
        return;
    if (x->last && a->time - x->last > window(d))
        memset(x, 0, sizeof *x);
    x->last = a->time;
    if (roguedc_is_dc(dir, &s->real, computer)) {
        x->real = true;
        return;
    }
    x->marks |= marks;
    if (str_set(computer))
        watch_names_add(&x->computers, 0, watch_bare(&(struct account){.name = computer}));
    if (marks & (ROGUEDC_INSTALL | ROGUEDC_TOPOLOGY)) {
        witness_add(&x->seen, a);
        x->unreported++;
    }
    /* repadmin and the topology checker use the second right alone; a promotion that is true uses the first */
    bool enough = (x->marks & ROGUEDC_TOPOLOGY) && (x->marks & (ROGUEDC_INSTALL | ROGUEDC_SPN | ROGUEDC_OBJECT));
    if (!enough || x->real || !(marks & (ROGUEDC_INSTALL | ROGUEDC_TOPOLOGY)))
        return;
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    if (x->computers.n)
        f.source_name = (struct str){x->computers.a[0].name, x->computers.a[0].length};
    f.campaign = key;
    f.evidence = &x->seen;
    f.count = x->unreported;
    f.description =
        str_fmt(m, "%.*s, which is not the account of a domain controller, used the rights to manage the replication topology%s on %.*s %.*s%s%.*s.",
                STR_ARG(watch_called(detection_dir(d), a->actor_entity, &a->actor)), x->marks & ROGUEDC_INSTALL ? " and to add a replica" : "",
                STR_ARG(watch_destination_text(m, a)), STR_ARG(watch_times(m, x->seen.total, a->time)), x->computers.n ? ", for the computer " : "",
                STR_ARG(watch_names_text(m, &x->computers, 4)));
    x->unreported = 0;
    detection_raise(d, a, &f);
}

/* SOURCE_DRA is a distinguished name, or a DNS name when the object is not known. */
static struct str source_of(const struct activity *a)
{
    struct str dra = act_str(a, FACT_SOURCE_DRA), server = roguedc_server(dra);
    if (str_set(server))
        return server;
    return str_has(dra, STR("=")) || str_hasi(dra, STR("._msdcs.")) ? STR_NONE : dra;
}

/* Event 4928, or the network's own form of it. */
static bool establishes(const struct activity *a)
{
    uint64_t id = act_u64(a, FACT_EVENT_ID, 0);
    return id == 4928 || id == 0;
}

static void source_changed(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    const struct dir *dir = detection_dir(d);
    struct str server = source_of(a);
    if (!str_set(server) || str_has(server, STR("\\0ADEL")) || roguedc_is_dc(dir, &s->real, server))
        return;
    uint64_t key = hash_stri(server, 2);
    struct partner *p = table_put(&s->partners, key, NULL);
    if (!p)
        return;
    if (p->last && a->time - p->last > window(d))
        memset(p, 0, sizeof *p);
    p->last = a->time;
    p->established = p->established || establishes(a);
    p->removed = p->removed || watch_event(a, 4929);
    p->unreported++;
    witness_add(&p->seen, a);
    /* The source of a controller that is gone is taken away alone, and a controller that nothing else tells of is
     * established alone; DCShadow does both at once. A directory that has the computer as something else settles it. */
    bool both = p->established && p->removed, known_other = dir_is(dir, dir_computer(dir, server), ENTITY_IN_DIRECTORY);
    if (!both && !(known_other && p->established))
        return;
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    f.source_name = server;
    f.source_entity = dir_computer(dir, server);
    f.campaign = key;
    f.evidence = &p->seen;
    f.count = p->unreported;
    f.description = str_fmt(m, "%.*s, which is no domain controller, was made a replication source of %.*s for %.*s at %.*s%s.", STR_ARG(server),
                            STR_ARG(watch_destination_text(m, a)), STR_ARG(act_str(a, FACT_NAMING_CONTEXT)),
                            STR_ARG(watch_time(m, p->seen.w[0].time)), p->removed ? " and taken away again" : "");
    p->unreported = 0;
    detection_raise(d, a, &f);
}

/* On the network: who is no controller makes itself a replication source, and takes that away again or has a controller turn to it; or a
 * controller replicates from what the directory has as another computer. */
static void on_network(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct arena *m = detection_arena(d);
    const struct dir *dir = detection_dir(d);
    struct roguedc_host *h = roguedc_network(dir, &s->hosts, a, window(d));
    if (!h)
        return;
    bool known_other = dir_is(dir, h->entity, ENTITY_IN_DIRECTORY);
    bool added = (h->did & ROGUEDC_ADDED) && (h->did & (ROGUEDC_REMOVED | ROGUEDC_SOUGHT | ROGUEDC_PULLED));
    if (!added && !((h->did & ROGUEDC_PULLED) && known_other))
        return;
    char text[IP_TEXT];
    struct str ip = ip_text(&h->ip, text), name = roguedc_name(dir, h);
    struct draft f = roguedc_draft(dir, a, h);
    f.campaign = str_set(name) ? hash_stri(name, 2) : ip_hash(&h->ip);
    f.description =
        str_fmt(m, "%.*s%s%.*s%s, which is no domain controller, %s%s%s %.*s.", STR_ARG(name), str_set(name) ? " (" : "", STR_ARG(ip),
                str_set(name) ? ")" : "", h->did & ROGUEDC_ADDED ? "had a replication source added to a controller" : "was replicated from",
                h->did & ROGUEDC_REMOVED ? " and taken away again" : "",
                h->did & (ROGUEDC_SOUGHT | ROGUEDC_PULLED) ? "; a controller turned to it for replication" : "",
                STR_ARG(watch_times(m, h->seen.total, a->time)));
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    if (act_has(a, FACT_RPC_OPNUM))
        on_network(d, a);
    else if (a->kind != KIND_REPLICA_CHANGE)
        right_used(d, a);
    else if (a->outcome != OUTCOME_FAILURE || act_has(a, FACT_SOURCE_DRA))
        source_changed(d, a);
}

static const enum kind wants[] = {KIND_REPLICA_CHANGE,  KIND_DIRECTORY_ACCESS, KIND_DIRECTORY_REPLICATION,
                                  KIND_ACCOUNT_CHANGED, KIND_OBJECT_CHANGED,   KIND_OBJECT_CREATED,
                                  KIND_ACCOUNT_CREATED, KIND_RPC_CALL,         KIND_COUNT};
static const enum kind needs[] = {KIND_REPLICA_CHANGE, KIND_DIRECTORY_ACCESS, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{}, which is not the account of a domain controller, used the rights to manage the replication topology{?} on {} {*}{?}.",
     "{}, qui n’est pas le compte d’un contrôleur de domaine, a utilisé les droits de gérer la topologie de réplication{} sur {} {}{}."},
    {" and to add a replica", " et d’ajouter un réplica"},
    {", for the computer {list}", ", pour l’ordinateur {}"},
    {"{}, which is no domain controller, was made a replication source of {} for {} at {}{?}.",
     "{}, qui n’est pas un contrôleur de domaine, est devenu source de réplication de {} pour {} le {}{}."},
    {" and taken away again", ", puis en a été retiré"},
    {"{}, which is no domain controller, {*}{?}{?} {*}.", "{}, qui n’est pas un contrôleur de domaine, {}{}{}, {}."},
    {"had a replication source added to a controller", "s’est fait ajouter comme source de réplication à un contrôleur"},
    {"was replicated from", "a servi de source de réplication"},
    {"; a controller turned to it for replication", " ; un contrôleur s’est tourné vers lui pour répliquer"},
    {0}};

const struct detector det_2029 = {
    .external_id = 2029,
    .name = "Suspected DCShadow attack (domain controller replication request)",
    .severity = SEVERITY_HIGH,
    .category = CATEGORY_DOMAIN_DOMINANCE,
    .attack = {"T1207"},
    .about =
        "A computer that is no domain controller makes controllers replicate from it, the second step of DCShadow: a replication source that is no "
        "controller is established and taken away again within the window (events 4928, 4929), or is one that the directory has as another computer; "
        "or an account that is no controller uses the right to manage the replication topology together with the right to add a replica, a "
        "controller's service principal names or a server object for a "
        "computer that is none. The right to manage the topology alone is used by administration tools and raises nothing. On the network it is a "
        "computer that is no "
        "controller and has a replication source added (DRSReplicaAdd) and taken away again, or whereupon a controller turns to it for replication.",
    .blind = "no changes of replication sources (events 4928, 4929: Audit Detailed Directory Service Replication) and no event 4662 (Audit Directory "
             "Service "
             "Access), and no DRSUAPI traffic",
    .french = {.name = "Attaque DCShadow présumée (demande de réplication d’un contrôleur de domaine)",
               .about = "Un ordinateur qui n’est pas contrôleur de domaine fait répliquer les contrôleurs depuis lui, seconde étape de DCShadow : "
                        "une source de réplication qui n’est pas un contrôleur est établie puis retirée dans la fenêtre (événements 4928, 4929), "
                        "ou est connue de l’annuaire comme un autre ordinateur ; ou un compte qui n’est pas contrôleur utilise le droit de gérer "
                        "la topologie de réplication en même temps que le droit d’ajouter un réplica, les noms de principal de service d’un "
                        "contrôleur ou un objet serveur pour un ordinateur qui n’en est pas un. Le droit de gérer la topologie seul est utilisé "
                        "par des outils d’administration et ne lève rien. Sur le réseau, c’est un ordinateur qui n’est pas contrôleur et qui fait "
                        "ajouter (DRSReplicaAdd) puis retirer une source de réplication, ou vers lequel un contrôleur se tourne alors pour "
                        "répliquer.",
               .blind = "aucune modification de sources de réplication (événements 4928, 4929 : Auditer la réplication du service d’annuaire "
                        "détaillé), aucun événement 4662 (Auditer l’accès au service d’annuaire) et aucun trafic DRSUAPI",
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
