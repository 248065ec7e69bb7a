/* model/alert.h - an alert: one campaign that one detection found, with its evidence. */
#ifndef VIGIE_MODEL_ALERT_H
#define VIGIE_MODEL_ALERT_H

#include "base/ip.h"
#include "base/str.h"
#include "base/time.h"
#include "model/activity.h"

enum severity { SEVERITY_DEFAULT, SEVERITY_INFORMATIONAL, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH };

/* Phases of an attack, as the original groups its alerts; cloud detections use the last ones. */
#define CATEGORIES(X)                                                                                                  \
    X(RECONNAISSANCE, "reconnaissance")                                                                                \
    X(COMPROMISED_CREDENTIAL, "compromised credential")                                                                \
    X(LATERAL_MOVEMENT, "lateral movement")                                                                            \
    X(DOMAIN_DOMINANCE, "domain dominance")                                                                            \
    X(EXFILTRATION, "exfiltration")                                                                                    \
    X(THREAT_DETECTION, "threat detection")                                                                            \
    X(PRIVILEGED_ACCOUNTS, "privileged accounts")

enum category {
#define X(id, text) CATEGORY_##id,
    CATEGORIES(X)
#undef X
        CATEGORY_COUNT
};

struct str severity_text(enum severity s);
struct str category_text(enum category c);

/* One piece of evidence: an activity, and where its raw record lies. */
struct evidence {
    uint8_t id[16];
    int64_t time;
    struct origin origin;
    uint16_t kind;
};

enum { ALERT_EVIDENCE = 24, ALERT_USERS = 32 };

struct endpoint {
    struct str name;
    uint32_t entity;
    struct ip ip;
    uint8_t certainty; /* percent that name belongs to ip; 0 = not resolved */
};

struct alert {
    char id[25];           /* 24 hex digits */
    int external_id;       /* 0 for cloud detections */
    struct str policy;     /* policy id of cloud detections, else absent */
    struct str name;
    enum severity severity;
    enum category category;
    const char *const *attack; /* NULL-terminated */
    bool preview;
    int64_t start, end;
    uint64_t count;
    struct endpoint source, destination;
    uint32_t users[ALERT_USERS]; /* entity numbers */
    unsigned nusers;
    bool headless; /* whose score it counts for was left out of the users: their first is another */
    struct str accounts[ALERT_USERS]; /* names that resolve to nobody */
    unsigned naccounts;
    struct str description;
    struct evidence evidence[ALERT_EVIDENCE]; /* in time order: the first and the latest */
    unsigned nevidence;
    uint64_t nactivities; /* activities that back it, also those not listed */
};

/* For qsort over pointers to alerts: by start, then id. */
int alert_by_start(const void *x, const void *y);

#endif
