/* detect/det_2035.c - SMB1 messages that only worms and exploits of the WannaCry family send.
 *
 * MS-CIFS: TRANS2_SESSION_SETUP is reserved and not implemented (2.2.6.15), an answer repeats the multiplex id of its request (2.2.3.1), and
 * an NT_TRANSACT is continued by NT_TRANSACT_SECONDARY (2.2.4.63). Security bulletin MS17-010. */
#include "base/hash.h"
#include "detect/watch.h"

enum { PROBED, MINUTES };

static const struct param params[] = {
    [PROBED] =
        {"probed", 3,
         "Computers without the weakness of MS17-010 that one source probes for it within the window that make an alert; one computer that has it, "
         "or any other sign, is enough; at most 16.",
         "Nombre d’ordinateurs sans la faiblesse MS17-010 qu’une source sonde dans la fenêtre et qui font une alerte ; un seul ordinateur qui l’a, "
         "ou tout autre signe, suffit ; 16 au plus."},
    [MINUTES] = {"minutes", 60, "Length of the window in minutes.", "Durée de la fenêtre, en minutes."},
    {0}};

enum { PATH = 1, ASKED = 2, IMPLANT = 4, WEAK = 8, PROBE = 16, EXPLOIT = 32, SURE = ~PROBE };
#define STATUS_INSUFF_SERVER_RESOURCES 0xC0000205u

struct source {
    unsigned signs;
    struct watch_names targets;
    struct witnesses seen;
    int64_t first, last;
    uint32_t unreported;
};

struct state {
    struct table sources;
};

static int start(struct detection *d)
{
    table_init(&((struct state *)detection_state(d))->sources, sizeof(struct source), 4096);
    return 0;
}

static void stop(struct detection *d)
{
    table_free(&((struct state *)detection_state(d))->sources);
}

/* The worm's messages were recorded from a laboratory and hold its addresses, whatever computer they are sent to. */
static bool foreign_path(const struct activity *a)
{
    static const struct str paths[] = {{"\\\\192.168.56.20\\IPC$", 20}, {"\\\\172.16.99.5\\IPC$", 18}};
    struct str share = act_str(a, FACT_SHARE);
    char text[IP_TEXT];
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (str_eqi(share, paths[i]))
            return !str_has(share, ip_text(&a->destination_ip, text));
    return false;
}

static unsigned signs_of(const struct activity *a)
{
    struct str command = act_str(a, FACT_SMB_COMMAND);
    unsigned path = foreign_path(a) ? PATH : 0;
    if (str_eq(command, STR("TRANS2_SESSION_SETUP"))) {
        uint64_t asked = act_u64(a, FACT_SMB_MID, 0), answered = act_u64(a, FACT_SMB_ANSWER_MID, asked);
        return path | ASKED | (answered != asked ? (unsigned)IMPLANT : 0);
    }
    if (str_eq(command, STR("TRANS_PEEK_NMPIPE")))
        return path | (a->has_code && a->code == STATUS_INSUFF_SERVER_RESOURCES ? WEAK : PROBE);
    return path | (str_starts(command, STR("NT_TRANSACT")) ? (unsigned)EXPLOIT : 0);
}

/* "a, b and c" */
static struct str signs_text(struct arena *m, unsigned signs)
{
    static const struct {
        unsigned sign;
        const char *text;
    } words[] = {
        {EXPLOIT, "transactions of a size and form that overrun servers without MS17-010 (EternalBlue)"},
        {IMPLANT, "the implant DoublePulsar, which answered"},
        {ASKED, "the question for the implant DoublePulsar (TRANS2_SESSION_SETUP)"},
        {WEAK, "a probe for MS17-010, which the server lacks"},
        {PROBE, "probes for MS17-010"},
        {PATH, "the tree path of another network that the worm carries in it"},
    };
    struct str all = STR("");
    if (signs & IMPLANT)
        signs &= ~(unsigned)ASKED;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (signs & words[i].sign) {
            signs &= ~words[i].sign;
            all = str_fmt(m, "%.*s%s%s", STR_ARG(all), !all.n ? "" : signs ? ", " : " and ", words[i].text);
        }
    return all;
}

