/* store/tab_alerts.h - the alert queue: what detections and policies raised, and what people did with it.
 *
 * An alert's id is stable: analysing the same activities again updates the same row and never touches
 * what people decided (read, resolution, comment). */
#ifndef VIGIE_STORE_TAB_ALERTS_H
#define VIGIE_STORE_TAB_ALERTS_H

#include "base/arena.h"
#include "base/time.h"
#include "model/activity.h"
#include "model/alert.h"
#include "model/filter.h"
#include "store/db.h"

/* Numbers of the compatible API. */
enum resolution { RESOLUTION_OPEN, RESOLUTION_DISMISSED, RESOLUTION_RESOLVED, RESOLUTION_FALSE_POSITIVE, RESOLUTION_BENIGN, RESOLUTION_TRUE_POSITIVE };
enum alert_source { ALERT_BUILT_IN, ALERT_POLICY, ALERT_CEF };

/* Somebody or something that an alert is about. */
struct alert_party {
    struct str type; /* account, device, service, policyRule, ip, country, file, group: the API's words */
    struct str id, label, role; /* role: Source, Destination, Related */
    uint32_t entity;
    uint8_t certainty; /* percent, of devices named by address */
};

struct stored_alert {
    /* what the analysis says */
    char id[25];
    int external_id;
    struct str policy;      /* detection's key ("2006", "impossible_travel") or policy id */
    struct str name, description;
    enum severity severity;
    struct str category;
    struct str attack;      /* JSON array of technique ids */
    enum alert_source source;
    enum shore shore;
    uint32_t service;       /* app number */
    bool preview;
    int64_t start, end, updated;
    uint64_t count, nactivities;
    bool headless;          /* as in struct alert; not kept */
    int64_t withdrawn;      /* since when the analysis no longer raises it, TIME_NONE: it stands; tab_alerts_withdraw sets it, a put clears it */
    struct alert_party source_party, destination_party;
    struct str parties;     /* JSON array of all of struct alert_party, source and destination included: objects with its members
                             * by name; filters find addresses and files in it */
    struct str advice;      /* key of the texts that say what to do; the detection's */
    /* what people say */
    bool read;
    enum resolution resolution;
    int64_t resolved;       /* when it was closed; TIME_NONE while open */
    struct str handled_by, comment;
    int reason;             /* reasonId of the API, -1 none */
    bool suppressed;
};

struct stored_evidence {
    uint8_t activity[16];
    int64_t time;
    struct str kind;
};

/* New or updated, with everybody concerned (entity numbers; aliases need not be followed) and the evidence; *fresh tells
 * which. What people decided stays as it is: of `a` the last group of members is not read. Notes in the history what
 * changed. In a transaction of the caller or alone (then a kill may leave it in part, and the next put mends it). */
int tab_alerts_put(struct db *db, const struct stored_alert *a, const uint32_t *users, size_t nusers, const struct stored_evidence *e, size_t ne,
                   bool *fresh);

/* Whose alerts may be seen; NULL for all. */
struct alert_view {
    bool cloud, onprem;
    const uint32_t *apps; /* app numbers, NULL: all */
    size_t napps;
    const uint32_t *people; /* sorted entity numbers, NULL: everybody; an alert is seen when one of its users is */
    size_t npeople;
};

/* An alert's date, for filters and order, is that of its latest activity: whoever polls by date sees it again when it grows. */
enum alert_sort { ALERT_BY_DATE, ALERT_BY_SEVERITY, ALERT_BY_STATUS };

struct alert_query {
    const struct filter *filter; /* NULL: all */
    const struct alert_view *view;
    enum alert_sort sort; /* then by id: a total order */
    bool ascending;
    uint32_t skip, limit;
};

/* Calls each for a page; texts live until each returns. *more: there are further ones. */
int tab_alerts_query(struct db *db, const struct alert_query *q, int (*each)(void *owner, const struct stored_alert *a), void *owner, bool *more);
int tab_alerts_count(struct db *db, const struct filter *f, const struct alert_view *v, uint64_t *n);
int tab_alerts_get(struct db *db, struct arena *arena, const struct alert_view *v, struct str id, struct stored_alert *out);
int tab_alerts_evidence(struct db *db, struct str id, int (*each)(void *owner, const struct stored_evidence *e), void *owner);
/* Aliases followed; sorted. */
int tab_alerts_users(struct db *db, struct str id, uint32_t *numbers, size_t room, size_t *n);
/* The alerts that have an activity as evidence: 24 characters and a NUL each. */
int tab_alerts_with(struct db *db, const struct alert_view *v, const uint8_t activity[16], char (*ids)[25], size_t room, size_t *n);

/* Handling. ERR_NOT_FOUND when there is no such alert (the caller has checked the view). */
struct alert_close {
    enum resolution resolution; /* RESOLUTION_OPEN reopens */
    int reason;
    struct str comment, by;
    int64_t now;
};
int tab_alerts_suppress(struct db *db, struct str id, bool suppressed, struct str by, int64_t now);
int tab_alerts_close(struct db *db, struct str id, const struct alert_close *c);
int tab_alerts_mark(struct db *db, struct str id, bool read, struct str by, int64_t now);
int tab_alerts_comment(struct db *db, struct str id, struct str comment, struct str by, int64_t now);
/* What happened to it, oldest first: opened, updated, withdrawn, raised (again), read, unread, closed, reopened, commented, suppressed, unsuppressed. */
struct alert_event {
    struct str what, by, text; /* `by` absent: the analysis; `text`: comment, or the resolution's number */
    int64_t time;
};
int tab_alerts_history(struct db *db, struct str id, int (*each)(void *owner, const struct alert_event *e), void *owner);
/* Withdraws alerts of detections whose ground a later, older log took away: those that start at or after `from` and that `stands` (by id) does not
 * know, whose detection runs (`onprem`: the on-premises ones do) and is set as it was when they were opened. One that nobody handled or was told of
 * is deleted. Another stays with what people said, marked and noted in its history: work is not lost, and the queue explains why no score knows it. */
struct alert_ground {
    int64_t from, now; /* from: TIME_NONE: all */
    bool onprem;
    bool (*stands)(void *owner, struct str id);
    void *owner;
};
int tab_alerts_withdraw(struct db *db, const struct alert_ground *g, uint64_t *n);
/* Personal data: alerts that call an account by that name, whether or not it is known whose it is. */
int tab_alerts_naming(struct db *db, struct str name, int (*each)(void *owner, struct str id), void *owner);
/* Personal data: the alert goes, with its comments and history. */
int tab_alerts_drop(struct db *db, struct str id);
/* Personal data: the alert as it is said without somebody, its comment too; each text of its history becomes what `say` makes of it.
 * No event tells of it. In a transaction of the caller. */
struct alert_rest {
    const uint32_t *users;
    size_t nusers;
    const struct stored_evidence *evidence;
    size_t nevidence;
};
int tab_alerts_reword(struct db *db, const struct stored_alert *a, const struct alert_rest *rest, struct str (*say)(void *owner, struct str text), void *owner);
/* Retention: deletes those whose latest activity and whose closing are before `before`. Open ones stay. */
int tab_alerts_expire(struct db *db, int64_t before, uint64_t *n);

#endif
