/* tests/store/test_actlog.c - every function of the activity log against a plain list of what was put into it. */
#include "model/app.h"
#include "base/arena.h"
#include "store/actlog.h"
#include "store/actlog_match.h"
#include "tests/support/acts.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { N = 6000 };
#define START (INT64_C(20000) * TIME_DAY)

static char folder[64];

static void drop_folder(void)
{
    char path[600];
    (void)snprintf(path, sizeof path, "%s/activities", folder);
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));) {
        (void)snprintf(path, sizeof path, "%s/activities/%s", folder, e->d_name);
        (void)unlink(path);
    }
    if (d)
        (void)closedir(d);
    (void)snprintf(path, sizeof path, "%s/activities", folder);
    (void)rmdir(path);
    (void)rmdir(folder);
}

static struct actlog *open_log(void)
{
    char why[256];
    struct actlog *l;
    int err = actlog_open(folder, &l, why);
    if (err)
        print_error("%s\n", why);
    assert_int_equal(err, 0);
    return l;
}

static int fresh(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/vigie-actlog-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int done(void **state)
{
    (void)state;
    drop_folder();
    return 0;
}

/* ---- the plain list ---- */

struct plain {
    struct actlog_row row;
    uint8_t *flat;
    struct object objects[4];
    struct fact facts[8];
    bool gone;
};

static struct plain *list;
static uint32_t nlist;

static void keep(const struct activity *a, int64_t created)
{
    static uint8_t flat[ACTIVITY_PACKED_MAX];
    struct plain *p = &list[nlist++];
    int n = activity_pack(a, flat, sizeof flat);
    assert_true(n > 0);
    *p = (struct plain){.flat = malloc((size_t)n)};
    memcpy(p->flat, flat, (size_t)n);
    assert_int_equal(activity_unpack(p->flat, (size_t)n, &p->row.activity, p->objects, p->facts), 0);
    p->row.activity.actor_entity = a->actor_entity;
    p->row.activity.device_entity = a->device_entity;
    p->row.activity.destination_entity = a->destination_entity;
    for (unsigned i = 0; i < a->nobjects; i++)
        p->objects[i].entity = a->objects[i].entity;
    p->row.number = nlist;
    p->row.created = created;
}

static void drop_list(void)
{
    for (uint32_t i = 0; i < nlist; i++)
        free(list[i].flat);
    free(list);
    list = NULL;
    nlist = 0;
}

/* Activities whose times overlap, in several segments and the tail. */
static void fill(struct actlog *l, struct acts *a, uint32_t n, uint32_t a_segment)
{
    list = calloc(n, sizeof *list);
    assert_non_null(list);
    for (uint32_t i = 0; i < n; i++) {
        bool stored;
        int64_t time = START + (int64_t)(i % 700) * TIME_SECOND, created = START + TIME_DAY + (int64_t)(i / 250) * TIME_SECOND;
        struct activity x = acts_make(a, i, time);
        keep(&x, created);
        assert_int_equal(actlog_add(l, &x, created, &stored), 0);
        assert_true(stored);
        if (i % 97 == 0)
            assert_int_equal(actlog_commit(l), 0);
        if (i % a_segment == a_segment - 1 && i < n - n / 10)
            assert_int_equal(actlog_seal(l), 0);
    }
    assert_int_equal(actlog_commit(l), 0);
}

static bool seen(const struct actlog_view *v, const struct plain *p)
{
    const struct activity *a = &p->row.activity;
    bool ok = !p->gone && (!v || (kind_shore(a->kind) == SHORE_CLOUD ? v->cloud : p->row.number <= v->joined));
    bool app = !v || !v->apps, person = !v || !v->people;
    for (size_t i = 0; v && v->apps && i < v->napps; i++)
        app = app || v->apps[i] == app_number(a->app);
    for (size_t i = 0; v && v->people && i < v->npeople; i++)
        person = person || v->people[i] == a->actor_entity;
    return ok && app && person;
}

static bool by_created;

static int64_t sign(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int plain_order(const void *x, const void *y)
{
    const struct plain *a = *(const struct plain *const *)x, *b = *(const struct plain *const *)y;
    if (!by_created)
        return memcmp(a->flat, b->flat, ACTIVITY_KEY_INPUT);
    int64_t d = sign(a->row.created, b->row.created);
    return (int)(d ? d : sign((int64_t)a->row.number, (int64_t)b->row.number));
}

static uint32_t expected(const struct filter *f, const struct actlog_view *v, const struct plain **out)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < nlist; i++)
        if (seen(v, &list[i]) && actlog_matches(f, &list[i].row))
            out[n++] = &list[i];
    qsort(out, n, sizeof *out, plain_order);
    return n;
}

