/* detect/det_2027.c - tickets of accounts that do not exist. */
#include "base/hash.h"
#include "detect/common.h"
#include "detect/kerberos.h"

enum { KDC_ERR_C_PRINCIPAL_UNKNOWN = 6 };

enum { P_NAMED };
static const struct param params[] = {
    {"named", 5, "So many requests of one computer for tickets in the name of one account that the controller does not know are reported, with low severity.",
                 "Autant de demandes de tickets d’un ordinateur au nom d’un même compte que le contrôleur ne connaît pas sont signalées, avec une "
                 "gravité faible."},
    {0}};

struct known {     /* the name that a SID was vouched for with */
    uint64_t name; /* 0: only enterprise names */
};

struct suspect {
    struct witnesses seen;
    struct watch_names targets;
    int64_t last;
};

struct state {
    struct table vouched; /* names that a controller vouched for: one byte each */
    struct table sids;    /* SID -> struct known */
    struct table suspects;
};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->vouched, 1, 262144);
    table_init(&s->sids, sizeof(struct known), 262144);
    table_init(&s->suspects, sizeof(struct suspect), 2048);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->vouched);
    table_free(&s->sids);
    table_free(&s->suspects);
}

/* ---- who is vouched for ---- */

/* An enterprise name (alice.smith@suffix) vouches for the SID, not for which name goes with it. */
static void vouch(struct state *s, const struct account *a)
{
    struct str name = watch_bare(a), sid = a->sid;
    bool enterprise = !str_set(a->name) || str_chr(a->name, '@') >= 0;
    if (!str_set(name))
        return;
    uint64_t key = hash_stri(name, 1);
    (void)table_put(&s->vouched, key, NULL);
    struct known *k = str_set(sid) ? table_put(&s->sids, hash_str(sid, 2), NULL) : NULL;
    if (k)
        k->name = enterprise ? 0 : key;
}

/* Events in which the system itself looked the account up by name and password, or changed it. A failed
 * check with a known name vouches too: the answer for an unknown name is another. */
static bool vouches(const struct activity *a)
{
    if (a->kind == KIND_PREAUTH_ASKED)
        return true;
    if (a->kind == KIND_CREDENTIALS_VALIDATION)
        return a->outcome == OUTCOME_SUCCESS;
    if (a->kind == KIND_NETWORK_LOGON || a->kind == KIND_SERVICE_LOGON)
        return a->outcome == OUTCOME_SUCCESS && !watch_kerberos(a);
    return a->kind == KIND_INTERACTIVE_LOGON || a->kind == KIND_REMOTE_DESKTOP;
}

static void learn(struct state *s, const struct activity *a)
{
    if (kind_group(a->kind) == GROUP_DIRECTORY || a->kind == KIND_ACCOUNT_LOCKED)
        for (unsigned i = 0; i < a->nobjects; i++)
            if (a->objects[i].type == OBJECT_ACCOUNT)
                vouch(s, &a->objects[i].ref);
    if (vouches(a))
        vouch(s, &a->actor);
}

/* ---- who is suspect ---- */

static bool rid_is(struct str sid, const char *rid)
{
    return str_starts(sid, STR("S-1-5-21-")) && str_ends(sid, str_of(rid));
}

/* The built-in administrator as the language versions of Windows name it. */
static bool administrator_name(struct str name)
{
    static const char *const names[] = {"Administrator", "Administrateur", "Administrador", "Amministratore", "Administratör", "Järjestelmänvalvoja",
                                        "Rendszergazda", "Администратор",  "Správce",       "Yönetici",       "Admin"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eqi(name, str_of(names[i])))
            return true;
    return false;
}

