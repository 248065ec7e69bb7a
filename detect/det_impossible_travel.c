/* detect/det_impossible_travel.c - Impossible travel: one user in two places in too short a time. */
#include "base/hash.h"
#include "detect/cloud.h"
#include "detect/familiar.h"
#include "model/country.h"

enum { SPEED, DISTANCE, FAILED, COLLEAGUES, HABIT, SENSITIVITY, AGENT };
enum { USERS_MAX = 50000, NETWORKS_MAX = 100000, HABITS = 12, OTHERS = 8, CITY_KM = 100 };

/* Where a user was seen. */
struct spot {
    struct witness seen;
    struct ip ip;
    uint64_t network;
    uint32_t country; /* country_number + 1; 0 = nowhere yet */
    int16_t latitude, longitude;
    bool familiar; /* with an agent of the user's own */
};

/* On how many days a user was seen in one network. */
struct habit {
    uint64_t network;
    int64_t day;
    uint32_t days;
};

struct traveller {
    int64_t first;
    struct spot last;
    struct habit habits[HABITS];
};

/* Who uses a network, and since when. */
struct network {
    int64_t first;
    uint32_t n;
    uint64_t users[OTHERS];
};

struct state {
    struct table users, networks;
    int64_t first; /* activity with a place */
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->users, sizeof(struct traveller), USERS_MAX);
    table_init(&s->networks, sizeof(struct network), NETWORKS_MAX);
    s->first = TIME_NONE;
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->users);
    table_free(&s->networks);
}

/* ---- networks that say nothing ---- */

static bool habitual(struct detection *d, const struct traveller *t, uint64_t network, int64_t now)
{
    for (unsigned i = 0; i < HABITS; i++)
        if (t->habits[i].network == network) {
            uint32_t today = t->habits[i].day == time_day(now); /* proves nothing */
            return t->habits[i].days - today >= (uint32_t)detection_param(d, HABIT);
        }
    return false;
}

/* Used by enough others, and not only since yesterday: an intruder with several accounts is no office. Where learning
 * is assumed over, a network that was there from the first day on was there before. */
static bool common(struct detection *d, uint64_t network, uint64_t user, int64_t now)
{
    struct state *s = detection_state(d);
    const struct network *n = table_get(&s->networks, network);
    bool from_start = n && detection_learning_assumed(d) && n->first - s->first < TIME_DAY && now - n->first >= TIME_DAY;
    if (!n || (now - n->first < 7 * TIME_DAY && !from_start))
        return false;
    uint32_t others = 0;
    for (uint32_t i = 0; i < n->n; i++)
        others += n->users[i] != user;
    return others >= (uint32_t)detection_param(d, COLLEAGUES);
}

static bool suppressed(struct detection *d, const struct traveller *t, const struct spot *here, uint64_t user)
{
    int64_t now = here->seen.time;
    double sensitivity = detection_param(d, SENSITIVITY);
    if (sensitivity >= 3)
        return false;
    bool known_here = habitual(d, t, here->network, now) || common(d, here->network, user, now);
    bool known_there = habitual(d, t, t->last.network, now) || common(d, t->last.network, user, now);
    return sensitivity < 2 ? known_here : known_here && known_there;
}

static void learn(struct detection *d, struct traveller *t, const struct spot *here, uint64_t user)
{
    struct state *s = detection_state(d);
    int64_t day = time_day(here->seen.time);
    struct habit *slot = &t->habits[0];
    for (unsigned i = 0; i < HABITS && slot->network != here->network; i++)
        if (t->habits[i].network == here->network || t->habits[i].day < slot->day)
            slot = &t->habits[i];
    if (slot->network != here->network)
        *slot = (struct habit){here->network, INT64_MIN, 0};
    if (slot->day != day) {
        slot->day = day;
        slot->days++;
    }
    struct network *n = table_put(&s->networks, here->network, NULL);
    if (!n)
        return;
    if (n->n == 0)
        n->first = here->seen.time;
    for (uint32_t i = 0; i < n->n; i++)
        if (n->users[i] == user)
            return;
    if (n->n < OTHERS)
        n->users[n->n++] = user;
}

