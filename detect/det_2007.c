/* detect/det_2007.c - Network mapping reconnaissance (DNS): zone transfers and sweeps.
 *
 * AXFR: RFC 5936. IXFR: RFC 1995. Response codes: RFC 1035 4.1.1. Events: the DNS server's log (decode/win_dns.c). */
#include "detect/common.h"

#include "base/hash.h"

enum { TYPE_PTR = 12, TYPE_IXFR = 251, TYPE_AXFR = 252, RCODE_NXDOMAIN = 3, EVENT_TRANSFERRED = 6001, EVENT_NO_ZONE = 6004, SOURCES = 4096 };

struct counter {
    struct common_distinct names;
    uint32_t peak; /* most in an earlier window */
};

enum { C_PTR, C_MISSING, C_ALL, C_COUNT };

struct source {
    int64_t window; /* its start */
    int64_t since;  /* first query of this source */
    struct counter count[C_COUNT];
    struct witnesses evidence;
};

struct state {
    struct table sources;
};

enum { P_PTR, P_MISSING, P_ALL, P_MINUTES, P_TIMES };
static const struct param params[] = {
    {"ptr_names", 25, "Different addresses looked up in reverse within window_minutes, from so many on, are a sweep.",
                      "À partir d’autant d’adresses différentes cherchées en inverse en window_minutes, c’est un balayage."},
    {"missing_names", 25, "Different names that do not exist within window_minutes, from so many on, are a guessing sweep.",
                          "À partir d’autant de noms différents qui n’existent pas en window_minutes, c’est un balayage par essais."},
    {"all_names", 600, "Different names of any kind within window_minutes, from so many on, are a sweep.",
                       "À partir d’autant de noms différents de toute sorte en window_minutes, c’est un balayage."},
    {"window_minutes", 10, "The length of the window in minutes.", "Durée de la fenêtre, en minutes."},
    {"times_usual", 3, "A sweep must also be so many times as large as the most that the source did in any earlier window.",
                       "Un balayage doit aussi être autant de fois plus grand que le maximum de la source dans toute fenêtre antérieure."},
    {0}};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->sources, sizeof(struct source), SOURCES);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->sources);
}

/* ---- zone transfers ---- */

/* What asked for a zone: a question on the network, or an event of the server, which does not tell its type. NULL: nothing. */
static const char *asked_by(const struct activity *a)
{
    switch (act_u64(a, FACT_DNS_TYPE, 0)) {
    case TYPE_AXFR: return "AXFR";
    case TYPE_IXFR: return "IXFR";
    default: return watch_event(a, EVENT_TRANSFERRED) ? "event 6001" : watch_event(a, EVENT_NO_ZONE) ? "event 6004" : NULL;
    }
}

static void transfer(struct detection *d, const struct activity *a, const char *by)
{
    struct arena *arena = detection_arena(d);
    struct draft f = draft_of(a);
    struct common_place from = common_place(a);
    f.campaign = common_campaign(detection_dir(d), a, &from, 2007);
    bool refused = a->outcome == OUTCOME_FAILURE || act_u64(a, FACT_DNS_RCODE, 0) != 0;
    uint64_t answers = act_u64(a, FACT_DNS_ANSWERS, 0);
    struct str how = refused ? STR("The server refused.")
                     : answers > 1 ? str_fmt(arena, "It succeeded: the answer held %llu records.", (unsigned long long)answers)
                     : watch_event(a, EVENT_TRANSFERRED) ? STR("It succeeded.")
                                                         : STR("Whether it succeeded was not seen.");
    f.description = str_fmt(arena, "%.*s, which is not a DNS server, asked %.*s at %.*s for a copy of the zone %.*s (%s). %.*s",
                            STR_ARG(common_place_text(arena, &from)), STR_ARG(watch_destination_text(arena, a)), STR_ARG(watch_time(arena, a->time)),
                            STR_ARG(act_str(a, FACT_DNS_NAME)), by, STR_ARG(how));
    detection_raise(d, a, &f);
}

/* ---- sweeps ---- */

static void next_window(struct source *src, int64_t now, int64_t length)
{
    if (src->window && now - src->window < length)
        return;
    src->window = now;
    witness_clear(&src->evidence);
    for (unsigned i = 0; i < C_COUNT; i++) {
        struct counter *c = &src->count[i];
        uint32_t peak = c->names.n > c->peak ? c->names.n : c->peak;
        *c = (struct counter){.peak = peak};
    }
}

