/* store/db.c - connections, schemas, statements of the main database on SQLite. */
#include "store/db.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { WAIT_MS = 10000, STATEMENTS = 512 };

struct kept {
    const char *text;
    sqlite3_stmt *stmt;
    bool busy;
};

/* One thread's connection. */
struct conn {
    struct conn *next;
    sqlite3 *sqlite;
    struct kept kept[STATEMENTS]; /* open addressing by the text's address */
    unsigned nkept;
    bool twin;
};

struct db {
    char *path;
    pthread_key_t mine;
    pthread_mutex_t lock; /* of the list */
    struct conn *all;
};

static int code_of(int sqlite)
{
    switch (sqlite & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW: return 0;
    case SQLITE_NOMEM: return ERR_MEMORY;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT: return ERR_MALFORMED;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ERR_LIMIT;
    case SQLITE_CONSTRAINT: return ERR_USAGE;
    default: return ERR_IO;
    }
}

/* ---- connections ---- */

static void close_conn(struct conn *c)
{
    for (unsigned i = 0; i < STATEMENTS; i++)
        (void)sqlite3_finalize(c->kept[i].stmt);
    (void)sqlite3_close(c->sqlite);
    free(c);
}

static int open_conn(struct db *db, struct conn **out)
{
    struct conn *c = calloc(1, sizeof *c);
    if (!c)
        return ERR_MEMORY;
    int err = code_of(sqlite3_open_v2(db->path, &c->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL));
    if (!err)
        (void)sqlite3_busy_timeout(c->sqlite, WAIT_MS);
    if (!err)
        err = code_of(sqlite3_exec(c->sqlite,
                                   "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
                                   "PRAGMA wal_autocheckpoint=4000; PRAGMA trusted_schema=OFF; PRAGMA secure_delete=FAST;",
                                   NULL, NULL, NULL));
    if (err) {
        close_conn(c);
        return err;
    }
    (void)pthread_mutex_lock(&db->lock);
    c->next = db->all;
    db->all = c;
    (void)pthread_mutex_unlock(&db->lock);
    (void)pthread_setspecific(db->mine, c);
    *out = c;
    return 0;
}

static int conn_of(struct db *db, struct conn **out)
{
    *out = pthread_getspecific(db->mine);
    return *out ? 0 : open_conn(db, out);
}

static int execute(struct db *db, const char *text)
{
    struct conn *c;
    int err = conn_of(db, &c);
    return err ? err : code_of(sqlite3_exec(c->sqlite, text, NULL, NULL, NULL));
}

/* ---- schemas ---- */

static int bring_up(struct db *db, const struct db_schema *s)
{
    int64_t version = 0;
    struct sql q = sql_open(db, "SELECT version FROM schemas WHERE noun=?");
    sql_str(&q, str_of(s->noun));
    if (sql_row(&q))
        version = sql_col_i64(&q, 0);
    int err = sql_close(&q);
    int64_t known = 0;
    while (s->steps[known])
        known++;
    if (!err && version > known)
        return ERR_MALFORMED;
    for (int64_t v = version; !err && v < known; v++)
        err = execute(db, s->steps[v]);
    if (err || version == known)
        return err;
    q = sql_open(db, "INSERT INTO schemas VALUES(?,?) ON CONFLICT(noun) DO UPDATE SET version=excluded.version");
    sql_str(&q, str_of(s->noun));
    sql_i64(&q, known);
    return sql_close(&q);
}

static int bring_all_up(struct db *db)
{
    int err = execute(db, "CREATE TABLE IF NOT EXISTS schemas(noun TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID");
    if (!err)
        err = db_begin(db);
    if (err)
        return err;
    for (size_t i = 0; !err && db_schemas[i]; i++)
        err = bring_up(db, db_schemas[i]);
    return db_end(db, err);
}

/* SQLite counts every piece of memory under one lock for all threads, and nobody asks for the figures. */
static void count_nothing(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

int db_open(const char *folder, struct db **out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, count_nothing);
    struct db *db = calloc(1, sizeof *db);
    if (!db)
        return ERR_MEMORY;
    (void)pthread_mutex_init(&db->lock, NULL);
    (void)pthread_key_create(&db->mine, NULL);
    int n = asprintf(&db->path, "%s/vigie.db", folder);
    int err = n < 0 ? ERR_MEMORY : 0;
    if (n < 0)
        db->path = NULL;
    mode_t before = umask(077);
    if (!err)
        err = bring_all_up(db);
    (void)umask(before);
    if (err) {
        db_close(db);
        return err;
    }
    *out = db;
    return 0;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    for (struct conn *c = db->all, *next; c; c = next) {
        next = c->next;
        close_conn(c);
    }
    (void)pthread_key_delete(db->mine);
    (void)pthread_mutex_destroy(&db->lock);
    free(db->path);
    free(db);
}

/* ---- transactions ---- */

int db_begin(struct db *db)
{
    return execute(db, "BEGIN IMMEDIATE");
}

int db_begin_read(struct db *db)
{
    return execute(db, "BEGIN");
}

int db_end(struct db *db, int err)
{
    int ended = execute(db, err ? "ROLLBACK" : "COMMIT");
    if (!err && ended)
        (void)execute(db, "ROLLBACK");
    return err ? err : ended;
}

int db_backup(struct db *db, const char *path)
{
    struct conn *c;
    sqlite3 *to = NULL;
    struct stat st;
    if (stat(path, &st) == 0)
        return ERR_USAGE;
    int err = conn_of(db, &c);
    mode_t before = umask(077);
    if (!err)
        err = code_of(sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL));
    (void)umask(before);
    sqlite3_backup *b = err ? NULL : sqlite3_backup_init(to, "main", c->sqlite, "main");
    if (!err && !b)
        err = ERR_IO;
    if (b) {
        (void)sqlite3_backup_step(b, -1);
        err = code_of(sqlite3_backup_finish(b));
    }
    (void)sqlite3_close(to);
    return err;
}

