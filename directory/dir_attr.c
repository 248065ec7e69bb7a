/* directory/dir_attr.c - attributes of Active Directory objects: what each means for an entry. */
#include "directory/dir_ref.h"

#include "base/dn.h"
#include "directory/dir_value.h"
#include "directory/wellknown.h"
#include "model/uac.h"

#include <assert.h>

enum form { TEXT, SID, GUID, NUMBER, MOMENT, FILETIME, TEXTS, REFERENCE, REFERENCES, TRUSTEES, CLASS, DELETED, ADMIN_COUNT };

#define AT(member) offsetof(struct dir_entry, member)

static const struct row {
    const char *name;
    enum form form;
    size_t at, count; /* of lists: also where their length is */
} rows[] = {
    {"objectClass", CLASS, AT(classes), 0},
    {"objectGUID", GUID, AT(guid), 0},
    {"parentGUID", GUID, AT(parent), 0},
    {"objectSid", SID, AT(base.ref.sid), 0},
    {"sAMAccountName", TEXT, AT(base.ref.name), 0},
    {"userPrincipalName", TEXT, AT(base.ref.upn), 0},
    {"mail", TEXT, AT(base.ref.mail), 0},
    {"displayName", TEXT, AT(display), 0},
    {"department", TEXT, AT(department), 0},
    {"title", TEXT, AT(title), 0},
    {"manager", REFERENCE, AT(manager), 0},
    {"c", TEXT, AT(country), 0},
    {"telephoneNumber", TEXT, AT(phone), 0},
    {"dNSHostName", TEXT, AT(dns_name), 0},
    {"operatingSystem", TEXT, AT(os), 0},
    {"memberOf", REFERENCES, AT(groups), AT(ngroups)},
    {"member", REFERENCES, AT(members), AT(nmembers)},
    {"userAccountControl", NUMBER, AT(uac), 0},
    {"primaryGroupID", NUMBER, AT(primary_group), 0},
    {"msDS-SupportedEncryptionTypes", NUMBER, AT(enctypes), 0},
    {"servicePrincipalName", TEXTS, AT(spns), AT(nspns)},
    {"msDS-AllowedToDelegateTo", TEXTS, AT(delegate_to), AT(ndelegate_to)},
    {"msDS-AllowedToActOnBehalfOfOtherIdentity", TRUSTEES, AT(delegates), AT(ndelegates)},
    {"whenCreated", MOMENT, AT(created), 0},
    {"whenChanged", MOMENT, AT(changed), 0},
    {"accountExpires", FILETIME, AT(terminated), 0},
    {"lastLogonTimestamp", FILETIME, AT(last_logon), 0},
    {"pwdLastSet", FILETIME, AT(password_set), 0},
    {"adminCount", ADMIN_COUNT, AT(base.flags), 0},
    {"isDeleted", DELETED, AT(base.flags), 0},
    {"trustPartner", TEXT, AT(base.ref.name), 0},
    {"flatName", TEXT, AT(display), 0},
    {"securityIdentifier", SID, AT(base.ref.sid), 0},
    {"trustDirection", NUMBER, AT(trust_direction), 0},
    {"trustType", NUMBER, AT(trust_type), 0},
    {"trustAttributes", NUMBER, AT(trust_attributes), 0},
};

#define ROWS (sizeof rows / sizeof *rows)

static_assert(ROWS < DIR_ATTR_NAMES, "room for the name that ends the list");

void dir_attr_names(const char *names[DIR_ATTR_NAMES])
{
    for (size_t i = 0; i < ROWS; i++)
        names[i] = rows[i].name;
    names[ROWS] = NULL;
}

static uint32_t class_of(struct str v)
{
    static const struct {
        const char *name;
        uint32_t bit;
    } classes[] = {{"user", DIR_USER},
                   {"inetOrgPerson", DIR_USER},
                   {"computer", DIR_COMPUTER},
                   {"group", DIR_GROUP},
                   {"trustedDomain", DIR_TRUSTED_DOMAIN},
                   {"msDS-GroupManagedServiceAccount", DIR_MANAGED_SERVICE},
                   {"msDS-ManagedServiceAccount", DIR_MANAGED_SERVICE}};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (str_eqi(v, str_of(classes[i].name)))
            return classes[i].bit;
    return DIR_OTHER;
}

