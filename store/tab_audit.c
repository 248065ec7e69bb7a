/* store/tab_audit.c - the admin audit log as a chain of hashes. */
#include "store/tab_audit.h"

#include <sodium.h>
#include <string.h>

enum { TRIES = 50 };

static const char *const steps[] = {
    "CREATE TABLE audit(number INTEGER PRIMARY KEY, time INTEGER NOT NULL, who TEXT, source TEXT, what TEXT NOT NULL, object TEXT, before TEXT,"
    " after TEXT, hash BLOB NOT NULL);"
    "CREATE INDEX audit_time ON audit(time)",
    NULL};

const struct db_schema tab_audit = {"audit", steps};

static void hash_number(crypto_generichash_state *h, uint64_t v)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(v >> 8 * i);
    (void)crypto_generichash_update(h, bytes, sizeof bytes);
}

static void hash_text(crypto_generichash_state *h, struct str s)
{
    hash_number(h, str_set(s) ? s.n : UINT64_MAX);
    (void)crypto_generichash_update(h, (const uint8_t *)s.p, s.n);
}

/* hash = BLAKE2b-256 of the former hash, number, time and the texts, each behind its length; numbers in 8 bytes, low first; the
 * length of an absent text is all ones. */
static void hash_row(uint8_t out[AUDIT_HASH], const uint8_t former[AUDIT_HASH], const struct audit_row *r)
{
    crypto_generichash_state h;
    const struct str texts[] = {r->by, r->from, r->what, r->object, r->before, r->after};
    (void)crypto_generichash_init(&h, NULL, 0, AUDIT_HASH);
    (void)crypto_generichash_update(&h, former, AUDIT_HASH);
    hash_number(&h, (uint64_t)r->number);
    hash_number(&h, (uint64_t)r->time);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        hash_text(&h, texts[i]);
    (void)crypto_generichash_final(&h, out, AUDIT_HASH);
}

static int last_row(struct db *db, int64_t *number, uint8_t hash[AUDIT_HASH])
{
    *number = 0;
    memset(hash, 0, AUDIT_HASH);
    struct sql q = sql_open(db, "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1");
    if (sql_row(&q)) {
        size_t n;
        const void *p = sql_col_blob(&q, 1, &n);
        *number = sql_col_i64(&q, 0);
        if (n == AUDIT_HASH)
            memcpy(hash, p, n);
    }
    return sql_close(&q);
}

static int insert(struct db *db, const struct audit_row *r)
{
    struct sql q = sql_open(db, "INSERT INTO audit VALUES(?,?,?,?,?,?,?,?,?)");
    sql_i64(&q, r->number);
    sql_i64(&q, r->time);
    sql_str(&q, r->by);
    sql_str(&q, r->from);
    sql_str(&q, r->what);
    sql_str(&q, r->object);
    sql_str(&q, r->before);
    sql_str(&q, r->after);
    sql_blob(&q, r->hash, AUDIT_HASH);
    return sql_close(&q);
}

/* The number is the lock: when somebody else took it meanwhile, the row is made again behind theirs. */
int tab_audit_add(struct db *db, const struct audit_row *row)
{
    int err = ERR_LIMIT;
    for (int i = 0; i < TRIES; i++) {
        struct audit_row r = *row;
        uint8_t former[AUDIT_HASH];
        err = last_row(db, &r.number, former);
        if (err)
            return err;
        r.number++;
        hash_row(r.hash, former, &r);
        err = insert(db, &r);
        if (err != ERR_USAGE || !db_refused_twin(db))
            return err;
    }
    return err;
}

/* ---- reading ---- */

#define WHERE                                                                                                          \
    " FROM audit WHERE time>=?1 AND time<=?2 AND (?3 IS NULL OR instr(lower(coalesce(who,'')||char(10)||coalesce(source,'')||char(10)||what||"    \
    "char(10)||coalesce(object,'')), lower(?3))>0)"
#define COLUMNS "SELECT number, time, who, source, what, object, before, after, hash"

static void bind(struct sql *s, const struct audit_query *q)
{
    sql_i64(s, q->since);
    sql_i64(s, q->until == TIME_NONE ? INT64_MAX : q->until);
    sql_str(s, q->text);
}

static struct audit_row row_of(struct sql *q)
{
    struct audit_row r = {
        .number = sql_col_i64(q, 0),
        .time = sql_col_i64(q, 1),
        .by = sql_col_str(q, 2),
        .from = sql_col_str(q, 3),
        .what = sql_col_str(q, 4),
        .object = sql_col_str(q, 5),
        .before = sql_col_str(q, 6),
        .after = sql_col_str(q, 7),
    };
    size_t n;
    const void *p = sql_col_blob(q, 8, &n);
    if (n == AUDIT_HASH)
        memcpy(r.hash, p, n);
    return r;
}

int tab_audit_query(struct db *db, const struct audit_query *q, int (*each)(void *owner, const struct audit_row *row), void *owner)
{
    int stop = 0;
    struct sql s = q->oldest_first ? sql_open(db, COLUMNS WHERE " ORDER BY number LIMIT ?4 OFFSET ?5")
                                   : sql_open(db, COLUMNS WHERE " ORDER BY number DESC LIMIT ?4 OFFSET ?5");
    bind(&s, q);
    sql_i64(&s, q->limit);
    sql_i64(&s, q->skip);
    while (!stop && sql_row(&s)) {
        struct audit_row r = row_of(&s);
        stop = each(owner, &r);
    }
    int err = sql_close(&s);
    return stop ? stop : err;
}

int tab_audit_count(struct db *db, const struct audit_query *q, uint64_t *n)
{
    uint64_t found = 0;
    struct sql s = sql_open(db, "SELECT count(*)" WHERE);
    bind(&s, q);
    if (sql_row(&s))
        found = (uint64_t)sql_col_i64(&s, 0);
    int err = sql_close(&s);
    if (!err)
        *n = found;
    return err;
}

int tab_audit_check(struct db *db, uint64_t *n, int64_t *bad)
{
    uint8_t former[AUDIT_HASH] = {0}, should[AUDIT_HASH];
    uint64_t rows = 0;
    int64_t broken = 0;
    struct sql q = sql_open(db, COLUMNS " FROM audit ORDER BY number");
    while (sql_row(&q)) {
        struct audit_row r = row_of(&q);
        rows++;
        hash_row(should, former, &r);
        if (!broken && (r.number != (int64_t)rows || memcmp(should, r.hash, AUDIT_HASH) != 0))
            broken = r.number;
        memcpy(former, r.hash, AUDIT_HASH);
    }
    int err = sql_close(&q);
    if (!err) {
        *n = rows;
        *bad = broken;
    }
    return err;
}
