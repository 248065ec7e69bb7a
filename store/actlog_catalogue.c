/* store/actlog_catalogue.c - log.db: which segments there are, and the rows that are in none yet. */
#include "store/actlog_private.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <zstd.h>

enum { WAIT_MS = 30000, SCHEMA = 1, LEVEL = -5 /* what is written here is soon gone: speed */ };

struct catalogue {
    sqlite3 *db;
    ZSTD_CCtx *z;
    ZSTD_DCtx *d;
    struct buf packed;
};

static const char schema[] = "CREATE TABLE log(last INTEGER NOT NULL);"
                             "INSERT INTO log VALUES(0);"
                             "CREATE TABLE segments(id INTEGER PRIMARY KEY, rows INTEGER NOT NULL, onprem INTEGER NOT NULL, first_time INTEGER NOT NULL,"
                             " last_time INTEGER NOT NULL, first_created INTEGER NOT NULL, last_created INTEGER NOT NULL, first_number INTEGER NOT NULL,"
                             " last_number INTEGER NOT NULL, bytes INTEGER NOT NULL);"
                             "CREATE TABLE tail(first INTEGER PRIMARY KEY, rows INTEGER NOT NULL, raw INTEGER NOT NULL, data BLOB NOT NULL);"
                             "PRAGMA user_version=1;";

static int code_of(int sqlite)
{
    switch (sqlite & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW: return 0;
    case SQLITE_NOMEM: return ERR_MEMORY;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT: return ERR_MALFORMED;
    case SQLITE_BUSY: return ERR_LIMIT;
    default: return ERR_IO;
    }
}

static int execute(struct catalogue *c, const char *sql)
{
    return code_of(sqlite3_exec(c->db, sql, NULL, NULL, NULL));
}

static int prepare(struct catalogue *c, const char *sql, sqlite3_stmt **q)
{
    *q = NULL;
    return code_of(sqlite3_prepare_v2(c->db, sql, -1, q, NULL));
}

static int run(sqlite3_stmt *q, int err)
{
    int got = err ? SQLITE_OK : sqlite3_step(q);
    (void)sqlite3_finalize(q);
    return err ? err : code_of(got);
}

static int one_number(struct catalogue *c, const char *sql, int64_t *out)
{
    sqlite3_stmt *q;
    int err = prepare(c, sql, &q);
    int got = err ? SQLITE_OK : sqlite3_step(q);
    if (!err && got == SQLITE_ROW)
        *out = sqlite3_column_int64(q, 0);
    else if (!err)
        err = got == SQLITE_DONE ? ERR_MALFORMED : code_of(got);
    (void)sqlite3_finalize(q);
    return err;
}

static int bring_up(struct catalogue *c)
{
    int64_t version = 0;
    int err = execute(c, "BEGIN IMMEDIATE");
    if (err)
        return err;
    err = one_number(c, "PRAGMA user_version", &version);
    if (!err && version == 0)
        err = execute(c, schema);
    else if (!err && version != SCHEMA)
        err = ERR_MALFORMED;
    int ended = execute(c, err ? "ROLLBACK" : "COMMIT");
    return err ? err : ended;
}

int catalogue_open(const char *folder, struct catalogue **out, char why[256])
{
    char path[SEGMENT_PATH];
    int n = snprintf(path, sizeof path, "%s/log.db", folder);
    struct catalogue *c = calloc(1, sizeof *c);
    int err = !c ? ERR_MEMORY : n < 0 || (size_t)n >= sizeof path ? ERR_LIMIT : 0;
    if (!err) {
        c->z = ZSTD_createCCtx();
        c->d = ZSTD_createDCtx();
        err = c->z && c->d ? code_of(sqlite3_open_v2(path, &c->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL)) : ERR_MEMORY;
    }
    if (!err)
        (void)sqlite3_busy_timeout(c->db, WAIT_MS);
    if (!err)
        err = execute(c, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=4000; PRAGMA secure_delete=ON;"
                         "PRAGMA trusted_schema=OFF;");
    if (!err)
        err = bring_up(c);
    if (err) {
        (void)snprintf(why, 256, "%.200s: %s", path, c && c->db ? sqlite3_errmsg(c->db) : err_text(err));
        catalogue_close(c);
        return err;
    }
    *out = c;
    return 0;
}

