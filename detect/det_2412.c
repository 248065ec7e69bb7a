/* detect/det_2412.c - Suspected AS-REP roasting: logons without proof, encrypted with a key that can be guessed. */
#include "detect/common.h"
#include "detect/kerberos.h"

#include "base/hash.h"

enum { PAIRS = 65536, SOURCES = 8192, SHOWN = 6 };

struct source {
    struct common_spread accounts;
};

struct state {
    struct table pairs;   /* account and source: int64_t of the first such logon */
    struct table sources;
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->pairs, sizeof(int64_t), PAIRS);
    table_init(&s->sources, sizeof(struct source), SOURCES);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->pairs);
    table_free(&s->sources);
}

/* What the answer is encrypted with: the client's key, as packets show it, or what events tell. */
static uint64_t answer_etype(const struct activity *a)
{
    return act_u64(a, FACT_REPLY_ETYPE, act_u64(a, FACT_TICKET_ETYPE, 0));
}

/* A client that can do better gets a better key, unless the account has none. */
static bool roasting(const struct activity *a)
{
    return a->outcome == OUTCOME_SUCCESS && a->protocol == PROTO_KERBEROS && act_u64(a, FACT_PREAUTH_TYPE, 1) == 0 && account_set(&a->actor) &&
           !common_machine(a) && kerberos_weak(answer_etype(a)) && !kerberos_offers_aes(act_str(a, FACT_CLIENT_ETYPES));
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct arena *arena = detection_arena(d);
    uint64_t key = watch_source(a);
    if (!key || !roasting(a))
        return;
    bool fresh;
    int64_t *first = table_put(&s->pairs, hash_mix(watch_account(a->actor_entity, &a->actor), key), &fresh);
    struct source *src = table_put(&s->sources, key, NULL);
    if (!first || !src)
        return;
    if (fresh)
        *first = a->time;
    if (a->time - *first > TIME_DAY) /* its habit */
        return;
    common_spread_add(&src->accounts, watch_bare(&a->actor), a, TIME_DAY);
    struct witnesses evidence;
    struct draft f = draft_of(a);
    common_spread_witnesses(&src->accounts, a->time - TIME_DAY, &evidence);
    f.evidence = &evidence;
    f.campaign = hash_mix(key, 2412);
    f.description = str_fmt(arena,
                            "%.*s asked %.*s for tickets of %.*s without proof, offering weak encryption alone, and got them until %.*s: the passwords "
                            "of these accounts, which need no pre-authentication, can be guessed from the answers.",
                            STR_ARG(watch_source_text(arena, a)), STR_ARG(watch_destination_text(arena, a)),
                            STR_ARG(common_spread_text(arena, &src->accounts, SHOWN)), STR_ARG(watch_time(arena, a->time)));
    detection_raise(d, a, &f);
}

static const enum kind wants[] = {KIND_CREDENTIALS_VALIDATION, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} asked {} for tickets of {list} without proof, offering weak encryption alone, and got them until {}: the passwords of these accounts, "
     "which need no pre-authentication, can be guessed from the answers.",
     "{} a demandé à {} des tickets de {} sans preuve, en ne proposant qu’un chiffrement faible, et les a obtenus jusqu’au {} : les mots de passe "
     "de ces comptes, qui n’exigent pas de pré-authentification, se devinent à partir des réponses."},
    {0}};

const struct detector det_2412 = {
    .external_id = 2412,
    .name = "Suspected AS-REP Roasting attack",
    .severity = SEVERITY_HIGH,
    .category = CATEGORY_COMPROMISED_CREDENTIAL,
    .attack = {"T1558.004"},
    .preview = true,
    .about = "For an account that needs no pre-authentication a controller answers everybody, encrypted with a key made from the account's password, "
             "which can then be guessed offline. The alert is raised when somebody who offers only RC4 or DES gets such an answer, as the network or "
             "event 4768 shows. An account that has logged on so from the same computer for more than a day raises nothing.",
    .blind = "no Kerberos logons (on the network, or event 4768: Audit Kerberos Authentication Service)",
    .french = {.name = "Attaque AS-REP Roasting présumée",
               .about = "Pour un compte qui n’exige pas de pré-authentification, un contrôleur répond à tout le monde, avec une réponse chiffrée "
                        "par une clé faite du mot de passe du compte, qui peut alors être deviné hors ligne. L’alerte est levée quand quelqu’un "
                        "qui ne propose que RC4 ou DES reçoit une telle réponse, comme le montre le réseau ou l’événement 4768. Un compte qui "
                        "s’est connecté ainsi depuis le même ordinateur pendant plus d’un jour ne lève rien.",
               .blind = "aucune ouverture de session Kerberos (sur le réseau, ou événement 4768 : Auditer le service d’authentification Kerberos)",
               .phrases = phrases},
    .wants = wants,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
