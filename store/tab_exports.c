/* store/tab_exports.c - exports of the activity log. */
#include "store/tab_exports.h"

static const char *const steps[] = {
    "CREATE TABLE exports(number INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE, format TEXT NOT NULL,"
    " asked TEXT NOT NULL, scope TEXT NOT NULL, state INTEGER NOT NULL, made INTEGER NOT NULL, started INTEGER, ended INTEGER, tries INTEGER NOT NULL,"
    " total INTEGER NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL, more INTEGER NOT NULL, why TEXT);"
    "CREATE INDEX exports_account ON exports(account)",
    NULL};

const struct db_schema tab_exports = {"exports", steps};

_Static_assert(EXPORT_WAITING == 0 && EXPORT_RUNNING == 1 && EXPORT_DONE == 2 && EXPORT_FAILED == 3 && EXPORT_CANCELLED == 4, "the numbers in the statements");
_Static_assert(EXPORT_TRIES == 3, "the number in tab_exports_recover");

#define SELECT                                                                                                         \
    "SELECT e.number, e.account, a.name, e.format, e.asked, e.scope, e.state, e.made, e.started, e.ended, e.tries, e.total, e.rows, e.bytes, e.more, e.why" \
    " FROM exports e JOIN accounts a ON a.number=e.account "

static struct stored_export row_of(struct sql *q)
{
    return (struct stored_export){.number = sql_col_i64(q, 0),
                                  .account = sql_col_i64(q, 1),
                                  .by = sql_col_str(q, 2),
                                  .format = sql_col_str(q, 3),
                                  .asked = sql_col_str(q, 4),
                                  .scope = sql_col_str(q, 5),
                                  .state = (enum export_state)sql_col_i64(q, 6),
                                  .made = sql_col_time(q, 7),
                                  .started = sql_col_time(q, 8),
                                  .ended = sql_col_time(q, 9),
                                  .tries = sql_col_i64(q, 10),
                                  .total = (uint64_t)sql_col_i64(q, 11),
                                  .rows = (uint64_t)sql_col_i64(q, 12),
                                  .bytes = (uint64_t)sql_col_i64(q, 13),
                                  .more = sql_col_i64(q, 14) != 0,
                                  .why = sql_col_str(q, 15)};
}

int tab_exports_add(struct db *db, const struct stored_export *e, int64_t *number)
{
    int64_t given = 0;
    struct sql q = sql_open(db, "INSERT INTO exports(account, format, asked, scope, state, made, tries, total, rows, bytes, more)"
                                " VALUES(?,?,?,?,0,?,0,0,0,0,0) RETURNING number");
    sql_i64(&q, e->account);
    sql_str(&q, e->format);
    sql_str(&q, e->asked);
    sql_str(&q, e->scope);
    sql_time(&q, e->made);
    while (sql_row(&q)) /* to the end: RETURNING commits there */
        given = sql_col_i64(&q, 0);
    int err = sql_close(&q);
    if (!err)
        *number = given;
    return err;
}

static int one(struct sql q, struct arena *arena, struct stored_export *out)
{
    struct stored_export e;
    bool there = sql_row(&q);
    if (there) {
        e = row_of(&q);
        struct str *const texts[] = {&e.by, &e.format, &e.asked, &e.scope, &e.why};
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            *texts[i] = str_dup(arena, *texts[i]);
    }
    int err = sql_close(&q);
    if (!err && !there)
        err = ERR_NOT_FOUND;
    if (!err)
        *out = e;
    return err;
}

int tab_exports_get(struct db *db, struct arena *arena, int64_t number, struct stored_export *out)
{
    struct sql q = sql_open(db, SELECT "WHERE e.number=?");
    sql_i64(&q, number);
    return one(q, arena, out);
}

int tab_exports_next(struct db *db, struct arena *arena, struct stored_export *out)
{
    return one(sql_open(db, SELECT "WHERE e.state=0 ORDER BY e.number LIMIT 1"), arena, out);
}

