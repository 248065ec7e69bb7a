/* detect/detect.h - what a detection is: data, and one pure function over activities.
 *
 * Adding one is adding detect/det_<id>.c that exports `const struct detector det_<id>`; the registry is
 * made from file names. A detector sees activities in time order, once each (repeats are gone, entities
 * are resolved), keeps its state in tables that it owns, and raises drafts. It does no I/O, has no
 * globals and asks no clock: time is the activity's. So a test is a replay, and the order of detectors
 * cannot matter. */
#ifndef VIGIE_DETECT_DETECT_H
#define VIGIE_DETECT_DETECT_H

#include "base/arena.h"
#include "base/table.h"
#include "directory/dir.h"
#include "model/activity.h"
#include "model/alert.h"
#include "model/phrase.h"

struct detection; /* a detector at work */

/* A number that the administrator owns. `about` is a whole sentence; units are in it. */
struct param {
    const char *name; /* snake_case */
    double value;     /* default */
    const char *about, *french; /* the same sentence in both languages */
};

/* What a detection says of itself, for the French portal. Everything else (API, CEF, reports, docs) says it in English. */
struct detector_french {
    const char *name, *about, *blind;
    const struct phrase *phrases; /* the sentences of its alerts, ended by english == NULL */
};

struct detector {
    int external_id;     /* 2006; 0 for cloud detections */
    const char *policy;  /* "impossible_travel"; NULL for the on-premises ones */
    const char *name;    /* the documented name */
    enum severity severity;
    enum category category;
    const char *attack[5]; /* ATT&CK techniques, NULL-terminated */
    int learning_days;     /* 0 = none; until it ends nothing is raised unless learning is assumed over */
    bool off;              /* not enabled by default */
    bool preview;          /* beyond the original's 2019 list */
    const char *about;     /* what it means and how it is decided, a short paragraph for docs/detections */
    const char *blind;     /* what the input lacks when none of the wanted kinds was in it: "no event 4662 (Audit Directory Service Access)" */
    struct detector_french french; /* the same; tests/detect/test_french.c misses what is missing */
    bool asks_directory;   /* decides by what the directory says of accounts: weaker where it is missing or old */
    const enum kind *wants; /* kinds it sees, ended by KIND_COUNT; { KIND_UNKNOWN, KIND_COUNT } = all kinds */
    const enum kind *needs; /* kinds without all of which it is blind; NULL = wants. The other wanted kinds only explain. */
    bool (*sees)(const struct activity *a); /* of these kinds, those that count against blindness; NULL: all */
    bool (*ready)(const struct detection *d); /* false: blind whatever was seen, since nobody named what it watches; NULL: always */
    const struct param *params; /* ended by name == NULL; may be NULL */
    size_t state_size;     /* zeroed memory at detection_state() */
    int (*start)(struct detection *d);  /* set tables up; may be NULL; 0 or negative enum err */
    void (*see)(struct detection *d, const struct activity *a);
    void (*end)(struct detection *d);   /* the input is over: raise what waits for its window; may be NULL */
    void (*tick)(struct detection *d, int64_t now); /* where the input has no end, each hour of its time: raise what has waited long
                                         * enough; may be NULL */
    void (*directory)(struct detection *d); /* the directory was built again: forget what was read from it; may be NULL */
    void (*stop)(struct detection *d);  /* free the tables; may be NULL */
};

extern const struct detector *const detectors[]; /* generated from file names, ended by NULL */

/* ---- what a detector may ask of its detection ---- */

void *detection_state(struct detection *d);
const struct dir *detection_dir(const struct detection *d);
/* A parameter by its place in params[] (use an enum beside the table). */
double detection_param(const struct detection *d, unsigned index);
/* True when the learning period counted from `since` (a moment the detector keeps: first activity of
 * this controller, of this user ...) is over at `now`, or learning is assumed over (--learned). */
bool detection_learned(const struct detection *d, int64_t since, int64_t now);
/* First activity of any kind that this run has seen. */
int64_t detection_first(const struct detection *d);
/* First cloud activity of that user in this run, of whatever kind; TIME_NONE when there was none yet. */
int64_t detection_user_first(const struct detection *d, uint32_t entity);
bool detection_learning_assumed(const struct detection *d);
/* True when actor, device or address is excluded from this detection by the administrator. */
bool detection_excluded(const struct detection *d, const struct activity *a);
/* True when something else than these is excluded from this detection by that name: a domain, say. */
bool detection_excludes(const struct detection *d, struct str name);
/* Where logon sessions came from (detect/common.h), learned by the engine once for all detections. */
struct table *detection_sessions(struct detection *d);
/* Which user agents people have used (detect/familiar.h), for all detections. */
struct familiar *detection_familiar(const struct detection *d);
/* What several detections ask of the activity being seen: the first that asks works it out, the others find it here. */
struct told {
    const struct activity *of;
    bool has_person, person; /* cloud_person */
    bool has_agent, has_days;
    uint64_t agent;                 /* familiar_key */
    uint32_t user_days, agent_days; /* familiar_agent */
};
/* NULL when `a` is not the activity being seen. */
struct told *detection_told(const struct detection *d, const struct activity *a);
/* Scratch memory that lives until see() returns, for description texts. */
struct arena *detection_arena(struct detection *d);

/* ---- evidence ---- */

/* A reference to an activity, small enough to keep. */
struct witness {
    uint8_t id[16];
    int64_t time;
    struct origin origin;
    uint16_t kind;
};

enum { WITNESSES = 12 };
/* The first and the latest activities of something that is still being watched. */
struct witnesses {
    uint32_t total;
    uint32_t n;
    struct witness w[WITNESSES];
};

void witness_add(struct witnesses *w, const struct activity *a);
void witness_clear(struct witnesses *w);

/* ---- raising ---- */

enum { DRAFT_USERS = 32 };

struct draft {
    /* One campaign is one alert: drafts with the same key that come within `campaign_hours` of the last
     * one update the open alert (count, end, evidence, description). 0: made from source and
     * destination. Make it with hash functions of base/hash.h over what identifies the campaign. */
    uint64_t campaign;
    double campaign_hours; /* 0: 24 */
    enum severity severity; /* SEVERITY_DEFAULT: the detector's */
    struct str source_name; /* computer, or what is known of the source */
    uint32_t source_entity;
    struct ip source_ip;
    uint8_t source_certainty; /* percent, 0 = not resolved */
    struct str destination_name;
    uint32_t destination_entity;
    struct ip destination_ip;
    uint32_t users[DRAFT_USERS]; /* entity numbers of the accounts concerned; first = whose score it counts for */
    unsigned nusers;
    struct str accounts[DRAFT_USERS]; /* names of accounts that resolve to no entity */
    unsigned naccounts;
    struct str description;       /* a sentence made from the evidence */
    const struct witnesses *evidence; /* NULL: the activity being seen */
    uint32_t count;               /* how often, 0 = 1 */
};

/* A draft with source, destination and actor taken from the activity. */
struct draft draft_of(const struct activity *a);
void draft_user(struct draft *f, uint32_t entity, struct str name); /* adds once; name used when entity is 0 */
/* Raises or updates. `a` is the activity being seen; it is added to the evidence. In end(), a is NULL. */
void detection_raise(struct detection *d, const struct activity *a, const struct draft *f);

#endif
