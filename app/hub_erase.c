/* app/hub_erase.c - an administrator had somebody's personal data deleted: log, directory, tables, in steps that can be repeated.
 *
 * The ingest's thread notes who is meant (asked -> begun), deletes the activities, has the directory learned again without the
 * person and cleans the tables (begun -> forgotten). Judges that knew the person stop at that; when new ones have seen the log,
 * the fold's thread cleans what the old ones wrote in their last moment and closes the request (forgotten -> done). A kill
 * leaves a state from which the same steps are taken again. */
#include "app/hub_private.h"

#include "app/erase_alerts.h"
#include "app/hub_erased.h"
#include "app/redact.h"
#include "base/jin.h"
#include "store/tab_audit.h"
#include "store/tab_entities.h"
#include "store/tab_erasures.h"
#include "store/tab_exports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PEOPLE = 16 };

/* Requests in one state, texts in the arena. */
struct requests {
    struct arena arena;
    struct stored_erasure all[PEOPLE];
    struct erase_person who[PEOPLE]; /* once they have begun */
    size_t n;
};

static int take(void *owner, const struct stored_erasure *e)
{
    struct requests *r = owner;
    if (r->n == PEOPLE)
        return 1; /* the others have their turn after these */
    struct stored_erasure *x = &r->all[r->n++];
    *x = *e;
    x->entity = str_dup(&r->arena, e->entity);
    x->by = str_dup(&r->arena, e->by);
    x->names = str_dup(&r->arena, e->names);
    x->numbers = str_dup(&r->arena, e->numbers);
    return 0;
}

static int requests_in(struct hub *h, enum erasure_state state, struct requests **out)
{
    struct requests *r = calloc(1, sizeof *r);
    if (!r)
        return ERR_MEMORY;
    arena_init(&r->arena, 16384, 64 << 20);
    int err = tab_erasures_each(h->db, state, state, take, r);
    *out = r;
    return err < 0 ? err : 0;
}

static void requests_end(struct requests *r)
{
    if (!r)
        return;
    arena_free(&r->arena);
    free(r);
}

/* ---- asked -> begun: who is meant ---- */

static int by_number(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

static int count_activities(struct hub *h, const uint32_t *numbers, size_t n, uint64_t *count)
{
    bool beyond;
    const struct actlog_view of = {.cloud = true, .joined = UINT64_MAX, .people = numbers, .npeople = n};
    return n ? actlog_count(h->log, NULL, &of, UINT64_MAX, count, &beyond) : 0;
}

static struct str write_names(struct arena *a, const struct entity *e, struct str asked)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    struct str names[REDACT_NAMES];
    size_t n = redact_names(e, names);
    jout_arr(&j);
    for (size_t i = 0; i < n; i++)
        jout_str(&j, names[i]);
    if (!str_eq(asked, e->id)) /* by the id of somebody who turned out to be this person */
        jout_str(&j, asked);
    jout_end_arr(&j);
    struct str out = b.failed ? STR_NONE : str_dup(a, buf_view(&b));
    buf_free(&b);
    return out;
}

static struct str write_numbers(struct arena *a, const uint32_t *numbers, size_t n)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    jout_arr(&j);
    for (size_t i = 0; i < n; i++)
        jout_u64(&j, numbers[i]);
    jout_end_arr(&j);
    struct str out = b.failed ? STR_NONE : str_dup(a, buf_view(&b));
    buf_free(&b);
    return out;
}

static int note(struct hub *h, const struct stored_erasure *e, const struct entity *who)
{
    int err = db_begin(h->db);
    if (err)
        return err;
    err = who ? erased_mark(h->db, who) : 0;
    if (!err)
        err = tab_erasures_put(h->db, e);
    return db_end(h->db, err);
}

