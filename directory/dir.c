/* directory/dir.c - looking up who exists, and resolving an activity's names. */
#include "directory/dir_private.h"

#include "base/hash.h"
#include "directory/dir_build.h"
#include "directory/wellknown.h"

uint64_t dir_key_hash(enum dir_key kind, struct str text)
{
    return hash_stri(text, (uint64_t)kind);
}

uint64_t dir_domain_hash(struct table *domains, struct str domain)
{
    uint64_t h = hash_stri(domain, 7);
    const uint64_t *canonical = table_get(domains, h);
    return canonical ? *canonical : h;
}

uint64_t dir_domain_name_hash(uint64_t domain, struct str name)
{
    return hash_mix(domain, dir_key_hash(KEY_DOMAIN_NAME, name));
}

uint64_t dir_group_hash(struct table *domains, const struct account *a)
{
    return hash_mix(dir_domain_name_hash(dir_domain_hash(domains, a->domain), a->name), KEY_GROUP_NAME);
}

struct str dir_host_part(struct str name)
{
    ptrdiff_t dot = str_chr(name, '.');
    if (dot > 0)
        name = str_sub(name, 0, (size_t)dot);
    if (name.n > 1 && name.p[name.n - 1] == '$')
        name.n--;
    return name;
}

/* Look-ups do not change the tables but for their second-chance bits, which only eviction reads, and a
 * built directory never evicts. */
static struct table *shared(const struct table *t)
{
    return (struct table *)(uintptr_t)t;
}

static uint32_t find(const struct dir *d, uint64_t key)
{
    const uint32_t *v = table_get(shared(&d->keys), key);
    return v ? *v : 0;
}

uint32_t dir_count(const struct dir *d)
{
    return d->n;
}

const struct entity *dir_entity(const struct dir *d, uint32_t number)
{
    if (number == 0 || number > d->n)
        return NULL;
    const struct entity *e = &d->entities[d->stays ? d->stays[number] : number];
    return e->number ? e : NULL;
}

uint32_t dir_number(const struct dir *d, uint32_t number)
{
    const struct entity *e = dir_entity(d, number);
    return e ? e->number : 0;
}

size_t dir_merged(const struct dir *d, const struct dir_alias **out)
{
    *out = d->merged;
    return d->nmerged;
}

bool dir_is(const struct dir *d, uint32_t number, uint32_t flags)
{
    const struct entity *e = dir_entity(d, number);
    return e && (e->flags & flags) == flags;
}

uint32_t dir_sid(const struct dir *d, struct str sid)
{
    return str_set(sid) ? find(d, dir_key_hash(KEY_SID, sid)) : 0;
}

/* A forged ticket carries another's SID under its own name: then the name says who it claims to be. */
static bool agrees(const struct dir *d, uint32_t number, const struct account *a)
{
    const struct entity *e = dir_entity(d, number);
    return e && (!str_set(a->name) || !str_set(e->sam) || str_eqi(e->sam, a->name) || str_chr(a->name, '@') > 0);
}

static uint32_t by_domain_name(const struct dir *d, const struct account *a)
{
    if (!str_set(a->name) || !str_set(a->domain))
        return 0;
    return find(d, dir_domain_name_hash(dir_domain_hash(shared(&d->domains), a->domain), a->name));
}

uint32_t dir_account(const struct dir *d, const struct account *a)
{
    uint32_t sid = dir_sid(d, a->sid), n;
    if (sid && agrees(d, sid, a))
        return sid;
    if (str_set(a->cloud) && (n = find(d, dir_key_hash(KEY_CLOUD, a->cloud))) != 0)
        return n;
    if (str_set(a->upn) && (n = find(d, dir_key_hash(KEY_ADDRESS, a->upn))) != 0)
        return n;
    if (str_set(a->mail) && (n = find(d, dir_key_hash(KEY_ADDRESS, a->mail))) != 0)
        return n;
    if ((n = by_domain_name(d, a)) != 0)
        return n;
    if (str_set(a->name) && (n = find(d, dir_key_hash(KEY_NAME, a->name))) != 0 && (!str_set(a->domain) || !str_set(d->entities[n].domain)))
        return n;
    if (str_ends(a->name, STR("$")))
        return dir_computer(d, a->name);
    return sid;
}

uint32_t dir_computer(const struct dir *d, struct str name)
{
    return str_set(name) ? find(d, dir_key_hash(KEY_HOST, dir_host_part(name))) : 0;
}

const struct trust *dir_trusts(const struct dir *d, size_t *n)
{
    *n = d->ntrusts;
    return d->trusts;
}

static bool listed(const struct table *t, const struct ip *ip)
{
    return ip_set(ip) && table_get(shared(t), ip_hash(ip)) != NULL;
}

bool dir_dc_destination(const struct dir *d, const struct activity *a)
{
    return dir_is(d, a->destination_entity, ENTITY_DC) || listed(&d->controllers, &a->destination_ip);
}

