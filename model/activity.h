/* model/activity.h - the one record that both shores share.
 *
 * Decoders make activities; detections, scores, policies, pages and the API read them and never bytes.
 * Unknown is unknown: an absent text has p == NULL, an absent address is all zero, an absent moment is
 * TIME_NONE; never an empty string or a zero in their place.
 * Texts point into the input or the message arena and live as long as the call that hands them out. */
#ifndef VIGIE_MODEL_ACTIVITY_H
#define VIGIE_MODEL_ACTIVITY_H

#include "base/ip.h"
#include "base/str.h"
#include "base/time.h"
#include "model/fact.h"
#include "model/kind.h"

enum outcome { OUTCOME_UNKNOWN, OUTCOME_SUCCESS, OUTCOME_FAILURE };

#define PROTOCOLS(X)                                                                                                   \
    X(NONE, "")                                                                                                        \
    X(KERBEROS, "Kerberos")                                                                                            \
    X(NTLM, "NTLM")                                                                                                    \
    X(NEGOTIATE, "Negotiate")                                                                                          \
    X(LDAP, "LDAP")                                                                                                    \
    X(SMB, "SMB")                                                                                                      \
    X(SAMR, "SAMR")                                                                                                    \
    X(SRVSVC, "SRVSVC")                                                                                                \
    X(SVCCTL, "SVCCTL")                                                                                                \
    X(DRSUAPI, "DRSUAPI")                                                                                              \
    X(LSARPC, "LSARPC")                                                                                                \
    X(BKRP, "BKRP")                                                                                                    \
    X(ATSVC, "ATSVC")                                                                                                  \
    X(WINREG, "WINREG")                                                                                                \
    X(NETLOGON, "NETLOGON")                                                                                            \
    X(RPC, "RPC")                                                                                                      \
    X(WMI, "WMI")                                                                                                      \
    X(WINRM, "WinRM")                                                                                                  \
    X(RDP, "RDP")                                                                                                      \
    X(DNS, "DNS")                                                                                                      \
    X(DHCP, "DHCP")                                                                                                    \
    X(NBNS, "NetBIOS name service")                                                                                    \
    X(RADIUS, "RADIUS")                                                                                                \
    X(SAML, "SAML")                                                                                                    \
    X(HTTP_API, "HTTP API")                                                                                            \
    X(HTTP, "HTTP")

enum protocol {
#define X(id, text) PROTO_##id,
    PROTOCOLS(X)
#undef X
        PROTO_COUNT
};

#define OBJECT_TYPES(X)                                                                                                \
    X(ACCOUNT, "account")                                                                                              \
    X(GROUP, "group")                                                                                                  \
    X(COMPUTER, "computer")                                                                                            \
    X(SERVICE, "service")                                                                                              \
    X(SHARE, "share")                                                                                                  \
    X(FILE, "file")                                                                                                    \
    X(MAILBOX, "mailbox")                                                                                              \
    X(APP, "app")                                                                                                      \
    X(ROLE, "role")                                                                                                    \
    X(DIRECTORY_OBJECT, "directory object")                                                                            \
    X(STORAGE, "storage")                                                                                              \
    X(VM, "VM")                                                                                                        \
    X(POLICY, "policy")                                                                                                \
    X(OTHER, "object")

enum object_type {
#define X(id, text) OBJECT_##id,
    OBJECT_TYPES(X)
#undef X
        OBJECT_TYPE_COUNT
};

/* What part the object plays. Most activities have one TARGET. */
#define OBJECT_ROLES(X)                                                                                                \
    X(TARGET, "target")       /* what it was done to */                                                                \
    X(MEMBER, "member")       /* the account put into or taken out of a group or role */                               \
    X(GROUP, "group")         /* that group or role */                                                                 \
    X(RESOURCE, "resource")   /* what was used: service, share, file, app */                                           \
    X(PARAMETER, "parameter") /* named in the request, neither of the above */

enum object_role {
#define X(id, text) ROLE_##id,
    OBJECT_ROLES(X)
#undef X
        ROLE_COUNT
};

/* An account, group or computer exactly as a record refers to it. */
struct account {
    struct str sid;    /* S-1-5-21-... */
    struct str name;   /* sAM account name (alice, DC1$), or the only name there is */
    struct str domain; /* NetBIOS or DNS name of its domain */
    struct str upn;    /* user@suffix */
    struct str mail;
    struct str cloud;  /* object id, ARN, provider's user id */
};

struct object {
    enum object_type type;
    enum object_role role;
    struct account ref; /* for things that are not accounts: name, and cloud for their id */
    uint32_t entity;    /* set by the directory stage; 0 = not resolved */
};

enum { LOCATION_CORPORATE = 1, LOCATION_VPN = 2, LOCATION_RISKY = 4, LOCATION_ANONYMOUS = 8, LOCATION_TOR = 16, LOCATION_CLOUD = 32 };