struct got {
    const struct plain **want;
    uint32_t n, at, step; /* step: 1 or -1 as unsigned */
};

static void same(const struct actlog_row *row, const struct plain *p)
{
    static uint8_t flat[ACTIVITY_PACKED_MAX];
    int n = activity_pack(&row->activity, flat, sizeof flat);
    assert_true(n > 0);
    assert_memory_equal(flat, p->flat, (size_t)n);
    assert_int_equal(row->number, p->row.number);
    assert_int_equal(row->created, p->row.created);
    assert_int_equal(row->activity.actor_entity, p->row.activity.actor_entity);
    assert_int_equal(row->activity.device_entity, p->row.activity.device_entity);
    assert_int_equal(row->activity.destination_entity, p->row.activity.destination_entity);
    for (unsigned i = 0; i < row->activity.nobjects; i++)
        assert_int_equal(row->activity.objects[i].entity, p->objects[i].entity);
}

static int check(void *owner, const struct actlog_row *row)
{
    struct got *g = owner;
    assert_true(g->n > 0);
    same(row, g->want[g->at]);
    g->at += g->step;
    g->n--;
    return 0;
}

/* One page, its neighbours and the count agree with the list. */
static void agree(struct actlog *l, struct acts *a, const struct filter *f, const struct actlog_view *v, const struct plain **want)
{
    struct actlog_query q = {.filter = f, .view = v, .by_created = acts_draw(a, 2), .ascending = acts_draw(a, 2), .limit = 1 + acts_draw(a, 60)};
    bool more, beyond;
    uint64_t n;
    by_created = q.by_created;
    uint32_t all = expected(f, v, want);
    q.skip = acts_draw(a, all + 3);
    uint32_t here = q.skip >= all ? 0 : all - q.skip < q.limit ? all - q.skip : q.limit;
    struct got g = {want, here, q.ascending ? q.skip : all - 1 - q.skip, q.ascending ? 1u : UINT32_MAX};
    assert_int_equal(actlog_query(l, &q, check, &g, &more), 0);
    assert_int_equal(g.n, 0);
    assert_int_equal(more, q.skip + here < all);
    assert_int_equal(actlog_count(l, f, v, UINT64_MAX - 1, &n, &beyond), 0);
    assert_int_equal(n, all);
    assert_false(beyond);
}

static void random_filters(void **state)
{
    static struct acts a = {.seed = 7};
    static const uint32_t apps[] = {11161, 20940}, people[] = {0, 3, 4, 5, 11, 29};
    struct actlog *l = open_log();
    (void)state;
    fill(l, &a, N, 800);
    const struct plain **want = calloc(N, sizeof *want);
    unsigned hits = 0, some = 0;
    for (unsigned i = 0; i < 3000; i++) {
        struct actlog_view v = {.cloud = acts_draw(&a, 3), .joined = acts_draw(&a, 2) ? UINT64_MAX : acts_draw(&a, N + 100)};
        if (acts_draw(&a, 6) == 0)
            v.apps = apps, v.napps = acts_draw(&a, 3);
        if (acts_draw(&a, 6) == 0)
            v.people = people, v.npeople = acts_draw(&a, 7);
        struct filter f = acts_filter(&a, START + 300 * TIME_SECOND);
        agree(l, &a, &f, acts_draw(&a, 3) ? &v : NULL, want);
        by_created = false;
        uint32_t n = expected(&f, NULL, want);
        hits += n > 0;
        some += n > 0 && n < N;
    }
    assert_true(hits > 800 && some > 400); /* the filters say something */
    free(want);
    drop_list();
    actlog_close(l);
}

