/* store/tab_policies.c - detections as policies, activity policies, exclusions, matches. */
#include "store/tab_policies.h"

static const char *const steps[] = {
    "CREATE TABLE policies(id TEXT PRIMARY KEY, type INTEGER NOT NULL, external_id INTEGER NOT NULL, name TEXT NOT NULL, description TEXT,"
    " severity INTEGER NOT NULL, category TEXT, definition TEXT, enabled INTEGER NOT NULL, actions INTEGER NOT NULL, params TEXT,"
    " sensitivity INTEGER NOT NULL, scope TEXT, lowest INTEGER NOT NULL, filters TEXT, match INTEGER NOT NULL, count INTEGER NOT NULL,"
    " minutes INTEGER NOT NULL, same_app INTEGER NOT NULL, uniq TEXT, daily_limit INTEGER NOT NULL, created_by TEXT, changed_by TEXT,"
    " created INTEGER, changed INTEGER, since INTEGER) WITHOUT ROWID;"
    "CREATE TABLE policy_exclusions(policy TEXT NOT NULL, name TEXT NOT NULL COLLATE NOCASE, until INTEGER, by TEXT,"
    " PRIMARY KEY(policy, name)) WITHOUT ROWID;"
    "CREATE TABLE policy_matches(policy TEXT NOT NULL, activity BLOB NOT NULL, time INTEGER NOT NULL,"
    " PRIMARY KEY(policy, activity)) WITHOUT ROWID;"
    "CREATE INDEX policy_matches_activity ON policy_matches(activity);"
    "CREATE INDEX policy_matches_time ON policy_matches(time);"
    "CREATE TABLE policy_suppressions(id INTEGER PRIMARY KEY, policy TEXT NOT NULL, by INTEGER NOT NULL, value TEXT NOT NULL COLLATE NOCASE,"
    " until INTEGER, made_by TEXT, alert TEXT, made INTEGER NOT NULL);"
    "CREATE INDEX policy_suppressions_policy ON policy_suppressions(policy, by, value);",
    "ALTER TABLE policies ADD COLUMN governance TEXT;",
    NULL};

const struct db_schema tab_policies = {"policies", steps};

/* ---- one row ---- */

#define COLUMNS \
    "id, type, external_id, name, description, severity, category, definition, enabled, actions, params, sensitivity, scope, lowest, filters, " \
    "match, count, minutes, same_app, uniq, daily_limit, created_by, changed_by, created, changed, since, governance"

static void bind_policy(struct sql *q, const struct stored_policy *p)
{
    sql_str(q, p->id);
    sql_i64(q, p->type);
    sql_i64(q, p->external_id);
    sql_str(q, p->name);
    sql_str(q, p->description);
    sql_i64(q, p->severity);
    sql_str(q, p->category);
    sql_str(q, p->definition);
    sql_i64(q, p->enabled);
    sql_i64(q, p->actions);
    sql_str(q, p->params);
    sql_i64(q, p->sensitivity);
    sql_str(q, p->scope);
    sql_i64(q, p->lowest);
    sql_str(q, p->filters);
    sql_i64(q, p->match);
    sql_i64(q, p->count);
    sql_i64(q, p->minutes);
    sql_i64(q, p->same_app);
    sql_str(q, p->unique);
    sql_i64(q, p->daily_limit);
    sql_str(q, p->created_by);
    sql_str(q, p->changed_by);
    sql_time(q, p->created);
    sql_time(q, p->changed);
    sql_time(q, p->since);
    sql_str(q, p->governance);
}

