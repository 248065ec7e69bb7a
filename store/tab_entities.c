/* store/tab_entities.c - entities, their spellings, groups and aliases, and receipts. */
#include "store/tab_entities.h"

#include "store/where.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const steps[] = {
    "CREATE TABLE entities(number INTEGER PRIMARY KEY, type INTEGER NOT NULL, flags INTEGER NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,"
    " sid TEXT, sam TEXT, domain TEXT, upn TEXT, mail TEXT, cloud TEXT, dns_name TEXT, dn TEXT, department TEXT, title TEXT, manager TEXT,"
    " country TEXT, uac INTEGER NOT NULL, enctypes INTEGER NOT NULL, created INTEGER, terminated INTEGER, first_seen INTEGER,"
    " last_seen INTEGER, score INTEGER NOT NULL, percentile REAL NOT NULL, scored INTEGER NOT NULL, external INTEGER NOT NULL,"
    " admin INTEGER NOT NULL, days BLOB NOT NULL, baseline_days INTEGER NOT NULL, baseline_events INTEGER NOT NULL, apps TEXT,"
    " search TEXT NOT NULL);"
    "CREATE INDEX entities_id ON entities(id);"
    "CREATE INDEX entities_score ON entities(score, number);"
    "CREATE INDEX entities_name ON entities(name COLLATE NOCASE, number);"
    "CREATE TABLE entity_accounts(entity INTEGER NOT NULL, text TEXT NOT NULL COLLATE NOCASE, PRIMARY KEY(entity, text)) WITHOUT ROWID;"
    "CREATE INDEX entity_accounts_text ON entity_accounts(text);"
    "CREATE TABLE entity_groups(member INTEGER NOT NULL, grp INTEGER NOT NULL, PRIMARY KEY(member, grp)) WITHOUT ROWID;"
    "CREATE INDEX entity_groups_grp ON entity_groups(grp);"
    "CREATE TABLE entity_aliases(number INTEGER PRIMARY KEY, target INTEGER NOT NULL, id TEXT);"
    "CREATE INDEX entity_aliases_target ON entity_aliases(target);"
    "CREATE INDEX entity_aliases_id ON entity_aliases(id);"
    "CREATE TABLE contributions(entity INTEGER NOT NULL, place INTEGER NOT NULL, points INTEGER NOT NULL, time INTEGER NOT NULL,"
    " counted INTEGER NOT NULL, kind TEXT, ref TEXT, grp TEXT, value TEXT, text TEXT, p REAL, PRIMARY KEY(entity, place)) WITHOUT ROWID;"
    "CREATE INDEX contributions_ref ON contributions(ref, counted, points);",
    NULL};

const struct db_schema tab_entities = {"entities", steps};

#define COLUMNS                                                                                                        \
    "number, type, flags, id, name, sid, sam, domain, upn, mail, cloud, dns_name, dn, department, title, manager, country, uac, enctypes," \
    " created, terminated, first_seen, last_seen, score, percentile, scored, external, admin, days, baseline_days, baseline_events, apps"

/* ---- writing ---- */

static int run_with(struct db *db, const char *text, int64_t v)
{
    struct sql q = sql_open(db, text);
    sql_i64(&q, v);
    return sql_close(&q);
}

/* What free text is looked for in: all that people call the entity. */
static struct str search_text(struct buf *b, const struct entity *e)
{
    const struct str parts[] = {e->name, e->sam, e->upn, e->mail, e->dns_name, e->title, e->department};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        buf_str(b, parts[i]);
        buf_char(b, '\n');
    }
    for (uint32_t i = 0; i < e->naccounts; i++) {
        buf_str(b, e->accounts[i]);
        buf_char(b, '\n');
    }
    return buf_view(b);
}

