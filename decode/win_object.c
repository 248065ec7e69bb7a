/* decode/win_object.c - directory, SAM and LSA objects that were opened, read, changed, moved or deleted.
 *
 * Fields: Windows security auditing events 4661, 4662, 5136, 5137, 5138, 5139, 5141. Control access
 * rights: MS-ADTS 5.1.3.2.1. */
#include "base/dn.h"
#include "decode/winevent.h"
#include "decode/wintext.h"

enum { CONTROL_ACCESS = 0x100 }; /* ADS_RIGHT_DS_CONTROL_ACCESS, MS-ADTS 5.1.3.2 */

/* DS-Replication-Get-Changes, -All, -In-Filtered-Set */
static const struct str replication_rights[] = {{"1131f6aa-9c07-11d1-f79f-00c04fc2dcd2", 36},
                                                {"1131f6ad-9c07-11d1-f79f-00c04fc2dcd2", 36},
                                                {"89e95b76-444d-4c62-991a-0facbeda640c", 36}};

static void access_facts(struct decode *d, struct winevent *e, struct str properties)
{
    winevent_text(d, e, FACT_OBJECT_SERVER, WF_ObjectServer);
    decode_str(d, FACT_OBJECT_TYPE, wintext_guid(d->arena, str_trim(win_str(e, WF_ObjectType))));
    decode_str(d, FACT_OBJECT_NAME, wintext_guid(d->arena, str_trim(win_str(e, WF_ObjectName))));
    winevent_number(d, e, FACT_ACCESS_MASK, WF_AccessMask);
    decode_str(d, FACT_PROPERTIES, properties);
    winevent_text(d, e, FACT_PROCESS_NAME, WF_ProcessName);
}

static enum object_type sam_type(struct str type)
{
    if (str_eq(type, STR("SAM_USER")))
        return OBJECT_ACCOUNT;
    if (str_eq(type, STR("SAM_GROUP")) || str_eq(type, STR("SAM_ALIAS")))
        return OBJECT_GROUP;
    return OBJECT_DIRECTORY_OBJECT;
}

/* 4661: a handle to a SAM or directory object. SAM names its objects by SID or by distinguished name. */
static int handle(struct decode *d, struct winevent *e)
{
    bool sam = str_eq(win_str(e, WF_ObjectServer), STR("Security Account Manager"));
    struct activity *a = winevent_begin(d, e, sam ? KIND_SAMR_QUERY : KIND_DIRECTORY_ACCESS);
    winevent_subject(d, e);
    a->protocol = sam ? PROTO_SAMR : PROTO_LDAP;
    struct str name = str_trim(win_str(e, WF_ObjectName));
    enum object_type type = sam ? sam_type(win_str(e, WF_ObjectType)) : OBJECT_DIRECTORY_OBJECT;
    if (name.n) {
        bool sid = str_starts(name, STR("S-1-"));
        struct str cn = dn_value(name, 0);
        bool account = type != OBJECT_DIRECTORY_OBJECT;
        struct object *o = decode_object(d, type, ROLE_TARGET, sid ? STR_NONE : account && str_set(cn) ? cn : name);
        if (o && sid)
            o->ref.sid = name;
    }
    access_facts(d, e, wintext_guids(d->arena, win_str(e, WF_Properties)));
    return decode_emit(d);
}

static bool replicates(struct winevent *e, struct str properties)
{
    if (!(win_u64(e, WF_AccessMask, 0) & CONTROL_ACCESS))
        return false;
    for (size_t i = 0; i < sizeof replication_rights / sizeof *replication_rights; i++)
        if (str_has(properties, replication_rights[i]))
            return true;
    return false;
}

