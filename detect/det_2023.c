/* detect/det_2023.c - brute force and password spray against Kerberos and NTLM. */
#include "base/hash.h"
#include "detect/attempt.h"
#include "detect/watch.h"

enum { BRUTE_FAILURES, BRUTE_MINUTES, SPRAY_ACCOUNTS, SPRAY_MINUTES, SLOW_ACCOUNTS, SLOW_HOURS, ROUND_MINUTES, EXPLICIT_ACCOUNTS };

static const struct param params[] = {
    [BRUTE_FAILURES] = {"brute_failures", 30,
                        "Failures on one account from one source within brute_minutes that make a brute force attack; at most 64.",
                        "Nombre d’échecs sur un compte depuis une source en brute_minutes qui font une attaque par force brute ; 64 au plus."},
    [BRUTE_MINUTES] = {"brute_minutes", 5, "Length in minutes of the window in which failures on one account are counted.",
                                           "Durée, en minutes, de la fenêtre où l’on compte les échecs sur un compte."},
    [SPRAY_ACCOUNTS] = {"spray_accounts", 7, "Different accounts tried from one source within spray_minutes that make a password spray; at most 64.",
                                             "Nombre de comptes différents essayés depuis une source en spray_minutes qui font une pulvérisation "
                                             "de mots de passe ; 64 au plus."},
    [SPRAY_MINUTES] = {"spray_minutes", 60, "Length in minutes of the window in which accounts tried from one source are counted.",
                                            "Durée, en minutes, de la fenêtre où l’on compte les comptes essayés depuis une source."},
    [SLOW_ACCOUNTS] = {"slow_accounts", 10,
                       "Different accounts tried in two or more rounds within slow_hours that make a slow password spray; at most 62.",
                       "Nombre de comptes différents essayés en deux vagues ou plus en slow_hours qui font une pulvérisation lente ; 62 au plus."},
    [SLOW_HOURS] = {"slow_hours", 24, "Length in hours of the period over which the rounds of a slow spray are added up.",
                                      "Durée, en heures, de la période sur laquelle les vagues d’une pulvérisation lente sont additionnées."},
    [ROUND_MINUTES] = {"round_minutes", 30, "Pause in minutes after which further attempts from the same source count as a new round.",
                                            "Pause, en minutes, après laquelle d’autres essais de la même source comptent comme une nouvelle vague."},
    [EXPLICIT_ACCOUNTS] =
        {"explicit_accounts", 10,
         "Different accounts whose credentials one user gave explicitly (event 4648) within spray_minutes that make a spray seen on "
         "the computer it starts from; at most 64.",
         "Nombre de comptes différents dont un utilisateur a donné explicitement les identifiants (événement 4648) en spray_minutes et qui font "
         "une pulvérisation vue sur l’ordinateur d’où elle part ; 64 au plus."},
    {0}};

struct pair {                   /* one account from one source, as one kind of event tells it */
    struct watch_ring failures; /* what = workstation name */
    struct witnesses seen;
    int64_t last;
    bool usual;  /* it already failed at this rate while learning */
    bool raised; /* and is open */
};

struct source {
    struct watch_ring tried; /* attempts that failed, what = account */
    struct distinct slow;    /* accounts tried since `slow_start` */
    struct watch_names accounts, guessed;
    struct witnesses seen;
    int64_t slow_start, last, raised_at;
    uint32_t wrong, attempts, rounds, unreported;
    uint64_t campaign;
};

struct home {                  /* who logs on from one source */
    struct distinct known;     /* before anything failed there */
    struct distinct succeeded; /* in the window */
    unsigned succeeded_before; /* and how many in the window before */
    int64_t window_start;
};

struct host { /* explicit credentials used on one computer by one user */
    struct watch_ring given;
    struct watch_names accounts;
    struct witnesses seen;
    int64_t last;
    uint32_t unreported;
};

struct state {
    struct table pairs, sources, homes, hosts, aliases;
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->pairs, sizeof(struct pair), 8192);
    table_init(&s->sources, sizeof(struct source), 4096);
    table_init(&s->homes, sizeof(struct home), 32768);
    table_init(&s->hosts, sizeof(struct host), 2048);
    table_init(&s->aliases, sizeof(uint64_t), 4096);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->pairs);
    table_free(&s->sources);
    table_free(&s->homes);
    table_free(&s->hosts);
    table_free(&s->aliases);
}

