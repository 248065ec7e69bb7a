/* store/actlog.h - the hub's activities: append, read back by filter, scan in time order, age out.
 *
 * Activities of both shores lie in FOLDER/activities/. The newest ones (at most 32,768) are the tail: in memory, and in log.db
 * (SQLite), where a commit survives kill -9. A full tail becomes a segment: a file in order of time in which every distinct
 * value of every column that a filter can ask has its list of rows. Small segments are merged in the background until they
 * hold about a million; a segment never changes, what is to be forgotten is left out of a new one
 * (docs/decisions/0007-activity-log.md). An activity whose id is already there is not stored twice.
 *
 * One thread appends (the ingest; also seal, expire, forget); any number of threads read, each seeing whole commits only.
 * "Order of time" is that of the flat form's key: time, kind, id (model/activity.h).
 * What filters mean is said in store/actlog_match.h; figures are in docs/BENCH.md. */
#ifndef VIGIE_STORE_ACTLOG_H
#define VIGIE_STORE_ACTLOG_H

#include "base/err.h"
#include "model/activity.h"
#include "model/filter.h"

struct actlog;

/* Opens or makes FOLDER/activities/; what a kill left is whole (the tail has its commits) or dropped (a segment in the making).
 * `why` gets a sentence when it cannot. ERR_LIMIT: another program has it open. ERR_MALFORMED: a file is broken; it is named. */
int actlog_open(const char *folder, struct actlog **out, char why[256]);
/* The log as it is now, for reading only, beside the hub that writes it: nothing is made, repaired or merged, and what comes in later is not
 * seen. ERR_NOT_FOUND: there is none. */
int actlog_open_read(const char *folder, struct actlog **out, char why[256]);
void actlog_close(struct actlog *l);

/* ---- writing: one thread ---- */

/* Entities are resolved (hub-wide numbers). `created`: when Vigie received it. *stored false: already there.
 * ERR_LIMIT: it is too large (with its entities more than ACTIVITY_PACKED_MAX bytes). Commits by itself when very much waits. */
int actlog_add(struct actlog *l, const struct activity *a, int64_t created, bool *stored);
/* What was added becomes durable and visible. Makes a segment of the tail when it is full. After an error nothing of it is there:
 * add it again. */
int actlog_commit(struct actlog *l);
/* Makes a segment of what is committed now. Never needed; for tests and before copying the folder. */
int actlog_seal(struct actlog *l);
/* Deletes activities that happened and were received before `before`: an old log that is given to a new hub has its time,
 * too. A segment that is only partly older is written anew without them. *n: how many. */
int actlog_expire(struct actlog *l, int64_t before, uint64_t *n);
/* Personal data: deletes all activities whose actor is one of the entities (any order); no file of the log holds them afterwards. */
int actlog_forget(struct actlog *l, const uint32_t *entities, size_t n, uint64_t *gone);
/* The same of single activities, by their ids: 16 bytes each. */
int actlog_forget_ids(struct actlog *l, const uint8_t *ids, size_t n, uint64_t *gone);

/* ---- who may see what ---- */

/* Every activity has a number in order of arrival, from 1. On-premises activities join the hub's view up to a number: the
 * link moves it. */
struct actlog_view {
    bool cloud;
    uint64_t joined; /* on-premises activities with a number up to this are seen; 0 none, UINT64_MAX all */
    const uint32_t *apps; /* app numbers (model/app.h); NULL: all */
    size_t napps;
    const uint32_t *people; /* sorted entity numbers that may be seen as actors; NULL: everybody */
    size_t npeople;
};

struct actlog_row {
    struct activity activity; /* entities set; origin.input is the number in tab_inputs */
    uint64_t number;          /* of arrival */
    int64_t created;
};

/* ---- reading: any thread ---- */

struct actlog_query {
    const struct filter *filter; /* FILTER_ACTIVITIES; NULL: all */
    const struct actlog_view *view;
    bool by_created; /* else in order of time; ties by number. Both are total: the same for every page */
    bool ascending;
    uint32_t skip, limit;
    uint64_t upto; /* not 0: only numbers up to this. Pages that must fit together while more arrives give the first page's `last` */
};

/* Not 0 from each stops and is returned. Rows live until each returns. *more: there are further ones. */
typedef int actlog_each(void *owner, const struct actlog_row *row);
int actlog_query(struct actlog *l, const struct actlog_query *q, actlog_each *each, void *owner, bool *more);
/* How many match, counted up to `most`. *beyond: there are more. */
int actlog_count(struct actlog *l, const struct filter *f, const struct actlog_view *v, uint64_t most, uint64_t *n, bool *beyond);
/* One by id (16 bytes). ERR_NOT_FOUND also when the view does not show it. `flat` holds the texts: ACTIVITY_PACKED_MAX bytes;
 * objects and facts: ACTIVITY_OBJECTS and ACTIVITY_FACTS. */
int actlog_get(struct actlog *l, const struct actlog_view *v, const uint8_t id[16], uint8_t *flat, struct object *objects, struct fact *facts,
               struct actlog_row *out);
/* The commonest values of columns among what matches, for insights and suggestions: most first, ties by value. Case of
 * letters aside; a value is spelled as in the newest. Counts are exact within the newest `most` matching rows, which are read
 * once for all columns. Texts live in `texts`. */
enum actlog_column { ACTLOG_BY_APP, ACTLOG_BY_KIND, ACTLOG_BY_ACTOR, ACTLOG_BY_COUNTRY, ACTLOG_BY_NETWORK, ACTLOG_BY_IP, ACTLOG_BY_DEVICE,
                     ACTLOG_BY_DESTINATION, ACTLOG_BY_DAY };
struct actlog_top {
    struct str value; /* ACTOR: entity number in decimal; DAY: days since 1970 */
    uint64_t n;
};
struct actlog_column_top {
    enum actlog_column by;
    struct actlog_top *top; /* room for `room` */
    size_t room;
    size_t n, distinct; /* in top; different values in all */
};
int actlog_top(struct actlog *l, const struct filter *f, const struct actlog_view *v, uint64_t most, struct actlog_column_top *columns, size_t n,
               struct arena *texts);
/* All that the view shows, in order of time, for analysis; `from` inclusive (TIME_NONE: from the start).
 * Appends that are committed meanwhile may or may not be seen. */
int actlog_scan(struct actlog *l, const struct actlog_view *v, int64_t from, actlog_each *each, void *owner);
/* All with a number in (after, upto], in order of number: what arrived. */
int actlog_arrived(struct actlog *l, uint64_t after, uint64_t upto, actlog_each *each, void *owner);

struct actlog_figures {
    uint64_t activities[2]; /* by enum shore */
    uint64_t last;          /* number of the newest that is committed */
    int64_t first_time, last_time; /* TIME_NONE when empty */
    uint64_t bytes;         /* on disk, about */
    unsigned segments;
};
void actlog_figures(struct actlog *l, struct actlog_figures *out);
/* How many on-premises activities have a number up to `number`. */
int actlog_onprem_upto(struct actlog *l, uint64_t number, uint64_t *n);

#endif
