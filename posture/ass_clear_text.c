/* posture/ass_clear_text.c - entities exposing credentials in clear text. */
#include "posture/posture.h"

extern const struct assessment ass_clear_text;

#define NETWORK_CLEARTEXT 8 /* logon type of MS-ADA / 4624: the password reached the server as it is */

static bool encrypted(struct str how)
{
    return str_hasi(how, STR("TLS")) || str_hasi(how, STR("ldaps"));
}

static void see(struct posture *p, const struct activity *a)
{
    struct str from = str_set(a->device) ? a->device : STR("an unknown computer");
    if (a->kind == KIND_LDAP_BIND) {
        posture_judged(p, &ass_clear_text);
        struct str how = act_str(a, FACT_OPERATION);
        if (str_starts(how, STR("simple bind")) && !encrypted(how))
            posture_note(p, &ass_clear_text, a->actor_entity, a, str_fmt(posture_arena(p), "LDAP simple bind without encryption from %.*s", STR_ARG(from)));
    } else if (a->kind == KIND_NETWORK_LOGON && act_u64(a, FACT_LOGON_TYPE, 0) == NETWORK_CLEARTEXT) {
        posture_judged(p, &ass_clear_text);
        posture_note(p, &ass_clear_text, a->actor_entity, a,
                     str_fmt(posture_arena(p), "the password was given in clear text to %.*s (logon type 8)", STR_ARG(a->destination)));
    }
}

const struct assessment ass_clear_text = {
    .id = "clear_text",
    .name = "Entities exposing credentials in clear text",
    .impact = IMPACT_HIGH,
    .about = "These accounts sent their password over the network without encryption. Whoever can read the traffic anywhere on "
             "the way has the password, and with it everything that the account may do.",
    .todo = {"Find the application on the named computer that binds this way, and switch it to LDAPS, StartTLS or Kerberos.",
             "When none is left, require LDAP signing on the domain controllers (Domain controller: LDAP server signing requirements).",
             "Change the passwords of the accounts listed, sensitive ones first.", NULL},
    .needs = "LDAP binds: event 2889 of the Directory Service log (LDAP Interface Events at level 2), Samba's authentication audit, or network traffic",
    .see = see,
};