/* What a day without failures makes of each. */
static bool stale_pair(const void *value, int64_t now)
{
    const struct pair *p = value;
    return !p->usual && now - p->last > TIME_DAY;
}

static bool stale_source(const void *value, int64_t now)
{
    return now - ((const struct source *)value)->last > TIME_DAY;
}

static bool stale_host(const void *value, int64_t now)
{
    return now - ((const struct host *)value)->last > TIME_DAY;
}

static int64_t minutes(const struct detection *d, unsigned param)
{
    return (int64_t)(detection_param(d, param) * (double)TIME_MINUTE);
}

static unsigned limit(const struct detection *d, unsigned param, unsigned most)
{
    double v = detection_param(d, param);
    return v < 1 ? 1 : v > most ? most : (unsigned)v;
}

static uint64_t campaign_of(struct state *s, const struct activity *a, uint64_t key, const char *what)
{
    return hash_mix(watch_campaign(&s->aliases, a, key), hash_str(str_of(what), 0));
}

static const char *protocol_word(const struct activity *a)
{
    return watch_kerberos(a) ? "Kerberos" : watch_ntlm(a) ? "NTLM" : "logon";
}

/* ---- brute force: many failures on one account ---- */

static uint64_t pair_key(const struct activity *a, uint64_t source)
{
    /* a controller, a server and the network may tell of the same attempt: each kind of record counts for itself */
    uint64_t record = (uint64_t)act_has(a, FACT_EVENT_ID) * 4 + (uint64_t)(a->kind == KIND_CREDENTIALS_VALIDATION) * 2 + watch_kerberos(a);
    return hash_mix(hash_mix(source, watch_account(a->actor_entity, &a->actor)), record);
}

static void raise_brute(struct detection *d, const struct activity *a, struct pair *p, uint64_t source)
{
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    bool many = ip_set(&a->ip) && watch_ring_distinct(&p->failures, p->last - TIME_HOUR) > 1;
    if (many) { /* a client that claims another name each time has none */
        f.source_name = STR_NONE;
        f.source_entity = 0;
    }
    f.campaign = hash_mix(campaign_of(detection_state(d), a, source, "brute"), watch_account(a->actor_entity, &a->actor));
    f.count = p->raised ? 1 : p->seen.total;
    f.evidence = &p->seen;
    f.description = str_fmt(m, "%u %s logons of %.*s from %.*s failed with a wrong password between %.*s and %.*s%s.", p->seen.total,
                            protocol_word(a), STR_ARG(watch_called(detection_dir(d), a->actor_entity, &a->actor)),
                            STR_ARG(many ? watch_address_text(m, a) : watch_source_text(m, a)), STR_ARG(watch_time(m, p->seen.w[0].time)),
                            STR_ARG(watch_time(m, a->time)),
                            a->outcome == OUTCOME_SUCCESS ? "; then a logon succeeded, so the password may have been guessed" : "");
    p->raised = true;
    detection_raise(d, a, &f);
}

static void succeed_after(struct detection *d, const struct activity *a, struct pair *p, uint64_t source)
{
    if (!p)
        return;
    if (p->raised && a->time - p->last <= TIME_HOUR) {
        witness_add(&p->seen, a);
        raise_brute(d, a, p, source);
    }
    memset(&p->failures, 0, sizeof p->failures);
}

static void brute(struct detection *d, const struct activity *a, uint64_t source, enum attempt result)
{
    if (watch_machine(watch_bare(&a->actor))) /* a computer that lost its password fails for ever on its own */
        return;
    struct state *s = detection_state(d);
    uint64_t key = pair_key(a, source);
    if (result == ATTEMPT_OK) {
        succeed_after(d, a, table_get(&s->pairs, key), source);
        return;
    }
    table_expire(&s->pairs, stale_pair, a->time);
    struct pair *p = table_put(&s->pairs, key, NULL);
    if (!p)
        return;
    if (p->last && a->time - p->last > TIME_DAY) {
        bool usual = p->usual;
        memset(p, 0, sizeof *p);
        p->usual = usual;
    }
    watch_ring_add(&p->failures, a->time, hash_stri(watch_workstation(a), 12));
    witness_add(&p->seen, a);
    p->last = a->time;
    if (watch_ring_count(&p->failures, a->time - minutes(d, BRUTE_MINUTES)) < limit(d, BRUTE_FAILURES, WATCH_RING) && !p->raised)
        return;
    if (!detection_learned(d, detection_first(d), a->time))
        p->usual = true;
    else if (!p->usual)
        raise_brute(d, a, p, source);
}

