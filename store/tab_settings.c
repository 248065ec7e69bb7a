/* store/tab_settings.c - named settings. */
#include "store/tab_settings.h"

#include <stdio.h>

static const char *const steps[] = {"CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID", NULL};

const struct db_schema tab_settings = {"settings", steps};

int tab_settings_get(struct db *db, struct arena *a, const char *name, struct str *value)
{
    struct str found = STR_NONE;
    struct sql q = sql_open(db, "SELECT value FROM settings WHERE name=?");
    sql_str(&q, str_of(name));
    if (sql_row(&q))
        found = str_dup(a, sql_col_str(&q, 0));
    int err = sql_close(&q);
    if (!err)
        *value = found;
    return err;
}

int tab_settings_put(struct db *db, const char *name, struct str value)
{
    struct sql q = sql_open(db, "INSERT INTO settings VALUES(?,?) ON CONFLICT(name) DO UPDATE SET value=excluded.value");
    sql_str(&q, str_of(name));
    sql_str(&q, value);
    return sql_close(&q);
}

int tab_settings_get_i64(struct db *db, const char *name, int64_t otherwise, int64_t *value)
{
    int64_t found = otherwise;
    struct sql q = sql_open(db, "SELECT CAST(value AS INTEGER) FROM settings WHERE name=?");
    sql_str(&q, str_of(name));
    if (sql_row(&q))
        found = sql_col_i64(&q, 0);
    int err = sql_close(&q);
    if (!err)
        *value = found;
    return err;
}

int tab_settings_put_i64(struct db *db, const char *name, int64_t value)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%lld", (long long)value);
    return tab_settings_put(db, name, (struct str){text, (size_t)n});
}
