/* detect/det_2013.c - Suspected Golden Ticket usage (forged authorization data), MS14-068 and MS11-013.
 *
 * KDC_ERR_SUMTYPE_NOSUPP: RFC 4120 7.5.9. PAC checksums: MS-PAC 2.8. */
#include "detect/common.h"

#include "base/hash.h"

enum { KDC_ERR_SUMTYPE_NOSUPP = 15, NAMES = 65536, LOGONS = 4096 };

/* a logon that asked for a ticket without authorization data */
struct bare {
    int64_t time;
    struct witness witness;
};

/* a name and a SID that were seen together */
struct pair {
    uint64_t other; /* key of the partner */
    uint32_t seen;
};

struct state {
    struct table by_name; /* domain + name -> SID */
    struct table by_sid;
    struct table bare; /* source -> struct bare */
};

enum { P_MINUTES };
static const struct param params[] = {
    {"forge_minutes", 30,
     "On the network: a ticket asked for with authorization data of the client's own counts for so many minutes after a logon that asked for a ticket "
     "without any.",
     "Sur le réseau : un ticket demandé avec des données d’autorisation écrites par le client compte autant de minutes après une ouverture de "
     "session qui demandait un ticket sans aucune."},
    {0}};

static int start(struct detection *d)
{
    struct state *s = detection_state(d);
    table_init(&s->by_name, sizeof(struct pair), NAMES);
    table_init(&s->by_sid, sizeof(struct pair), NAMES);
    table_init(&s->bare, sizeof(struct bare), LOGONS);
    return 0;
}

static void stop(struct detection *d)
{
    struct state *s = detection_state(d);
    table_free(&s->by_name);
    table_free(&s->by_sid);
    table_free(&s->bare);
}

static uint64_t campaign(struct detection *d, const struct activity *a)
{
    struct common_place from = common_place(a);
    return hash_mix(common_actor_key(detection_dir(d), a), hash_mix(common_place_key(&from), 2013));
}

static void refused(struct detection *d, const struct activity *a)
{
    struct arena *arena = detection_arena(d);
    struct draft f = draft_of(a);
    f.campaign = campaign(d, a);
    f.description = str_fmt(arena,
                            "%.*s on %.*s asked %.*s at %.*s for a ticket for %.*s with authorization data whose checksum is of a type that no "
                            "controller makes (Kerberos error 0xF); the controller refused. This is how a forged group membership (MS14-068, "
                            "MS11-013) looks.",
                            STR_ARG(account_text(&a->actor)), STR_ARG(watch_source_text(arena, a)), STR_ARG(watch_destination_text(arena, a)),
                            STR_ARG(watch_time(arena, a->time)),
                            STR_ARG(str_set(act_str(a, FACT_SPN)) ? act_str(a, FACT_SPN) : STR("a service")));
    detection_raise(d, a, &f);
}

static void disagree(struct detection *d, const struct activity *a, struct str owner)
{
    struct arena *arena = detection_arena(d);
    struct draft f = draft_of(a);
    f.campaign = campaign(d, a);
    draft_user(&f, dir_sid(detection_dir(d), a->actor.sid), STR_NONE);
    f.description = str_fmt(arena,
                            "%.*s logged on to %.*s from %.*s at %.*s with the SID %.*s, which belongs to %.*s: the ticket's authorization data does "
                            "not fit its name.",
                            STR_ARG(account_text(&a->actor)), STR_ARG(watch_destination_text(arena, a)), STR_ARG(watch_source_text(arena, a)),
                            STR_ARG(watch_time(arena, a->time)), STR_ARG(a->actor.sid), STR_ARG(owner));
    detection_raise(d, a, &f);
}

/* The imported directory says who has the SID and who has the name; they are different accounts. */
static bool directory_disagrees(const struct dir *dir, const struct activity *a, struct str *owner)
{
    const struct entity *e = dir_entity(dir, dir_sid(dir, a->actor.sid));
    if (!e || !(e->flags & ENTITY_IN_DIRECTORY) || !str_set(e->sam) || str_eqi(e->sam, a->actor.name))
        return false;
    struct account by_name = {.name = a->actor.name, .domain = a->actor.domain};
    const struct entity *n = dir_entity(dir, dir_account(dir, &by_name));
    *owner = e->sam;
    return n && n->number != e->number && n->flags & ENTITY_IN_DIRECTORY && str_eqi(n->sam, a->actor.name);
}