/* ---- everything once ---- */

static void all_there(struct actlog *l, const struct plain **want)
{
    by_created = false;
    uint32_t n = expected(NULL, NULL, want);
    struct got g = {want, n, 0, 1};
    assert_int_equal(actlog_scan(l, NULL, TIME_NONE, check, &g), 0);
    assert_int_equal(g.n, 0);
}

static void figures(struct actlog *l)
{
    struct actlog_figures f;
    struct actlog_figures w = {.first_time = INT64_MAX, .last_time = TIME_NONE};
    for (uint32_t i = 0; i < nlist; i++) {
        const struct activity *a = &list[i].row.activity;
        if (list[i].gone)
            continue;
        w.activities[kind_shore(a->kind)]++;
        w.first_time = a->time < w.first_time ? a->time : w.first_time;
        w.last_time = a->time > w.last_time ? a->time : w.last_time;
    }
    actlog_figures(l, &f);
    assert_int_equal(f.activities[SHORE_ONPREM], w.activities[SHORE_ONPREM]);
    assert_int_equal(f.activities[SHORE_CLOUD], w.activities[SHORE_CLOUD]);
    assert_int_equal(f.first_time, w.first_time);
    assert_int_equal(f.last_time, w.last_time);
    assert_int_equal(f.last, nlist);
    assert_true(f.bytes > 0);
    for (uint32_t upto = 0; upto <= nlist + 1; upto += 97) {
        uint64_t n, want = 0;
        for (uint32_t i = 0; i < nlist && i < upto; i++)
            want += !list[i].gone && kind_shore(list[i].row.activity.kind) == SHORE_ONPREM;
        assert_int_equal(actlog_onprem_upto(l, upto, &n), 0);
        assert_int_equal(n, want);
    }
}

/* Everything that was stored is refused, also after opening again. */
static void again(struct actlog *l, struct acts *seed)
{
    struct acts a = *seed;
    struct actlog_figures before, after;
    actlog_figures(l, &before);
    for (uint32_t i = 0; i < nlist; i++) {
        bool stored = true;
        struct activity x = acts_make(&a, i, START + (int64_t)(i % 700) * TIME_SECOND);
        assert_int_equal(actlog_add(l, &x, 1, &stored), 0);
        assert_false(stored);
    }
    assert_int_equal(actlog_commit(l), 0);
    actlog_figures(l, &after);
    assert_true(after.activities[0] == before.activities[0] && after.activities[1] == before.activities[1] && after.last == before.last);
    assert_true(after.first_time == before.first_time && after.last_time == before.last_time && after.bytes == before.bytes);
    assert_int_equal(after.segments, before.segments);
}

static void get_all(struct actlog *l)
{
    static uint8_t flat[ACTIVITY_PACKED_MAX];
    static struct object objects[ACTIVITY_OBJECTS];
    static struct fact facts[ACTIVITY_FACTS];
    const struct actlog_view cloud = {.cloud = true};
    struct actlog_row row;
    for (uint32_t i = 0; i < nlist; i += 7) {
        const struct activity *a = &list[i].row.activity;
        int err = actlog_get(l, NULL, a->id, flat, objects, facts, &row);
        assert_int_equal(err, list[i].gone ? ERR_NOT_FOUND : 0);
        if (!err)
            same(&row, &list[i]);
        if (!err) {
            int hidden = actlog_get(l, &cloud, a->id, flat, objects, facts, &row);
            assert_int_equal(hidden, kind_shore(a->kind) == SHORE_CLOUD ? 0 : ERR_NOT_FOUND);
        }
    }
    assert_int_equal(actlog_get(l, NULL, (const uint8_t *)"no such activity", flat, objects, facts, &row), ERR_NOT_FOUND);
}