/* A controller writes the realm of its own tickets in capitals; only a forged one shows what its maker typed. */
static bool odd_realm(const struct activity *a)
{
    struct str realm = a->actor.domain;
    bool lower = false, upper = false;
    if ((!watch_event(a, 4769) && !str_set(kerberos_tgt_realm(a))) || str_chr(realm, '.') < 0)
        return false;
    for (size_t i = 0; i < realm.n; i++) {
        lower = lower || (realm.p[i] >= 'a' && realm.p[i] <= 'z');
        upper = upper || (realm.p[i] >= 'A' && realm.p[i] <= 'Z');
    }
    return lower && !upper;
}

static bool directory_name_differs(const struct dir *dir, const struct activity *a, struct str name)
{
    const struct entity *e = dir_entity(dir, str_set(a->actor.sid) ? dir_sid(dir, a->actor.sid) : 0);
    return e && (e->flags & ENTITY_IN_DIRECTORY) && str_set(e->sam) && !str_eqi(e->sam, name);
}

static bool absent_from_directory(const struct dir *dir, const struct activity *a)
{
    struct account by_name = {.name = watch_bare(&a->actor), .domain = a->actor.domain};
    if (!str_set(by_name.domain) || !dir_complete(dir, by_name.domain))
        return false;
    uint32_t n = dir_account(dir, &by_name), m = dir_account(dir, &a->actor);
    return !dir_is(dir, n, ENTITY_IN_DIRECTORY) && !dir_is(dir, m, ENTITY_IN_DIRECTORY);
}

/* Why the account cannot exist, in words that follow its name; NULL when it may. */
static const char *impossible(struct detection *d, struct state *s, const struct activity *a, struct str name)
{
    const struct dir *dir = detection_dir(d);
    if (table_get(&s->vouched, hash_stri(name, 1))) /* also when it is younger than the imported directory */
        return NULL;
    if (absent_from_directory(dir, a))
        return "is no account of the directory";
    if (directory_name_differs(dir, a, name))
        return "carries the SID of an account that the directory has under another name";
    const struct known *k = str_set(a->actor.sid) ? table_get(&s->sids, hash_str(a->actor.sid, 2)) : NULL;
    if (k && k->name && k->name != hash_stri(name, 1))
        return "carries the SID of an account that logs on under another name, and never got a ticket of its own";
    uint32_t e = dir_sid(dir, a->actor.sid);
    if (!k && rid_is(a->actor.sid, "-500") && !administrator_name(name) && !dir_is(dir, e, ENTITY_IN_DIRECTORY))
        return "carries the SID of the built-in administrator without its name, and never got a ticket of its own";
    if (odd_realm(a) && !dir_is(dir, dir_account(dir, &a->actor), ENTITY_IN_DIRECTORY))
        return "never got a ticket of its own, and its ticket spells the realm as no controller does";
    return NULL;
}

static bool uses_ticket(const struct activity *a)
{
    if (a->outcome == OUTCOME_FAILURE)
        return false;
    return a->kind == KIND_RESOURCE_ACCESS || a->kind == KIND_TICKET_USE || a->kind == KIND_SHARE_ACCESS || a->kind == KIND_SHARE_FILE_ACCESS ||
           (a->kind == KIND_NETWORK_LOGON && watch_kerberos(a));
}

static void report(struct detection *d, const struct activity *a, struct str name, const char *why)
{
    struct state *s = detection_state(d);
    uint64_t key = hash_mix(hash_stri(name, 3), 1);
    struct suspect *x = table_put(&s->suspects, key, NULL);
    if (!x)
        return;
    if (x->last && a->time - x->last > TIME_DAY)
        memset(x, 0, sizeof *x);
    x->last = a->time;
    witness_add(&x->seen, a);
    const struct object *o = act_object(a, ROLE_RESOURCE);
    struct str spn = act_str(a, FACT_SPN), share = act_str(a, FACT_SHARE);
    watch_names_add(&x->targets, 0, str_set(share) ? share : str_set(spn) ? spn : o ? o->ref.name : a->destination);
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    f.nusers = f.naccounts = 0;
    draft_user(&f, 0, name); /* the SID's true owner is not who did it */
    f.campaign = key;
    f.evidence = &x->seen;
    f.description = str_fmt(m, "%.*s used tickets from %.*s for %.*s on %.*s, %.*s, but this account %s: the ticket is likely forged.", STR_ARG(name),
                            STR_ARG(watch_source_text(m, a)), STR_ARG(watch_names_text(m, &x->targets, 6)), STR_ARG(watch_destination_text(m, a)),
                            STR_ARG(watch_times(m, x->seen.total, a->time)), why);
    detection_raise(d, a, &f);
}