/* ---- spray: few tries on many accounts ---- */

static void fail(struct detection *d, struct source *s, const struct activity *a, enum attempt result)
{
    uint64_t account = watch_account(a->actor_entity, &a->actor);
    if (s->attempts && a->time - s->last > TIME_DAY)
        memset(s, 0, sizeof *s);
    if (!s->attempts || a->time - s->slow_start > (int64_t)(detection_param(d, SLOW_HOURS) * (double)TIME_HOUR)) {
        memset(&s->slow, 0, sizeof s->slow);
        s->slow_start = a->time;
        s->rounds = 0;
    }
    if (s->rounds == 0 || a->time - s->last > minutes(d, ROUND_MINUTES))
        s->rounds++;
    s->attempts++;
    s->unreported++;
    s->wrong += result == ATTEMPT_WRONG;
    s->last = a->time;
    watch_ring_add(&s->tried, a->time, account);
    distinct_add(&s->slow, account);
    watch_names_add(&s->accounts, a->actor_entity, watch_called(detection_dir(d), a->actor_entity, &a->actor));
    witness_add(&s->seen, a);
}

/* A proxy, mail or terminal server carries the mistakes of many people, and many more successes. */
static bool shared(const struct home *h, unsigned tried, unsigned needed)
{
    unsigned ok = !h ? 0 : h->succeeded.n > h->succeeded_before ? h->succeeded.n : h->succeeded_before;
    return ok > tried && tried < 4 * needed;
}

static bool sprayed(struct detection *d, const struct source *s, const struct home *h, const struct activity *a)
{
    uint64_t account = watch_account(a->actor_entity, &a->actor);
    int64_t since = a->time - minutes(d, SPRAY_MINUTES);
    unsigned need = limit(d, SPRAY_ACCOUNTS, WATCH_RING), need_slow = limit(d, SLOW_ACCOUNTS, DISTINCT_MAX);
    unsigned tried = watch_ring_distinct(&s->tried, since);
    /* the last entry of another spray in the same window: a single account hammered is brute force */
    bool few_each = watch_ring_of(&s->tried, since, account) * 4 <= watch_ring_count(&s->tried, since) + 8;
    if (s->wrong < 2)
        return false;
    if (tried >= need && few_each && !shared(h, tried, need))
        return true;
    return s->rounds >= 2 && s->slow.n >= need_slow && s->attempts <= 6u * s->slow.n && !shared(h, s->slow.n, need_slow);
}

static void raise_spray(struct detection *d, const struct activity *a, struct source *s, uint64_t key)
{
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    f.nusers = f.naccounts = 0;
    watch_names_draft(&f, &s->guessed);
    watch_names_draft(&f, &s->accounts);
    f.campaign = s->campaign ? s->campaign : campaign_of(detection_state(d), a, key, "spray");
    f.count = s->unreported;
    f.evidence = &s->seen;
    struct str guessed = s->guessed.n ? str_fmt(m, "; then %.*s logged on from there, so the password may have been guessed",
                                                STR_ARG(watch_names_text(m, &s->guessed, 4)))
                                      : STR("");
    struct str rounds = s->rounds > 1 ? str_fmt(m, " in %u rounds", s->rounds) : STR("");
    f.description = str_fmt(m, "%u attempts with a few passwords on %u%s accounts (%.*s) came from %.*s over %s%.*s between %.*s and %.*s%.*s.",
                            s->attempts, (unsigned)s->slow.n, s->slow.saturated ? " or more" : "", STR_ARG(watch_names_text(m, &s->accounts, 6)),
                            STR_ARG(watch_source_text(m, a)), protocol_word(a), STR_ARG(rounds), STR_ARG(watch_time(m, s->seen.w[0].time)),
                            STR_ARG(watch_time(m, s->last)), STR_ARG(guessed));
    s->campaign = f.campaign;
    s->raised_at = a->time;
    s->unreported = 0;
    detection_raise(d, a, &f);
}

static struct home *home_of(struct detection *d, uint64_t key, int64_t now)
{
    struct state *st = detection_state(d);
    struct home *h = table_put(&st->homes, key, NULL);
    int64_t window = minutes(d, SPRAY_MINUTES);
    if (h && now - h->window_start > window) {
        h->succeeded_before = now - h->window_start > 2 * window ? 0 : h->succeeded.n;
        memset(&h->succeeded, 0, sizeof h->succeeded);
        h->window_start = now;
    }
    return h;
}

