/* detect/det_2008.c - Suspected overpass-the-hash attack (encryption downgrade).
 *
 * msDS-SupportedEncryptionTypes: MS-KILE 2.2.7. */
#include "detect/common.h"
#include "detect/kerberos.h"

#include "base/hash.h"

#include <stdlib.h>

enum { ACCOUNTS = 65536, WAITING = 64, ENCTYPES_AES = 0x8 | 0x10, PREAUTH_TIMESTAMP = 2,
       OPTION_CANONICALIZE = 0x10000, TOOL_OPTIONS = 0x40800010 /* forwardable, renewable, renewable-ok */ };

struct account_use {
    uint32_t aes, weak;
    int64_t since;
};

/* a weak logon by an account without a history of its own: what the domain does decides at the end */
struct candidate {
    struct witness witness;
    struct common_place from, to;
    uint64_t campaign;
    uint32_t entity, destination_entity;
    uint32_t length, etype;
    bool tool; /* asked with the options of tools: Windows also asks for the canonical name */
    char name[COMMON_NAME];
};

struct state {
    struct table accounts;
    uint32_t aes_accounts, weak_accounts; /* how many accounts ever used either */
    uint32_t waiting;
    struct candidate candidate[WAITING];
};

enum { P_HISTORY, P_DOMAIN, P_SHARE };
static const struct param params[] = {
    {"own_history", 3, "An account that logged on with AES so many times and never with a weaker type is expected to go on with AES.",
                       "Un compte qui s’est connecté autant de fois avec AES et jamais avec un type plus faible est censé continuer avec AES."},
    {"domain_accounts", 3, "An account without a history of its own is compared with the domain once so many other accounts used AES.",
                           "Un compte sans passé est comparé au domaine dès qu’autant d’autres comptes ont utilisé AES."},
    {"weak_share", 10, "When more than this percentage of the domain's accounts log on with a weak type, the domain says nothing about one of them.",
                       "Quand plus que ce pourcentage des comptes du domaine se connecte avec un type faible, le domaine ne dit rien de l’un d’eux."},
    {0}};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->accounts, sizeof(struct account_use), ACCOUNTS);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->accounts);
}

/* What the client proved itself with: the pre-authentication's type where the controller logs it, else the ticket's. */
static uint64_t client_etype(const struct activity *a)
{
    uint64_t v = act_u64(a, FACT_PREAUTH_ETYPE, 0);
    return v ? v : act_u64(a, FACT_TICKET_ETYPE, 0);
}

/* A logon with a password key that the controller accepted. Certificates and logons without
 * pre-authentication show no key of the user. */
static bool key_logon(const struct activity *a)
{
    uint64_t type = act_u64(a, FACT_PREAUTH_TYPE, PREAUTH_TIMESTAMP);
    return a->kind == KIND_CREDENTIALS_VALIDATION && a->protocol == PROTO_KERBEROS && a->outcome == OUTCOME_SUCCESS && account_set(&a->actor) &&
           client_etype(a) != 0 && type == PREAUTH_TIMESTAMP && !str_set(act_str(a, FACT_CERT_ISSUER));
}

/* The directory says that the account has no AES keys. */
static bool rc4_by_rule(const struct dir *dir, uint32_t entity)
{
    const struct entity *e = dir_entity(dir, entity);
    return e && e->enctypes && !(e->enctypes & ENCTYPES_AES);
}

static void raise(struct detection *d, const struct activity *a, const struct candidate *c, struct str because)
{
    struct arena *arena = detection_arena(d);
    struct witnesses evidence = {0};
    struct draft f = {.campaign = c->campaign, .evidence = &evidence, .destination_entity = c->destination_entity};
    common_witness(&evidence, &c->witness);
    common_place_draft(&f, &c->from);
    f.destination_name = c->to.length ? (struct str){c->to.name, c->to.length} : STR_NONE;
    f.destination_ip = c->to.ip;
    struct str name = {c->name, c->length};
    draft_user(&f, c->entity, name);
    f.description = str_fmt(arena, "%.*s logged on from %.*s at %.*s with %s although %.*s: a stolen NTLM hash used as a Kerberos key looks like this.",
                            STR_ARG(name), STR_ARG(common_place_text(arena, &c->from)), STR_ARG(watch_time(arena, c->witness.time)),
                            kerberos_etype(c->etype), STR_ARG(because));
    detection_raise(d, a, &f);
}

static struct candidate candidate_of(struct detection *d, const struct activity *a)
{
    struct candidate c = {.from = common_place(a), .entity = a->actor_entity, .destination_entity = a->destination_entity};
    struct activity destination = {.device = a->destination, .ip = a->destination_ip};
    struct witnesses one = {0};
    witness_add(&one, a);
    c.witness = one.w[0];
    c.to = common_place(&destination);
    c.etype = (uint32_t)client_etype(a);
    c.tool = (act_u64(a, FACT_TICKET_OPTIONS, OPTION_CANONICALIZE) & ~UINT64_C(1)) == TOOL_OPTIONS;
    c.campaign = hash_mix(common_actor_key(detection_dir(d), a), common_place_key(&c.from));
    struct str name = watch_bare(&a->actor);
    c.length = (uint32_t)(name.n < COMMON_NAME ? name.n : COMMON_NAME);
    if (c.length)
        memcpy(c.name, name.p, c.length);
    return c;
}