/* ---- a computer asks for tickets in the name of somebody whom the controller does not know (S4U2Self) ---- */

static bool unknown_user_named(const struct activity *a)
{
    return a->kind == KIND_RESOURCE_ACCESS && a->outcome == OUTCOME_FAILURE && act_u64(a, FACT_ERROR_CODE, 0) == KDC_ERR_C_PRINCIPAL_UNKNOWN &&
           str_set(act_str(a, FACT_FOR_USER));
}

/* Whoever has a session on a computer is asked for now and then. Typing mistakes are not repeated so often. */
static void named(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct arena *m = detection_arena(d);
    struct account user = {.upn = act_str(a, FACT_FOR_USER)};
    struct str name = watch_bare(&user);
    if (!str_set(name) || watch_machine(name) || table_get(&s->vouched, hash_stri(name, 1)))
        return;
    struct suspect *x = table_put(&s->suspects, hash_mix(hash_stri(name, 4), watch_source(a)), NULL);
    if (!x)
        return;
    if (x->last && a->time - x->last > TIME_DAY)
        memset(x, 0, sizeof *x);
    x->last = a->time;
    witness_add(&x->seen, a);
    if (x->seen.total < detection_param(d, P_NAMED))
        return;
    struct draft f = draft_of(a);
    f.nusers = f.naccounts = 0;
    draft_user(&f, 0, name);
    f.campaign = hash_mix(hash_stri(name, 4), watch_source(a));
    f.severity = SEVERITY_LOW;
    f.count = x->seen.total - 1 < detection_param(d, P_NAMED) ? x->seen.total : 1;
    f.evidence = &x->seen;
    f.description = str_fmt(m,
                            "%.*s asked %.*s for tickets in the name of %.*s, %.*s, and the controller knows no such account: somebody may be logged "
                            "on there with a forged ticket, or as an account that was deleted.",
                            STR_ARG(watch_source_text(m, a)), STR_ARG(watch_destination_text(m, a)), STR_ARG(name),
                            STR_ARG(watch_times(m, x->seen.total, a->time)));
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    learn(s, a);
    if (unknown_user_named(a))
        named(d, a);
    struct str name = watch_bare(&a->actor);
    if (!uses_ticket(a) || !str_set(name) || watch_machine(name) || watch_builtin(&a->actor) || str_starts(name, STR("S-1-")))
        return;
    if (str_set(a->actor.sid) && !str_starts(a->actor.sid, STR("S-1-5-21-")))
        return;
    const char *why = impossible(d, s, a, name);
    if (why)
        report(d, a, name, why);
}

static const enum kind wants[] = {KIND_CREDENTIALS_VALIDATION,
                                  KIND_PREAUTH_ASKED,
                                  KIND_TICKET_USE,
                                  KIND_RESOURCE_ACCESS,
                                  KIND_NETWORK_LOGON,
                                  KIND_INTERACTIVE_LOGON,
                                  KIND_REMOTE_DESKTOP,
                                  KIND_SERVICE_LOGON,
                                  KIND_SHARE_ACCESS,
                                  KIND_SHARE_FILE_ACCESS,
                                  KIND_ACCOUNT_CREATED,
                                  KIND_ACCOUNT_CHANGED,
                                  KIND_ACCOUNT_ENABLED,
                                  KIND_ACCOUNT_LOCKED,
                                  KIND_ACCOUNT_RENAMED,
                                  KIND_PASSWORD_CHANGE,
                                  KIND_PASSWORD_RESET,
                                  KIND_GROUP_MEMBER_ADDED,
                                  KIND_COUNT};