void catalogue_close(struct catalogue *c)
{
    if (!c)
        return;
    (void)sqlite3_close(c->db);
    (void)ZSTD_freeCCtx(c->z);
    (void)ZSTD_freeDCtx(c->d);
    buf_free(&c->packed);
    free(c);
}

/* ---- reading ---- */

int catalogue_begin_read(struct catalogue *c)
{
    return execute(c, "BEGIN");
}

void catalogue_end_read(struct catalogue *c)
{
    (void)execute(c, "COMMIT");
}

int catalogue_last(struct catalogue *c, uint64_t *last)
{
    int64_t v;
    int err = one_number(c, "SELECT last FROM log", &v);
    if (!err)
        *last = (uint64_t)v;
    return err;
}

static struct seg_info info_of(sqlite3_stmt *q)
{
    return (struct seg_info){
        .id = (uint32_t)sqlite3_column_int64(q, 0),
        .rows = (uint32_t)sqlite3_column_int64(q, 1),
        .onprem = (uint32_t)sqlite3_column_int64(q, 2),
        .first_time = sqlite3_column_int64(q, 3),
        .last_time = sqlite3_column_int64(q, 4),
        .first_created = sqlite3_column_int64(q, 5),
        .last_created = sqlite3_column_int64(q, 6),
        .first_number = (uint64_t)sqlite3_column_int64(q, 7),
        .last_number = (uint64_t)sqlite3_column_int64(q, 8),
        .bytes = (uint64_t)sqlite3_column_int64(q, 9),
    };
}

int catalogue_segments(struct catalogue *c, struct seg_info **out, size_t *n)
{
    sqlite3_stmt *q;
    struct buf all = {0};
    int got = SQLITE_DONE;
    int err = prepare(c, "SELECT id,rows,onprem,first_time,last_time,first_created,last_created,first_number,last_number,bytes FROM segments"
                         " ORDER BY first_number", &q);
    while (!err && (got = sqlite3_step(q)) == SQLITE_ROW) {
        struct seg_info i = info_of(q);
        buf_add(&all, &i, sizeof i);
    }
    (void)sqlite3_finalize(q);
    if (!err)
        err = all.failed ? ERR_MEMORY : code_of(got);
    if (err) {
        buf_free(&all);
        return err;
    }
    *n = all.n / sizeof **out;
    *out = (struct seg_info *)(void *)all.p;
    return 0;
}

static int each_row(struct catalogue *c, sqlite3_stmt *q, int (*each)(void *owner, const uint8_t *row, size_t n), void *owner)
{
    const void *data = sqlite3_column_blob(q, 2);
    size_t n = (size_t)sqlite3_column_bytes(q, 2), raw = (size_t)sqlite3_column_int64(q, 1);
    struct items it;
    c->packed.n = 0;
    char *to = raw <= UINT32_MAX ? buf_room(&c->packed, raw ? raw : 1) : NULL;
    if (!to || !data)
        return to ? ERR_MALFORMED : ERR_MEMORY;
    size_t got = ZSTD_decompressDCtx(c->d, to, raw, data, n);
    int err = ZSTD_isError(got) || got != raw ? ERR_MALFORMED : items_open((const uint8_t *)to, raw, (uint32_t)sqlite3_column_int64(q, 0), &it);
    for (uint32_t i = 0; !err && i < it.n; i++) {
        struct str row = items_at(&it, i);
        err = row_sound((const uint8_t *)row.p, row.n) ? each(owner, (const uint8_t *)row.p, row.n) : ERR_MALFORMED;
    }
    return err;
}

int catalogue_tail(struct catalogue *c, int (*each)(void *owner, const uint8_t *row, size_t n), void *owner)
{
    sqlite3_stmt *q;
    int got = SQLITE_DONE, err = prepare(c, "SELECT rows,raw,data FROM tail ORDER BY first", &q);
    while (!err && (got = sqlite3_step(q)) == SQLITE_ROW)
        err = each_row(c, q, each, owner);
    (void)sqlite3_finalize(q);
    return err ? err : code_of(got);
}

