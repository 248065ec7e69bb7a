/* store/tab_alerts.c - alerts with everybody and everything they concern, and how people handled them. */
#include "store/tab_alerts.h"

#include "store/tab_outbox.h"
#include "store/where.h"

#include <stdio.h>

static const char *const steps[] = {
    "CREATE TABLE alerts(id TEXT PRIMARY KEY, external_id INTEGER NOT NULL, policy TEXT, name TEXT NOT NULL, description TEXT,"
    " severity INTEGER NOT NULL, category TEXT, attack TEXT, source INTEGER NOT NULL, shore INTEGER NOT NULL, service INTEGER NOT NULL,"
    " preview INTEGER NOT NULL, start INTEGER, end INTEGER, updated INTEGER, count INTEGER NOT NULL, nactivities INTEGER NOT NULL,"
    " src_type TEXT, src_id TEXT, src_label TEXT, src_role TEXT, src_entity INTEGER, src_certainty INTEGER,"
    " dst_type TEXT, dst_id TEXT, dst_label TEXT, dst_role TEXT, dst_entity INTEGER, dst_certainty INTEGER, parties TEXT, advice TEXT,"
    " read INTEGER NOT NULL DEFAULT 0, resolution INTEGER NOT NULL DEFAULT 0, resolved INTEGER, handled_by TEXT, comment TEXT,"
    " reason INTEGER NOT NULL DEFAULT -1, suppressed INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
    "CREATE INDEX alerts_end ON alerts(end, id);"
    "CREATE INDEX alerts_open ON alerts(resolution, end, id);"
    "CREATE TABLE alert_entities(alert TEXT NOT NULL REFERENCES alerts ON DELETE CASCADE, entity INTEGER NOT NULL, user INTEGER NOT NULL,"
    " PRIMARY KEY(alert, entity)) WITHOUT ROWID;"
    "CREATE INDEX alert_entities_entity ON alert_entities(entity);"
    "CREATE TABLE alert_parties(alert TEXT NOT NULL REFERENCES alerts ON DELETE CASCADE, type TEXT, id TEXT, label TEXT, ip BLOB);"
    "CREATE INDEX alert_parties_alert ON alert_parties(alert);"
    "CREATE INDEX alert_parties_ip ON alert_parties(ip);"
    "CREATE TABLE alert_evidence(alert TEXT NOT NULL REFERENCES alerts ON DELETE CASCADE, activity BLOB NOT NULL, time INTEGER, kind TEXT,"
    " PRIMARY KEY(alert, activity)) WITHOUT ROWID;"
    "CREATE INDEX alert_evidence_activity ON alert_evidence(activity);"
    "CREATE TABLE alert_history(number INTEGER PRIMARY KEY, alert TEXT NOT NULL REFERENCES alerts ON DELETE CASCADE, time INTEGER, what TEXT NOT NULL,"
    " by TEXT, text TEXT);"
    "CREATE INDEX alert_history_alert ON alert_history(alert, number);",
    "ALTER TABLE alerts ADD COLUMN withdrawn INTEGER;",
    NULL};

const struct db_schema tab_alerts = {"alerts", steps};

#define COLUMNS                                                                                                        \
    "id, external_id, policy, name, description, severity, category, attack, source, shore, service, preview, start, end, updated, count, nactivities," \
    " src_type, src_id, src_label, src_role, src_entity, src_certainty, dst_type, dst_id, dst_label, dst_role, dst_entity, dst_certainty,"              \
    " parties, advice, read, resolution, resolved, handled_by, comment, reason, suppressed, withdrawn"

enum { ALERT_ID_CHARS = 24 };

/* ---- writing ---- */

static int note(struct db *db, struct str id, const struct alert_event *e)
{
    struct sql q = sql_open(db, "INSERT INTO alert_history(alert, time, what, by, text) VALUES(?,?,?,?,?)");
    sql_str(&q, id);
    sql_time(&q, e->time);
    sql_str(&q, e->what);
    sql_str(&q, e->by);
    sql_str(&q, e->text);
    return sql_close(&q);
}

