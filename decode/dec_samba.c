/* decode/dec_samba.c - the JSON audit log of a Samba domain controller.
 *
 * Classes auth_json_audit, dsdb_json_audit, dsdb_password_json_audit, dsdb_group_json_audit and
 * dsdb_transaction_json_audit of smb.conf(5) "log level": one object per line, its "type" naming the
 * member that holds the rest. An Authentication is a check of credentials, an Authorization the session
 * that follows; lines do not name the server but by its address. Statuses are NTSTATUS names (logons) or
 * LDAP result codes (directory). */
#include "base/dn.h"
#include "base/utf.h"
#include "decode/decode.h"
#include "decode/winstatus.h"
#include "decode/wintext.h"

enum { MAX_CHANGES = 64, MAX_VALUE = 1024 }; /* attributes of one change, bytes of their values */

struct line {
    const struct jnode *doc, *body;
    struct str raw;
};

static struct str get(const struct line *l, const char *name)
{
    return decode_some(jin_str(l->doc, l->body, name));
}

/* Lines have no number of their own: the text is the identity, `part` tells activities of one line apart. */
static struct activity *begin(struct decode *d, const struct line *l, enum kind kind, struct str part)
{
    struct activity *a = decode_begin(d, kind);
    struct str names[3] = {STR("samba"), l->raw, part};
    decode_id(d, names, 3);
    a->time = time_parse(jin_str(l->doc, l->doc, "timestamp"));
    a->app = str_of(APP_AD);
    decode_ip(d, get(l, "remoteAddress"));
    uint16_t port;
    (void)ip_parse(get(l, "localAddress"), &a->destination_ip, &port);
    a->destination = get(l, "logonServer");
    uint64_t event;
    if (jin_u64(l->doc, l->body, "eventId", &event))
        decode_u64(d, FACT_EVENT_ID, event);
    return a;
}

static int ignore(struct decode *d, struct str what)
{
    decode_ignored(d, what);
    return ERR_NONE;
}

/* ---- logons ---- */

static void realm_account(struct account *a, struct str s, struct str domain)
{
    ptrdiff_t at = str_rchr(s, '@');
    if (at > 0 && !str_set(domain)) {
        domain = str_from(s, (size_t)at + 1);
        s = str_sub(s, 0, (size_t)at);
    }
    if (str_chr(s, '@') > 0)
        a->upn = s;
    else
        a->name = s.n ? s : STR_NONE;
    a->domain = domain.n ? domain : STR_NONE;
}

/* Whom the credentials turned out to be of, else whom the client named. */
static void authenticated(struct decode *d, const struct line *l)
{
    struct account *a = &d->act.actor;
    struct str sid = get(l, "becameSid"), name = get(l, "becameAccount");
    a->sid = str_eq(sid, STR("S-1-0-0")) ? STR_NONE : sid;
    if (str_set(name)) {
        a->name = name;
        a->domain = get(l, "becameDomain");
    } else {
        realm_account(a, get(l, "clientAccount"), get(l, "clientDomain"));
    }
    d->act.instance = get(l, "becameDomain");
}

static void status(struct decode *d, const struct line *l)
{
    struct activity *a = &d->act;
    struct str name = get(l, "status");
    a->has_code = winstatus_named(name, &a->code);
    a->outcome = a->has_code && a->code == 0 ? OUTCOME_SUCCESS : OUTCOME_FAILURE;
    if (a->outcome == OUTCOME_FAILURE) {
        decode_str(d, FACT_FAILURE_REASON, a->has_code ? winstatus_nt(a->code) : STR("other"));
        decode_str(d, FACT_ERROR_NAME, name);
    }
}

static void password_type(struct decode *d, struct str type)
{
    static const struct {
        struct str name;
        uint64_t etype; /* IANA Kerberos encryption type */
    } etypes[] = {{{"aes256-cts-hmac-sha1-96", 23}, 18}, {{"aes128-cts-hmac-sha1-96", 23}, 17}, {{"arcfour-hmac-md5", 16}, 23},
                  {{"des-cbc-md5", 11}, 3},              {{"des-cbc-crc", 11}, 1}};
    for (size_t i = 0; i < sizeof etypes / sizeof *etypes; i++)
        if (str_eq(type, etypes[i].name))
            decode_u64(d, FACT_PREAUTH_ETYPE, etypes[i].etype);
    if (str_eq(type, STR("NTLMv1")))
        decode_str(d, FACT_LM_PACKAGE, STR("NTLM V1"));
    else if (str_eq(type, STR("NTLMv2")))
        decode_str(d, FACT_LM_PACKAGE, STR("NTLM V2"));
}