/* 4662: an operation on a directory object, or on an LSA secret. */
static int operation(struct decode *d, struct winevent *e)
{
    struct str properties = wintext_guids(d->arena, win_str(e, WF_Properties));
    struct str name = str_trim(win_str(e, WF_ObjectName));
    enum kind kind = KIND_DIRECTORY_ACCESS;
    enum protocol protocol = PROTO_NONE;
    if (str_has(name, STR("BCKUPKEY"))) { /* the domain's DPAPI backup keys, MS-BKRP 3.1.1 */
        kind = KIND_PRIVATE_DATA_RETRIEVAL;
        protocol = PROTO_LSARPC;
    } else if (replicates(e, properties)) {
        kind = KIND_DIRECTORY_REPLICATION;
        protocol = PROTO_DRSUAPI;
    }
    struct activity *a = winevent_begin(d, e, kind);
    a->protocol = protocol;
    winevent_subject(d, e);
    if (name.n)
        decode_object(d, OBJECT_DIRECTORY_OBJECT, ROLE_TARGET, wintext_guid(d->arena, name));
    access_facts(d, e, properties);
    return decode_emit(d);
}

/* ---- 5136 to 5141: directory service changes ---- */

static void change(struct decode *d, struct winevent *e, enum kind kind, struct str dn)
{
    struct activity *a = winevent_begin(d, e, kind);
    a->outcome = OUTCOME_SUCCESS;
    a->protocol = PROTO_LDAP;
    winevent_subject(d, e);
    winevent_administers(d, STR_NONE);
    dn = str_trim(dn);
    if (dn.n) {
        struct object *o = decode_object(d, OBJECT_DIRECTORY_OBJECT, ROLE_TARGET, dn);
        if (o)
            o->ref.cloud = winevent_guid(d, e, WF_ObjectGUID);
        decode_str(d, FACT_DN, dn);
    }
    winevent_text(d, e, FACT_OBJECT_CLASS, WF_ObjectClass);
}

static int modified(struct decode *d, struct winevent *e)
{
    change(d, e, KIND_OBJECT_CHANGED, win_str(e, WF_ObjectDN));
    struct str attribute = str_trim(win_str(e, WF_AttributeLDAPDisplayName));
    struct str value = str_trim(win_str(e, WF_AttributeValue));
    struct str how = str_trim(win_str(e, WF_OperationType));
    winevent_text(d, e, FACT_ATTRIBUTE, WF_AttributeLDAPDisplayName);
    winevent_text(d, e, FACT_VALUE, WF_AttributeValue);
    if (str_eq(how, STR("%%14674")) || str_hasi(how, STR("added"))) /* message id of "Value Added" */
        decode_str(d, FACT_VALUE_CHANGE, STR("added"));
    else if (str_eq(how, STR("%%14675")) || str_hasi(how, STR("deleted")))
        decode_str(d, FACT_VALUE_CHANGE, STR("deleted"));
    if (str_eqi(attribute, STR("servicePrincipalName")) && value.n)
        decode_str(d, FACT_SPNS, value);
    return decode_emit(d);
}

static int made(struct decode *d, struct winevent *e)
{
    change(d, e, KIND_OBJECT_CREATED, win_str(e, WF_ObjectDN));
    return decode_emit(d);
}

static int moved_to(struct decode *d, struct winevent *e, enum kind kind)
{
    change(d, e, kind, win_str(e, WF_NewObjectDN));
    winevent_text(d, e, FACT_OLD_NAME, WF_OldObjectDN);
    winevent_text(d, e, FACT_NEW_NAME, WF_NewObjectDN);
    return decode_emit(d);
}

static int undeleted(struct decode *d, struct winevent *e)
{
    return moved_to(d, e, KIND_OBJECT_CREATED);
}

static int moved(struct decode *d, struct winevent *e)
{
    return moved_to(d, e, KIND_OBJECT_CHANGED);
}

static int deleted(struct decode *d, struct winevent *e)
{
    change(d, e, KIND_OBJECT_DELETED, win_str(e, WF_ObjectDN));
    return decode_emit(d);
}

static const struct winrow rows[] = {{4661, NULL, handle},    {4662, NULL, operation}, {5136, NULL, modified}, {5137, NULL, made},
                                     {5138, NULL, undeleted}, {5139, NULL, moved},     {5141, NULL, deleted},  {0, NULL, NULL}};

const struct winmap win_object = {rows};
