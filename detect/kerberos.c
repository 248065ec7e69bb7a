/* detect/kerberos.c - names and classes of encryption types; which realm a ticket-granting ticket is of. */
#include "detect/kerberos.h"

#include "base/hash.h"

bool kerberos_aes(uint64_t etype)
{
    return etype >= 17 && etype <= 20;
}

bool kerberos_weak(uint64_t etype)
{
    return etype == 1 || etype == 3 || etype == 23 || etype == 24;
}

const char *kerberos_etype(uint64_t etype)
{
    switch (etype) {
    case 1: return "DES-CBC-CRC";
    case 3: return "DES-CBC-MD5";
    case 17: return "AES128";
    case 18: return "AES256";
    case 23: return "RC4-HMAC";
    case 24: return "RC4-HMAC-EXP";
    default: return kerberos_aes(etype) ? "AES" : "a weak type";
    }
}

bool kerberos_offers_aes(struct str etypes)
{
    struct str word;
    uint64_t n;
    while (str_cut(&etypes, ' ', &word))
        if (str_u64(word, &n) && kerberos_aes(n))
            return true;
    return false;
}

static struct str granting(struct str service, struct str realm)
{
    return str_starts(service, STR("krbtgt/")) && str_eqi(str_from(service, 7), realm) ? realm : STR_NONE;
}

struct str kerberos_tgt_realm(const struct activity *a)
{
    return granting(act_str(a, FACT_TGT_SERVICE), act_str(a, FACT_TGT_REALM));
}

struct str kerberos_issued_realm(const struct activity *a)
{
    return granting(act_str(a, FACT_TICKET_SERVICE), act_str(a, FACT_TICKET_REALM));
}

uint64_t kerberos_ticket(const struct activity *a, enum fact_key key)
{
    struct str hash = act_str(a, key);
    return str_set(hash) ? hash_str(hash, 88) : 0;
}

bool kerberos_as(const struct activity *a)
{
    return a->kind == KIND_CREDENTIALS_VALIDATION && a->outcome == OUTCOME_SUCCESS && act_has(a, FACT_TICKET_SERVICE);
}

bool kerberos_tgs(const struct activity *a)
{
    return (a->kind == KIND_RESOURCE_ACCESS || a->kind == KIND_TICKET_RENEWAL) && a->outcome == OUTCOME_SUCCESS && act_has(a, FACT_TGT_SERVICE);
}
