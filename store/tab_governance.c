/* store/tab_governance.c - the governance log. */
#include "store/tab_governance.h"

#include "store/where.h"

static const char *const steps[] = {
    "CREATE TABLE governance(number INTEGER PRIMARY KEY AUTOINCREMENT, action TEXT NOT NULL, undo INTEGER NOT NULL, of INTEGER NOT NULL, entity INTEGER NOT NULL,"
    " person TEXT, name TEXT NOT NULL, directory INTEGER NOT NULL, domain TEXT, by TEXT, policy TEXT, alert TEXT, reason TEXT, asked INTEGER NOT NULL,"
    " state INTEGER NOT NULL, held TEXT, decided_by TEXT, decided INTEGER, why TEXT, tries INTEGER NOT NULL DEFAULT 0, next INTEGER NOT NULL,"
    " started INTEGER, ended INTEGER, before TEXT, changed INTEGER NOT NULL DEFAULT 0);"
    "CREATE UNIQUE INDEX governance_once ON governance(alert, entity, action) WHERE policy IS NOT NULL AND entity>0;"
    "CREATE INDEX governance_due ON governance(next, number) WHERE state IN (1, 2);"
    "CREATE INDEX governance_of ON governance(of) WHERE of>0;"
    "CREATE INDEX governance_entity ON governance(entity);",
    NULL};

const struct db_schema tab_governance = {"governance", steps};

#define STATES_PENDING "(1, 2)" /* waiting, running */
#define SELECT                                                                                                                                     \
    "SELECT number, action, undo, of, entity, person, name, directory, domain, by, policy, alert, reason, asked, state, held, decided_by, decided, why, " \
    "tries, next, started, ended, before, changed,"                                                                                                \
    " coalesce((SELECT max(u.number) FROM governance u WHERE u.of=governance.number AND u.of>0 AND u.state<>4), 0) FROM governance "

static const char *const states[GOVERNANCE_STATES] = {[GOVERNANCE_APPROVAL] = "approval", [GOVERNANCE_WAITING] = "waiting", [GOVERNANCE_RUNNING] = "running",
                                                      [GOVERNANCE_DONE] = "done",         [GOVERNANCE_FAILED] = "failed",   [GOVERNANCE_REVERTED] = "reverted",
                                                      [GOVERNANCE_REJECTED] = "rejected"};

struct str governance_state_text(enum governance_state s)
{
    return str_of(states[s]);
}

bool governance_state_of(struct str text, enum governance_state *s)
{
    for (unsigned i = 0; i < GOVERNANCE_STATES; i++)
        if (str_eq(text, str_of(states[i]))) {
            *s = (enum governance_state)i;
            return true;
        }
    return false;
}

static struct str text(struct sql *q, int column)
{
    return sql_col_null(q, column) ? STR_NONE : sql_col_str(q, column);
}

static struct stored_governance row_of(struct sql *q)
{
    return (struct stored_governance){.number = sql_col_i64(q, 0),
                                      .action = text(q, 1),
                                      .undo = sql_col_i64(q, 2) != 0,
                                      .of = sql_col_i64(q, 3),
                                      .entity = (uint32_t)sql_col_i64(q, 4),
                                      .person = text(q, 5),
                                      .name = text(q, 6),
                                      .directory = sql_col_i64(q, 7),
                                      .domain = text(q, 8),
                                      .by = text(q, 9),
                                      .policy = text(q, 10),
                                      .alert = text(q, 11),
                                      .reason = text(q, 12),
                                      .asked = sql_col_i64(q, 13),
                                      .state = (enum governance_state)sql_col_i64(q, 14),
                                      .held = text(q, 15),
                                      .decided_by = text(q, 16),
                                      .decided = sql_col_time(q, 17),
                                      .why = text(q, 18),
                                      .tries = (uint32_t)sql_col_i64(q, 19),
                                      .next = sql_col_i64(q, 20),
                                      .started = sql_col_time(q, 21),
                                      .ended = sql_col_time(q, 22),
                                      .before = text(q, 23),
                                      .changed = sql_col_i64(q, 24) != 0,
                                      .undone_by = sql_col_i64(q, 25)};
}

static struct stored_governance kept(struct arena *a, const struct stored_governance *g)
{
    struct stored_governance k = *g;
    struct str *const texts[] = {&k.action, &k.person, &k.name, &k.domain, &k.by, &k.policy, &k.alert, &k.reason, &k.held, &k.decided_by, &k.why, &k.before};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = str_set(*texts[i]) ? str_dup(a, *texts[i]) : STR_NONE;
    return k;
}

/* ---- writing ---- */

