/* detect/det_2033.c - password guessing over SMB with a tool's own NTLM stack. */
#include "base/hash.h"
#include "detect/attempt.h"
#include "detect/watch.h"

enum { FAILURES, SECONDS, FAST_FAILURES, ODD_NAMES };

static const struct param params[] = {
    [FAILURES] = {"failures", 20,
                  "NTLM network logons from one source that fail within the window, with the marks of a tool, that make an attack; at most 64.",
                  "Nombre d’ouvertures de session réseau NTLM d’une source qui échouent dans la fenêtre avec les marques d’un outil et qui font "
                  "une attaque ; 64 au plus."},
    [SECONDS] = {"seconds", 60, "Length of the window in seconds.", "Durée de la fenêtre, en secondes."},
    [FAST_FAILURES] = {"fast_failures", 60, "Failures within the window that make an attack whatever the workstation name is; at most 64.",
                                            "Nombre d’échecs dans la fenêtre qui font une attaque quel que soit le nom de poste ; 64 au plus."},
    [ODD_NAMES] = {"odd_names", 3, "Different workstation names from one source within the window that no Windows client would show; at most 64.",
                                   "Nombre de noms de poste différents d’une source dans la fenêtre qu’aucun client Windows ne montrerait ; 64 au "
                                   "plus."},
    {0}};

struct source {
    struct watch_ring failures; /* what = workstation name, 0 = none given */
    struct watch_names accounts, guessed;
    struct witnesses seen;
    int64_t last;
    uint32_t unreported;
    bool raised;
    const char *stack; /* what was odd about it, one of the texts of stack_of() */
};

struct state {
    struct table sources, aliases;
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->sources, sizeof(struct source), 4096);
    table_init(&s->aliases, sizeof(uint64_t), 4096);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->sources);
    table_free(&s->aliases);
}

static unsigned limit(const struct detection *d, unsigned param)
{
    double v = detection_param(d, param);
    return v < 1 ? 1 : v > WATCH_RING ? WATCH_RING : (unsigned)v;
}

/* Default names of libraries and tools, which no computer account has. JCIFS: its documentation of
 * jcifs.netbios.hostname. */
static bool tool_name(struct str name)
{
    return str_startsi(name, STR("JCIFS")) || str_eqi(name, STR("nmap")) || str_starts(name, STR("\\\\"));
}

/* What the network shows of a client's SMB and NTLM. Windows and Samba offer many SMB 1 dialects (MS-CIFS 2.2.4.52.1) and state a version
 * in their NTLM messages (MS-NLMP 2.2.2.10); libraries of tools do neither. */
static const char *wire_stack(const struct activity *a)
{
    enum { VERSION = 0x02000000 };
    if (str_hasi(act_str(a, FACT_NATIVE_LM), STR("jcifs")))
        return "a Java library's name in its session set-up";
    if (str_eq(act_str(a, FACT_SMB_DIALECTS), STR("NT LM 0.12")))
        return "one SMB dialect alone, as tools offer it";
    if (act_has(a, FACT_NTLM_FLAGS) && (!(act_u64(a, FACT_NTLM_FLAGS, 0) & VERSION) || str_eq(act_str(a, FACT_NTLM_VERSION), STR("left out"))))
        return "NTLM messages that state no version";
    return NULL;
}

static const char *stack_of(const struct detection *d, const struct source *s, const struct activity *a, int64_t since)
{
    struct str name = act_str(a, FACT_WORKSTATION);
    if (!str_set(name) && ip_set(&a->ip))
        return "no workstation name";
    if (tool_name(name))
        return "the workstation name of a tool";
    if (watch_ring_distinct(&s->failures, since) >= limit(d, ODD_NAMES))
        return "a workstation name that keeps changing";
    return wire_stack(a);
}

static void report(struct detection *d, const struct activity *a, struct source *s, const char *stack)
{
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    bool many = ip_set(&a->ip) && watch_ring_distinct(&s->failures, s->last - TIME_MINUTE) > 1;
    if (many) { /* the names are made up */
        f.source_name = STR_NONE;
        f.source_entity = 0;
    }
    f.nusers = f.naccounts = 0;
    watch_names_draft(&f, &s->guessed);
    watch_names_draft(&f, &s->accounts);
    f.campaign = watch_campaign(&((struct state *)detection_state(d))->aliases, a, hash_mix(watch_source(a), watch_destination(a)));
    f.count = s->unreported;
    f.evidence = &s->seen;
    struct str guessed = s->guessed.n ? str_fmt(m, "; then %.*s logged on from there, so the password may have been guessed",
                                                STR_ARG(watch_names_text(m, &s->guessed, 4)))
                                      : STR("");
    f.description = str_fmt(m, "%u NTLM network logons to %.*s (%.*s) from %.*s failed between %.*s and %.*s at the rate of a tool, with %s%.*s.",
                            s->seen.total, STR_ARG(watch_destination_text(m, a)), STR_ARG(watch_names_text(m, &s->accounts, 6)),
                            STR_ARG(many ? watch_address_text(m, a) : watch_source_text(m, a)), STR_ARG(watch_time(m, s->seen.w[0].time)),
                            STR_ARG(watch_time(m, s->last)), stack ? stack : "a rate that no Windows client reaches", STR_ARG(guessed));
    s->unreported = 0;
    s->raised = true;
    s->stack = stack;
    detection_raise(d, a, &f);
}