static int put_row(struct db *db, const struct stored_entity *s)
{
    const struct entity *e = &s->base;
    struct buf search = {0};
    struct sql q = sql_open(db, "INSERT OR REPLACE INTO entities(" COLUMNS ", search)"
                                " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    const struct str texts[] = {e->id,       e->name, e->sid,        e->sam,   e->domain,  e->upn,    e->mail, e->cloud,
                                e->dns_name, e->dn,   e->department, e->title, e->manager, e->country};
    sql_i64(&q, e->number);
    sql_i64(&q, e->type);
    sql_i64(&q, e->flags);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        sql_str(&q, texts[i]);
    sql_i64(&q, e->uac);
    sql_i64(&q, e->enctypes);
    sql_time(&q, e->created);
    sql_time(&q, e->terminated);
    sql_time(&q, s->first_seen);
    sql_time(&q, s->last_seen);
    sql_i64(&q, s->score);
    sql_real(&q, s->percentile);
    sql_i64(&q, s->scored);
    sql_i64(&q, s->external);
    sql_i64(&q, s->admin);
    sql_blob(&q, s->days, sizeof s->days);
    sql_i64(&q, s->baseline_days);
    sql_i64(&q, s->baseline_events);
    sql_str(&q, s->apps);
    sql_str(&q, search_text(&search, e));
    int err = search.failed ? ERR_MEMORY : 0;
    int closed = sql_close(&q);
    buf_free(&search);
    return err ? err : closed;
}

int tab_entities_put(struct db *db, const struct stored_entity *s)
{
    const struct entity *e = &s->base;
    int err = put_row(db, s);
    if (!err)
        err = run_with(db, "DELETE FROM entity_accounts WHERE entity=?", e->number);
    for (uint32_t i = 0; !err && i < e->naccounts; i++) {
        struct sql q = sql_open(db, "INSERT OR IGNORE INTO entity_accounts VALUES(?,?)");
        sql_i64(&q, e->number);
        sql_str(&q, e->accounts[i]);
        err = sql_close(&q);
    }
    if (!err)
        err = run_with(db, "DELETE FROM entity_groups WHERE member=?", e->number);
    for (uint32_t i = 0; !err && i < e->ngroups; i++) {
        struct sql q = sql_open(db, "INSERT OR IGNORE INTO entity_groups VALUES(?,?)");
        sql_i64(&q, e->number);
        sql_i64(&q, e->groups[i]);
        err = sql_close(&q);
    }
    return err;
}

static int run_from_to(struct db *db, const char *text, uint32_t to, uint32_t from)
{
    struct sql q = sql_open(db, text);
    sql_i64(&q, to);
    sql_i64(&q, from);
    return sql_close(&q);
}

int tab_entities_alias(struct db *db, uint32_t from, uint32_t to)
{
    if (from == to)
        return ERR_USAGE;
    struct sql q = sql_open(db, "INSERT INTO entity_aliases VALUES(?1,?2,(SELECT id FROM entities WHERE number=?1))"
                                " ON CONFLICT(number) DO UPDATE SET target=excluded.target");
    sql_i64(&q, from);
    sql_i64(&q, to);
    int err = sql_close(&q);
    if (!err)
        err = run_from_to(db, "UPDATE entity_aliases SET target=? WHERE target=?", to, from);
    if (!err)
        err = run_from_to(db, "UPDATE OR IGNORE entity_accounts SET entity=? WHERE entity=?", to, from);
    if (!err)
        err = run_from_to(db, "UPDATE OR IGNORE entity_groups SET grp=? WHERE grp=?", to, from);
    static const char *const gone[] = {"DELETE FROM entity_accounts WHERE entity=?", "DELETE FROM entity_groups WHERE grp=?",
                                       "DELETE FROM entity_groups WHERE member=?", "DELETE FROM contributions WHERE entity=?",
                                       "DELETE FROM entities WHERE number=?"};
    for (size_t i = 0; !err && i < sizeof gone / sizeof *gone; i++)
        err = run_with(db, gone[i], from);
    return err;
}

/* ---- reading ---- */

static int number_of(struct db *db, const char *text, uint32_t *out)
{
    struct sql q = sql_open(db, text);
    if (sql_row(&q))
        *out = (uint32_t)sql_col_i64(&q, 0);
    return sql_close(&q);
}

int tab_entities_last(struct db *db, uint32_t *number)
{
    return number_of(db, "SELECT max(coalesce((SELECT max(number) FROM entities),0), coalesce((SELECT max(number) FROM entity_aliases),0))", number);
}

