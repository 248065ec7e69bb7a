/* store/tab_accounts.c - people who may sign in. */
#include "store/tab_accounts.h"

#include "store/tab_identities.h"

static const char *const steps[] = {
    "CREATE TABLE accounts(number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE COLLATE NOCASE, display TEXT, role TEXT NOT NULL,"
    " language TEXT, password TEXT NOT NULL, totp BLOB, pending BLOB, totp_step INTEGER NOT NULL DEFAULT 0, disabled INTEGER NOT NULL DEFAULT 0,"
    " created INTEGER NOT NULL, signed_in INTEGER);"
    "CREATE TABLE account_scopes(account INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE, kind TEXT NOT NULL, value INTEGER NOT NULL,"
    " PRIMARY KEY(account, kind, value)) WITHOUT ROWID;"
    "CREATE TABLE account_addresses(account INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE, address TEXT NOT NULL, last INTEGER NOT NULL,"
    " PRIMARY KEY(account, address)) WITHOUT ROWID",
    NULL};

const struct db_schema tab_accounts = {"accounts", steps};

static int number_of(struct sql q, uint64_t *n)
{
    uint64_t found = 0;
    while (sql_row(&q)) /* to the end: RETURNING commits there */
        found = (uint64_t)sql_col_i64(&q, 0);
    int err = sql_close(&q);
    if (!err)
        *n = found;
    return err;
}

int tab_accounts_count(struct db *db, uint64_t *n)
{
    return number_of(sql_open(db, "SELECT count(*) FROM accounts"), n);
}

int tab_accounts_with_role(struct db *db, struct str role, uint64_t *n)
{
    struct sql q = sql_open(db, "SELECT count(*) FROM accounts WHERE role=? AND NOT disabled AND password<>''");
    sql_str(&q, role);
    return number_of(q, n);
}

/* ---- writing ---- */

static int put_scope(struct db *db, int64_t account, struct str kind, const uint32_t *values, size_t n)
{
    int err = 0;
    for (size_t i = 0; !err && i < n; i++) {
        struct sql q = sql_open(db, "INSERT OR IGNORE INTO account_scopes VALUES(?,?,?)");
        sql_i64(&q, account);
        sql_str(&q, kind);
        sql_i64(&q, values[i]);
        err = sql_close(&q);
    }
    return err;
}

static int put_scopes(struct db *db, int64_t account, const struct stored_admin *a)
{
    struct sql q = sql_open(db, "DELETE FROM account_scopes WHERE account=?");
    sql_i64(&q, account);
    int err = sql_close(&q);
    if (!err)
        err = put_scope(db, account, STR("app"), a->apps, a->napps);
    return err ? err : put_scope(db, account, STR("group"), a->groups, a->ngroups);
}

int tab_accounts_add(struct db *db, const struct stored_admin *a, int64_t *number)
{
    uint64_t given = 0;
    struct sql q = sql_open(db, "INSERT INTO accounts(name,display,role,language,password,created) VALUES(?,?,?,?,?,?) RETURNING number");
    sql_str(&q, a->name);
    sql_str(&q, a->display);
    sql_str(&q, a->role);
    sql_str(&q, a->language);
    sql_str(&q, a->password);
    sql_i64(&q, a->created);
    int err = number_of(q, &given);
    if (!err)
        err = put_scopes(db, (int64_t)given, a);
    if (!err)
        *number = (int64_t)given;
    return err;
}

int tab_accounts_update(struct db *db, const struct stored_admin *a)
{
    uint64_t changed = 0;
    struct sql q = sql_open(db, "UPDATE accounts SET display=?, role=?, language=?, disabled=? WHERE number=?");
    sql_str(&q, a->display);
    sql_str(&q, a->role);
    sql_str(&q, a->language);
    sql_i64(&q, a->disabled);
    sql_i64(&q, a->number);
    int err = sql_close_changes(&q, &changed);
    if (!err && changed == 0)
        err = ERR_NOT_FOUND;
    return err ? err : put_scopes(db, a->number, a);
}

int tab_accounts_delete(struct db *db, int64_t number)
{
    uint64_t changed = 0;
    struct sql q = sql_open(db, "DELETE FROM accounts WHERE number=?");
    sql_i64(&q, number);
    int err = sql_close_changes(&q, &changed);
    return err ? err : changed ? 0 : ERR_NOT_FOUND;
}

int tab_accounts_password(struct db *db, int64_t number, struct str hash)
{
    struct sql q = sql_open(db, "UPDATE accounts SET password=? WHERE number=?");
    sql_str(&q, hash);
    sql_i64(&q, number);
    int err = sql_close(&q);
    return err ? err : tab_identities_drop(db, number);
}

static void blob_or_null(struct sql *q, struct str s)
{
    if (str_set(s))
        sql_blob(q, s.p, s.n);
    else
        sql_null(q);
}

int tab_accounts_totp(struct db *db, int64_t number, struct str secret, struct str pending)
{
    struct sql q = sql_open(db, "UPDATE accounts SET totp=?, pending=? WHERE number=?");
    blob_or_null(&q, secret);
    blob_or_null(&q, pending);
    sql_i64(&q, number);
    return sql_close(&q);
}

int tab_accounts_totp_step(struct db *db, int64_t number, int64_t step, bool *fresh)
{
    uint64_t changed = 0;
    struct sql q = sql_open(db, "UPDATE accounts SET totp_step=?1 WHERE number=?2 AND totp_step<?1");
    sql_i64(&q, step);
    sql_i64(&q, number);
    int err = sql_close_changes(&q, &changed);
    if (!err)
        *fresh = changed == 1;
    return err;
}

