/* detect/roguedc.c - reads from directory events that a computer is made to look like a controller. */
#include "detect/roguedc.h"

#include "base/hash.h"
#include "model/uac.h"

#define RIGHT_INSTALL_REPLICA "9923a32a-3607-11d2-b9be-0000f87a36b2"
#define RIGHT_MANAGE_TOPOLOGY "1131f6ac-9c07-11d1-f79f-00c04fc2dcd2"
#define CLASS_SERVER "bf967a92-0de6-11d0-a285-00aa003049e2"
#define CLASS_NTDSDSA "f0f8ffab-1191-11d0-a060-00aa006c33ed"
#define SPN_DRS "E3514235-4B06-11D1-AB04-00C04FC2DCD2/"

/* Directory service access rights, MS-ADTS 5.1.3.2. */
enum { RIGHT_CREATE_CHILD = 0x1, RIGHT_CONTROL_ACCESS = 0x100, RIGHT_DELETE = 0x10000 };
enum { RID_DOMAIN_CONTROLLERS = 516, RID_READ_ONLY_CONTROLLERS = 521 };

struct str roguedc_server(struct str dn)
{
    struct str settings = STR("CN=NTDS Settings,");
    ptrdiff_t at = str_findi(dn, settings);
    if (at >= 0)
        dn = str_from(dn, (size_t)at + settings.n);
    if (!str_startsi(dn, STR("CN=")) || !str_hasi(dn, STR(",CN=Servers,")))
        return STR_NONE;
    ptrdiff_t comma = str_chr(dn, ',');
    return str_sub(dn, 3, (size_t)comma - 3);
}

static struct str dn_of(const struct activity *a)
{
    struct str dn = act_str(a, FACT_DN);
    if (str_set(dn))
        return dn;
    dn = act_str(a, FACT_OBJECT_NAME);
    const struct object *o = act_object(a, ROLE_TARGET);
    return str_hasi(dn, STR("CN=")) || !o ? dn : o->ref.name;
}

static unsigned of_access(const struct activity *a)
{
    struct str properties = act_str(a, FACT_PROPERTIES), type = act_str(a, FACT_OBJECT_TYPE);
    uint64_t mask = act_u64(a, FACT_ACCESS_MASK, 0);
    bool server = str_hasi(properties, STR(CLASS_SERVER)) || str_hasi(properties, STR(CLASS_NTDSDSA));
    unsigned marks = 0;
    if (mask & RIGHT_CONTROL_ACCESS) {
        marks |= str_hasi(properties, STR(RIGHT_INSTALL_REPLICA)) ? ROGUEDC_INSTALL : 0u;
        marks |= str_hasi(properties, STR(RIGHT_MANAGE_TOPOLOGY)) ? ROGUEDC_TOPOLOGY : 0u;
    }
    if ((mask & RIGHT_CREATE_CHILD) && server)
        marks |= ROGUEDC_OBJECT;
    if ((mask & RIGHT_DELETE) && (str_eqi(type, STR(CLASS_SERVER)) || str_eqi(type, STR(CLASS_NTDSDSA)) || server))
        marks |= ROGUEDC_DELETED;
    return marks;
}

/* The service classes that only a controller registers; added ones count, and the whole set that 4742 shows. */
static bool controller_spns(const struct activity *a)
{
    struct str spns = act_str(a, FACT_SPNS), spn;
    if (str_eqi(act_str(a, FACT_VALUE_CHANGE), STR("deleted")))
        return false;
    if (!str_set(spns) && str_eqi(act_str(a, FACT_ATTRIBUTE), STR("servicePrincipalName")))
        spns = act_str(a, FACT_VALUE);
    while (str_cut(&spns, ' ', &spn))
        if (str_startsi(spn, STR(SPN_DRS)) || str_startsi(spn, STR("GC/")))
            return true;
    return false;
}

static bool controller_class(const struct activity *a)
{
    struct str class = act_str(a, FACT_OBJECT_CLASS);
    return str_eqi(class, STR("nTDSDSA")) || (str_eqi(class, STR("server")) && str_set(roguedc_server(dn_of(a))));
}