static struct stored_entity row_of(struct sql *q, struct arena *a)
{
    struct stored_entity s = {.base = {.number = (uint32_t)sql_col_i64(q, 0),
                                       .type = (enum entity_type)sql_col_i64(q, 1),
                                       .flags = (uint32_t)sql_col_i64(q, 2),
                                       .uac = (uint32_t)sql_col_i64(q, 17),
                                       .enctypes = (uint32_t)sql_col_i64(q, 18),
                                       .created = sql_col_time(q, 19),
                                       .terminated = sql_col_time(q, 20)},
                              .first_seen = sql_col_time(q, 21),
                              .last_seen = sql_col_time(q, 22),
                              .score = (int)sql_col_i64(q, 23),
                              .percentile = sql_col_real(q, 24),
                              .scored = sql_col_i64(q, 25) != 0,
                              .external = sql_col_i64(q, 26) != 0,
                              .admin = sql_col_i64(q, 27) != 0,
                              .baseline_days = (uint32_t)sql_col_i64(q, 29),
                              .baseline_events = (uint32_t)sql_col_i64(q, 30),
                              .apps = str_dup(a, sql_col_str(q, 31))};
    struct entity *e = &s.base;
    struct str *const texts[] = {&e->id,       &e->name, &e->sid,        &e->sam,   &e->domain,  &e->upn,    &e->mail, &e->cloud,
                                 &e->dns_name, &e->dn,   &e->department, &e->title, &e->manager, &e->country};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = str_dup(a, sql_col_str(q, 3 + (int)i));
    size_t n;
    const void *days = sql_col_blob(q, 28, &n);
    if (n == sizeof s.days)
        memcpy(s.days, days, n);
    return s;
}

static int load_accounts(struct db *db, struct arena *a, struct entity *e)
{
    struct sql q = sql_open(db, "SELECT text, count(*) OVER () FROM entity_accounts WHERE entity=? ORDER BY text COLLATE BINARY");
    struct str *list = NULL;
    uint32_t n = 0;
    sql_i64(&q, e->number);
    while (sql_row(&q)) {
        if (!list && !(list = arena_alloc(a, (size_t)sql_col_i64(&q, 1) * sizeof *list)))
            break;
        list[n++] = str_dup(a, sql_col_str(&q, 0));
    }
    e->accounts = list;
    e->naccounts = n;
    return sql_close(&q);
}

static int load_groups(struct db *db, struct arena *a, struct entity *e)
{
    struct sql q = sql_open(db, "SELECT grp, count(*) OVER () FROM entity_groups WHERE member=? ORDER BY grp");
    uint32_t *list = NULL, n = 0;
    sql_i64(&q, e->number);
    while (sql_row(&q)) {
        if (!list && !(list = arena_alloc(a, (size_t)sql_col_i64(&q, 1) * sizeof *list)))
            break;
        list[n++] = (uint32_t)sql_col_i64(&q, 0);
    }
    e->groups = list;
    e->ngroups = n;
    return sql_close(&q);
}

static int load(struct sql *q, struct db *db, struct arena *a, struct stored_entity *out)
{
    *out = row_of(q, a);
    int err = load_accounts(db, a, &out->base);
    return err ? err : load_groups(db, a, &out->base);
}

static int one(struct sql *q, struct db *db, struct arena *a, struct stored_entity *out)
{
    struct stored_entity s;
    bool found = sql_row(q);
    int err = found ? load(q, db, a, &s) : 0;
    int closed = sql_close(q);
    err = err ? err : closed;
    if (!err && !found)
        err = ERR_NOT_FOUND;
    if (!err)
        *out = s;
    return err;
}

int tab_entities_get(struct db *db, struct arena *a, uint32_t number, struct stored_entity *out)
{
    struct sql q = sql_open(db, "SELECT " COLUMNS " FROM entities WHERE number=coalesce((SELECT target FROM entity_aliases WHERE number=?1),?1)");
    sql_i64(&q, number);
    return one(&q, db, a, out);
}