/* What an update is noticed by. */
struct before {
    bool there, withdrawn;
    uint64_t count, nactivities;
    int64_t end, severity;
};

static int look(struct db *db, struct str id, struct before *b)
{
    struct sql q = sql_open(db, "SELECT count, nactivities, end, severity, withdrawn FROM alerts WHERE id=?");
    sql_str(&q, id);
    if (sql_row(&q))
        *b = (struct before){true, sql_col_time(&q, 4) != TIME_NONE, (uint64_t)sql_col_i64(&q, 0), (uint64_t)sql_col_i64(&q, 1), sql_col_time(&q, 2), sql_col_i64(&q, 3)};
    return sql_close(&q);
}

static void bind_party(struct sql *q, const struct alert_party *p)
{
    sql_str(q, p->type);
    sql_str(q, p->id);
    sql_str(q, p->label);
    sql_str(q, p->role);
    sql_i64(q, p->entity);
    sql_i64(q, p->certainty);
}

static int put_row(struct db *db, const struct stored_alert *a)
{
    struct sql q = sql_open(db, "INSERT INTO alerts(id, external_id, policy, name, description, severity, category, attack, source, shore, service, preview,"
                                " start, end, updated, count, nactivities, src_type, src_id, src_label, src_role, src_entity, src_certainty,"
                                " dst_type, dst_id, dst_label, dst_role, dst_entity, dst_certainty, parties, advice)"
                                " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET"
                                " (external_id, policy, name, description, severity, category, attack, source, shore, service, preview, start, end, updated,"
                                " count, nactivities, src_type, src_id, src_label, src_role, src_entity, src_certainty, dst_type, dst_id, dst_label,"
                                " dst_role, dst_entity, dst_certainty, parties, advice) ="
                                " (excluded.external_id, excluded.policy, excluded.name, excluded.description, excluded.severity, excluded.category,"
                                " excluded.attack, excluded.source, excluded.shore, excluded.service, excluded.preview, excluded.start, excluded.end,"
                                " excluded.updated, excluded.count, excluded.nactivities, excluded.src_type, excluded.src_id, excluded.src_label,"
                                " excluded.src_role, excluded.src_entity, excluded.src_certainty, excluded.dst_type, excluded.dst_id, excluded.dst_label,"
                                " excluded.dst_role, excluded.dst_entity, excluded.dst_certainty, excluded.parties, excluded.advice)");
    sql_str(&q, str_of(a->id));
    sql_i64(&q, a->external_id);
    sql_str(&q, a->policy);
    sql_str(&q, a->name);
    sql_str(&q, a->description);
    sql_i64(&q, a->severity);
    sql_str(&q, a->category);
    sql_str(&q, a->attack);
    sql_i64(&q, a->source);
    sql_i64(&q, a->shore);
    sql_i64(&q, a->service);
    sql_i64(&q, a->preview);
    sql_time(&q, a->start);
    sql_time(&q, a->end);
    sql_time(&q, a->updated);
    sql_i64(&q, (int64_t)a->count);
    sql_i64(&q, (int64_t)a->nactivities);
    bind_party(&q, &a->source_party);
    bind_party(&q, &a->destination_party);
    sql_str(&q, a->parties);
    sql_str(&q, a->advice);
    return sql_close(&q);
}

static int clear(struct db *db, const char *text, struct str id)
{
    struct sql q = sql_open(db, text);
    sql_str(&q, id);
    return sql_close(&q);
}

static int put_entity(struct db *db, struct str id, uint32_t entity, bool user)
{
    if (!entity)
        return 0;
    struct sql q = sql_open(db, "INSERT INTO alert_entities VALUES(?,?,?) ON CONFLICT DO UPDATE SET user=max(user,excluded.user)");
    sql_str(&q, id);
    sql_i64(&q, entity);
    sql_i64(&q, user);
    return sql_close(&q);
}

