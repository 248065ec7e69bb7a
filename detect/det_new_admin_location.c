/* detect/det_new_admin_location.c - New admin location: administration from where this administrator never was. */
#include "base/hash.h"
#include "detect/cloud.h"
#include "detect/familiar.h"
#include "model/country.h"

enum { SETTLED, HISTORY, COLLEAGUES, AGENT };
enum { USERS_MAX = 50000, PLACES_MAX = 200000, COUNTRIES = 256 };

struct state {
    struct table users;  /* int64_t: first activity with a place */
    struct table places; /* int64_t by person and country: first activity there */
    struct distinct admins[COUNTRIES]; /* who administers from there, other than just now */
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->users, sizeof(int64_t), USERS_MAX);
    table_init(&s->places, sizeof(int64_t), PLACES_MAX);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->users);
    table_free(&s->places);
}

/* The moment kept under the key; now when it is new. */
static int64_t since(struct table *t, uint64_t key, int64_t now)
{
    bool is_new;
    int64_t *first = table_put(t, key, &is_new);
    if (first && is_new)
        *first = now;
    return first ? *first : now;
}

static void raise(struct detection *d, const struct activity *a, const struct country *c, unsigned others, enum familiarity agent)
{
    struct draft f = draft_of(a);
    f.campaign = hash_mix(cloud_user(a), 64 + country_number(c));
    f.severity = others == 0 && agent != FAMILIAR_YES ? SEVERITY_DEFAULT : SEVERITY_LOW;
    f.description = str_fmt(detection_arena(d), "%.*s did administrative work%.*s: %.*s in %.*s. This administrator was not active in %s before; of the others, "
                            "%u administer from there.", STR_ARG(cloud_actor(d, a)), STR_ARG(cloud_from(d, a)), STR_ARG(act_kind(a)),
                            STR_ARG(a->app), c->name, others);
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    uint64_t user = cloud_user(a);
    const struct country *c = str_set(a->location.country) ? country_of(a->location.country) : NULL;
    if (!user || !c || a->outcome == OUTCOME_FAILURE || a->kind == KIND_FAILED_SIGN_IN || cloud_elsewhere(a) || !cloud_person(d, a))
        return;
    enum familiarity agent = familiar_agent(d, a, (unsigned)detection_param(d, AGENT));
    int64_t first = since(&s->users, user, a->time), here = since(&s->places, hash_mix(user, country_number(c)), a->time);
    if (!a->admin)
        return;
    struct distinct *admins = &s->admins[country_number(c) % COUNTRIES];
    bool old = (double)(a->time - here) >= detection_param(d, SETTLED) * (double)TIME_DAY;
    bool past = (double)(here - first) >= detection_param(d, HISTORY) * (double)TIME_DAY;
    if (old || here == first) { /* where the administrator always was */
        (void)distinct_add(admins, user);
        return;
    }
    unsigned others = admins->n - distinct_has(admins, user);
    if (past && others < (unsigned)detection_param(d, COLLEAGUES) && detection_learned(d, cloud_since(d, a, first), a->time))
        raise(d, a, c, others, agent);
}

static const struct param params[] = {
    {"settled_days", 7, "A new country belongs to the administrator's past this many days after the first activity there.",
                        "Un pays nouveau appartient au passé de l’administrateur autant de jours après la première activité là-bas."},
    {"history_days", 2, "Nothing is raised for an administrator whose past before the new country is shorter than this many days, also when learning is assumed over.",
                        "Rien n’est levé pour un administrateur dont le passé avant le pays nouveau est plus court que ce nombre de jours, même "
                        "quand l’apprentissage est tenu pour terminé."},
    {"colleagues", 3, "A country from which this many other administrators work is not raised.",
                      "Un pays d’où travaillent autant d’autres administrateurs ne lève rien."},
    {"agent_days", 2, "A user agent that the administrator used on this many earlier days is the administrator's own: the alert is low.",
                      "Un agent utilisateur que l’administrateur a utilisé autant de jours antérieurs est le sien : l’alerte est faible."},
    {0}};

static const struct phrase phrases[] = {
    {"{} did administrative work{?}: {kind} in {}. This administrator was not active in {country} before; of the others, {} administer from there.",
     "{} a fait un travail d’administration{} : {} dans {}. Cet administrateur n’était pas actif dans ce pays ({}) auparavant ; parmi les autres, "
     "{} administrent de là."},
    {0}};

const struct detector det_new_admin_location = {
    .policy = "new_admin_location",
    .name = "New admin location",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_PRIVILEGED_ACCOUNTS,
    .attack = {"T1078.004", "T1098", NULL},
    .learning_days = 7,
    .about = "Administrative work in a cloud app came from a country where this administrator was not active before (by any "
             "activity, administrative or not) and from which few other administrators work. It is medium when no other does and "
             "the user agent is not one that the administrator had used before, else low. Addresses tagged corporate, VPN or cloud are not "
             "looked at.",
    .blind = "no cloud activities",
    .french = {.name = "Nouveau lieu d’administration",
               .about = "Un travail d’administration dans une application cloud est venu d’un pays où cet administrateur n’était pas actif "
                        "auparavant (par quelque activité que ce soit, d’administration ou non) et d’où travaillent peu d’autres administrateurs. "
                        "La gravité est moyenne quand aucun autre ne le fait et que l’agent utilisateur n’est pas de ceux que l’administrateur "
                        "avait déjà utilisés, sinon faible. Les adresses marquées entreprise, VPN ou cloud ne sont pas prises en compte.",
               .blind = "aucune activité cloud",
               .phrases = phrases},
    .wants = cloud_kinds,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