static enum protocol protocol_of_service(struct str service, struct str how)
{
    if (str_eq(service, STR("Kerberos KDC")))
        return PROTO_KERBEROS;
    if (str_starts(how, STR("simple bind")))
        return PROTO_LDAP;
    return str_eq(service, STR("NETLOGON")) ? PROTO_NETLOGON : PROTO_NTLM;
}

static enum kind kind_of_protocol(enum protocol p)
{
    if (p == PROTO_LDAP)
        return KIND_LDAP_BIND;
    return p == PROTO_NETLOGON ? KIND_SECURE_CHANNEL : KIND_CREDENTIALS_VALIDATION;
}

static int authentication(struct decode *d, const struct line *l)
{
    struct str service = get(l, "serviceDescription"), how = get(l, "authDescription");
    enum protocol protocol = protocol_of_service(service, how);
    struct activity *a = begin(d, l, kind_of_protocol(protocol), STR_NONE);
    a->protocol = protocol;
    authenticated(d, l);
    struct str session = get(l, "logonId");
    a->session = str_eq(session, STR("0")) ? STR_NONE : session;
    uint64_t type;
    if (jin_u64(l->doc, l->body, "logonType", &type))
        decode_u64(d, FACT_LOGON_TYPE, type);
    decode_str(d, FACT_OPERATION, how);
    decode_str(d, FACT_AUTH_PACKAGE, protocol == PROTO_LDAP ? STR("simple") : STR_NONE);
    struct str workstation = wintext_host(get(l, "workstation"));
    if (str_set(workstation) && protocol != PROTO_LDAP) { /* of a simple bind it is the server's own name */
        decode_str(d, FACT_WORKSTATION, workstation);
        a->device = workstation;
        a->device_certainty = 50; /* the client's word */
    }
    decode_str(d, FACT_SECURE_CHANNEL_NAME, wintext_host(get(l, "netlogonComputer")));
    password_type(d, get(l, "passwordType"));
    if (str_set(service))
        decode_object(d, OBJECT_SERVICE, ROLE_RESOURCE, service);
    status(d, l);
    return decode_emit(d);
}

static int authorization(struct decode *d, const struct line *l)
{
    struct str type = get(l, "authType");
    if (str_starts(type, STR("ncacn_"))) /* an RPC connection within a session that has its own line */
        return ignore(d, STR("samba/Authorization of a transport"));
    if (str_ends(type, STR("bind"))) /* simple bind, no bind: the Authentication said it */
        return ignore(d, STR("samba/Authorization of a bind"));
    bool schannel = str_eq(type, STR("schannel"));
    struct activity *a = begin(d, l, schannel ? KIND_SECURE_CHANNEL : KIND_NETWORK_LOGON, STR_NONE);
    a->protocol = schannel ? PROTO_NETLOGON : str_eq(type, STR("krb5")) ? PROTO_KERBEROS : PROTO_NTLM;
    a->outcome = OUTCOME_SUCCESS;
    a->actor = (struct account){.sid = get(l, "sid"), .name = get(l, "account"), .domain = get(l, "domain")};
    a->instance = a->actor.domain;
    a->session = get(l, "sessionId");
    decode_u64(d, FACT_LOGON_TYPE, 3); /* network */
    decode_str(d, FACT_AUTH_PACKAGE, type);
    struct str service = get(l, "serviceDescription");
    if (str_set(service))
        decode_object(d, OBJECT_SERVICE, ROLE_RESOURCE, service);
    return decode_emit(d);
}

/* ---- the directory ---- */

static struct object *named_by_dn(struct decode *d, enum object_type type, enum object_role role, struct str dn)
{
    struct str cn = dn_value(dn, 0);
    struct object *o = str_set(dn) ? decode_object(d, type, role, str_set(cn) ? cn : dn) : NULL;
    if (o)
        o->ref.domain = dn_domain(d->arena, dn);
    return o;
}

/* What every directory line begins with. LDAP result codes: RFC 4511 4.1.9. */
static struct activity *directory(struct decode *d, const struct line *l, enum kind kind, struct str part, struct str dn)
{
    struct activity *a = begin(d, l, kind, part);
    a->actor.sid = get(l, "userSid");
    a->session = get(l, "sessionId");
    a->instance = dn_domain(d->arena, dn);
    a->admin = !str_eq(a->actor.sid, STR("S-1-5-18"));
    a->has_code = jin_u64(l->doc, l->body, "statusCode", &a->code);
    if (a->has_code)
        a->outcome = a->code ? OUTCOME_FAILURE : OUTCOME_SUCCESS;
    return a;
}