static int put_entities(struct db *db, const struct stored_alert *a, const uint32_t *users, size_t n)
{
    struct str id = str_of(a->id);
    int err = clear(db, "DELETE FROM alert_entities WHERE alert=?", id);
    for (size_t i = 0; !err && i < n; i++)
        err = put_entity(db, id, users[i], true);
    if (!err)
        err = put_entity(db, id, a->source_party.entity, false);
    return err ? err : put_entity(db, id, a->destination_party.entity, false);
}

static int put_party(struct db *db, struct str alert, struct sql *from)
{
    struct ip ip;
    struct str type = sql_col_str(from, 0), label = sql_col_str(from, 2);
    struct sql q = sql_open(db, "INSERT INTO alert_parties VALUES(?,?,?,?,?)");
    sql_str(&q, alert);
    sql_str(&q, type);
    sql_str(&q, sql_col_str(from, 1));
    sql_str(&q, label);
    if (str_eq(type, STR("ip")) && ip_parse(label, &ip, NULL))
        sql_blob(&q, ip.b, sizeof ip.b);
    else
        sql_null(&q);
    return sql_close(&q);
}

static int put_parties(struct db *db, const struct stored_alert *a)
{
    int err = clear(db, "DELETE FROM alert_parties WHERE alert=?", str_of(a->id));
    struct sql q = sql_open(db, "SELECT value->>'$.type', value->>'$.id', value->>'$.label' FROM json_each(?)");
    sql_str(&q, str_set(a->parties) ? a->parties : STR("[]"));
    while (!err && sql_row(&q))
        err = put_party(db, str_of(a->id), &q);
    int closed = sql_close(&q);
    return err ? err : closed;
}

static int put_evidence(struct db *db, const char *id, const struct stored_evidence *e, size_t n)
{
    int err = clear(db, "DELETE FROM alert_evidence WHERE alert=?", str_of(id));
    for (size_t i = 0; !err && i < n; i++) {
        struct sql q = sql_open(db, "INSERT OR IGNORE INTO alert_evidence VALUES(?,?,?,?)");
        sql_str(&q, str_of(id));
        sql_blob(&q, e[i].activity, sizeof e[i].activity);
        sql_time(&q, e[i].time);
        sql_str(&q, e[i].kind);
        err = sql_close(&q);
    }
    return err;
}

static int set_withdrawn(struct db *db, struct str id, int64_t when)
{
    struct sql q = sql_open(db, "UPDATE alerts SET withdrawn=? WHERE id=?");
    sql_time(&q, when);
    sql_str(&q, id);
    return sql_close(&q);
}

static int put_all(struct db *db, const struct stored_alert *a, const uint32_t *users, size_t nusers, const struct stored_evidence *e, size_t ne)
{
    int err = put_row(db, a);
    if (!err)
        err = put_entities(db, a, users, nusers);
    if (!err)
        err = put_parties(db, a);
    return err ? err : put_evidence(db, a->id, e, ne);
}

int tab_alerts_put(struct db *db, const struct stored_alert *a, const uint32_t *users, size_t nusers, const struct stored_evidence *e, size_t ne,
                   bool *fresh)
{
    struct before b = {0};
    int err = look(db, str_of(a->id), &b);
    if (!err)
        err = put_all(db, a, users, nusers, e, ne);
    if (!err && b.withdrawn)
        err = set_withdrawn(db, str_of(a->id), TIME_NONE);
    bool grew = b.count != a->count || b.nactivities != a->nactivities || b.end != a->end || b.severity != (int64_t)a->severity;
    struct str what = !b.there ? STR("opened") : b.withdrawn ? STR("raised") : STR("updated");
    if (!err && (!b.there || b.withdrawn || grew))
        err = note(db, str_of(a->id), &(struct alert_event){.what = what, .time = a->updated});
    if (!err)
        *fresh = !b.there;
    return err;
}

/* ---- reading ---- */