int tab_entities_by_id(struct db *db, struct arena *a, struct str id, struct stored_entity *out)
{
    struct sql q = sql_open(db, "SELECT " COLUMNS " FROM entities WHERE number=coalesce((SELECT min(number) FROM entities WHERE id=?1),"
                                "(SELECT min(target) FROM entity_aliases WHERE id=?1))");
    sql_str(&q, id);
    return one(&q, db, a, out);
}

static int numbers_in_room(struct sql *q, uint32_t *numbers, size_t room, size_t *n)
{
    size_t k = 0;
    while (k < room && sql_row(q))
        numbers[k++] = (uint32_t)sql_col_i64(q, 0);
    int err = sql_close(q);
    if (!err)
        *n = k;
    return err;
}

int tab_entities_find(struct db *db, struct str spelling, uint32_t *numbers, size_t room, size_t *n)
{
    struct sql q = sql_open(db, "SELECT entity FROM entity_accounts WHERE text=?1 UNION SELECT number FROM entities WHERE name=?1 COLLATE NOCASE"
                                " UNION SELECT number FROM entities WHERE id=?1 UNION SELECT target FROM entity_aliases WHERE id=?1 ORDER BY 1");
    sql_str(&q, spelling);
    return numbers_in_room(&q, numbers, room, n);
}

int tab_entities_numbers(struct db *db, uint32_t number, uint32_t *numbers, size_t room, size_t *n)
{
    struct sql q = sql_open(db, "WITH stays(x) AS (SELECT coalesce((SELECT target FROM entity_aliases WHERE number=?1),?1))"
                                " SELECT x FROM stays UNION SELECT a.number FROM entity_aliases a JOIN stays ON a.target=x ORDER BY 1");
    sql_i64(&q, number);
    return numbers_in_room(&q, numbers, room, n);
}

static int each_row(struct sql *q, struct db *db, int (*each)(void *owner, const struct stored_entity *e), void *owner)
{
    struct arena a;
    struct stored_entity s;
    int err = 0;
    arena_init(&a, 8192, SIZE_MAX);
    while (!err && sql_row(q)) {
        arena_reset(&a);
        err = load(q, db, &a, &s);
        if (!err)
            err = each(owner, &s);
    }
    int closed = sql_close(q);
    arena_free(&a);
    return err ? err : closed;
}

int tab_entities_each(struct db *db, int (*each)(void *owner, const struct stored_entity *e), void *owner)
{
    struct sql q = sql_open(db, "SELECT " COLUMNS " FROM entities ORDER BY number");
    return each_row(&q, db, each, owner);
}

int tab_entities_aliases(struct db *db, int (*each)(void *owner, uint32_t from, uint32_t to), void *owner)
{
    int err = 0;
    struct sql q = sql_open(db, "SELECT number, target FROM entity_aliases ORDER BY number");
    while (!err && sql_row(&q))
        err = each(owner, (uint32_t)sql_col_i64(&q, 0), (uint32_t)sql_col_i64(&q, 1));
    int closed = sql_close(&q);
    return err ? err : closed;
}

static int all_numbers(struct sql *q, uint32_t **numbers, size_t *n)
{
    uint32_t *list = NULL;
    size_t k = 0, room = 0;
    int err = 0;
    while (!err && sql_row(q)) {
        if (k == room) {
            room = room ? room * 2 : 64;
            uint32_t *grown = realloc(list, room * sizeof *grown);
            err = grown ? 0 : ERR_MEMORY;
            list = grown ? grown : list;
        }
        if (!err)
            list[k++] = (uint32_t)sql_col_i64(q, 0);
    }
    int closed = sql_close(q);
    err = err ? err : closed;
    if (err) {
        free(list);
        return err;
    }
    *numbers = list;
    *n = k;
    return 0;
}

int tab_entities_members(struct db *db, uint32_t group, uint32_t **numbers, size_t *n)
{
    struct sql q = sql_open(db, "WITH RECURSIVE below(x) AS (SELECT member FROM entity_groups"
                                " WHERE grp=coalesce((SELECT target FROM entity_aliases WHERE number=?1),?1)"
                                " UNION SELECT g.member FROM entity_groups g JOIN below ON g.grp=x) SELECT x FROM below ORDER BY x");
    sql_i64(&q, group);
    return all_numbers(&q, numbers, n);
}

