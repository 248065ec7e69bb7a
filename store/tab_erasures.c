/* store/tab_erasures.c - requests to delete a person's data, and marks of those who were deleted. */
#include "store/tab_erasures.h"

static const char *const steps[] = {
    "CREATE TABLE erasures(number INTEGER PRIMARY KEY, entity TEXT NOT NULL, by TEXT NOT NULL, names TEXT, numbers TEXT, asked INTEGER NOT NULL,"
    " done INTEGER, state INTEGER NOT NULL, activities INTEGER NOT NULL, alerts INTEGER NOT NULL);"
    "CREATE TABLE erased(mark BLOB PRIMARY KEY) WITHOUT ROWID;",
    NULL};

const struct db_schema tab_erasures = {"erasures", steps};

int tab_erasures_ask(struct db *db, struct str entity, struct str by, int64_t now)
{
    struct sql q = sql_open(db, "INSERT INTO erasures(entity, by, asked, state, activities, alerts) SELECT ?1,?2,?3,0,0,0"
                                " WHERE NOT EXISTS(SELECT 1 FROM erasures WHERE entity=?1 AND state<3)");
    sql_str(&q, entity);
    sql_str(&q, by);
    sql_time(&q, now);
    return sql_close(&q);
}

_Static_assert(ERASURE_ASKED == 0 && ERASURE_DONE == 3, "the numbers in tab_erasures_ask");

int tab_erasures_each(struct db *db, enum erasure_state from, enum erasure_state to, int (*each)(void *owner, const struct stored_erasure *e),
                      void *owner)
{
    int stop = 0;
    struct sql q = sql_open(db, "SELECT number, entity, by, names, numbers, asked, done, state, activities, alerts FROM erasures"
                                " WHERE state BETWEEN ? AND ? ORDER BY number");
    sql_i64(&q, from);
    sql_i64(&q, to);
    while (!stop && sql_row(&q)) {
        const struct stored_erasure e = {.number = sql_col_i64(&q, 0),
                                         .entity = sql_col_str(&q, 1),
                                         .by = sql_col_str(&q, 2),
                                         .names = sql_col_str(&q, 3),
                                         .numbers = sql_col_str(&q, 4),
                                         .asked = sql_col_time(&q, 5),
                                         .done = sql_col_time(&q, 6),
                                         .state = (enum erasure_state)sql_col_i64(&q, 7),
                                         .activities = (uint64_t)sql_col_i64(&q, 8),
                                         .alerts = (uint64_t)sql_col_i64(&q, 9)};
        stop = each(owner, &e);
    }
    int err = sql_close(&q);
    return stop ? stop : err;
}

int tab_erasures_put(struct db *db, const struct stored_erasure *e)
{
    struct sql q = sql_open(db, "UPDATE erasures SET names=?, numbers=?, done=?, state=?, activities=?, alerts=? WHERE number=?");
    sql_str(&q, e->names);
    sql_str(&q, e->numbers);
    sql_time(&q, e->done);
    sql_i64(&q, e->state);
    sql_i64(&q, (int64_t)e->activities);
    sql_i64(&q, (int64_t)e->alerts);
    sql_i64(&q, e->number);
    return sql_close(&q);
}

int tab_erasures_mark(struct db *db, const uint8_t mark[ERASURE_MARK])
{
    struct sql q = sql_open(db, "INSERT OR IGNORE INTO erased VALUES(?)");
    sql_blob(&q, mark, ERASURE_MARK);
    return sql_close(&q);
}

int tab_erasures_marks(struct db *db, int (*each)(void *owner, const uint8_t mark[ERASURE_MARK]), void *owner)
{
    int stop = 0;
    struct sql q = sql_open(db, "SELECT mark FROM erased");
    while (!stop && sql_row(&q)) {
        size_t n;
        const uint8_t *mark = sql_col_blob(&q, 0, &n);
        stop = n == ERASURE_MARK ? each(owner, mark) : 0;
    }
    int err = sql_close(&q);
    return stop ? stop : err;
}

static int run_with(struct db *db, const char *text, uint32_t number)
{
    struct sql q = sql_open(db, text);
    sql_i64(&q, number);
    return sql_close(&q);
}

int tab_erasures_entity(struct db *db, uint32_t number)
{
    static const char *const gone[] = {"DELETE FROM entity_accounts WHERE entity=?",
                                       "DELETE FROM entity_groups WHERE member=?",
                                       "DELETE FROM entity_aliases WHERE ? IN (number, target)",
                                       "DELETE FROM contributions WHERE entity=?",
                                       "DELETE FROM findings WHERE entity=?",
                                       "DELETE FROM resets WHERE entity=?",
                                       "DELETE FROM risks WHERE entity=?",
                                       ("UPDATE governance SET entity=0, person=NULL, name='', reason=NULL, why=NULL, before=NULL, ended=coalesce(ended, asked),"
                                        " state=CASE WHEN state<3 THEN 4 ELSE state END WHERE entity=?"),
                                       "DELETE FROM policy_suppressions WHERE by=0 AND value=CAST(? AS TEXT)",
                                       "DELETE FROM entities WHERE number=?"};
    int err = 0;
    for (size_t i = 0; !err && i < sizeof gone / sizeof *gone; i++)
        err = run_with(db, gone[i], number);
    return err;
}

int tab_erasures_thorough(struct db *db)
{
    struct sql q = sql_open(db, "PRAGMA secure_delete=ON");
    (void)sql_row(&q);
    return sql_close(&q);
}

int tab_erasures_scrub(struct db *db)
{
    struct sql q = sql_open(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    (void)sql_row(&q); /* a busy one leaves the rest to the next */
    return sql_close(&q);
}