/* ---- distances ---- */

static double apart_km(const struct spot *a, const struct spot *b)
{
    bool placed = (a->latitude || a->longitude) && (b->latitude || b->longitude);
    if (placed ? a->latitude == b->latitude && a->longitude == b->longitude : a->country == b->country)
        return 0; /* nearly all are, and need no trigonometry */
    if (!placed)
        return country_gap_km(country_at(a->country - 1), country_at(b->country - 1));
    double km = country_km(a->latitude / 100.0, a->longitude / 100.0, b->latitude / 100.0, b->longitude / 100.0);
    return km > CITY_KM ? km - CITY_KM : 0; /* cities of addresses are about right */
}

static struct str place(struct detection *d, const struct spot *s)
{
    char ip[IP_TEXT], t[TIME_TEXT];
    struct str when = str_sub(time_text(s->seen.time, t), 0, 19);
    return str_fmt(detection_arena(d), "%s (%.*s) at %.*s", country_at(s->country - 1)->name,
                   STR_ARG(ip_set(&s->ip) ? ip_text(&s->ip, ip) : STR("address not stated")), STR_ARG(when));
}

static void raise(struct detection *d, const struct activity *a, const struct spot *from, const struct spot *to, double km)
{
    struct witnesses seen = {.total = 1, .n = 1, .w = {from->seen}};
    int64_t took = to->seen.time - from->seen.time;
    struct draft f = draft_of(a);
    f.campaign = hash_mix(cloud_user(a), 2);
    f.evidence = &seen;
    f.severity = from->familiar && to->familiar ? SEVERITY_LOW : SEVERITY_DEFAULT;
    f.description = str_fmt(detection_arena(d), "%.*s was active in %.*s and in %.*s UTC: at least %.0f km apart in %.*s, faster than %.0f km/h.",
                            STR_ARG(cloud_actor(d, a)), STR_ARG(place(d, from)), STR_ARG(place(d, to)), km,
                            STR_ARG(cloud_span(d, took)), detection_param(d, SPEED));
    detection_raise(d, a, &f);
}

static bool counts(struct detection *d, const struct activity *a)
{
    if (a->outcome == OUTCOME_FAILURE || a->kind == KIND_FAILED_SIGN_IN)
        return detection_param(d, FAILED) > 0;
    return true;
}

static bool spot_of(const struct activity *a, struct spot *out)
{
    const struct country *c = str_set(a->location.country) ? country_of(a->location.country) : NULL;
    if (!c || cloud_elsewhere(a))
        return false;
    *out = (struct spot){.seen = {.time = a->time, .origin = a->origin, .kind = (uint16_t)a->kind},
                         .ip = a->ip,
                         .network = ip_set(&a->ip) ? cloud_network(&a->ip) : hash_mix(country_number(c), 3),
                         .country = country_number(c) + 1,
                         .latitude = a->location.latitude,
                         .longitude = a->location.longitude};
    memcpy(out->seen.id, a->id, sizeof out->seen.id);
    return true;
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    uint64_t user = cloud_user(a);
    struct spot here;
    if (!user || !counts(d, a) || !spot_of(a, &here) || !cloud_person(d, a))
        return;
    if (s->first == TIME_NONE)
        s->first = a->time;
    here.familiar = familiar_agent(d, a, (unsigned)detection_param(d, AGENT)) == FAMILIAR_YES;
    bool is_new;
    struct traveller *t = table_put(&s->users, user, &is_new);
    if (!t)
        return;
    if (is_new)
        t->first = a->time;
    if (t->last.country) {
        double km = apart_km(&t->last, &here), hours = (double)(a->time - t->last.seen.time) / (double)TIME_HOUR;
        bool impossible = km >= detection_param(d, DISTANCE) && km > hours * detection_param(d, SPEED);
        if (impossible && detection_learned(d, cloud_since(d, a, t->first), a->time) && !suppressed(d, t, &here, user))
            raise(d, a, &t->last, &here, km);
    }
    learn(d, t, &here, user);
    t->last = here;
}