/* Without a directory: the name was seen with another SID, and the SID with another name. A rename or a
 * new account of an old name gives only one of the two. */
static bool history_disagrees(struct state *s, const struct activity *a)
{
    uint64_t name = hash_stri(a->actor.name, hash_stri(a->actor.domain, 1)), sid = hash_str(a->actor.sid, 2);
    bool new_name, new_sid;
    struct pair *n = table_put(&s->by_name, name, &new_name), *i = table_put(&s->by_sid, sid, &new_sid);
    if (!n || !i)
        return false;
    if (!new_name && !new_sid && n->other != sid && i->other != name)
        return n->seen > 1 && i->seen > 1;
    *n = (struct pair){sid, new_name || n->other != sid ? 1 : n->seen + 1};
    *i = (struct pair){name, new_sid || i->other != name ? 1 : i->seen + 1};
    return false;
}

static void logon(struct detection *d, const struct activity *a)
{
    struct str owner = STR("another account");
    if (a->outcome == OUTCOME_FAILURE || !str_starts(a->actor.sid, STR("S-1-5-21-")) || !str_set(a->actor.name))
        return;
    bool history = history_disagrees(detection_state(d), a);
    if (directory_disagrees(detection_dir(d), a, &owner) || history)
        disagree(d, a, owner);
}

/* ---- the network: MS14-068 begins with a ticket without authorization data, into which none has to fit ---- */

static uint64_t bare_key(const struct activity *a)
{
    return hash_mix(watch_source(a), watch_account(a->actor_entity, &a->actor));
}

static void bare_logon(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    if (a->outcome != OUTCOME_SUCCESS || act_u64(a, FACT_PAC_REQUESTED, 1) || !account_set(&a->actor))
        return;
    struct bare *b = table_put(&s->bare, bare_key(a), NULL);
    struct witnesses one = {0};
    witness_add(&one, a);
    if (b)
        *b = (struct bare){a->time, one.w[0]};
}

static void own_data(struct detection *d, const struct activity *a)
{
    struct state *s = detection_state(d);
    struct arena *arena = detection_arena(d);
    const struct bare *b = table_get(&s->bare, bare_key(a));
    if (!b || !act_u64(a, FACT_OWN_AUTHORIZATION, 0) || (double)(a->time - b->time) > detection_param(d, P_MINUTES) * (double)TIME_MINUTE)
        return;
    struct witnesses evidence = {0};
    struct draft f = draft_of(a);
    common_witness(&evidence, &b->witness);
    f.evidence = &evidence;
    f.campaign = campaign(d, a);
    f.description = str_fmt(arena,
                            "%.*s on %.*s asked %.*s at %.*s for a ticket for %.*s with authorization data of its own, after it had got a "
                            "ticket-granting ticket without any%s. This is how a forged group membership (MS14-068) looks.",
                            STR_ARG(account_text(&a->actor)), STR_ARG(watch_source_text(arena, a)), STR_ARG(watch_destination_text(arena, a)),
                            STR_ARG(watch_time(arena, a->time)),
                            STR_ARG(str_set(act_str(a, FACT_SPN)) ? act_str(a, FACT_SPN) : STR("a service")),
                            a->outcome == OUTCOME_FAILURE ? "; the controller refused" : "");
    detection_raise(d, a, &f);
}

static void see(struct detection *d, const struct activity *a)
{
    if (a->kind == KIND_CREDENTIALS_VALIDATION) {
        bare_logon(d, a);
        return;
    }
    if (a->kind == KIND_RESOURCE_ACCESS && account_set(&a->actor))
        own_data(d, a);
    if (a->kind != KIND_RESOURCE_ACCESS)
        logon(d, a);
    else if (a->outcome == OUTCOME_FAILURE && act_u64(a, FACT_ERROR_CODE, a->has_code ? a->code : 0) == KDC_ERR_SUMTYPE_NOSUPP)
        refused(d, a);
}

