/* decode/tickets.c - a direct-mapped memory of ticket owners. */
#include "decode/tickets.h"

#include "base/hash.h"

void ticket_hash(uint8_t out[16], const uint8_t *cipher, size_t n)
{
    const struct str part = {(const char *)cipher, n};
    hash_id(out, &part, 1);
}

static size_t slot(const uint8_t hash[16])
{
    return ((size_t)hash[0] | (size_t)hash[1] << 8) % TICKETS;
}

void ticket_issued(struct ticket_cache *c, const uint8_t hash[16], struct str name, struct str realm, bool initial)
{
    /* RFC 8062 3: the name of nobody, under which FAST hides the client (RFC 6113 5.4.2) */
    bool nobody = str_eq(name, STR("WELLKNOWN/ANONYMOUS"));
    if (!c || !name.n || nobody || name.n > TICKET_NAME || realm.n > TICKET_NAME)
        return;
    struct ticket_owner *o = &c->owner[slot(hash)];
    memcpy(o->hash, hash, sizeof o->hash);
    o->set = true;
    o->initial = initial;
    o->name_n = (uint16_t)name.n;
    o->realm_n = (uint16_t)realm.n;
    memcpy(o->name, name.p, name.n);
    if (realm.n)
        memcpy(o->realm, realm.p, realm.n);
}

const struct ticket_owner *ticket_of(const struct ticket_cache *c, const uint8_t hash[16])
{
    const struct ticket_owner *o = c ? &c->owner[slot(hash)] : NULL;
    return o && o->set && memcmp(o->hash, hash, sizeof o->hash) == 0 ? o : NULL;
}
