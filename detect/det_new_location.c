/* detect/det_new_location.c - New location: the first activity of the organisation in a country. */
#include "base/hash.h"
#include "detect/cloud.h"
#include "model/country.h"

enum { HISTORY, DAYS };
enum { COUNTRIES = 256 };

struct state {
    int64_t first;
    uint64_t activities; /* with a place */
    bool seen[COUNTRIES];
};

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    const struct country *c = str_set(a->location.country) ? country_of(a->location.country) : NULL;
    if (!c || a->outcome == OUTCOME_FAILURE || a->kind == KIND_FAILED_SIGN_IN || cloud_elsewhere(a) || !cloud_person(d, a))
        return;
    if (s->activities++ == 0)
        s->first = a->time;
    bool *seen = &s->seen[country_number(c) % COUNTRIES];
    bool past = (double)(a->time - s->first) >= detection_param(d, DAYS) * (double)TIME_DAY && (double)s->activities > detection_param(d, HISTORY);
    if (!*seen && past && detection_learned(d, s->first, a->time)) {
        struct draft f = draft_of(a);
        f.campaign = hash_mix(country_number(c), 65);
        f.description = str_fmt(detection_arena(d), "The first activity in %s: %.*s%.*s, %.*s in %.*s.", c->name, STR_ARG(cloud_actor(d, a)),
                                STR_ARG(cloud_from(d, a)), STR_ARG(act_kind(a)), STR_ARG(a->app));
        detection_raise(d, a, &f);
    }
    *seen = true;
}

static const struct param params[] = {
    {"history", 20, "Nothing is raised before this many activities with a known place have been seen.",
                    "Rien n’est levé avant que l’on n’ait vu autant d’activités d’un lieu connu."},
    {"history_days", 5, "Nothing is raised in the first days, this many, of activities with a known place, also when learning is assumed over.",
                        "Rien n’est levé pendant les premiers jours, aussi nombreux que cela, d’activités d’un lieu connu, même quand "
                        "l’apprentissage est tenu pour terminé."},
    {0}};

static const struct phrase phrases[] = {
    {"The first activity in {country}: {}{?}, {kind} in {}.", "La première activité dans ce pays ({}) : {}{}, {} dans {}."},
    {0}};

const struct detector det_new_location = {
    .policy = "new_location",
    .name = "New location",
    .severity = SEVERITY_INFORMATIONAL,
    .category = CATEGORY_THREAT_DETECTION,
    .attack = {"T1078.004", NULL},
    .learning_days = 7,
    .about = "Informative: somebody of the organisation was active in a country where nobody was before, told once for each "
             "country. Whether it is suspicious for the user is what the detections of travel and of infrequent countries say.",
    .blind = "no cloud activities",
    .french = {.name = "Nouveau lieu",
               .about = "Informative : quelqu’un de l’organisation a été actif dans un pays où personne ne l’avait été, signalé une fois par pays. "
                        "Ce sont les détections de voyage et de pays peu fréquents qui disent si c’est suspect pour l’utilisateur.",
               .blind = "aucune activité cloud",
               .phrases = phrases},
    .wants = cloud_kinds,
    .params = params,
    .state_size = sizeof(struct state),
    .see = see,
};
