/* tests/api/test_workers.c - lanes of workers, deadlines of connections, and the tree of routes. */
#include "api/patience.h"
#include "api/pool.h"
#include "api/route.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- pool ---- */

static atomic_int opened, closed, ran;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void *open_context(void *owner)
{
    (void)atomic_fetch_add(&opened, 1);
    return owner;
}

static void run_job(void *context, void *job)
{
    (void)pthread_mutex_lock(&gate);
    (void)atomic_fetch_add(&ran, *(int *)job);
    (void)pthread_mutex_unlock(&gate);
    assert_ptr_equal(context, &opened);
}

static void close_context(void *context)
{
    (void)context;
    (void)atomic_fetch_add(&closed, 1);
}

static void lanes(void **state)
{
    static int one = 1;
    struct pool *p;
    const struct pool_work work = {open_context, run_job, close_context, &opened};
    int taken = 0;
    (void)state;
    assert_int_equal(pool_open(&p, 3, 10, &work), 0);
    (void)pthread_mutex_lock(&gate); /* nobody gets on */
    for (int i = 0; i < 100; i++)
        taken += pool_add(p, &one);
    assert_in_range(taken, 10, 13); /* the queue, and what the threads already hold */
    (void)pthread_mutex_unlock(&gate);
    pool_drain(p);
    assert_int_equal(atomic_load(&ran), taken); /* nothing that was taken is lost */
    assert_int_equal(atomic_load(&opened), 3);
    assert_int_equal(atomic_load(&closed), 3);
    assert_false(pool_add(p, &one));
    pool_close(p);
}

/* ---- patience ---- */

static bool ended(int fd, int ms)
{
    char c;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, ms) == 1 && read(fd, &c, 1) == 0;
}

static void deadlines(void **state)
{
    struct patience *p;
    struct patience_entry *e[4];
    int fds[4][2];
    (void)state;
    assert_int_equal(patience_open(&p), 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds[i]), 0);
        e[i] = patience_add(p, fds[i][0], i == 0 ? 200 : 60000);
        assert_non_null(e[i]);
    }
    patience_set(p, e[1], 0);   /* our turn: as long as it takes */
    patience_set(p, e[2], 700);
    assert_true(ended(fds[0][1], 3000));
    assert_false(ended(fds[3][1], 0));
    assert_true(ended(fds[2][1], 3000));
    assert_false(ended(fds[1][1], 100));
    patience_set(p, e[1], 1);
    patience_drop(p, e[3]);
    assert_true(ended(fds[1][1], 3000));
    assert_false(ended(fds[3][1], 0)); /* dropped: left alone */
    for (int i = 0; i < 3; i++)
        patience_drop(p, e[i]);
    for (int i = 0; i < 4; i++) {
        (void)close(fds[i][0]);
        (void)close(fds[i][1]);
    }
    patience_close(p);
}

/* ---- routes ---- */

static int nothing(struct api_request *q, struct api_response *r)
{
    (void)q;
    (void)r;
    return 0;
}

static void same_route_twice(void **state)
{
    static const struct api_route first[] = {{.method = API_GET, .pattern = "api/v1/{a}/x", .handler = nothing}, {.pattern = NULL}};
    static const struct api_route other[] = {{.method = API_POST, .pattern = "api/v1/{b}/x", .handler = nothing}, {.pattern = NULL}};
    static const struct api_route twin[] = {{.method = API_GET, .pattern = "api/v1/{b}/x", .handler = nothing}, {.pattern = NULL}};
    static const struct api_routes a = {first}, b = {other}, c = {twin};
    const struct api_routes *const fine[] = {&a, &b, NULL}, *const twice[] = {&a, &c, NULL};
    struct route_tree *t;
    const char *bad = NULL;
    (void)state;
    assert_int_equal(route_tree_open(&t, fine, &bad), 0);
    route_tree_close(t);
    assert_int_equal(route_tree_open(&t, twice, &bad), ERR_USAGE);
    assert_string_equal(bad, "api/v1/{b}/x");
}

static void all_routes_fit(void **state)
{
    struct route_tree *t;
    const char *bad = "";
    (void)state;
    assert_int_equal(route_tree_open(&t, api_routes, &bad), 0);
    route_tree_close(t);
    for (size_t i = 0; api_routes[i]; i++) {
        for (const struct api_route *r = api_routes[i]->routes; r->pattern; r++) {
            assert_true(r->handler && r->about && r->about[0]);
            assert_true(r->right < RIGHT_COUNT && r->method < API_METHODS);
        }
    }
}

static void paths(void **state)
{
    static const char *const same[] = {"/api/v1/alerts/17", "/cas/api/v1/alerts/17/", "/api/alerts/17", "/v1/alerts/17", "/cas/v1/alerts//17//", "/cas/api/alerts/%31%37"};
    struct arena a;
    struct route_path p;
    (void)state;
    arena_init(&a, 4096, 1u << 20);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_int_equal(route_path_of(&a, str_of(same[i]), &p), 0);
        assert_true(str_eq(p.joined, STR("api/v1/alerts/17")) && str_eq(p.rest, STR("alerts/17")));
    }
    assert_int_equal(route_path_of(&a, STR("/api/vigie/v1/session"), &p), 0);
    assert_true(str_eq(p.rest, STR("session")));
    assert_int_equal(route_path_of(&a, STR("/cas/constants.js"), &p), 0);
    assert_true(str_eq(p.rest, STR("cas/constants.js")));
    for (const char *const *root = (const char *const[]){"/", "", "//", "/api", "/api/v1", "/api/vigie/v1/", NULL}; *root; root++)
        assert_int_equal(route_path_of(&a, str_of(*root), &p), 0);
    for (const char *const *bad = (const char *const[]){"/..", "/a/./b", "/%2e%2E/x", "/a%00b", "/a%0ab", "/%", "/a\tb", NULL}; *bad; bad++)
        assert_int_equal(route_path_of(&a, str_of(*bad), &p), ERR_MALFORMED);
    assert_int_equal(route_path_of(&a, STR("/1/2/3/4/5/6/7/8/9/10/11/12"), &p), ERR_LIMIT);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes), cmocka_unit_test(deadlines), cmocka_unit_test(same_route_twice), cmocka_unit_test(all_routes_fit), cmocka_unit_test(paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
