/* posture/ass_weak_ciphers.c - weak cipher usage: DES and RC4 in Kerberos.
 *
 * What the client proved itself with is the client's doing. A weak service ticket is the service account's (its keys and
 * msDS-SupportedEncryptionTypes), unless the client offered nothing better or the directory says that the service does AES: then
 * somebody asked for a weak one. A weak ticket-granting ticket after a strong proof is krbtgt's. Numbers: RFC 3961, RFC 4757, IANA;
 * msDS-SupportedEncryptionTypes: MS-KILE 2.2.7. */
#include "posture/posture.h"

#include "model/uac.h"

extern const struct assessment ass_weak_ciphers;

enum { DES_CBC_CRC = 1, DES_CBC_MD5 = 3, AES_FIRST = 17, AES_LAST = 20, RC4_HMAC = 23, RC4_HMAC_EXP = 24 };
enum { ENCTYPES_DES = 0x1 | 0x2, ENCTYPES_AES = 0x8 | 0x10, WEIGHT_DES_ALLOWED = 1, WEIGHT_DES_ONLY = 2 };

static const char *weak(uint64_t etype)
{
    switch (etype) {
    case DES_CBC_CRC:
    case DES_CBC_MD5: return "DES";
    case RC4_HMAC:
    case RC4_HMAC_EXP: return "RC4";
    default: return NULL;
    }
}

/* The account that the ticket is for: its SID, else its name in the client's domain. */
static uint32_t service_of(struct posture *p, const struct activity *a)
{
    const struct object *o = act_object(a, ROLE_RESOURCE);
    if (!o)
        return 0;
    uint32_t known = dir_sid(posture_dir(p), o->ref.sid);
    return known ? known : dir_account(posture_dir(p), &(struct account){.name = o->ref.name, .domain = a->actor.domain});
}

static bool offers_aes(struct str etypes)
{
    struct str word;
    uint64_t n;
    while (str_cut(&etypes, ' ', &word))
        if (str_u64(word, &n) && n >= AES_FIRST && n <= AES_LAST)
            return true;
    return false;
}

/* The client had a choice, and it was its own. */
static bool clients_doing(struct posture *p, const struct activity *a, uint32_t service)
{
    struct str offered = act_str(a, FACT_CLIENT_ETYPES);
    const struct entity *e = dir_entity(posture_dir(p), service);
    return str_set(offered) ? !offers_aes(offered) : e && e->enctypes & ENCTYPES_AES;
}

static void of_client(struct posture *p, const struct activity *a, const char *cipher, struct posture_text what)
{
    posture_note(p, &ass_weak_ciphers, a->actor_entity, a,
                 POSTURE_SAY(p, "{} {}, from {}", "{} {}, depuis {}", posture_same(str_of(cipher)), what, posture_from(p, a)));
}

static void of_service(struct posture *p, const struct activity *a, uint32_t service, const char *cipher, struct posture_text what)
{
    posture_note(p, &ass_weak_ciphers, service, a,
                 POSTURE_SAY(p, "{} {} issued for it, last to {}", "{} : {} pour lui, en dernier à {}", posture_same(str_of(cipher)), what,
                             posture_who(&a->actor)));
}

static void logon(struct posture *p, const struct activity *a, uint32_t krbtgt)
{
    const char *proof = weak(act_u64(a, FACT_PREAUTH_ETYPE, 0)), *ticket = weak(act_u64(a, FACT_TICKET_ETYPE, 0));
    if (proof)
        of_client(p, a, proof, POSTURE_TEXT("used to prove who it is", "utilisé pour prouver son identité"));
    else if (ticket && act_has(a, FACT_PREAUTH_ETYPE))
        of_service(p, a, krbtgt, ticket, POSTURE_TEXT("ticket-granting tickets are", "TGT émis"));
    else if (ticket)
        of_client(p, a, ticket, POSTURE_TEXT("used to sign in", "utilisé pour se connecter"));
}

