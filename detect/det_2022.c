/* detect/det_2022.c - a ticket-granting ticket is used that no controller can have issued so lately. */
#include "base/hash.h"
#include "detect/kerberos.h"
#include "detect/watch.h"

enum { TICKET_HOURS, SLACK_MINUTES, GAP_HOURS, MOST_ACCOUNTS };

static const struct param params[] = {
    [TICKET_HOURS] = {"ticket_hours", 10,
                      "Maximum lifetime for user ticket in the Kerberos policy, in hours; a renewal (event 4770) begins a new one.",
                      "« Durée de vie maximale du ticket utilisateur » de la stratégie Kerberos, en heures ; un renouvellement (événement 4770) en "
                      "commence une nouvelle."},
    [SLACK_MINUTES] = {"slack_minutes", 30, "Minutes past the lifetime that clocks and clients may take.",
                                            "Minutes au-delà de la durée de vie que peuvent prendre les horloges et les clients."},
    [GAP_HOURS] = {"gap_hours", 6, "Hours without any ticket issued to a user after which the audit of a controller counts as interrupted.",
                                   "Heures sans aucun ticket émis à un utilisateur après lesquelles l’audit d’un contrôleur est tenu pour "
                                   "interrompu."},
    [MOST_ACCOUNTS] = {"most_accounts", 10,
                       "Different accounts within a day that may show the anomaly; more of them mean a longer policy or an incomplete log, and "
                       "nothing more is raised.",
                       "Nombre de comptes différents qui peuvent montrer l’anomalie en un jour ; davantage signifie une stratégie plus longue ou "
                       "un journal incomplet, et rien de plus n’est levé."},
    {0}};

enum { CONTROLLERS = 512 }; /* with more than that nothing is judged */

struct controller {
    int64_t covered; /* since when tickets issued to users are seen without a gap */
    int64_t latest;
};

struct suspect {
    struct witnesses seen;
    struct watch_names services;
    int64_t last;
};

struct state {
    struct table controllers;
    struct table issued; /* account -> int64_t of the latest ticket issued or renewed */
    struct table tickets; /* hash of a ticket-granting ticket, from the network -> int64_t when it was made */
    struct table suspects;
    struct watch_ring anomalies;
    bool listed;
    unsigned ncontrollers; /* known ones, of all domains */
    uint32_t known[CONTROLLERS];
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->controllers, sizeof(struct controller), 4096);
    table_init(&s->issued, sizeof(int64_t), 524288);
    table_init(&s->tickets, sizeof(int64_t), 131072);
    table_init(&s->suspects, sizeof(struct suspect), 2048);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->controllers);
    table_free(&s->issued);
    table_free(&s->tickets);
    table_free(&s->suspects);
}

static int64_t hours(const struct detection *d, unsigned param)
{
    return (int64_t)(detection_param(d, param) * (double)TIME_HOUR);
}

/* ---- what is issued, and whether the log is whole ---- */

static void issued(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    uint64_t keys[2] = {hash_mix(a->actor_entity, 1), hash_stri(watch_bare(&a->actor), 2)};
    for (unsigned i = a->actor_entity ? 0 : 1; i < 2; i++) {
        int64_t *t = table_put(&s->issued, keys[i], NULL);
        if (t && a->time > *t)
            *t = a->time;
    }
    if (a->kind != KIND_CREDENTIALS_VALIDATION)
        return;
    bool fresh;
    struct controller *c = table_put(&s->controllers, watch_destination(a), &fresh);
    if (!c)
        return;
    if (fresh || a->time - c->latest > hours(d, GAP_HOURS))
        c->covered = a->time;
    c->latest = a->time;
}

static void interrupted(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    table_drop(&s->controllers, watch_destination(a));
}

static int64_t lifetime(const struct detection *d)
{
    return hours(d, TICKET_HOURS) + (int64_t)(detection_param(d, SLACK_MINUTES) * (double)TIME_MINUTE);
}

/* True when the controller's issuing of tickets to users is seen for a whole lifetime back from now. */
static bool covered(struct detection *d, uint64_t destination, int64_t now)
{
    struct state *s = detection_state(d);
    const struct controller *c = table_get(&s->controllers, destination);
    return c && now - c->covered >= lifetime(d) && now - c->latest <= hours(d, GAP_HOURS);
}

static void list_controllers(const struct dir *dir, struct state *s)
{
    for (uint32_t n = 1; n <= dir_count(dir) && s->ncontrollers < CONTROLLERS; n++)
        if (dir_is(dir, n, ENTITY_DC))
            s->known[s->ncontrollers++] = n;
    s->listed = true;
}

