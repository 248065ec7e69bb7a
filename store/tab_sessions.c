/* store/tab_sessions.c - browser sessions. */
#include "store/tab_sessions.h"

static const char *const steps[] = {
    "CREATE TABLE sessions(hash BLOB PRIMARY KEY, account INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE, created INTEGER NOT NULL,"
    " seen INTEGER NOT NULL, source TEXT) WITHOUT ROWID;"
    "CREATE INDEX sessions_account ON sessions(account)",
    NULL};

const struct db_schema tab_sessions = {"sessions", steps};

int tab_sessions_add(struct db *db, const uint8_t hash[SESSION_HASH], const struct stored_session *s, struct str from)
{
    struct sql q = sql_open(db, "INSERT INTO sessions VALUES(?,?,?,?,?)");
    sql_blob(&q, hash, SESSION_HASH);
    sql_i64(&q, s->account);
    sql_i64(&q, s->created);
    sql_i64(&q, s->seen);
    sql_str(&q, from);
    return sql_close(&q);
}

int tab_sessions_find(struct db *db, const uint8_t hash[SESSION_HASH], struct stored_session *out)
{
    struct stored_session found = {0};
    struct sql q = sql_open(db, "SELECT account, created, seen FROM sessions WHERE hash=?");
    sql_blob(&q, hash, SESSION_HASH);
    bool there = sql_row(&q);
    if (there)
        found = (struct stored_session){sql_col_i64(&q, 0), sql_col_i64(&q, 1), sql_col_i64(&q, 2)};
    int err = sql_close(&q);
    if (!err && !there)
        err = ERR_NOT_FOUND;
    if (!err)
        *out = found;
    return err;
}

int tab_sessions_seen(struct db *db, const uint8_t hash[SESSION_HASH], int64_t now)
{
    struct sql q = sql_open(db, "UPDATE sessions SET seen=? WHERE hash=?");
    sql_i64(&q, now);
    sql_blob(&q, hash, SESSION_HASH);
    return sql_close(&q);
}

int tab_sessions_drop(struct db *db, const uint8_t hash[SESSION_HASH])
{
    struct sql q = sql_open(db, "DELETE FROM sessions WHERE hash=?");
    sql_blob(&q, hash, SESSION_HASH);
    return sql_close(&q);
}

int tab_sessions_drop_all(struct db *db, int64_t account, const uint8_t *except)
{
    struct sql q = sql_open(db, "DELETE FROM sessions WHERE account=? AND hash IS NOT ?");
    sql_i64(&q, account);
    if (except)
        sql_blob(&q, except, SESSION_HASH);
    else
        sql_null(&q);
    return sql_close(&q);
}

int tab_sessions_expire(struct db *db, int64_t created, int64_t seen)
{
    struct sql q = sql_open(db, "DELETE FROM sessions WHERE created<? OR seen<?");
    sql_i64(&q, created);
    sql_i64(&q, seen);
    return sql_close(&q);
}