bool dir_dc_source(const struct dir *d, const struct activity *a)
{
    if (dir_is(d, a->device_entity, ENTITY_DC) || listed(&d->controllers, &a->ip))
        return true;
    return ip_set(&a->ip) && ip_is_loopback(&a->ip) && dir_dc_destination(d, a);
}

bool dir_dns_server(const struct dir *d, uint32_t computer, const struct ip *ip)
{
    const struct entity *e = dir_entity(d, computer);
    return (e && (e->flags & (ENTITY_DC | ENTITY_DNS_SERVER))) || listed(&d->controllers, ip) || listed(&d->dns_servers, ip);
}

bool dir_complete(const struct dir *d, struct str domain)
{
    if (!str_set(domain))
        return false;
    return table_get(shared(&d->complete), dir_domain_hash(shared(&d->domains), domain)) != NULL;
}

bool dir_sensitive_group_sid(const struct dir *d, struct str sid)
{
    return sid_is_sensitive_group(sid) || dir_is(d, dir_sid(d, sid), ENTITY_SENSITIVE);
}

bool dir_sensitive_group_dn(const struct dir *d, struct str dn)
{
    uint32_t number = str_set(dn) ? find(d, dir_key_hash(KEY_DN, dn)) : 0;
    return number ? dir_is(d, number, ENTITY_SENSITIVE) : dn_is_sensitive_group(dn);
}

bool dir_own_domain(const struct dir *d, struct str domain)
{
    const struct own_domain *o = table_get(shared(&d->own), hash_stri(domain, 5));
    return o && (o->imported || o->accounts * 20 >= d->own_most);
}

bool dir_member(const struct dir *d, uint32_t user, uint32_t group)
{
    user = dir_number(d, user);
    group = dir_number(d, group);
    if (!user)
        return false;
    const uint32_t *g = d->all_groups[user];
    for (uint32_t i = 0; i < d->nall_groups[user]; i++)
        if (g[i] == group)
            return true;
    return false;
}

/* ---- resolving ---- */

static uint32_t object_entity(const struct dir *d, const struct object *o)
{
    switch (o->type) {
    case OBJECT_ACCOUNT:
    case OBJECT_MAILBOX: return dir_account(d, &o->ref);
    case OBJECT_COMPUTER: {
        uint32_t n = dir_account(d, &o->ref);
        return n ? n : dir_computer(d, o->ref.name);
    }
    case OBJECT_GROUP: {
        uint32_t n = dir_sid(d, o->ref.sid);
        if (!n && str_set(o->ref.name) && str_set(o->ref.domain))
            n = find(d, dir_group_hash(shared(&d->domains), &o->ref));
        return n || !str_set(o->ref.name) ? n : find(d, dir_key_hash(KEY_GROUP_NAME, o->ref.name));
    }
    case OBJECT_SERVICE:
    case OBJECT_SHARE:
    case OBJECT_FILE:
    case OBJECT_APP:
    case OBJECT_ROLE:
    case OBJECT_DIRECTORY_OBJECT:
    case OBJECT_STORAGE:
    case OBJECT_VM:
    case OBJECT_POLICY:
    case OBJECT_OTHER:
    case OBJECT_TYPE_COUNT: break;
    }
    return 0;
}

/* LDAP names accounts by their distinguished name, of which the account's own name need be no part. */
static void resolve_dn(const struct dir *d, struct activity *a)
{
    struct str dn = a->protocol == PROTO_LDAP ? act_str(a, FACT_DN) : STR_NONE;
    uint32_t number = str_set(dn) ? find(d, dir_key_hash(KEY_DN, dn)) : 0;
    if (number && a->kind == KIND_LDAP_BIND)
        a->actor_entity = number;
    else if (number)
        for (unsigned i = 0; i < a->nobjects; i++)
            if (a->objects[i].type == OBJECT_ACCOUNT)
                a->objects[i].entity = number;
}

void dir_resolve(const struct dir *d, struct activity *a)
{
    a->actor_entity = dir_account(d, &a->actor);
    for (unsigned i = 0; i < a->nobjects; i++)
        a->objects[i].entity = object_entity(d, &a->objects[i]);
    resolve_dn(d, a);
    struct dir_place at;
    uint32_t claimed = dir_computer(d, a->device);
    bool known = dir_where(d, &a->ip, a->time, &at);
    if (known && (at.source > DIR_SOURCE_REQUEST || !claimed)) { /* where its account authenticates from counts more than what a client claims */
        a->device_entity = at.computer;
        a->device_certainty = claimed == at.computer && at.source > DIR_SOURCE_CLAIM ? 100 : at.certainty;
    } else if (claimed) {
        a->device_entity = claimed;
        a->device_certainty = ip_set(&a->ip) ? 60 : 80;
    }
    a->destination_entity = dir_computer(d, a->destination);
    if (!a->destination_entity && dir_where(d, &a->destination_ip, a->time, &at))
        a->destination_entity = at.computer;
}
