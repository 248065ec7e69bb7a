/* detect/det_2031.c - Suspicious communication over DNS: data hidden in names and answers.
 *
 * Types: RFC 1035 3.2.2, RFC 3596; what tunnels use: the NULL and TXT types carry most, names of any type carry something. */
#include "base/hash.h"
#include "detect/common.h"

#include <math.h>

enum { TYPE_NULL = 10, TYPE_TXT = 16, TYPE_KEY = 25, TYPE_TKEY = 249, TYPE_PRIVATE = 65280, PAIRS = 16384, DOMAINS = 32768, DOMAIN_TEXT = 64 };

/* One source's questions under one domain, in the window at hand. */
struct pair {
    int64_t window;
    struct common_distinct names;
    uint32_t queries, odd;    /* of types that ordinary clients seldom ask for */
    uint32_t carried;         /* bytes in the parts of different names below the domain */
    double bits;              /* information in them, at the entropy of each name */
    uint64_t answered;        /* bytes of answers to the odd ones */
    uint32_t told;            /* queries that were part of the alert already */
    uint32_t length;
    char domain[DOMAIN_TEXT];
    struct witnesses evidence;
};

struct popular {
    uint32_t n;
    uint64_t source[8];
};

struct state {
    struct table pairs;   /* by source and domain */
    struct table domains; /* by domain: who asks for it */
};

enum { P_NAMES, P_BYTES, P_LENGTH, P_ENTROPY, P_ODD, P_ODD_BYTES, P_MINUTES, P_POPULAR };
static const struct param params[] = {
    {"names", 25, "Different names under one domain that one computer asks for within window_minutes, from so many on, may be a tunnel.",
                  "À partir d’autant de noms différents sous un domaine qu’un ordinateur demande en window_minutes, ce peut être un tunnel."},
    {"name_bytes", 500, "These names must also carry so many bytes in all below the domain.",
                        "Ces noms doivent aussi porter autant d’octets en tout au-dessous du domaine."},
    {"name_length", 16, "Below the domain they must also be so long on average: names of computers are shorter.",
                        "Au-dessous du domaine, ils doivent aussi avoir cette longueur en moyenne : les noms d’ordinateurs sont plus courts."},
    {"entropy_bits", 2.8, "Their characters must also hold so many bits each on average: words hold less, encoded data more.",
                          "Leurs caractères doivent aussi porter autant de bits chacun en moyenne : les mots en portent moins, les données "
                          "encodées plus."},
    {"odd_queries", 40, "Questions for TXT, NULL, KEY and private types under one domain within window_minutes, from so many on, may be a tunnel.",
                        "À partir d’autant de questions de type TXT, NULL, KEY et privés sous un domaine en window_minutes, ce peut être un tunnel."},
    {"odd_bytes", 4000, "Their answers must also have so many bytes in all.", "Leurs réponses doivent aussi avoir autant d’octets en tout."},
    {"window_minutes", 60, "The length of the window in minutes.", "Durée de la fenêtre, en minutes."},
    {"popular_sources", 5, "A domain that so many different computers ask for is in common use: reputation services, content networks. It raises nothing.",
                           "Un domaine qu’autant d’ordinateurs différents demandent est d’usage courant : services de réputation, réseaux de "
                           "diffusion. Il ne lève rien."},
    {0}};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->pairs, sizeof(struct pair), PAIRS);
    table_init(&s->domains, sizeof(struct popular), DOMAINS);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->pairs);
    table_free(&s->domains);
}

/* ---- names ---- */

/* A top level that can exist: letters alone, or an internationalised one. */
static bool top_level(struct str s)
{
    if (str_startsi(s, STR("xn--")))
        return true;
    for (size_t i = 0; i < s.n; i++)
        if (str_lower_char(s.p[i]) < 'a' || str_lower_char(s.p[i]) > 'z')
            return false;
    return s.n >= 2 && s.n <= 18;
}

static struct str last_labels(struct str name, unsigned n)
{
    size_t at = name.n;
    while (at > 0 && n > 0)
        if (name.p[--at] == '.' && --n == 0)
            return str_from(name, at + 1);
    return name;
}