struct location {
    struct str country; /* ISO 3166-1 alpha-2 */
    struct str region, city;
    struct str network; /* owner's name */
    uint32_t asn;
    uint32_t tags; /* LOCATION_ bits */
    int16_t latitude, longitude; /* hundredths of a degree; both 0: not known nearer than the country */
};

static inline bool location_placed(const struct location *at)
{
    return at->latitude != 0 || at->longitude != 0;
}

/* Sets the place from degrees; leaves it when they are out of range. */
void location_put(struct location *at, double latitude, double longitude);

enum { AGENT_OUTDATED_BROWSER = 1, AGENT_OUTDATED_SYSTEM = 2, AGENT_SCRIPT = 4 };

struct agent {
    struct str text;   /* user agent as sent */
    struct str browser, os;
    struct str device; /* DESKTOP, MOBILE, TABLET, OTHER */
    uint32_t tags;     /* AGENT_ bits */
};

/* Where the raw record lies. */
struct origin {
    uint32_t input;  /* index into the run's table of inputs */
    uint64_t record; /* number within the input: EVTX record id, line from 1, packet from 1 */
    uint64_t offset; /* byte offset within the (unpacked) input */
};

enum { ACTIVITY_OBJECTS = 32, ACTIVITY_FACTS = 48 }; /* most of each in one activity; decoders report what does not fit */

struct activity {
    uint8_t id[16]; /* stable: the same record read twice gives the same id (base/hash.h hash_id) */
    int64_t time;   /* of the event itself, never of reading */
    struct origin origin;
    struct str app;      /* "Active Directory", "Office 365", ... (model/app.h) */
    struct str instance; /* which tenant or domain of it */
    enum kind kind;
    struct str kind_text; /* only when kind is KIND_UNKNOWN */
    enum outcome outcome;
    bool has_code;
    uint64_t code; /* the protocol's own: NTSTATUS, Kerberos error, HTTP status, cloud error number */
    struct account actor;
    uint32_t actor_entity; /* set by the directory stage; 0 = none */
    struct object *objects;
    unsigned nobjects;
    struct str device; /* computer that it came from, as seen */
    uint32_t device_entity;
    uint8_t device_certainty; /* percent; 100 = the record names it and the source is trusted */
    struct ip ip;
    uint16_t port;
    struct str destination; /* computer or service that it went to; on-premises: which controller or server */
    uint32_t destination_entity;
    struct ip destination_ip;
    struct location location;
    struct agent agent;
    enum protocol protocol;
    bool admin, impersonated;
    struct str session; /* session or logon id */
    struct fact *facts;
    unsigned nfacts;
};

struct str protocol_text(enum protocol p);
struct str outcome_text(enum outcome o); /* "success", "failure"; absent when unknown */
enum protocol protocol_of(struct str text);
struct str object_type_text(enum object_type t);
struct str object_role_text(enum object_role r);
enum object_type object_type_of(struct str text); /* OBJECT_OTHER when unknown */
enum object_role object_role_of(struct str text); /* ROLE_TARGET when unknown */

/* The activity's kind in words, known or not. */
struct str act_kind(const struct activity *a);
const struct fact *act_fact(const struct activity *a, enum fact_key key);
struct str act_str(const struct activity *a, enum fact_key key);           /* absent when not there */
uint64_t act_u64(const struct activity *a, enum fact_key key, uint64_t otherwise);
bool act_has(const struct activity *a, enum fact_key key);
/* The first object with that role, NULL when there is none. */
const struct object *act_object(const struct activity *a, enum object_role role);
/* How people call the account: name, else UPN, mail, SID or cloud id. Absent when nothing is known. */
struct str account_text(const struct account *a);
bool account_set(const struct account *a);

/* ---- flat form: what moves between stages and to disk ---- */

enum { ACTIVITY_PACKED_MAX = 262144 };
/* The flat form begins with its sort key; memcmp over it puts activities in order: time (8 bytes), kind
 * (2), id (16), input (4), record (8), offset (8), big-endian. Kinds stand in model/kind.h in the order of cause and
 * effect, so that a logon comes before what was done with it in the same tick. */
enum { ACTIVITY_KEY_ID = 8 + 2, ACTIVITY_KEY_INPUT = ACTIVITY_KEY_ID + 16, ACTIVITY_KEY = ACTIVITY_KEY_INPUT + 4 + 8 + 8 };
/* Bytes written to out (at most `room`), or ERR_LIMIT when it does not fit. */
int activity_pack(const struct activity *a, uint8_t *out, size_t room);
/* Texts point into `bytes`; objects and facts into the arrays given (ACTIVITY_OBJECTS, ACTIVITY_FACTS long). */
int activity_unpack(const uint8_t *bytes, size_t n, struct activity *a, struct object *objects, struct fact *facts);

#endif
