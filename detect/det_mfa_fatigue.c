/* detect/det_mfa_fatigue.c - MFA fatigue: asked for the second factor until the owner gives in. */
#include "base/hash.h"
#include "detect/cloud.h"
#include "detect/watch.h"

enum { PROMPTS, DENIALS, WINDOW };
enum { USERS_MAX = 20000 };

struct asked {
    struct watch_ring all, denied; /* what: the network */
    struct witnesses seen;
};

struct state {
    struct table users;
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->users, sizeof(struct asked), USERS_MAX);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->users);
}

static void judge(struct detection *d, const struct activity *a, const struct asked *u, bool prompt)
{
    int64_t since = a->time - (int64_t)(detection_param(d, WINDOW) * (double)TIME_MINUTE);
    uint64_t network = cloud_network(&a->ip);
    unsigned n = watch_ring_of(&u->all, since, network), denied = watch_ring_of(&u->denied, since, network);
    if (n < (unsigned)detection_param(d, PROMPTS) || denied < (unsigned)detection_param(d, DENIALS))
        return;
    struct draft f = draft_of(a);
    f.campaign = hash_mix(cloud_user(a), 74);
    f.evidence = &u->seen;
    f.severity = prompt ? SEVERITY_LOW : SEVERITY_DEFAULT;
    f.description = str_fmt(detection_arena(d), "%.*s was asked for the second factor %u times within %.0f minutes%.*s, %u times it was refused or not answered; %s.",
                            STR_ARG(cloud_actor(d, a)), n, detection_param(d, WINDOW), STR_ARG(cloud_from(d, a)), denied,
                            prompt ? "no sign-in succeeded so far" : "then a sign-in from there succeeded");
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    uint64_t user = cloud_user(a);
    bool prompt = a->kind == KIND_MFA_PROMPT || a->kind == KIND_MFA_DENIED;
    if (!user || !cloud_person(d, a) || (!prompt && a->outcome == OUTCOME_FAILURE))
        return;
    struct asked *u = prompt ? table_put(&s->users, user, NULL) : table_get(&s->users, user);
    if (!u)
        return;
    if (prompt) {
        uint64_t network = cloud_network(&a->ip);
        if (u->all.n == 0 || a->time - u->all.t[(u->all.n - 1) % WATCH_RING] > (int64_t)(detection_param(d, WINDOW) * (double)TIME_MINUTE))
            witness_clear(&u->seen);
        witness_add(&u->seen, a);
        watch_ring_add(&u->all, a->time, network);
        if (a->kind == KIND_MFA_DENIED)
            watch_ring_add(&u->denied, a->time, network);
    }
    judge(d, a, u, prompt);
}

static const struct param params[] = {
    {"prompts", 10, "So many requests for the second factor from one network within the window are suspicious.",
                    "Autant de demandes du second facteur d’un même réseau dans la fenêtre sont suspectes."},
    {"denials", 4, "So many of them must have been refused or not answered: a program that asks in a loop has no owner who refuses.",
                   "Autant d’entre elles doivent avoir été refusées ou laissées sans réponse : un programme qui demande en boucle n’a pas de "
                   "propriétaire qui refuse."},
    {"window_minutes", 60, "The requests must come within this many minutes.", "Les demandes doivent venir en autant de minutes."},
    {0}};

static const enum kind wants[] = {KIND_MFA_PROMPT, KIND_MFA_DENIED, KIND_SIGN_IN, KIND_COUNT};
static const enum kind needs[] = {KIND_MFA_DENIED, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} was asked for the second factor {} times within {} minutes{?}, {} times it was refused or not answered; {*}.",
     "{} s’est vu demander le second facteur {} fois en {} minutes{}, {} fois il a été refusé ou laissé sans réponse ; {}."},
    {"no sign-in succeeded so far", "aucune connexion n’a réussi jusqu’ici"},
    {"then a sign-in from there succeeded", "ensuite une connexion de là a réussi"},
    {0}};

const struct detector det_mfa_fatigue = {
    .policy = "mfa_fatigue",
    .name = "MFA fatigue",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_COMPROMISED_CREDENTIAL,
    .attack = {"T1621", NULL},
    .preview = true,
    .about = "Somebody who has a user's password asks for the second factor again and again until the user gives in. Raised, "
             "low, when many requests from one network were refused or not answered within an hour, and medium when a sign-in from there then "
             "succeeded.",
    .blind = "no refused second factors (Entra sign-ins with error 500121)",
    .french = {.name = "Fatigue MFA",
               .about = "Quelqu’un qui a le mot de passe d’un utilisateur demande encore et encore le second facteur jusqu’à ce que l’utilisateur "
                        "cède. Levée, faible, quand beaucoup de demandes d’un même réseau ont été refusées ou laissées sans réponse en une heure, "
                        "et moyenne quand une connexion de là a ensuite réussi.",
               .blind = "aucun second facteur refusé (connexions Entra avec l’erreur 500121)",
               .phrases = phrases},
    .wants = wants,
    .needs = needs,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
