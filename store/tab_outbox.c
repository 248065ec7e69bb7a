/* store/tab_outbox.c - notifications that wait, were sent or failed. */
#include "store/tab_outbox.h"

static const char *const steps[] = {
    "CREATE TABLE outbox(id INTEGER PRIMARY KEY, alert TEXT NOT NULL, channel INTEGER NOT NULL, state INTEGER NOT NULL, tries INTEGER NOT NULL,"
    " made INTEGER NOT NULL, next INTEGER NOT NULL, done INTEGER, why TEXT, UNIQUE(alert, channel));"
    "CREATE INDEX outbox_due ON outbox(next) WHERE state=0;"
    "CREATE INDEX outbox_made ON outbox(channel, made);",
    NULL};

const struct db_schema tab_outbox = {"outbox", steps};

int tab_outbox_add(struct db *db, struct str alert, enum channel channel, enum outbox_state state, int64_t now, bool *fresh)
{
    uint64_t n = 0;
    struct sql q =
        sql_open(db, "INSERT OR IGNORE INTO outbox(alert, channel, state, tries, made, next, done) VALUES(?1,?2,?3,0,?4,?4,iif(?3=0,NULL,?4))");
    sql_str(&q, alert);
    sql_i64(&q, channel);
    sql_i64(&q, state);
    sql_i64(&q, now);
    int err = sql_close_changes(&q, &n);
    if (!err)
        *fresh = n > 0;
    return err;
}

static int each_row(struct sql *q, int (*each)(void *owner, const struct stored_notice *n), void *owner)
{
    int stop = 0;
    while (!stop && sql_row(q)) {
        const struct stored_notice n = {.id = sql_col_i64(q, 0),
                                        .alert = sql_col_str(q, 1),
                                        .channel = (enum channel)sql_col_i64(q, 2),
                                        .state = (enum outbox_state)sql_col_i64(q, 3),
                                        .tries = (uint32_t)sql_col_i64(q, 4),
                                        .made = sql_col_i64(q, 5),
                                        .next = sql_col_i64(q, 6),
                                        .done = sql_col_time(q, 7),
                                        .why = sql_col_str(q, 8)};
        stop = each(owner, &n);
    }
    int err = sql_close(q);
    return stop ? stop : err;
}

int tab_outbox_due(struct db *db, int64_t now, uint32_t limit, int (*each)(void *owner, const struct stored_notice *n), void *owner)
{
    struct sql q = sql_open(
        db, "SELECT id, alert, channel, state, tries, made, next, done, why FROM outbox WHERE state=0 AND next<=? ORDER BY next, id LIMIT ?");
    sql_i64(&q, now);
    sql_i64(&q, limit);
    return each_row(&q, each, owner);
}

int tab_outbox_each(struct db *db, uint32_t limit, int (*each)(void *owner, const struct stored_notice *n), void *owner)
{
    struct sql q = sql_open(db, "SELECT id, alert, channel, state, tries, made, next, done, why FROM outbox ORDER BY id DESC LIMIT ?");
    sql_i64(&q, limit);
    return each_row(&q, each, owner);
}

int tab_outbox_done(struct db *db, int64_t id, enum outbox_state state, struct str why, int64_t now)
{
    struct sql q = sql_open(db, "UPDATE outbox SET state=?, why=?, done=?, tries=tries+1 WHERE id=?");
    sql_i64(&q, state);
    sql_str(&q, why);
    sql_i64(&q, now);
    sql_i64(&q, id);
    return sql_close(&q);
}

int tab_outbox_retry(struct db *db, int64_t id, int64_t next, struct str why)
{
    struct sql q = sql_open(db, "UPDATE outbox SET next=?, why=?, tries=tries+1 WHERE id=?");
    sql_i64(&q, next);
    sql_str(&q, why);
    sql_i64(&q, id);
    return sql_close(&q);
}

int tab_outbox_since(struct db *db, enum channel channel, int64_t since, uint64_t *n)
{
    uint64_t count = 0;
    struct sql q = sql_open(db, "SELECT count(*) FROM outbox WHERE channel=? AND made>=? AND state<>3 AND alert NOT LIKE 'limit %'");
    sql_i64(&q, channel);
    sql_i64(&q, since);
    if (sql_row(&q))
        count = (uint64_t)sql_col_i64(&q, 0);
    int err = sql_close(&q);
    if (!err)
        *n = count;
    return err;
}

int tab_outbox_expire(struct db *db, int64_t before, uint64_t *n)
{
    struct sql q = sql_open(db, "DELETE FROM outbox WHERE state<>0 AND done<?");
    sql_i64(&q, before);
    return sql_close_changes(&q, n);
}
