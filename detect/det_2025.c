/* detect/det_2025.c - Suspicious VPN connection: from where, or with what, neither this user nor colleagues connect. */
#include "base/hash.h"
#include "detect/common.h"
#include "model/country.h"

enum { USERS = 65536, THINGS = 65536, KEPT = 8 };

/* The different values that a user has had in one respect; the oldest makes room. */
struct habit {
    uint32_t n;
    uint64_t value[KEPT];
};

enum { H_COUNTRY, H_NETWORK, H_DEVICE, H_COUNT };

struct person {
    int64_t first;
    uint32_t connections;
    struct habit habit[H_COUNT];
};

/* Who else has a value: a country, a network owner, a computer. */
struct shared {
    uint32_t n;
    uint64_t person[KEPT];
};

struct state {
    struct table people;
    struct table things; /* by respect and value */
};

enum { P_CONNECTIONS, P_COLLEAGUES };
static const struct param params[] = {
    {"connections", 5, "Nothing is raised before the user has connected so many times.",
                       "Rien n’est levé avant que l’utilisateur ne se soit connecté autant de fois."},
    {"colleagues", 2, "What so many other people connected from or with is in use in the organisation: it raises nothing.",
                      "Ce depuis quoi ou avec quoi autant d’autres personnes se sont connectées est d’usage dans l’organisation : cela ne lève "
                      "rien."},
    {0}};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->people, sizeof(struct person), USERS);
    table_init(&s->things, sizeof(struct shared), THINGS);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->people);
    table_free(&s->things);
}

static bool had(const struct habit *h, uint64_t v)
{
    for (uint32_t i = 0; i < h->n && i < KEPT; i++)
        if (h->value[i] == v)
            return true;
    return false;
}

static void keep(struct habit *h, uint64_t v)
{
    if (v && !had(h, v))
        h->value[h->n++ % KEPT] = v;
}

static unsigned others(const struct shared *x, uint64_t person)
{
    unsigned n = 0;
    for (uint32_t i = 0; x && i < x->n; i++)
        n += x->person[i] != person;
    return n;
}

static struct shared *sharers(struct state *s, unsigned respect, uint64_t value)
{
    return value ? table_put(&s->things, hash_mix(value, respect + 2025), NULL) : NULL;
}

static void join(struct shared *x, uint64_t person)
{
    for (uint32_t i = 0; x && i < x->n; i++)
        if (x->person[i] == person)
            return;
    if (x && x->n < KEPT)
        x->person[x->n++] = person;
}

struct novelty {
    uint64_t value[H_COUNT];
    bool is[H_COUNT]; /* new for the user, and not in use by colleagues */
};

static struct novelty look(struct detection *d, const struct activity *a, const struct person *p, uint64_t who)
{
    struct state *s = detection_state(d);
    struct novelty x = {.value = {str_set(a->location.country) ? hash_stri(a->location.country, 1) : 0,
                                  a->location.asn ? hash_mix(a->location.asn, 2) : 0,
                                  a->device_entity ? hash_mix(a->device_entity, 3) : str_set(a->device) ? hash_stri(a->device, 3) : 0}};
    for (unsigned i = 0; i < H_COUNT; i++)
        x.is[i] = x.value[i] && p->habit[i].n && !had(&p->habit[i], x.value[i]) &&
                  others(sharers(s, i, x.value[i]), who) < detection_param(d, P_COLLEAGUES);
    return x;
}

static struct str called(struct arena *arena, const struct activity *a, const struct novelty *x)
{
    const struct country *c = country_of(a->location.country);
    struct str s = STR("");
    if (x->is[H_COUNTRY])
        s = str_fmt(arena, "from %s", c ? c->name : "a country");
    if (x->is[H_NETWORK])
        s = str_fmt(arena, "%.*s%sthrough the network of %.*s", STR_ARG(s), s.n ? ", " : "",
                    STR_ARG(str_set(a->location.network) ? a->location.network : STR("another owner")));
    if (x->is[H_DEVICE])
        s = str_fmt(arena, "%.*s%swith the computer %.*s", STR_ARG(s), s.n ? ", " : "", STR_ARG(a->device));
    return s;
}

static void raise(struct detection *d, const struct activity *a, const struct person *p, const struct novelty *x)
{
    struct arena *arena = detection_arena(d);
    char ip[IP_TEXT];
    struct draft f = draft_of(a);
    f.campaign = hash_mix(common_actor_key(detection_dir(d), a), 2025);
    f.description = str_fmt(arena, "%.*s connected to the VPN from %.*s at %.*s, %.*s: never before in %u connections, and fewer than %.0f colleagues do.",
                            STR_ARG(watch_called(detection_dir(d), a->actor_entity, &a->actor)), STR_ARG(ip_text(&a->ip, ip)),
                            STR_ARG(watch_time(arena, a->time)), STR_ARG(called(arena, a, x)), p->connections, detection_param(d, P_COLLEAGUES));
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    uint64_t who = watch_account(a->actor_entity, &a->actor);
    if (!account_set(&a->actor) || a->outcome == OUTCOME_FAILURE || !ip_set(&a->ip))
        return;
    struct person *p = table_put(&s->people, who, NULL);
    if (!p)
        return;
    if (p->connections == 0)
        p->first = a->time;
    struct novelty x = look(d, a, p, who);
    bool odd = x.is[H_COUNTRY] || (x.is[H_NETWORK] && x.is[H_DEVICE]);
    if (odd && p->connections >= detection_param(d, P_CONNECTIONS) && detection_learned(d, p->first, a->time))
        raise(d, a, p, &x);
    p->connections++;
    for (unsigned i = 0; i < H_COUNT; i++) {
        keep(&p->habit[i], x.value[i]);
        join(sharers(s, i, x.value[i]), who);
    }
}

static const enum kind wants[] = {KIND_VPN_CONNECTION, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} connected to the VPN from {} at {}, {*}: never before in {} connections, and fewer than {} colleagues do.",
     "{} s’est connecté au VPN depuis {} le {}, {} : jamais auparavant en {} connexions, et moins de {} collègues le font."},
    {"{*}, {*}", "{}, {}"},
    {"from {country}", "depuis le pays {}"},
    {"from a country", "depuis un pays"},
    {"through the network of {}", "par le réseau de {}"},
    {"with the computer {}", "avec l’ordinateur {}"},
    {"another owner", "un autre propriétaire"},
    {0}};

const struct detector det_2025 = {
    .external_id = 2025,
    .name = "Suspicious VPN connection",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_COMPROMISED_CREDENTIAL,
    .attack = {"T1133", "T1078"},
    .learning_days = 30,
    .about = "A VPN lets whoever has a password in from anywhere. For each user the countries, networks and computers of earlier connections are kept. After 30 "
             "days and five connections, a connection from a country that neither the user nor colleagues came from raises, and one through a new network with a "
             "new computer at once. Corporate travel to places where colleagues are is not looked at.",
    .blind = "no VPN connections (RADIUS accounting)",
    .french = {.name = "Connexion VPN suspecte",
               .about = "Un VPN laisse entrer de partout quiconque a un mot de passe. Pour chaque utilisateur, on garde les pays, réseaux et "
                        "ordinateurs des connexions antérieures. Après 30 jours et cinq connexions, une connexion depuis un pays d’où ne sont "
                        "venus ni l’utilisateur ni ses collègues lève une alerte, de même qu’une connexion par un réseau nouveau avec, en même "
                        "temps, un ordinateur nouveau. Les voyages professionnels là où se trouvent des collègues ne sont pas pris en compte.",
               .blind = "aucune connexion VPN (comptabilité RADIUS)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
