/* decode/rpc_samr.c - SAMR: users, groups and aliases of an account database, asked for and changed.
 *
 * Operations: MS-SAMR 3.1.5. A group or user is opened by its relative id within a domain, whose SID the handle stands for. */
#include "decode/rpcif.h"

enum handle { DOMAIN = 1, GROUP, ALIAS, USER };

/* ---- what was opened ---- */

static void domain_opened(struct decode *d, const struct rpc_call *c, const struct rpc_op *op) /* 3.1.5.1.5 */
{
    struct ndr in;
    rpcif_in(c, &in);
    (void)ndr_handle(&in);
    (void)ndr_u32(&in); /* DesiredAccess */
    rpcif_opened(c, DOMAIN, rpcif_sound(&in, ndr_sid(d->arena, &in)));
    rpcif_ignore(d, c, op->name);
}

static struct str sid_of(struct decode *d, struct str domain, uint32_t rid)
{
    return str_set(domain) ? str_fmt(d->arena, "%.*s-%lu", STR_ARG(domain), (unsigned long)rid) : STR_NONE;
}

/* An object by its SID or, where the domain is not known, its relative id. */
static struct object *object(struct decode *d, enum object_type type, enum object_role role, struct str sid)
{
    struct object *o = decode_object(d, type, role, str_starts(sid, STR("S-1-")) ? STR_NONE : sid);
    if (o && str_starts(sid, STR("S-1-")))
        o->ref.sid = sid;
    return o;
}

/* What object_type a 4661 of the same would have: "SAM_GROUP". */
static const char *const type_names[] = {[DOMAIN] = "SAM_DOMAIN", [GROUP] = "SAM_GROUP", [ALIAS] = "SAM_ALIAS", [USER] = "SAM_USER"};
static const enum object_type types[] = {[DOMAIN] = OBJECT_DIRECTORY_OBJECT, [GROUP] = OBJECT_GROUP, [ALIAS] = OBJECT_GROUP, [USER] = OBJECT_ACCOUNT};

static void about(struct decode *d, enum object_role role, enum handle kind, struct str what)
{
    if (!str_set(what))
        return;
    object(d, types[kind], role, what);
    decode_str(d, FACT_OBJECT_TYPE, str_of(type_names[kind]));
    decode_str(d, FACT_OBJECT_NAME, what);
}

/* SamrOpenGroup, OpenAlias, OpenUser: 3.1.5.1.7 to 3.1.5.1.9 */
static void opened(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    enum { OPEN_GROUP = 19, OPEN_ALIAS = 27 };
    struct ndr in;
    uint8_t kind;
    rpcif_in(c, &in);
    struct str domain = rpcif_handle(c, &in, &kind);
    uint32_t access = ndr_u32(&in), rid = ndr_u32(&in);
    enum handle what = c->opnum == OPEN_GROUP ? GROUP : c->opnum == OPEN_ALIAS ? ALIAS : USER;
    struct str sid = kind == DOMAIN ? sid_of(d, domain, rid) : str_fmt(d->arena, "RID %lu", (unsigned long)rid);
    rpcif_begin(d, c, KIND_SAMR_QUERY, op);
    if (ndr_ok(&in)) {
        rpcif_opened(c, (uint8_t)what, sid);
        about(d, ROLE_TARGET, what, sid);
        decode_u64(d, FACT_ACCESS_MASK, access);
    }
    (void)decode_emit(d);
}

/* ---- questions ---- */

/* A question about what the handle stands for: lists, members, information. */
static void asked(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    struct ndr in;
    uint8_t kind;
    rpcif_in(c, &in);
    struct str what = rpcif_handle(c, &in, &kind);
    rpcif_begin(d, c, KIND_SAMR_QUERY, op);
    if (kind)
        about(d, ROLE_TARGET, (enum handle)kind, what);
    (void)decode_emit(d);
}

enum { NAMES = 16 }; /* most names or ids of one lookup that are told */

struct lookup {
    unsigned n;
    struct str name[NAMES];
    uint32_t rid[NAMES], use[NAMES]; /* of the answer; use 0: not there */
};

/* RPC_UNICODE_STRING Names[*], whose texts follow the array. */
static void names_asked(struct decode *d, struct ndr *in, struct lookup *l)
{
    bool there[NAMES] = {false};
    (void)ndr_u32(in); /* Count */
    (void)ndr_size(in);
    (void)ndr_size(in);
    uint64_t count = ndr_size(in);
    for (uint64_t i = 0; i < count && ndr_ok(in); i++) {
        bool text = ndr_unicode(in);
        if (i < NAMES)
            there[i] = text;
    }
    for (; l->n < count && l->n < NAMES && ndr_ok(in); l->n++)
        if (there[l->n])
            l->name[l->n] = rpcif_sound(in, ndr_wide_text(d->arena, in));
}

