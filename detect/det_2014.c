/* detect/det_2014.c - Honeytoken activity: any authentication by an account that nobody should use. */
#include "detect/common.h"

#include "base/hash.h"

/* Changes that somebody makes over LDAP; of an event's subject it is not always certain that it did what it is named for. */
static bool changes(const struct activity *a)
{
    return a->protocol == PROTO_LDAP && kind_group(a->kind) == GROUP_DIRECTORY;
}

/* A lockout or a logoff is done to the account, not by it. */
static bool concerns(const struct activity *a)
{
    if (a->kind == KIND_LOGOFF || a->kind == KIND_ACCOUNT_LOCKED || a->kind == KIND_SIGN_OUT)
        return false;
    if (kind_group(a->kind) == GROUP_LOGON || a->kind == KIND_PREAUTH_ASKED)
        return true;
    return kind_shore(a->kind) == SHORE_ONPREM &&
           (kind_group(a->kind) == GROUP_ACCESS || a->kind == KIND_LDAP_SEARCH || a->kind == KIND_SAMR_QUERY || changes(a));
}

static const char *did(const struct activity *a)
{
    if (a->kind == KIND_PREAUTH_ASKED)
        return "began to authenticate";
    if (kind_group(a->kind) != GROUP_LOGON)
        return a->kind == KIND_RESOURCE_ACCESS ? "asked for a service ticket" : "was active";
    if (a->outcome == OUTCOME_FAILURE)
        return "failed to authenticate";
    return a->outcome == OUTCOME_SUCCESS ? "authenticated" : "tried to authenticate";
}

static void see(struct detection *d, const struct activity *a)
{
    const struct dir *dir = detection_dir(d);
    if (!dir_is(dir, a->actor_entity, ENTITY_HONEYTOKEN) || !concerns(a))
        return;
    struct arena *arena = detection_arena(d);
    struct draft f = draft_of(a);
    struct common_place from = common_place(a);
    f.campaign = hash_mix(common_actor_key(dir, a), common_place_key(&from));
    struct str by = a->protocol == PROTO_NONE ? STR("") : str_fmt(arena, " with %.*s", STR_ARG(protocol_text(a->protocol)));
    f.description = str_fmt(arena, "The honeytoken account %.*s %s%.*s from %.*s to %.*s at %.*s (%.*s). Nobody should ever use it.",
                            STR_ARG(account_text(&a->actor)), did(a), STR_ARG(by), STR_ARG(watch_source_text(arena, a)),
                            STR_ARG(watch_destination_text(arena, a)), STR_ARG(watch_time(arena, a->time)), STR_ARG(act_kind(a)));
    detection_raise(d, a, &f);
}

static const enum kind wants[] = {KIND_UNKNOWN, KIND_COUNT};

static bool ready(const struct detection *d)
{
    const struct dir *dir = detection_dir(d);
    for (uint32_t k = 1; k <= dir_count(dir); k++)
        if (dir_is(dir, k, ENTITY_HONEYTOKEN))
            return true;
    return false;
}

static const struct phrase phrases[] = {
    {"The honeytoken account {} {*}{?} from {} to {} at {} ({kind}). Nobody should ever use it.",
     "Le compte leurre {} {}{} depuis {} vers {} le {} ({}). Personne ne devrait jamais l’utiliser."},
    {"began to authenticate", "a commencé à s’authentifier"},
    {"asked for a service ticket", "a demandé un ticket de service"},
    {"was active", "a été actif"},
    {"failed to authenticate", "n’a pas réussi à s’authentifier"},
    {"tried to authenticate", "a essayé de s’authentifier"},
    {"authenticated", "s’est authentifié"},
    {" with {}", " par {}"},
    {0}};

const struct detector det_2014 = {
    .external_id = 2014,
    .name = "Honeytoken activity",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_COMPROMISED_CREDENTIAL,
    .attack = {"T1078.002"},
    .about = "A honeytoken is an account that exists only to be stolen: it has no job, so whatever it does is an attack. Tag it as such, and every "
             "authentication by it, successful, failed or only begun (on the network), LDAP binds among them, every service ticket that it asks for, every share "
             "that it opens and every directory query or change over LDAP that it makes raises this alert, one per account and source. What is done to the "
             "account, such as adding it to a group, does not.",
    .blind = "no account tagged as a honeytoken, or no activity at all",
    .french = {.name = "Activité d’un compte leurre (honeytoken)",
               .about = "Un compte leurre n’existe que pour être volé : il n’a pas de travail, donc tout ce qu’il fait est une attaque. "
                        "Étiquetez-le ainsi, et toute authentification avec lui, réussie, échouée ou seulement commencée (sur le réseau), liaisons "
                        "LDAP comprises, tout ticket de service qu’il demande, tout partage qu’il ouvre et toute requête ou modification "
                        "d’annuaire qu’il fait par LDAP lève cette alerte, une par compte et par source. Ce que l’on fait au compte, comme "
                        "l’ajouter à un groupe, n’en lève pas.",
               .blind = "aucun compte étiqueté comme leurre, ou aucune activité",
               .phrases = phrases},
    .ready = ready,
    .wants = wants,
    .see = see,
};