static struct stored_policy row_policy(struct sql *q)
{
    return (struct stored_policy){
        .id = sql_col_str(q, 0),
        .type = (enum policy_type)sql_col_i64(q, 1),
        .external_id = (int)sql_col_i64(q, 2),
        .name = sql_col_str(q, 3),
        .description = sql_col_str(q, 4),
        .severity = (enum severity)sql_col_i64(q, 5),
        .category = sql_col_str(q, 6),
        .definition = sql_col_str(q, 7),
        .enabled = sql_col_i64(q, 8) != 0,
        .actions = (unsigned)sql_col_i64(q, 9),
        .params = sql_col_str(q, 10),
        .sensitivity = (int)sql_col_i64(q, 11),
        .scope = sql_col_str(q, 12),
        .lowest = (enum severity)sql_col_i64(q, 13),
        .filters = sql_col_str(q, 14),
        .match = (enum policy_match)sql_col_i64(q, 15),
        .count = (uint32_t)sql_col_i64(q, 16),
        .minutes = (uint32_t)sql_col_i64(q, 17),
        .same_app = sql_col_i64(q, 18) != 0,
        .unique = sql_col_str(q, 19),
        .daily_limit = (uint32_t)sql_col_i64(q, 20),
        .created_by = sql_col_str(q, 21),
        .changed_by = sql_col_str(q, 22),
        .created = sql_col_time(q, 23),
        .changed = sql_col_time(q, 24),
        .since = sql_col_time(q, 25),
        .governance = sql_col_null(q, 26) ? STR_NONE : sql_col_str(q, 26),
    };
}

static struct stored_policy kept(struct arena *a, const struct stored_policy *p)
{
    struct stored_policy k = *p;
    k.id = str_dup(a, p->id);
    k.name = str_dup(a, p->name);
    k.description = str_dup(a, p->description);
    k.category = str_dup(a, p->category);
    k.definition = str_dup(a, p->definition);
    k.params = str_dup(a, p->params);
    k.scope = str_dup(a, p->scope);
    k.filters = str_dup(a, p->filters);
    k.unique = str_dup(a, p->unique);
    k.created_by = str_dup(a, p->created_by);
    k.changed_by = str_dup(a, p->changed_by);
    k.governance = str_set(p->governance) ? str_dup(a, p->governance) : STR_NONE;
    return k;
}

/* ---- writing ---- */

int tab_policies_define(struct db *db, const struct stored_policy *p)
{
    struct sql q =
        sql_open(db, "INSERT INTO policies(" COLUMNS ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET "
                     "type=excluded.type, external_id=excluded.external_id, name=excluded.name, description=excluded.description, "
                     "severity=excluded.severity, category=excluded.category, definition=excluded.definition");
    bind_policy(&q, p);
    return sql_close(&q);
}