/* SAMPR_ULONG_ARRAY, 2.2.7.4 */
static void numbers(struct ndr *out, uint32_t to[NAMES])
{
    ndr_align(out, out->wide ? 8 : 4);
    (void)ndr_u32(out); /* Count */
    if (!ndr_pointer(out))
        return;
    uint64_t count = ndr_size(out);
    for (uint64_t i = 0; i < count && ndr_ok(out); i++) {
        uint32_t v = ndr_u32(out);
        if (i < NAMES)
            to[i] = v;
    }
}

/* What kind of account a name is: SID_NAME_USE, 2.2.2.3 */
static enum object_type type_of(uint32_t use)
{
    enum { USE_GROUP = 2, USE_ALIAS = 4, USE_WELL_KNOWN = 5 };
    return use == USE_GROUP || use == USE_ALIAS || use == USE_WELL_KNOWN ? OBJECT_GROUP : OBJECT_ACCOUNT;
}

/* SamrLookupNamesInDomain, 3.1.5.11.2 */
static void names(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    struct ndr in, out;
    struct lookup l = {.n = 0};
    uint8_t kind;
    rpcif_in(c, &in);
    struct str domain = rpcif_handle(c, &in, &kind);
    names_asked(d, &in, &l);
    rpcif_out(c, &out);
    if (rpcif_outcome(c) == OUTCOME_SUCCESS) {
        numbers(&out, l.rid);
        numbers(&out, l.use);
    }
    rpcif_begin(d, c, KIND_SAMR_QUERY, op);
    for (unsigned i = 0; i < l.n; i++) {
        struct object *o = str_set(l.name[i]) ? decode_object(d, type_of(l.use[i]), ROLE_TARGET, l.name[i]) : NULL;
        if (o && ndr_ok(&out) && l.use[i] && l.rid[i] && kind == DOMAIN)
            o->ref.sid = sid_of(d, domain, l.rid[i]);
    }
    (void)decode_emit(d);
}

/* SamrLookupIdsInDomain, 3.1.5.11.3 */
static void ids(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    struct ndr in;
    uint8_t kind;
    rpcif_in(c, &in);
    struct str domain = rpcif_handle(c, &in, &kind);
    (void)ndr_u32(&in);
    (void)ndr_size(&in);
    (void)ndr_size(&in);
    uint64_t count = ndr_size(&in);
    rpcif_begin(d, c, KIND_SAMR_QUERY, op);
    for (unsigned i = 0; i < count && i < NAMES && kind == DOMAIN; i++) {
        uint32_t rid = ndr_u32(&in);
        if (!ndr_ok(&in))
            break;
        object(d, OBJECT_ACCOUNT, ROLE_TARGET, sid_of(d, domain, rid));
    }
    (void)decode_emit(d);
}

/* ---- changes ---- */

static void begin_change(struct decode *d, const struct rpc_call *c, enum kind kind, const struct rpc_op *op)
{
    rpcif_begin(d, c, kind, op)->admin = true;
}

static struct str unicode(struct decode *d, struct ndr *in)
{
    return ndr_unicode(in) ? rpcif_sound(in, ndr_wide_text(d->arena, in)) : STR_NONE;
}

/* SamrCreateUserInDomain, CreateUser2InDomain, CreateGroupInDomain, CreateAliasInDomain: 3.1.5.4 */
static void created(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    enum { CREATE_GROUP = 10, CREATE_ALIAS = 14, CREATE_USER2 = 50, WORKSTATION_TRUST = 0x80, SERVER_TRUST = 0x100 };
    bool group = c->opnum == CREATE_GROUP || c->opnum == CREATE_ALIAS;
    struct ndr in;
    uint8_t kind;
    rpcif_in(c, &in);
    (void)rpcif_handle(c, &in, &kind);
    struct str name = unicode(d, &in);
    uint32_t type = c->opnum == CREATE_USER2 ? ndr_u32(&in) : 0;
    begin_change(d, c, group ? KIND_GROUP_CREATED : KIND_ACCOUNT_CREATED, op);
    if (str_set(name) && group)
        decode_object(d, OBJECT_GROUP, ROLE_GROUP, name);
    else if (str_set(name))
        decode_object(d, type & (WORKSTATION_TRUST | SERVER_TRUST) ? OBJECT_COMPUTER : OBJECT_ACCOUNT, ROLE_TARGET, name);
    if (type && ndr_ok(&in))
        decode_u64(d, FACT_UAC_NEW, type);
    if (str_set(name))
        rpcif_opened(c, group ? GROUP : USER, name);
    (void)decode_emit(d);
}