static void directory(struct detection *d)
{
    struct state *s = detection_state(d);
    s->listed = false;
    s->ncontrollers = 0;
}

/* A controller of another domain issues no tickets for this one's accounts. */
static bool elsewhere(const struct entity *controller, struct str realm)
{
    ptrdiff_t dot = str_chr(controller->dns_name, '.');
    return dot > 0 && !str_eqi(str_from(controller->dns_name, (size_t)dot + 1), realm);
}

/* Controllers share tickets: every one that is known must be seen whole. */
static bool all_covered(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    const struct dir *dir = detection_dir(d);
    if (!covered(d, watch_destination(a), a->time))
        return false;
    if (!s->listed)
        list_controllers(dir, s);
    for (unsigned i = 0; i < s->ncontrollers; i++)
        if (!elsewhere(dir_entity(dir, s->known[i]), a->actor.domain) && !covered(d, hash_mix(s->known[i], 6), a->time))
            return false;
    return s->ncontrollers < CONTROLLERS;
}

/* ---- what is used ---- */

/* Accounts of trusted domains bring tickets that their own controllers issued. The domain of this
 * controller is the suffix of its DNS name; without one nothing is known. On the network the ticket says it. */
static bool own_realm(const struct activity *a)
{
    if (act_has(a, FACT_TGT_SERVICE))
        return str_set(a->actor.domain) && str_eqi(kerberos_tgt_realm(a), a->actor.domain);
    ptrdiff_t dot = str_chr(a->destination, '.');
    struct str realm = a->actor.domain;
    return dot > 0 && str_set(realm) && str_eqi(str_from(a->destination, (size_t)dot + 1), realm);
}

static bool judged(const struct activity *a)
{
    struct str name = watch_bare(&a->actor);
    return a->outcome == OUTCOME_SUCCESS && str_set(name) && !watch_machine(name) && !watch_builtin(&a->actor) && ip_set(&a->ip) &&
           !ip_is_loopback(&a->ip) && !act_has(a, FACT_TRANSITED) && own_realm(a);
}

static int64_t last_issued(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    const int64_t *by_name = table_get(&s->issued, hash_stri(watch_bare(&a->actor), 2));
    const int64_t *by_entity = a->actor_entity ? table_get(&s->issued, hash_mix(a->actor_entity, 1)) : NULL;
    int64_t t = by_name ? *by_name : 0;
    return by_entity && *by_entity > t ? *by_entity : t;
}

/* When the ticket shown was made, as the network showed; 0 when it did not. */
static int64_t made(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    uint64_t key = kerberos_ticket(a, FACT_TICKET_HASH);
    const int64_t *t = key ? table_get(&s->tickets, key) : NULL;
    return t ? *t : 0;
}

static void note_ticket(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    uint64_t key = kerberos_ticket(a, FACT_ISSUED_HASH);
    int64_t *t = key && a->outcome == OUTCOME_SUCCESS && str_set(kerberos_issued_realm(a)) ? table_put(&s->tickets, key, NULL) : NULL;
    if (t)
        *t = a->time;
}

static void report(struct detection *d, const struct activity *a, int64_t last, bool itself)
{
    struct state *s = detection_state(d);
    uint64_t account = watch_account(a->actor_entity, &a->actor), key = hash_mix(account, watch_source(a));
    watch_ring_add(&s->anomalies, a->time, account);
    if (watch_ring_distinct(&s->anomalies, a->time - TIME_DAY) > detection_param(d, MOST_ACCOUNTS))
        return;
    struct suspect *x = table_put(&s->suspects, key, NULL);
    if (!x)
        return;
    if (x->last && a->time - x->last > TIME_DAY)
        memset(x, 0, sizeof *x);
    x->last = a->time;
    witness_add(&x->seen, a);
    watch_names_add(&x->services, 0, act_str(a, FACT_SPN));
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    f.campaign = key;
    f.evidence = &x->seen;
    struct str issue =
        itself ? str_fmt(m, "it was issued at %.*s, longer ago than a ticket lives", STR_ARG(watch_time(m, last)))
        : last ? str_fmt(m, "the last one issued or renewed for it is of %.*s, longer ago than a ticket lives", STR_ARG(watch_time(m, last)))
             : STR("none was issued or renewed for it in the whole log");
    f.description = str_fmt(m, "%.*s on %.*s used a ticket-granting ticket on %.*s %.*s for %.*s, but %.*s: the ticket is likely forged.",
                            STR_ARG(watch_bare(&a->actor)), STR_ARG(watch_source_text(m, a)), STR_ARG(watch_destination_text(m, a)),
                            STR_ARG(watch_times(m, x->seen.total, a->time)), STR_ARG(watch_names_text(m, &x->services, 6)), STR_ARG(issue));
    detection_raise(d, a, &f);
}