struct arrival {
    uint32_t next, last;
};

static int arrives(void *owner, const struct actlog_row *row)
{
    struct arrival *x = owner;
    while (list[x->next].gone)
        x->next++;
    same(row, &list[x->next++]);
    return row->number == x->last ? 77 : 0;
}

static void arrivals(struct actlog *l)
{
    struct arrival x = {0, 0};
    assert_int_equal(actlog_arrived(l, 0, UINT64_MAX, arrives, &x), 0);
    assert_int_equal(x.next, nlist);
    x = (struct arrival){1000, 0};
    assert_int_equal(actlog_arrived(l, 1000, 1900, arrives, &x), 0);
    assert_int_equal(x.next, 1900);
    x = (struct arrival){500, 600}; /* stopped by the reader */
    assert_int_equal(actlog_arrived(l, 500, 900, arrives, &x), 77);
    assert_int_equal(x.next, 600);
}

static int late(void *owner, const struct actlog_row *row)
{
    uint32_t *n = owner;
    assert_true(row->activity.time >= START + 600 * TIME_SECOND);
    ++*n;
    return 0;
}

static void stored_and_found(void **state)
{
    static struct acts a = {.seed = 3};
    struct acts start = a;
    struct actlog *l = open_log();
    (void)state;
    fill(l, &a, N, 700);
    const struct plain **want = calloc(N, sizeof *want);
    for (int round = 0; round < 3; round++) { /* with a tail, opened again, all sealed */
        all_there(l, want);
        figures(l);
        again(l, &start);
        get_all(l);
        arrivals(l);
        if (round == 1) {
            assert_int_equal(actlog_seal(l), 0);
            assert_int_equal(actlog_seal(l), 0);
        }
        actlog_close(l);
        l = open_log();
    }
    uint32_t n = 0, later = 0;
    for (uint32_t i = 0; i < nlist; i++)
        later += list[i].row.activity.time >= START + 600 * TIME_SECOND;
    assert_int_equal(actlog_scan(l, NULL, START + 600 * TIME_SECOND, late, &n), 0);
    assert_int_equal(n, later);
    free(want);
    drop_list();
    actlog_close(l);
}

/* ---- the commonest ---- */

static void commonest(void **state)
{
    static struct acts a = {.seed = 5};
    struct actlog *l = open_log();
    struct arena texts;
    struct actlog_top top[3], one;
    uint64_t fr = 0, de = 0;
    (void)state;
    fill(l, &a, 2000, 450);
    arena_init(&texts, 65536, 1 << 20);
    for (uint32_t i = 0; i < nlist; i++) {
        fr += str_eqi(list[i].row.activity.location.country, STR("fr"));
        de += str_eqi(list[i].row.activity.location.country, STR("de"));
    }
    struct actlog_column_top columns[] = {{.by = ACTLOG_BY_COUNTRY, .top = top, .room = 3}, {.by = ACTLOG_BY_ACTOR, .top = &one, .room = 1}};
    assert_int_equal(actlog_top(l, NULL, NULL, UINT64_MAX, columns, 2, &texts), 0);
    assert_int_equal(columns[0].n, 3);
    assert_true(columns[0].distinct >= 3 && columns[1].n == 1 && columns[1].distinct > 1); /* two columns of one walk */
    assert_true(str_eqi(top[0].value, STR("fr")));
    assert_int_equal(top[0].n, fr);
    assert_true(top[1].n >= top[2].n && (top[1].n == de || top[2].n == de));
    const struct filter_value who = {.from = 7};
    const struct filter_term term = {.field = FIELD_ACTIVITY_USER, .match = MATCH_EQ, .values = &who, .n = 1};
    struct actlog_column_top actor = {.by = ACTLOG_BY_ACTOR, .top = top, .room = 3}, day = {.by = ACTLOG_BY_DAY, .top = top, .room = 3};
    assert_int_equal(actlog_top(l, &(struct filter){&term, 1}, NULL, UINT64_MAX, &actor, 1, &texts), 0);
    assert_int_equal(actor.n, 1);
    assert_true(str_eq(top[0].value, STR("7")));
    assert_int_equal(actlog_top(l, NULL, NULL, 100, &day, 1, &texts), 0);
    assert_int_equal(day.n, 1);
    assert_int_equal(top[0].n, 100); /* no more than asked for */
    assert_true(str_eq(top[0].value, STR("20000")));
    arena_free(&texts);
    drop_list();
    actlog_close(l);
}

