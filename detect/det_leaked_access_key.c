/* detect/det_leaked_access_key.c - Leaked access key: a long-lived key used from where its owner's programs never ran. */
#include "base/hash.h"
#include "detect/cloud.h"
#include "detect/familiar.h"
#include "model/country.h"

enum { SETTLED, HISTORY, COLLEAGUES };
enum { KEYS_MAX = 20000, TRAITS_MAX = 200000, NETWORKS_MAX = 50000 };

struct key_past {
    int64_t first;
    uint64_t uses;
};

struct state {
    struct table keys;
    struct table traits;   /* int64_t by key and network, country or agent: first use */
    struct table networks; /* struct distinct of users */
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->keys, sizeof(struct key_past), KEYS_MAX);
    table_init(&s->traits, sizeof(int64_t), TRAITS_MAX);
    table_init(&s->networks, sizeof(struct distinct), NETWORKS_MAX);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->keys);
    table_free(&s->traits);
    table_free(&s->networks);
}

/* True when the key did not have this trait before lately; notes it. */
static bool novel(struct detection *d, uint64_t key, uint64_t trait, int64_t now)
{
    struct state *s = detection_state(d);
    bool is_new;
    int64_t *first = trait ? table_put(&s->traits, hash_mix(key, trait), &is_new) : NULL;
    if (first && is_new)
        *first = now;
    return first && (double)(now - *first) < detection_param(d, SETTLED) * (double)TIME_DAY;
}

/* A network that colleagues use too is the organisation's. */
static bool common(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    uint64_t user = cloud_user(a), network = cloud_network(&a->ip);
    struct distinct *users = user && network ? table_put(&s->networks, network, NULL) : NULL;
    if (!users)
        return false;
    (void)distinct_add(users, user);
    return users->n > (unsigned)detection_param(d, COLLEAGUES);
}

static void raise(struct detection *d, const struct activity *a, struct str name, bool abroad, bool agent)
{
    struct draft f = draft_of(a);
    f.campaign = hash_str(name, 75);
    f.severity = abroad && agent ? SEVERITY_HIGH : abroad ? SEVERITY_MEDIUM : SEVERITY_LOW;
    f.description = str_fmt(detection_arena(d), "The access key %.*s of %.*s was used%.*s: %.*s (%.*s). New for this key: the network%s%s.", STR_ARG(name),
                            STR_ARG(cloud_actor(d, a)), STR_ARG(cloud_from(d, a)), STR_ARG(act_str(a, FACT_OPERATION)),
                            STR_ARG(str_set(a->agent.text) ? a->agent.text : STR("user agent not stated")), abroad ? ", the country" : "",
                            agent ? ", the user agent" : "");
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct str name = act_str(a, FACT_ACCESS_KEY);
    bool office = common(d, a);
    uint64_t network = cloud_network(&a->ip), id = hash_str(name, 76);
    if (!network || !str_starts(name, STR("AKIA")) || (a->location.tags & (LOCATION_CORPORATE | LOCATION_VPN)))
        return;
    struct key_past *key = table_put(&s->keys, id, NULL);
    if (!key)
        return;
    if (key->uses++ == 0)
        key->first = a->time;
    const struct country *c = str_set(a->location.country) ? country_of(a->location.country) : NULL;
    uint64_t kind = familiar_key(d, a);
    bool elsewhere = novel(d, id, network, a->time), abroad = novel(d, id, c ? hash_mix(country_number(c), 77) : 0, a->time);
    bool agent = novel(d, id, kind ? hash_mix(kind, 78) : 0, a->time);
    bool past = (double)(a->time - key->first) >= detection_param(d, SETTLED) * (double)TIME_DAY && (double)key->uses > detection_param(d, HISTORY);
    if (past && elsewhere && (abroad || agent) && !office && detection_learned(d, key->first, a->time))
        raise(d, a, name, abroad, agent);
}

static const struct param params[] = {
    {"settled_days", 1, "What the key was first used with this many days ago or earlier belongs to its past; so long it is watched before anything is raised.",
                        "Ce avec quoi la clé a été utilisée pour la première fois il y a autant de jours ou plus appartient à son passé ; elle est "
                        "observée aussi longtemps avant que rien ne soit levé."},
    {"history", 20, "Nothing is raised before a key was used this many times.",
                    "Rien n’est levé avant qu’une clé n’ait été utilisée autant de fois."},
    {"colleagues", 3, "A network that more users than this come from is taken to be the organisation's own.",
                      "Un réseau d’où viennent plus d’utilisateurs que cela est tenu pour celui de l’organisation."},
    {0}};

static const struct phrase phrases[] = {
    {"The access key {} of {} was used{?}: {} ({}). New for this key: the network{?}{?}.",
     "La clé d’accès {} de {} a été utilisée{} : {} ({}). Nouveaux pour cette clé : le réseau{}{}."},
    {", the country", ", le pays"},
    {", the user agent", ", l’agent utilisateur"},
    {"user agent not stated", "agent utilisateur non indiqué"},
    {0}};

const struct detector det_leaked_access_key = {
    .policy = "leaked_access_key",
    .name = "Leaked access key use",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_COMPROMISED_CREDENTIAL,
    .attack = {"T1552.001", "T1078.004", NULL},
    .learning_days = 7,
    .preview = true,
    .about = "A long-lived access key (AKIA...) was used from a network that is new for it, and from a new country or with a new "
             "program as well. It is high when all three are new, medium from a new country, low with a new program only. Networks "
             "of several colleagues are the organisation's and not looked at. Temporary keys (ASIA...) have no past to compare with.",
    .blind = "no access keys (CloudTrail: userIdentity.accessKeyId)",
    .french = {.name = "Utilisation d’une clé d’accès divulguée",
               .about = "Une clé d’accès de longue durée (AKIA...) a été utilisée depuis un réseau nouveau pour elle, et aussi depuis un pays "
                        "nouveau ou avec un programme nouveau. La gravité est élevée quand les trois sont nouveaux, moyenne depuis un pays "
                        "nouveau, faible avec seulement un programme nouveau. Les réseaux de plusieurs collègues sont ceux de l’organisation et ne "
                        "sont pas pris en compte. Les clés temporaires (ASIA...) n’ont pas de passé auquel comparer.",
               .blind = "aucune clé d’accès (CloudTrail : userIdentity.accessKeyId)",
               .phrases = phrases},
    .wants = cloud_kinds,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
