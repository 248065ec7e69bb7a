/* detect/det_2004.c - passwords are guessed with LDAP simple binds. */
#include "base/hash.h"
#include "detect/watch.h"

enum { BRUTE_FAILURES, BRUTE_MINUTES, SPRAY_ACCOUNTS, SPRAY_MINUTES };

static const struct param params[] = {
    [BRUTE_FAILURES] = {"brute_failures", 20,
                        "Simple binds of one account from one source, refused for wrong credentials within brute_minutes, that make an attack; at most 64.",
                        "Nombre de liaisons simples d’un compte depuis une source, refusées pour de mauvais identifiants en brute_minutes, qui "
                        "font une attaque ; 64 au plus."},
    [BRUTE_MINUTES] = {"brute_minutes", 5, "Length in minutes of the window in which refused binds of one account are counted.",
                                           "Durée, en minutes, de la fenêtre où l’on compte les liaisons refusées d’un compte."},
    [SPRAY_ACCOUNTS] = {"spray_accounts", 7,
                        "Different accounts with refused binds from one source within spray_minutes that make an attack; four times as many where more "
                        "different accounts bind from there with success; at most 64.",
                        "Nombre de comptes différents dont une liaison est refusée depuis une source en spray_minutes et qui font une attaque ; "
                        "quatre fois plus là où davantage de comptes différents se lient avec succès ; 64 au plus."},
    [SPRAY_MINUTES] = {"spray_minutes", 60, "Length in minutes of the window in which accounts with refused binds are counted.",
                                            "Durée, en minutes, de la fenêtre où l’on compte les comptes dont une liaison est refusée."},
    {0}};

struct source {
    struct watch_ring refused, granted; /* what = account */
    struct watch_names accounts, guessed;
    struct witnesses seen;
    int64_t last;
    uint32_t unreported;
    bool raised;
};

struct state {
    struct table sources;
};

static int start(struct detection *d)
{
    table_init(&((struct state *)detection_state(d))->sources, sizeof(struct source), 4096);
    return 0;
}

static void stop(struct detection *d)
{
    table_free(&((struct state *)detection_state(d))->sources);
}

static unsigned limit(const struct detection *d, unsigned param, unsigned times)
{
    double v = detection_param(d, param) * times;
    return v < 1 ? 1 : v > WATCH_RING ? WATCH_RING : (unsigned)v;
}

static int64_t since(const struct detection *d, unsigned param, int64_t now)
{
    return now - (int64_t)(detection_param(d, param) * (double)TIME_MINUTE);
}

/* The name as the client wrote it tells different accounts apart even where the directory has none of them. */
static uint64_t account_of(const struct activity *a)
{
    return a->actor_entity ? watch_account(a->actor_entity, &a->actor) : hash_stri(account_text(&a->actor), 4);
}

static struct str called(const struct detection *d, const struct activity *a)
{
    struct str name = watch_called(detection_dir(d), a->actor_entity, &a->actor);
    return str_set(name) ? name : account_text(&a->actor);
}

/* Wrong credentials, by RFC 4511 4.1.9 or the reason that the controller gives; not an account that may not log on. */
static bool refused(const struct activity *a)
{
    enum { INVALID_CREDENTIALS = 49 };
    struct str reason = act_str(a, FACT_FAILURE_REASON);
    if (a->outcome != OUTCOME_FAILURE)
        return false;
    if (!str_set(reason))
        return act_u64(a, FACT_LDAP_RESULT, 0) == INVALID_CREDENTIALS;
    return str_eq(reason, STR("wrong password")) || str_eq(reason, STR("unknown user")) || str_eq(reason, STR("locked"));
}

static void report(struct detection *d, const struct activity *a, struct source *s, uint64_t key)
{
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    f.nusers = f.naccounts = 0;
    watch_names_draft(&f, &s->guessed);
    watch_names_draft(&f, &s->accounts);
    f.campaign = key;
    f.count = s->unreported;
    f.evidence = &s->seen;
    struct str guessed = s->guessed.n ? str_fmt(m, "; then %.*s logged on from there, so the password may have been guessed",
                                                STR_ARG(watch_names_text(m, &s->guessed, 4)))
                                      : STR("");
    f.description = str_fmt(m, "LDAP simple binds of %.*s to %.*s from %.*s were refused for wrong credentials between %.*s and %.*s%.*s.",
                            STR_ARG(watch_names_text(m, &s->accounts, 6)), STR_ARG(watch_destination_text(m, a)), STR_ARG(watch_source_text(m, a)),
                            STR_ARG(watch_time(m, s->seen.w[0].time)), STR_ARG(watch_time(m, s->last)), STR_ARG(guessed));
    s->unreported = 0;
    s->raised = true;
    detection_raise(d, a, &f);
}