static struct alert_party party_of(struct sql *q, int at)
{
    return (struct alert_party){.type = sql_col_str(q, at),
                                .id = sql_col_str(q, at + 1),
                                .label = sql_col_str(q, at + 2),
                                .role = sql_col_str(q, at + 3),
                                .entity = (uint32_t)sql_col_i64(q, at + 4),
                                .certainty = (uint8_t)sql_col_i64(q, at + 5)};
}

static struct stored_alert row_of(struct sql *q)
{
    struct stored_alert a = {.external_id = (int)sql_col_i64(q, 1),
                             .policy = sql_col_str(q, 2),
                             .name = sql_col_str(q, 3),
                             .description = sql_col_str(q, 4),
                             .severity = (enum severity)sql_col_i64(q, 5),
                             .category = sql_col_str(q, 6),
                             .attack = sql_col_str(q, 7),
                             .source = (enum alert_source)sql_col_i64(q, 8),
                             .shore = (enum shore)sql_col_i64(q, 9),
                             .service = (uint32_t)sql_col_i64(q, 10),
                             .preview = sql_col_i64(q, 11) != 0,
                             .start = sql_col_time(q, 12),
                             .end = sql_col_time(q, 13),
                             .updated = sql_col_time(q, 14),
                             .count = (uint64_t)sql_col_i64(q, 15),
                             .nactivities = (uint64_t)sql_col_i64(q, 16),
                             .source_party = party_of(q, 17),
                             .destination_party = party_of(q, 23),
                             .parties = sql_col_str(q, 29),
                             .advice = sql_col_str(q, 30),
                             .read = sql_col_i64(q, 31) != 0,
                             .resolution = (enum resolution)sql_col_i64(q, 32),
                             .resolved = sql_col_time(q, 33),
                             .handled_by = sql_col_str(q, 34),
                             .comment = sql_col_str(q, 35),
                             .reason = (int)sql_col_i64(q, 36),
                             .suppressed = sql_col_i64(q, 37) != 0,
                             .withdrawn = sql_col_time(q, 38)};
    struct str id = sql_col_str(q, 0);
    if (id.n < sizeof a.id && id.n)
        memcpy(a.id, id.p, id.n);
    return a;
}

static void keep(struct arena *arena, struct stored_alert *a)
{
    struct str *const texts[] = {&a->policy, &a->name, &a->description, &a->category, &a->attack, &a->parties, &a->advice, &a->handled_by, &a->comment};
    struct alert_party *const parties[] = {&a->source_party, &a->destination_party};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = str_dup(arena, *texts[i]);
    for (size_t i = 0; i < 2; i++) {
        struct str *const of[] = {&parties[i]->type, &parties[i]->id, &parties[i]->label, &parties[i]->role};
        for (size_t k = 0; k < sizeof of / sizeof *of; k++)
            *of[k] = str_dup(arena, *of[k]);
    }
}

/* ---- filters and views ---- */

/* The number that stays of an entity of the alert. */
#define STAYS "coalesce((SELECT target FROM entity_aliases x WHERE x.number=ae.entity),ae.entity)"
#define CONCERNED "EXISTS(SELECT 1 FROM alert_entities ae WHERE ae.alert=alerts.id AND "
#define PARTY "EXISTS(SELECT 1 FROM alert_parties p WHERE p.alert=alerts.id AND "