static void succeed(struct detection *d, const struct activity *a, struct source *s)
{
    if (!s->raised || a->time - s->last > TIME_MINUTE ||
        !watch_names_has(&s->accounts, a->actor_entity, watch_called(detection_dir(d), a->actor_entity, &a->actor)))
        return;
    if (!watch_names_add(&s->guessed, a->actor_entity, watch_called(detection_dir(d), a->actor_entity, &a->actor)))
        return;
    witness_add(&s->seen, a);
    s->unreported++;
    report(d, a, s, s->stack);
}

/* 4625 of type 3, 4776 over NTLM, and what the network shows of SMB; other logon types are not SMB sessions. */
static bool wanted(const struct activity *a)
{
    struct str carrier = act_str(a, FACT_CARRIER);
    if (str_set(carrier) && !str_eq(carrier, STR("SMB")))
        return false;
    return watch_ntlm(a) && act_u64(a, FACT_LOGON_TYPE, 3) == 3 && account_set(&a->actor) && !watch_builtin(&a->actor) &&
           (ip_set(&a->ip) || str_set(watch_workstation(a)));
}

static void see(struct detection *d, const struct activity *a)
{
    enum attempt result = attempt_of(a);
    if (result == ATTEMPT_NONE || !wanted(a))
        return;
    struct state *st = detection_state(d);
    uint64_t event = a->kind == KIND_CREDENTIALS_VALIDATION; /* both may tell of the same attempt */
    uint64_t key = hash_mix(hash_mix(watch_source(a), watch_destination(a)), event);
    struct source *s = result == ATTEMPT_OK ? table_get(&st->sources, key) : table_put(&st->sources, key, NULL);
    if (!s)
        return;
    if (result == ATTEMPT_OK) {
        succeed(d, a, s);
        return;
    }
    if (s->last && a->time - s->last > TIME_HOUR)
        memset(s, 0, sizeof *s);
    s->last = a->time;
    s->unreported++;
    struct str name = act_str(a, FACT_WORKSTATION);
    watch_ring_add(&s->failures, a->time, str_set(name) ? hash_stri(name, 2) : 0);
    watch_names_add(&s->accounts, a->actor_entity, watch_called(detection_dir(d), a->actor_entity, &a->actor));
    witness_add(&s->seen, a);
    int64_t since = a->time - (int64_t)(detection_param(d, SECONDS) * (double)TIME_SECOND);
    unsigned n = watch_ring_count(&s->failures, since);
    const char *stack = stack_of(d, s, a, since);
    if ((stack && n >= limit(d, FAILURES)) || n >= limit(d, FAST_FAILURES))
        report(d, a, s, stack);
}

static const enum kind wants[] = {KIND_CREDENTIALS_VALIDATION, KIND_FAILED_LOGON, KIND_NETWORK_LOGON, KIND_COUNT};
static const enum kind needs[] = {KIND_CREDENTIALS_VALIDATION, KIND_FAILED_LOGON, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} NTLM network logons to {} ({list}) from {} failed between {} and {} at the rate of a tool, with {*}{?}.",
     "{} ouvertures de session réseau NTLM vers {} ({}) depuis {} ont échoué entre le {} et le {} au rythme d’un outil (signe : {}){}."},
    {"a Java library's name in its session set-up", "le nom d’une bibliothèque Java dans l’ouverture de session"},
    {"one SMB dialect alone, as tools offer it", "un seul dialecte SMB, comme le proposent des outils"},
    {"NTLM messages that state no version", "des messages NTLM sans version"},
    {"no workstation name", "aucun nom de poste"},
    {"the workstation name of a tool", "le nom de poste d’un outil"},
    {"a workstation name that keeps changing", "un nom de poste qui change sans cesse"},
    {"a rate that no Windows client reaches", "un rythme qu’aucun client Windows n’atteint"},
    {"; then {list} logged on from there, so the password may have been guessed",
     " ; ensuite {} s’est connecté de là : le mot de passe a peut-être été deviné"},
    {0}};

const struct detector det_2033 = {
    .external_id = 2033,
    .name = "Suspected brute force attack (SMB)",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_COMPROMISED_CREDENTIAL,
    .attack = {"T1110", "T1110.001"},
    .about = "NTLM session set-ups fail at the rate, and with the marks, of a guessing tool (Hydra, Medusa, CrackMapExec, Metasploit): no "
             "workstation name "
             "at all, the default name of a library, or a name that changes from attempt to attempt. Failures at a rate that no Windows client "
             "reaches count "
             "without such a mark. On the network also: a library's name in the session set-up, one SMB 1 dialect alone, NTLM messages without a "
             "version; events show only the name that the client claims.",
    .blind = "no NTLM logon failures (events 4625, 4776: Audit Logon, Audit Credential Validation; or network traffic)",
    .french = {.name = "Attaque par force brute présumée (SMB)",
               .about = "Des ouvertures de session NTLM échouent au rythme et avec les marques d’un outil de recherche de mots de passe (Hydra, "
                        "Medusa, CrackMapExec, Metasploit) : aucun nom de poste, le nom par défaut d’une bibliothèque, ou un nom qui change d’un "
                        "essai à l’autre. Des échecs à un rythme qu’aucun client Windows n’atteint comptent sans une telle marque. Sur le réseau "
                        "aussi : le nom d’une bibliothèque dans l’ouverture de session, un seul dialecte SMB 1, des messages NTLM sans version ; "
                        "les événements ne montrent que le nom que le client se donne.",
               .blind = "aucun échec d’ouverture de session NTLM (événements 4625, 4776 : Auditer l’ouverture de session, la validation des "
                        "informations d’identification ; ou trafic réseau)",
               .phrases = phrases},
    .wants = wants,
    .needs = needs,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