static void granted(struct detection *d, const struct activity *a, struct source *s, uint64_t key)
{
    uint64_t account = account_of(a);
    watch_ring_add(&s->granted, a->time, account);
    if (!watch_ring_of(&s->refused, since(d, SPRAY_MINUTES, a->time), account))
        return;
    if (watch_names_add(&s->guessed, a->actor_entity, called(d, a)) && s->raised) {
        witness_add(&s->seen, a);
        s->unreported++;
        report(d, a, s, key);
    }
}

static bool attack(const struct detection *d, const struct source *s, const struct activity *a)
{
    int64_t from = since(d, SPRAY_MINUTES, a->time);
    unsigned accounts = watch_ring_distinct(&s->refused, from);
    unsigned times = watch_ring_distinct(&s->granted, from) > accounts ? 4 : 1;
    return watch_ring_of(&s->refused, since(d, BRUTE_MINUTES, a->time), account_of(a)) >= limit(d, BRUTE_FAILURES, 1) ||
           accounts >= limit(d, SPRAY_ACCOUNTS, times);
}

static void see(struct detection *d, const struct activity *a)
{
    uint64_t key = hash_mix(watch_source(a), watch_destination(a));
    if (!str_starts(act_str(a, FACT_OPERATION), STR("simple bind")) || !watch_source(a) || !account_set(&a->actor))
        return;
    struct state *st = detection_state(d);
    bool wrong = refused(a);
    if (!wrong && a->outcome != OUTCOME_SUCCESS)
        return;
    struct source *s = table_put(&st->sources, key, NULL);
    if (!s)
        return;
    if (s->last && a->time - s->last > TIME_DAY)
        memset(s, 0, sizeof *s);
    if (!wrong) {
        granted(d, a, s, key);
        return;
    }
    s->last = a->time;
    s->unreported++;
    watch_ring_add(&s->refused, a->time, account_of(a));
    watch_names_add(&s->accounts, a->actor_entity, called(d, a));
    witness_add(&s->seen, a);
    if (attack(d, s, a))
        report(d, a, s, key);
}

static const enum kind wants[] = {KIND_LDAP_BIND, KIND_COUNT};

static const struct phrase phrases[] = {
    {"LDAP simple binds of {list} to {} from {} were refused for wrong credentials between {} and {}{?}.",
     "Des liaisons LDAP simples de {} vers {} depuis {} ont été refusées pour de mauvais identifiants entre le {} et le {}{}."},
    {"; then {list} logged on from there, so the password may have been guessed",
     " ; ensuite {} s’est connecté de là : le mot de passe a peut-être été deviné"},
    {0}};

const struct detector det_2004 = {
    .external_id = 2004,
    .name = "Suspected brute force attack (LDAP)",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_COMPROMISED_CREDENTIAL,
    .attack = {"T1110", "T1110.001", "T1110.003"},
    .about = "Many LDAP simple binds from one source are refused for wrong credentials: of one account (vertically), or of many accounts with a few "
             "tries each (horizontally). A bind that succeeds after the failures is named as possibly guessed. Sources from which more different "
             "accounts bind with success than fail count as shared (web applications, VPN gateways) and need four times as many accounts. Seen on the "
             "network (binds outside TLS, with the controller's own reason: no such user, wrong password, locked) and in Samba's authentication "
             "audit.",
    .blind = "no LDAP binds with their results (network traffic of port 389 outside TLS, or Samba's authentication audit; Windows events do not tell them)",
    .french = {.name = "Attaque par force brute présumée (LDAP)",
               .about = "De nombreuses liaisons LDAP simples d’une même source sont refusées pour de mauvais identifiants : d’un seul compte "
                        "(verticalement), ou de nombreux comptes avec quelques essais chacun (horizontalement). Une liaison qui réussit après les "
                        "échecs est signalée comme peut-être devinée. Les sources d’où plus de comptes différents réussissent qu’il n’en échoue "
                        "sont tenues pour partagées (applications web, passerelles VPN) : il y faut quatre fois plus de comptes. Vu sur le réseau "
                        "(liaisons hors TLS, avec la raison que donne le contrôleur : utilisateur inexistant, mot de passe erroné, compte "
                        "verrouillé) et dans l’audit d’authentification de Samba.",
               .blind = "aucune liaison LDAP avec son résultat (trafic du port 389 hors TLS, ou audit d’authentification de Samba ; les événements "
                        "Windows n’en disent rien)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