/* SamrDeleteUser, DeleteGroup, DeleteAlias: 3.1.5.7 */
static void deleted(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    enum { DELETE_USER = 35 };
    struct ndr in;
    uint8_t kind;
    rpcif_in(c, &in);
    struct str what = rpcif_handle(c, &in, &kind);
    bool user = c->opnum == DELETE_USER;
    begin_change(d, c, user ? KIND_ACCOUNT_DELETED : KIND_GROUP_DELETED, op);
    if (str_set(what))
        object(d, user ? OBJECT_ACCOUNT : OBJECT_GROUP, user ? ROLE_TARGET : ROLE_GROUP, what);
    (void)decode_emit(d);
}

/* SamrAddMemberToGroup and RemoveMemberFromGroup name the member by relative id, those of aliases by SID: 3.1.5.8 */
static void member(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    enum { ADD_GROUP = 22, REMOVE_GROUP = 24, ADD_ALIAS = 31 };
    struct ndr in;
    uint8_t kind;
    rpcif_in(c, &in);
    struct str group = rpcif_handle(c, &in, &kind), who = STR_NONE;
    if (c->opnum == ADD_GROUP || c->opnum == REMOVE_GROUP) {
        uint32_t rid = ndr_u32(&in);
        ptrdiff_t dash = str_starts(group, STR("S-1-")) ? str_rchr(group, '-') : -1;
        who = dash > 0 ? sid_of(d, str_sub(group, 0, (size_t)dash), rid) : str_fmt(d->arena, "RID %lu", (unsigned long)rid);
    } else {
        who = ndr_sid(d->arena, &in);
    }
    begin_change(d, c, c->opnum == ADD_GROUP || c->opnum == ADD_ALIAS ? KIND_GROUP_MEMBER_ADDED : KIND_GROUP_MEMBER_REMOVED, op);
    if (str_set(group))
        object(d, OBJECT_GROUP, ROLE_GROUP, group);
    if (str_set(rpcif_sound(&in, who)))
        object(d, OBJECT_ACCOUNT, ROLE_MEMBER, who);
    (void)decode_emit(d);
}

/* USER_INFORMATION_CLASS, 2.2.6.28: which of them carry a password. */
static bool sets_password(uint32_t class)
{
    return class == 18 || (class >= 23 && class <= 26) || class == 31 || class == 32;
}

/* SamrSetInformationUser, SetInformationUser2: 3.1.5.6.4, 3.1.5.6.5. Of the values only the account control is read. */
static void user_set(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    enum { CONTROL = 16 };
    struct ndr in;
    uint8_t kind;
    rpcif_in(c, &in);
    struct str who = rpcif_handle(c, &in, &kind);
    uint32_t class = ndr_enum(&in);
    bool password = ndr_ok(&in) && sets_password(class);
    begin_change(d, c, password ? KIND_PASSWORD_RESET : KIND_ACCOUNT_CHANGED, op);
    if (str_set(who))
        object(d, OBJECT_ACCOUNT, ROLE_TARGET, who);
    (void)ndr_enum(&in); /* the union's own discriminant */
    uint32_t control = class == CONTROL ? ndr_u32(&in) : 0;
    if (class == CONTROL && ndr_ok(&in))
        decode_u64(d, FACT_UAC_NEW, control);
    (void)decode_emit(d);
}

/* SamrUnicodeChangePasswordUser2 and 4, SamrOemChangePasswordUser2: 3.1.5.10. Who knows the old password changes it. */
static void password_changed(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    enum { CHANGE_OEM = 54 };
    struct ndr in;
    bool narrow = c->opnum == CHANGE_OEM, pointer;
    rpcif_in(c, &in);
    if (ndr_pointer(&in) && ndr_unicode(&in)) /* ServerName */
        (void)ndr_array(&in, narrow ? 1 : 2, false);
    pointer = ndr_unicode(&in);
    struct str name = !pointer ? STR_NONE : narrow ? ndr_narrow_text(d->arena, &in, false) : ndr_wide_text(d->arena, &in);
    rpcif_begin(d, c, KIND_PASSWORD_CHANGE, op);
    name = rpcif_sound(&in, name);
    if (str_set(name))
        decode_object(d, OBJECT_ACCOUNT, ROLE_TARGET, name);
    (void)decode_emit(d);
}

/* SamrChangePasswordUser, 3.1.5.10.1: by the handle. */
static void own_password_changed(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    struct ndr in;
    uint8_t kind;
    rpcif_in(c, &in);
    struct str who = rpcif_handle(c, &in, &kind);
    rpcif_begin(d, c, KIND_PASSWORD_CHANGE, op);
    if (str_set(who))
        object(d, OBJECT_ACCOUNT, ROLE_TARGET, who);
    (void)decode_emit(d);
}

