/* tests/score/test_peers.c - who resembles whom. */
#include "score/peers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void cosine_by_hand(void **state)
{
    /* features 0 and 1 of users 0, 1; feature 1 also of user 2; feature 2 of everybody but 4, who has nothing */
    struct peer_feature f[] = {{0, 0, 1}, {0, 1, 3}, {1, 0, 1}, {1, 1, 3}, {2, 1, 1}, {2, 2, 1}, {3, 2, 1}, {0, 2, 1}, {1, 2, 1}};
    struct model m;
    (void)state;
    assert_int_equal(model_open(&m, 100, 100), 0);
    assert_int_equal(model_user(&m, 4), 0);
    assert_int_equal(peers_compute(&m, f, sizeof f / sizeof *f, 3), 0);
    assert_int_equal(m.users[0].npeers, 3);
    assert_int_equal(m.users[0].peers[0].user, 1);
    assert_true(fabsf(m.users[0].peers[0].weight - 1) < 1e-5f); /* the same vector */
    double a = log1p(1) * log(5 / 2.0), b = log1p(3) * log(5 / 3.0), c = log1p(1) * log(5 / 4.0), d = log1p(1) * log(5 / 3.0);
    double cosine = (b * d + c * c) / (sqrt(a * a + b * b + c * c) * sqrt(d * d + c * c));
    assert_int_equal(m.users[0].peers[1].user, 2);
    assert_true(fabs((double)m.users[0].peers[1].weight - cosine) < 1e-5);
    assert_int_equal(m.users[4].npeers, 0);
    model_close(&m);
}

static void twenty_at_most_and_equals_by_number(void **state)
{
    enum { MANY = 50 };
    struct peer_feature f[2 * MANY];
    struct model m;
    (void)state;
    for (uint32_t u = 0; u < MANY; u++) {
        f[2 * u] = (struct peer_feature){MANY - 1 - u, 0, 1};
        f[2 * u + 1] = (struct peer_feature){u, 1 + u / 2, 1};
    }
    assert_int_equal(model_open(&m, 100, 100), 0);
    assert_int_equal(model_user(&m, MANY - 1), 0);
    assert_int_equal(peers_compute(&m, f, 2 * MANY, 1 + MANY), 0);
    const struct profile *p = &m.users[30];
    assert_int_equal(p->npeers, PEERS);
    assert_int_equal(p->peers[0].user, 31); /* shares the rare feature */
    for (unsigned i = 1; i < PEERS; i++)
        assert_int_equal(p->peers[i].user, i - 1);
    model_close(&m);
}

/* User 0 shares one feature each with 300 others. The ten of them that it uses most count, and of the rest, all alike, those
 * with the lower numbers: only whom it shares a counted one with has user 0 for a peer. */
static void only_the_heaviest_features_count(void **state)
{
    enum { MANY = 300, OFTEN = 290 };
    struct peer_feature f[2 * MANY];
    struct model m;
    (void)state;
    for (uint32_t i = 0; i < MANY; i++) {
        f[2 * i] = (struct peer_feature){1 + i, i, 1};
        f[2 * i + 1] = (struct peer_feature){0, MANY - 1 - i, MANY - 1 - i >= OFTEN ? 3 : 1};
    }
    assert_int_equal(model_open(&m, 100, 100), 0);
    assert_int_equal(model_user(&m, MANY), 0);
    assert_int_equal(peers_compute(&m, f, 2 * MANY, MANY), 0);
    for (uint32_t i = 0; i < MANY; i++)
        assert_int_equal(m.users[1 + i].npeers, i >= OFTEN || i < PEERS_FEATURES - (MANY - OFTEN));
    model_close(&m);
}

/* A feature of one user and one of more than PEERS_POSTINGS say nothing, and nothing is left to be sorted. */
static void features_that_tell_nothing(void **state)
{
    enum { MANY = PEERS_POSTINGS + 1 };
    static struct peer_feature f[2 * MANY];
    struct model m;
    (void)state;
    for (uint32_t u = 0; u < MANY; u++) {
        f[2 * u] = (struct peer_feature){u, 0, 1};
        f[2 * u + 1] = (struct peer_feature){u, 1 + u, 1};
    }
    assert_int_equal(model_open(&m, 100, 100), 0);
    assert_int_equal(model_user(&m, MANY - 1), 0);
    assert_int_equal(peers_compute(&m, f, 2 * MANY, 1 + MANY), 0);
    for (uint32_t u = 0; u < MANY; u++)
        assert_int_equal(m.users[u].npeers, 0);
    model_close(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cosine_by_hand),
        cmocka_unit_test(twenty_at_most_and_equals_by_number),
        cmocka_unit_test(only_the_heaviest_features_count),
        cmocka_unit_test(features_that_tell_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
