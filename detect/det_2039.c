/* detect/det_2039.c - somebody between client and server changed an NTLM authentication.
 *
 * MS-NLMP 3.1.5.1.2: a client that writes MsvAvFlags 0x2 into its NTLMv2 response has sent a MIC; the response itself cannot be changed
 * without the password. Flags: 2.2.2.5; a client's last word is what both sides had said, and target information besides. */
#include "base/hash.h"
#include "detect/watch.h"

enum { FLAGS, HABIT_DAYS };

static const struct param params[] = {[FLAGS] = {"flags", 1,
                                                 "So many of the flags for signing, sealing, always signing, key exchange and version in the "
                                                 "client's last message that differ from what both sides had agreed on are tampering.",
                                                 "Autant d’indicateurs de signature, de scellement, de signature permanente, d’échange de clé et "
                                                 "de version du dernier message du client qui diffèrent de ce dont les deux côtés étaient convenus "
                                                 "sont une altération."},
                                      [HABIT_DAYS] = {"habit_days", 3,
                                                      "A computer whose flags differ on more days than so many is a client of its own kind and not "
                                                      "tampered with; a MIC that is missing is judged always.",
                                                      "Un ordinateur dont les indicateurs diffèrent plus de jours que cela est un client d’une "
                                                      "sorte à part, et n’est pas altéré ; un MIC qui manque est toujours jugé."},
                                      {0}};

enum { SIGN = 0x10, SEAL = 0x20, ALWAYS_SIGN = 0x8000, VERSION = 0x02000000, KEY_EXCHANGE = 0x40000000 };

static const struct {
    uint32_t bit;
    const char *name;
} bits[] = {{SIGN, "signing"}, {SEAL, "sealing"}, {ALWAYS_SIGN, "always signing"}, {KEY_EXCHANGE, "key exchange"}, {VERSION, "version"}};

enum { BITS = sizeof bits / sizeof *bits };

struct client {
    struct watch_names accounts;
    struct witnesses seen;
    int64_t last, last_day;
    uint32_t unreported, days; /* days: on which its flags differed */
};

struct state {
    struct table clients;
};

static int start(struct detection *d)
{
    table_init(&((struct state *)detection_state(d))->clients, sizeof(struct client), 16384);
    return 0;
}

static void stop(struct detection *d)
{
    table_free(&((struct state *)detection_state(d))->clients);
}

/* The flags that differ from what was agreed on; 0 when one of the three messages was not seen. */
static uint32_t differing(const struct activity *a)
{
    if (!act_has(a, FACT_NTLM_NEGOTIATE_FLAGS) || !act_has(a, FACT_NTLM_CHALLENGE_FLAGS) || !act_has(a, FACT_NTLM_FLAGS))
        return 0;
    uint64_t agreed = act_u64(a, FACT_NTLM_NEGOTIATE_FLAGS, 0) & act_u64(a, FACT_NTLM_CHALLENGE_FLAGS, 0);
    uint32_t all = 0;
    for (unsigned i = 0; i < BITS; i++)
        all |= bits[i].bit;
    return (uint32_t)(agreed ^ act_u64(a, FACT_NTLM_FLAGS, 0)) & all;
}

static unsigned number(uint32_t flags)
{
    unsigned n = 0;
    for (unsigned i = 0; i < BITS; i++)
        n += (flags & bits[i].bit) != 0;
    return n;
}

static struct str flags_text(struct arena *m, uint32_t flags)
{
    struct str all = STR("");
    for (unsigned i = 0; i < BITS; i++)
        if (flags & bits[i].bit)
            all = str_fmt(m, "%.*s%s%s", STR_ARG(all), all.n ? ", " : "", bits[i].name);
    return all;
}

/* What the response says must be there and is not; absent when all is well. */
static struct str mic_text(const struct activity *a)
{
    struct str mic = act_str(a, FACT_NTLM_MIC);
    if (!act_u64(a, FACT_NTLM_MIC_STATED, 0) || str_eq(mic, STR("present")))
        return STR_NONE;
    return str_eq(mic, STR("zero")) ? STR("its integrity code, which the signed part says is there, is zero")
                                    : STR("its integrity code, which the signed part says is there, is missing");
}

static void report(struct detection *d, const struct activity *a, struct client *c, uint32_t flags)
{
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    struct str mic = mic_text(a), odd = flags_text(m, flags);
    if (flags)
        odd = str_fmt(m, "the flags for %.*s differ from what both sides had agreed on", STR_ARG(odd));
    f.nusers = f.naccounts = 0;
    watch_names_draft(&f, &c->accounts);
    f.campaign = hash_mix(watch_source(a), watch_destination(a));
    f.count = c->unreported;
    f.evidence = &c->seen;
    f.description = str_fmt(m, "An NTLM authentication as %.*s from %.*s to %.*s at %.*s was changed on its way: %.*s%s%.*s. The server %s it.",
                            STR_ARG(account_text(&a->actor)), STR_ARG(watch_source_text(m, a)), STR_ARG(watch_destination_text(m, a)),
                            STR_ARG(watch_time(m, a->time)), STR_ARG(mic), str_set(mic) && flags ? ", and " : "", STR_ARG(odd),
                            a->outcome == OUTCOME_SUCCESS   ? "took"
                            : a->outcome == OUTCOME_FAILURE ? "refused"
                                                            : "did not visibly answer");
    c->unreported = 0;
    detection_raise(d, a, &f);
}

