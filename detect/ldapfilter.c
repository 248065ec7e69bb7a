/* detect/ldapfilter.c - classifies LDAP searches by what they enumerate. */
#include "detect/ldapfilter.h"

#include "model/uac.h"

#define RULE_BIT_AND "1.2.840.113556.1.4.803"
#define RULE_BIT_OR "1.2.840.113556.1.4.804"

static const struct {
    const char *text;
    int weight;
} kinds[] = {
#define X(id, text, weight) {text, weight},
    LDAPFILTER_KINDS(X)
#undef X
};

const char *ldapfilter_text(unsigned index)
{
    return index < LDAPFILTER_COUNT ? kinds[index].text : "";
}

uint32_t ldapfilter_grave(uint32_t all)
{
    uint32_t grave = 0;
    for (unsigned i = 0; i < LDAPFILTER_COUNT; i++)
        if (kinds[i].weight > 1)
            grave |= UINT32_C(1) << i;
    return all & grave;
}

/* ---- the assertions of a filter, one after another ---- */

struct assertion {
    struct str attribute, rule, value;
    bool negated, present; /* (!(...)); (attribute=*) */
};

enum { DEPTH = 32 };
struct walk {
    struct str rest;
    unsigned depth;
    uint32_t nots; /* bit per open parenthesis: it is a (! */
};

static bool is_rule_part(struct str name, size_t from)
{
    return from < name.n && name.p[from] >= '0' && name.p[from] <= '9';
}

/* attribute, or attribute:rule: of an extensible match. */
static void split_rule(struct assertion *t)
{
    ptrdiff_t colon = str_chr(t->attribute, ':');
    t->rule = STR_NONE;
    if (colon < 0)
        return;
    struct str rest = str_from(t->attribute, (size_t)colon + 1);
    if (is_rule_part(rest, 0)) {
        ptrdiff_t end = str_chr(rest, ':');
        t->rule = end >= 0 ? str_sub(rest, 0, (size_t)end) : rest;
    }
    t->attribute = str_sub(t->attribute, 0, (size_t)colon);
}

static bool read_assertion(struct walk *w, struct assertion *t)
{
    size_t end = 0;
    while (end < w->rest.n && w->rest.p[end] != ')' && w->rest.p[end] != '(')
        end++;
    struct str item = str_trim(str_sub(w->rest, 0, end));
    w->rest = str_from(w->rest, end);
    ptrdiff_t at = str_chr(item, '=');
    bool bits = at < 0; /* event 1644 writes bit rules as attribute&number */
    if (bits)
        at = str_chr(item, '&') > 0 ? str_chr(item, '&') : str_chr(item, '|');
    if (at <= 0)
        return false;
    t->attribute = str_trim(str_sub(item, 0, (size_t)at));
    t->value = str_trim(str_from(item, (size_t)at + 1));
    while (t->attribute.n && strchr("<>~", t->attribute.p[t->attribute.n - 1]))
        t->attribute.n--;
    split_rule(t);
    if (bits)
        t->rule = STR(RULE_BIT_AND);
    t->present = str_eq(t->value, STR("*"));
    t->negated = __builtin_popcount(w->nots) % 2 != 0;
    return true;
}

static void open_parenthesis(struct walk *w)
{
    w->rest = str_trim(str_from(w->rest, 1));
    w->depth++;
    if (w->depth < DEPTH && str_starts(w->rest, STR("!")))
        w->nots |= UINT32_C(1) << w->depth;
    while (w->rest.n && strchr("!&| \t", w->rest.p[0]))
        w->rest = str_from(w->rest, 1);
}

static bool next(struct walk *w, struct assertion *t)
{
    while (w->rest.n) {
        char c = w->rest.p[0];
        if (c == '(') {
            open_parenthesis(w);
        } else if (c == ')') {
            if (w->depth < DEPTH)
                w->nots &= ~(UINT32_C(1) << w->depth);
            w->depth -= w->depth > 0;
            w->rest = str_from(w->rest, 1);
        } else if (strchr("&|! \t\r\n", c)) {
            w->rest = str_from(w->rest, 1);
        } else if (read_assertion(w, t)) {
            return true;
        }
    }
    return false;
}

/* ---- what one assertion asks for ---- */

static uint32_t of_uac(const struct assertion *t)
{
    uint64_t v;
    if ((!str_eq(t->rule, STR(RULE_BIT_AND)) && !str_eq(t->rule, STR(RULE_BIT_OR))) || !str_u64(t->value, &v))
        return 0;
    return (v & UAC_TRUSTED_FOR_DELEGATION ? LDAPFILTER_UNCONSTRAINED : 0u) | (v & UAC_DONT_REQUIRE_PREAUTH ? LDAPFILTER_NO_PREAUTH : 0u) |
           (v & UAC_TRUSTED_TO_AUTH_FOR_DELEGATION ? LDAPFILTER_DELEGATION : 0u) | (v & UAC_SERVER_TRUST ? LDAPFILTER_CONTROLLERS : 0u) |
           (v & UAC_PASSWORD_NOT_REQUIRED ? LDAPFILTER_NO_PASSWORD : 0u);
}

