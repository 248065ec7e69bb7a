/* detect/det_2410.c - Suspected Kerberos SPN exposure (Kerberoasting): many service tickets that are made with keys from passwords. */
#include "detect/common.h"
#include "detect/kerberos.h"

#include "base/hash.h"

enum { SOURCES = 8192, PAIRS = 262144, SHOWN = 6 };

struct source {
    struct common_spread services; /* new ones, with weak tickets */
};

struct state {
    struct table sources; /* who asks from where */
    struct table asked;   /* who asked for which service: int64_t of the first time */
};

enum { P_SERVICES, P_MINUTES };
static const struct param params[] = {
    {"services", 5, "So many different services that an account did not use before, with weakly encrypted tickets, within minutes are a collection of tickets.",
                    "Autant de services différents qu’un compte n’utilisait pas auparavant, avec des tickets faiblement chiffrés, en quelques "
                    "minutes, sont une collecte de tickets."},
    {"minutes", 10, "The length of that window in minutes.", "Durée de cette fenêtre, en minutes."},
    {0}};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->sources, sizeof(struct source), SOURCES);
    table_init(&s->asked, sizeof(int64_t), PAIRS);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->sources);
    table_free(&s->asked);
}

static void raise(struct detection *d, const struct activity *a, const struct source *src, int64_t window)
{
    struct arena *arena = detection_arena(d);
    struct witnesses evidence;
    struct draft f = draft_of(a);
    struct common_place from = common_place(a);
    common_spread_witnesses(&src->services, a->time - window, &evidence);
    f.evidence = &evidence;
    f.campaign = hash_mix(common_actor_key(detection_dir(d), a), hash_mix(common_place_key(&from), 2410));
    f.description = str_fmt(arena,
                            "%.*s on %.*s got tickets encrypted with %s for %u services that it did not use before (%.*s) between %.*s and %.*s: "
                            "the passwords of the services' accounts can be guessed from such tickets.",
                            STR_ARG(account_text(&a->actor)), STR_ARG(watch_source_text(arena, a)), kerberos_etype(act_u64(a, FACT_TICKET_ETYPE, 0)),
                            common_spread_count(&src->services, a->time - window), STR_ARG(common_spread_text(arena, &src->services, SHOWN)),
                            STR_ARG(watch_time(arena, evidence.w[0].time)), STR_ARG(watch_time(arena, a->time)));
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct str spn = act_str(a, FACT_SPN);
    if (a->outcome != OUTCOME_SUCCESS || a->protocol != PROTO_KERBEROS || !account_set(&a->actor) || watch_builtin(&a->actor) || !str_set(spn) ||
        str_startsi(spn, STR("krbtgt")) || watch_machine(spn) || act_has(a, FACT_FOR_USER))
        return;
    bool fresh;
    uint64_t who = hash_mix(watch_account(a->actor_entity, &a->actor), act_has(a, FACT_EVENT_ID)); /* events name the account, packets the service */
    int64_t window = (int64_t)(detection_param(d, P_MINUTES) * (double)TIME_MINUTE);
    int64_t *first = table_put(&s->asked, hash_mix(who, hash_stri(spn, 1)), &fresh);
    if (!first)
        return;
    if (fresh)
        *first = a->time;
    if (!kerberos_weak(act_u64(a, FACT_TICKET_ETYPE, 0)) || a->time - *first > window)
        return;
    struct source *src = table_put(&s->sources, hash_mix(who, watch_source(a)), NULL);
    if (src && common_spread_add(&src->services, spn, a, window) >= detection_param(d, P_SERVICES) &&
        detection_learned(d, detection_first(d), a->time))
        raise(d, a, src, window);
}

static const enum kind wants[] = {KIND_RESOURCE_ACCESS, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} on {} got tickets encrypted with {} for {} services that it did not use before ({list}) between {} and {}: the passwords of the services' "
     "accounts can be guessed from such tickets.",
     "{}, sur {}, a obtenu des tickets chiffrés avec {} pour {} services qu’il n’utilisait pas auparavant ({}) entre le {} et le {} : les mots de "
     "passe des comptes de ces services se devinent à partir de tels tickets."},
    {"a weak type", "un type faible"},
    {0}};

const struct detector det_2410 = {
    .external_id = 2410,
    .name = "Suspected Kerberos SPN exposure",
    .severity = SEVERITY_HIGH,
    .category = CATEGORY_COMPROMISED_CREDENTIAL,
    .attack = {"T1558.003"},
    .learning_days = 7,
    .preview = true,
    .about = "Every account may ask for a ticket for every service, and the ticket is encrypted with a key made from the password of the service's "
             "account. With RC4 or DES such a password is guessed offline (Kerberoasting). The alert is raised when an account gets weakly encrypted "
             "tickets for several services that it did not use before within minutes, as the network or event 4769 shows. Services of computers, whose "
             "passwords are random, are left out where the record names them (events).",
    .blind = "no service tickets (Kerberos on the network, or event 4769: Audit Kerberos Service Ticket Operations)",
    .french = {.name = "Exposition présumée de SPN Kerberos",
               .about = "Tout compte peut demander un ticket pour tout service, et le ticket est chiffré avec une clé faite du mot de passe du "
                        "compte de service. Avec RC4 ou DES, un tel mot de passe se devine hors ligne (Kerberoasting). L’alerte est levée quand un "
                        "compte obtient en quelques minutes des tickets faiblement chiffrés pour plusieurs services qu’il n’utilisait pas "
                        "auparavant, comme le montre le réseau ou l’événement 4769. Les services d’ordinateurs, dont les mots de passe sont "
                        "aléatoires, sont laissés de côté là où l’enregistrement les nomme (événements).",
               .blind = "aucun ticket de service (Kerberos sur le réseau, ou événement 4769 : Auditer les opérations de ticket du service Kerberos)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
