/* store/tab_inputs.c - what was given to read, and what came of it. */
#include "store/tab_inputs.h"

static const char *const steps[] = {
    "CREATE TABLE inputs(number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, path TEXT, by TEXT, state INTEGER NOT NULL, received INTEGER,"
    " done INTEGER, format TEXT, bytes INTEGER NOT NULL, records INTEGER NOT NULL, activities INTEGER NOT NULL, repeats INTEGER NOT NULL,"
    " faults INTEGER NOT NULL, first_fault TEXT);"
    "CREATE INDEX inputs_state ON inputs(state, number);",
    NULL};

const struct db_schema tab_inputs = {"inputs", steps};

#define COLUMNS "number, name, path, by, state, received, done, format, bytes, records, activities, repeats, faults, first_fault"

static void bind_outcome(struct sql *q, const struct stored_input *in)
{
    sql_i64(q, in->state);
    sql_time(q, in->done);
    sql_str(q, in->format);
    sql_i64(q, (int64_t)in->bytes);
    sql_i64(q, (int64_t)in->records);
    sql_i64(q, (int64_t)in->activities);
    sql_i64(q, (int64_t)in->repeats);
    sql_i64(q, (int64_t)in->faults);
    sql_str(q, in->first_fault);
}

int tab_inputs_add(struct db *db, const struct stored_input *in, uint32_t *number)
{
    uint32_t given = 0;
    struct sql q = sql_open(db, "INSERT INTO inputs(state, done, format, bytes, records, activities, repeats, faults, first_fault, name, path, by, received)"
                                " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?) RETURNING number");
    bind_outcome(&q, in);
    sql_str(&q, in->name);
    sql_str(&q, in->path);
    sql_str(&q, in->by);
    sql_time(&q, in->received);
    if (sql_row(&q))
        given = (uint32_t)sql_col_i64(&q, 0);
    int err = sql_close(&q);
    if (!err)
        *number = given;
    return err;
}

int tab_inputs_done(struct db *db, const struct stored_input *in)
{
    uint64_t n = 0;
    struct sql q = sql_open(db, "UPDATE inputs SET state=?, done=?, format=?, bytes=?, records=?, activities=?, repeats=?, faults=?, first_fault=?"
                                " WHERE number=?");
    bind_outcome(&q, in);
    sql_i64(&q, in->number);
    int err = sql_close_changes(&q, &n);
    return err ? err : n ? 0 : ERR_NOT_FOUND;
}

static struct stored_input row_of(struct sql *q)
{
    return (struct stored_input){.number = (uint32_t)sql_col_i64(q, 0),
                                 .name = sql_col_str(q, 1),
                                 .path = sql_col_str(q, 2),
                                 .by = sql_col_str(q, 3),
                                 .state = (enum input_state)sql_col_i64(q, 4),
                                 .received = sql_col_time(q, 5),
                                 .done = sql_col_time(q, 6),
                                 .format = sql_col_str(q, 7),
                                 .bytes = (uint64_t)sql_col_i64(q, 8),
                                 .records = (uint64_t)sql_col_i64(q, 9),
                                 .activities = (uint64_t)sql_col_i64(q, 10),
                                 .repeats = (uint64_t)sql_col_i64(q, 11),
                                 .faults = (uint64_t)sql_col_i64(q, 12),
                                 .first_fault = sql_col_str(q, 13)};
}

int tab_inputs_get(struct db *db, struct arena *a, uint32_t number, struct stored_input *out)
{
    struct stored_input in;
    struct sql q = sql_open(db, "SELECT " COLUMNS " FROM inputs WHERE number=?");
    sql_i64(&q, number);
    bool found = sql_row(&q);
    if (found) {
        in = row_of(&q);
        struct str *const texts[] = {&in.name, &in.path, &in.by, &in.format, &in.first_fault};
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            *texts[i] = str_dup(a, *texts[i]);
    }
    int err = sql_close(&q);
    if (err || !found)
        return err ? err : ERR_NOT_FOUND;
    *out = in;
    return 0;
}

int tab_inputs_each(struct db *db, int state, uint32_t skip, uint32_t limit, int (*each)(void *owner, const struct stored_input *in), void *owner)
{
    int err = 0;
    struct sql q = state < 0 ? sql_open(db, "SELECT " COLUMNS " FROM inputs ORDER BY number DESC LIMIT ? OFFSET ?")
                             : sql_open(db, "SELECT " COLUMNS " FROM inputs WHERE state=? ORDER BY number LIMIT ? OFFSET ?");
    if (state >= 0)
        sql_i64(&q, state);
    sql_i64(&q, limit);
    sql_i64(&q, skip);
    while (!err && sql_row(&q)) {
        struct stored_input in = row_of(&q);
        err = each(owner, &in);
    }
    int closed = sql_close(&q);
    return err ? err : closed;
}

int tab_inputs_count(struct db *db, int state, uint64_t *n)
{
    uint64_t found = 0;
    struct sql q = sql_open(db, "SELECT count(*) FROM inputs WHERE ?1<0 OR state=?1");
    sql_i64(&q, state);
    if (sql_row(&q))
        found = (uint64_t)sql_col_i64(&q, 0);
    int err = sql_close(&q);
    if (!err)
        *n = found;
    return err;
}