static const struct where_field fields[FIELD_COUNT] = {
    [FIELD_ALERT_ENTITY] = {.value = STAYS, .before = CONCERNED, .after = ")"},
    [FIELD_ALERT_USER] = {.value = STAYS, .before = CONCERNED "ae.user AND ", .after = ")"},
    [FIELD_ALERT_IP] = {.value = "p.label", .ip = "p.ip", .before = PARTY "p.type='ip' AND ", .after = ")"},
    [FIELD_ALERT_SERVICE] = {.value = "service"},
    [FIELD_ALERT_INSTANCE] = {.value = "0"},
    [FIELD_ALERT_POLICY] = {.value = "policy"},
    [FIELD_ALERT_FILE] = {.value = "p.label", .before = PARTY "p.type='file' AND ", .after = ")"},
    [FIELD_ALERT_OPEN] = {.value = "(resolution=0 AND NOT suppressed)"},
    [FIELD_ALERT_SEVERITY] = {.value = "((severity+2)%4)"},
    [FIELD_ALERT_RESOLUTION] = {.value = "resolution"},
    [FIELD_ALERT_READ] = {.value = "read"},
    [FIELD_ALERT_DATE] = {.value = "end"},
    [FIELD_ALERT_RESOLVED] = {.value = "resolved"},
    [FIELD_ALERT_RISK] = {.value = "((severity+2)%4)"},
    [FIELD_ALERT_TYPE] = {.value = "external_id"},
    [FIELD_ALERT_ID] = {.value = "id"},
    [FIELD_ALERT_SOURCE] = {.value = "CASE source WHEN 0 THEN 'built-in' WHEN 1 THEN 'policy' ELSE 'cef' END"},
    [FIELD_ALERT_CATEGORY] = {.value = "category"},
    [FIELD_ALERT_TEXT] = {.value = "(name||' '||coalesce(description,'')||' '||coalesce(parties,'')||' '||coalesce(comment,''))"},
};
_Static_assert(SEVERITY_INFORMATIONAL == 1 && SEVERITY_HIGH == 4, "0 low 1 medium 2 high 3 informational, as numbers of the API");

static void seen_through(struct where *w, struct arena *arena, const struct alert_view *v)
{
    if (!v)
        return;
    if (!v->cloud || !v->onprem) {
        where_text(w, " AND shore IN (");
        where_i64(w, v->cloud ? (int64_t)SHORE_CLOUD : -1);
        where_text(w, ",");
        where_i64(w, v->onprem ? (int64_t)SHORE_ONPREM : -1);
        where_text(w, ")");
    }
    if (v->apps) {
        where_text(w, " AND service IN ");
        where_list(w, arena, v->apps, v->napps);
    }
    if (v->people) {
        where_text(w, " AND " CONCERNED "ae.user AND " STAYS " IN ");
        where_list(w, arena, v->people, v->npeople);
        where_text(w, ")");
    }
}

int tab_alerts_query(struct db *db, const struct alert_query *q, int (*each)(void *owner, const struct stored_alert *a), void *owner, bool *more)
{
    static const char *const order[][2] = {
        [ALERT_BY_DATE] = {" ORDER BY end DESC, id DESC", " ORDER BY end, id"},
        [ALERT_BY_SEVERITY] = {" ORDER BY severity DESC, end DESC, id DESC", " ORDER BY severity, end, id"},
        [ALERT_BY_STATUS] = {" ORDER BY resolution DESC, end DESC, id DESC", " ORDER BY resolution, end, id"}};
    struct arena arena;
    struct where w = {0};
    arena_init(&arena, 4096, SIZE_MAX);
    where_text(&w, "SELECT " COLUMNS " FROM alerts WHERE 1");
    seen_through(&w, &arena, q->view);
    where_filter(&w, q->filter, fields);
    where_text(&w, order[q->sort][q->ascending]);
    where_text(&w, " LIMIT ");
    where_i64(&w, (int64_t)q->limit + 1);
    where_text(&w, " OFFSET ");
    where_i64(&w, q->skip);
    struct sql s = where_open(&w, db);
    uint32_t n = 0;
    int err = 0;
    bool further = false;
    while (!err && sql_row(&s)) {
        if (n++ == q->limit) {
            further = true;
            break;
        }
        struct stored_alert a = row_of(&s);
        err = each(owner, &a);
    }
    int closed = sql_close(&s);
    where_free(&w);
    arena_free(&arena);
    err = err ? err : closed;
    if (!err && more)
        *more = further;
    return err;
}

