/* store/tab_identities.c - accounts at the sign-in service. */
#include "store/tab_identities.h"

static const char *const steps[] = {
    "CREATE TABLE identities(account INTEGER PRIMARY KEY REFERENCES accounts ON DELETE CASCADE, issuer TEXT NOT NULL, subject TEXT NOT NULL,"
    " managed INTEGER NOT NULL, linked INTEGER NOT NULL, UNIQUE(issuer, subject))",
    NULL};

const struct db_schema tab_identities = {"identities", steps};

#define SELECT "SELECT account, issuer, subject, managed, linked FROM identities "

int tab_identities_add(struct db *db, const struct stored_identity *i)
{
    struct sql q = sql_open(db, "INSERT INTO identities(account, issuer, subject, managed, linked) VALUES(?,?,?,?,?)");
    sql_i64(&q, i->account);
    sql_str(&q, i->issuer);
    sql_str(&q, i->subject);
    sql_i64(&q, i->managed);
    sql_i64(&q, i->linked);
    return sql_close(&q);
}

static int one(struct sql *q, struct arena *a, struct stored_identity *out)
{
    struct stored_identity found = {0};
    bool there = sql_row(q);
    if (there)
        found = (struct stored_identity){.account = sql_col_i64(q, 0),
                                         .issuer = str_dup(a, sql_col_str(q, 1)),
                                         .subject = str_dup(a, sql_col_str(q, 2)),
                                         .managed = sql_col_i64(q, 3) != 0,
                                         .linked = sql_col_i64(q, 4)};
    int err = sql_close(q);
    if (!err && there)
        *out = found;
    return err || there ? err : ERR_NOT_FOUND;
}

int tab_identities_find(struct db *db, struct arena *a, struct str issuer, struct str subject, struct stored_identity *out)
{
    struct sql q = sql_open(db, SELECT "WHERE issuer=? AND subject=?");
    sql_str(&q, issuer);
    sql_str(&q, subject);
    return one(&q, a, out);
}

int tab_identities_get(struct db *db, struct arena *a, int64_t account, struct stored_identity *out)
{
    struct sql q = sql_open(db, SELECT "WHERE account=?");
    sql_i64(&q, account);
    return one(&q, a, out);
}

int tab_identities_drop(struct db *db, int64_t account)
{
    struct sql q = sql_open(db, "DELETE FROM identities WHERE account=?");
    sql_i64(&q, account);
    return sql_close(&q);
}