/* The account type of controllers as SAM writes it (MS-SAMR 2.2.1.12); the directory's is UAC_SERVER_TRUST. */
enum { SAM_SERVER_TRUST = 0x100, SAM_PARTIAL_SECRETS = 0x100000 };

/* DCShadow leaves the computer what it was; a promotion changes its account and where it stands. */
static bool made_controller(const struct activity *a)
{
    uint64_t group = act_u64(a, FACT_PRIMARY_GROUP, 0), uac = 0;
    struct str attribute = act_str(a, FACT_ATTRIBUTE), value = act_str(a, FACT_VALUE);
    if (group == RID_DOMAIN_CONTROLLERS || group == RID_READ_ONLY_CONTROLLERS || (act_u64(a, FACT_UAC_NEW, 0) & SAM_SERVER_TRUST))
        return true;
    if (str_eqi(attribute, STR("userAccountControl")) && !str_eqi(act_str(a, FACT_VALUE_CHANGE), STR("deleted")))
        return str_u64(value, &uac) && (uac & UAC_SERVER_TRUST);
    return (a->kind == KIND_OBJECT_CREATED || a->kind == KIND_OBJECT_CHANGED) && str_hasi(dn_of(a), STR(",OU=Domain Controllers,DC="));
}

/* The account is a workstation's: from its beginning, or again. */
static bool unmade_controller(const struct activity *a)
{
    uint64_t group = act_u64(a, FACT_PRIMARY_GROUP, 0), uac = 0;
    if (group && group != RID_DOMAIN_CONTROLLERS && group != RID_READ_ONLY_CONTROLLERS)
        return true;
    if (act_has(a, FACT_UAC_NEW))
        return !(act_u64(a, FACT_UAC_NEW, 0) & (SAM_SERVER_TRUST | SAM_PARTIAL_SECRETS));
    return str_eqi(act_str(a, FACT_ATTRIBUTE), STR("userAccountControl")) && !str_eqi(act_str(a, FACT_VALUE_CHANGE), STR("deleted")) &&
           str_u64(act_str(a, FACT_VALUE), &uac) && !(uac & (UAC_SERVER_TRUST | UAC_PARTIAL_SECRETS));
}

static struct str first_name(struct str dn)
{
    ptrdiff_t comma = str_chr(dn, ',');
    return str_startsi(dn, STR("CN=")) && comma > 3 ? str_sub(dn, 3, (size_t)comma - 3) : STR_NONE;
}

/* The computer whose account the activity changes. */
static struct str account_of(const struct activity *a)
{
    const struct object *target = act_object(a, ROLE_TARGET);
    if (a->kind == KIND_ACCOUNT_CHANGED || a->kind == KIND_ACCOUNT_CREATED)
        return target ? account_text(&target->ref) : STR_NONE;
    return first_name(dn_of(a));
}

unsigned roguedc_marks(const struct activity *a, struct str *computer)
{
    unsigned marks = 0;
    *computer = STR_NONE;
    if (a->outcome == OUTCOME_FAILURE)
        return 0;
    if (a->kind == KIND_DIRECTORY_ACCESS || a->kind == KIND_DIRECTORY_REPLICATION)
        marks = of_access(a);
    else if (a->kind == KIND_OBJECT_DELETED)
        marks = controller_class(a) ? ROGUEDC_DELETED : 0u;
    else if (a->kind == KIND_OBJECT_CREATED && (controller_class(a) || a->protocol == PROTO_DRSUAPI)) /* IDL_DRSAddEntry */
        marks = ROGUEDC_OBJECT;
    else
        marks = (controller_spns(a) ? ROGUEDC_SPN : 0u) | (made_controller(a) ? ROGUEDC_REAL : unmade_controller(a) ? ROGUEDC_UNMADE : 0u);
    if (marks & (ROGUEDC_SPN | ROGUEDC_REAL | ROGUEDC_UNMADE))
        *computer = account_of(a);
    else if (marks & (ROGUEDC_OBJECT | ROGUEDC_DELETED))
        *computer = roguedc_server(dn_of(a));
    return marks;
}

uint64_t roguedc_key(struct str computer)
{
    ptrdiff_t dot = str_chr(computer, '.');
    if (dot > 0)
        computer = str_sub(computer, 0, (size_t)dot);
    return hash_stri(str_ends(computer, STR("$")) ? str_sub(computer, 0, computer.n - 1) : computer, 1);
}