static void sweep(struct detection *d, const struct activity *a, struct source *src)
{
    static const char *const words[C_COUNT] = {"addresses in reverse", "names that do not exist", "names"};
    struct arena *arena = detection_arena(d);
    for (unsigned i = 0; i < C_COUNT; i++) {
        const struct counter *c = &src->count[i];
        if (c->names.n < detection_param(d, i) || c->names.n < c->peak * detection_param(d, P_TIMES) || !detection_learned(d, src->since, a->time))
            continue;
        struct draft f = draft_of(a);
        struct common_place from = common_place(a);
        f.campaign = hash_mix(common_place_key(&from), 2007);
        f.evidence = &src->evidence;
        f.description = str_fmt(arena, "%.*s asked %.*s for %u different %s between %.*s and %.*s; the most that it did before is %u.",
                                STR_ARG(common_place_text(arena, &from)), STR_ARG(watch_destination_text(arena, a)), c->names.n, words[i],
                                STR_ARG(watch_time(arena, src->evidence.w[0].time)), STR_ARG(watch_time(arena, a->time)), c->peak);
        detection_raise(d, a, &f);
        return;
    }
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct common_place from = common_place(a);
    uint64_t key = common_place_key(&from);
    const char *by = asked_by(a);
    if (!key || !from.remote || dir_dns_server(detection_dir(d), a->device_entity, &a->ip))
        return;
    if (by) {
        if (detection_learned(d, detection_first(d), a->time))
            transfer(d, a, by);
        return;
    }
    struct source *src = table_put(&s->sources, key, NULL);
    struct str name = act_str(a, FACT_DNS_NAME);
    if (!src || !str_set(name))
        return;
    if (!src->since)
        src->since = a->time;
    next_window(src, a->time, (int64_t)(detection_param(d, P_MINUTES) * (double)TIME_MINUTE));
    uint64_t h = hash_stri(name, 7);
    bool fresh = common_distinct_add(&src->count[C_ALL].names, h);
    if (act_u64(a, FACT_DNS_TYPE, 0) == TYPE_PTR)
        fresh |= common_distinct_add(&src->count[C_PTR].names, h);
    else if (act_u64(a, FACT_DNS_RCODE, 0) == RCODE_NXDOMAIN)
        fresh |= common_distinct_add(&src->count[C_MISSING].names, h);
    if (!fresh)
        return;
    witness_add(&src->evidence, a);
    sweep(d, a, src);
}

static const enum kind wants[] = {KIND_DNS_QUERY, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{}, which is not a DNS server, asked {} at {} for a copy of the zone {} ({}). {*}",
     "{}, qui n’est pas un serveur DNS, a demandé à {} le {} une copie de la zone {} ({}). {}"},
    {"The server refused.", "Le serveur a refusé."},
    {"It succeeded: the answer held {} records.", "La demande a réussi : la réponse contenait {} enregistrements."},
    {"It succeeded.", "La demande a réussi."},
    {"Whether it succeeded was not seen.", "On n’a pas vu si elle a réussi."},
    {"event 6001", "événement 6001"},
    {"event 6004", "événement 6004"},
    {"{} asked {} for {} different {*} between {} and {}; the most that it did before is {}.",
     "{} a demandé à {} {} {} entre le {} et le {} ; le plus qu’il ait fait auparavant est {}."},
    {"addresses in reverse", "adresses différentes en inverse"},
    {"names that do not exist", "noms différents qui n’existent pas"},
    {"names", "noms différents"},
    {0}};

const struct detector det_2007 = {
    .external_id = 2007,
    .name = "Network mapping reconnaissance (DNS)",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_RECONNAISSANCE,
    .attack = {"T1018", "T1590.002"},
    .learning_days = 8,
    .about = "DNS knows every computer's name and address. A request for a whole zone (AXFR, IXFR) from a computer that is no DNS server raises by itself, "
             "seen on the network or told by the server (events 6001, 6004), and the alert says whether it was answered. Otherwise each source's different names per window are counted: reverse lookups, names that do "
             "not exist, and all names; after eight days of learning, numbers far above what the source ever did raise.",
    .blind = "no DNS queries (network traffic of port 53; of events, 6001 and 6004 of the DNS server tell zone transfers alone)",
    .french = {.name = "Reconnaissance par cartographie du réseau (DNS)",
               .about = "Le DNS connaît le nom et l’adresse de chaque ordinateur. La demande d’une zone entière (AXFR, IXFR) par un ordinateur qui "
                        "n’est pas serveur DNS lève à elle seule une alerte, qu’elle soit vue sur le réseau ou dite par le serveur (événements "
                        "6001, 6004), et l’alerte dit si elle a reçu une réponse. Sinon, on compte par fenêtre les noms différents de chaque "
                        "source : recherches inverses, noms qui n’existent pas, et tous les noms ; après huit jours d’apprentissage, des nombres "
                        "très au-dessus de ce que la source a jamais fait lèvent une alerte.",
               .blind = "aucune requête DNS (trafic du port 53 ; parmi les événements, 6001 et 6004 du serveur DNS ne disent que les transferts de "
                        "zone)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
