/* posture/ass_clear_text.c - entities exposing credentials in clear text.
 *
 * LDAP simple binds outside TLS (event 2889 is written for these only; Samba says whether there was TLS), and HTTP Basic as the network shows it. Not
 * counted: refused binds, which may carry anybody's name and no password of theirs; unsigned SASL binds, which carry no password; logon type 8, which
 * says that a server had the password as it is, not that it came to it unencrypted. */
#include "posture/posture.h"

extern const struct assessment ass_clear_text;

static bool encrypted(struct str how)
{
    return str_hasi(how, STR("TLS")) || str_hasi(how, STR("ldaps"));
}

/* How the password crossed the network as it is; absent when it did not. */
static struct str readable(const struct activity *a)
{
    struct str how = act_str(a, FACT_OPERATION);
    if (a->kind != KIND_LDAP_BIND)
        return act_u64(a, FACT_CLEAR_TEXT, 0) ? STR("HTTP Basic") : STR_NONE;
    return str_starts(how, STR("simple bind")) && !encrypted(how) ? STR("LDAP simple bind") : STR_NONE;
}

static void see(struct posture *p, const struct activity *a)
{
    struct str how = readable(a);
    if (a->kind != KIND_LDAP_BIND && !str_set(how))
        return;
    posture_judged(p, &ass_clear_text);
    if (!str_set(how) || a->outcome == OUTCOME_FAILURE || posture_local(a) || dir_is(posture_dir(p), a->actor_entity, ENTITY_BUILTIN))
        return;
    struct posture_text kind = a->kind == KIND_LDAP_BIND ? POSTURE_TEXT("LDAP simple bind", "liaison LDAP simple") : posture_same(how);
    posture_note(p, &ass_clear_text, a->actor_entity, a,
                 POSTURE_SAY(p, "{} without encryption from {} to {}", "{} sans chiffrement depuis {} vers {}", kind, posture_from(p, a), posture_to(p, a)));
}

const struct assessment ass_clear_text = {
    .id = "clear_text",
    .name = "Entities exposing credentials in clear text",
    .impact = IMPACT_HIGH,
    .about = "These accounts sent their password over the network without encryption. Whoever can read the traffic anywhere on "
             "the way has the password, and with it everything that the account may do.",
    .todo = {"Find the application on the named computer that binds this way, and switch it to LDAPS, StartTLS or Kerberos; web "
             "servers that ask for Basic, to HTTPS or Negotiate.",
             "When none is left, require LDAP signing on the domain controllers (Domain controller: LDAP server signing requirements).",
             "Change the passwords of the accounts listed, sensitive ones first.", NULL},
    .needs =
        "LDAP binds: event 2889 of the Directory Service log (LDAP Interface Events at level 2) Samba's authentication audit, or network traffic",
    .french = {.name = "Entités exposant des identifiants en clair",
               .about = "Ces comptes ont envoyé leur mot de passe sur le réseau sans chiffrement. Quiconque peut lire le trafic en un point du "
                        "trajet a le mot de passe, et avec lui tout ce que le compte peut faire.",
               .todo = {"Trouvez l’application qui, sur l’ordinateur nommé, se lie ainsi, et passez-la à LDAPS, StartTLS ou Kerberos ; les "
                        "serveurs web qui demandent Basic, à HTTPS ou Negotiate.",
                        "Quand il n’en reste plus, exigez la signature LDAP sur les contrôleurs de domaine (Contrôleur de domaine : conditions "
                        "requises pour la signature de serveur LDAP).",
                        "Changez les mots de passe des comptes de la liste, les sensibles d’abord.", NULL},
               .needs = "les liaisons LDAP : événement 2889 du journal Directory Service (LDAP Interface Events au niveau 2), audit "
                        "d’authentification de Samba, ou trafic réseau"},
    .see = see,
};