static const enum kind wants[] = {KIND_RESOURCE_ACCESS, KIND_NETWORK_LOGON, KIND_SPECIAL_PRIVILEGES, KIND_INTERACTIVE_LOGON, KIND_REMOTE_DESKTOP,
                                  KIND_CREDENTIALS_VALIDATION, KIND_COUNT};
static const enum kind needs[] = {KIND_RESOURCE_ACCESS, KIND_NETWORK_LOGON, KIND_INTERACTIVE_LOGON, KIND_REMOTE_DESKTOP, KIND_COUNT};

static const struct phrase phrases[] = {
    {"{} on {} asked {} at {} for a ticket for {} with authorization data whose checksum is of a type that no controller makes (Kerberos error "
     "0xF); the controller refused. This is how a forged group membership (MS14-068, MS11-013) looks.",
     "{}, sur {}, a demandé à {} le {} un ticket pour {} avec des données d’autorisation dont la somme de contrôle est d’un type qu’aucun "
     "contrôleur ne fait (erreur Kerberos 0xF) ; le contrôleur a refusé. C’est à quoi ressemble une appartenance à un groupe falsifiée (MS14-068, "
     "MS11-013)."},
    {"{} logged on to {} from {} at {} with the SID {}, which belongs to {}: the ticket's authorization data does not fit its name.",
     "{} s’est connecté à {} depuis {} le {} avec le SID {}, qui appartient à {} : les données d’autorisation du ticket ne correspondent pas à son "
     "nom."},
    {"another account", "un autre compte"},
    {"{} on {} asked {} at {} for a ticket for {} with authorization data of its own, after it had got a ticket-granting ticket without any{?}. "
     "This is how a forged group membership (MS14-068) looks.",
     "{}, sur {}, a demandé à {} le {} un ticket pour {} avec des données d’autorisation écrites par lui, après avoir obtenu un TGT sans aucune{}. "
     "C’est à quoi ressemble une appartenance à un groupe falsifiée (MS14-068)."},
    {"; the controller refused", " ; le contrôleur a refusé"},
    {0}};

const struct detector det_2013 = {
    .external_id = 2013,
    .name = "Suspected Golden Ticket usage (forged authorization data)",
    .severity = SEVERITY_HIGH,
    .category = CATEGORY_DOMAIN_DOMINANCE,
    .attack = {"T1068", "T1558.001"},
    .about = "Unpatched controllers (MS14-068, MS11-013) accepted group memberships that a client wrote itself, with a checksum that needs no key. "
             "A patched controller refuses such a ticket with error 0xF (event 4769). Where it is accepted, the SID in the ticket may not be "
             "that of its name: events 4624 and 4672 then show a pair that the directory, or what both were seen with before, contradicts. On the "
             "network the whole attack shows: a logon that asks for a ticket without authorization data (PA-PAC-REQUEST false), then a request with "
             "data of the client's own.",
    .blind = "no Kerberos exchange on the network, no event 4769 (Audit Kerberos Service Ticket Operations), no events 4624 and 4672",
    .french = {.name = "Utilisation présumée d’un Golden Ticket (données d’autorisation falsifiées)",
               .about = "Les contrôleurs non corrigés (MS14-068, MS11-013) acceptaient des appartenances à des groupes écrites par le client "
                        "lui-même, avec une somme de contrôle qui ne demande aucune clé. Un contrôleur corrigé refuse un tel ticket avec l’erreur "
                        "0xF (événement 4769). Là où il est accepté, le SID du ticket peut ne pas être celui de son nom : les événements 4624 et "
                        "4672 montrent alors une paire que contredit l’annuaire, ou ce avec quoi l’un et l’autre ont été vus auparavant. Sur le "
                        "réseau, toute l’attaque se voit : une ouverture de session qui demande un ticket sans données d’autorisation "
                        "(PA-PAC-REQUEST à faux), puis une requête avec des données écrites par le client.",
               .blind = "aucun échange Kerberos sur le réseau, aucun événement 4769 (Auditer les opérations de ticket du service Kerberos), aucun "
                        "événement 4624 ni 4672",
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
