/* app/hub_judges.c - engine, score and what is seen of each entity, over one directory of the moment. */
#include "app/hub_judges.h"

#include "app/hub_counted.h"
#include "app/hub_erased.h"
#include "app/hub_ranges.h"
#include "app/redact.h"
#include "base/hash.h"
#include "detect/engine.h"
#include "model/app.h"
#include "policy/cef_in.h"
#include "policy/policy_set.h"
#include "policy/suppress.h"
#include "posture/posture.h"
#include "score/score.h"
#include "store/tab_entities.h"
#include "store/tab_findings.h"
#include "store/tab_resets.h"
#include "store/tab_subnets.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_APPS = 64, KEEP_DAYS = 35, POSTURE_SECONDS = 30, COUNTED_DAYS = 60 /* what the score asks of alerts, and a month to spare */ };

#define SLACK (5 * TIME_MINUTE) /* out of order by so much is judged at once: forwarders are not that exact */

/* Of one entity: when it was active, where, and what was written of it last. */
struct seen {
    int64_t first, last;
    uint64_t apps;     /* bit per app of the table below */
    uint64_t written;  /* fingerprint of its row */
};

struct judges {
    struct hub *h;
    const struct dir *dir;
    uint64_t generation, resolved; /* of the directory; when received alerts were last looked up in it */
    bool identity; /* on-premises detections run, and received alerts of that shore count */
    struct engine *engine;
    struct score *score;
    struct policy_set *policies;
    struct ranges *ranges;
    struct posture *posture; /* NULL: identity protection is not connected */
    int64_t assessed;        /* when its findings were written last; TIME_NONE: not yet */
    struct seen *seen; /* by entity number */
    uint32_t nseen;
    struct str apps[MAX_APPS];
    unsigned napps;
    struct arena names;
    struct erased *erased;
    int64_t newest;
    uint64_t fed, published; /* activities */
    bool changed;
    bool parted; /* two entities turned out to be one, or one to be another kind: what was judged before is to be folded again */
};

/* ---- opening ---- */

/* Room for every entity of the directory. */
static int make_room(struct judges *j)
{
    uint32_t n = dir_count(j->dir) + 1;
    if (n <= j->nseen)
        return 0;
    struct seen *grown = realloc(j->seen, n * sizeof *grown);
    if (!grown)
        return ERR_MEMORY;
    for (uint32_t i = j->nseen; i < n; i++)
        grown[i] = (struct seen){TIME_NONE, TIME_NONE, 0, 0};
    j->seen = grown;
    j->nseen = n;
    return 0;
}

static int forget(void *owner, const struct stored_reset *r)
{
    struct judges *j = owner;
    return score_forget(j->score, r->entity, r->before);
}

int judges_open(struct hub *h, bool identity, struct judges **out)
{
    struct judges *j = calloc(1, sizeof *j);
    if (!j)
        return ERR_MEMORY;
    j->h = h;
    j->identity = identity;
    j->newest = j->assessed = TIME_NONE;
    j->changed = true;
    arena_init(&j->names, 65536, 64 << 20);
    j->dir = who_take(h->who, &j->generation);
    int err = make_room(j);
    if (!err)
        err = hub_policies_engine(h, identity, j->dir, &j->names, &j->engine);
    if (!err)
        err = score_open(&j->score, j->dir, &(struct score_options){.keep_days = KEEP_DAYS});
    if (!err)
        err = tab_resets_each(h->db, forget, j);
    if (!err)
        err = erased_open(h->db, &j->erased);
    if (!err && identity)
        err = posture_open(j->dir, &j->posture);
    if (!err)
        err = ranges_open(h->db, &j->ranges);
    if (!err)
        err = judges_new_policies(j, NULL);
    if (err) {
        judges_close(j);
        return err;
    }
    *out = j;
    return 0;
}

