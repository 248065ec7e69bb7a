/* decode/ldapchange.c - changes of the directory over LDAP as the activities that events 4728, 5136, 5137, 5139 and 5141 give. */
#include "decode/ldapchange.h"

#include "base/dn.h"
#include "base/hash.h"
#include "decode/wintext.h"

enum { MAX_CHANGES = 32, MAX_VALUE = 1024, MAX_DN = 2048 };
enum { CHANGE_ADD, CHANGE_DELETE, CHANGE_REPLACE, CHANGE_INCREMENT }; /* RFC 4511 4.6, RFC 4525 */
enum { NEW_SUPERIOR = 0x80 };                                         /* RFC 4511 4.9 */

static bool success(uint64_t code)
{
    return code == LDAP_SUCCESS || code == LDAP_SIZE_LIMIT_EXCEEDED || code == LDAP_COMPARE_FALSE || code == LDAP_COMPARE_TRUE;
}

/* The first has the request's own identity, the others one made of it and their number. */
static struct netref nth(const struct ldapwork *w)
{
    struct netref r = *w->ref;
    const struct str part[] = {STR("ldap"), {(const char *)w->ref->id, sizeof w->ref->id}, {(const char *)&w->n, sizeof w->n}};
    if (w->n)
        hash_id(r.id, part, sizeof part / sizeof *part);
    return r;
}

struct activity *ldapchange_begin(struct ldapwork *w, enum kind kind)
{
    struct netref r = nth(w);
    struct activity *a = netdec_begin(w->d, w->flow, &r, kind, PROTO_LDAP);
    a->actor = w->who;
    a->destination = w->server;
    w->n++;
    if (!w->result.known)
        return a;
    a->outcome = success(w->result.code) ? OUTCOME_SUCCESS : OUTCOME_FAILURE;
    a->has_code = true;
    a->code = w->result.code;
    decode_u64(w->d, FACT_LDAP_RESULT, w->result.code);
    return a;
}

/* MS-ADTS 3.1.1.3.1.2.4: <SID=...> and <GUID=...> stand for a DN. */
struct object *ldapchange_object(struct decode *d, enum object_type type, enum object_role role, struct str dn)
{
    struct str sid = STR("<SID=S-1-");
    if (str_startsi(dn, sid)) {
        struct object *o = decode_object(d, type, role, STR_NONE);
        ptrdiff_t end = str_chr(dn, '>');
        if (o && end > 0)
            o->ref.sid = str_sub(dn, 5, (size_t)end - 5);
        return o;
    }
    struct str cn = dn_value(dn, 0);
    struct object *o = str_set(dn) ? decode_object(d, type, role, str_set(cn) ? cn : dn) : NULL;
    if (o)
        o->ref.domain = dn_domain(d->arena, dn);
    return o;
}

static struct activity *begin(struct ldapwork *w, enum kind kind, struct str dn)
{
    struct activity *a = ldapchange_begin(w, kind);
    a->instance = dn_domain(w->d->arena, dn);
    a->admin = true;
    return a;
}

static struct activity *on_object(struct ldapwork *w, enum kind kind, struct str dn)
{
    struct activity *a = begin(w, kind, dn);
    if (str_set(dn))
        decode_object(w->d, OBJECT_DIRECTORY_OBJECT, ROLE_TARGET, dn);
    decode_str(w->d, FACT_DN, dn);
    return a;
}

/* ---- attributes and their values ---- */

struct attribute {
    struct str name; /* without options */
    struct rd values;
};

/* PartialAttribute, RFC 4511 4.1.7. */
static bool attribute(struct ldapwork *w, struct rd *r, struct attribute *out)
{
    struct rd one, type;
    if (ldapmsg_element(r, w->cut, &one) != BER_SEQUENCE)
        return false;
    type = ber_get(&one, BER_OCTETS);
    out->name = ldapmsg_text(&type, 256);
    ptrdiff_t option = str_chr(out->name, ';');
    if (option >= 0)
        out->name = str_sub(out->name, 0, (size_t)option);
    out->values = one;
    out->values.p = one.end;
    if (rd_left(&one) && ldapmsg_element(&one, w->cut, &out->values) != BER_SET)
        return false;
    return str_set(out->name);
}

static bool value(struct rd *values, struct str *out)
{
    if (rd_left(values) == 0)
        return false;
    struct rd v = ber_get(values, BER_OCTETS);
    *out = ldapmsg_text(&v, MAX_VALUE);
    return rd_ok(values);
}