/* What somebody registered: two labels, three below "co.uk" and its like. Empty for names under no possible domain. */
static struct str registered(struct str name)
{
    struct str top = last_labels(name, 1), two = last_labels(name, 2);
    if (!top_level(top))
        return STR("");
    ptrdiff_t dot = str_chr(two, '.');
    return top.n == 2 && dot >= 2 && dot <= 3 ? last_labels(name, 3) : two;
}

/* 4.3.2.1.zen.example: an address turned round, as block lists are asked. */
static bool turned_address(struct str sub)
{
    struct str label;
    unsigned labels = 0;
    while (str_cut(&sub, '.', &label) && labels < 4) {
        uint64_t v;
        if (!str_u64(label, &v) || v > 255)
            return false;
        labels++;
    }
    return labels == 4;
}

static double entropy(struct str s)
{
    unsigned count[256] = {0};
    double bits = 0;
    for (size_t i = 0; i < s.n; i++)
        count[(unsigned char)str_lower_char(s.p[i])]++;
    for (unsigned i = 0; i < 256; i++)
        if (count[i])
            bits -= count[i] * log2((double)count[i] / (double)s.n);
    return bits;
}

/* ---- counting ---- */

static void note(struct pair *p, struct str sub, const struct activity *a)
{
    uint64_t h = hash_stri(sub, 31), type = act_u64(a, FACT_DNS_TYPE, 0);
    bool odd = type == TYPE_TXT || type == TYPE_NULL || type == TYPE_KEY || type >= TYPE_PRIVATE;
    p->queries++;
    p->odd += odd;
    p->answered += odd ? act_u64(a, FACT_DNS_SIZE, 0) : 0;
    witness_add(&p->evidence, a);
    if (!common_distinct_add(&p->names, h))
        return;
    p->carried += (uint32_t)sub.n;
    p->bits += entropy(sub);
}

/* The number of different computers that ask for the domain, as far as eight. */
static unsigned askers(struct popular *p, uint64_t source)
{
    for (unsigned i = 0; i < p->n; i++)
        if (p->source[i] == source)
            return p->n;
    if (p->n < sizeof p->source / sizeof *p->source)
        p->source[p->n++] = source;
    return p->n;
}

/* A controller's answers of its own zones, and the keys for updating them: a client makes their names up (RFC 3645 2.2). */
static bool own_zones(const struct dir *dir, const struct activity *a)
{
    return (act_has(a, FACT_DNS_AUTHORITATIVE) || act_u64(a, FACT_DNS_TYPE, 0) == TYPE_TKEY) && dir_dc_destination(dir, a);
}

static struct pair *pair_of(struct detection *d, uint64_t source, struct str domain, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct pair *p = table_put(&s->pairs, hash_mix(source, hash_stri(domain, 31)), NULL);
    int64_t window = (int64_t)(detection_param(d, P_MINUTES) * (double)TIME_MINUTE);
    if (!p || (p->window && a->time - p->window < window))
        return p;
    *p = (struct pair){.window = a->time, .length = (uint32_t)(domain.n < DOMAIN_TEXT ? domain.n : DOMAIN_TEXT)};
    memcpy(p->domain, domain.p, p->length);
    return p;
}

static bool hides_in_names(struct detection *d, const struct pair *p)
{
    return p->names.n >= detection_param(d, P_NAMES) && p->carried >= detection_param(d, P_BYTES) &&
           p->carried >= p->names.n * detection_param(d, P_LENGTH) && p->bits >= p->carried * detection_param(d, P_ENTROPY);
}

static bool hides_in_answers(struct detection *d, const struct pair *p)
{
    return p->odd >= detection_param(d, P_ODD) && (double)p->answered >= detection_param(d, P_ODD_BYTES);
}

