/* store/tab_resets.c - resets of scores. */
#include "store/tab_resets.h"

static const char *const steps[] = {"CREATE TABLE resets(entity INTEGER PRIMARY KEY, before INTEGER NOT NULL, by TEXT NOT NULL, comment TEXT);", NULL};

const struct db_schema tab_resets = {"resets", steps};

int tab_resets_put(struct db *db, const struct stored_reset *r)
{
    struct sql q = sql_open(db, "INSERT INTO resets VALUES(?,?,?,?) ON CONFLICT(entity) DO UPDATE SET before=max(before, excluded.before), by=excluded.by,"
                                " comment=excluded.comment");
    sql_i64(&q, r->entity);
    sql_i64(&q, r->before);
    sql_str(&q, r->by);
    sql_str(&q, r->comment);
    return sql_close(&q);
}

int tab_resets_each(struct db *db, int (*each)(void *owner, const struct stored_reset *r), void *owner)
{
    int stop = 0;
    struct sql q = sql_open(db, "SELECT entity, before, by, comment FROM resets ORDER BY entity");
    while (!stop && sql_row(&q)) {
        const struct stored_reset r = {(uint32_t)sql_col_i64(&q, 0), sql_col_i64(&q, 1), sql_col_str(&q, 2), sql_col_str(&q, 3)};
        stop = each(owner, &r);
    }
    int err = sql_close(&q);
    return stop ? stop : err;
}
