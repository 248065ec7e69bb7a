/* detect/det_infrequent_country.c - Activity from infrequent country: where nobody of the organisation is. */
#include "base/hash.h"
#include "detect/cloud.h"
#include "detect/familiar.h"
#include "model/country.h"

enum { RECENT, SETTLED, HISTORY, FAILED, DAYS, AGENT };
enum { COUNTRIES = 256 };

/* What is known of one country. */
struct place {
    int64_t first, last; /* 0 and 0 = never */
    int64_t day;
    uint32_t days;  /* on which it was seen since `first` */
    bool settled;   /* part of the organisation's past */
    uint64_t at;    /* activities of the organisation when it was last seen */
};

struct state {
    struct place places[COUNTRIES];
    int64_t first;
    uint64_t activities; /* with a place */
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    s->first = TIME_NONE;
    return 0;
}

static struct str known(struct detection *d, const struct state *s)
{
    struct str list = STR("");
    for (unsigned i = 0; i < COUNTRIES; i++)
        if (s->places[i].settled && list.n < 200)
            list = str_fmt(detection_arena(d), "%.*s%s%s", STR_ARG(list), list.n ? ", " : "", country_at(i)->name);
    return list;
}

static void raise(struct detection *d, const struct activity *a, const struct country *c, enum familiarity agent)
{
    const struct state *s = detection_state(d);
    struct draft f = draft_of(a);
    f.campaign = hash_mix(cloud_user(a), 16 + country_number(c));
    f.campaign_hours = 24 * detection_param(d, SETTLED);
    f.severity = agent == FAMILIAR_NO ? SEVERITY_DEFAULT : SEVERITY_LOW;
    f.description = str_fmt(detection_arena(d), "%.*s was active%.*s%s. In the past %.0f days nobody of the organisation was active in %s; "
                            "%llu activities came from %.*s.", STR_ARG(cloud_actor(d, a)), STR_ARG(cloud_from(d, a)),
                            agent == FAMILIAR_YES ? ", last with a user agent that this user had used before" : "", detection_param(d, RECENT), c->name, (unsigned long long)s->activities, STR_ARG(known(d, s)));
    detection_raise(d, a, &f);
}

static void learn(struct detection *d, struct place *p, int64_t now, bool learned)
{
    double settle = detection_param(d, SETTLED);
    if (p->days == 0)
        p->first = now;
    if (p->days == 0 || p->day != time_day(now)) {
        p->day = time_day(now);
        p->days++;
    }
    p->last = now;
    p->at = ((const struct state *)detection_state(d))->activities;
    if (!learned || (double)(now - p->first) >= settle * (double)TIME_DAY)
        p->settled = true;
}

/* An empty past is no past, also when learning is assumed over: the first days say where the organisation is. */
static bool has_past(struct detection *d, int64_t now)
{
    const struct state *s = detection_state(d);
    return (double)(now - s->first) >= detection_param(d, DAYS) * (double)TIME_DAY && (double)s->activities >= detection_param(d, HISTORY);
}

/* So long ago that it is new again - unless the organisation was silent as a whole, or its log has a gap. */
static bool forgotten(struct detection *d, const struct place *p, int64_t now)
{
    const struct state *s = detection_state(d);
    bool long_ago = (double)(now - p->last) > detection_param(d, RECENT) * (double)TIME_DAY;
    return p->settled && long_ago && (double)(s->activities - p->at) > detection_param(d, HISTORY);
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    bool failed = a->outcome == OUTCOME_FAILURE || a->kind == KIND_FAILED_SIGN_IN;
    const struct country *c = str_set(a->location.country) ? country_of(a->location.country) : NULL;
    if (!c || (failed && detection_param(d, FAILED) <= 0) || cloud_elsewhere(a) || !cloud_person(d, a))
        return;
    if (s->first == TIME_NONE)
        s->first = a->time;
    struct place *p = &s->places[country_number(c)];
    enum familiarity agent = familiar_agent(d, a, (unsigned)detection_param(d, AGENT));
    bool learned = has_past(d, a->time) && detection_learned(d, s->first, a->time);
    if (forgotten(d, p, a->time))
        *p = (struct place){0};
    if (learned && !p->settled)
        raise(d, a, c, agent);
    learn(d, p, a->time, learned);
    s->activities++;
}

static const struct param params[] = {
    {"recent_days", 30, "A country where nobody was active for this many days, while others were elsewhere, is new again.",
                        "Un pays où personne n’a été actif pendant autant de jours, alors que d’autres l’étaient ailleurs, est de nouveau nouveau."},
    {"settled_days", 7, "A new country belongs to the organisation's past this many days after its first activity.",
                        "Un pays nouveau appartient au passé de l’organisation autant de jours après sa première activité."},
    {"history", 20, "Nothing is raised before this many activities with a known place have been seen.",
                    "Rien n’est levé avant que l’on n’ait vu autant d’activités d’un lieu connu."},
    {"failed", 0, "1: failed activities count too; 0: successful ones only.",
                  "1 : les activités échouées comptent aussi ; 0 : seulement celles qui réussissent."},
    {"history_days", 5, "Nothing is raised in the first days, this many, of activities with a known place, also when learning is assumed over.",
                        "Rien n’est levé pendant les premiers jours, aussi nombreux que cela, d’activités d’un lieu connu, même quand "
                        "l’apprentissage est tenu pour terminé."},
    {"agent_days", 2, "A user agent that the user used on this many earlier days is the user's own: the alert is low. So it is for users seen on fewer days.",
                      "Un agent utilisateur que l’utilisateur a utilisé autant de jours antérieurs est le sien : l’alerte est faible. De même pour "
                      "les utilisateurs vus moins de jours."},
    {0}};

static const struct phrase phrases[] = {
    {"{} was active{?}{?}. In the past {} days nobody of the organisation was active in {country}; {} activities came from {countries}.",
     "{} a été actif{}{}. Ces {} derniers jours, personne de l’organisation n’était actif dans ce pays ({}) ; {} activités sont venues d’ailleurs "
     ": {}."},
    {", last with a user agent that this user had used before", ", en dernier avec un agent utilisateur que cet utilisateur avait déjà utilisé"},
    {0}};

const struct detector det_infrequent_country = {
    .policy = "infrequent_country",
    .name = "Activity from infrequent country",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_THREAT_DETECTION,
    .attack = {"T1078", "T1078.004", NULL},
    .learning_days = 7,
    .about = "A user was active in a country where nobody of the organisation was active recently or ever. The first days of "
             "the input are learned from. Addresses tagged corporate, VPN or cloud are not looked at. A new country is "
             "raised once per user until it has been in use for a week; then it belongs to the past that is compared with. "
             "It is low when it came with a user agent that this user had used before, as on a journey, and when the user is too new for that to be told.",
    .blind = "no cloud activities",
    .french = {.name = "Activité depuis un pays peu fréquent",
               .about = "Un utilisateur a été actif dans un pays où personne de l’organisation ne l’a été récemment, ou jamais. Les premiers jours "
                        "des données servent à apprendre. Les adresses marquées entreprise, VPN ou cloud ne sont pas prises en compte. Un pays "
                        "nouveau est signalé une fois par utilisateur jusqu’à ce qu’il serve depuis une semaine ; il appartient alors au passé "
                        "auquel on compare. L’alerte est faible quand l’activité est venue avec un agent utilisateur que cet utilisateur avait "
                        "déjà utilisé, comme en voyage, et quand l’utilisateur est trop récent pour qu’on puisse le dire.",
               .blind = "aucune activité cloud",
               .phrases = phrases},
    .wants = cloud_kinds,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    };
