/* store/tab_sensors.c - registered sensors. */
#include "store/tab_sensors.h"

static const char *const steps[] = {
    "CREATE TABLE sensors(number INTEGER PRIMARY KEY AUTOINCREMENT, fingerprint BLOB NOT NULL UNIQUE, name TEXT NOT NULL, by TEXT NOT NULL, state TEXT,"
    " created INTEGER NOT NULL, seen INTEGER, revoked INTEGER)",
    NULL};

const struct db_schema tab_sensors = {"sensors", steps};

#define SILENT (2 * TIME_MINUTE)

const char *sensor_state(const struct stored_sensor *s, int64_t now)
{
    if (s->revoked != TIME_NONE)
        return "revoked";
    return s->seen == TIME_NONE ? "new" : now - s->seen < SILENT ? "ok" : "silent";
}

#define SELECT "SELECT number, name, by, state, created, seen, revoked FROM sensors "

static struct stored_sensor sensor_of(struct sql *q, struct arena *a)
{
    return (struct stored_sensor){.number = sql_col_i64(q, 0),
                                  .name = str_dup(a, sql_col_str(q, 1)),
                                  .by = str_dup(a, sql_col_str(q, 2)),
                                  .state = sql_col_null(q, 3) ? STR_NONE : str_dup(a, sql_col_str(q, 3)),
                                  .created = sql_col_i64(q, 4),
                                  .seen = sql_col_time(q, 5),
                                  .revoked = sql_col_time(q, 6)};
}

int tab_sensors_add(struct db *db, const struct stored_sensor *s, const uint8_t fingerprint[SENSOR_FINGERPRINT], int64_t *number)
{
    int64_t given = 0;
    struct sql q = sql_open(db, "INSERT INTO sensors(fingerprint,name,by,created) VALUES(?,?,?,?) RETURNING number");
    sql_blob(&q, fingerprint, SENSOR_FINGERPRINT);
    sql_str(&q, s->name);
    sql_str(&q, s->by);
    sql_i64(&q, s->created);
    while (sql_row(&q)) /* to the end: RETURNING commits there */
        given = sql_col_i64(&q, 0);
    int err = sql_close(&q);
    if (!err)
        *number = given;
    return err;
}

int tab_sensors_find(struct db *db, struct arena *a, const uint8_t fingerprint[SENSOR_FINGERPRINT], struct stored_sensor *out)
{
    struct stored_sensor found = {0};
    struct sql q = sql_open(db, SELECT "WHERE fingerprint=? AND revoked IS NULL");
    sql_blob(&q, fingerprint, SENSOR_FINGERPRINT);
    bool there = sql_row(&q);
    if (there)
        found = sensor_of(&q, a);
    int err = sql_close(&q);
    if (!err && !there)
        err = ERR_NOT_FOUND;
    if (!err)
        *out = found;
    return err;
}

int tab_sensors_seen(struct db *db, int64_t number, int64_t now, struct str state)
{
    struct sql q = sql_open(db, str_set(state) ? "UPDATE sensors SET seen=?1, state=?3 WHERE number=?2" : "UPDATE sensors SET seen=?1 WHERE number=?2");
    sql_i64(&q, now);
    sql_i64(&q, number);
    if (str_set(state))
        sql_str(&q, state);
    return sql_close(&q);
}

int tab_sensors_revoke(struct db *db, int64_t number, int64_t now)
{
    uint64_t n = 0;
    struct sql q = sql_open(db, "UPDATE sensors SET revoked=? WHERE number=? AND revoked IS NULL");
    sql_i64(&q, now);
    sql_i64(&q, number);
    int err = sql_close_changes(&q, &n);
    return err ? err : n ? 0 : ERR_NOT_FOUND;
}

int tab_sensors_each(struct db *db, struct arena *a, int (*each)(void *owner, const struct stored_sensor *s), void *owner)
{
    int err = 0;
    struct sql q = sql_open(db, SELECT "ORDER BY revoked IS NOT NULL, name, number");
    while (!err && sql_row(&q)) {
        struct stored_sensor s = sensor_of(&q, a);
        err = each(owner, &s);
    }
    int closed = sql_close(&q);
    return err ? err : closed;
}
