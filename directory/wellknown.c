/* directory/wellknown.c - the tables behind directory/wellknown.h. */
#include "directory/wellknown.h"

struct str sid_domain(struct str sid)
{
    if (!str_starts(sid, STR("S-1-5-21-")))
        return STR_NONE;
    struct str rest = str_from(sid, 9), part;
    size_t n = 9;
    for (int i = 0; i < 3; i++) {
        if (!str_cut(&rest, '-', &part) || part.n == 0)
            return STR_NONE;
        n += part.n + (i < 2 ? 1u : 0u);
    }
    return str_sub(sid, 0, n);
}

uint32_t sid_rid(struct str sid)
{
    struct str domain = sid_domain(sid);
    uint64_t rid;
    if (!str_set(domain) || sid.n <= domain.n + 1 || !str_u64(str_from(sid, domain.n + 1), &rid) || rid > UINT32_MAX)
        return 0;
    return (uint32_t)rid;
}

bool sid_is_sensitive_group(struct str sid)
{
    /* Domain Admins, Controllers, Schema, Enterprise Admins, Policy Creator Owners, Read-only Controllers,
     * Key Admins, Enterprise Key Admins, Enterprise Read-only Controllers */
    static const uint32_t rids[] = {512, 516, 518, 519, 520, 521, 526, 527, 498};
    /* Administrators, Power Users, Account, Server, Print, Backup Operators, Replicator, Network
     * Configuration Operators, Incoming Forest Trust Builders */
    static const char *const builtin[] = {"544", "547", "548", "549", "550", "551", "552", "556", "557"};
    if (str_starts(sid, STR("S-1-5-32-"))) {
        for (size_t i = 0; i < sizeof builtin / sizeof *builtin; i++)
            if (str_eq(str_from(sid, 9), str_of(builtin[i])))
                return true;
        return false;
    }
    uint32_t rid = sid_rid(sid);
    for (size_t i = 0; i < sizeof rids / sizeof *rids; i++)
        if (rid == rids[i])
            return true;
    return false;
}

static bool named(struct str dn, struct str container, const char *const *names)
{
    struct str cn = STR("CN=");
    for (; str_startsi(dn, cn) && *names; names++) {
        struct str name = str_of(*names), rest = str_from(dn, cn.n + name.n);
        if (str_eqi(str_sub(dn, cn.n, name.n), name) && str_startsi(rest, container))
            return true;
    }
    return false;
}

bool dn_is_sensitive_group(struct str dn)
{
    static const char *const users[] = {"Domain Admins",       "Domain Controllers",         "Schema Admins",
                                        "Enterprise Admins",   "Group Policy Creator Owners", "Read-only Domain Controllers",
                                        "Key Admins",          "Enterprise Key Admins",       "Enterprise Read-only Domain Controllers", NULL};
    static const char *const builtin[] = {"Administrators",   "Account Operators", "Server Operators",
                                          "Print Operators",  "Backup Operators",  "Replicator",
                                          "Network Configuration Operators",       "Incoming Forest Trust Builders", NULL};
    return named(dn, STR(",CN=Users,DC="), users) || named(dn, STR(",CN=Builtin,DC="), builtin);
}

bool sid_is_builtin(struct str sid)
{
    return str_starts(sid, STR("S-1-")) && !str_starts(sid, STR("S-1-5-21-")) && !str_starts(sid, STR("S-1-5-32-")) &&
           !str_starts(sid, STR("S-1-12-1-"));
}