static void used(struct detection *d, const struct activity *a)
{
    if (!judged(a))
        return;
    int64_t itself = made(d, a), last = last_issued(d, a);
    if (itself) { /* it is known for certain how old it is */
        if (a->time - itself > lifetime(d))
            report(d, a, itself, true);
        return;
    }
    if ((last && a->time - last <= lifetime(d)) || !all_covered(d, a))
        return;
    report(d, a, last, false);
}

static void see(struct detection *d, const struct activity *a)
{
    note_ticket(d, a);
    if (a->kind == KIND_AUDIT_LOG_CLEARED || a->kind == KIND_AUDIT_POLICY_CHANGED)
        interrupted(d, a);
    else if (a->kind == KIND_RESOURCE_ACCESS)
        used(d, a);
    else if (a->outcome != OUTCOME_FAILURE && watch_kerberos(a) && !watch_machine(watch_bare(&a->actor)))
        issued(d, a);
}

static const enum kind wants[] = {KIND_CREDENTIALS_VALIDATION, KIND_TICKET_RENEWAL,       KIND_RESOURCE_ACCESS,
                                  KIND_AUDIT_LOG_CLEARED,      KIND_AUDIT_POLICY_CHANGED, KIND_COUNT};
static const enum kind needs[] = {KIND_RESOURCE_ACCESS, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} on {} used a ticket-granting ticket on {} {*} for {list}, but {*}: the ticket is likely forged.",
     "{}, sur {}, a utilisé un TGT auprès de {} {} pour {}, mais {} : le ticket est probablement forgé."},
    {"it was issued at {}, longer ago than a ticket lives", "il a été émis le {}, il y a plus longtemps qu’un ticket ne vit"},
    {"the last one issued or renewed for it is of {}, longer ago than a ticket lives",
     "le dernier émis ou renouvelé pour lui est du {}, il y a plus longtemps qu’un ticket ne vit"},
    {"none was issued or renewed for it in the whole log", "aucun n’a été émis ni renouvelé pour lui dans tout le journal"},
    {0}};

const struct detector det_2022 = {
    .external_id = 2022,
    .name = "Suspected Golden Ticket usage (time anomaly)",
    .severity = SEVERITY_HIGH,
    .category = CATEGORY_DOMAIN_DOMINANCE,
    .attack = {"T1558.001", "T1550.003"},
    .about =
        "On the network: a ticket-granting ticket is used longer after it was issued than the policy allows. On the network and in events: an account "
        "uses a ticket-granting ticket although no controller issued or renewed one for it within the lifetime that the policy allows. "
        "Judged "
        "only when every known controller's issuing of tickets to users was seen without a gap for that long, because controllers accept each "
        "other's "
        "tickets; accounts of trusted domains, computers, and tickets got on behalf of others are left out. When many accounts show the anomaly the "
        "policy or the log is the cause, and nothing more is raised that day.",
    .blind = "no service tickets (Kerberos on the network, or event 4769: Audit Kerberos Service Ticket Operations)",
    .french = {.name = "Utilisation présumée d’un Golden Ticket (anomalie de durée)",
               .about = "Sur le réseau : un TGT est utilisé plus longtemps après son émission que la stratégie ne le permet. Sur le réseau et dans "
                        "les événements : un compte utilise un TGT alors qu’aucun contrôleur n’en a émis ni renouvelé pour lui pendant la durée de "
                        "vie que permet la stratégie. Jugé seulement quand l’émission de tickets aux utilisateurs a été vue sans interruption "
                        "aussi longtemps sur chaque contrôleur connu, car les contrôleurs acceptent les tickets les uns des autres ; les comptes "
                        "de domaines approuvés, les ordinateurs et les tickets obtenus pour le compte d’autrui sont laissés de côté. Quand "
                        "beaucoup de comptes montrent l’anomalie, la stratégie ou le journal en est la cause, et rien de plus n’est levé ce "
                        "jour-là.",
               .blind = "aucun ticket de service (Kerberos sur le réseau, ou événement 4769 : Auditer les opérations de ticket du service Kerberos)",
               .phrases = phrases},
    .wants = wants,
    .needs = needs,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .directory = directory,
    .stop = stop,
};