/* The values that are texts, joined by blanks. */
static struct str joined(struct arena *m, const struct attribute *x)
{
    struct str all = STR_NONE, s;
    struct rd values = x->values;
    if (ldapmsg_secret(x->name))
        return STR_NONE;
    while (value(&values, &s))
        if (s.n && all.n + s.n < MAX_VALUE)
            all = all.n ? str_fmt(m, "%.*s %.*s", STR_ARG(all), STR_ARG(s)) : s;
    return all;
}

static struct str last(const struct attribute *x)
{
    struct str s, latest = STR_NONE;
    struct rd values = x->values;
    while (value(&values, &s))
        latest = s;
    return latest;
}

/* ---- members ---- */

static void members(struct ldapwork *w, struct str group, const struct attribute *x, int64_t how)
{
    struct rd values = x->values;
    struct str dn;
    while (value(&values, &dn)) {
        if (w->n == MAX_CHANGES) {
            decode_ignored(w->d, STR("LDAP changes beyond the first 32 of a request"));
            return;
        }
        if (!str_set(dn))
            continue;
        begin(w, how == CHANGE_DELETE ? KIND_GROUP_MEMBER_REMOVED : KIND_GROUP_MEMBER_ADDED, group);
        ldapchange_object(w->d, OBJECT_GROUP, ROLE_GROUP, group);
        ldapchange_object(w->d, OBJECT_ACCOUNT, ROLE_MEMBER, dn);
        decode_str(w->d, FACT_DN, dn);
        decode_str(w->d, FACT_OBJECT_NAME, group);
        if (how == CHANGE_REPLACE)
            decode_str(w->d, FACT_VALUE_CHANGE, STR("replaced"));
        (void)decode_emit(w->d);
    }
}

/* ---- modify ---- */

static bool is_password(struct str name)
{
    return str_eqi(name, STR("unicodePwd")) || str_eqi(name, STR("userPassword")) || str_eqi(name, STR("dBCSPwd"));
}

/* MS-ADTS 3.1.1.3.1.5: delete and add is a change by who knows the old password, replace is a reset. */
static void password(struct ldapwork *w, struct str dn, int64_t how)
{
    struct activity *a = begin(w, how == CHANGE_REPLACE ? KIND_PASSWORD_RESET : KIND_PASSWORD_CHANGE, dn);
    a->admin = how == CHANGE_REPLACE;
    ldapchange_object(w->d, OBJECT_ACCOUNT, ROLE_TARGET, dn);
    decode_str(w->d, FACT_DN, dn);
    (void)decode_emit(w->d);
}

static void one_change(struct ldapwork *w, struct str dn, const struct attribute *x, int64_t how)
{
    static const char *const words[] = {"added", "deleted", "replaced", "incremented"};
    struct str all = joined(w->d->arena, x);
    uint64_t group;
    on_object(w, str_set(dn) ? KIND_OBJECT_CHANGED : KIND_LDAP_MODIFICATION, dn); /* of the root DSE: an operation */
    decode_str(w->d, FACT_ATTRIBUTE, x->name);
    decode_str(w->d, FACT_VALUE, all);
    if (how >= CHANGE_ADD && how <= CHANGE_INCREMENT)
        decode_str(w->d, FACT_VALUE_CHANGE, str_of(words[how]));
    if (str_eqi(x->name, STR("servicePrincipalName")))
        decode_str(w->d, FACT_SPNS, all);
    if (str_eqi(x->name, STR("msDS-AllowedToDelegateTo")))
        decode_str(w->d, FACT_DELEGATE_TO, all);
    if (str_eqi(x->name, STR("primaryGroupID")) && str_u64(all, &group))
        decode_u64(w->d, FACT_PRIMARY_GROUP, group);
    (void)decode_emit(w->d);
}

static void modify(struct ldapwork *w, struct rd *body)
{
    struct rd object = ber_get(body, BER_OCTETS), changes, change;
    struct str dn = ldapmsg_text(&object, MAX_DN);
    struct attribute x;
    bool told = false; /* of the password */
    (void)ldapmsg_element(body, w->cut, &changes);
    while (rd_left(&changes) && ldapmsg_element(&changes, w->cut, &change) == BER_SEQUENCE) {
        int64_t how = ber_int(&change, BER_ENUMERATED);
        if (!rd_ok(&change) || !attribute(w, &change, &x))
            break;
        if (str_eqi(x.name, STR("member")) && rd_left(&x.values)) {
            members(w, dn, &x, how);
        } else if (w->n == MAX_CHANGES) {
            decode_ignored(w->d, STR("LDAP changes beyond the first 32 of a request"));
            break;
        } else if (!is_password(x.name)) {
            one_change(w, dn, &x, how);
        } else if (!told) {
            told = true;
            password(w, dn, how);
        }
    }
}