static int password(struct decode *d, const struct line *l)
{
    struct str dn = get(l, "dn");
    bool change = str_eq(get(l, "action"), STR("Change"));
    struct activity *a = directory(d, l, change ? KIND_PASSWORD_CHANGE : KIND_PASSWORD_RESET, STR_NONE, dn);
    a->admin = a->admin && !change;
    named_by_dn(d, OBJECT_ACCOUNT, ROLE_TARGET, dn);
    decode_str(d, FACT_DN, dn);
    return decode_emit(d);
}

static int group(struct decode *d, const struct line *l)
{
    struct str in = get(l, "group"), user = get(l, "user"), action = get(l, "action");
    if (str_eqi(in, user)) /* written beside the creation of an account */
        return ignore(d, STR("samba/groupChange of the account itself"));
    enum kind kind = KIND_ACCOUNT_CHANGED; /* its primary group */
    if (str_eq(action, STR("Added")))
        kind = KIND_GROUP_MEMBER_ADDED;
    else if (str_eq(action, STR("Removed")))
        kind = KIND_GROUP_MEMBER_REMOVED;
    directory(d, l, kind, STR_NONE, str_set(in) ? in : user);
    named_by_dn(d, OBJECT_GROUP, ROLE_GROUP, in);
    named_by_dn(d, OBJECT_ACCOUNT, kind == KIND_ACCOUNT_CHANGED ? ROLE_TARGET : ROLE_MEMBER, user);
    decode_str(d, FACT_DN, user);
    decode_str(d, FACT_OPERATION, action);
    return decode_emit(d);
}

/* Values of one attribute joined by blanks, and whether the first action adds or deletes them. */
static struct str values(struct decode *d, const struct line *l, const struct jnode *attribute, struct str *how)
{
    const struct jnode *actions = jin_get(l->doc, attribute, STR("actions"));
    struct str all = STR_NONE;
    *how = STR_NONE;
    for (const struct jnode *x = actions ? jin_first(l->doc, actions) : NULL; x; x = jin_next(l->doc, actions, x)) {
        const struct jnode *list = jin_get(l->doc, x, STR("values"));
        struct str action = jin_str(l->doc, x, "action");
        if (!str_set(*how))
            *how = str_eq(action, STR("delete")) ? STR("deleted") : STR("added");
        for (const struct jnode *v = list ? jin_first(l->doc, list) : NULL; v; v = jin_next(l->doc, list, v)) {
            struct str s = utf_cut(jin_str(l->doc, v, "value"), MAX_VALUE);
            if (!s.n || (all.n && all.n + s.n >= MAX_VALUE))
                continue;
            all = all.n ? str_fmt(d->arena, "%.*s %.*s", STR_ARG(all), STR_ARG(s)) : s;
        }
    }
    return all;
}

/* Counters that every logon writes. */
static bool counter(struct str attribute)
{
    static const struct str names[] = {{"lastLogon", 9},   {"logonCount", 10},      {"lastLogonTimestamp", 18},
                                       {"badPwdCount", 11}, {"badPasswordTime", 15}, {"lockoutTime", 11}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(attribute, names[i]))
            return true;
    return false;
}

static bool only_counters(const struct line *l, const struct jnode *attributes)
{
    for (const struct jnode *x = jin_first(l->doc, attributes); x; x = jin_next(l->doc, attributes, x))
        if (!counter(x->key))
            return false;
    return true;
}

static int locked(struct decode *d, const struct line *l, struct str dn)
{
    directory(d, l, KIND_ACCOUNT_LOCKED, STR_NONE, dn);
    named_by_dn(d, OBJECT_ACCOUNT, ROLE_TARGET, dn);
    decode_str(d, FACT_DN, dn);
    return decode_emit(d);
}

static int added(struct decode *d, const struct line *l, const struct jnode *attributes, struct str dn)
{
    struct str how, all = values(d, l, jin_get(l->doc, attributes, STR("objectClass")), &how), class = all;
    ptrdiff_t last = str_rchr(all, ' ');
    if (last >= 0)
        class = str_from(all, (size_t)last + 1);
    enum kind kind = KIND_OBJECT_CREATED;
    enum object_type type = OBJECT_DIRECTORY_OBJECT;
    if (str_eqi(class, STR("user")) || str_eqi(class, STR("computer"))) {
        kind = KIND_ACCOUNT_CREATED;
        type = str_eqi(class, STR("user")) ? OBJECT_ACCOUNT : OBJECT_COMPUTER;
    } else if (str_eqi(class, STR("group"))) {
        kind = KIND_GROUP_CREATED;
        type = OBJECT_GROUP;
    }
    directory(d, l, kind, STR_NONE, dn)->protocol = PROTO_LDAP;
    struct object *o = type == OBJECT_DIRECTORY_OBJECT ? decode_object(d, type, ROLE_TARGET, dn)
                                                      : named_by_dn(d, type, type == OBJECT_GROUP ? ROLE_GROUP : ROLE_TARGET, dn);
    struct str sam = values(d, l, jin_get(l->doc, attributes, STR("sAMAccountName")), &how);
    if (o && str_set(sam))
        o->ref.name = sam;
    decode_str(d, FACT_DN, dn);
    decode_str(d, FACT_OBJECT_CLASS, class);
    decode_str(d, FACT_SPNS, values(d, l, jin_get(l->doc, attributes, STR("servicePrincipalName")), &how));
    return decode_emit(d);
}