/* ---- statements ---- */

static struct kept *slot_of(struct conn *c, const char *text)
{
    size_t at = (uint64_t)(uintptr_t)text * UINT64_C(0x9e3779b97f4a7c15) >> 55; /* 9 bits: STATEMENTS */
    struct kept *k = &c->kept[at];
    while (k->text && k->text != text)
        k = k + 1 == c->kept + STATEMENTS ? c->kept : k + 1;
    return k;
}

struct sql sql_open(struct db *db, const char *text)
{
    struct conn *c;
    struct sql q = {.db = db, .slot = -1};
    q.err = conn_of(db, &c);
    if (q.err)
        return q;
    struct kept *k = slot_of(c, text);
    if (k->busy || (!k->text && c->nkept >= STATEMENTS / 2))
        return sql_open_text(db, str_of(text));
    if (!k->text) {
        q.err = code_of(sqlite3_prepare_v3(c->sqlite, text, -1, SQLITE_PREPARE_PERSISTENT, &k->stmt, NULL));
        if (q.err)
            return q;
        k->text = text;
        c->nkept++;
    }
    k->busy = true;
    q.stmt = k->stmt;
    q.slot = (int)(k - c->kept);
    return q;
}

struct sql sql_open_text(struct db *db, struct str text)
{
    struct conn *c;
    struct sql q = {.db = db, .slot = -1};
    sqlite3_stmt *stmt = NULL;
    q.err = conn_of(db, &c);
    if (!q.err)
        q.err = code_of(sqlite3_prepare_v2(c->sqlite, text.p, (int)text.n, &stmt, NULL));
    q.stmt = stmt;
    return q;
}

static void bound(struct sql *q, int sqlite)
{
    if (!q->err)
        q->err = code_of(sqlite);
}

void sql_i64(struct sql *q, int64_t v)
{
    if (q->stmt)
        bound(q, sqlite3_bind_int64(q->stmt, ++q->bound, v));
}

void sql_real(struct sql *q, double v)
{
    if (q->stmt)
        bound(q, sqlite3_bind_double(q->stmt, ++q->bound, v));
}

void sql_str(struct sql *q, struct str v)
{
    if (!str_set(v))
        sql_null(q);
    else if (q->stmt)
        bound(q, sqlite3_bind_text64(q->stmt, ++q->bound, v.p, v.n, SQLITE_STATIC, SQLITE_UTF8));
}

void sql_blob(struct sql *q, const void *p, size_t n)
{
    if (q->stmt)
        bound(q, sqlite3_bind_blob64(q->stmt, ++q->bound, n ? p : "", n, SQLITE_STATIC));
}

void sql_null(struct sql *q)
{
    if (q->stmt)
        bound(q, sqlite3_bind_null(q->stmt, ++q->bound));
}

void sql_time(struct sql *q, int64_t t)
{
    if (t == TIME_NONE)
        sql_null(q);
    else
        sql_i64(q, t);
}

bool sql_row(struct sql *q)
{
    if (q->err || !q->stmt)
        return false;
    int got = sqlite3_step(q->stmt);
    q->bound = -1;
    if (got == SQLITE_ROW)
        return true;
    struct conn *c = pthread_getspecific(q->db->mine);
    int extended = sqlite3_extended_errcode(c->sqlite);
    c->twin = got == SQLITE_CONSTRAINT && (extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY);
    q->err = code_of(got);
    return false;
}

int64_t sql_col_i64(struct sql *q, int column)
{
    return sqlite3_column_int64(q->stmt, column);
}

double sql_col_real(struct sql *q, int column)
{
    return sqlite3_column_double(q->stmt, column);
}

struct str sql_col_str(struct sql *q, int column)
{
    const char *p = (const char *)sqlite3_column_text(q->stmt, column);
    return p ? (struct str){p, (size_t)sqlite3_column_bytes(q->stmt, column)} : STR_NONE;
}

const void *sql_col_blob(struct sql *q, int column, size_t *n)
{
    const void *p = sqlite3_column_blob(q->stmt, column);
    *n = p ? (size_t)sqlite3_column_bytes(q->stmt, column) : 0;
    return p;
}

bool sql_col_null(struct sql *q, int column)
{
    return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

int64_t sql_col_time(struct sql *q, int column)
{
    return sql_col_null(q, column) ? TIME_NONE : sql_col_i64(q, column);
}

int sql_close(struct sql *q)
{
    return sql_close_changes(q, NULL);
}

int sql_close_changes(struct sql *q, uint64_t *changed)
{
    if (!q->stmt)
        return q->err;
    if (q->bound >= 0)
        (void)sql_row(q);
    struct conn *c = pthread_getspecific(q->db->mine);
    if (changed && !q->err)
        *changed = (uint64_t)sqlite3_changes64(c->sqlite);
    int code; /* INSERT ... RETURNING is committed here, not by the step that gave its row: a full disk shows now */
    if (q->slot < 0) {
        code = sqlite3_finalize(q->stmt);
    } else {
        code = sqlite3_reset(q->stmt);
        (void)sqlite3_clear_bindings(q->stmt);
        c->kept[q->slot].busy = false;
    }
    q->stmt = NULL;
    if (!q->err)
        q->err = code_of(code);
    return q->err;
}

bool db_refused_twin(struct db *db)
{
    struct conn *c = pthread_getspecific(db->mine);
    return c && c->twin;
}