void judges_close(struct judges *j)
{
    if (!j)
        return;
    policy_set_close(j->policies);
    posture_close(j->posture);
    ranges_close(j->ranges);
    score_close(j->score);
    engine_close(j->engine);
    if (j->dir)
        who_give(j->h->who, j->dir);
    erased_close(j->erased);
    arena_free(&j->names);
    free(j->seen);
    free(j);
}

/* ---- feeding ---- */

static bool in_list(uint32_t n, const uint32_t *list, size_t len)
{
    size_t low = 0, high = len;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (list[mid] < n)
            low = mid + 1;
        else
            high = mid;
    }
    return low < len && list[low] == n;
}

bool judges_visible(const struct actlog_view *v, const struct actlog_row *row)
{
    bool shore = kind_shore(row->activity.kind) == SHORE_CLOUD ? v->cloud : row->number <= v->joined;
    return shore && (!v->people || in_list(row->activity.actor_entity, v->people, v->npeople));
}

static uint64_t app_bit(struct judges *j, struct str app)
{
    unsigned i = 0;
    while (i < j->napps && !str_eq(j->apps[i], app))
        i++;
    if (i == j->napps && i < MAX_APPS)
        j->apps[j->napps++] = str_dup(&j->names, app);
    return i < MAX_APPS ? UINT64_C(1) << i : 0;
}

static void saw(struct judges *j, uint32_t entity, int64_t time, uint64_t app)
{
    if (!entity || entity >= j->nseen)
        return;
    struct seen *s = &j->seen[entity];
    if (s->first == TIME_NONE || time < s->first)
        s->first = time;
    if (s->last == TIME_NONE || time > s->last)
        s->last = time;
    s->apps |= app;
}

void judges_fold(struct judges *j, struct activity *a)
{
    dir_resolve(j->dir, a);
    if (ip_set(&a->ip))
        a->location.tags |= ranges_tags(j->ranges, &a->ip);
    uint64_t app = app_bit(j, a->app);
    saw(j, a->actor_entity, a->time, app);
    saw(j, a->device_entity, a->time, app);
    saw(j, a->destination_entity, a->time, app);
    engine_see(j->engine, a);
    score_see(j->score, a);
    if (j->posture)
        posture_see(j->posture, a);
    if (j->newest == TIME_NONE || a->time > j->newest)
        j->newest = a->time;
    j->fed++;
}

bool judges_see(struct judges *j, struct activity *a)
{
    if (j->newest != TIME_NONE && a->time < j->newest - SLACK)
        return false;
    judges_fold(j, a);
    return true;
}

/* ---- activity policies ---- */

int judges_new_policies(struct judges *j, struct judges *from)
{
    const struct filter_sources sources = {.db = j->h->db, .networks = tab_subnets_networks, .owner = j->h->db};
    struct policy_set *set;
    unsigned broken;
    int err = policy_set_open(&sources, hub_now(), &set, &broken);
    if (err)
        return err;
    policy_set_adopt(set, from ? from->policies : NULL);
    policy_set_close(j->policies);
    j->policies = set;
    return 0;
}

static int matched(void *owner, struct str policy, const struct actlog_row *row)
{
    struct judges *j = owner;
    return tab_policies_matched(j->h->db, policy, row->activity.id, row->activity.time);
}

static int raise_alert(void *owner, const struct stored_alert *a, const uint32_t *users, size_t nusers, const struct stored_evidence *e, size_t ne)
{
    struct judges *j = owner;
    bool fresh;
    int err = db_begin(j->h->db);
    if (err)
        return err;
    err = tab_alerts_put(j->h->db, a, users, nusers, e, ne, &fresh);
    if (!err && fresh)
        err = suppress_or_notify(j->h->db, a, users, nusers, hub_now());
    return db_end(j->h->db, err);
}

int judges_policies(struct judges *j, const struct actlog_row *row)
{
    const struct policy_sink sink = {j, matched, raise_alert};
    return policies_see(j->policies, row, &sink);
}