int tab_entities_groups(struct db *db, uint32_t member, uint32_t **numbers, size_t *n)
{
    struct sql q = sql_open(db, "WITH RECURSIVE above(x) AS (SELECT grp FROM entity_groups"
                                " WHERE member=coalesce((SELECT target FROM entity_aliases WHERE number=?1),?1)"
                                " UNION SELECT g.grp FROM entity_groups g JOIN above ON g.member=x) SELECT x FROM above ORDER BY x");
    sql_i64(&q, member);
    return all_numbers(&q, numbers, n);
}

/* ---- queries ---- */

#define SUFFIX(column) "nullif(substr(" column ",instr(" column ",'@')+1)," column ")"
/* Domains by all names that the entity has one from. */
#define DOMAINS                                                                                                        \
    {.value = "t", .before = "EXISTS(SELECT 1 FROM (SELECT domain AS t UNION ALL SELECT " SUFFIX("upn") " UNION ALL SELECT " SUFFIX("mail") ") WHERE ", \
     .after = ")"}

static const struct where_field fields[FIELD_COUNT] = {
    [FIELD_ENTITY_TYPE] = {.value = "CASE type WHEN 0 THEN 'user' WHEN 1 THEN 'computer' ELSE 'group' END"},
    [FIELD_ENTITY_ADMIN] = {.value = "admin"},
    [FIELD_ENTITY_ENTITY] = {.value = "number"},
    [FIELD_ENTITY_GROUP] = {.value = "t",
                            .before = "EXISTS(WITH RECURSIVE above(x) AS (SELECT grp FROM entity_groups WHERE member=entities.number"
                                      " UNION SELECT m.grp FROM entity_groups m JOIN above ON m.member=x)"
                                      " SELECT 1 FROM (SELECT g.id AS t FROM above JOIN entities g ON g.number=x"
                                      " UNION ALL SELECT g.name FROM above JOIN entities g ON g.number=x) WHERE ",
                            .after = ")"},
    [FIELD_ENTITY_APP] = {.value = "j.value", .before = "EXISTS(SELECT 1 FROM json_each(coalesce(apps,'[]')) j WHERE ", .after = ")"},
    [FIELD_ENTITY_INSTANCE] = {.value = "0"},
    [FIELD_ENTITY_EXTERNAL] = {.value = "external"},
    [FIELD_ENTITY_DOMAIN] = DOMAINS,
    [FIELD_ENTITY_ORGANIZATION] = DOMAINS,
    /* 2 active, 3 suspended (ENTITY_DISABLED), 4 deleted (ENTITY_TERMINATED) */
    [FIELD_ENTITY_STATUS] = {.value = "CASE WHEN flags & 32 THEN 4 WHEN flags & 16 THEN 3 ELSE 2 END"},
    [FIELD_ENTITY_SEEN] = {.value = "last_seen"},
    [FIELD_ENTITY_SCORE] = {.value = "CASE WHEN scored THEN score END"},
    [FIELD_ENTITY_NAME] = {.value = "name"},
    [FIELD_ENTITY_TEXT_SEARCH] = {.value = "search"},
};
_Static_assert(ENTITY_TERMINATED == 32 && ENTITY_DISABLED == 16, "numbers in FIELD_ENTITY_STATUS");

static void conditions(struct where *w, struct arena *a, const struct entity_query *q)
{
    where_text(w, " FROM entities WHERE 1");
    if (q->type >= 0) {
        where_text(w, " AND type=");
        where_i64(w, q->type);
    }
    if (q->people) {
        where_text(w, " AND number IN ");
        where_list(w, a, q->people, q->npeople);
    }
    if (str_set(q->text))
        where_words(w, "search", q->text);
    where_filter(w, q->filter, fields);
}

