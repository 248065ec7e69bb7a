/* detect/det_2034.c - marks that the Metasploit framework leaves in logons and services. */
#include "base/hash.h"
#include "detect/svcimage.h"
#include "detect/watch.h"

enum { NAMES, MINUTES };

static const struct param params[] = {
    [NAMES] = {"names", 3,
               "Different random workstation names of 16 characters towards one computer within the window that make an alert; at most 64.",
               "Nombre de noms de poste aléatoires différents de 16 caractères vers un ordinateur dans la fenêtre qui font une alerte ; 64 au plus."},
    [MINUTES] = {"minutes", 10, "Length of the window in minutes.", "Durée de la fenêtre, en minutes."},
    {0}};

struct source {
    struct watch_ring names;
    struct watch_names accounts;
    struct witnesses seen;
    int64_t last;
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

/* A NetBIOS computer name has at most 15 characters (MS-NBTE 2.2.1), so no Windows client shows 16. */
static bool random_workstation(struct str name)
{
    bool upper = false, lower = false;
    if (name.n != 16)
        return false;
    for (size_t i = 0; i < 16; i++) {
        char c = name.p[i];
        bool is_upper = c >= 'A' && c <= 'Z', is_lower = c >= 'a' && c <= 'z';
        if (!is_upper && !is_lower && !(c >= '0' && c <= '9'))
            return false;
        upper = upper || is_upper;
        lower = lower || is_lower;
    }
    return upper && lower;
}

static void logon(struct detection *d, const struct activity *a)
{
    struct str name = watch_workstation(a);
    if (!random_workstation(name))
        return;
    struct state *st = detection_state(d);
    /* the name is no source here: without an address, what the attempts have in common is where they go */
    uint64_t where = ip_set(&a->ip) && !ip_is_loopback(&a->ip) ? ip_hash(&a->ip) : watch_destination(a);
    uint64_t key = hash_mix(where, 1);
    struct source *s = table_put(&st->sources, key, NULL);
    if (!s)
        return;
    if (s->last && a->time - s->last > TIME_DAY)
        memset(s, 0, sizeof *s);
    s->last = a->time;
    s->unreported++;
    watch_ring_add(&s->names, a->time, hash_str(name, 2));
    watch_names_add(&s->accounts, a->actor_entity, watch_called(detection_dir(d), a->actor_entity, &a->actor));
    witness_add(&s->seen, a);
    double need = detection_param(d, NAMES) < WATCH_RING ? detection_param(d, NAMES) : WATCH_RING;
    if (watch_ring_distinct(&s->names, a->time - (int64_t)(detection_param(d, MINUTES) * (double)TIME_MINUTE)) < need)
        return;
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    f.source_name = STR_NONE; /* the claimed name is made up */
    f.source_entity = 0;
    f.nusers = f.naccounts = 0;
    watch_names_draft(&f, &s->accounts);
    f.campaign = key;
    f.count = s->unreported;
    f.evidence = &s->seen;
    char text[IP_TEXT];
    struct str from = ip_set(&a->ip) ? ip_text(&a->ip, text) : STR("a computer of unknown address");
    f.description =
        str_fmt(m,
                "%u logons to %.*s (%.*s) from %.*s each showed another random workstation name of 16 characters, the last one %.*s at %.*s, "
                "as the Metasploit framework does.",
                s->seen.total, STR_ARG(watch_destination_text(m, a)), STR_ARG(watch_names_text(m, &s->accounts, 6)), STR_ARG(from), STR_ARG(name),
                STR_ARG(watch_time(m, a->time)));
    s->unreported = 0;
    detection_raise(d, a, &f);
}

/* What is odd about a client's SMB 1, NULL when nothing is. Windows has LANMAN2.1 among its dialects since Windows 2000 and before
 * (MS-CIFS 1.7, 2.2.4.52.1), and writes the version that its NTLM flags announce (MS-NLMP 2.2.1.3). */
static const char *own_stack(const struct activity *a)
{
    struct str dialects = act_str(a, FACT_SMB_DIALECTS);
    if (!str_has(dialects, STR("NT LM 0.12")) || str_has(dialects, STR("LANMAN2.1")))
        return NULL;
    if (watch_builtin(&a->actor) && !str_eq(dialects, STR("NT LM 0.12")))
        return NULL; /* worms with EternalBlue in them (2035) offer the framework's older list, too, without an account */
    if (str_eq(act_str(a, FACT_NATIVE_OS), STR("Windows 2000 2195")) && str_eq(act_str(a, FACT_NATIVE_LM), STR("Windows 2000 5.0")))
        return "calls itself Windows 2000";
    return str_eq(act_str(a, FACT_NTLM_VERSION), STR("left out")) ? "announces a version in its NTLM messages and leaves it out" : NULL;
}

static void session(struct detection *d, const struct activity *a, const char *odd)
{
    struct state *st = detection_state(d);
    uint64_t key = hash_mix(watch_source(a), 1);
    struct source *s = table_put(&st->sources, hash_mix(key, 2), NULL);
    if (!s)
        return;
    if (s->last && a->time - s->last > TIME_DAY)
        memset(s, 0, sizeof *s);
    s->last = a->time;
    if (!watch_builtin(&a->actor))
        watch_names_add(&s->accounts, a->actor_entity, watch_called(detection_dir(d), a->actor_entity, &a->actor));
    witness_add(&s->seen, a);
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    f.source_name = STR_NONE;
    f.source_entity = 0;
    f.nusers = f.naccounts = 0;
    watch_names_draft(&f, &s->accounts);
    f.campaign = key;
    f.evidence = &s->seen;
    struct str as = s->accounts.n              ? str_fmt(m, " as %.*s", STR_ARG(watch_names_text(m, &s->accounts, 6)))
                    : watch_builtin(&a->actor) ? STR(" without an account")
                                               : STR("");
    f.description = str_fmt(m,
                            "%.*s opened SMB sessions to %.*s%.*s, the last at %.*s, with the Metasploit framework's own SMB stack: it %s, and "
                            "offers the dialects %.*s, as no Windows does.",
                            STR_ARG(watch_address_text(m, a)), STR_ARG(watch_destination_text(m, a)), STR_ARG(as), STR_ARG(watch_time(m, a->time)),
                            odd, STR_ARG(act_str(a, FACT_SMB_DIALECTS)));
    detection_raise(d, a, &f);
}

static void service(struct detection *d, const struct activity *a)
{
    struct str name = act_str(a, FACT_SERVICE_NAME), image = act_str(a, FACT_IMAGE_PATH);
    const char *why = svcimage_metasploit(name, image);
    if (!why || a->outcome == OUTCOME_FAILURE || !dir_dc_destination(detection_dir(d), a))
        return;
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    f.campaign = hash_mix(watch_destination(a), 3);
    f.description =
        str_fmt(m,
                "The service %.*s was installed on the domain controller %.*s at %.*s as the Metasploit framework installs it: its image path "
                "%s (%.*s).",
                STR_ARG(name), STR_ARG(watch_destination_text(m, a)), STR_ARG(watch_time(m, a->time)), why, STR_ARG(str_sub(image, 0, 160)));
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    const char *odd = own_stack(a);
    if (a->kind == KIND_SERVICE_CREATION)
        service(d, a);
    else if (odd)
        session(d, a, odd);
    else
        logon(d, a);
}

static const enum kind wants[] = {KIND_CREDENTIALS_VALIDATION, KIND_FAILED_LOGON, KIND_NETWORK_LOGON, KIND_NTLM_AUDIT,
                                  KIND_SERVICE_CREATION,       KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} logons to {} ({list}) from {} each showed another random workstation name of 16 characters, the last one {} at {}, as the Metasploit "
     "framework does.",
     "{} ouvertures de session vers {} ({}) depuis {} ont montré chacune un autre nom de poste aléatoire de 16 caractères, le dernier {} le {}, "
     "comme le fait le cadre Metasploit."},
    {"a computer of unknown address", "un ordinateur d’adresse inconnue"},
    {"{} opened SMB sessions to {}{?}, the last at {}, with the Metasploit framework's own SMB stack: it {*}, and offers the dialects {}, as no "
     "Windows does.",
     "{} a ouvert des sessions SMB vers {}{}, la dernière le {}, avec la pile SMB propre au cadre Metasploit : elle {}, et propose les dialectes "
     "{}, comme aucun Windows ne le fait."},
    {"calls itself Windows 2000", "se dit Windows 2000"},
    {"announces a version in its NTLM messages and leaves it out", "annonce une version dans ses messages NTLM et l’omet"},
    {" as {list}", " comme {}"},
    {" without an account", " sans compte"},
    {"The service {} was installed on the domain controller {} at {} as the Metasploit framework installs it: its image path {*} ({}).",
     "Le service {} a été installé sur le contrôleur de domaine {} le {} comme l’installe le cadre Metasploit : son chemin d’image {} ({})."},
    {"echoes the service's own name into a named pipe", "renvoie par echo le nom même du service dans un canal nommé"},
    {"starts a hidden command through %COMSPEC% /b /c start", "lance une commande cachée par %COMSPEC% /b /c start"},
    {"is a program of random name on the ADMIN$ share", "est un programme de nom aléatoire sur le partage ADMIN$"},
    {"is a program of random name directly in the Windows folder", "est un programme de nom aléatoire directement dans le dossier Windows"},
    {0}};