static int begin(struct hub *h, struct requests *r, struct stored_erasure *e)
{
    struct stored_entity who;
    uint32_t numbers[ERASE_NUMBERS];
    size_t n = 0;
    int err = tab_entities_by_id(h->db, &r->arena, e->entity, &who);
    bool gone = err == ERR_NOT_FOUND;
    if (!err)
        err = tab_entities_numbers(h->db, who.base.number, numbers, ERASE_NUMBERS, &n);
    if (err && !gone)
        return err;
    qsort(numbers, n, sizeof *numbers, by_number);
    e->state = ERASURE_BEGUN;
    e->names = gone ? STR("[]") : write_names(&r->arena, &who.base, e->entity);
    e->numbers = write_numbers(&r->arena, numbers, n);
    if (!str_set(e->names) || !str_set(e->numbers))
        return ERR_MEMORY;
    err = count_activities(h, numbers, n, &e->activities);
    return err ? err : note(h, e, gone ? NULL : &who.base);
}

static int begin_all(struct hub *h)
{
    struct requests *r = NULL;
    int err = requests_in(h, ERASURE_ASKED, &r);
    for (size_t i = 0; !err && i < r->n; i++)
        err = begin(h, r, &r->all[i]);
    requests_end(r);
    return err;
}

/* ---- begun -> forgotten ---- */

static int read_person(struct arena *a, const struct stored_erasure *e, struct erase_person *out)
{
    const struct jnode *names = jin_embedded(a, e->names), *numbers = jin_embedded(a, e->numbers);
    uint64_t number;
    *out = (struct erase_person){.nnumbers = 0};
    if (!names || !numbers)
        return ERR_MALFORMED;
    for (const struct jnode *x = jin_first(names, names); x && out->nnames < ERASE_NAMES; x = jin_next(names, names, x))
        out->names[out->nnames++] = jin_text(x);
    for (const struct jnode *x = jin_first(numbers, numbers); x && out->nnumbers < ERASE_NUMBERS; x = jin_next(numbers, numbers, x))
        if (str_u64(jin_text(x), &number))
            out->numbers[out->nnumbers++] = (uint32_t)number;
    redact_order(out->names, out->nnames);
    return 0;
}

/* The directory that the log teaches now. */
static int learn_again(struct hub *h, const uint32_t *numbers, size_t n)
{
    struct dir_learner *learner;
    int err = hub_learn_log(h, &learner);
    return err ? err : who_forget(h->who, learner, numbers, n);
}

/* What the tables say of the person, in one transaction with the request's new state. */
static int clean(struct hub *h, struct stored_erasure *e, const struct erase_person *who)
{
    uint64_t alerts = 0;
    int err = db_begin(h->db);
    if (err)
        return err;
    err = erase_alerts(h->db, h->log, who, &alerts);
    for (size_t i = 0; !err && i < who->nnumbers; i++)
        err = tab_erasures_entity(h->db, who->numbers[i]);
    e->alerts += alerts;
    if (!err)
        err = tab_erasures_put(h->db, e);
    return db_end(h->db, err);
}

/* Activities that were stored before it was known whose they are: by what the directory says now, they are the person's. */
struct nameless {
    struct requests *r;
    const struct dir *dir;
    struct buf ids;
};

static int look_at_name(void *owner, const struct actlog_row *row)
{
    struct nameless *x = owner;
    struct activity a = row->activity;
    struct object objects[ACTIVITY_OBJECTS];
    if (a.nobjects)
        memcpy(objects, a.objects, a.nobjects * sizeof *objects); /* resolving writes into them */
    a.objects = objects;
    dir_resolve(x->dir, &a);
    for (size_t i = 0; i < x->r->n; i++)
        if (erase_is(&x->r->who[i], a.actor_entity) && !erase_is(&x->r->who[i], row->activity.actor_entity)) {
            buf_add(&x->ids, a.id, sizeof a.id);
            x->r->all[i].activities++;
            break;
        }
    return x->ids.failed ? ERR_MEMORY : 0;
}