/* A logon during a spray, of an account that did not log on from there before, is a guess that hit. */
static void guessed(struct detection *d, const struct activity *a, struct source *s, const struct home *h, uint64_t key)
{
    uint64_t account = watch_account(a->actor_entity, &a->actor);
    bool tried = watch_ring_of(&s->tried, a->time - minutes(d, SPRAY_MINUTES), account) > 0;
    if (distinct_has(&h->known, account) || watch_machine(watch_bare(&a->actor)) || (!tried && a->time - s->last > TIME_MINUTE))
        return;
    bool first = watch_names_add(&s->guessed, a->actor_entity, watch_called(detection_dir(d), a->actor_entity, &a->actor));
    watch_ring_add(&s->tried, a->time, account);
    if (!first || (!s->raised_at && !sprayed(d, s, h, a)) || !detection_learned(d, detection_first(d), a->time))
        return;
    distinct_add(&s->slow, account);
    witness_add(&s->seen, a);
    s->attempts++;
    s->unreported++;
    raise_spray(d, a, s, key);
}

static void spray(struct detection *d, const struct activity *a, uint64_t key, enum attempt result)
{
    struct state *st = detection_state(d);
    struct home *h = result == ATTEMPT_OK ? home_of(d, key, a->time) : table_get(&st->homes, key);
    table_expire(&st->sources, stale_source, a->time);
    struct source *s = result == ATTEMPT_OK ? table_get(&st->sources, key) : table_put(&st->sources, key, NULL);
    if (result == ATTEMPT_OK && h) {
        uint64_t account = watch_account(a->actor_entity, &a->actor);
        distinct_add(&h->succeeded, account);
        if (s && a->time - s->last <= minutes(d, SPRAY_MINUTES))
            guessed(d, a, s, h, key);
        else
            distinct_add(&h->known, account);
    }
    if (result == ATTEMPT_OK || !s)
        return;
    fail(d, s, a, result);
    if (detection_learned(d, detection_first(d), a->time) && sprayed(d, s, h, a))
        raise_spray(d, a, s, key);
}

/* ---- the computer that a spray starts from ---- */

static struct account subject_of(const struct activity *a)
{
    return (struct account){.sid = act_str(a, FACT_SUBJECT_SID), .name = act_str(a, FACT_SUBJECT_NAME), .domain = act_str(a, FACT_SUBJECT_DOMAIN)};
}

static void explicit_credentials(struct detection *d, const struct activity *a)
{
    struct state *st = detection_state(d);
    struct account subject = subject_of(a);
    if (watch_builtin(&subject) || watch_machine(subject.name) || !str_set(subject.name) || watch_machine(watch_bare(&a->actor)))
        return; /* services log people on all day */
    struct str where = str_set(a->device) ? a->device : a->destination;
    uint64_t key = hash_mix(hash_stri(where, 9), hash_stri(subject.name, 10));
    table_expire(&st->hosts, stale_host, a->time);
    struct host *h = table_put(&st->hosts, key, NULL);
    if (!h)
        return;
    if (h->last && a->time - h->last > TIME_DAY)
        memset(h, 0, sizeof *h);
    h->last = a->time;
    h->unreported++;
    watch_ring_add(&h->given, a->time, watch_account(a->actor_entity, &a->actor));
    watch_names_add(&h->accounts, a->actor_entity, watch_called(detection_dir(d), a->actor_entity, &a->actor));
    witness_add(&h->seen, a);
    unsigned given = watch_ring_distinct(&h->given, a->time - minutes(d, SPRAY_MINUTES));
    if (given < limit(d, EXPLICIT_ACCOUNTS, WATCH_RING) || !detection_learned(d, detection_first(d), a->time))
        return;
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    f.nusers = f.naccounts = 0;
    watch_names_draft(&f, &h->accounts);
    f.campaign = hash_mix(key, 11);
    f.count = h->unreported;
    f.evidence = &h->seen;
    f.description =
        str_fmt(m, "%.*s on %.*s gave the credentials of many different accounts (%.*s) one after another, %u times between %.*s and %.*s.",
                STR_ARG(subject.name), STR_ARG(where), STR_ARG(watch_names_text(m, &h->accounts, 6)), h->seen.total,
                STR_ARG(watch_time(m, h->seen.w[0].time)), STR_ARG(watch_time(m, a->time)));
    h->unreported = 0;
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    if (a->kind == KIND_EXPLICIT_CREDENTIALS) {
        explicit_credentials(d, a);
        return;
    }
    enum attempt result = attempt_of(a);
    uint64_t key = watch_source(a);
    if (result == ATTEMPT_NONE || result == ATTEMPT_REFUSED || !key || !account_set(&a->actor) || watch_builtin(&a->actor))
        return;
    bool here = a->kind == KIND_INTERACTIVE_LOGON || act_u64(a, FACT_LOGON_TYPE, 3) == 2;
    if (here && result != ATTEMPT_OK) /* somebody at the keyboard */
        return;
    if (result != ATTEMPT_UNKNOWN)
        brute(d, a, key, result);
    spray(d, a, key, result);
}