/* Somebody is another than what was judged so far took him for: a controller, sensitive, a replicator ... */
static bool sees_otherwise(const struct dir *old, const struct dir *now)
{
    uint32_t n = dir_count(old) < dir_count(now) ? dir_count(old) : dir_count(now);
    for (uint32_t i = 1; i <= n; i++) {
        const struct entity *a = dir_entity(old, i), *b = dir_entity(now, i);
        if (a && b && a->number == b->number && a->flags != b->flags)
            return true;
    }
    return false;
}

int judges_directory(struct judges *j)
{
    uint64_t generation;
    const struct dir *d = who_take(j->h->who, &generation);
    if (generation == j->generation) {
        who_give(j->h->who, d);
        return 0;
    }
    bool changed = sees_otherwise(j->dir, d);
    int err = engine_directory(j->engine, d);
    if (!err)
        err = score_directory(j->score, d);
    who_give(j->h->who, err ? d : j->dir);
    if (err)
        return err;
    const struct dir_alias *merged;
    j->parted |= dir_merged(d, &merged) > 0 || changed;
    if (j->posture)
        posture_directory(j->posture, d);
    j->dir = d;
    j->generation = generation;
    j->changed = true;
    return make_room(j);
}

void judges_told(struct judges *j)
{
    j->changed = true;
}

bool judges_stale(const struct judges *j)
{
    return j->parted;
}

int64_t judges_newest(const struct judges *j)
{
    return j->newest;
}

/* ---- publishing ---- */

/* The hub's clock is the wall's while activities arrive; over old logs it stands at the newest of them. */
static int64_t moment(const struct judges *j)
{
    int64_t now = hub_now();
    return j->newest == TIME_NONE || now - j->newest < TIME_DAY ? now : j->newest + 1;
}

/* Deleted, and has not acted since: neither listed nor named. */
static bool hides(const struct judges *j, uint32_t number)
{
    const struct entity *e = dir_entity(j->dir, number);
    return e && j->seen[e->number].last == TIME_NONE && erased_has(j->erased, e);
}

static void leave_out(const struct judges *j, struct arena *a, struct alert *al, uint32_t number)
{
    struct str names[REDACT_NAMES];
    size_t n = redact_names(dir_entity(j->dir, number), names);
    struct endpoint *ends[] = {&al->source, &al->destination};
    al->description = redact(a, al->description, names, n);
    for (size_t i = 0; i < 2; i++)
        if (ends[i]->entity == number)
            *ends[i] = (struct endpoint){.ip = ends[i]->ip};
}

/* The alert without who is hidden; false when it is about nobody else. */
static bool without_hidden(const struct judges *j, struct arena *a, const struct alert *al, struct alert *out)
{
    unsigned n = 0;
    *out = *al;
    for (unsigned i = 0; i < al->nusers; i++)
        if (hides(j, al->users[i]))
            leave_out(j, a, out, al->users[i]);
        else
            out->users[n++] = al->users[i];
    out->nusers = n;
    out->headless = n && out->users[0] != al->users[0];
    return n || !al->nusers || al->naccounts;
}

static int put_alert(void *owner, const struct alert *al)
{
    struct judges *j = owner;
    struct arena a;
    struct alert shown;
    bool fresh;
    arena_init(&a, 4096, 1 << 20);
    int err = without_hidden(j, &a, al, &shown) ? hub_alerts_put(j->h, j->dir, &shown, &fresh) : 0;
    arena_free(&a);
    return err;
}

static int publish_alerts(struct judges *j)
{
    int err = db_begin(j->h->db);
    if (err)
        return err;
    err = engine_changed(j->engine, put_alert, j);
    return db_end(j->h->db, err);
}

int judges_withdraw(const struct judges *j, bool identity)
{
    const struct alert *const *alerts;
    size_t n = engine_alerts(j->engine, &alerts);
    return hub_alerts_withdraw(j->h, identity, alerts, n);
}