static const struct rpc_op ops[] = {{0, "SamrConnect", NULL},
                                    {1, "SamrCloseHandle", NULL},
                                    {2, "SamrSetSecurityObject", NULL},
                                    {3, "SamrQuerySecurityObject", NULL},
                                    {5, "SamrLookupDomainInSamServer", NULL},
                                    {6, "SamrEnumerateDomainsInSamServer", NULL},
                                    {7, "SamrOpenDomain", domain_opened},
                                    {8, "SamrQueryInformationDomain", NULL},
                                    {9, "SamrSetInformationDomain", NULL},
                                    {10, "SamrCreateGroupInDomain", created},
                                    {11, "SamrEnumerateGroupsInDomain", asked},
                                    {12, "SamrCreateUserInDomain", created},
                                    {13, "SamrEnumerateUsersInDomain", asked},
                                    {14, "SamrCreateAliasInDomain", created},
                                    {15, "SamrEnumerateAliasesInDomain", asked},
                                    {16, "SamrGetAliasMembership", NULL},
                                    {17, "SamrLookupNamesInDomain", names},
                                    {18, "SamrLookupIdsInDomain", ids},
                                    {19, "SamrOpenGroup", opened},
                                    {20, "SamrQueryInformationGroup", asked},
                                    {21, "SamrSetInformationGroup", NULL},
                                    {22, "SamrAddMemberToGroup", member},
                                    {23, "SamrDeleteGroup", deleted},
                                    {24, "SamrRemoveMemberFromGroup", member},
                                    {25, "SamrGetMembersInGroup", asked},
                                    {26, "SamrSetMemberAttributesOfGroup", NULL},
                                    {27, "SamrOpenAlias", opened},
                                    {28, "SamrQueryInformationAlias", asked},
                                    {29, "SamrSetInformationAlias", NULL},
                                    {30, "SamrDeleteAlias", deleted},
                                    {31, "SamrAddMemberToAlias", member},
                                    {32, "SamrRemoveMemberFromAlias", member},
                                    {33, "SamrGetMembersInAlias", asked},
                                    {34, "SamrOpenUser", opened},
                                    {35, "SamrDeleteUser", deleted},
                                    {36, "SamrQueryInformationUser", asked},
                                    {37, "SamrSetInformationUser", user_set},
                                    {38, "SamrChangePasswordUser", own_password_changed},
                                    {39, "SamrGetGroupsForUser", asked},
                                    {40, "SamrQueryDisplayInformation", asked},
                                    {41, "SamrGetDisplayEnumerationIndex", NULL},
                                    {44, "SamrGetUserDomainPasswordInformation", NULL},
                                    {45, "SamrRemoveMemberFromForeignDomain", NULL},
                                    {46, "SamrQueryInformationDomain2", NULL},
                                    {47, "SamrQueryInformationUser2", asked},
                                    {48, "SamrQueryDisplayInformation2", asked},
                                    {49, "SamrGetDisplayEnumerationIndex2", NULL},
                                    {50, "SamrCreateUser2InDomain", created},
                                    {51, "SamrQueryDisplayInformation3", asked},
                                    {52, "SamrAddMultipleMembersToAlias", NULL},
                                    {53, "SamrRemoveMultipleMembersFromAlias", NULL},
                                    {54, "SamrOemChangePasswordUser2", password_changed},
                                    {55, "SamrUnicodeChangePasswordUser2", password_changed},
                                    {56, "SamrGetDomainPasswordInformation", NULL},
                                    {57, "SamrConnect2", NULL},
                                    {58, "SamrSetInformationUser2", user_set},
                                    {62, "SamrConnect4", NULL},
                                    {64, "SamrConnect5", NULL},
                                    {65, "SamrRidToSid", NULL},
                                    {66, "SamrSetDSRMPassword", NULL},
                                    {67, "SamrValidatePassword", NULL},
                                    {73, "SamrUnicodeChangePasswordUser4", password_changed},
                                    {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_samr = {
    .name = "SAMR",
    .about = "Users, groups and aliases of a domain: lists, members, information, and their changes (MS-SAMR).",
    /* 12345778-1234-abcd-ef00-0123456789ac */
    .uuid = {0x78, 0x57, 0x34, 0x12, 0x34, 0x12, 0xcd, 0xab, 0xef, 0x00, 0x01, 0x23, 0x45, 0x67, 0x89, 0xac},
    .protocol = PROTO_SAMR,
    .ending = RPCIF_NTSTATUS,
    .pipe = "samr",
    .call = call,
};
