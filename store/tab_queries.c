/* store/tab_queries.c - saved queries. */
#include "store/tab_queries.h"

enum { MOST = 1000 };

static const char *const steps[] = {
    "CREATE TABLE queries(id INTEGER PRIMARY KEY AUTOINCREMENT, noun INTEGER NOT NULL, name TEXT NOT NULL COLLATE NOCASE,"
    " filters TEXT NOT NULL, by TEXT NOT NULL, shared INTEGER NOT NULL, saved INTEGER NOT NULL, UNIQUE(noun, by, name))",
    NULL};

const struct db_schema tab_queries = {"queries", steps};

static int of_owner(struct db *db, struct str by, int64_t *n)
{
    struct sql q = sql_open(db, "SELECT count(*) FROM queries WHERE by=?");
    sql_str(&q, by);
    *n = sql_row(&q) ? sql_col_i64(&q, 0) : 0;
    return sql_close(&q);
}

int tab_queries_save(struct db *db, const struct stored_query *s, int64_t *id)
{
    int64_t n = 0, number = 0;
    int err = of_owner(db, s->by, &n);
    if (err || n >= MOST)
        return err ? err : ERR_USAGE; /* ERR_LIMIT is a database that is busy */
    struct sql q =
        sql_open(db, "INSERT INTO queries(noun, name, filters, by, shared, saved) VALUES(?,?,?,?,?,?) ON CONFLICT(noun, by, name) DO UPDATE SET "
                     "filters=excluded.filters, shared=excluded.shared, saved=excluded.saved RETURNING id");
    sql_i64(&q, s->noun);
    sql_str(&q, s->name);
    sql_str(&q, s->filters);
    sql_str(&q, s->by);
    sql_i64(&q, s->shared);
    sql_i64(&q, s->saved);
    while (sql_row(&q))
        number = sql_col_i64(&q, 0);
    err = sql_close(&q);
    if (!err)
        *id = number;
    return err;
}

int tab_queries_drop(struct db *db, int64_t id, struct str by)
{
    uint64_t n = 0;
    struct sql q = sql_open(db, "DELETE FROM queries WHERE id=? AND by=?");
    sql_i64(&q, id);
    sql_str(&q, by);
    int err = sql_close_changes(&q, &n);
    return err ? err : n ? 0 : ERR_NOT_FOUND;
}

int tab_queries_each(struct db *db, enum filter_noun noun, struct str by, int (*each)(void *owner, const struct stored_query *q), void *owner)
{
    int stop = 0;
    struct sql q = sql_open(db, "SELECT id, name, filters, by, shared, saved FROM queries WHERE noun=? AND (shared OR by=?) ORDER BY name, id");
    sql_i64(&q, noun);
    sql_str(&q, by);
    while (!stop && sql_row(&q)) {
        const struct stored_query s = {.id = sql_col_i64(&q, 0),
                                       .noun = noun,
                                       .name = sql_col_str(&q, 1),
                                       .filters = sql_col_str(&q, 2),
                                       .by = sql_col_str(&q, 3),
                                       .shared = sql_col_i64(&q, 4) != 0,
                                       .saved = sql_col_i64(&q, 5)};
        stop = each(owner, &s);
    }
    int err = sql_close(&q);
    return stop ? stop : err;
}