static struct str write_apps(const struct judges *j, uint64_t bits, struct buf *b)
{
    struct jout o = jout_to(b);
    b->n = 0;
    jout_arr(&o);
    for (unsigned i = 0; i < j->napps; i++)
        if (bits >> i & 1)
            jout_u64(&o, app_number(j->apps[i]));
    jout_end_arr(&o);
    return buf_view(b);
}

static bool is_external(const struct dir *d, const struct entity *e)
{
    struct str address = str_set(e->upn) ? e->upn : e->mail;
    ptrdiff_t at = str_rchr(address, '@');
    return e->type == ENTITY_USER && at > 0 && !dir_own_domain(d, str_from(address, (size_t)at + 1));
}

static uint64_t fingerprint(const struct judges *j, const struct seen *s, const struct person *p)
{
    uint64_t h = hash_mix((uint64_t)s->first, (uint64_t)s->last);
    h = hash_mix(h, s->apps);
    h = hash_mix(h, j->generation);
    for (size_t i = 0; p && i < p->ncontributions; i++)
        h = hash_mix(h, hash_mix((uint64_t)p->contributions[i].points, (uint64_t)p->contributions[i].time));
    if (p)
        h = hash_mix(h, hash_mix((uint64_t)p->score, (uint64_t)(p->percentile * 100)));
    return h ? h : 1;
}

static int put_receipt(struct judges *j, const struct person *p)
{
    static const char *const kinds[] = {[CONTRIBUTION_ALERT] = "alert", [CONTRIBUTION_ACTIVITY] = "activity", [CONTRIBUTION_DAY] = "day"};
    struct stored_contribution *c = calloc(p->ncontributions + 1, sizeof *c);
    if (!c)
        return ERR_MEMORY;
    for (size_t i = 0; i < p->ncontributions; i++) {
        const struct contribution *x = &p->contributions[i];
        c[i] = (struct stored_contribution){.entity = p->entity, .points = x->points, .time = x->time, .counted = x->counted, .kind = str_of(kinds[x->kind]),
                                            .ref = str_of(x->ref), .group = x->group, .value = x->value, .text = x->text, .p = x->p};
    }
    int err = tab_entities_receipt(j->h->db, p->entity, c, p->ncontributions);
    free(c);
    return err;
}

static int put_entity(struct judges *j, const struct entity *e, const struct person *p, struct buf *apps)
{
    struct seen *s = &j->seen[e->number];
    uint64_t print = fingerprint(j, s, p);
    if (print == s->written)
        return 0;
    if (hides(j, e->number)) {
        s->written = print;
        return 0;
    }
    struct stored_entity out = {.base = *e, .first_seen = s->first, .last_seen = s->last, .apps = write_apps(j, s->apps, apps),
                                .external = is_external(j->dir, e), .admin = (e->flags & ENTITY_SENSITIVE) != 0, .scored = p != NULL};
    if (p) {
        out.score = p->score;
        out.percentile = p->percentile;
        out.baseline_days = p->baseline_days;
        out.baseline_events = p->baseline_events;
        memcpy(out.days, p->days, sizeof out.days);
    }
    int err = tab_entities_put(j->h->db, &out);
    if (!err && p)
        err = put_receipt(j, p);
    if (!err)
        s->written = print;
    return err;
}

static int publish_people(struct judges *j)
{
    const struct alert *const *alerts;
    struct score_result r;
    struct counted c;
    struct buf apps = {0};
    size_t n = engine_alerts(j->engine, &alerts);
    int64_t now = moment(j);
    int err = counted_gather(j->h->db, alerts, n, j->identity, now - COUNTED_DAYS * TIME_DAY, &c);
    if (!err)
        err = score_now(j->score, c.all, c.n, now, &r);
    const struct person **of = err ? NULL : calloc((size_t)dir_count(j->dir) + 1, sizeof(*of));
    if (!err && !of)
        err = ERR_MEMORY;
    for (size_t i = 0; !err && i < r.npeople; i++)
        of[r.people[i].entity] = &r.people[i];
    if (!err)
        err = db_begin(j->h->db);
    if (!err) {
        for (uint32_t i = 1; !err && i <= dir_count(j->dir); i++) {
            const struct entity *e = dir_entity(j->dir, i);
            if (e && e->number == i)
                err = put_entity(j, e, of[i], &apps);
        }
        err = db_end(j->h->db, err);
    }
    buf_free(&apps);
    counted_free(&c);
    free(of);
    return err;
}