/* Groups by well-known names, as tools write them in filters; a directory with translated names is asked by SID. */
static bool sensitive_group(struct str value)
{
    static const char *const names[] = {"Domain Admins",
                                        "Enterprise Admins",
                                        "Schema Admins",
                                        "Administrators",
                                        "Account Operators",
                                        "Backup Operators",
                                        "Server Operators",
                                        "Print Operators",
                                        "DnsAdmins",
                                        "Group Policy Creator Owners",
                                        "Domain Controllers",
                                        "Exchange Servers",
                                        "Key Admins",
                                        "Enterprise Key Admins",
                                        "Organization Management",
                                        "Exchange Windows Permissions"};
    struct str cn = str_startsi(value, STR("CN=")) ? str_from(value, 3) : value;
    ptrdiff_t comma = str_chr(cn, ',');
    cn = comma >= 0 ? str_sub(cn, 0, (size_t)comma) : cn;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eqi(cn, str_of(names[i])))
            return true;
    return false;
}

static bool sensitive_rid(struct str sid)
{
    static const char *const ends[] = {"-512", "-516", "-518", "-519", "-520", "-526", "-527"};
    static const char *const builtin[] = {"S-1-5-32-544", "S-1-5-32-548", "S-1-5-32-549", "S-1-5-32-550", "S-1-5-32-551"};
    for (size_t i = 0; i < sizeof builtin / sizeof *builtin; i++)
        if (str_eq(sid, str_of(builtin[i])))
            return true;
    for (size_t i = 0; str_starts(sid, STR("S-1-5-21-")) && i < sizeof ends / sizeof *ends; i++)
        if (str_ends(sid, str_of(ends[i])))
            return true;
    return false;
}

struct word {
    const char *name;
    uint32_t kind;
};

static uint32_t look(const struct word *words, struct str name)
{
    for (; words->name; words++)
        if (str_eqi(name, str_of(words->name)))
            return words->kind;
    return 0;
}

/* objectCategory may be a DN: CN=Person,CN=Schema,... */
static uint32_t of_class(struct str value)
{
    static const struct word classes[] = {{"user", LDAPFILTER_USERS},
                                          {"person", LDAPFILTER_USERS},
                                          {"computer", LDAPFILTER_COMPUTERS},
                                          {"group", LDAPFILTER_GROUPS},
                                          {"organizationalUnit", LDAPFILTER_UNITS},
                                          {"trustedDomain", LDAPFILTER_TRUSTS},
                                          {"trusted-domain", LDAPFILTER_TRUSTS},
                                          {"groupPolicyContainer", LDAPFILTER_GPOS},
                                          {"group-policy-container", LDAPFILTER_GPOS},
                                          {"dnsZone", LDAPFILTER_DNS_ZONES},
                                          {"dns-zone", LDAPFILTER_DNS_ZONES},
                                          {"dnsNode", LDAPFILTER_DNS_ZONES},
                                          {"dns-node", LDAPFILTER_DNS_ZONES},
                                          {"subnet", LDAPFILTER_SITES},
                                          {"site", LDAPFILTER_SITES},
                                          {"nTDSDSA", LDAPFILTER_CONTROLLERS},
                                          {"pKICertificateTemplate", LDAPFILTER_CERTIFICATE_TEMPLATES},
                                          {"msDS-GroupManagedServiceAccount", LDAPFILTER_SECRETS},
                                          {NULL, 0}};
    if (str_startsi(value, STR("CN="))) {
        ptrdiff_t comma = str_chr(value, ',');
        value = comma > 3 ? str_sub(value, 3, (size_t)comma - 3) : str_from(value, 3);
    }
    return look(classes, value);
}

enum { SAM_GROUP = 268435456, SAM_USER = 805306368, SAM_MACHINE = 805306369 };

static uint32_t of_account_type(struct str value)
{
    uint64_t v;
    if (!str_u64(value, &v))
        return 0;
    return v == SAM_USER ? LDAPFILTER_USERS : v == SAM_MACHINE ? LDAPFILTER_COMPUTERS : v == SAM_GROUP ? LDAPFILTER_GROUPS : 0;
}