static void report(struct detection *d, const struct activity *a, struct source *s, uint64_t key)
{
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    f.nusers = f.naccounts = 0; /* it needs no account */
    f.campaign = key;
    f.count = s->unreported;
    f.evidence = &s->seen;
    f.severity = s->signs & IMPLANT ? SEVERITY_HIGH : SEVERITY_DEFAULT;
    f.description = str_fmt(m, "%.*s sent to %.*s over SMB1 between %.*s and %.*s what the ransomware WannaCry and tools of its kind send: %.*s.",
                            STR_ARG(watch_source_text(m, a)), STR_ARG(watch_names_text(m, &s->targets, 6)), STR_ARG(watch_time(m, s->first)),
                            STR_ARG(watch_time(m, s->last)), STR_ARG(signs_text(m, s->signs)));
    s->unreported = 0;
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    unsigned signs = act_has(a, FACT_CARRIER) ? signs_of(a) : 0;
    if (!signs)
        return;
    uint64_t key = watch_source(a);
    struct source *s = table_put(&((struct state *)detection_state(d))->sources, key, NULL);
    if (!s)
        return;
    if (!s->last || a->time - s->last > (int64_t)(detection_param(d, MINUTES) * (double)TIME_MINUTE))
        *s = (struct source){.first = a->time};
    s->last = a->time;
    s->signs |= signs;
    s->unreported++;
    watch_names_add(&s->targets, a->destination_entity, watch_destination_text(detection_arena(d), a));
    witness_add(&s->seen, a);
    if (s->signs & (unsigned)SURE || s->targets.n >= detection_param(d, PROBED))
        report(d, a, s, key);
}

static const enum kind wants[] = {KIND_SHARE_ACCESS, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} sent to {list} over SMB1 between {} and {} what the ransomware WannaCry and tools of its kind send: {*}.",
     "{} a envoyé à {} par SMB1 entre le {} et le {} ce qu’envoient le rançongiciel WannaCry et les outils de sa sorte : {}."},
    {"transactions of a size and form that overrun servers without MS17-010 (EternalBlue)",
     "des transactions d’une taille et d’une forme qui débordent les serveurs sans MS17-010 (EternalBlue)"},
    {"the implant DoublePulsar, which answered", "l’implant DoublePulsar, qui a répondu"},
    {"the question for the implant DoublePulsar (TRANS2_SESSION_SETUP)", "la question à l’implant DoublePulsar (TRANS2_SESSION_SETUP)"},
    {"a probe for MS17-010, which the server lacks", "une sonde de MS17-010, qui manque au serveur"},
    {"probes for MS17-010", "des sondes de MS17-010"},
    {"the tree path of another network that the worm carries in it", "le chemin d’un autre réseau que le ver porte en lui"},
    {"{*} and {*}", "{} et {}"},
    {"{*}, {*}", "{}, {}"},
    {0}};

const struct detector det_2035 = {
    .external_id = 2035,
    .name = "Suspected WannaCry ransomware attack",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_COMPROMISED_CREDENTIAL,
    .attack = {"T1210", "T1486"},
    .about =
        "SMB1 messages that no ordinary client sends, towards any computer: TRANS2_SESSION_SETUP, which asks for the implant DoublePulsar (and an "
        "answer under another multiplex id, by which the implant says that it is there: then the severity is high); a look into pipe 0, answered "
        "that "
        "server resources do not suffice, by which scanners and worms find servers without MS17-010; NT transactions of an impossible size or "
        "continued as transactions of the other kind, as EternalBlue sends them; and the tree paths \\\\192.168.56.20\\IPC$ and "
        "\\\\172.16.99.5\\IPC$ "
        "that WannaCry carries in its recorded messages. Scanners for vulnerabilities send the first two of them, too: exclude their addresses.",
    .blind = "no SMB1 on the network (traffic of ports 445 and 139; no Windows event shows these messages)",
    .french = {.name = "Attaque présumée du rançongiciel WannaCry",
               .about = "Des messages SMB1 qu’aucun client ordinaire n’envoie, vers n’importe quel ordinateur : TRANS2_SESSION_SETUP, qui demande "
                        "l’implant DoublePulsar (et une réponse sous un autre identifiant de multiplexage, par laquelle l’implant dit qu’il est là "
                        ": la gravité est alors élevée) ; un regard dans le canal 0, auquel il est répondu que les ressources du serveur ne "
                        "suffisent pas, par quoi scanneurs et vers trouvent les serveurs sans MS17-010 ; des transactions NT d’une taille "
                        "impossible ou poursuivies comme des transactions de l’autre sorte, telles qu’EternalBlue les envoie ; et les chemins "
                        "\\\\192.168.56.20\\IPC$ et \\\\172.16.99.5\\IPC$ que WannaCry porte dans ses messages enregistrés. Les scanneurs de "
                        "vulnérabilités envoient aussi les deux premiers : excluez leurs adresses.",
               .blind = "aucun SMB1 sur le réseau (trafic des ports 445 et 139 ; aucun événement Windows ne montre ces messages)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
