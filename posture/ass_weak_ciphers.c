/* posture/ass_weak_ciphers.c - weak cipher usage: DES and RC4 in Kerberos.
 *
 * The etype of a service ticket is the service account's doing (its keys and msDS-SupportedEncryptionTypes), so it is noted
 * there; what the client used to prove itself, and its session key, are the client's. Numbers: RFC 3961, RFC 4757, IANA. */
#include "posture/posture.h"

#include "model/uac.h"

extern const struct assessment ass_weak_ciphers;

enum { DES_CBC_CRC = 1, DES_CBC_MD5 = 3, RC4_HMAC = 23, RC4_HMAC_EXP = 24 };

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

static void note(struct posture *p, uint32_t entity, const struct activity *a, const char *cipher, const char *what)
{
    if (entity && cipher)
        posture_note(p, &ass_weak_ciphers, entity, a, str_fmt(posture_arena(p), "%s %s", cipher, what));
}

static void see(struct posture *p, const struct activity *a)
{
    if (a->protocol != PROTO_KERBEROS || a->outcome == OUTCOME_FAILURE)
        return;
    uint64_t ticket = act_u64(a, FACT_TICKET_ETYPE, 0), proof = act_u64(a, FACT_PREAUTH_ETYPE, 0), session = act_u64(a, FACT_SESSION_ETYPE, 0);
    if (!ticket && !proof)
        return;
    posture_judged(p, &ass_weak_ciphers);
    if (a->kind == KIND_CREDENTIALS_VALIDATION) {
        note(p, a->actor_entity, a, weak(proof ? proof : ticket), proof ? "used to prove who it is" : "in its ticket-granting ticket");
    } else if (a->kind == KIND_RESOURCE_ACCESS) {
        const struct object *service = act_object(a, ROLE_RESOURCE);
        note(p, service ? service->entity : 0, a, weak(ticket), "tickets are issued for this service account");
        if (session && !weak(ticket))
            note(p, a->actor_entity, a, weak(session), "session keys asked for");
    }
}

static void check(struct posture *p, const struct entity *e, int64_t now)
{
    (void)now;
    if (e->flags & ENTITY_IN_DIRECTORY && e->uac)
        posture_judged(p, &ass_weak_ciphers);
    if (e->uac & UAC_USE_DES_ONLY && !(e->uac & UAC_DISABLED))
        posture_fact(p, &ass_weak_ciphers, e, STR("the account is set to use DES only"));
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
    .needs = "Kerberos tickets: events 4768 and 4769, Samba's authentication audit, or network traffic",
    .see = see,
    .check = check,
};