/* ---- gone ---- */

static bool in_files(const char *word)
{
    char command[200];
    (void)snprintf(command, sizeof command, "%s/activities", folder);
    DIR *d = opendir(command);
    bool found = false;
    for (struct dirent *e; d && (e = readdir(d));) {
        char path[600];
        (void)snprintf(path, sizeof path, "%s/activities/%s", folder, e->d_name);
        FILE *f = fopen(path, "rb");
        static char bytes[8 << 20];
        size_t n = f ? fread(bytes, 1, sizeof bytes, f) : 0;
        found = found || memmem(bytes, n, word, strlen(word));
        if (f)
            (void)fclose(f);
    }
    if (d)
        (void)closedir(d);
    return found;
}

static void expired_and_forgotten(void **state)
{
    static struct acts a = {.seed = 9};
    static const uint32_t people[] = {12, 3, 999};
    struct actlog *l = open_log();
    uint64_t n, want_n = 0;
    (void)state;
    fill(l, &a, N, 700);
    const struct plain **want = calloc(N, sizeof *want);
    int64_t before = START + 200 * TIME_SECOND;
    for (uint32_t i = 0; i < nlist; i++) {
        list[i].gone = list[i].row.activity.time < before && list[i].row.created < before;
        want_n += list[i].gone;
    }
    assert_int_equal(actlog_expire(l, before, &n), 0);
    assert_int_equal(n, want_n);
    all_there(l, want);
    figures(l);
    assert_int_equal(actlog_expire(l, before, &n), 0);
    assert_int_equal(n, 0);
    want_n = 0;
    for (uint32_t i = 0; i < nlist; i++)
        if (!list[i].gone && (list[i].row.activity.actor_entity == 12 || list[i].row.activity.actor_entity == 3)) {
            list[i].gone = true;
            want_n++;
        }
    assert_int_equal(actlog_forget(l, people, 3, &n), 0);
    assert_int_equal(n, want_n);
    assert_int_equal(actlog_forget(l, NULL, 0, &n), 0);
    assert_int_equal(n, 0);
    uint8_t ids[1201][16] = {{0}}; /* the last is nobody's */
    uint32_t picked = 0;
    for (uint32_t i = 0; i < nlist && picked < 1200; i += 2)
        if (!list[i].gone) {
            list[i].gone = true;
            memcpy(ids[picked++], list[i].row.activity.id, 16);
        }
    assert_int_equal(picked, 1200);
    assert_int_equal(actlog_forget_ids(l, ids[0], 1201, &n), 0);
    assert_int_equal(n, picked);
    assert_int_equal(actlog_forget_ids(l, ids[0], 1201, &n), 0);
    assert_int_equal(n, 0);
    assert_int_equal(actlog_forget_ids(l, NULL, 0, &n), 0);
    assert_int_equal(n, 0);
    all_there(l, want);
    get_all(l);
    arrivals(l);
    for (int i = 0; i < 60; i++) {
        struct filter f = acts_filter(&a, START + 300 * TIME_SECOND);
        agree(l, &a, &f, NULL, want);
    }
    actlog_close(l);
    l = open_log();
    all_there(l, want);
    figures(l);
    assert_int_equal(actlog_expire(l, INT64_MAX, &n), 0);
    for (uint32_t i = 0; i < nlist; i++)
        list[i].gone = true;
    all_there(l, want);
    actlog_close(l);
    l = open_log();
    struct actlog_figures f;
    actlog_figures(l, &f);
    assert_int_equal(f.segments, 0);
    assert_int_equal(f.first_time, TIME_NONE);
    assert_int_equal(f.last, nlist); /* numbers are never given twice */
    free(want);
    drop_list();
    actlog_close(l);
}