static const enum kind needs[] = {KIND_RESOURCE_ACCESS, KIND_NETWORK_LOGON, KIND_SHARE_ACCESS, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} used tickets from {} for {list} on {}, {*}, but this account {*}: the ticket is likely forged.",
     "{} a utilisé des tickets depuis {} pour {} sur {}, {}, mais ce compte {} : le ticket est probablement forgé."},
    {"is no account of the directory", "n’est pas un compte de l’annuaire"},
    {"carries the SID of an account that the directory has under another name", "porte le SID d’un compte que l’annuaire a sous un autre nom"},
    {"carries the SID of an account that logs on under another name, and never got a ticket of its own",
     "porte le SID d’un compte qui se connecte sous un autre nom, et n’a jamais reçu de ticket à lui"},
    {"carries the SID of the built-in administrator without its name, and never got a ticket of its own",
     "porte le SID de l’administrateur intégré sans son nom, et n’a jamais reçu de ticket à lui"},
    {"never got a ticket of its own, and its ticket spells the realm as no controller does",
     "n’a jamais reçu de ticket à lui, et son ticket écrit le domaine Kerberos comme aucun contrôleur ne le fait"},
    {"{} asked {} for tickets in the name of {}, {*}, and the controller knows no such account: somebody may be logged on there with a forged "
     "ticket, or as an account that was deleted.",
     "{} a demandé à {} des tickets au nom de {}, {}, et le contrôleur ne connaît pas un tel compte : quelqu’un y est peut-être connecté avec un "
     "ticket forgé, ou comme un compte qui a été supprimé."},
    {0}};

const struct detector det_2027 = {
    .external_id = 2027,
    .name = "Suspected Golden Ticket usage (nonexistent account)",
    .severity = SEVERITY_HIGH,
    .category = CATEGORY_DOMAIN_DOMINANCE,
    .attack = {"T1558.001", "T1550.003"},
    .about =
        "A Kerberos ticket is used in the name of an account that does not exist. With a complete directory: a name that it does not have, or a SID "
        "that "
        "it has under another name. Without one: a name that no event of a logon, a password check or an account change vouches for, whose SID "
        "belongs "
        "to another name or to the built-in administrator, or whose ticket spells the realm as no controller writes it. Accounts of trusted domains, "
        "computers and built-in accounts are left out. On the network, a computer that asks again and again for tickets in the name of an account "
        "that the controller does not know raises with low severity.",
    .blind = "no use of Kerberos tickets (on the network, or events 4769, 4624, 5140: Audit Kerberos Service Ticket Operations, Audit Logon, Audit File Share)",
    .french = {.name = "Utilisation présumée d’un Golden Ticket (compte inexistant)",
               .about = "Un ticket Kerberos est utilisé au nom d’un compte qui n’existe pas. Avec un annuaire complet : un nom qu’il n’a pas, ou "
                        "un SID qu’il a sous un autre nom. Sans annuaire : un nom dont ne répond aucun événement d’ouverture de session, de "
                        "vérification de mot de passe ou de modification de compte, dont le SID appartient à un autre nom ou à l’administrateur "
                        "intégré, ou dont le ticket écrit le domaine Kerberos comme aucun contrôleur ne l’écrit. Les comptes de domaines "
                        "approuvés, les ordinateurs et les comptes intégrés sont laissés de côté. Sur le réseau, un ordinateur qui demande encore "
                        "et encore des tickets au nom d’un compte que le contrôleur ne connaît pas lève une alerte de gravité faible.",
               .blind = "aucune utilisation de tickets Kerberos (sur le réseau, ou événements 4769, 4624, 5140 : Auditer les opérations de ticket "
                        "du service Kerberos, l’ouverture de session, le partage de fichiers)",
               .phrases = phrases},
    .asks_directory = true,
    .wants = wants,
    .needs = needs,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .stop = stop,
};
