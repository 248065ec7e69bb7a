/* store/sto_sqlite.c - the store on SQLite: a main database and time segments. */
#include "store/store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SEGMENT_ROWS = 1000000, SCHEMA = 1 };

struct store {
    char *path;
    sqlite3 *main, *segment;
    sqlite3_stmt *put_activity;
    unsigned segments;
    uint64_t rows;    /* in the open segment */
    int64_t from, to; /* of the open segment */
    bool writing;
    uint8_t packed[ACTIVITY_PACKED_MAX];
};

static const char schema[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                             "CREATE TABLE store(schema INTEGER NOT NULL, complete INTEGER NOT NULL);"
                             "CREATE TABLE segments(number INTEGER PRIMARY KEY, from_ns INTEGER NOT NULL, to_ns INTEGER NOT NULL, rows INTEGER NOT NULL);"
                             "CREATE TABLE inputs(rank INTEGER PRIMARY KEY, path TEXT NOT NULL, format TEXT, records INTEGER, activities INTEGER,"
                             " bytes INTEGER, faults INTEGER);"
                             "CREATE TABLE alerts(id TEXT PRIMARY KEY, external_id INTEGER, policy TEXT, name TEXT NOT NULL, severity TEXT NOT NULL,"
                             " category TEXT NOT NULL, start_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL, count INTEGER NOT NULL, source TEXT,"
                             " source_ip TEXT, destination TEXT, destination_ip TEXT, description TEXT, status TEXT NOT NULL DEFAULT 'open');"
                             "CREATE TABLE alert_accounts(alert TEXT NOT NULL, account TEXT NOT NULL);"
                             "CREATE TABLE alert_evidence(alert TEXT NOT NULL, activity BLOB NOT NULL, time_ns INTEGER NOT NULL);"
                             "CREATE INDEX evidence_of ON alert_evidence(alert);"
                             "CREATE TABLE people(id TEXT PRIMARY KEY, name TEXT NOT NULL, score INTEGER NOT NULL, percentile REAL NOT NULL,"
                             " from_ns INTEGER, to_ns INTEGER);"
                             "CREATE TABLE contributions(person TEXT NOT NULL, points INTEGER NOT NULL, grp TEXT, value TEXT, text TEXT, ref TEXT,"
                             " time_ns INTEGER, p REAL);"
                             "CREATE INDEX contributions_of ON contributions(person);"
                             "INSERT INTO store VALUES(1, 0);";

static const char segment_schema[] = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
                                     "CREATE TABLE activities(time_ns INTEGER NOT NULL, id BLOB NOT NULL, kind TEXT NOT NULL, app TEXT,"
                                     " outcome INTEGER NOT NULL, actor TEXT, ip TEXT, destination TEXT, flat BLOB NOT NULL);";

static int code_of(int sqlite)
{
    switch (sqlite) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW: return 0;
    case SQLITE_NOMEM: return ERR_MEMORY;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT: return ERR_MALFORMED;
    default: return ERR_IO;
    }
}