static const struct param params[] = {
    {"speed", 900, "Travelling faster than this many km/h is taken to be impossible.",
                   "Voyager plus vite que ce nombre de km/h est tenu pour impossible."},
    {"distance", 500, "Places that may be less than this many km apart are never compared.",
                      "Des lieux qui peuvent être à moins d’autant de km l’un de l’autre ne sont jamais comparés."},
    {"failed", 0, "1: failed activities count too; 0: successful ones only.",
                  "1 : les activités échouées comptent aussi ; 0 : seulement celles qui réussissent."},
    {"colleagues", 3, "A network that this many other users have used for a week is common to the organisation.",
                      "Un réseau qu’autant d’autres utilisateurs utilisent depuis une semaine est commun à l’organisation."},
    {"habit_days", 3, "A network in which the user was active on this many earlier days is the user's own.",
                      "Un réseau où l’utilisateur a été actif autant de jours antérieurs est le sien."},
    {"sensitivity", 2,
     "1 (low): not raised when the later place is common to colleagues or the user's own; 2 (medium): not raised when both are; 3 (high): always raised.",
     "1 (faible) : rien n’est levé quand le second lieu est commun aux collègues ou propre à l’utilisateur ; 2 (moyenne) : rien n’est levé quand "
     "les deux le sont ; 3 (élevée) : toujours levée."},
    {"agent_days", 2, "A user agent that the user used on this many earlier days is the user's own: when both places saw such agents, the alert is low.",
                      "Un agent utilisateur que l’utilisateur a utilisé autant de jours antérieurs est le sien : quand les deux lieux ont vu de "
                      "tels agents, l’alerte est faible."},
    {0}};

static const struct phrase phrases[] = {
    {"{} was active in {*} and in {*} UTC: at least {} km apart in {*}, faster than {} km/h.",
     "{} a été actif en deux lieux, {}, puis {} UTC : au moins {} km de distance en {}, plus vite que {} km/h."},
    {"{country} (address not stated) at {}", "{} (adresse non indiquée) le {}"},
    {"{country} ({}) at {}", "{} ({}) le {}"},
    {0}};

const struct detector det_impossible_travel = {
    .policy = "impossible_travel",
    .name = "Impossible travel",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_THREAT_DETECTION,
    .attack = {"T1078", "T1078.004", NULL},
    .learning_days = 7,
    .about = "Two activities of one user in a row came from places farther apart than the time between them allows. Places "
             "are cities where the enrichment knows them, else countries: then the distance is that of their middles "
             "less their reaches, so neighbours never count. Addresses tagged corporate, VPN or cloud are not looked at; "
             "networks that are common to colleagues or the user's own are known, as `sensitivity` says. When the user "
             "agents of both activities are ones that this user had used before, the alert is low.",
    .blind = "no cloud activities",
    .french = {.name = "Voyage impossible",
               .about = "Deux activités consécutives d’un utilisateur sont venues de lieux plus éloignés que ne le permet le temps qui les sépare. "
                        "Les lieux sont des villes là où l’enrichissement les connaît, sinon des pays : la distance est alors celle de leurs "
                        "centres moins leur étendue, si bien que des voisins ne comptent jamais. Les adresses marquées entreprise, VPN ou cloud ne "
                        "sont pas prises en compte ; les réseaux communs aux collègues ou propres à l’utilisateur sont connus, comme le dit "
                        "`sensitivity`. Quand les agents utilisateurs des deux activités sont de ceux que cet utilisateur avait déjà utilisés, "
                        "l’alerte est faible.",
               .blind = "aucune activité cloud",
               .phrases = phrases},
    .wants = cloud_kinds,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
