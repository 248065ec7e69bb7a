/* store/tab_outbox.h - notifications: one per alert and channel, until they are delivered or given up. */
#ifndef VIGIE_STORE_TAB_OUTBOX_H
#define VIGIE_STORE_TAB_OUTBOX_H

#include "base/time.h"
#include "store/db.h"

enum channel { CHANNEL_MAIL, CHANNEL_SYSLOG, CHANNEL_WEBHOOK, CHANNELS };
enum outbox_state { OUTBOX_WAITING, OUTBOX_SENT, OUTBOX_FAILED, OUTBOX_HELD /* above the day's limit: told in one line */ };

struct stored_notice {
    int64_t id;
    struct str alert;       /* its id, or "limit 2026-01-05": the line that says that a day's limit was reached */
    enum channel channel;
    enum outbox_state state;
    uint32_t tries;
    int64_t made, next, done; /* done: TIME_NONE while waiting */
    struct str why;         /* of the last failure */
};

/* *fresh false: this channel was told before, nothing is done. */
int tab_outbox_add(struct db *db, struct str alert, enum channel channel, enum outbox_state state, int64_t now, bool *fresh);
/* Waiting ones whose turn has come, oldest first. */
int tab_outbox_due(struct db *db, int64_t now, uint32_t limit, int (*each)(void *owner, const struct stored_notice *n), void *owner);
int tab_outbox_done(struct db *db, int64_t id, enum outbox_state state, struct str why, int64_t now);
int tab_outbox_retry(struct db *db, int64_t id, int64_t next, struct str why); /* one try more */
/* How many of a channel were made since, the held ones and limit lines aside. */
int tab_outbox_since(struct db *db, enum channel channel, int64_t since, uint64_t *n);
/* Newest first. */
int tab_outbox_each(struct db *db, uint32_t limit, int (*each)(void *owner, const struct stored_notice *n), void *owner);
int tab_outbox_expire(struct db *db, int64_t before, uint64_t *n); /* done or failed before */

#endif