static int deleted(struct decode *d, const struct line *l, struct str dn)
{
    directory(d, l, KIND_OBJECT_DELETED, STR_NONE, dn)->protocol = PROTO_LDAP;
    decode_object(d, OBJECT_DIRECTORY_OBJECT, ROLE_TARGET, dn);
    decode_str(d, FACT_DN, dn);
    return decode_emit(d);
}

/* One activity per attribute, as Windows writes one event per attribute. */
static int modified(struct decode *d, const struct line *l, const struct jnode *attributes, struct str dn)
{
    unsigned n = 0;
    for (const struct jnode *x = jin_first(l->doc, attributes); x; x = jin_next(l->doc, attributes, x)) {
        if (++n > MAX_CHANGES)
            return decode_fault(d, "the change has more attributes than are read", 0);
        struct str how, value = values(d, l, x, &how);
        directory(d, l, KIND_OBJECT_CHANGED, x->key, dn)->protocol = PROTO_LDAP;
        decode_object(d, OBJECT_DIRECTORY_OBJECT, ROLE_TARGET, dn);
        decode_str(d, FACT_DN, dn);
        decode_str(d, FACT_ATTRIBUTE, x->key);
        decode_str(d, FACT_VALUE, value);
        decode_str(d, FACT_VALUE_CHANGE, how);
        if (str_eqi(x->key, STR("servicePrincipalName")))
            decode_str(d, FACT_SPNS, value);
        int err = decode_emit(d);
        if (err)
            return err;
    }
    return n ? ERR_NONE : ignore(d, STR("samba/dsdbChange without attributes"));
}

static int change(struct decode *d, const struct line *l)
{
    const struct jnode *attributes = jin_get(l->doc, l->body, STR("attributes"));
    struct str dn = get(l, "dn"), operation = get(l, "operation"), how;
    if (!str_set(dn))
        return decode_fault(d, "the directory change does not name its object", 0);
    if (str_eq(operation, STR("Delete")))
        return deleted(d, l, dn);
    if (!attributes || attributes->type != J_OBJ)
        return ignore(d, STR("samba/dsdbChange without attributes"));
    if (str_eq(operation, STR("Add")))
        return added(d, l, attributes, dn);
    if (str_eq(get(l, "userSid"), STR("S-1-5-18")) && only_counters(l, attributes)) {
        struct str lockout = values(d, l, jin_get(l->doc, attributes, STR("lockoutTime")), &how);
        if (lockout.n && !str_eq(lockout, STR("0")))
            return locked(d, l, dn);
        return ignore(d, STR("samba/dsdbChange of logon counters"));
    }
    return modified(d, l, attributes, dn);
}

static int transaction(struct decode *d, const struct line *l)
{
    (void)l;
    return ignore(d, STR("samba/dsdbTransaction"));
}

static const struct {
    struct str type;
    int (*record)(struct decode *d, const struct line *l);
} types[] = {{{"Authentication", 14}, authentication}, {{"Authorization", 13}, authorization}, {{"dsdbChange", 10}, change},
             {{"passwordChange", 14}, password},       {{"groupChange", 11}, group},           {{"dsdbTransaction", 15}, transaction}};

enum { TYPE_COUNT = sizeof types / sizeof *types };

static size_t type_of(const struct jnode *doc)
{
    struct str type = jin_text(jin_get(doc, doc, STR("type")));
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (str_eq(type, types[i].type))
            return i;
    return TYPE_COUNT;
}

static bool claims(const struct jnode *doc)
{
    size_t t = type_of(doc);
    return t < TYPE_COUNT && jin_get(doc, doc, types[t].type);
}

static int record(struct decode *d, const struct jnode *doc, struct str raw)
{
    size_t t = type_of(doc);
    struct line l = {doc, t < TYPE_COUNT ? jin_get(doc, doc, types[t].type) : NULL, str_trim(raw)};
    if (!l.body || l.body->type != J_OBJ)
        return decode_fault(d, "the Samba audit line lacks the object that its type names", 0);
    return types[t].record(d, &l);
}

const struct decoder dec_samba = {"samba", "JSON audit log of a Samba domain controller: logons, directory, password and group changes.",
                                  claims, record};
