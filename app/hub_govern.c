/* app/hub_govern.c - the thread that does what the governance log has waiting, one after another.
 *
 * A row says what is wanted before anything is done. What is in the directory before the first change is noted in it, too; changes that are
 * made twice are harmless (directory/dir_act.h). So after a kill at any moment the row is simply taken again, and still known is whether the
 * account was so before. A controller that does not answer is asked again: after half a minute, then doubled, for about an hour. */
#include "app/hub_private.h"

#include "app/directory_call.h"
#include "base/jin.h"
#include "policy/govern.h"
#include "store/tab_audit.h"

#include <stdio.h>

enum { EVERY_MS = 1000, ACT_SECONDS = 40, FIRST_SECONDS = 30, SOON_SECONDS = 2, TRIES = 8, UNREACHABLE = 3 };

struct doing {
    struct hub *h;
    struct arena a;
    struct stored_governance g;
    const struct governance_action *act;
    struct stored_directory by;
    bool changed;
};

/* ---- what becomes of the row ---- */

static struct str as_text(struct doing *d, struct str why)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    jout_obj(&j);
    jout_ki64(&j, "number", d->g.number);
    jout_kstr(&j, "action", d->g.action);
    jout_kbool(&j, "revert", d->g.undo);
    jout_kbool(&j, "changed", d->changed);
    if (str_set(d->g.policy)) {
        jout_kstr(&j, "policy", d->g.policy);
        jout_kstr(&j, "alert", d->g.alert);
    }
    if (str_set(why))
        jout_kstr(&j, "why", why);
    jout_end_obj(&j);
    struct str text = b.failed ? STR_NONE : str_dup(&d->a, buf_view(&b));
    buf_free(&b);
    return text;
}

/* In a transaction of the caller. The person's id alone: the audit log keeps for ever what it is told. */
static int note(struct doing *d, const char *what, struct str why)
{
    return tab_audit_add(d->h->db, &(struct audit_row){.time = hub_now(), .by = str_set(d->g.by) ? d->g.by : STR("policy"), .from = STR("governance"),
                                                       .what = str_of(what), .object = d->g.person, .after = as_text(d, why)});
}

/* In a transaction of the caller. */
static int end(struct doing *d, struct str why)
{
    int err = tab_governance_end(d->h->db, &d->g, why, d->changed, hub_now());
    return err ? err : note(d, str_set(why) ? "governance action failed" : "governance action done", why);
}

/* The person's data was deleted meanwhile, and with it the wish. */
static int unless_gone(int err)
{
    return err == ERR_NOT_FOUND ? 0 : err;
}

static int end_alone(struct doing *d, struct str why)
{
    int err = db_begin(d->h->db);
    return err ? err : unless_gone(db_end(d->h->db, end(d, why)));
}

static int later(struct doing *d, struct str why, int64_t first)
{
    int64_t wait = first * TIME_SECOND << (d->g.tries < TRIES ? d->g.tries : TRIES);
    if (d->g.tries + 1 >= TRIES)
        return end_alone(d, why);
    return unless_gone(tab_governance_later(d->h->db, d->g.number, why, hub_now() + wait));
}

static int hold(struct doing *d)
{
    int err = db_begin(d->h->db);
    if (err)
        return err;
    err = tab_governance_hold(d->h->db, &d->g);
    if (!err)
        err = note(d, "governance action waits for approval", d->g.held);
    return unless_gone(db_end(d->h->db, err));
}

/* ---- in the hub's own tables ---- */

static int in_tables(struct doing *d)
{
    int err = db_begin(d->h->db);
    if (err)
        return err;
    err = d->act->hub(d->h->db, &d->g, hub_now(), &d->changed);
    return unless_gone(db_end(d->h->db, err ? err : end(d, STR_NONE)));
}

/* ---- in the directory ---- */

struct seen {
    bool already, guarded;
    struct str value;
};