const struct detector det_2034 = {
    .external_id = 2034,
    .name = "Suspected use of Metasploit hacking framework",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_COMPROMISED_CREDENTIAL,
    .attack = {"T1210", "T1110", "T1569.002"},
    .about = "Logons show the marks of Metasploit's own SMB stack: workstation names of 16 random characters, one more than NetBIOS allows, that "
             "change from "
             "attempt to attempt. On the network also an SMB 1 session of a client that offers dialects as no Windows does, and calls itself Windows "
             "2000 or leaves out the "
             "version that its NTLM messages announce. On domain controllers, services installed as its modules do: a random name that is echoed "
             "into a pipe of the same "
             "name, a "
             "hidden start through %COMSPEC%, or a program of random name in the Windows folder or on ADMIN$.",
    .blind = "no NTLM logons and no service installations (events 4624, 4625, 4776, 7045, 4697; or network traffic)",
    .french = {.name = "Utilisation présumée du cadre d’attaque Metasploit",
               .about = "Des ouvertures de session portent les marques de la pile SMB propre à Metasploit : noms de poste de 16 caractères "
                        "aléatoires, un de plus que NetBIOS n’en permet, qui changent d’un essai à l’autre. Sur le réseau, aussi, une session SMB "
                        "1 d’un client qui propose les dialectes comme ne le fait aucun Windows, et se dit Windows 2000 ou omet la version "
                        "qu’annoncent ses messages NTLM. Sur les contrôleurs de domaine, des services installés comme le font ses modules : un nom "
                        "aléatoire renvoyé par echo dans un canal du même nom, un lancement caché par %COMSPEC%, ou un programme de nom aléatoire "
                        "dans le dossier Windows ou sur ADMIN$.",
               .blind = "aucune ouverture de session NTLM ni installation de service (événements 4624, 4625, 4776, 7045, 4697 ; ou trafic réseau)",
               .phrases = phrases},
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
