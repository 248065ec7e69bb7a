/* posture/ass_ntlm_v1.c - legacy protocols: NTLMv1 and LM responses.
 *
 * Not counted: anonymous sessions, which are always logged as NTLM V1 and carry no response; refused attempts. */
#include "posture/posture.h"

extern const struct assessment ass_ntlm_v1;

static void see(struct posture *p, const struct activity *a)
{
    struct str version = act_str(a, FACT_LM_PACKAGE);
    if (!str_set(version))
        return;
    posture_judged(p, &ass_ntlm_v1);
    bool old = str_eqi(version, STR("NTLM V1")), oldest = str_eqi(version, STR("LM"));
    if (!(old || oldest) || a->outcome == OUTCOME_FAILURE || posture_local(a) || dir_is(posture_dir(p), a->actor_entity, ENTITY_BUILTIN))
        return;
    posture_note(p, &ass_ntlm_v1, a->actor_entity, a,
                 POSTURE_SAY(p, "signed in with {} from {} to {}", "connexion avec {} depuis {} vers {}", posture_same(oldest ? STR("LM") : STR("NTLMv1")),
                             posture_from(p, a), posture_to(p, a)));
}

const struct assessment ass_ntlm_v1 = {
    .id = "ntlm_v1",
    .name = "Legacy protocols usage",
    .impact = IMPACT_MEDIUM,
    .about = "These accounts authenticated with NTLMv1 or LM. From a captured response the password hash can be computed in "
             "hours, and a response can be relayed to other servers.",
    .todo = {"Set LAN Manager authentication level to 'Send NTLMv2 response only. Refuse LM & NTLM' on the computers named, then everywhere.",
             "Update or replace devices that only speak NTLMv1.", "Audit NTLM on domain controllers and reduce it to what needs it.", NULL},
    .needs = "logons with their NTLM version: event 4624, Samba's authentication audit, or network traffic",
    .french = {.name = "Utilisation de protocoles hérités",
               .about = "Ces comptes se sont authentifiés avec NTLMv1 ou LM. D’une réponse capturée, le hachage du mot de passe se calcule en "
                        "quelques heures, et une réponse peut être relayée vers d’autres serveurs.",
               .todo = {"Réglez le niveau d’authentification LAN Manager sur « Envoyer uniquement une réponse NTLM version 2. Refuser LM et NTLM » "
                        "sur les ordinateurs nommés, puis partout.",
                        "Mettez à jour ou remplacez les appareils qui ne parlent que NTLMv1.",
                        "Auditez NTLM sur les contrôleurs de domaine et réduisez-le à ce qui en a besoin.", NULL},
               .needs = "les ouvertures de session avec leur version de NTLM : événement 4624, audit d’authentification de Samba, ou trafic réseau"},
    .see = see,
};
