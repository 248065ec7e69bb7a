/* store/tab_findings.c - posture assessments and their findings. */
#include "store/tab_findings.h"

#include <string.h>

static const char *const steps[] = {
    "CREATE TABLE assessments(id TEXT PRIMARY KEY, name TEXT NOT NULL, impact TEXT NOT NULL, about TEXT NOT NULL, todo TEXT NOT NULL, needs TEXT NOT NULL,"
    " known INTEGER NOT NULL DEFAULT 0, as_of INTEGER) WITHOUT ROWID;"
    "CREATE TABLE findings(assessment TEXT NOT NULL, entity INTEGER NOT NULL, count INTEGER NOT NULL, last INTEGER NOT NULL, activity BLOB,"
    " text TEXT NOT NULL, exposure INTEGER NOT NULL);"
    "CREATE INDEX findings_of ON findings(assessment);"
    "CREATE TABLE findings_trend(assessment TEXT NOT NULL, day INTEGER NOT NULL, affected INTEGER NOT NULL, PRIMARY KEY(assessment, day)) WITHOUT ROWID;",
    "ALTER TABLE assessments ADD COLUMN french TEXT; ALTER TABLE findings ADD COLUMN french TEXT;",
    NULL};

const struct db_schema tab_findings = {"findings", steps};

int tab_findings_define(struct db *db, const struct stored_assessment *a)
{
    struct sql q = sql_open(db, "INSERT INTO assessments(id,name,impact,about,todo,needs,french) VALUES(?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET"
                                " name=excluded.name, impact=excluded.impact, about=excluded.about, todo=excluded.todo, needs=excluded.needs, french=excluded.french");
    const struct str values[] = {a->id, a->name, a->impact, a->about, a->todo, a->needs, a->french};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        sql_str(&q, values[i]);
    return sql_close(&q);
}

int tab_findings_clear(struct db *db)
{
    struct sql q = sql_open(db, "DELETE FROM findings");
    int err = sql_close(&q);
    q = sql_open(db, "UPDATE assessments SET known=0, as_of=NULL");
    int unknown = sql_close(&q);
    return err ? err : unknown;
}

int tab_findings_put(struct db *db, const struct stored_finding *f)
{
    struct sql q = sql_open(db, "INSERT INTO findings VALUES(?,?,?,?,?,?,?,?)");
    sql_str(&q, f->assessment);
    sql_i64(&q, f->entity);
    sql_i64(&q, (int64_t)f->count);
    sql_i64(&q, f->last);
    if (f->count)
        sql_blob(&q, f->activity, sizeof f->activity);
    else
        sql_null(&q);
    sql_str(&q, f->text);
    sql_i64(&q, f->exposure);
    sql_str(&q, f->french);
    return sql_close(&q);
}

int tab_findings_state(struct db *db, struct str assessment, bool known, int64_t as_of, int64_t day)
{
    struct sql q = sql_open(db, "UPDATE assessments SET known=?, as_of=? WHERE id=?");
    sql_i64(&q, known);
    sql_i64(&q, as_of);
    sql_str(&q, assessment);
    int err = sql_close(&q);
    if (err || !known)
        return err;
    q = sql_open(db, "INSERT INTO findings_trend SELECT ?,?,count(DISTINCT entity) FROM findings WHERE assessment=? ON CONFLICT DO UPDATE SET affected=excluded.affected");
    sql_str(&q, assessment);
    sql_i64(&q, day);
    sql_str(&q, assessment);
    return sql_close(&q);
}

int tab_findings_assessments(struct db *db, int (*each)(void *owner, const struct stored_assessment *a), void *owner)
{
    int stop = 0;
    struct sql q = sql_open(db, "SELECT id,name,impact,about,todo,needs,french,known,as_of,(SELECT count(DISTINCT entity) FROM findings f WHERE f.assessment=a.id)"
                                " FROM assessments a ORDER BY id");
    while (!stop && sql_row(&q)) {
        const struct stored_assessment a = {.id = sql_col_str(&q, 0), .name = sql_col_str(&q, 1), .impact = sql_col_str(&q, 2), .about = sql_col_str(&q, 3),
                                            .todo = sql_col_str(&q, 4), .needs = sql_col_str(&q, 5), .french = sql_col_str(&q, 6), .known = sql_col_i64(&q, 7) != 0,
                                            .as_of = sql_col_null(&q, 8) ? TIME_NONE : sql_col_i64(&q, 8), .affected = (uint64_t)sql_col_i64(&q, 9)};
        stop = each(owner, &a);
    }
    int err = sql_close(&q);
    return err ? err : stop;
}

int tab_findings_each(struct db *db, struct str assessment, int (*each)(void *owner, const struct stored_finding *f), void *owner)
{
    int stop = 0;
    struct sql q = sql_open(db, "SELECT assessment,entity,count,last,activity,text,exposure,french FROM findings WHERE ?1 IS NULL OR assessment=?1 ORDER BY assessment, rowid");
    sql_str(&q, assessment);
    while (!stop && sql_row(&q)) {
        size_t n;
        const void *id = sql_col_blob(&q, 4, &n);
        struct stored_finding f = {.assessment = sql_col_str(&q, 0), .entity = (uint32_t)sql_col_i64(&q, 1), .count = (uint64_t)sql_col_i64(&q, 2),
                                   .last = sql_col_i64(&q, 3), .text = sql_col_str(&q, 5), .exposure = (unsigned)sql_col_i64(&q, 6), .french = sql_col_str(&q, 7)};
        if (n == sizeof f.activity)
            memcpy(f.activity, id, n);
        stop = each(owner, &f);
    }
    int err = sql_close(&q);
    return err ? err : stop;
}

int tab_findings_trend(struct db *db, struct str assessment, int (*each)(void *owner, int64_t day, uint64_t affected), void *owner)
{
    int stop = 0;
    struct sql q = sql_open(db, "SELECT day, affected FROM findings_trend WHERE assessment=? ORDER BY day");
    sql_str(&q, assessment);
    while (!stop && sql_row(&q))
        stop = each(owner, sql_col_i64(&q, 0), (uint64_t)sql_col_i64(&q, 1));
    int err = sql_close(&q);
    return err ? err : stop;
}