/* What was typed into a record is in no file of the folder any more, be it in the tail or in a segment. */
static void forgotten_on_disk(void **state)
{
    for (int sealed = 0; sealed < 2; sealed++) {
        struct actlog *l = open_log();
        bool stored;
        uint64_t n;
        for (int i = 0; i < 2; i++) {
            struct activity x = {.time = START, .kind = KIND_SIGN_IN, .actor_entity = i ? 5 : 6};
            x.id[0] = (uint8_t)(1 + i + 2 * sealed);
            x.actor.name = i ? STR("zq7secretname") : STR("somebodyelse");
            assert_int_equal(actlog_add(l, &x, START, &stored), 0);
        }
        assert_int_equal(actlog_commit(l), 0);
        if (sealed)
            assert_int_equal(actlog_seal(l), 0);
        assert_true(in_files("zq7secretname"));
        assert_int_equal(actlog_forget(l, &(const uint32_t){5}, 1, &n), 0);
        assert_int_equal(n, 1);
        assert_false(in_files("zq7secretname"));
        assert_true(in_files("somebodyelse"));
        actlog_close(l);
    }
    (void)state;
}

/* ---- pages while more arrives ---- */

struct paging {
    uint8_t *times; /* seen, by number */
    int64_t last;
    uint32_t n;
};

static int turned(void *owner, const struct actlog_row *row)
{
    struct paging *p = owner;
    assert_true(row->activity.time <= p->last);
    p->last = row->activity.time;
    p->times[row->number]++;
    p->n++;
    return 0;
}

static void pages_fit(void **state)
{
    static struct acts a = {.seed = 11};
    struct actlog *l = open_log();
    struct actlog_figures f;
    (void)state;
    fill(l, &a, 3000, 400);
    actlog_figures(l, &f);
    struct paging p = {calloc(8000, 1), INT64_MAX, 0};
    struct actlog_query q = {.limit = 100, .upto = f.last};
    bool more = true;
    uint32_t next = 3000;
    while (more) {
        assert_int_equal(actlog_query(l, &q, turned, &p, &more), 0);
        q.skip += q.limit;
        for (int i = 0; i < 120; i++, next++) {
            bool stored;
            struct activity x = acts_make(&a, next, START + 350 * TIME_SECOND);
            assert_int_equal(actlog_add(l, &x, START, &stored), 0);
        }
        assert_int_equal(actlog_commit(l), 0);
        if (next % 7 == 0)
            assert_int_equal(actlog_seal(l), 0);
    }
    assert_int_equal(p.n, 3000);
    for (uint32_t i = 1; i <= 3000; i++)
        assert_int_equal(p.times[i], 1);
    free(p.times);
    drop_list();
    actlog_close(l);
}

/* ---- many small segments become few ---- */

static void merged(void **state)
{
    static struct acts a = {.seed = 13};
    struct actlog *l = open_log();
    struct actlog_figures f;
    (void)state;
    fill(l, &a, N, 60); /* 90 of them */
    const struct plain **want = calloc(N, sizeof *want);
    for (int i = 0; i < 1000; i++) {
        actlog_figures(l, &f);
        if (f.segments < 32)
            break;
        (void)usleep(10000);
    }
    assert_true(f.segments < 32);
    all_there(l, want);
    get_all(l);
    arrivals(l);
    for (int i = 0; i < 200; i++) {
        struct filter filter = acts_filter(&a, START + 300 * TIME_SECOND);
        agree(l, &a, &filter, NULL, want);
    }
    actlog_close(l);
    l = open_log();
    all_there(l, want);
    free(want);
    drop_list();
    actlog_close(l);
}