static int execute(sqlite3 *db, const char *sql)
{
    return code_of(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static bool segment_path(const struct store *s, unsigned number, char *out, size_t room)
{
    int n = snprintf(out, room, "%s.%04u", s->path, number);
    return n > 0 && (size_t)n < room;
}

static struct store *allocate(const char *path)
{
    struct store *s = calloc(1, sizeof *s);
    if (s)
        s->path = strdup(path);
    if (s && !s->path) {
        free(s);
        return NULL;
    }
    return s;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    (void)sqlite3_finalize(s->put_activity);
    (void)sqlite3_close(s->segment);
    (void)sqlite3_close(s->main);
    free(s->path);
    free(s);
}

int store_create(const char *path, struct store **out)
{
    struct stat st;
    if (stat(path, &st) == 0)
        return ERR_IO;
    struct store *s = allocate(path);
    if (!s)
        return ERR_MEMORY;
    s->writing = true;
    int err = code_of(sqlite3_open_v2(path, &s->main, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL));
    if (!err)
        err = execute(s->main, schema);
    if (!err)
        err = execute(s->main, "BEGIN");
    if (err) {
        store_close(s);
        return err;
    }
    *out = s;
    return 0;
}

static int64_t number(sqlite3 *db, const char *sql, int64_t otherwise)
{
    sqlite3_stmt *q = NULL;
    int64_t v = otherwise;
    if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
        v = sqlite3_column_int64(q, 0);
    (void)sqlite3_finalize(q);
    return v;
}

int store_open(const char *path, struct store **out)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return ERR_NOT_FOUND;
    struct store *s = allocate(path);
    if (!s)
        return ERR_MEMORY;
    int err = code_of(sqlite3_open_v2(path, &s->main, SQLITE_OPEN_READONLY, NULL));
    if (!err && (number(s->main, "SELECT schema FROM store", 0) != SCHEMA || number(s->main, "SELECT complete FROM store", 0) != 1))
        err = ERR_MALFORMED;
    if (err) {
        store_close(s);
        return err;
    }
    s->segments = (unsigned)number(s->main, "SELECT count(*) FROM segments", 0);
    *out = s;
    return 0;
}

/* ---- segments ---- */

static int begin_segment(struct store *s)
{
    char path[4200];
    if (!segment_path(s, s->segments + 1, path, sizeof path))
        return ERR_IO;
    int err = code_of(sqlite3_open_v2(path, &s->segment, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL));
    if (!err)
        err = execute(s->segment, segment_schema);
    if (!err)
        err = execute(s->segment, "BEGIN");
    if (!err)
        err = code_of(sqlite3_prepare_v2(s->segment, "INSERT INTO activities VALUES(?,?,?,?,?,?,?,?,?)", -1, &s->put_activity, NULL));
    s->rows = 0;
    return err;
}

static int run(struct store *s, const char *sql, const int64_t *values, int n)
{
    sqlite3_stmt *q = NULL;
    int err = code_of(sqlite3_prepare_v2(s->main, sql, -1, &q, NULL));
    for (int i = 0; !err && i < n; i++)
        err = code_of(sqlite3_bind_int64(q, i + 1, values[i]));
    if (!err)
        err = code_of(sqlite3_step(q));
    (void)sqlite3_finalize(q);
    return err;
}

/* A full segment gets its indexes and is closed for good. */
static int seal_segment(struct store *s)
{
    if (!s->segment)
        return 0;
    (void)sqlite3_finalize(s->put_activity);
    s->put_activity = NULL;
    int err = execute(s->segment, "COMMIT; CREATE INDEX by_time ON activities(time_ns); CREATE INDEX by_actor ON activities(actor, time_ns);"
                                  "CREATE INDEX by_id ON activities(id);");
    if (sqlite3_close(s->segment) != SQLITE_OK)
        err = err ? err : ERR_IO;
    s->segment = NULL;
    const int64_t row[] = {++s->segments, s->from, s->to, (int64_t)s->rows};
    return err ? err : run(s, "INSERT INTO segments VALUES(?,?,?,?)", row, 4);
}

static void bind_str(sqlite3_stmt *q, int at, struct str v)
{
    if (str_set(v))
        (void)sqlite3_bind_text(q, at, v.p, (int)v.n, SQLITE_STATIC);
    else
        (void)sqlite3_bind_null(q, at);
}

static struct str address(const struct ip *ip, char text[IP_TEXT])
{
    return ip_set(ip) ? ip_text(ip, text) : STR_NONE;
}

int store_put_activity(struct store *s, const struct activity *a)
{
    char ip[IP_TEXT];
    int err = s->segment ? 0 : begin_segment(s);
    int n = activity_pack(a, s->packed, sizeof s->packed);
    if (err || n < 0)
        return err ? err : n;
    if (s->rows == 0)
        s->from = a->time;
    s->to = a->time;
    sqlite3_stmt *q = s->put_activity;
    (void)sqlite3_bind_int64(q, 1, a->time);
    (void)sqlite3_bind_blob(q, 2, a->id, 16, SQLITE_STATIC);
    bind_str(q, 3, act_kind(a));
    bind_str(q, 4, a->app);
    (void)sqlite3_bind_int(q, 5, (int)a->outcome);
    bind_str(q, 6, account_text(&a->actor));
    bind_str(q, 7, address(&a->ip, ip));
    bind_str(q, 8, a->destination);
    (void)sqlite3_bind_blob(q, 9, s->packed, n, SQLITE_STATIC);
    err = code_of(sqlite3_step(q));
    (void)sqlite3_reset(q);
    if (!err && ++s->rows == SEGMENT_ROWS)
        err = seal_segment(s);
    return err;
}

int store_finish(struct store *s)
{
    int err = seal_segment(s);
    if (!err)
        err = execute(s->main, "UPDATE store SET complete=1; COMMIT; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=DELETE;");
    return err;
}

/* ---- the main database ---- */

static int finish_row(sqlite3_stmt *q, int err)
{
    if (!err)
        err = code_of(sqlite3_step(q));
    (void)sqlite3_finalize(q);
    return err;
}

static int prepare(struct store *s, const char *sql, sqlite3_stmt **q)
{
    *q = NULL;
    return code_of(sqlite3_prepare_v2(s->main, sql, -1, q, NULL));
}

int store_put_input(struct store *s, uint32_t rank, const struct store_input *in)
{
    sqlite3_stmt *q;
    int err = prepare(s, "INSERT INTO inputs VALUES(?,?,?,?,?,?,?)", &q);
    if (!err) {
        (void)sqlite3_bind_int64(q, 1, rank);
        bind_str(q, 2, in->path);
        bind_str(q, 3, in->format);
        (void)sqlite3_bind_int64(q, 4, (int64_t)in->records);
        (void)sqlite3_bind_int64(q, 5, (int64_t)in->activities);
        (void)sqlite3_bind_int64(q, 6, (int64_t)in->bytes);
        (void)sqlite3_bind_int64(q, 7, (int64_t)in->faults);
    }
    return finish_row(q, err);
}

static int put_account(struct store *s, const struct alert *a, struct str account)
{
    sqlite3_stmt *q;
    int err = prepare(s, "INSERT INTO alert_accounts VALUES(?,?)", &q);
    if (!err) {
        bind_str(q, 1, str_of(a->id));
        bind_str(q, 2, account);
    }
    return finish_row(q, err);
}

static int put_evidence(struct store *s, const struct alert *a, const struct evidence *e)
{
    sqlite3_stmt *q;
    int err = prepare(s, "INSERT INTO alert_evidence VALUES(?,?,?)", &q);
    if (!err) {
        bind_str(q, 1, str_of(a->id));
        (void)sqlite3_bind_blob(q, 2, e->id, 16, SQLITE_STATIC);
        (void)sqlite3_bind_int64(q, 3, e->time);
    }
    return finish_row(q, err);
}

int store_put_alert(struct store *s, const struct alert *a, const struct str *accounts, size_t n)
{
    char from[IP_TEXT], to[IP_TEXT];
    sqlite3_stmt *q;
    int err = prepare(s,
                      "INSERT INTO alerts(id,external_id,policy,name,severity,category,start_ns,end_ns,count,source,source_ip,destination,"
                      "destination_ip,description) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                      &q);
    if (!err) {
        bind_str(q, 1, str_of(a->id));
        if (a->external_id)
            (void)sqlite3_bind_int(q, 2, a->external_id);
        bind_str(q, 3, a->policy);
        bind_str(q, 4, a->name);
        bind_str(q, 5, severity_text(a->severity));
        bind_str(q, 6, category_text(a->category));
        (void)sqlite3_bind_int64(q, 7, a->start);
        (void)sqlite3_bind_int64(q, 8, a->end);
        (void)sqlite3_bind_int64(q, 9, (int64_t)a->count);
        bind_str(q, 10, a->source.name);
        bind_str(q, 11, address(&a->source.ip, from));
        bind_str(q, 12, a->destination.name);
        bind_str(q, 13, address(&a->destination.ip, to));
        bind_str(q, 14, a->description);
    }
    err = finish_row(q, err);
    for (size_t i = 0; !err && i < n; i++)
        err = put_account(s, a, accounts[i]);
    for (unsigned i = 0; !err && i < a->nevidence; i++)
        err = put_evidence(s, a, &a->evidence[i]);
    return err;
}

int store_put_person(struct store *s, const struct store_person *p)
{
    sqlite3_stmt *q;
    int err = prepare(s, "INSERT INTO people VALUES(?,?,?,?,?,?)", &q);
    if (!err) {
        bind_str(q, 1, p->id);
        bind_str(q, 2, p->name);
        (void)sqlite3_bind_int(q, 3, p->score);
        (void)sqlite3_bind_double(q, 4, p->percentile);
        (void)sqlite3_bind_int64(q, 5, p->from);
        (void)sqlite3_bind_int64(q, 6, p->to);
    }
    return finish_row(q, err);
}

int store_put_contribution(struct store *s, const struct store_contribution *c)
{
    sqlite3_stmt *q;
    int err = prepare(s, "INSERT INTO contributions VALUES(?,?,?,?,?,?,?,?)", &q);
    if (!err) {
        bind_str(q, 1, c->person);
        (void)sqlite3_bind_int(q, 2, c->points);
        bind_str(q, 3, c->group);
        bind_str(q, 4, c->value);
        bind_str(q, 5, c->text);
        bind_str(q, 6, c->ref);
        (void)sqlite3_bind_int64(q, 7, c->time);
        (void)sqlite3_bind_double(q, 8, c->p);
    }
    return finish_row(q, err);
}

/* ---- reading ---- */

struct reader {
    int (*each)(void *owner, const struct activity *a);
    void *owner;
    struct object objects[ACTIVITY_OBJECTS];
    struct fact facts[ACTIVITY_FACTS];
};

static int read_segment(struct store *s, unsigned n, int64_t from, int64_t to, struct reader *r)
{
    char path[4200];
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    if (!segment_path(s, n, path, sizeof path))
        return ERR_IO;
    int err = code_of(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL));
    if (!err)
        err = code_of(sqlite3_prepare_v2(db, "SELECT flat FROM activities WHERE time_ns>=? AND time_ns<? ORDER BY rowid", -1, &q, NULL));
    if (!err) {
        (void)sqlite3_bind_int64(q, 1, from);
        (void)sqlite3_bind_int64(q, 2, to);
    }
    while (!err && sqlite3_step(q) == SQLITE_ROW) {
        struct activity a;
        const void *flat = sqlite3_column_blob(q, 0);
        err = flat ? activity_unpack(flat, (size_t)sqlite3_column_bytes(q, 0), &a, r->objects, r->facts) : ERR_MALFORMED;
        if (!err)
            err = r->each(r->owner, &a);
    }
    (void)sqlite3_finalize(q);
    (void)sqlite3_close(db);
    return err;
}

int store_activities(struct store *s, int64_t from, int64_t to, int (*each)(void *owner, const struct activity *a), void *owner)
{
    struct reader r = {.each = each, .owner = owner};
    int err = 0;
    for (unsigned n = 1; !err && n <= s->segments; n++)
        err = read_segment(s, n, from, to, &r);
    return err;
}

uint64_t store_count(struct store *s, const char *table)
{
    static const char *const counts[][2] = {{"activities", "SELECT sum(rows) FROM segments"},
                                            {"alerts", "SELECT count(*) FROM alerts"},
                                            {"people", "SELECT count(*) FROM people"},
                                            {"contributions", "SELECT count(*) FROM contributions"},
                                            {"inputs", "SELECT count(*) FROM inputs"}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (strcmp(table, counts[i][0]) == 0)
            return (uint64_t)number(s->main, counts[i][1], 0);
    return 0;
}
