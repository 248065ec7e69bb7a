/* detect/det_2003.c - Account enumeration reconnaissance: one source asks for many names that do not exist. */
#include "detect/attempt.h"
#include "detect/common.h"

#include "base/hash.h"

enum { SOURCES = 2048, SHOWN = 5 };

struct source {
    struct common_spread unknown; /* names that do not exist */
    struct common_spread good;    /* names that logged on */
    struct watch_names existing;  /* names that the source learned to exist since its first unknown one */
    int64_t open;                 /* the window in which `existing` was gathered */
    int64_t raised;               /* the start of the window that raised last, 0 = none */
};

struct state {
    struct table sources;
};

enum { P_BURST, P_BURST_MINUTES, P_SLOW, P_SLOW_HOURS };
static const struct param params[] = {
    {"burst_names", 5, "So many different names that do not exist, asked for by one source within burst_minutes, are an enumeration.",
                       "Autant de noms différents qui n’existent pas, demandés par une source en burst_minutes, sont une énumération."},
    {"burst_minutes", 10, "The length of the short window in minutes.", "Durée de la fenêtre courte, en minutes."},
    {"slow_names", 20, "So many different names that do not exist, asked for by one source within slow_hours, are a slow enumeration.",
                       "Autant de noms différents qui n’existent pas, demandés par une source en slow_hours, sont une énumération lente."},
    {"slow_hours", 24, "The length of the long window in hours.", "Durée de la fenêtre longue, en heures."},
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

static const char *protocol(const struct activity *a)
{
    if (watch_kerberos(a))
        return "Kerberos";
    if (watch_ntlm(a))
        return "NTLM";
    return a->protocol == PROTO_LDAP ? "LDAP" : "logons";
}

static void raise(struct detection *d, const struct activity *a, const struct source *src, int64_t since)
{
    struct arena *arena = detection_arena(d);
    struct draft f = draft_of(a);
    struct witnesses evidence;
    common_spread_witnesses(&src->unknown, since, &evidence);
    f.evidence = &evidence;
    f.nusers = f.naccounts = 0; /* the names asked for are nobody's; those that exist are exposed */
    watch_names_draft(&f, &src->existing);
    f.campaign = hash_mix(watch_source(a), 2003);
    unsigned n = common_spread_count(&src->unknown, since);
    struct str exposed = src->existing.n ? str_fmt(arena, " It thereby learned that %.*s exist%s.",
                                                   STR_ARG(watch_names_text(arena, &src->existing, SHOWN)), src->existing.n == 1 ? "s" : "")
                                         : STR(" It hit no existing account.");
    f.description = str_fmt(arena, "%.*s asked %.*s over %s for %u different account names that do not exist (%.*s) between %.*s and %.*s.%.*s",
                            STR_ARG(watch_source_text(arena, a)), STR_ARG(watch_destination_text(arena, a)), protocol(a), n,
                            STR_ARG(common_spread_text(arena, &src->unknown, SHOWN)), STR_ARG(watch_time(arena, evidence.w[0].time)),
                            STR_ARG(watch_time(arena, evidence.w[evidence.n - 1].time)), STR_ARG(exposed));
    detection_raise(d, a, &f);
}

/* A front end that many people log on through sees many of their typing mistakes. */
static bool front_end(const struct source *src, int64_t since)
{
    return common_spread_count(&src->good, since) >= common_spread_count(&src->unknown, since);
}

static void judge(struct detection *d, const struct activity *a, struct source *src)
{
    int64_t burst = a->time - (int64_t)(detection_param(d, P_BURST_MINUTES) * (double)TIME_MINUTE);
    int64_t slow = a->time - (int64_t)(detection_param(d, P_SLOW_HOURS) * (double)TIME_HOUR);
    if (common_spread_count(&src->unknown, burst) >= detection_param(d, P_BURST) && !front_end(src, burst))
        raise(d, a, src, src->raised = burst);
    else if (common_spread_count(&src->unknown, slow) >= detection_param(d, P_SLOW) && !front_end(src, slow))
        raise(d, a, src, src->raised = slow);
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    enum attempt result = a->kind == KIND_LDAP_BIND && a->outcome == OUTCOME_FAILURE &&
                                  str_eq(act_str(a, FACT_FAILURE_REASON), STR("unknown user"))
                              ? ATTEMPT_UNKNOWN
                              : attempt_of(a);
    bool exists = a->kind == KIND_PREAUTH_ASKED; /* the controller asked for proof: no logon, but an answer */
    uint64_t key = watch_source(a);
    if ((result == ATTEMPT_NONE && !exists) || !key || !account_set(&a->actor) || watch_builtin(&a->actor))
        return;
    struct source *src = result == ATTEMPT_UNKNOWN ? table_put(&s->sources, key, NULL) : table_get(&s->sources, key);
    int64_t window = (int64_t)(detection_param(d, P_SLOW_HOURS) * (double)TIME_HOUR);
    if (!src)
        return;
    if (a->time - src->open > window) {
        memset(&src->existing, 0, sizeof src->existing);
        src->open = a->time;
        src->raised = 0;
    }
    struct str name = watch_bare(&a->actor);
    if (result == ATTEMPT_UNKNOWN) {
        common_spread_add(&src->unknown, name, a, window);
        judge(d, a, src);
        return;
    }
    if (result == ATTEMPT_OK)
        common_spread_add(&src->good, name, a, window);
    if (!common_machine(a) && watch_names_add(&src->existing, a->actor_entity, name) && src->raised)
        raise(d, a, src, src->raised);
}

static const enum kind wants[] = {KIND_CREDENTIALS_VALIDATION, KIND_FAILED_LOGON, KIND_NTLM_AUDIT, KIND_LDAP_BIND, KIND_NETWORK_LOGON,
                                  KIND_PREAUTH_ASKED, KIND_COUNT};
static const enum kind needs[] = {KIND_CREDENTIALS_VALIDATION, KIND_FAILED_LOGON, KIND_NTLM_AUDIT, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} asked {} over {} for {} different account names that do not exist ({list}) between {} and {}.{*}",
     "{} a demandé à {} par {} {} noms de compte différents qui n’existent pas ({}) entre le {} et le {}.{}"},
    {" It hit no existing account.", " Aucun compte existant n’a été touché."},
    {" It thereby learned that {list} exists.", " Il a appris ainsi que {} existe."},
    {" It thereby learned that {list} exist.", " Il a appris ainsi que {} existent."},
    {0}};