int tab_governance_add(struct db *db, const struct stored_governance *g, int64_t *number)
{
    int64_t given = 0;
    struct sql q = sql_open(db, "INSERT INTO governance(action,undo,of,entity,person,name,directory,domain,by,policy,alert,reason,asked,state,held,why,next,ended)"
                                " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?13,CASE WHEN ?14=4 THEN ?13 END) ON CONFLICT DO NOTHING RETURNING number");
    sql_str(&q, g->action);
    sql_i64(&q, g->undo);
    sql_i64(&q, g->of);
    sql_i64(&q, g->entity);
    sql_str(&q, g->person);
    sql_str(&q, g->name);
    sql_i64(&q, g->directory);
    sql_str(&q, g->domain);
    sql_str(&q, g->by);
    sql_str(&q, g->policy);
    sql_str(&q, g->alert);
    sql_str(&q, g->reason);
    sql_i64(&q, g->asked);
    sql_i64(&q, g->state);
    sql_str(&q, g->held);
    sql_str(&q, g->why);
    while (sql_row(&q)) /* to the end: RETURNING commits there */
        given = sql_col_i64(&q, 0);
    int err = sql_close(&q);
    if (!err)
        *number = given;
    return err;
}

/* Runs a statement that concerns one row. */
static int close_one(struct sql *q)
{
    uint64_t n = 0;
    int err = sql_close_changes(q, &n);
    return err ? err : n ? 0 : ERR_NOT_FOUND;
}

/* What every step after the first knows. */
static void bind_who(struct sql *q, const struct stored_governance *g)
{
    sql_str(q, g->person);
    sql_str(q, g->name);
    sql_i64(q, g->directory);
    sql_str(q, g->domain);
    sql_i64(q, g->number);
}

int tab_governance_start(struct db *db, const struct stored_governance *g, int64_t now)
{
    struct sql q = sql_open(db, "UPDATE governance SET state=2, started=?6, tries=tries+1, person=?1, name=?2, directory=?3, domain=?4 WHERE number=?5"
                                " AND state IN " STATES_PENDING);
    bind_who(&q, g);
    sql_i64(&q, now);
    return close_one(&q);
}

int tab_governance_look(struct db *db, int64_t number, struct str before)
{
    struct sql q = sql_open(db, "UPDATE governance SET before=? WHERE number=?");
    sql_str(&q, before);
    sql_i64(&q, number);
    return close_one(&q);
}

int tab_governance_end(struct db *db, const struct stored_governance *g, struct str why, bool changed, int64_t now)
{
    struct sql q = sql_open(db, "UPDATE governance SET state=CASE WHEN ?1 IS NULL THEN 3 ELSE 4 END, why=?1, changed=?2, ended=?3 WHERE number=?4 AND state=2");
    sql_str(&q, why);
    sql_i64(&q, changed);
    sql_i64(&q, now);
    sql_i64(&q, g->number);
    int err = close_one(&q);
    if (err || str_set(why) || !g->undo)
        return err;
    struct sql first = sql_open(db, "UPDATE governance SET state=5 WHERE number=? AND state=3");
    sql_i64(&first, g->of);
    return sql_close(&first);
}

int tab_governance_later(struct db *db, int64_t number, struct str why, int64_t next)
{
    struct sql q = sql_open(db, "UPDATE governance SET state=1, why=?, next=? WHERE number=? AND state=2");
    sql_str(&q, why);
    sql_i64(&q, next);
    sql_i64(&q, number);
    return close_one(&q);
}

int tab_governance_hold(struct db *db, const struct stored_governance *g)
{
    struct sql q = sql_open(db, "UPDATE governance SET state=0, held=?6, person=?1, name=?2, directory=?3, domain=?4 WHERE number=?5 AND state IN " STATES_PENDING);
    bind_who(&q, g);
    sql_str(&q, g->held);
    return close_one(&q);
}

int tab_governance_decide(struct db *db, int64_t number, enum governance_state to, struct str by, int64_t now)
{
    struct sql q = sql_open(db, "UPDATE governance SET state=?1, decided_by=?2, decided=?3, next=?3, ended=CASE WHEN ?1=6 THEN ?3 END WHERE number=?4 AND state=0");
    sql_i64(&q, to);
    sql_str(&q, by);
    sql_i64(&q, now);
    sql_i64(&q, number);
    return close_one(&q);
}

int tab_governance_retry(struct db *db, int64_t number, struct str by, int64_t now)
{
    struct sql q = sql_open(db, "UPDATE governance SET state=1, decided_by=?, decided=?, next=?, before=NULL, tries=0, ended=NULL WHERE number=? AND state=4 AND entity>0");
    sql_str(&q, by);
    sql_i64(&q, now);
    sql_i64(&q, now);
    sql_i64(&q, number);
    return close_one(&q);
}

int tab_governance_expire(struct db *db, int64_t before, uint64_t *n)
{
    struct sql q = sql_open(db, "DELETE FROM governance WHERE state>2 AND ended<?");
    sql_i64(&q, before);
    return sql_close_changes(&q, n);
}