/* ---- what is not ours, and what is broken ---- */

static void broken(void **state)
{
    static struct acts a = {.seed = 17};
    char why[256], path[200];
    struct actlog *l = open_log();
    (void)state;
    fill(l, &a, 600, 500);
    actlog_close(l);
    (void)snprintf(path, sizeof path, "%s/activities/00000001.seg", folder);
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    static uint8_t bytes[1 << 20];
    size_t n = fread(bytes, 1, sizeof bytes, f);
    assert_true(n > 1000 && n < sizeof bytes);
    struct actlog_query q = {.limit = 600};
    for (size_t at = 0; at < n; at += n / 200) { /* a wrong byte is an error or harmless, never a crash or a wrong answer */
        uint8_t wrong = (uint8_t)(bytes[at] ^ 0x55);
        assert_int_equal(pwrite(fileno(f), &wrong, 1, (off_t)at), 1);
        if (actlog_open(folder, &l, why) == 0) {
            struct paging p = {calloc(8000, 1), INT64_MAX, 0};
            bool more;
            int err = actlog_query(l, &q, turned, &p, &more);
            assert_true(err < 0 || p.n == 600);
            free(p.times);
            actlog_close(l);
        } else {
            assert_non_null(strstr(why, "00000001.seg"));
        }
        assert_int_equal(pwrite(fileno(f), &bytes[at], 1, (off_t)at), 1);
    }
    assert_int_equal(ftruncate(fileno(f), (off_t)n - 1), 0);
    assert_int_equal(actlog_open(folder, &l, why), ERR_MALFORMED);
    (void)fclose(f);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(actlog_open(folder, &l, why), ERR_IO);
    assert_non_null(strstr(why, "00000001.seg"));
    (void)snprintf(path, sizeof path, "%s/activities/log.db", folder);
    f = fopen(path, "wb");
    assert_non_null(f);
    (void)fputs("this is no database, whatever it is called, and it is long enough to be looked at as one", f);
    (void)fclose(f);
    assert_int_equal(actlog_open(folder, &l, why), ERR_MALFORMED);
    assert_non_null(strstr(why, "log.db"));
    drop_list();
}

static void only_one_program(void **state)
{
    char why[256];
    struct actlog *l = open_log(), *second;
    (void)state;
    assert_int_equal(actlog_open(folder, &second, why), ERR_LIMIT);
    assert_non_null(strstr(why, "another program"));
    actlog_close(l);
    l = open_log();
    actlog_close(l);
}

static void too_large(void **state)
{
    struct actlog *l = open_log();
    static char text[ACTIVITY_PACKED_MAX];
    struct actlog_figures f;
    bool stored = true;
    (void)state;
    memset(text, 'x', sizeof text);
    struct activity x = {.time = START, .kind = KIND_SIGN_IN, .session = {text, sizeof text}};
    assert_int_equal(actlog_add(l, &x, START, &stored), ERR_LIMIT);
    x.session.n = sizeof text - 200;
    assert_int_equal(actlog_add(l, &x, START, &stored), 0);
    assert_int_equal(actlog_seal(l), 0);
    actlog_figures(l, &f);
    assert_int_equal(f.activities[SHORE_CLOUD], 1);
    actlog_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_filters, fresh, done),    cmocka_unit_test_setup_teardown(stored_and_found, fresh, done),
        cmocka_unit_test_setup_teardown(commonest, fresh, done),         cmocka_unit_test_setup_teardown(expired_and_forgotten, fresh, done),
        cmocka_unit_test_setup_teardown(forgotten_on_disk, fresh, done), cmocka_unit_test_setup_teardown(pages_fit, fresh, done),
        cmocka_unit_test_setup_teardown(merged, fresh, done),            cmocka_unit_test_setup_teardown(broken, fresh, done),
        cmocka_unit_test_setup_teardown(too_large, fresh, done),         cmocka_unit_test_setup_teardown(only_one_program, fresh, done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