static void service_ticket(struct posture *p, const struct activity *a, uint32_t service)
{
    const char *ticket = weak(act_u64(a, FACT_TICKET_ETYPE, 0)), *session = weak(act_u64(a, FACT_SESSION_ETYPE, 0));
    if (!ticket && !session)
        return;
    if (clients_doing(p, a, service)) {
        struct str spn = act_str(a, FACT_SPN);
        struct posture_text to = str_set(spn) ? posture_same(spn) : POSTURE_TEXT("a service", "un service");
        of_client(p, a, ticket ? ticket : session, POSTURE_SAY(p, "asked for towards {}", "demandé envers {}", to));
    } else {
        of_service(p, a, service, ticket ? ticket : session,
                   ticket ? POSTURE_TEXT("tickets are", "tickets émis") : POSTURE_TEXT("session keys are", "clés de session émises"));
    }
}

static void see(struct posture *p, const struct activity *a)
{
    if (a->protocol != PROTO_KERBEROS || a->outcome == OUTCOME_FAILURE)
        return;
    if (!act_has(a, FACT_TICKET_ETYPE) && !act_has(a, FACT_PREAUTH_ETYPE))
        return;
    posture_judged(p, &ass_weak_ciphers);
    if (a->kind == KIND_CREDENTIALS_VALIDATION)
        logon(p, a, service_of(p, a));
    else if (a->kind == KIND_RESOURCE_ACCESS)
        service_ticket(p, a, service_of(p, a));
}

static void check(struct posture *p, const struct entity *e, int64_t now)
{
    (void)now;
    if (e->uac & UAC_DISABLED || e->flags & (ENTITY_DISABLED | ENTITY_TERMINATED))
        return;
    if (e->uac & UAC_USE_DES_ONLY)
        posture_fact(p, &ass_weak_ciphers, e, WEIGHT_DES_ONLY, POSTURE_TEXT("set to use DES only (userAccountControl)", "réglé pour n’utiliser que DES (userAccountControl)"));
    else if (e->enctypes & ENCTYPES_DES)
        posture_fact(p, &ass_weak_ciphers, e, WEIGHT_DES_ALLOWED,
                     POSTURE_SAY(p, "DES is allowed for it (msDS-SupportedEncryptionTypes {})", "DES lui est permis (msDS-SupportedEncryptionTypes {})",
                                 posture_same(str_fmt(posture_arena(p), "%u", (unsigned)e->enctypes))));
}

const struct assessment ass_weak_ciphers = {
    .id = "weak_ciphers",
    .name = "Weak cipher usage",
    .impact = IMPACT_MEDIUM,
    .about = "Kerberos with RC4 or DES. RC4 keys are the NT hash of the password: tickets made with them are guessed offline "
             "much faster than AES ones, and a stolen hash serves as a key.",
    .todo = {"Set msDS-SupportedEncryptionTypes of the service accounts listed to AES and change their passwords, so that AES keys exist.",
             "Remove 'Use only Kerberos DES encryption types' from accounts.",
             "Then allow only AES in 'Network security: Configure encryption types allowed for Kerberos'.", NULL},
    .needs = "Kerberos tickets: events 4768 and 4769, or Samba's authentication audit",
    .french = {.name = "Utilisation de chiffrements faibles",
               .about = "Kerberos avec RC4 ou DES. Les clés RC4 sont le hachage NT du mot de passe : les tickets faits avec elles se devinent hors "
                        "ligne bien plus vite que ceux en AES, et un hachage volé sert de clé.",
               .todo = {"Réglez msDS-SupportedEncryptionTypes des comptes de service de la liste sur AES et changez leurs mots de passe, pour que "
                        "des clés AES existent.",
                        "Décochez « Utiliser uniquement les types de chiffrement DES via Kerberos » sur les comptes.",
                        "Puis n’autorisez qu’AES dans « Sécurité réseau : Configurer les types de chiffrement autorisés pour Kerberos ».", NULL},
               .needs = "les tickets Kerberos : événements 4768 et 4769, ou audit d’authentification de Samba"},
    .see = see,
    .check = check,
};