static void raise(struct detection *d, const struct activity *a, struct pair *p, uint64_t key)
{
    struct arena *arena = detection_arena(d);
    struct common_place from = common_place(a);
    struct draft f = draft_of(a);
    struct str domain = p->length ? str_fmt(arena, "under %.*s", (int)p->length, p->domain) : STR("that belong to no domain");
    f.campaign = key;
    f.evidence = &p->evidence;
    f.count = p->queries - p->told;
    p->told = p->queries;
    f.description = str_fmt(arena, "%.*s asked %.*s for %u names %.*s between %.*s and %.*s, %u of them different, which carry %u bytes, as encoded data do; "
                            "%u questions were for TXT, NULL or other types that carry data, and their answers had %llu bytes.",
                            STR_ARG(common_place_text(arena, &from)), STR_ARG(watch_destination_text(arena, a)), p->queries, STR_ARG(domain),
                            STR_ARG(watch_time(arena, p->window)), STR_ARG(watch_time(arena, a->time)), p->names.n, p->carried, p->odd,
                            (unsigned long long)p->answered);
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    const struct dir *dir = detection_dir(d);
    struct common_place from = common_place(a);
    struct str name = act_str(a, FACT_DNS_NAME), domain = registered(name);
    uint64_t key = common_place_key(&from);
    if (!key || !from.remote || name.n <= domain.n + 1 || str_endsi(name, STR(".arpa")) || dir_own_domain(dir, domain) ||
        dir_dns_server(dir, a->device_entity, &a->ip) || own_zones(dir, a) || detection_excludes(d, domain))
        return;
    struct str sub = str_sub(name, 0, name.n - domain.n - (domain.n ? 1 : 0));
    struct popular *popular = domain.n ? table_put(&s->domains, hash_stri(domain, 32), NULL) : NULL;
    struct pair *p = pair_of(d, key, domain, a);
    if (!p || turned_address(sub) || (popular && askers(popular, key) >= detection_param(d, P_POPULAR)))
        return;
    note(p, sub, a);
    if (hides_in_names(d, p) || hides_in_answers(d, p))
        raise(d, a, p, hash_mix(key, hash_stri(domain, 2031)));
}

static const enum kind wants[] = {KIND_DNS_QUERY, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} asked {} for {} names {*} between {} and {}, {} of them different, which carry {} bytes, as encoded data do; {} questions were for TXT, "
     "NULL or other types that carry data, and their answers had {} bytes.",
     "{} a demandé à {} {} noms {} entre le {} et le {}, dont {} différents, qui portent {} octets, comme des données encodées ; {} questions "
     "étaient de type TXT, NULL ou d’autres types qui portent des données, et leurs réponses faisaient {} octets."},
    {"under {}", "sous {}"},
    {"that belong to no domain", "qui n’appartiennent à aucun domaine"},
    {0}};

const struct detector det_2031 = {
    .external_id = 2031,
    .name = "Suspicious communication over DNS",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_EXFILTRATION,
    .attack = {"T1071.004", "T1048.003", "T1572"},
    .about = "Nearly every network lets DNS out, so programs hide data in it: in the names that they ask for, and in the answers to unusual types. For each "
             "computer and registered domain, an hour's different names, the information that they carry, questions for TXT, NULL and other data types and the "
             "size of their answers are counted. Domains that many computers ask for, zones of the controllers, block lists (addresses turned round), reverse look-ups and the "
             "organisation's own domains are left out; a domain can be excluded by name.",
    .blind = "no DNS queries (network traffic of port 53)",
    .french = {.name = "Communication suspecte par DNS",
               .about = "Presque tous les réseaux laissent sortir le DNS : des programmes y cachent donc des données, dans les noms qu’ils "
                        "demandent et dans les réponses aux types inhabituels. Pour chaque ordinateur et chaque domaine enregistré, on compte sur "
                        "une heure les noms différents, l’information qu’ils portent, les questions de type TXT, NULL et autres types de données "
                        "et la taille de leurs réponses. Les domaines que beaucoup d’ordinateurs demandent, les zones des contrôleurs, les listes "
                        "de blocage (adresses retournées), les recherches inverses et les domaines de l’organisation sont laissés de côté ; un "
                        "domaine peut être exclu par son nom.",
               .blind = "aucune requête DNS (trafic du port 53)",
               .phrases = phrases},
    .wants = wants,
    .sees = common_from_network,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
