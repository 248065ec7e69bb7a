/* model/entity.h - who and what exists: one person across all accounts, a group, a computer.
 *
 * Entities are numbered from 1 within a run; 0 means none. The number is not stable between runs, `id` is. */
#ifndef VIGIE_MODEL_ENTITY_H
#define VIGIE_MODEL_ENTITY_H

#include "base/str.h"
#include "base/time.h"

#include <stdint.h>

enum entity_type { ENTITY_USER, ENTITY_COMPUTER, ENTITY_GROUP };

enum entity_flag {
    ENTITY_DC = 1 << 0, /* domain controller, from the directory or learned */
    ENTITY_RODC = 1 << 1,
    ENTITY_SENSITIVE = 1 << 2,  /* member of a sensitive group at any depth, is one, or tagged */
    ENTITY_HONEYTOKEN = 1 << 3, /* tagged */
    ENTITY_DISABLED = 1 << 4,
    ENTITY_TERMINATED = 1 << 5,   /* deleted or expired for good in the directory */
    ENTITY_SERVICE = 1 << 6,      /* service account: gMSA, or has SPNs and is no computer */
    ENTITY_BUILTIN = 1 << 7,      /* SYSTEM, LOCAL SERVICE, NETWORK SERVICE, ANONYMOUS, DWM-n ... */
    ENTITY_IN_DIRECTORY = 1 << 8, /* named by the directory, not only seen in events */
    ENTITY_REPLICATOR = 1 << 9,   /* known to replicate: Entra Connect's MSOL_*, AAD_*, tagged */
    ENTITY_DNS_SERVER = 1 << 10,
    ENTITY_EXCHANGE = 1 << 11,   /* Exchange server (member of Exchange Servers, or exchange SPNs) */
    ENTITY_ADMIN_COUNT = 1 << 12 /* adminCount is set: is or was a member of a group that AdminSDHolder guards */
};

struct entity {
    uint32_t number;
    enum entity_type type;
    uint32_t flags;  /* ENTITY_ bits */
    struct str id;   /* stable: 24 hex digits from its strongest name */
    struct str name; /* for people: display name, else sAM name, UPN ... */
    struct str sid, sam, domain, upn, mail, cloud, dns_name, dn;
    struct str guid; /* objectGUID, lower case without braces: the same after every rename and move */
    struct str department, title, country, phone, os;
    struct str manager;            /* SID, GUID or DN, as the directory was read */
    uint32_t uac;                  /* userAccountControl of the directory, model/uac.h, 0 unknown */
    uint32_t enctypes;             /* msDS-SupportedEncryptionTypes, 0 unknown */
    int64_t created, terminated;   /* terminated: when it expires (accountExpires) or was deleted; TIME_NONE unknown or never */
    int64_t last_logon;            /* lastLogonTimestamp: up to 14 days behind (MS-ADTS 3.1.1.8 of that attribute); TIME_NONE unknown */
    int64_t password_set;          /* pwdLastSet; TIME_NONE unknown, or must be changed at the next logon */
    const struct str *spns;        /* servicePrincipalName */
    const struct str *delegate_to; /* msDS-AllowedToDelegateTo: services that it may use in the name of others */
    const struct str *delegates;   /* msDS-AllowedToActOnBehalfOfOtherIdentity: SIDs of those who may use it in the name of others */
    uint32_t nspns, ndelegate_to, ndelegates;
    const struct str *accounts; /* every spelling that resolves to it, sorted */
    uint32_t naccounts;
    const uint32_t *groups; /* direct groups' numbers, sorted */
    uint32_t ngroups;
};

/* A domain that this one trusts, or that trusts this one (trustedDomain objects, MS-ADTS 6.1.6.7). */
struct trust {
    struct str domain; /* the domain whose directory says so */
    struct str name, netbios, sid;
    uint32_t direction;  /* 1 inbound: they trust us; 2 outbound: we trust them; 3 both */
    uint32_t type;       /* 1 Windows NT 4, 2 Active Directory, 3 Kerberos realm */
    uint32_t attributes; /* 0x4 SIDs are filtered, 0x8 forest, 0x20 within the forest, ... */
};

#endif