/* ---- reading ---- */

static int one(struct sql *q, struct arena *a, struct stored_governance *out)
{
    struct stored_governance g = {0};
    bool found = sql_row(q);
    if (found) {
        struct stored_governance row = row_of(q);
        g = kept(a, &row);
    }
    int err = sql_close(q);
    if (!err && found)
        *out = g;
    return err || found ? err : ERR_NOT_FOUND;
}

int tab_governance_get(struct db *db, struct arena *a, int64_t number, struct stored_governance *out)
{
    struct sql q = sql_open(db, SELECT "WHERE number=?");
    sql_i64(&q, number);
    return one(&q, a, out);
}

/* A time to come is one of before the clock was set back, when it has never been tried. */
int tab_governance_due(struct db *db, struct arena *a, int64_t now, struct stored_governance *out)
{
    struct sql q = sql_open(db, SELECT "WHERE state IN " STATES_PENDING " AND (next<=? OR tries=0) ORDER BY next, number LIMIT 1");
    sql_i64(&q, now);
    return one(&q, a, out);
}

static int number_of(struct sql *q, int64_t *out)
{
    int64_t n = sql_row(q) ? sql_col_i64(q, 0) : 0;
    int err = sql_close(q);
    if (!err)
        *out = n;
    return err;
}

int tab_governance_pending(struct db *db, uint32_t entity, struct str action, int64_t *number)
{
    struct sql q = sql_open(db, "SELECT number FROM governance WHERE entity=? AND action=? AND state IN " STATES_PENDING " LIMIT 1");
    sql_i64(&q, entity);
    sql_str(&q, action);
    return number_of(&q, number);
}

int tab_governance_people(struct db *db, int64_t since, uint32_t aside, int64_t *n)
{
    struct sql q = sql_open(db, "SELECT count(DISTINCT entity) FROM governance WHERE policy IS NOT NULL AND asked>=? AND entity<>? AND tries>0 AND state NOT IN (0, 4, 6)");
    sql_i64(&q, since);
    sql_i64(&q, aside);
    return number_of(&q, n);
}

static void among(struct where *w, struct arena *a, const uint32_t *numbers, size_t n)
{
    if (!numbers)
        return;
    where_text(w, " AND coalesce((SELECT target FROM entity_aliases a WHERE a.number=entity), entity) IN ");
    where_list(w, a, numbers, n);
}

static void equal(struct where *w, const char *test, struct str value)
{
    if (!str_set(value))
        return;
    where_text(w, test);
    where_str(w, value);
}

static void bound(struct where *w, const char *test, int64_t t)
{
    if (t == TIME_NONE)
        return;
    where_text(w, test);
    where_i64(w, t);
}

static void conditions(struct where *w, struct arena *a, const struct governance_query *g)
{
    where_text(w, "WHERE 1");
    if (g->states) {
        where_text(w, " AND (");
        where_i64(w, g->states);
        where_text(w, ">>state)&1");
    }
    equal(w, " AND action=", g->action);
    equal(w, " AND policy=", g->policy);
    equal(w, " AND alert=", g->alert);
    bound(w, " AND asked>=", g->since);
    bound(w, " AND asked<", g->until);
    among(w, a, g->numbers, g->nnumbers);
    among(w, a, g->people, g->npeople);
    if (str_set(g->text))
        where_words(w, "name||' '||coalesce(by,'')||' '||coalesce(reason,'')", g->text);
}

static int count(struct db *db, struct arena *a, const struct governance_query *g, uint64_t *total)
{
    struct where w = {0};
    int64_t n = 0;
    where_text(&w, "SELECT count(*) FROM governance ");
    conditions(&w, a, g);
    struct sql q = where_open(&w, db);
    int err = number_of(&q, &n);
    where_free(&w);
    if (!err)
        *total = (uint64_t)n;
    return err;
}

int tab_governance_query(struct db *db, const struct governance_query *g, int (*each)(void *owner, const struct stored_governance *g), void *owner,
                         uint64_t *total)
{
    struct arena a;
    struct where w = {0};
    int stop = 0;
    arena_init(&a, 16384, 64 << 20);
    int err = total ? count(db, &a, g, total) : 0;
    where_text(&w, SELECT);
    conditions(&w, &a, g);
    where_text(&w, g->ascending ? " ORDER BY number LIMIT " : " ORDER BY number DESC LIMIT ");
    where_i64(&w, g->limit);
    where_text(&w, " OFFSET ");
    where_i64(&w, g->skip);
    struct sql q = where_open(&w, db);
    while (!err && !stop && sql_row(&q)) {
        struct stored_governance row = row_of(&q);
        stop = each(owner, &row);
    }
    int closed = sql_close(&q);
    where_free(&w);
    arena_free(&a);
    return err ? err : stop ? stop : closed;
}
