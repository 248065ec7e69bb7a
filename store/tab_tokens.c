/* store/tab_tokens.c - API tokens. */
#include "store/tab_tokens.h"

static const char *const steps[] = {
    "CREATE TABLE tokens(number INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE, account INTEGER NOT NULL REFERENCES accounts ON"
    " DELETE CASCADE, name TEXT NOT NULL, client TEXT NOT NULL, scopes TEXT, siem INTEGER NOT NULL, created INTEGER NOT NULL, used INTEGER,"
    " revoked INTEGER);"
    "CREATE INDEX tokens_account ON tokens(account)",
    NULL};

const struct db_schema tab_tokens = {"tokens", steps};

#define SELECT                                                                                                         \
    "SELECT t.number, t.account, a.name, t.name, t.client, t.scopes, t.siem, t.created, t.used, t.revoked"               \
    " FROM tokens t JOIN accounts a ON a.number=t.account "

static int64_t time_or_none(struct sql *q, int column)
{
    return sql_col_null(q, column) ? TIME_NONE : sql_col_i64(q, column);
}

static struct stored_token token_of(struct sql *q, struct arena *a)
{
    return (struct stored_token){
        .number = sql_col_i64(q, 0),
        .account = sql_col_i64(q, 1),
        .by = str_dup(a, sql_col_str(q, 2)),
        .name = str_dup(a, sql_col_str(q, 3)),
        .client = str_dup(a, sql_col_str(q, 4)),
        .scopes = sql_col_null(q, 5) ? STR_NONE : str_dup(a, sql_col_str(q, 5)),
        .siem = sql_col_i64(q, 6) != 0,
        .created = sql_col_i64(q, 7),
        .used = time_or_none(q, 8),
        .revoked = time_or_none(q, 9),
    };
}

int tab_tokens_add(struct db *db, const struct stored_token *t, const uint8_t hash[TOKEN_HASH], int64_t *number)
{
    int64_t given = 0;
    struct sql q = sql_open(db, "INSERT INTO tokens(hash,account,name,client,scopes,siem,created) VALUES(?,?,?,?,?,?,?) RETURNING number");
    sql_blob(&q, hash, TOKEN_HASH);
    sql_i64(&q, t->account);
    sql_str(&q, t->name);
    sql_str(&q, t->client);
    sql_str(&q, t->scopes);
    sql_i64(&q, t->siem);
    sql_i64(&q, t->created);
    while (sql_row(&q)) /* to the end: RETURNING commits there */
        given = sql_col_i64(&q, 0);
    int err = sql_close(&q);
    if (!err)
        *number = given;
    return err;
}

static int one(struct sql q, struct arena *a, struct stored_token *out)
{
    struct stored_token found;
    bool there = sql_row(&q);
    if (there)
        found = token_of(&q, a);
    int err = sql_close(&q);
    if (!err && !there)
        err = ERR_NOT_FOUND;
    if (!err)
        *out = found;
    return err;
}

int tab_tokens_find(struct db *db, struct arena *a, const uint8_t hash[TOKEN_HASH], struct stored_token *out)
{
    struct sql q = sql_open(db, SELECT "WHERE t.hash=? AND t.revoked IS NULL");
    sql_blob(&q, hash, TOKEN_HASH);
    return one(q, a, out);
}

int tab_tokens_get(struct db *db, struct arena *a, int64_t number, struct stored_token *out)
{
    struct sql q = sql_open(db, SELECT "WHERE t.number=?");
    sql_i64(&q, number);
    return one(q, a, out);
}

int tab_tokens_used(struct db *db, int64_t number, int64_t now)
{
    struct sql q = sql_open(db, "UPDATE tokens SET used=? WHERE number=?");
    sql_i64(&q, now);
    sql_i64(&q, number);
    return sql_close(&q);
}

int tab_tokens_revoke(struct db *db, int64_t number, int64_t now)
{
    uint64_t changed = 0;
    struct sql q = sql_open(db, "UPDATE tokens SET revoked=? WHERE number=? AND revoked IS NULL");
    sql_i64(&q, now);
    sql_i64(&q, number);
    int err = sql_close_changes(&q, &changed);
    return err ? err : changed ? 0 : ERR_NOT_FOUND;
}

int tab_tokens_each(struct db *db, struct arena *a, int64_t account, int (*each)(void *owner, const struct stored_token *t), void *owner)
{
    int stop = 0;
    struct sql q = sql_open(db, SELECT "WHERE t.revoked IS NULL AND (?1=0 OR t.account=?1) ORDER BY t.number DESC");
    sql_i64(&q, account);
    while (!stop && sql_row(&q)) {
        struct stored_token t = token_of(&q, a);
        stop = each(owner, &t);
    }
    int err = sql_close(&q);
    return stop ? stop : err;
}