int tab_alerts_count(struct db *db, const struct filter *f, const struct alert_view *v, uint64_t *n)
{
    struct arena arena;
    struct where w = {0};
    uint64_t found = 0;
    arena_init(&arena, 4096, SIZE_MAX);
    where_text(&w, "SELECT count(*) FROM alerts WHERE 1");
    seen_through(&w, &arena, v);
    where_filter(&w, f, fields);
    struct sql s = where_open(&w, db);
    if (sql_row(&s))
        found = (uint64_t)sql_col_i64(&s, 0);
    int err = sql_close(&s);
    where_free(&w);
    arena_free(&arena);
    if (!err)
        *n = found;
    return err;
}

int tab_alerts_get(struct db *db, struct arena *arena, const struct alert_view *v, struct str id, struct stored_alert *out)
{
    struct where w = {0};
    struct stored_alert a;
    where_text(&w, "SELECT " COLUMNS " FROM alerts WHERE id=");
    where_str(&w, id);
    seen_through(&w, arena, v);
    struct sql s = where_open(&w, db);
    bool found = sql_row(&s);
    if (found) {
        a = row_of(&s);
        keep(arena, &a);
    }
    int err = sql_close(&s);
    where_free(&w);
    if (err || !found)
        return err ? err : ERR_NOT_FOUND;
    *out = a;
    return 0;
}

int tab_alerts_evidence(struct db *db, struct str id, int (*each)(void *owner, const struct stored_evidence *e), void *owner)
{
    int err = 0;
    struct sql q = sql_open(db, "SELECT activity, time, kind FROM alert_evidence WHERE alert=? ORDER BY time, activity");
    sql_str(&q, id);
    while (!err && sql_row(&q)) {
        struct stored_evidence e = {.time = sql_col_time(&q, 1), .kind = sql_col_str(&q, 2)};
        size_t n;
        const void *activity = sql_col_blob(&q, 0, &n);
        if (n == sizeof e.activity)
            memcpy(e.activity, activity, n);
        err = each(owner, &e);
    }
    int closed = sql_close(&q);
    return err ? err : closed;
}

int tab_alerts_users(struct db *db, struct str id, uint32_t *numbers, size_t room, size_t *n)
{
    size_t k = 0;
    struct sql q = sql_open(db, "SELECT DISTINCT " STAYS " FROM alert_entities ae WHERE ae.alert=? AND ae.user ORDER BY 1");
    sql_str(&q, id);
    while (k < room && sql_row(&q))
        numbers[k++] = (uint32_t)sql_col_i64(&q, 0);
    int err = sql_close(&q);
    if (!err)
        *n = k;
    return err;
}

int tab_alerts_with(struct db *db, const struct alert_view *v, const uint8_t activity[16], char (*ids)[25], size_t room, size_t *n)
{
    struct arena arena;
    size_t k = 0;
    int err = 0;
    arena_init(&arena, 1024, SIZE_MAX);
    struct sql q = sql_open(db, "SELECT alert FROM alert_evidence WHERE activity=? ORDER BY alert");
    sql_blob(&q, activity, 16);
    while (!err && k < room && sql_row(&q)) {
        struct stored_alert a;
        err = tab_alerts_get(db, &arena, v, sql_col_str(&q, 0), &a);
        if (!err)
            memcpy(ids[k++], a.id, sizeof a.id);
        err = err == ERR_NOT_FOUND ? 0 : err;
    }
    int closed = sql_close(&q);
    arena_free(&arena);
    err = err ? err : closed;
    if (!err)
        *n = k;
    return err;
}

/* ---- handling ---- */

static int changed(struct sql *q)
{
    uint64_t n = 0;
    int err = sql_close_changes(q, &n);
    return err ? err : n ? 0 : ERR_NOT_FOUND;
}

