/* store/tab_link.c - state of the link, installed licences. */
#include "store/tab_link.h"

static const char *const steps[] = {
    "CREATE TABLE link(one INTEGER PRIMARY KEY CHECK(one=1), state INTEGER NOT NULL, joined INTEGER NOT NULL, since INTEGER NOT NULL, by TEXT);"
    "CREATE TABLE licences(id TEXT PRIMARY KEY, text TEXT NOT NULL, by TEXT, installed INTEGER NOT NULL) WITHOUT ROWID;",
    NULL};

const struct db_schema tab_link = {"link", steps};

int tab_link_get(struct db *db, struct arena *a, struct stored_link *out)
{
    struct stored_link l = {.since = TIME_NONE};
    struct sql q = sql_open(db, "SELECT state, joined, since, by FROM link");
    if (sql_row(&q))
        l = (struct stored_link){(enum link_state)sql_col_i64(&q, 0), (uint64_t)sql_col_i64(&q, 1), sql_col_i64(&q, 2),
                                 str_dup(a, sql_col_str(&q, 3))};
    int err = sql_close(&q);
    if (!err)
        *out = l;
    return err;
}

int tab_link_put(struct db *db, const struct stored_link *l)
{
    struct sql q = sql_open(db, "INSERT OR REPLACE INTO link VALUES(1,?,?,?,?)");
    sql_i64(&q, l->state);
    sql_i64(&q, (int64_t)l->joined);
    sql_i64(&q, l->since);
    sql_str(&q, l->by);
    return sql_close(&q);
}

int tab_link_add_licence(struct db *db, const struct stored_licence *l)
{
    struct sql q = sql_open(db, "INSERT OR REPLACE INTO licences VALUES(?,?,?,?)");
    sql_str(&q, l->id);
    sql_str(&q, l->text);
    sql_str(&q, l->by);
    sql_i64(&q, l->installed);
    return sql_close(&q);
}

int tab_link_drop_licence(struct db *db, struct str id)
{
    uint64_t n = 0;
    struct sql q = sql_open(db, "DELETE FROM licences WHERE id=?");
    sql_str(&q, id);
    int err = sql_close_changes(&q, &n);
    return err ? err : n ? 0 : ERR_NOT_FOUND;
}

int tab_link_licences(struct db *db, int (*each)(void *owner, const struct stored_licence *l), void *owner)
{
    int stop = 0;
    struct sql q = sql_open(db, "SELECT id, text, by, installed FROM licences ORDER BY installed, id");
    while (!stop && sql_row(&q)) {
        const struct stored_licence l = {sql_col_str(&q, 0), sql_col_str(&q, 1), sql_col_str(&q, 2), sql_col_i64(&q, 3)};
        stop = each(owner, &l);
    }
    int err = sql_close(&q);
    return err ? err : stop;
}
