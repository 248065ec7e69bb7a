/* directory/dir.h - who exists: the read-only view that detections, scores and posture share.
 *
 * Built by directory/dir_build.h from the imported directory (LDIF, JSON) and from what the events
 * themselves say (names beside SIDs, who answers as a controller). Complete before the first activity
 * is judged, and the same for the same input in any order. */
#ifndef VIGIE_DIRECTORY_DIR_H
#define VIGIE_DIRECTORY_DIR_H

#include "model/activity.h"
#include "model/entity.h"

struct dir;

/* Entities are numbered 1..count. Of a directory that knew entities before (directory/dir_build.h), several numbers may lead
 * to one entity, whose own number is the lowest, and some may be nobody's. */
uint32_t dir_count(const struct dir *d);
/* NULL for 0 and what is nobody's. */
const struct entity *dir_entity(const struct dir *d, uint32_t number);
/* The number of the entity that `number` leads to, 0 for nobody's. */
uint32_t dir_number(const struct dir *d, uint32_t number);
/* True when entity `number` has all the flags; false for 0. */
bool dir_is(const struct dir *d, uint32_t number, uint32_t flags);

/* The entity that an account reference means, 0 when unknown. Strongest name first: SID, cloud id, UPN,
 * mail, domain + name, then name alone if only one entity has it. */
uint32_t dir_account(const struct dir *d, const struct account *a);
uint32_t dir_sid(const struct dir *d, struct str sid);
uint32_t dir_computer(const struct dir *d, struct str name); /* host name, DNS name or HOST$ */
/* The one computer that is ever at an address, by configuration, by the directory or by what was seen; 0 when there is none or several. */
uint32_t dir_computer_at(const struct dir *d, const struct ip *ip);

/* How it is known which computer is at an address, weakest first. Names up to SERVER are somebody's word: nobody becomes a controller by them. */
#define DIR_SOURCES(X)                                                                                    \
    X(NONE, 0, "")                                                                                        \
    X(CLAIM, 40, "the name that it claims")           /* NTLM workstation, Kerberos host address */       \
    X(DNS, 55, "DNS")                                                                                     \
    X(REQUEST, 60, "a DHCP request")                                                                      \
    X(NETBIOS, 70, "NetBIOS")                                                                             \
    X(LEASE, 85, "a DHCP lease")                                                                          \
    X(SERVER, 85, "the name that it serves under")    /* NTLM CHALLENGE */                                \
    X(ACCOUNT, 90, "its account's Kerberos")          /* the machine account authenticates from there */  \
    X(TICKET, 90, "the Kerberos tickets that it takes")                                                   \
    X(LOCATOR, 95, "its answer as a controller")      /* NETLOGON over CLDAP */                           \
    X(CONFIGURED, 100, "configuration")               /* --dc NAME=IP, the imported directory */

enum dir_source {
#define X(id, certainty, text) DIR_SOURCE_##id,
    DIR_SOURCES(X)
#undef X
        DIR_SOURCE_COUNT
};

struct dir_place {
    uint32_t computer;
    uint8_t certainty; /* percent */
    enum dir_source source;
};

/* Which computer had that address at that time: a lease can change hands. False when nothing or nothing sure enough is known. */
bool dir_where(const struct dir *d, const struct ip *ip, int64_t time, struct dir_place *out);
struct str dir_source_text(enum dir_source s);
/* How it is known that the computer had that address then; absent when it is not. */
struct str dir_known_by(const struct dir *d, uint32_t computer, const struct ip *ip, int64_t time);

/* Trusts of the imported directories, by domain and name. */
const struct trust *dir_trusts(const struct dir *d, size_t *n);

/* A domain controller by entity or by address or by name as an activity gives them. */
bool dir_dc_destination(const struct dir *d, const struct activity *a);
bool dir_dc_source(const struct dir *d, const struct activity *a);
bool dir_dns_server(const struct dir *d, uint32_t computer, const struct ip *ip);

/* True when the imported directory lists the accounts of that domain, so that a name that it does not
 * have does not exist. */
bool dir_complete(const struct dir *d, struct str domain);
/* The well-known sensitive groups, and tagged ones, by SID and never by localised name. */
bool dir_sensitive_group_sid(const struct dir *d, struct str sid);
/* The same of a group that is named by its DN: as the directory knows it; where it does not, by the English name in its own place. */
bool dir_sensitive_group_dn(const struct dir *d, struct str dn);
/* Mail domains and UPN suffixes that are the organisation's own (learned from its accounts). */
bool dir_own_domain(const struct dir *d, struct str domain);
/* True when user is a member of group at any depth. */
bool dir_member(const struct dir *d, uint32_t user, uint32_t group);

#endif
