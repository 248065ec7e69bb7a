/* detect/det_anonymous_ip.c - Activity from anonymous IP addresses: Tor and proxies that hide who comes. */
#include "base/hash.h"
#include "detect/cloud.h"

enum { COLLEAGUES, FAILED };
enum { NETWORKS_MAX = 50000, USERS_MAX = 50000 };

struct state {
    struct table networks; /* struct distinct of users */
    struct table users;    /* first activity */
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->networks, sizeof(struct distinct), NETWORKS_MAX);
    table_init(&s->users, sizeof(int64_t), USERS_MAX);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->networks);
    table_free(&s->users);
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    uint64_t user = cloud_user(a);
    bool failed = a->outcome == OUTCOME_FAILURE || a->kind == KIND_FAILED_SIGN_IN, is_new;
    if (!user || (failed && detection_param(d, FAILED) <= 0) || !cloud_person(d, a))
        return;
    int64_t *first = table_put(&s->users, user, &is_new);
    if (first && is_new)
        *first = a->time;
    bool hidden = a->location.tags & (LOCATION_ANONYMOUS | LOCATION_TOR), trusted = a->location.tags & LOCATION_CORPORATE;
    struct distinct *others = hidden && !trusted ? table_put(&s->networks, cloud_network(&a->ip), NULL) : NULL;
    if (!first || !others)
        return;
    (void)distinct_add(others, user);
    if (others->n > (unsigned)detection_param(d, COLLEAGUES) || !detection_learned(d, cloud_since(d, a, *first), a->time))
        return;
    struct draft f = draft_of(a);
    f.campaign = hash_mix(user, 18);
    f.description = str_fmt(detection_arena(d), "%.*s was active%.*s (%s): %.*s in %.*s. The address hides where its user is.",
                            STR_ARG(cloud_actor(d, a)), STR_ARG(cloud_from(d, a)), a->location.tags & LOCATION_TOR ? "Tor" : "anonymous proxy",
                            STR_ARG(act_kind(a)), STR_ARG(a->app));
    detection_raise(d, a, &f);
}

static const struct param params[] = {
    {"colleagues", 3, "A network that more users than this come from is taken to be the organisation's own gateway.",
                      "Un réseau d’où viennent plus d’utilisateurs que cela est tenu pour une passerelle de l’organisation."},
    {"failed", 0, "1: failed activities count too; 0: successful ones only.",
                  "1 : les activités échouées comptent aussi ; 0 : seulement celles qui réussissent."},
    {0}};

static const struct phrase phrases[] = {
    {"{} was active{?} ({*}): {kind} in {}. The address hides where its user is.",
     "{} a été actif{} ({}) : {} dans {}. L’adresse cache où se trouve son utilisateur."},
    {"Tor", "réseau Tor"},
    {"anonymous proxy", "mandataire anonyme"},
    {0}};

const struct detector det_anonymous_ip = {
    .policy = "anonymous_ip",
    .name = "Activity from anonymous IP addresses",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_THREAT_DETECTION,
    .attack = {"T1090.003", "T1078.004", NULL},
    .learning_days = 7,
    .about = "A user was active from an address that is tagged as Tor exit, anonymous proxy or commercial VPN, by the record, by "
             "an anonymous-address database or by the network's owner, and that few others of the organisation use.",
    .blind = "no cloud activities",
    .french = {.name = "Activité depuis des adresses IP anonymes",
               .about = "Un utilisateur a été actif depuis une adresse marquée comme sortie Tor, mandataire anonyme ou VPN commercial, par "
                        "l’enregistrement, par une base d’adresses anonymes ou par le propriétaire du réseau, et que peu d’autres personnes de "
                        "l’organisation utilisent.",
               .blind = "aucune activité cloud",
               .phrases = phrases},
    .wants = cloud_kinds,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