static const enum kind wants[] = {KIND_CREDENTIALS_VALIDATION, KIND_FAILED_LOGON,         KIND_NTLM_AUDIT, KIND_NETWORK_LOGON,
                                  KIND_INTERACTIVE_LOGON,      KIND_EXPLICIT_CREDENTIALS, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} {} logons of {} from {} failed with a wrong password between {} and {}{?}.",
     "{} connexions {} de {} depuis {} ont échoué avec un mot de passe erroné entre le {} et le {}{}."},
    {"; then a logon succeeded, so the password may have been guessed",
     " ; ensuite une connexion a réussi : le mot de passe a peut-être été deviné"},
    {"{} attempts with a few passwords on {}{?} accounts ({list}) came from {} over {}{?} between {} and {}{?}.",
     "{} essais avec quelques mots de passe sur {}{} comptes ({}) sont venus de {} par {}{} entre le {} et le {}{}."},
    {" or more", " ou plus"},
    {" in {} rounds", " en {} vagues"},
    {"; then {list} logged on from there, so the password may have been guessed",
     " ; ensuite {} s’est connecté de là : le mot de passe a peut-être été deviné"},
    {"{} on {} gave the credentials of many different accounts ({list}) one after another, {} times between {} and {}.",
     "{}, sur {}, a donné les uns après les autres les identifiants de nombreux comptes différents ({}), {} fois entre le {} et le {}."},
    {0}};

const struct detector det_2023 = {
    .external_id = 2023,
    .name = "Suspected brute force attack (Kerberos, NTLM)",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_COMPROMISED_CREDENTIAL,
    .attack = {"T1110", "T1110.001", "T1110.003"},
    .learning_days = 7,
    .about =
        "Somebody guesses passwords, as the network or events show it: many failures on one account from one source (brute force), or a few tries on each of many accounts from one "
        "source (password spray), in one go or in rounds with pauses. A logon that succeeds after the failures is named as possibly guessed. Sources "
        "from which more different accounts log on than fail count as shared (proxies, mail and terminal servers) and need four times as many. On "
        "the "
        "computer that a spray starts from, one user giving the credentials of many accounts (event 4648) is the same attack. What fails at such a "
        "rate already in the learning period is left out afterwards.",
    .blind = "no logon results (Kerberos or NTLM on the network, or events 4768, 4771, 4776, 4625: Audit Kerberos Authentication Service, Audit Credential Validation, Audit Logon)",
    .french = {.name = "Attaque par force brute présumée (Kerberos, NTLM)",
               .about = "Quelqu’un devine des mots de passe, comme le montrent le réseau ou les événements : beaucoup d’échecs sur un compte "
                        "depuis une source (force brute), ou quelques essais sur chacun de nombreux comptes depuis une source (pulvérisation de "
                        "mots de passe), d’un trait ou par vagues entrecoupées de pauses. Une ouverture de session qui réussit après les échecs "
                        "est signalée comme peut-être devinée. Les sources d’où plus de comptes différents se connectent qu’il n’en échoue sont "
                        "tenues pour partagées (mandataires, serveurs de messagerie et de terminaux) : il en faut quatre fois plus. Sur "
                        "l’ordinateur d’où part une pulvérisation, un utilisateur qui donne les identifiants de nombreux comptes (événement 4648) "
                        "est la même attaque. Ce qui échoue à un tel rythme dès la période d’apprentissage est ensuite laissé de côté.",
               .blind = "aucun résultat d’ouverture de session (Kerberos ou NTLM sur le réseau, ou événements 4768, 4771, 4776, 4625 : Auditer le "
                        "service d’authentification Kerberos, la validation des informations d’identification, l’ouverture de session)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