static void weak(struct detection *d, const struct activity *a, struct account_use *use)
{
    struct state *s = detection_state(d);
    struct arena *arena = detection_arena(d);
    if (rc4_by_rule(detection_dir(d), a->actor_entity) || kerberos_offers_aes(act_str(a, FACT_CLIENT_ETYPES)))
        return; /* the controller chose, not the client */
    if (!use->weak++)
        s->weak_accounts++;
    if (use->weak > 1 && !use->aes)
        return; /* its habit, or waiting already */
    if (!detection_learned(d, use->aes ? use->since : detection_first(d), a->time))
        return;
    struct candidate c = candidate_of(d, a);
    if (use->aes >= detection_param(d, P_HISTORY) && use->weak == 1)
        raise(d, a, &c, str_fmt(arena, "its %u logons before all used AES", use->aes));
    else if (use->weak == 1 && s->waiting < WAITING)
        s->candidate[s->waiting++] = c;
}

static void see(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    if (!key_logon(a))
        return;
    bool fresh;
    struct account_use *use = table_put(&s->accounts, watch_account(a->actor_entity, &a->actor), &fresh);
    if (!use)
        return;
    if (fresh)
        use->since = a->time;
    uint64_t etype = client_etype(a);
    if (kerberos_aes(etype)) {
        if (!use->aes++)
            s->aes_accounts++;
    } else if (kerberos_weak(etype)) {
        weak(d, a, use);
    }
}

/* True when what the domain does speaks against the candidate. */
static bool convict(struct detection *d, const struct candidate *c)
{
    struct state *s = detection_state(d);
    bool enough = s->aes_accounts >= detection_param(d, P_DOMAIN);
    bool rare = s->weak_accounts * 100.0 <= detection_param(d, P_SHARE) * (s->weak_accounts + s->aes_accounts) || s->weak_accounts == 1;
    if (!rare || (!enough && !c->tool))
        return false;
    if (enough)
        raise(d, NULL, c, str_fmt(detection_arena(d), "%u other accounts of the domain log on with AES", s->aes_accounts));
    else
        raise(d, NULL, c, STR("Windows offers AES, and with ticket options (0x40800010) that tools use and Windows does not"));
    return true;
}

static void end(struct detection *d)
{
    struct state *s = detection_state(d);
    for (uint32_t i = 0; i < s->waiting; i++)
        (void)convict(d, &s->candidate[i]);
    s->waiting = 0;
}

/* A day shows what the domain does, a week whether it will show it. */
static void tick(struct detection *d, int64_t now)
{
    struct state *s = detection_state(d);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->waiting; i++) {
        const struct candidate *c = &s->candidate[i];
        int64_t age = now - c->witness.time;
        if (age < TIME_DAY || (!convict(d, c) && age < 7 * TIME_DAY))
            s->candidate[kept++] = *c;
    }
    s->waiting = kept;
}

static const enum kind wants[] = {KIND_CREDENTIALS_VALIDATION, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} logged on from {} at {} with {} although {*}: a stolen NTLM hash used as a Kerberos key looks like this.",
     "{} s’est connecté depuis {} le {} avec {} alors que {} : c’est à quoi ressemble un hachage NTLM volé utilisé comme clé Kerberos."},
    {"its {} logons before all used AES", "ses {} connexions antérieures utilisaient toutes AES"},
    {"{} other accounts of the domain log on with AES", "{} autres comptes du domaine se connectent avec AES"},
    {"Windows offers AES, and with ticket options (0x40800010) that tools use and Windows does not",
     "Windows propose AES, et avec des options de ticket (0x40800010) que des outils utilisent et Windows non"},
    {"a weak type", "un type faible"},
    {0}};

const struct detector det_2008 = {
    .external_id = 2008,
    .name = "Suspected overpass-the-hash attack (encryption downgrade)",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_LATERAL_MOVEMENT,
    .attack = {"T1550.002", "T1550.003"},
    .learning_days = 30,
    .about = "Windows proves itself to Kerberos with an AES key. Who has stolen only the NTLM hash of a password has only the RC4 key, and asks with "
             "it. The alert is raised when an account that always used AES gets a ticket with RC4 or DES (on the network, or in event 4768), and for an account without a "
             "history when the rest of the domain uses AES or when the request carries the ticket options of known tools. A "
             "client that offered AES (told by the network and by newer events) did not choose the weak type and raises nothing, nor do accounts that use RC4 as a habit, that the directory restricts to it "
             "(msDS-SupportedEncryptionTypes), or that log on with certificates.",
    .blind = "no Kerberos logons on the network, no event 4768 (Audit Kerberos Authentication Service on controllers)",
    .french = {.name = "Attaque overpass-the-hash présumée (affaiblissement du chiffrement)",
               .about = "Windows fait ses preuves auprès de Kerberos avec une clé AES. Qui n’a volé que le hachage NTLM d’un mot de passe n’a que "
                        "la clé RC4, et demande avec elle. L’alerte est levée quand un compte qui utilisait toujours AES reçoit un ticket avec RC4 "
                        "ou DES (sur le réseau, ou dans l’événement 4768) et, pour un compte sans passé, quand le reste du domaine utilise AES ou "
                        "quand la requête porte les options de ticket d’outils connus. Un client qui proposait AES (le réseau et les événements "
                        "récents le disent) n’a pas choisi le type faible et ne lève rien, pas plus que les comptes qui utilisent RC4 par "
                        "habitude, que l’annuaire y limite (msDS-SupportedEncryptionTypes) ou qui se connectent avec un certificat.",
               .blind = "aucune ouverture de session Kerberos sur le réseau, aucun événement 4768 (Auditer le service d’authentification Kerberos "
                        "sur les contrôleurs)",
               .phrases = phrases},
    .asks_directory = true,
    .wants = wants,
    .params = params,
    .state_size = sizeof(struct state),
    .start = start,
    .see = see,
    .end = end,
    .tick = tick,
    .stop = stop,
};