const struct detector det_2003 = {
    .external_id = 2003,
    .name = "Account enumeration reconnaissance",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_RECONNAISSANCE,
    .attack = {"T1087.002"},
    .about = "A controller answers differently for names that exist and for names that do not, so a list of guesses becomes a list of accounts. "
             "The alert counts the different unknown names per source: Kerberos error 6 (on the network or in event 4768), NTLM status 0xC0000064 (events 4776 and "
             "4625) and what Samba writes for unknown users. Repeats of one name count once, so a stale service account stays quiet; a front end "
             "through which at least as many names log on as fail is taken for people's typing mistakes. Existing names that the source hit after its "
             "first unknown one, on the network also those for which the controller only asked for pre-authentication, are listed as exposed.",
    .blind = "no Kerberos or NTLM logons on the network, no events 4768, 4771, 4776 or 4625 (Audit Kerberos Authentication Service, Credential Validation, Logon)",
    .french = {.name = "Reconnaissance par énumération de comptes",
               .about = "Un contrôleur répond différemment pour les noms qui existent et pour ceux qui n’existent pas : une liste d’essais devient "
                        "une liste de comptes. L’alerte compte, par source, les différents noms inconnus : erreur Kerberos 6 (sur le réseau ou "
                        "dans l’événement 4768), état NTLM 0xC0000064 (événements 4776 et 4625) et ce que Samba écrit pour les utilisateurs "
                        "inconnus. Un nom répété compte une fois : un compte de service périmé ne fait donc pas de bruit ; un frontal par lequel "
                        "il se connecte au moins autant de noms qu’il en échoue passe pour des fautes de frappe. Les noms existants que la source "
                        "a touchés après son premier nom inconnu, y compris, sur le réseau, ceux pour lesquels le contrôleur a seulement demandé "
                        "une pré-authentification, sont donnés comme exposés.",
               .blind = "aucune ouverture de session Kerberos ou NTLM sur le réseau, aucun événement 4768, 4771, 4776 ou 4625 (Auditer le service "
                        "d’authentification Kerberos, la validation des informations d’identification, l’ouverture de session)",
               .phrases = phrases},
    .wants = wants,
    .needs = needs,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
