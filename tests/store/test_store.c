/* tests/store/test_store.c - the conformance suite of the store interface. */
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/vigie-store-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? snprintf(path, sizeof path, "%s/s.db", folder) < 0 : -1;
}

static int drop_folder(void **state)
{
    char command[128];
    (void)state;
    for (int i = 0; i < 4; i++) {
        (void)snprintf(command, sizeof command, i ? "%s.%04d" : "%s", path, i);
        (void)unlink(command);
    }
    return rmdir(folder);
}

static struct activity sample(int n, struct object *o, struct fact *f)
{
    struct activity a = {.kind = KIND_SIGN_IN, .time = n * TIME_SECOND, .outcome = OUTCOME_SUCCESS, .objects = o, .nobjects = 1, .facts = f, .nfacts = 2};
    memcpy(a.id, &n, sizeof n);
    a.app = STR("Office 365");
    a.actor.upn = STR("o'hara@corp.test");
    o[0] = (struct object){.type = OBJECT_FILE, .role = ROLE_TARGET, .ref = {.name = STR("plan.xlsx")}};
    f[0] = (struct fact){.key = FACT_BYTES, .type = FACT_TYPE_U64, .u = 77};
    f[1] = (struct fact){.key = FACT_OPERATION, .type = FACT_TYPE_STR, .s = STR("UserLoggedIn")};
    (void)ip_parse(STR("192.0.2.1"), &a.ip, NULL);
    return a;
}

struct reading {
    int next, n;
};

static int in_order(void *owner, const struct activity *a)
{
    struct reading *r = owner;
    assert_true(a->time == r->next * TIME_SECOND);
    assert_true(str_eq(a->actor.upn, STR("o'hara@corp.test")));
    assert_true(str_eq(a->objects[0].ref.name, STR("plan.xlsx")));
    assert_int_equal(act_u64(a, FACT_BYTES, 0), 77);
    r->next++;
    return ++r->n == 25 ? 99 : 0;
}

static void written_and_read(void **state)
{
    struct store *s;
    struct object o[1];
    struct fact f[2];
    (void)state;
    assert_int_equal(store_open(path, &s), ERR_NOT_FOUND);
    assert_int_equal(store_create(path, &s), 0);
    for (int i = 0; i < 1000; i++) {
        struct activity a = sample(i, o, f);
        assert_int_equal(store_put_activity(s, &a), 0);
    }
    struct alert al = {.id = "00112233445566778899aabb", .external_id = 2006, .name = STR("Suspected'; DROP TABLE alerts;--"),
                       .severity = SEVERITY_HIGH, .category = CATEGORY_DOMAIN_DOMINANCE, .start = 1, .end = 2, .count = 3, .nevidence = 1};
    struct str who[] = {STR("alice"), STR("bob")};
    assert_int_equal(store_put_alert(s, &al, who, 2), 0);
    assert_int_equal(store_put_person(s, &(struct store_person){STR("e1"), STR("Alice"), 70, 99.5, 0, 1}), 0);
    assert_int_equal(store_put_contribution(s, &(struct store_contribution){.person = STR("e1"), .points = 70}), 0);
    assert_int_equal(store_put_input(s, 0, &(struct store_input){.path = STR("x")}), 0);
    assert_int_equal(store_finish(s), 0);
    store_close(s);

    assert_int_equal(store_open(path, &s), 0);
    assert_int_equal(store_count(s, "activities"), 1000);
    assert_int_equal(store_count(s, "alerts"), 1);
    assert_int_equal(store_count(s, "people"), 1);
    assert_int_equal(store_count(s, "contributions"), 1);
    assert_int_equal(store_count(s, "inputs"), 1);
    struct reading r = {100, 0};
    assert_int_equal(store_activities(s, 100 * TIME_SECOND, 110 * TIME_SECOND, in_order, &r), 0);
    assert_int_equal(r.n, 10);
    r = (struct reading){0, 0};
    assert_int_equal(store_activities(s, 0, INT64_MAX, in_order, &r), 99); /* stopped by the reader */
    assert_int_equal(r.n, 25);
    store_close(s);
    assert_int_equal(store_create(path, &s), ERR_IO); /* never over an existing one */
}

static void unfinished_is_refused(void **state)
{
    char other[80];
    struct store *s;
    struct object o[1];
    struct fact f[2];
    struct activity a = sample(1, o, f);
    (void)state;
    (void)snprintf(other, sizeof other, "%s/u.db", folder);
    assert_int_equal(store_create(other, &s), 0);
    assert_int_equal(store_put_activity(s, &a), 0);
    store_close(s); /* as after a kill: nothing was finished */
    assert_int_equal(store_open(other, &s), ERR_MALFORMED);
    FILE *x = fopen(other, "wb");
    assert_non_null(x);
    (void)fputs("this is no database, whatever it is called", x);
    (void)fclose(x);
    assert_int_equal(store_open(other, &s), ERR_MALFORMED);
    char segment[96];
    (void)unlink(other);
    for (int i = 0; i < 3; i++) {
        static const char *const ends[] = {".0001", "-wal", "-shm"};
        (void)snprintf(segment, sizeof segment, "%s%s", other, ends[i]);
        (void)unlink(segment);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(written_and_read), cmocka_unit_test(unfinished_is_refused)};
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
