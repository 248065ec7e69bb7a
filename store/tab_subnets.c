/* store/tab_subnets.c - IP ranges. */
#include "store/tab_subnets.h"

static const char *const steps[] = {
    "CREATE TABLE subnets(id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, category INTEGER NOT NULL, organization TEXT,"
    " ranges TEXT NOT NULL, tags TEXT NOT NULL, modified INTEGER NOT NULL);"
    "CREATE TABLE subnet_tags(id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE);",
    NULL};

const struct db_schema tab_subnets = {"subnets", steps};

int tab_subnets_put(struct db *db, const struct stored_subnet *s)
{
    struct sql q = sql_open(db, "INSERT INTO subnets(id, name, category, organization, ranges, tags, modified) VALUES(?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET "
                                "name=excluded.name, category=excluded.category, organization=excluded.organization, ranges=excluded.ranges, tags=excluded.tags,"
                                " modified=excluded.modified");
    sql_str(&q, s->id);
    sql_str(&q, s->name);
    sql_i64(&q, s->category);
    sql_str(&q, s->organization);
    sql_str(&q, s->ranges);
    sql_str(&q, s->tags);
    sql_i64(&q, s->modified);
    int err = sql_close(&q);
    if (err)
        return db_refused_twin(db) ? ERR_USAGE : err;
    q = sql_open(db, "INSERT OR IGNORE INTO subnet_tags(id, name) SELECT lower(hex(randomblob(12))), value FROM json_each(?)");
    sql_str(&q, s->tags);
    return sql_close(&q);
}

int tab_subnets_drop(struct db *db, struct str id)
{
    uint64_t n = 0;
    struct sql q = sql_open(db, "DELETE FROM subnets WHERE id=?");
    sql_str(&q, id);
    int err = sql_close_changes(&q, &n);
    return err ? err : n ? 0 : ERR_NOT_FOUND;
}

static struct stored_subnet row(struct sql *q)
{
    return (struct stored_subnet){.id = sql_col_str(q, 0), .name = sql_col_str(q, 1), .category = sql_col_i64(q, 2), .organization = sql_col_str(q, 3),
                                  .ranges = sql_col_str(q, 4), .tags = sql_col_str(q, 5), .modified = sql_col_i64(q, 6)};
}

int tab_subnets_get(struct db *db, struct arena *a, struct str id, struct stored_subnet *out)
{
    bool found = false;
    struct sql q = sql_open(db, "SELECT id, name, category, organization, ranges, tags, modified FROM subnets WHERE id=?");
    sql_str(&q, id);
    while (sql_row(&q)) {
        struct stored_subnet s = row(&q);
        s.id = str_dup(a, s.id);
        s.name = str_dup(a, s.name);
        s.organization = str_dup(a, s.organization);
        s.ranges = str_dup(a, s.ranges);
        s.tags = str_dup(a, s.tags);
        *out = s;
        found = true;
    }
    int err = sql_close(&q);
    return err ? err : found ? 0 : ERR_NOT_FOUND;
}

#define ALL "SELECT id, name, category, organization, ranges, tags, modified FROM subnets ORDER BY "

int tab_subnets_each(struct db *db, enum subnet_sort sort, bool descending, int (*each)(void *owner, const struct stored_subnet *s), void *owner)
{
    static const char *const select[][2] = {[SUBNETS_BY_NAME] = {ALL "name, id", ALL "name DESC, id DESC"},
                                            [SUBNETS_BY_CATEGORY] = {ALL "category, name, id", ALL "category DESC, name DESC, id DESC"},
                                            [SUBNETS_BY_TAGS] = {ALL "tags, name, id", ALL "tags DESC, name DESC, id DESC"}};
    int stop = 0;
    struct sql q = sql_open(db, select[sort][descending]);
    while (!stop && sql_row(&q)) {
        struct stored_subnet s = row(&q);
        stop = each(owner, &s);
    }
    int err = sql_close(&q);
    return stop ? stop : err;
}

int tab_subnets_tag(struct db *db, struct arena *a, struct str known, struct str *id, struct str *name)
{
    *id = *name = STR_NONE;
    struct sql q = sql_open(db, "SELECT id, name FROM subnet_tags WHERE name=? OR id=? LIMIT 1");
    sql_str(&q, known);
    sql_str(&q, known);
    while (sql_row(&q)) {
        *id = str_dup(a, sql_col_str(&q, 0));
        *name = str_dup(a, sql_col_str(&q, 1));
    }
    return sql_close(&q);
}

int tab_subnets_networks(void *db, int64_t category, struct str tag, int (*each)(void *to, struct str cidr), void *to)
{
    int stop = 0;
    struct sql q = sql_open(db, "SELECT r.value FROM subnets s, json_each(s.ranges) r WHERE CASE WHEN ?1<>0 THEN s.category=?1 ELSE EXISTS"
                                "(SELECT 1 FROM json_each(s.tags) t WHERE t.value=?2 COLLATE NOCASE OR t.value IN (SELECT name FROM subnet_tags WHERE id=?2)) END ORDER BY s.name, r.key");
    sql_i64(&q, category);
    sql_str(&q, str_set(tag) ? tag : STR(""));
    while (!stop && sql_row(&q))
        stop = each(to, sql_col_str(&q, 0));
    int err = sql_close(&q);
    return stop ? stop : err;
}