/* Absent when all went well, else why not; *again: another time it may go. */
static struct str ask(struct doing *d, const struct stored_entity *e, bool look, struct seen *seen, bool *again)
{
    struct directory_call c;
    struct str secret = STR_NONE, why;
    directory_call_open(&c, &d->by, "act", &d->h->stop);
    directory_call_arg(&c, "--object", str_set(e->base.guid) ? e->base.guid : e->base.sid);
    directory_call_arg(&c, "--action", d->g.action);
    if (d->g.undo)
        directory_call_arg(&c, "--undo", STR_NONE);
    if (look)
        directory_call_arg(&c, "--look", STR_NONE);
    if (directory_call_secret(d->h->secrets, d->h->db, &c, &d->by, &secret) != 0 || !str_set(secret)) {
        why = STR("the password or keytab cannot be read: enter it again");
        *again = false;
    } else {
        why = directory_call_run(&c, secret, ACT_SECONDS);
        secret_wipe(secret);
        *again = c.code == UNREACHABLE || c.code < 0;
    }
    const struct jnode *doc = str_set(why) ? NULL : jin_embedded(&d->a, str_dup(&d->a, str_trim(buf_view(&c.out))));
    why = str_set(why) ? str_dup(&d->a, why) : doc ? STR_NONE : STR("the process that acts said nothing");
    if (doc)
        *seen = (struct seen){str_eq(jin_str(doc, doc, "already"), STR("true")), str_eq(jin_str(doc, doc, "guarded"), STR("true")), jin_str(doc, doc, "value")};
    directory_call_close(&c);
    return why;
}

/* The copy of the directory should soon say so, too. */
static int done(struct doing *d)
{
    int err = end_alone(d, STR_NONE);
    if (!err && d->changed)
        (void)tab_directories_want(d->h->db, d->by.number);
    hub_wake(d->h);
    return err;
}

static int in_directory(struct doing *d, const struct stored_entity *e)
{
    struct seen seen = {0};
    bool again = false;
    struct str why = STR_NONE;
    int err = 0;
    if (!str_set(d->g.before)) {
        why = ask(d, e, true, &seen, &again);
        if (!str_set(why) && seen.guarded && govern_by_itself(&d->g)) {
            d->g.held = STR("sensitive");
            return hold(d);
        }
        if (!str_set(why) && !seen.already)
            err = tab_governance_look(d->h->db, d->g.number, seen.value);
    }
    d->changed = !seen.already;
    if (!str_set(why) && !err && !seen.already)
        why = ask(d, e, false, &seen, &again);
    if (err || atomic_load(&d->h->stop)) /* broken off: it is taken again at the next start */
        return err;
    if (!str_set(why))
        return done(d);
    d->changed = false;
    return again ? later(d, why, FIRST_SECONDS) : end_alone(d, why);
}

/* ---- one row ---- */

static int run(struct doing *d, const struct stored_entity *e)
{
    struct govern_refusal no;
    int err = govern_judge(d->h->db, &d->a, &d->g, e, hub_now(), &d->by, &no);
    if (err)
        return err;
    if (!no.code && str_set(d->g.held) && govern_by_itself(&d->g) && !d->g.tries)
        return hold(d);
    err = tab_governance_start(d->h->db, &d->g, hub_now());
    if (err)
        return unless_gone(err);
    if (no.code)
        return end_alone(d, no.text);
    d->act = govern_action(d->g.action);
    return d->act->hub ? in_tables(d) : in_directory(d, e);
}

/* A policy's alert may be told before whom it is about is in a table. */
static int nobody(struct doing *d)
{
    int err = tab_governance_start(d->h->db, &d->g, hub_now());
    if (!err)
        err = later(d, STR("The person is not known."), SOON_SECONDS);
    return unless_gone(err);
}

/* 1 when there was one. */
static int run_due(struct hub *h)
{
    struct doing d = {.h = h};
    struct stored_entity e;
    arena_init(&d.a, 65536, 16 << 20);
    int err = tab_governance_due(h->db, &d.a, hub_now(), &d.g);
    int got = err == ERR_NOT_FOUND ? 0 : err ? err : 1;
    if (got > 0) {
        err = tab_entities_get(h->db, &d.a, d.g.entity, &e);
        err = err == ERR_NOT_FOUND ? nobody(&d) : err ? err : run(&d, &e);
    }
    arena_free(&d.a);
    return got > 0 && err ? err : got;
}

void *hub_govern_run(void *owner)
{
    struct hub *h = owner;
    bool told = false;
    while (!atomic_load(&h->stop)) {
        int got = run_due(h);
        if (got < 0 && !told)
            (void)fprintf(stderr, "vigie: governance: %s; trying again\n", err_text(got));
        told = got < 0;
        if (got <= 0)
            (void)hub_wait(h, EVERY_MS);
    }
    return NULL;
}