int tab_accounts_signed_in(struct db *db, int64_t number, int64_t now, struct str from)
{
    struct sql q = sql_open(db, "UPDATE accounts SET signed_in=? WHERE number=?");
    sql_i64(&q, now);
    sql_i64(&q, number);
    int err = sql_close(&q);
    if (err)
        return err;
    q = sql_open(db, "INSERT INTO account_addresses VALUES(?,?,?) ON CONFLICT(account, address) DO UPDATE SET last=excluded.last");
    sql_i64(&q, number);
    sql_str(&q, from);
    sql_i64(&q, now);
    err = sql_close(&q);
    if (err)
        return err;
    q = sql_open(db, "DELETE FROM account_addresses WHERE account=?1 AND address NOT IN"
                     " (SELECT address FROM account_addresses WHERE account=?1 ORDER BY last DESC LIMIT 16)");
    sql_i64(&q, number);
    return sql_close(&q);
}

/* ---- reading ---- */

#define COLUMNS "number, name, display, role, language, password, totp, pending, disabled, created, signed_in"

static struct str blob_of(struct sql *q, struct arena *a, int column)
{
    size_t n;
    const void *p = sql_col_blob(q, column, &n);
    return p ? str_dup(a, (struct str){p, n}) : STR_NONE;
}

static void admin_of(struct sql *q, struct arena *a, struct stored_admin *out)
{
    *out = (struct stored_admin){
        .number = sql_col_i64(q, 0),
        .name = str_dup(a, sql_col_str(q, 1)),
        .display = str_dup(a, sql_col_str(q, 2)),
        .role = str_dup(a, sql_col_str(q, 3)),
        .language = str_dup(a, sql_col_str(q, 4)),
        .password = str_dup(a, sql_col_str(q, 5)),
        .totp = blob_of(q, a, 6),
        .pending = blob_of(q, a, 7),
        .disabled = sql_col_i64(q, 8) != 0,
        .created = sql_col_i64(q, 9),
        .signed_in = sql_col_null(q, 10) ? TIME_NONE : sql_col_i64(q, 10),
    };
}

static int read_scope(struct db *db, struct arena *a, int64_t account, struct str kind, const uint32_t **values, size_t *n)
{
    uint64_t room = 0;
    size_t got = 0;
    struct sql q = sql_open(db, "SELECT count(*) FROM account_scopes WHERE account=? AND kind=?");
    sql_i64(&q, account);
    sql_str(&q, kind);
    int err = number_of(q, &room);
    uint32_t *list = arena_alloc(a, room * sizeof *list);
    if (err || !list)
        return err ? err : ERR_MEMORY;
    q = sql_open(db, "SELECT value FROM account_scopes WHERE account=? AND kind=? ORDER BY value");
    sql_i64(&q, account);
    sql_str(&q, kind);
    while (got < room && sql_row(&q))
        list[got++] = (uint32_t)sql_col_i64(&q, 0);
    err = sql_close(&q);
    if (!err) {
        *values = list;
        *n = got;
    }
    return err;
}

static int read_scopes(struct db *db, struct arena *arena, struct stored_admin *out)
{
    int err = read_scope(db, arena, out->number, STR("app"), &out->apps, &out->napps);
    return err ? err : read_scope(db, arena, out->number, STR("group"), &out->groups, &out->ngroups);
}

static int one(struct db *db, struct sql q, struct arena *arena, struct stored_admin *out)
{
    struct stored_admin found;
    bool there = sql_row(&q);
    if (there)
        admin_of(&q, arena, &found);
    int err = sql_close(&q);
    if (!err)
        err = there ? read_scopes(db, arena, &found) : ERR_NOT_FOUND;
    if (!err)
        *out = found;
    return err;
}

int tab_accounts_get(struct db *db, struct arena *arena, int64_t number, struct stored_admin *out)
{
    struct sql q = sql_open(db, "SELECT " COLUMNS " FROM accounts WHERE number=?");
    sql_i64(&q, number);
    return one(db, q, arena, out);
}

int tab_accounts_by_name(struct db *db, struct arena *arena, struct str name, struct stored_admin *out)
{
    struct sql q = sql_open(db, "SELECT " COLUMNS " FROM accounts WHERE name=?");
    sql_str(&q, name);
    return one(db, q, arena, out);
}

int tab_accounts_each(struct db *db, struct arena *arena, int (*each)(void *owner, const struct stored_admin *a), void *owner)
{
    struct stored_admin a;
    int stop = 0;
    struct sql q = sql_open(db, "SELECT " COLUMNS " FROM accounts ORDER BY name");
    while (!stop && sql_row(&q)) {
        admin_of(&q, arena, &a);
        stop = read_scopes(db, arena, &a);
        if (!stop)
            stop = each(owner, &a);
    }
    int err = sql_close(&q);
    return stop ? stop : err;
}

int tab_accounts_knows(struct db *db, struct str name, struct str from, bool *known)
{
    uint64_t n = 0;
    struct sql q = sql_open(db, "SELECT count(*) FROM account_addresses JOIN accounts ON number=account WHERE name=? AND address=?");
    sql_str(&q, name);
    sql_str(&q, from);
    int err = number_of(q, &n);
    if (!err)
        *known = n > 0;
    return err;
}