static int count(struct db *db, struct arena *a, const struct entity_query *q, uint64_t *total)
{
    struct where w = {0};
    uint64_t n = 0;
    where_text(&w, "SELECT count(*)");
    conditions(&w, a, q);
    struct sql s = where_open(&w, db);
    if (sql_row(&s))
        n = (uint64_t)sql_col_i64(&s, 0);
    int err = sql_close(&s);
    where_free(&w);
    if (!err)
        *total = n;
    return err;
}

int tab_entities_query(struct db *db, const struct entity_query *q, int (*each)(void *owner, const struct stored_entity *e), void *owner,
                       uint64_t *total)
{
    static const char *const order[][2] = {
        [ENTITY_BY_SCORE] = {" ORDER BY score DESC, number DESC", " ORDER BY score, number"},
        [ENTITY_BY_NAME] = {" ORDER BY name COLLATE NOCASE DESC, number DESC", " ORDER BY name COLLATE NOCASE, number"},
        [ENTITY_BY_SEEN] = {" ORDER BY last_seen DESC, number DESC", " ORDER BY last_seen, number"}};
    struct arena a;
    struct where w = {0};
    arena_init(&a, 8192, SIZE_MAX);
    int err = total ? count(db, &a, q, total) : 0;
    if (!err) {
        where_text(&w, "SELECT " COLUMNS);
        conditions(&w, &a, q);
        where_text(&w, order[q->sort][q->ascending]);
        where_text(&w, " LIMIT ");
        where_i64(&w, q->limit);
        where_text(&w, " OFFSET ");
        where_i64(&w, q->skip);
        struct sql s = where_open(&w, db);
        err = each_row(&s, db, each, owner);
        where_free(&w);
    }
    arena_free(&a);
    return err;
}

/* ---- receipts ---- */

int tab_entities_receipt(struct db *db, uint32_t entity, const struct stored_contribution *c, size_t n)
{
    int err = run_with(db, "DELETE FROM contributions WHERE entity=?", entity);
    for (size_t i = 0; !err && i < n; i++) {
        struct sql q = sql_open(db, "INSERT INTO contributions VALUES(?,?,?,?,?,?,?,?,?,?,?)");
        sql_i64(&q, entity);
        sql_i64(&q, (int64_t)i);
        sql_i64(&q, c[i].points);
        sql_i64(&q, c[i].time);
        sql_i64(&q, c[i].counted);
        sql_str(&q, c[i].kind);
        sql_str(&q, c[i].ref);
        sql_str(&q, c[i].group);
        sql_str(&q, c[i].value);
        sql_str(&q, c[i].text);
        sql_real(&q, c[i].p);
        err = sql_close(&q);
    }
    return err;
}

int tab_entities_receipt_each(struct db *db, uint32_t entity, int (*each)(void *owner, const struct stored_contribution *c), void *owner)
{
    int err = 0;
    struct sql q = sql_open(db, "SELECT entity, points, time, counted, kind, ref, grp, value, text, p FROM contributions"
                                " WHERE entity=coalesce((SELECT target FROM entity_aliases WHERE number=?1),?1)"
                                " ORDER BY counted DESC, points DESC, time, place");
    sql_i64(&q, entity);
    while (!err && sql_row(&q)) {
        struct stored_contribution c = {.entity = (uint32_t)sql_col_i64(&q, 0), .points = (int)sql_col_i64(&q, 1), .time = sql_col_i64(&q, 2),
                                        .counted = sql_col_i64(&q, 3) != 0, .kind = sql_col_str(&q, 4), .ref = sql_col_str(&q, 5),
                                        .group = sql_col_str(&q, 6), .value = sql_col_str(&q, 7), .text = sql_col_str(&q, 8),
                                        .p = sql_col_real(&q, 9)};
        err = each(owner, &c);
    }
    int closed = sql_close(&q);
    return err ? err : closed;
}

int tab_entities_points(struct db *db, struct str ref, int *points)
{
    int sum = 0;
    struct sql q = sql_open(db, "SELECT coalesce(sum(points),0) FROM contributions WHERE ref=? AND counted");
    sql_str(&q, ref);
    if (sql_row(&q))
        sum = (int)sql_col_i64(&q, 0);
    int err = sql_close(&q);
    if (!err)
        *points = sum;
    return err;
}
