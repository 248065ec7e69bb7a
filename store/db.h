/* store/db.h - the hub's main database: everything but activities (those are in store/actlog.h).
 *
 * One SQLite file, FOLDER/vigie.db, in WAL mode. Every thread that uses it has a connection of its own
 * with its prepared statements; readers never wait for the writer. Each noun (alerts, people, policies,
 * tokens ...) is one file store/tab_<noun>.c with its schema and its functions, and a header of the same
 * stem; db_open brings all schemas up to date. Only tab_ files speak SQL. */
#ifndef VIGIE_STORE_DB_H
#define VIGIE_STORE_DB_H

#include "base/err.h"
#include "base/str.h"
#include "base/time.h"

#include <stdbool.h>
#include <stdint.h>

struct db;

/* A noun's tables. Step i brings version i to version i + 1 and may hold several statements; a step never
 * changes once it has been released. Registered by file name: tab_alerts.c exports `const struct db_schema tab_alerts`
 * besides its functions. */
struct db_schema {
    const char *noun;
    const char *const *steps; /* ended by NULL */
};

extern const struct db_schema *const db_schemas[]; /* generated, ended by NULL */

/* Opens or makes FOLDER/vigie.db (mode 0600). ERR_MALFORMED: no database of ours, or from a newer Vigie. */
int db_open(const char *folder, struct db **out);
void db_close(struct db *db); /* when all threads that used it are done */

/* A transaction of the calling thread. They do not nest. db_begin takes the write lock at once and waits up to
 * 10 seconds for it (ERR_LIMIT). db_end commits when err is 0, else rolls back; returns err or what failed. */
int db_begin(struct db *db);
int db_end(struct db *db, int err);
/* Several readings that see the same state. */
int db_begin_read(struct db *db);
/* A consistent copy of the database into a new file, while others read and write. */
int db_backup(struct db *db, const char *path);

/* ---- one statement ----
 *
 *     struct sql q = sql_open(db, "SELECT name FROM people WHERE score > ? ORDER BY score DESC");
 *     sql_i64(&q, 70);
 *     while (sql_row(&q))
 *         use(sql_col_str(&q, 0));
 *     int err = sql_close(&q);
 *
 * The text must be a literal or live as long as the database: statements are kept by its address. Texts
 * made at run time go through sql_open_text. Values bind in order; errors are remembered until sql_close. */
struct sql {
    struct db *db;
    void *stmt;
    int bound, err;
    int slot; /* among the kept ones, -1: not kept */
};

struct sql sql_open(struct db *db, const char *text);
struct sql sql_open_text(struct db *db, struct str text);
void sql_i64(struct sql *q, int64_t v);
void sql_real(struct sql *q, double v);
void sql_str(struct sql *q, struct str v); /* absent: NULL. Must live until sql_close */
void sql_blob(struct sql *q, const void *p, size_t n);
void sql_null(struct sql *q);
void sql_time(struct sql *q, int64_t t); /* TIME_NONE: NULL, and back */
/* True with a row; false at the end or on an error. */
bool sql_row(struct sql *q);
int64_t sql_col_i64(struct sql *q, int column);
double sql_col_real(struct sql *q, int column);
struct str sql_col_str(struct sql *q, int column); /* until the next row; absent for NULL */
const void *sql_col_blob(struct sql *q, int column, size_t *n);
bool sql_col_null(struct sql *q, int column);
int64_t sql_col_time(struct sql *q, int column);
/* Ends: 0, or the first error. A statement without rows (INSERT, UPDATE) is run by it if sql_row was not called. */
int sql_close(struct sql *q);
/* The same, and how many rows it changed. */
int sql_close_changes(struct sql *q, uint64_t *changed);
/* A unique constraint refused the last statement of this thread. */
bool db_refused_twin(struct db *db);

#endif
