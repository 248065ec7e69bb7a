/* store/tab_directories.c - directory services that the hub reads. */
#include "store/tab_directories.h"

#include <stdio.h>

static const char *const steps[] = {
    "CREATE TABLE directories(number INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL, domain TEXT, kerberos INTEGER NOT NULL, bind TEXT, ca TEXT,"
    " plain INTEGER NOT NULL, minutes INTEGER NOT NULL, enabled INTEGER NOT NULL, by TEXT NOT NULL, created INTEGER NOT NULL,"
    " wanted INTEGER NOT NULL DEFAULT 1, started INTEGER, ended INTEGER, succeeded INTEGER, failures INTEGER NOT NULL DEFAULT 0, why TEXT, said TEXT)",
    "ALTER TABLE directories ADD COLUMN act INTEGER NOT NULL DEFAULT 0",
    NULL};

const struct db_schema tab_directories = {"directories", steps};

#define SELECT                                                                                                                                    \
    "SELECT number, url, domain, kerberos, bind, ca, plain, minutes, enabled, by, created, started, ended, succeeded, failures, why, said, act FROM " \
    "directories "

const char *directory_state(const struct stored_directory *d)
{
    return !d->enabled ? "off" : d->failures ? "failed" : d->succeeded == TIME_NONE ? "new" : "ok";
}

bool directory_running(const struct stored_directory *d)
{
    return d->enabled && d->started != TIME_NONE && (d->ended == TIME_NONE || d->started > d->ended);
}

void directory_secret(int64_t number, char name[40])
{
    (void)snprintf(name, 40, "directory.%lld", (long long)number);
}

static struct str text(struct sql *q, struct arena *a, int column)
{
    return sql_col_null(q, column) ? STR_NONE : str_dup(a, sql_col_str(q, column));
}

static struct stored_directory directory_of(struct sql *q, struct arena *a)
{
    return (struct stored_directory){.number = sql_col_i64(q, 0),
                                     .url = text(q, a, 1),
                                     .domain = text(q, a, 2),
                                     .kerberos = sql_col_i64(q, 3) != 0,
                                     .bind = text(q, a, 4),
                                     .ca = text(q, a, 5),
                                     .plain = sql_col_i64(q, 6) != 0,
                                     .minutes = sql_col_i64(q, 7),
                                     .enabled = sql_col_i64(q, 8) != 0,
                                     .by = text(q, a, 9),
                                     .created = sql_col_i64(q, 10),
                                     .started = sql_col_time(q, 11),
                                     .ended = sql_col_time(q, 12),
                                     .succeeded = sql_col_time(q, 13),
                                     .failures = sql_col_i64(q, 14),
                                     .why = text(q, a, 15),
                                     .said = text(q, a, 16),
                                     .act = sql_col_i64(q, 17) != 0};
}

static void bind_reach(struct sql *q, const struct stored_directory *d)
{
    sql_str(q, d->url);
    sql_str(q, d->domain);
    sql_i64(q, d->kerberos);
    sql_str(q, d->bind);
    sql_str(q, d->ca);
    sql_i64(q, d->plain);
    sql_i64(q, d->minutes);
    sql_i64(q, d->enabled);
    sql_i64(q, d->act);
}

/* Runs a statement that concerns one row. */
static int close_one(struct sql *q)
{
    uint64_t n = 0;
    int err = sql_close_changes(q, &n);
    return err ? err : n ? 0 : ERR_NOT_FOUND;
}

int tab_directories_add(struct db *db, const struct stored_directory *d, int64_t *number)
{
    int64_t given = 0;
    struct sql q = sql_open(db, "INSERT INTO directories(url,domain,kerberos,bind,ca,plain,minutes,enabled,act,by,created) VALUES(?,?,?,?,?,?,?,?,?,?,?)"
                                " RETURNING number");
    bind_reach(&q, d);
    sql_str(&q, d->by);
    sql_i64(&q, d->created);
    while (sql_row(&q)) /* to the end: RETURNING commits there */
        given = sql_col_i64(&q, 0);
    int err = sql_close(&q);
    if (!err)
        *number = given;
    return err;
}

int tab_directories_change(struct db *db, const struct stored_directory *d)
{
    struct sql q = sql_open(db, "UPDATE directories SET url=?, domain=?, kerberos=?, bind=?, ca=?, plain=?, minutes=?, enabled=?, act=?, wanted=1, failures=0, why=NULL"
                                " WHERE number=?");
    bind_reach(&q, d);
    sql_i64(&q, d->number);
    return close_one(&q);
}

int tab_directories_remove(struct db *db, int64_t number)
{
    struct sql q = sql_open(db, "DELETE FROM directories WHERE number=?");
    sql_i64(&q, number);
    return close_one(&q);
}

static int one(struct sql *q, struct arena *a, struct stored_directory *out)
{
    struct stored_directory d = {0};
    bool found = sql_row(q);
    if (found)
        d = directory_of(q, a);
    int err = sql_close(q);
    if (!err && found)
        *out = d;
    return err || found ? err : ERR_NOT_FOUND;
}

int tab_directories_get(struct db *db, struct arena *a, int64_t number, struct stored_directory *out)
{
    struct sql q = sql_open(db, SELECT "WHERE number=?");
    sql_i64(&q, number);
    return one(&q, a, out);
}

int tab_directories_each(struct db *db, struct arena *a, int (*each)(void *owner, const struct stored_directory *d), void *owner)
{
    int err = 0;
    struct sql q = sql_open(db, SELECT "ORDER BY succeeded, number");
    while (!err && sql_row(&q)) {
        struct stored_directory d = directory_of(&q, a);
        err = each(owner, &d);
    }
    int closed = sql_close(&q);
    return err ? err : closed;
}

/* ---- when ---- */

int tab_directories_want(struct db *db, int64_t number)
{
    struct sql q = sql_open(db, "UPDATE directories SET wanted=1 WHERE number=?");
    sql_i64(&q, number);
    return close_one(&q);
}

/* A time to come is one of before the clock was set back. */
int tab_directories_due(struct db *db, struct arena *a, int64_t now, struct stored_directory *out)
{
    struct sql q = sql_open(db, SELECT "WHERE enabled AND (wanted OR ended IS NULL OR started>ended OR ended+minutes*60000000000<=?1 OR ended>?1)"
                                       " ORDER BY wanted DESC, ended, number LIMIT 1");
    sql_i64(&q, now);
    return one(&q, a, out);
}

int tab_directories_start(struct db *db, int64_t number, int64_t now)
{
    struct sql q = sql_open(db, "UPDATE directories SET started=?, wanted=0 WHERE number=?");
    sql_i64(&q, now);
    sql_i64(&q, number);
    return close_one(&q);
}

int tab_directories_end(struct db *db, int64_t number, int64_t now, struct str why, struct str said)
{
    struct sql q = str_set(why) ? sql_open(db, "UPDATE directories SET ended=?1, failures=failures+1, why=?3 WHERE number=?2")
                                : sql_open(db, "UPDATE directories SET ended=?1, succeeded=?1, failures=0, why=NULL, said=?3 WHERE number=?2");
    sql_i64(&q, now);
    sql_i64(&q, number);
    sql_str(&q, str_set(why) ? why : said);
    return close_one(&q);
}