static uint32_t of_presence(struct str attribute)
{
    static const struct word words[] = {{"servicePrincipalName", LDAPFILTER_SPNS},
                                        {"adminCount", LDAPFILTER_ADMIN_COUNT},
                                        {"msDS-AllowedToDelegateTo", LDAPFILTER_DELEGATION},
                                        {"msDS-AllowedToActOnBehalfOfOtherIdentity", LDAPFILTER_DELEGATION},
                                        {"ms-Mcs-AdmPwd", LDAPFILTER_SECRETS},
                                        {"ms-Mcs-AdmPwdExpirationTime", LDAPFILTER_SECRETS},
                                        {"msLAPS-Password", LDAPFILTER_SECRETS},
                                        {"sIDHistory", LDAPFILTER_SID_HISTORY},
                                        {"objectClass", LDAPFILTER_EVERYTHING},
                                        {"objectGUID", LDAPFILTER_EVERYTHING},
                                        {"objectSid", LDAPFILTER_EVERYTHING},
                                        {"dnsRoot", LDAPFILTER_TRUSTS},
                                        {NULL, 0}};
    return look(words, attribute);
}

/* Kinds asked for grow; `narrow` tells that the filter names single things. */
static uint32_t of_assertion(const struct assertion *t, bool *narrow)
{
    if (t->present)
        return of_presence(t->attribute);
    if (str_eqi(t->attribute, STR("objectClass")) || str_eqi(t->attribute, STR("objectCategory")))
        return of_class(t->value);
    if (str_eqi(t->attribute, STR("sAMAccountType")))
        return of_account_type(t->value);
    if (str_eqi(t->attribute, STR("userAccountControl")))
        return of_uac(t);
    if (str_eqi(t->attribute, STR("adminCount")))
        return LDAPFILTER_ADMIN_COUNT;
    if (str_eqi(t->attribute, STR("memberOf")) && (sensitive_group(t->value) || sensitive_rid(t->value)))
        return LDAPFILTER_SENSITIVE_GROUPS;
    static const struct word identity[] = {{"sAMAccountName", 1},
                                           {"cn", 1},
                                           {"name", 1},
                                           {"distinguishedName", 1},
                                           {"objectSid", 1},
                                           {"objectGUID", 1},
                                           {"userPrincipalName", 1},
                                           {"mail", 1},
                                           {"proxyAddresses", 1},
                                           {"servicePrincipalName", 1},
                                           {"dNSHostName", 1},
                                           {"anr", 1},
                                           {"displayName", 1},
                                           {"sn", 1},
                                           {"givenName", 1},
                                           {"memberOf", 1},
                                           {"member", 1},
                                           {"uid", 1},
                                           {"legacyExchangeDN", 1},
                                           {"primaryGroupID", 1},
                                           {NULL, 0}};
    if (!look(identity, t->attribute))
        return 0;
    if (sensitive_group(t->value) || (str_eqi(t->attribute, STR("objectSid")) && sensitive_rid(t->value)))
        return LDAPFILTER_SENSITIVE_GROUPS;
    *narrow = *narrow || str_chr(t->value, '*') != 0;
    if (str_eqi(t->attribute, STR("servicePrincipalName")) && str_chr(t->value, '*') > 0)
        return LDAPFILTER_SPNS; /* MSSQL* and the like */
    return 0;
}

/* By name; or with the SD flags control, which adds them to all attributes (MS-ADTS 3.1.1.3.4.1.11). */
static bool asks_permissions(const struct ldapfilter_search *s)
{
    bool all = !str_set(s->attributes) || str_eq(s->attributes, STR("*")) || str_starts(s->attributes, STR("* ")) || str_has(s->attributes, STR(" *"));
    return (s->sd_flags && all) || str_hasi(s->attributes, STR("nTSecurityDescriptor"));
}

/* What only says how wide the search is, and is worth nothing when the filter names single things. */
static const uint32_t wide = LDAPFILTER_USERS | LDAPFILTER_COMPUTERS | LDAPFILTER_GROUPS | LDAPFILTER_EVERYTHING | LDAPFILTER_UNITS |
                             LDAPFILTER_SITES | LDAPFILTER_TRUSTS | LDAPFILTER_GPOS | LDAPFILTER_DNS_ZONES;

uint32_t ldapfilter_kinds(const struct ldapfilter_search *s)
{
    struct walk w = {.rest = str_trim(s->filter)};
    struct assertion t;
    uint32_t all = 0;
    bool narrow = false;
    if (str_eqi(s->scope, STR("base"))) /* one object: the root DSE, a group by its name */
        return 0;
    while (next(&w, &t))
        if (!t.negated)
            all |= of_assertion(&t, &narrow);
    if (narrow)
        all &= ~wide;
    if (all & ~(uint32_t)LDAPFILTER_EVERYTHING)
        all &= ~(uint32_t)LDAPFILTER_EVERYTHING;
    if (str_eqi(s->scope, STR("one")))
        all &= ~(uint32_t)(LDAPFILTER_EVERYTHING | LDAPFILTER_UNITS); /* a tree is browsed like this */
    if (asks_permissions(s) && (all & wide))
        all |= LDAPFILTER_ACLS;
    return all;
}
