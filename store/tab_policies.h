/* store/tab_policies.h - policies: the detections as an administrator may tune them, activity policies, and suppression rules.
 *
 * A detection is known by its key ("2006", "impossible_travel"), an activity policy by 24 hexadecimal digits. The hub writes what the
 * detections are at every start; what an administrator decided about them stays through updates of the program. */
#ifndef VIGIE_STORE_TAB_POLICIES_H
#define VIGIE_STORE_TAB_POLICIES_H

#include "base/arena.h"
#include "base/time.h"
#include "model/alert.h"
#include "store/db.h"

enum policy_type { POLICY_IDENTITY, POLICY_ANOMALY, POLICY_ACTIVITY };
enum policy_match { POLICY_SINGLE, POLICY_REPEATED };
enum { POLICY_MAIL = 1, POLICY_WEBHOOK = 2, POLICY_SYSLOG = 4 }; /* bits of actions */

struct stored_policy {
    struct str id;
    enum policy_type type;
    int external_id;         /* 0: none */
    struct str name, description;
    enum severity severity;
    struct str category;
    struct str definition;   /* detections: JSON {about, blind, shore, attack, learningDays, off, preview, params, french} */
    /* what the administrator decides */
    bool enabled;
    unsigned actions;        /* POLICY_ bits: who is told of its alerts */
    struct str governance;   /* ids of actions, a blank between them: what its alerts start (policy/govern.h); absent: nothing */
    struct str params;       /* detections: JSON object of name to value, only what differs from the default */
    int sensitivity;         /* anomaly detections: 1 low, 2 as defined, 3 high */
    struct str scope;        /* JSON {"include":[id...],"exclude":[id...]}: users and groups; absent: everybody */
    enum severity lowest;    /* alerts below are not raised; SEVERITY_DEFAULT: all are */
    /* activity policies */
    struct str filters;      /* JSON, as given: days ago stay relative */
    enum policy_match match;
    uint32_t count, minutes; /* repeated: this often within */
    bool same_app;
    struct str unique;       /* repeated: name of a field of which so many different values are counted; absent: activities are */
    uint32_t daily_limit;    /* alerts a day, 0: no limit */
    int64_t since;           /* only activities received later count: set when it is made, switched on, or asks for something else */
    struct str created_by, changed_by;
    int64_t created, changed;
};

/* ---- detections ---- */

/* What a detection is; keeps what was decided about it. In a transaction of the caller. */
int tab_policies_define(struct db *db, const struct stored_policy *p);
/* Enabled, actions, governance, params, sensitivity, scope, lowest, severity, changed_by, changed of a detection; everything of an activity policy.
 * ERR_NOT_FOUND. The caller has validated (policy/detection_policy.h, policy/activity_policy.h). */
int tab_policies_change(struct db *db, const struct stored_policy *p);

/* ---- activity policies ---- */

int tab_policies_add(struct db *db, const struct stored_policy *p);
/* With its matches and exclusions; its alerts stay. ERR_NOT_FOUND. */
int tab_policies_drop(struct db *db, struct str id);

/* ---- all ---- */

int tab_policies_get(struct db *db, struct arena *a, struct str id, struct stored_policy *out);
/* How a detection is called in French. ERR_NOT_FOUND: there is none of that id, or it is an activity policy, whose name is its author's. */
int tab_policies_french(struct db *db, struct arena *a, struct str id, struct str *name);
/* By type, external id, name. `types`: a bit per enum policy_type; `text`: part of name (in either language) or id, absent for all. Texts live until each
 * returns. */
int tab_policies_each(struct db *db, unsigned types, struct str text, int (*each)(void *owner, const struct stored_policy *p), void *owner);

/* ---- exclusions: who a detection never speaks of ---- */

int tab_policies_exclude(struct db *db, struct str policy, struct str name, int64_t until, struct str by); /* until TIME_NONE: for ever */
int tab_policies_include(struct db *db, struct str policy, struct str name);                             /* takes it back; ERR_NOT_FOUND */
/* Those that hold at `now` (TIME_NONE: all), of one policy or, when it is absent, of all. */
int tab_policies_exclusions(struct db *db, struct str policy, int64_t now, int (*each)(void *owner, struct str policy, struct str name, int64_t until),
                            void *owner);

/* ---- which activities matched a policy ---- */

int tab_policies_matched(struct db *db, struct str policy, const uint8_t activity[16], int64_t time);
/* Newest first, at most `limit`; an absent policy means all. */
int tab_policies_matches(struct db *db, struct str policy, uint32_t limit, int (*each)(void *owner, const uint8_t activity[16]), void *owner);
int tab_policies_of(struct db *db, const uint8_t activity[16], int (*each)(void *owner, struct str id, struct str name), void *owner);
int tab_policies_expire(struct db *db, int64_t before, uint64_t *n); /* matches older than */

/* ---- suppression: alerts like this one are stored but do not open ---- */

enum suppress_by { SUPPRESS_USER, SUPPRESS_SOURCE, SUPPRESS_IP };

struct stored_suppression {
    int64_t id;
    struct str policy;
    enum suppress_by by;
    struct str value;  /* entity number in decimal; computer or address */
    int64_t until;     /* TIME_NONE: for ever */
    struct str made_by, alert;
    int64_t made;
};

int tab_policies_suppress(struct db *db, const struct stored_suppression *s);
int tab_policies_unsuppress(struct db *db, int64_t id); /* ERR_NOT_FOUND */
int tab_policies_suppressions(struct db *db, int (*each)(void *owner, const struct stored_suppression *s), void *owner);
/* A rule holds at `now` for an alert of that policy with one of those users, that source or that address. */
int tab_policies_suppressed(struct db *db, struct str policy, const struct stored_suppression *values, size_t n, int64_t now, bool *is);

#endif