int tab_alerts_close(struct db *db, struct str id, const struct alert_close *c)
{
    char number[16];
    bool reopen = c->resolution == RESOLUTION_OPEN;
    struct sql q = sql_open(db, "UPDATE alerts SET resolution=?, resolved=?, handled_by=?, comment=coalesce(?,comment), reason=? WHERE id=?");
    sql_i64(&q, c->resolution);
    sql_time(&q, reopen ? TIME_NONE : c->now);
    sql_str(&q, c->by);
    sql_str(&q, c->comment);
    sql_i64(&q, reopen ? -1 : c->reason);
    sql_str(&q, id);
    int err = changed(&q);
    if (err)
        return err;
    int n = snprintf(number, sizeof number, "%d", (int)c->resolution);
    struct alert_event e = {reopen ? STR("reopened") : STR("closed"), c->by, {number, (size_t)n}, c->now};
    err = note(db, id, &e);
    return err || !str_set(c->comment) ? err : note(db, id, &(struct alert_event){STR("commented"), c->by, c->comment, c->now});
}

int tab_alerts_mark(struct db *db, struct str id, bool read, struct str by, int64_t now)
{
    struct sql q = sql_open(db, "UPDATE alerts SET read=? WHERE id=?");
    sql_i64(&q, read);
    sql_str(&q, id);
    int err = changed(&q);
    return err ? err : note(db, id, &(struct alert_event){read ? STR("read") : STR("unread"), by, STR_NONE, now});
}

int tab_alerts_suppress(struct db *db, struct str id, bool suppressed, struct str by, int64_t now)
{
    struct sql q = sql_open(db, "UPDATE alerts SET suppressed=? WHERE id=?");
    sql_i64(&q, suppressed);
    sql_str(&q, id);
    int err = changed(&q);
    return err ? err : note(db, id, &(struct alert_event){suppressed ? STR("suppressed") : STR("unsuppressed"), by, STR_NONE, now});
}

int tab_alerts_comment(struct db *db, struct str id, struct str comment, struct str by, int64_t now)
{
    struct sql q = sql_open(db, "UPDATE alerts SET comment=? WHERE id=?");
    sql_str(&q, comment);
    sql_str(&q, id);
    int err = changed(&q);
    return err ? err : note(db, id, &(struct alert_event){STR("commented"), by, comment, now});
}

int tab_alerts_history(struct db *db, struct str id, int (*each)(void *owner, const struct alert_event *e), void *owner)
{
    int err = 0;
    struct sql q = sql_open(db, "SELECT what, by, text, time FROM alert_history WHERE alert=? ORDER BY number");
    sql_str(&q, id);
    while (!err && sql_row(&q)) {
        struct alert_event e = {sql_col_str(&q, 0), sql_col_str(&q, 1), sql_col_str(&q, 2), sql_col_time(&q, 3)};
        err = each(owner, &e);
    }
    int closed = sql_close(&q);
    return err ? err : closed;
}

int tab_alerts_expire(struct db *db, int64_t before, uint64_t *n)
{
    struct sql q = sql_open(db, "DELETE FROM alerts WHERE resolution<>0 AND max(end, coalesce(resolved, end))<?");
    sql_i64(&q, before);
    return sql_close_changes(&q, n);
}

/* ---- somebody's data is deleted ---- */

int tab_alerts_naming(struct db *db, struct str name, int (*each)(void *owner, struct str id), void *owner)
{
    int err = 0;
    struct sql q = sql_open(db, "SELECT DISTINCT alert FROM alert_parties WHERE type='account' AND ?1 COLLATE NOCASE IN (id, label)");
    sql_str(&q, name);
    while (!err && sql_row(&q))
        err = each(owner, sql_col_str(&q, 0));
    int closed = sql_close(&q);
    return err ? err : closed;
}

static int say_again(struct db *db, int64_t number, struct str text)
{
    struct sql q = sql_open(db, "UPDATE alert_history SET text=? WHERE number=?");
    sql_str(&q, text);
    sql_i64(&q, number);
    return sql_close(&q);
}

