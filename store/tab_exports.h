/* store/tab_exports.h - exports of the activity log: who asked for what, how far each has come, and what became of it.
 *
 * An export waits, runs, and is done, failed or cancelled. Its file is not here: app/hub_exports.c writes it. One whose hub was killed waits again.
 * With an account its exports go. */
#ifndef VIGIE_STORE_TAB_EXPORTS_H
#define VIGIE_STORE_TAB_EXPORTS_H

#include "base/arena.h"
#include "base/time.h"
#include "store/db.h"

enum export_state { EXPORT_WAITING, EXPORT_RUNNING, EXPORT_DONE, EXPORT_FAILED, EXPORT_CANCELLED };
enum { EXPORT_TRIES = 3, EXPORT_KEPT_DAYS = 7 }; /* one during which the hub ended so often has failed; days after its end */

/* Why one failed, as the API says it: "rights", "scope", "disk", "restarts", "personal", "error". */
struct stored_export {
    int64_t number;
    int64_t account;
    struct str by;     /* the account's name */
    struct str format; /* "csv", "json", "ocsf", "ecs" */
    struct str asked;  /* {"filters":...} or {"query":"..."}, as it was sent */
    struct str scope;  /* what the account could see when it asked: api/exporting.h */
    enum export_state state;
    int64_t made, started, ended; /* TIME_NONE: not yet */
    int64_t tries;
    uint64_t total, rows, bytes; /* to be written, written so far */
    bool more;      /* a limit was reached: the newest are there */
    struct str why; /* absent unless it failed */
};

int tab_exports_add(struct db *db, const struct stored_export *e, int64_t *number);
/* Texts in the arena. ERR_NOT_FOUND. */
int tab_exports_get(struct db *db, struct arena *arena, int64_t number, struct stored_export *out);
/* Of one account, or with 0 of all; newest first. Texts live until each returns; not 0 from each stops and is returned. */
int tab_exports_each(struct db *db, int64_t account, int (*each)(void *owner, const struct stored_export *e), void *owner);
/* How many an account has, in whatever state. */
int tab_exports_count(struct db *db, int64_t account, uint64_t *n);
/* The oldest that waits. ERR_NOT_FOUND: none. */
int tab_exports_next(struct db *db, struct arena *arena, struct stored_export *out);
/* Waiting becomes running, and one more try. ERR_NOT_FOUND: it was cancelled or deleted. */
int tab_exports_start(struct db *db, int64_t number, int64_t now);
/* Total, rows and bytes of e->number. ERR_NOT_FOUND: it does not run any more, so writing stops. */
int tab_exports_progress(struct db *db, const struct stored_export *e);
/* The end of one that runs, with its state, figures, `ended` and `why`. ERR_NOT_FOUND as before. */
int tab_exports_end(struct db *db, const struct stored_export *e);
/* Running waits again, and the try does not count: the hub stops. */
int tab_exports_pause(struct db *db, int64_t number);
/* Waiting or running becomes cancelled. ERR_NOT_FOUND. */
int tab_exports_cancel(struct db *db, int64_t number, int64_t now);
int tab_exports_drop(struct db *db, int64_t number);
/* At start: what was running waits again, or has failed after EXPORT_TRIES. */
int tab_exports_recover(struct db *db, int64_t now);
/* Personal data was deleted: what was written or is being written before could hold it, and fails. */
int tab_exports_withdraw(struct db *db, int64_t now);
/* Forgets those that ended before. */
int tab_exports_expire(struct db *db, int64_t before);

#endif