bool roguedc_learn(struct table *real, unsigned marks, struct str computer)
{
    bool fresh = false;
    if ((marks & ROGUEDC_REAL) && str_set(computer))
        (void)table_put(real, roguedc_key(computer), &fresh);
    else if ((marks & ROGUEDC_UNMADE) && str_set(computer))
        table_drop(real, roguedc_key(computer));
    return fresh;
}

bool roguedc_is_dc(const struct dir *dir, struct table *real, struct str computer)
{
    return str_set(computer) && (dir_is(dir, dir_computer(dir, computer), ENTITY_DC) || table_get(real, roguedc_key(computer)) != NULL);
}

/* ---- the network ---- */

enum { DRS_GET_NC_CHANGES = 3, DRS_REPLICA_ADD = 5, DRS_REPLICA_DEL = 6 };

/* What somebody who is no controller asks of one, or a controller of somebody who is none; *host is that computer. */
static unsigned shown(const struct dir *dir, const struct activity *a, struct ip *host)
{
    uint64_t opnum = act_u64(a, FACT_RPC_OPNUM, UINT64_MAX);
    bool from_dc = dir_dc_source(dir, a), to_dc = dir_dc_destination(dir, a);
    if (opnum == UINT64_MAX || from_dc == to_dc)
        return 0;
    *host = from_dc ? a->destination_ip : a->ip;
    if (to_dc && a->kind == KIND_REPLICA_CHANGE && a->outcome != OUTCOME_FAILURE)
        return opnum == DRS_REPLICA_ADD ? ROGUEDC_ADDED : opnum == DRS_REPLICA_DEL ? ROGUEDC_REMOVED : 0u;
    if (from_dc && a->kind == KIND_RPC_CALL && str_eq(act_str(a, FACT_RPC_SOUGHT), STR("DRSUAPI")))
        return ROGUEDC_SOUGHT;
    bool pulls = from_dc && a->kind == KIND_DIRECTORY_REPLICATION && a->protocol == PROTO_DRSUAPI && opnum == DRS_GET_NC_CHANGES;
    return pulls ? ROGUEDC_PULLED : 0;
}

struct roguedc_host *roguedc_network(const struct dir *dir, struct table *hosts, const struct activity *a, int64_t window)
{
    struct ip ip;
    unsigned did = shown(dir, a, &ip);
    struct roguedc_host *h = did && ip_set(&ip) ? table_put(hosts, ip_hash(&ip), NULL) : NULL;
    if (!h)
        return NULL;
    if (h->last && a->time - h->last > window)
        memset(h, 0, sizeof *h);
    h->last = a->time;
    h->ip = ip;
    uint32_t entity = ip_eq(&ip, &a->ip) ? a->device_entity : a->destination_entity;
    if (entity)
        h->entity = entity;
    h->did |= did;
    h->unreported++;
    witness_add(&h->seen, a);
    return h;
}

struct str roguedc_name(const struct dir *dir, const struct roguedc_host *h)
{
    const struct entity *e = dir_entity(dir, h->entity);
    struct str name = e ? e->name : STR_NONE;
    ptrdiff_t dot = str_chr(name, '.');
    if (dot > 0)
        name = str_sub(name, 0, (size_t)dot);
    return str_ends(name, STR("$")) ? str_sub(name, 0, name.n - 1) : name;
}

struct draft roguedc_draft(const struct dir *dir, const struct activity *a, struct roguedc_host *h)
{
    struct draft f = draft_of(a);
    if (!ip_eq(&h->ip, &a->ip)) {
        f.destination_name = f.source_name;
        f.destination_entity = f.source_entity ? f.source_entity : dir_computer_at(dir, &a->ip);
        f.destination_ip = a->ip;
        f.nusers = f.naccounts = 0; /* the controller's own account */
    }
    f.source_name = roguedc_name(dir, h);
    f.source_entity = h->entity;
    f.source_ip = h->ip;
    f.source_certainty = 0;
    f.evidence = &h->seen;
    f.count = h->unreported;
    h->unreported = 0;
    return f;
}