static int reword_history(struct db *db, struct str id, struct str (*say)(void *owner, struct str text), void *owner)
{
    int err = 0;
    struct sql q = sql_open(db, "SELECT number, text FROM alert_history WHERE alert=? AND text IS NOT NULL");
    sql_str(&q, id);
    while (!err && sql_row(&q)) {
        struct str was = sql_col_str(&q, 1), is = say(owner, was);
        err = str_eq(was, is) ? 0 : say_again(db, sql_col_i64(&q, 0), is);
    }
    int closed = sql_close(&q);
    return err ? err : closed;
}

int tab_alerts_reword(struct db *db, const struct stored_alert *a, const struct alert_rest *rest, struct str (*say)(void *owner, struct str text), void *owner)
{
    int err = put_all(db, a, rest->users, rest->nusers, rest->evidence, rest->nevidence);
    if (err)
        return err;
    struct sql q = sql_open(db, "UPDATE alerts SET comment=? WHERE id=?");
    sql_str(&q, a->comment);
    sql_str(&q, str_of(a->id));
    err = sql_close(&q);
    return err ? err : reword_history(db, str_of(a->id), say, owner);
}

/* ---- alerts that do not stand ---- */

/* Whether people had to do with the alert: they handled it, were told of it (a notice that still waits finds the alert gone), or it has
 * started governance actions. */
#define KNOWN \
    "(read OR resolution<>0 OR suppressed OR EXISTS(SELECT 1 FROM alert_history WHERE alert=a.id AND by IS NOT NULL)" \
    " OR EXISTS(SELECT 1 FROM outbox WHERE alert=a.id AND state=1)" \
    " OR EXISTS(SELECT 1 FROM governance WHERE alert=a.id AND policy IS NOT NULL AND entity>0))"

_Static_assert(OUTBOX_SENT == 1, "the number in KNOWN");

/* Ids of those that do not stand, one after another, apart by whether anybody knows them. */
static int fallen(struct db *db, const struct alert_ground *g, struct buf *unknown, struct buf *known)
{
    struct sql q = sql_open(db, "SELECT id, " KNOWN " FROM alerts a WHERE source=0 AND withdrawn IS NULL AND start>=? AND (external_id=0 OR ?)"
                                " AND EXISTS(SELECT 1 FROM policies p WHERE p.id=a.policy AND enabled AND NOT EXISTS(SELECT 1 FROM alert_history"
                                " WHERE alert=a.id AND time<p.changed))");
    sql_i64(&q, g->from == TIME_NONE ? INT64_MIN : g->from);
    sql_i64(&q, g->onprem);
    while (sql_row(&q)) {
        struct str id = sql_col_str(&q, 0);
        if (id.n == ALERT_ID_CHARS && !g->stands(g->owner, id))
            buf_str(sql_col_i64(&q, 1) ? known : unknown, id);
    }
    int err = sql_close(&q);
    return unknown->failed || known->failed ? ERR_MEMORY : err;
}

int tab_alerts_drop(struct db *db, struct str id)
{
    struct sql q = sql_open(db, "DELETE FROM alerts WHERE id=?");
    sql_str(&q, id);
    return sql_close(&q);
}

static int mark_withdrawn(struct db *db, struct str id, int64_t now)
{
    int err = set_withdrawn(db, id, now);
    return err ? err : note(db, id, &(struct alert_event){.what = STR("withdrawn"), .time = now});
}

int tab_alerts_withdraw(struct db *db, const struct alert_ground *g, uint64_t *n)
{
    struct buf unknown = {0}, known = {0};
    int err = db_begin(db);
    if (err)
        return err;
    err = fallen(db, g, &unknown, &known);
    for (size_t at = 0; !err && at < unknown.n; at += ALERT_ID_CHARS)
        err = tab_alerts_drop(db, (struct str){unknown.p + at, ALERT_ID_CHARS});
    for (size_t at = 0; !err && at < known.n; at += ALERT_ID_CHARS)
        err = mark_withdrawn(db, (struct str){known.p + at, ALERT_ID_CHARS}, g->now);
    *n = (unknown.n + known.n) / ALERT_ID_CHARS;
    buf_free(&unknown);
    buf_free(&known);
    return db_end(db, err);
}