/* Signed on the wire (MS-ADTS 3.1.1.2.2.2, Integer): -2147483646 is a group type, and bits are bits. */
static void number(struct str v, uint32_t *out)
{
    int64_t n;
    if (str_i64(v, &n) && n >= INT32_MIN && n <= UINT32_MAX)
        *out = (uint32_t)n;
}

static int add(struct dir_entry *e, struct arena *text, const struct row *row, struct str v)
{
    void *at = (char *)e + row->at;
    size_t *count = (size_t *)(void *)((char *)e + row->count);
    uint32_t *bits = at;
    switch (row->form) {
    case TEXT: *(struct str *)at = str_dup(text, v); break;
    case SID: *(struct str *)at = dir_value_sid(text, v); break;
    case GUID: *(struct str *)at = dir_value_guid(text, v); break;
    case REFERENCE: *(struct str *)at = str_dup(text, dir_value_reference(v)); break;
    case NUMBER: number(v, bits); break;
    case MOMENT: *(int64_t *)at = dir_value_generalized(v); break;
    case FILETIME: *(int64_t *)at = dir_value_filetime(v); break;
    case TEXTS: return dir_list_add(text, at, count, str_dup(text, v));
    case REFERENCES: return dir_list_add(text, at, count, str_dup(text, dir_value_reference(v)));
    case TRUSTEES: return dir_value_trustees(text, v, at, count) ? 0 : ERR_MALFORMED;
    case CLASS: *bits |= class_of(v); break;
    case DELETED: *bits |= str_eqi(v, STR("TRUE")) ? (uint32_t)ENTITY_TERMINATED : 0; break;
    case ADMIN_COUNT: *bits |= str_eq(v, STR("0")) ? 0 : (uint32_t)ENTITY_ADMIN_COUNT; break;
    }
    return 0;
}

int dir_attr_add(struct dir_entry *e, struct arena *text, struct str name, struct str value)
{
    for (size_t i = 0; i < ROWS; i++)
        if (str_eqi(name, str_of(rows[i].name)))
            return value.n ? add(e, text, &rows[i], value) : 0;
    return 0;
}

static uint32_t flags_of(const struct dir_entry *e)
{
    uint32_t flags = 0;
    bool computer = e->classes & DIR_COMPUTER;
    if (e->uac & UAC_DISABLED)
        flags |= ENTITY_DISABLED;
    if ((e->uac & UAC_SERVER_TRUST) || (computer && (e->primary_group == 516 || e->primary_group == 521)))
        flags |= e->primary_group == 521 ? (uint32_t)(ENTITY_DC | ENTITY_RODC) : (uint32_t)ENTITY_DC;
    if ((e->classes & DIR_MANAGED_SERVICE) || (e->nspns && !computer))
        flags |= ENTITY_SERVICE;
    return flags;
}

void dir_attr_finish(struct dir_import *im, struct dir_entry *e)
{
    e->base.ref.domain = dn_domain(&im->text, e->dn);
    if (e->classes & DIR_GROUP)
        e->base.type = ENTITY_GROUP;
    else if ((e->classes & DIR_COMPUTER) && !(e->classes & DIR_MANAGED_SERVICE))
        e->base.type = ENTITY_COMPUTER;
    else if (e->classes & (DIR_USER | DIR_MANAGED_SERVICE))
        e->base.type = ENTITY_USER;
    else
        e->role = e->classes & DIR_TRUSTED_DOMAIN ? DIR_TRUST : DIR_PLACE;
    if (e->role != DIR_ENTITY)
        return;
    e->base.flags |= flags_of(e);
    if ((e->base.flags & ENTITY_TERMINATED) && e->changed != TIME_NONE)
        e->terminated = e->changed;
    /* an export that lists accounts lists them all: krbtgt stands for that */
    if (sid_rid(e->base.ref.sid) == 502) {
        dir_import_domain(im, e->base.ref.domain);
        dir_import_domain(im, sid_domain(e->base.ref.sid));
    }
}
