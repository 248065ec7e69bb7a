/* store/tab_risks.c - identity risk of people. */
#include "store/tab_risks.h"

#include "base/time.h"

static const char *const steps[] = {"CREATE TABLE risks(entity INTEGER PRIMARY KEY, level TEXT NOT NULL, by TEXT, since INTEGER NOT NULL);", NULL};

const struct db_schema tab_risks = {"risks", steps};

#define OF_THAT_PERSON "entity=?1 OR entity IN (SELECT number FROM entity_aliases WHERE target=?1)"

static int drop(struct db *db, uint32_t entity, uint64_t *n)
{
    struct sql q = sql_open(db, "DELETE FROM risks WHERE " OF_THAT_PERSON);
    sql_i64(&q, entity);
    return sql_close_changes(&q, n);
}

int tab_risks_put(struct db *db, const struct stored_risk *r, bool *changed)
{
    uint64_t n = 0;
    int err;
    if (str_set(r->level)) {
        struct sql q = sql_open(db, "INSERT INTO risks VALUES(?,?,?,?) ON CONFLICT(entity) DO UPDATE SET level=excluded.level, by=excluded.by, since=excluded.since"
                                    " WHERE level<>excluded.level");
        sql_i64(&q, r->entity);
        sql_str(&q, r->level);
        sql_str(&q, r->by);
        sql_i64(&q, r->since);
        err = sql_close_changes(&q, &n);
    } else {
        err = drop(db, r->entity, &n);
    }
    if (!err)
        *changed = n > 0;
    return err;
}

int tab_risks_get(struct db *db, struct arena *a, uint32_t entity, struct stored_risk *out)
{
    struct stored_risk r = {.entity = entity, .since = TIME_NONE};
    struct sql q = sql_open(db, "SELECT level, by, since FROM risks WHERE " OF_THAT_PERSON " ORDER BY since DESC LIMIT 1");
    sql_i64(&q, entity);
    if (sql_row(&q)) {
        r.level = str_dup(a, sql_col_str(&q, 0));
        r.by = sql_col_null(&q, 1) ? STR_NONE : str_dup(a, sql_col_str(&q, 1));
        r.since = sql_col_i64(&q, 2);
    }
    int err = sql_close(&q);
    if (!err)
        *out = r;
    return err;
}