/* Who is known by now may be whom a received alert named. */
static int resolve_received(struct judges *j)
{
    if (j->resolved == j->generation)
        return 0;
    int err = db_begin(j->h->db);
    if (!err)
        err = db_end(j->h->db, cef_in_resolve(j->h->db, moment(j) - COUNTED_DAYS * TIME_DAY));
    if (!err)
        j->resolved = j->generation;
    return err;
}

/* ---- posture ---- */

static int put_finding(void *owner, const struct finding *f)
{
    struct judges *j = owner;
    if (hides(j, f->entity))
        return 0;
    struct stored_finding out = {.assessment = str_of(f->assessment->id), .entity = f->entity, .count = f->count, .last = f->last, .text = f->text.in[ENGLISH], .french = f->text.in[FRENCH],
                                 .exposure = f->exposure};
    memcpy(out.activity, f->activity, sizeof out.activity);
    return tab_findings_put(j->h->db, &out);
}

static int put_findings(struct judges *j, int64_t now)
{
    int err = tab_findings_clear(j->h->db);
    if (err || !j->posture)
        return err;
    err = posture_findings(j->posture, now, put_finding, j);
    for (const struct assessment *const *a = assessments; !err && *a; a++)
        err = tab_findings_state(j->h->db, str_of((*a)->id), posture_known(j->posture, *a), now, time_day(now));
    return err;
}

/* Without the link there are none: what was found goes with the first publishing. */
static int publish_posture(struct judges *j)
{
    int64_t clock = hub_now();
    if (j->assessed != TIME_NONE && (!j->posture || clock - j->assessed < POSTURE_SECONDS * TIME_SECOND))
        return 0;
    int err = db_begin(j->h->db);
    if (!err)
        err = db_end(j->h->db, put_findings(j, moment(j)));
    if (!err)
        j->assessed = clock;
    return err;
}

int judges_publish(struct judges *j)
{
    if (j->fed == j->published && !j->changed)
        return 0;
    int64_t now = moment(j);
    engine_tick(j->engine, now);
    int err = publish_alerts(j);
    if (!err)
        err = resolve_received(j);
    if (!err)
        err = publish_people(j);
    if (!err)
        err = publish_posture(j);
    if (!err)
        (void)engine_forget(j->engine, now - KEEP_DAYS * TIME_DAY);
    if (!err) {
        j->published = j->fed;
        j->changed = false;
    }
    return err;
}

/* ---- what is not seen ---- */

static void open_row(struct jout *out, const struct detector *d, enum language language)
{
    char key[32];
    jout_obj(out);
    jout_kstr(out, "policy", detector_key(d, key));
    jout_kz(out, "name", language == FRENCH ? d->french.name : d->name);
}

void judges_blind(const struct judges *j, enum language language, struct jout *out)
{
    const struct detector *d;
    const char *missing;
    jout_arr(out);
    for (size_t i = 0; engine_blind(j->engine, i, &d, &missing); i++) {
        open_row(out, d, language);
        jout_kz(out, "missing", language == FRENCH ? d->french.blind : missing);
        jout_end_obj(out);
    }
    jout_end_arr(out);
}

void judges_learning(const struct judges *j, enum language language, struct jout *out)
{
    const struct detector *d;
    double days;
    jout_arr(out);
    for (size_t i = 0; engine_learning(j->engine, i, &d, &days); i++) {
        open_row(out, d, language);
        jout_knum(out, "daysLeft", days);
        jout_end_obj(out);
    }
    jout_end_arr(out);
}