/* ---- add, delete, modify DN ---- */

struct made {
    struct str class, sam, spns;
    struct attribute member;
};

static void note(struct ldapwork *w, struct made *made, const struct attribute *x)
{
    if (str_eqi(x->name, STR("objectClass"))) /* the most special comes last */
        made->class = last(x);
    else if (str_eqi(x->name, STR("sAMAccountName")))
        made->sam = last(x);
    else if (str_eqi(x->name, STR("servicePrincipalName")))
        made->spns = joined(w->d->arena, x);
    else if (str_eqi(x->name, STR("member")))
        made->member = *x;
}

static void add(struct ldapwork *w, struct rd *body)
{
    struct rd object = ber_get(body, BER_OCTETS), list;
    struct str dn = ldapmsg_text(&object, MAX_DN);
    struct made made = {0};
    struct attribute x;
    (void)ldapmsg_element(body, w->cut, &list);
    while (rd_left(&list) && attribute(w, &list, &x))
        note(w, &made, &x);
    bool user = str_eqi(made.class, STR("user")) || str_eqi(made.class, STR("inetOrgPerson"));
    bool computer = str_eqi(made.class, STR("computer")), group = str_eqi(made.class, STR("group"));
    struct object *o = NULL;
    if (user || computer || group) {
        begin(w, group ? KIND_GROUP_CREATED : KIND_ACCOUNT_CREATED, dn);
        o = ldapchange_object(w->d, group ? OBJECT_GROUP : computer ? OBJECT_COMPUTER : OBJECT_ACCOUNT, group ? ROLE_GROUP : ROLE_TARGET, dn);
        decode_str(w->d, FACT_DN, dn);
    } else {
        on_object(w, KIND_OBJECT_CREATED, dn);
    }
    if (o && str_set(made.sam))
        o->ref.name = made.sam;
    decode_str(w->d, FACT_OBJECT_CLASS, made.class);
    decode_str(w->d, FACT_SPNS, made.spns);
    (void)decode_emit(w->d);
    if (group && made.member.values.p)
        members(w, dn, &made.member, CHANGE_ADD);
}

static void rename_dn(struct ldapwork *w, struct rd *body)
{
    struct rd object = ber_get(body, BER_OCTETS), rdn = ber_get(body, BER_OCTETS), above;
    struct str old = ldapmsg_text(&object, MAX_DN), part = ldapmsg_text(&rdn, MAX_DN);
    (void)ber_int(body, BER_BOOLEAN); /* deleteoldrdn */
    ptrdiff_t comma = str_chr(old, ',');
    while (comma > 0 && old.p[comma - 1] == '\\') {
        ptrdiff_t more = str_chr(str_from(old, (size_t)comma + 1), ',');
        comma = more < 0 ? more : comma + 1 + more;
    }
    struct str parent = comma >= 0 ? str_from(old, (size_t)comma + 1) : STR_NONE;
    if (ber_opt(body, NEW_SUPERIOR, &above))
        parent = ldapmsg_text(&above, MAX_DN);
    struct str new = str_set(parent) ? str_fmt(w->d->arena, "%.*s,%.*s", STR_ARG(part), STR_ARG(parent)) : part;
    on_object(w, KIND_OBJECT_CHANGED, new);
    decode_str(w->d, FACT_OLD_NAME, old);
    decode_str(w->d, FACT_NEW_NAME, new);
    (void)decode_emit(w->d);
}

void ldapchange_emit(struct ldapwork *w, struct ldapmsg *m)
{
    if (m->op == LDAP_MODIFY) {
        modify(w, &m->body);
    } else if (m->op == LDAP_ADD) {
        add(w, &m->body);
    } else if (m->op == LDAP_MODIFY_DN) {
        rename_dn(w, &m->body);
    } else if (m->op == LDAP_DELETE) {
        on_object(w, KIND_OBJECT_DELETED, ldapmsg_text(&m->body, MAX_DN));
        (void)decode_emit(w->d);
    }
}