static int forget_nameless(struct hub *h, struct requests *r)
{
    const struct actlog_view all = {.cloud = true, .joined = UINT64_MAX};
    struct nameless x = {.r = r};
    uint64_t generation, gone;
    x.dir = who_take(h->who, &generation);
    int err = actlog_scan(h->log, &all, TIME_NONE, look_at_name, &x);
    who_give(h->who, x.dir);
    if (!err)
        err = actlog_forget_ids(h->log, (const uint8_t *)x.ids.p, x.ids.n / 16, &gone);
    buf_free(&x.ids);
    return err;
}

static int forget_activities(struct hub *h, struct requests *r, uint32_t *numbers, size_t *n)
{
    uint64_t gone;
    int err = 0;
    *n = 0;
    for (size_t i = 0; !err && i < r->n; i++) {
        err = read_person(&r->arena, &r->all[i], &r->who[i]);
        for (size_t k = 0; !err && k < r->who[i].nnumbers; k++)
            numbers[(*n)++] = r->who[i].numbers[k];
    }
    if (!err)
        err = forget_nameless(h, r);
    return err ? err : actlog_forget(h->log, numbers, *n, &gone);
}

static int forget(struct hub *h, struct requests *r)
{
    uint32_t numbers[PEOPLE * ERASE_NUMBERS];
    size_t n;
    int err = forget_activities(h, r, numbers, &n);
    if (!err)
        err = tab_exports_withdraw(h->db, hub_now());
    if (err)
        return err;
    atomic_store(&h->exports, true); /* whose files go */
    atomic_fetch_add(&h->erasures, 1); /* before anybody can take the new directory to judges that expect the person in it */
    err = learn_again(h, numbers, n);
    for (size_t i = 0; !err && i < r->n; i++) {
        r->all[i].state = ERASURE_FORGOTTEN;
        err = clean(h, &r->all[i], &r->who[i]);
    }
    atomic_fetch_add(&h->erasures, 1);
    hub_wake(h);
    return err;
}

int hub_erase_asked(struct hub *h)
{
    struct requests *r = NULL;
    int err = begin_all(h);
    if (!err)
        err = requests_in(h, ERASURE_BEGUN, &r);
    bool any = !err && r->n;
    if (any)
        err = tab_erasures_thorough(h->db);
    if (any && !err)
        err = forget(h, r);
    requests_end(r);
    if (!err && any) {
        atomic_store(&h->erase, true); /* more than fit at once */
        err = tab_erasures_scrub(h->db);
    }
    return err;
}

/* ---- forgotten -> done ---- */

static int highest(void *owner, const struct stored_erasure *e)
{
    int64_t *upto = owner;
    *upto = e->number;
    return 0;
}

int hub_erase_forgotten(struct hub *h, int64_t *upto)
{
    *upto = 0;
    return tab_erasures_each(h->db, ERASURE_FORGOTTEN, ERASURE_FORGOTTEN, highest, upto);
}

/* The id is all that is told of who it was. */
static int audit(struct hub *h, const struct stored_erasure *e)
{
    char text[96];
    (void)snprintf(text, sizeof text, "{\"activities\":%llu,\"alerts\":%llu}", (unsigned long long)e->activities, (unsigned long long)e->alerts);
    return tab_audit_add(
        h->db, &(struct audit_row){.time = e->done, .by = e->by, .what = STR("personal data deleted"), .object = e->entity, .after = str_of(text)});
}

static int finish(struct hub *h, struct requests *r, struct stored_erasure *e)
{
    struct erase_person who;
    int err = read_person(&r->arena, e, &who);
    e->state = ERASURE_DONE;
    e->done = hub_now();
    e->names = e->numbers = STR_NONE;
    if (!err)
        err = clean(h, e, &who);
    return err ? err : audit(h, e);
}

int hub_erase_finish(struct hub *h, int64_t upto)
{
    struct requests *r = NULL;
    if (!upto)
        return 0;
    int err = requests_in(h, ERASURE_FORGOTTEN, &r);
    if (!err)
        err = tab_erasures_thorough(h->db);
    for (size_t i = 0; !err && i < r->n; i++)
        if (r->all[i].number <= upto)
            err = finish(h, r, &r->all[i]);
    requests_end(r);
    return err ? err : tab_erasures_scrub(h->db);
}
