/* tests/store/test_actlog.c - every function of the activity log against a plain list of what was put into it. */
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
        app = app || v->apps[i] == actlog_app(a->app);
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(random_filters, fresh, done)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
