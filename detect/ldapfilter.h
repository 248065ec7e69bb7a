/* detect/ldapfilter.h - what an LDAP search is after.
 *
 * Pure functions over the texts of a search: filter (RFC 4515, and the form of event 1644, which writes
 * blanks around parentheses), base and attributes. Bits of userAccountControl: MS-ADTS 2.2.16; values of
 * sAMAccountType: MS-SAMR 2.2.1.9; matching rules: MS-ADTS 3.1.1.3.4.4. */
#ifndef VIGIE_DETECT_LDAPFILTER_H
#define VIGIE_DETECT_LDAPFILTER_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define LDAPFILTER_KINDS(X) \
    /* what everyday software also asks for */ \
    X(USERS, "all users", 1) \
    X(COMPUTERS, "all computers", 1) \
    X(GROUPS, "all groups", 1) \
    X(EVERYTHING, "all objects", 1) \
    X(UNITS, "organizational units", 1) \
    X(TRUSTS, "trusts", 1) \
    X(GPOS, "group policies", 1) \
    X(DNS_ZONES, "DNS zones and records", 1) \
    X(SITES, "sites and subnets", 1) \
    X(CONTROLLERS, "domain controllers", 1) \
    X(CERTIFICATE_TEMPLATES, "certificate templates", 1) \
    /* what attackers ask for */ \
    X(SPNS, "accounts with service principal names", 2) \
    X(ADMIN_COUNT, "protected administrators (adminCount)", 2) \
    X(UNCONSTRAINED, "accounts trusted for unconstrained delegation", 2) \
    X(DELEGATION, "accounts with delegation", 2) \
    X(NO_PREAUTH, "accounts without Kerberos pre-authentication", 2) \
    X(NO_PASSWORD, "accounts that need no password", 2) \
    X(SENSITIVE_GROUPS, "sensitive groups and their members", 2) \
    X(ACLS, "permissions of many objects", 2) \
    X(SECRETS, "stored passwords (LAPS, managed service accounts)", 2) \
    X(SID_HISTORY, "accounts with SID history", 2)

enum ldapfilter_index {
#define X(id, text, weight) LDAPFILTER_AT_##id,
    LDAPFILTER_KINDS(X)
#undef X
        LDAPFILTER_COUNT
};

enum ldapfilter_kind {
#define X(id, text, weight) LDAPFILTER_##id = 1 << LDAPFILTER_AT_##id,
    LDAPFILTER_KINDS(X)
#undef X
};

struct ldapfilter_search {
    struct str filter, base, scope, attributes;
    bool sd_flags; /* the control of that name came with it */
};

/* LDAPFILTER_ bits of what the search enumerates; 0 when it looks up single things. */
uint32_t ldapfilter_kinds(const struct ldapfilter_search *s);
/* The words for one kind by its index. */
const char *ldapfilter_text(unsigned index);
/* The kinds that attackers ask for. */
uint32_t ldapfilter_grave(uint32_t kinds);

#endif