static struct client *client_of(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct client *c = table_put(&s->clients, hash_mix(watch_source(a), watch_destination(a)), NULL);
    if (c && c->last && a->time - c->last > TIME_DAY) {
        witness_clear(&c->seen);
        c->accounts.n = c->accounts.more = 0;
    }
    return c;
}

static void note(struct detection *d, const struct activity *a, struct client *c)
{
    c->last = a->time;
    c->unreported++;
    watch_names_add(&c->accounts, a->actor_entity, watch_called(detection_dir(d), a->actor_entity, &a->actor));
    witness_add(&c->seen, a);
}

static bool habitual(const struct detection *d, const struct activity *a, struct client *c)
{
    int64_t day = time_day(a->time);
    if (!c->days || c->last_day != day)
        c->days++;
    c->last_day = day;
    return (double)c->days > detection_param(d, HABIT_DAYS);
}

static bool sees(const struct activity *a)
{
    return watch_ntlm(a) && act_has(a, FACT_CARRIER);
}

static void see(struct detection *d, const struct activity *a)
{
    if (!sees(a) || watch_builtin(&a->actor))
        return;
    uint32_t flags = differing(a);
    if ((double)number(flags) < detection_param(d, FLAGS))
        flags = 0;
    bool mic = str_set(mic_text(a));
    if (!flags && !mic)
        return;
    struct client *c = client_of(d, a);
    if (!c || (flags && habitual(d, a, c) && !mic))
        return;
    note(d, a, c);
    report(d, a, c, flags);
}

static const enum kind wants[] = {KIND_CREDENTIALS_VALIDATION, KIND_COUNT};

static const struct phrase phrases[] = {
    {"An NTLM authentication as {} from {} to {} at {} was changed on its way: {*}. The server {*} it.",
     "Une authentification NTLM comme {} depuis {} vers {} le {} a été modifiée en chemin : {}. Le serveur {}."},
    {"{*}, and the flags for {*} differ from what both sides had agreed on",
     "{}, et les indicateurs {} diffèrent de ce dont les deux côtés étaient convenus"},
    {"the flags for {*} differ from what both sides had agreed on", "les indicateurs {} diffèrent de ce dont les deux côtés étaient convenus"},
    {"its integrity code, which the signed part says is there, is zero", "son code d’intégrité, que la partie signée dit présent, est nul"},
    {"its integrity code, which the signed part says is there, is missing", "son code d’intégrité, que la partie signée dit présent, manque"},
    {"signing", "de signature"},
    {"sealing", "de scellement"},
    {"always signing", "de signature permanente"},
    {"key exchange", "d’échange de clé"},
    {"version", "de version"},
    {"{*}, {*}", "{}, {}"},
    {"took", "l’a acceptée"},
    {"refused", "l’a refusée"},
    {"did not visibly answer", "n’y a pas visiblement répondu"},
    {0}};

const struct detector det_2039 = {
    .external_id = 2039,
    .name = "Suspected NTLM authentication tampering",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_LATERAL_MOVEMENT,
    .attack = {"T1557.001"},
    .about =
        "An NTLM authentication seen on the network was changed between client and server, as relays do to get rid of signing (CVE-2019-1040 and "
        "its kin). The client's response, which nobody can change without the password, says that the message has an integrity code (MIC), and "
        "the message has none or zeros; or the flags for signing, sealing, key exchange and version in the client's last message are not those "
        "that both sides had agreed on before. Whether the server took it is said.",
    .blind = "no NTLM authentications from network traffic",
    .french = {.name = "Altération présumée de l’authentification NTLM",
               .about = "Une authentification NTLM vue sur le réseau a été modifiée entre le client et le serveur, comme le font les relais pour "
                        "se défaire de la signature (CVE-2019-1040 et semblables). La réponse du client, que personne ne peut modifier sans le mot "
                        "de passe, dit que le message a un code d’intégrité (MIC), et le message n’en a pas ou n’a que des zéros ; ou les "
                        "indicateurs de signature, de scellement, d’échange de clé et de version du dernier message du client ne sont pas ceux "
                        "dont les deux côtés étaient convenus. L’alerte dit si le serveur l’a accepté.",
               .blind = "aucune authentification NTLM dans le trafic réseau",
               .phrases = phrases},
    .wants = wants,
    .sees = sees,
    .state_size = sizeof(struct state),
    .params = params,
    .start = start,
    .see = see,
    .stop = stop,
};