uint64_t catalogue_bytes(struct catalogue *c)
{
    int64_t pages = 0, size = 0;
    (void)one_number(c, "PRAGMA page_count", &pages);
    (void)one_number(c, "PRAGMA page_size", &size);
    return (uint64_t)(pages * size);
}

/* ---- writing ---- */

static int put_rows(struct catalogue *c, struct items_writer *rows, uint64_t first)
{
    sqlite3_stmt *q;
    struct str raw = items_whole(rows);
    c->packed.n = 0;
    int err = str_set(raw) ? squeeze(c->z, LEVEL, raw, &c->packed) : ERR_MEMORY;
    if (err)
        return err;
    err = prepare(c, "INSERT INTO tail VALUES(?,?,?,?)", &q);
    if (!err) {
        (void)sqlite3_bind_int64(q, 1, (int64_t)first);
        (void)sqlite3_bind_int64(q, 2, rows->n);
        (void)sqlite3_bind_int64(q, 3, (int64_t)raw.n);
        err = code_of(sqlite3_bind_blob64(q, 4, c->packed.p, c->packed.n, SQLITE_STATIC));
    }
    return run(q, err);
}

static int put_last(struct catalogue *c, uint64_t last)
{
    sqlite3_stmt *q;
    int err = prepare(c, "UPDATE log SET last=?", &q);
    if (!err)
        (void)sqlite3_bind_int64(q, 1, (int64_t)last);
    return run(q, err);
}

static int end(struct catalogue *c, int err)
{
    int ended = execute(c, err ? "ROLLBACK" : "COMMIT");
    if (!err && ended)
        (void)execute(c, "ROLLBACK");
    return err ? err : ended;
}

int catalogue_append(struct catalogue *c, struct items_writer *rows, uint64_t first, uint64_t last)
{
    int err = execute(c, "BEGIN IMMEDIATE");
    if (err)
        return err;
    err = put_rows(c, rows, first);
    if (!err)
        err = put_last(c, last);
    return end(c, err);
}

static int add_segment(struct catalogue *c, const struct seg_info *i)
{
    sqlite3_stmt *q;
    const int64_t values[] = {i->id, i->rows, i->onprem, i->first_time, i->last_time, i->first_created, i->last_created,
                              (int64_t)i->first_number, (int64_t)i->last_number, (int64_t)i->bytes};
    int err = prepare(c, "INSERT INTO segments VALUES(?,?,?,?,?,?,?,?,?,?)", &q);
    for (int k = 0; !err && k < 10; k++)
        (void)sqlite3_bind_int64(q, k + 1, values[k]);
    return run(q, err);
}

static int drop_segment(struct catalogue *c, uint32_t id)
{
    sqlite3_stmt *q;
    int err = prepare(c, "DELETE FROM segments WHERE id=?", &q);
    if (!err)
        (void)sqlite3_bind_int64(q, 1, id);
    return run(q, err);
}

int catalogue_change(struct catalogue *c, const struct catalogue_change *x)
{
    /* FULL: what is dropped is unlinked next, so the new state must be on disk before */
    int err = execute(c, "PRAGMA synchronous=FULL; BEGIN IMMEDIATE");
    if (err)
        return err;
    for (size_t i = 0; !err && i < x->ngone; i++)
        err = drop_segment(c, x->gone[i]);
    for (size_t i = 0; !err && i < x->nadd; i++)
        err = add_segment(c, &x->add[i]);
    if (!err && x->tail)
        err = execute(c, "DELETE FROM tail");
    if (!err && x->tail && x->tail->n)
        err = put_rows(c, x->tail, x->tail_first);
    err = end(c, err);
    int back = execute(c, "PRAGMA synchronous=NORMAL");
    return err ? err : back;
}

int catalogue_forget(struct catalogue *c)
{
    return execute(c, "PRAGMA wal_checkpoint(TRUNCATE)");
}