int tab_policies_add(struct db *db, const struct stored_policy *p)
{
    struct sql q = sql_open(db, "INSERT INTO policies(" COLUMNS ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    bind_policy(&q, p);
    return sql_close(&q);
}

int tab_policies_change(struct db *db, const struct stored_policy *p)
{
    uint64_t n = 0;
    struct sql q = sql_open(db, "REPLACE INTO policies(" COLUMNS ") SELECT ?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,? "
                                "WHERE EXISTS(SELECT 1 FROM policies WHERE id=?)");
    bind_policy(&q, p);
    sql_str(&q, p->id);
    int err = sql_close_changes(&q, &n);
    return err ? err : n ? 0 : ERR_NOT_FOUND;
}

static int drop_from(struct db *db, const char *statement, struct str id, uint64_t *n)
{
    struct sql q = sql_open(db, statement);
    sql_str(&q, id);
    return sql_close_changes(&q, n);
}

int tab_policies_drop(struct db *db, struct str id)
{
    uint64_t n = 0, ignored;
    int err = drop_from(db, "DELETE FROM policies WHERE id=?", id, &n);
    if (err || n == 0)
        return err ? err : ERR_NOT_FOUND;
    err = drop_from(db, "DELETE FROM policy_exclusions WHERE policy=?", id, &ignored);
    if (!err)
        err = drop_from(db, "DELETE FROM policy_suppressions WHERE policy=?", id, &ignored);
    return err ? err : drop_from(db, "DELETE FROM policy_matches WHERE policy=?", id, &ignored);
}

/* ---- reading ---- */

int tab_policies_get(struct db *db, struct arena *a, struct str id, struct stored_policy *out)
{
    struct stored_policy p;
    bool found = false;
    struct sql q = sql_open(db, "SELECT " COLUMNS " FROM policies WHERE id=?");
    sql_str(&q, id);
    if (sql_row(&q)) {
        struct stored_policy row = row_policy(&q);
        p = kept(a, &row);
        found = true;
    }
    int err = sql_close(&q);
    if (!err && found)
        *out = p;
    return err ? err : found ? 0 : ERR_NOT_FOUND;
}

int tab_policies_french(struct db *db, struct arena *a, struct str id, struct str *name)
{
    struct str found = STR_NONE;
    struct sql q = sql_open(db, "SELECT json_extract(definition, '$.french.name') FROM policies WHERE id=?");
    sql_str(&q, id);
    if (sql_row(&q))
        found = str_dup(a, sql_col_str(&q, 0));
    int err = sql_close(&q);
    if (!err && str_set(found))
        *name = found;
    return err ? err : str_set(found) ? 0 : ERR_NOT_FOUND;
}

int tab_policies_each(struct db *db, unsigned types, struct str text, int (*each)(void *owner, const struct stored_policy *p), void *owner)
{
    int stop = 0;
    struct sql q = sql_open(db, "SELECT " COLUMNS " FROM policies WHERE (?1 >> type) & 1 AND (?2 IS NULL OR instr(lower(name), lower(?2)) OR "
                                "instr(lower(json_extract(definition, '$.french.name')), lower(?2)) OR instr(id, lower(?2))) ORDER BY type, external_id, name, id");
    sql_i64(&q, types);
    sql_str(&q, text);
    while (!stop && sql_row(&q)) {
        struct stored_policy p = row_policy(&q);
        stop = each(owner, &p);
    }
    int err = sql_close(&q);
    return stop ? stop : err;
}

/* ---- exclusions ---- */

int tab_policies_exclude(struct db *db, struct str policy, struct str name, int64_t until, struct str by)
{
    struct sql q = sql_open(db, "REPLACE INTO policy_exclusions VALUES(?,?,?,?)");
    sql_str(&q, policy);
    sql_str(&q, name);
    sql_time(&q, until);
    sql_str(&q, by);
    return sql_close(&q);
}

int tab_policies_include(struct db *db, struct str policy, struct str name)
{
    uint64_t n = 0;
    struct sql q = sql_open(db, "DELETE FROM policy_exclusions WHERE policy=? AND name=?");
    sql_str(&q, policy);
    sql_str(&q, name);
    int err = sql_close_changes(&q, &n);
    return err ? err : n ? 0 : ERR_NOT_FOUND;
}

int tab_policies_exclusions(struct db *db, struct str policy, int64_t now,
                            int (*each)(void *owner, struct str policy, struct str name, int64_t until), void *owner)
{
    int stop = 0;
    struct sql q = sql_open(db, "SELECT policy, name, until FROM policy_exclusions WHERE (?1 IS NULL OR policy=?1) AND "
                                "(?2 IS NULL OR until IS NULL OR until>?2) ORDER BY policy, name");
    sql_str(&q, policy);
    sql_time(&q, now);
    while (!stop && sql_row(&q))
        stop = each(owner, sql_col_str(&q, 0), sql_col_str(&q, 1), sql_col_time(&q, 2));
    int err = sql_close(&q);
    return stop ? stop : err;
}

/* ---- matches ---- */

int tab_policies_matched(struct db *db, struct str policy, const uint8_t activity[16], int64_t time)
{
    struct sql q = sql_open(db, "INSERT OR IGNORE INTO policy_matches VALUES(?,?,?)");
    sql_str(&q, policy);
    sql_blob(&q, activity, 16);
    sql_i64(&q, time);
    return sql_close(&q);
}

int tab_policies_matches(struct db *db, struct str policy, uint32_t limit, int (*each)(void *owner, const uint8_t activity[16]), void *owner)
{
    int stop = 0;
    size_t n;
    struct sql q = sql_open(db, "SELECT activity FROM policy_matches WHERE ?1 IS NULL OR policy=?1 ORDER BY time DESC, activity LIMIT ?2");
    sql_str(&q, policy);
    sql_i64(&q, limit);
    while (!stop && sql_row(&q)) {
        const uint8_t *id = sql_col_blob(&q, 0, &n);
        stop = id && n == 16 ? each(owner, id) : 0;
    }
    int err = sql_close(&q);
    return stop ? stop : err;
}

int tab_policies_of(struct db *db, const uint8_t activity[16], int (*each)(void *owner, struct str id, struct str name), void *owner)
{
    int stop = 0;
    struct sql q = sql_open(db, "SELECT p.id, p.name FROM policy_matches m JOIN policies p ON p.id=m.policy WHERE m.activity=? ORDER BY p.name");
    sql_blob(&q, activity, 16);
    while (!stop && sql_row(&q))
        stop = each(owner, sql_col_str(&q, 0), sql_col_str(&q, 1));
    int err = sql_close(&q);
    return stop ? stop : err;
}

int tab_policies_expire(struct db *db, int64_t before, uint64_t *n)
{
    struct sql q = sql_open(db, "DELETE FROM policy_matches WHERE time<?");
    sql_i64(&q, before);
    return sql_close_changes(&q, n);
}

/* ---- suppression ---- */

int tab_policies_suppress(struct db *db, const struct stored_suppression *s)
{
    struct sql q = sql_open(db, "INSERT INTO policy_suppressions(policy, by, value, until, made_by, alert, made) VALUES(?,?,?,?,?,?,?)");
    sql_str(&q, s->policy);
    sql_i64(&q, s->by);
    sql_str(&q, s->value);
    sql_time(&q, s->until);
    sql_str(&q, s->made_by);
    sql_str(&q, s->alert);
    sql_i64(&q, s->made);
    return sql_close(&q);
}

int tab_policies_unsuppress(struct db *db, int64_t id)
{
    uint64_t n = 0;
    struct sql q = sql_open(db, "DELETE FROM policy_suppressions WHERE id=?");
    sql_i64(&q, id);
    int err = sql_close_changes(&q, &n);
    return err ? err : n ? 0 : ERR_NOT_FOUND;
}

int tab_policies_suppressions(struct db *db, int (*each)(void *owner, const struct stored_suppression *s), void *owner)
{
    int stop = 0;
    struct sql q = sql_open(db, "SELECT id, policy, by, value, until, made_by, alert, made FROM policy_suppressions ORDER BY id");
    while (!stop && sql_row(&q)) {
        const struct stored_suppression s = {sql_col_i64(&q, 0), sql_col_str(&q, 1),  (enum suppress_by)sql_col_i64(&q, 2),
                                             sql_col_str(&q, 3), sql_col_time(&q, 4), sql_col_str(&q, 5),
                                             sql_col_str(&q, 6), sql_col_i64(&q, 7)};
        stop = each(owner, &s);
    }
    int err = sql_close(&q);
    return stop ? stop : err;
}

int tab_policies_suppressed(struct db *db, struct str policy, const struct stored_suppression *values, size_t n, int64_t now, bool *is)
{
    bool found = false;
    int err = 0;
    for (size_t i = 0; !err && !found && i < n; i++) {
        struct sql q = sql_open(db, "SELECT 1 FROM policy_suppressions WHERE policy=? AND by=? AND value=? AND (until IS NULL OR until>?) LIMIT 1");
        sql_str(&q, policy);
        sql_i64(&q, values[i].by);
        sql_str(&q, values[i].value);
        sql_i64(&q, now);
        found = sql_row(&q);
        err = sql_close(&q);
    }
    if (!err)
        *is = found;
    return err;
}