int tab_exports_each(struct db *db, int64_t account, int (*each)(void *owner, const struct stored_export *e), void *owner)
{
    int stop = 0;
    struct sql q = sql_open(db, SELECT "WHERE ?1=0 OR e.account=?1 ORDER BY e.number DESC");
    sql_i64(&q, account);
    while (!stop && sql_row(&q)) {
        const struct stored_export e = row_of(&q);
        stop = each(owner, &e);
    }
    int err = sql_close(&q);
    return stop ? stop : err;
}

int tab_exports_count(struct db *db, int64_t account, uint64_t *n)
{
    struct sql q = sql_open(db, "SELECT count(*) FROM exports WHERE account=?");
    sql_i64(&q, account);
    if (sql_row(&q))
        *n = (uint64_t)sql_col_i64(&q, 0);
    return sql_close(&q);
}

static int changed(struct sql *q)
{
    uint64_t n = 0;
    int err = sql_close_changes(q, &n);
    return err ? err : n ? 0 : ERR_NOT_FOUND;
}

int tab_exports_start(struct db *db, int64_t number, int64_t now)
{
    struct sql q = sql_open(db, "UPDATE exports SET state=1, started=?, tries=tries+1, total=0, rows=0, bytes=0 WHERE number=? AND state=0");
    sql_time(&q, now);
    sql_i64(&q, number);
    return changed(&q);
}

int tab_exports_progress(struct db *db, const struct stored_export *e)
{
    struct sql q = sql_open(db, "UPDATE exports SET total=?, rows=?, bytes=? WHERE number=? AND state=1");
    sql_i64(&q, (int64_t)e->total);
    sql_i64(&q, (int64_t)e->rows);
    sql_i64(&q, (int64_t)e->bytes);
    sql_i64(&q, e->number);
    return changed(&q);
}

int tab_exports_end(struct db *db, const struct stored_export *e)
{
    struct sql q = sql_open(db, "UPDATE exports SET state=?, total=?, rows=?, bytes=?, more=?, ended=?, why=? WHERE number=? AND state=1");
    sql_i64(&q, e->state);
    sql_i64(&q, (int64_t)e->total);
    sql_i64(&q, (int64_t)e->rows);
    sql_i64(&q, (int64_t)e->bytes);
    sql_i64(&q, e->more);
    sql_time(&q, e->ended);
    sql_str(&q, e->why);
    sql_i64(&q, e->number);
    return changed(&q);
}

int tab_exports_pause(struct db *db, int64_t number)
{
    struct sql q = sql_open(db, "UPDATE exports SET state=0, started=NULL, tries=tries-1 WHERE number=? AND state=1");
    sql_i64(&q, number);
    return changed(&q);
}

int tab_exports_cancel(struct db *db, int64_t number, int64_t now)
{
    struct sql q = sql_open(db, "UPDATE exports SET state=4, ended=? WHERE number=? AND state<2");
    sql_time(&q, now);
    sql_i64(&q, number);
    return changed(&q);
}

int tab_exports_drop(struct db *db, int64_t number)
{
    struct sql q = sql_open(db, "DELETE FROM exports WHERE number=?");
    sql_i64(&q, number);
    return changed(&q);
}

int tab_exports_recover(struct db *db, int64_t now)
{
    struct sql q = sql_open(db, "UPDATE exports SET state=CASE WHEN tries<3 THEN 0 ELSE 3 END, ended=CASE WHEN tries<3 THEN NULL ELSE ? END,"
                                " why=CASE WHEN tries<3 THEN NULL ELSE 'restarts' END WHERE state=1");
    sql_time(&q, now);
    return sql_close(&q);
}

int tab_exports_withdraw(struct db *db, int64_t now)
{
    struct sql q = sql_open(db, "UPDATE exports SET state=3, ended=?, why='personal' WHERE state IN (1,2)");
    sql_time(&q, now);
    return sql_close(&q);
}

int tab_exports_expire(struct db *db, int64_t before)
{
    struct sql q = sql_open(db, "DELETE FROM exports WHERE ended<?");
    sql_time(&q, before);
    return sql_close(&q);
}
