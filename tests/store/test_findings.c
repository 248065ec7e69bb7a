/* tests/store/test_findings.c - findings are replaced whole, ordered as put, and leave a trend. */
#include "store/tab_findings.h"
#include "tests/support/fresh_db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct fresh_db kept;

static int set_up(void **state)
{
    (void)state;
    return fresh_db_open(&kept);
}

static int tear_down(void **state)
{
    (void)state;
    return fresh_db_close(&kept);
}

struct seen {
    unsigned n;
    uint32_t first;
    uint64_t affected;
    bool known;
    int64_t day;
};

static int one_finding(void *owner, const struct stored_finding *f)
{
    struct seen *s = owner;
    if (s->n++ == 0)
        s->first = f->entity;
    return 0;
}

static int one_assessment(void *owner, const struct stored_assessment *a)
{
    struct seen *s = owner;
    s->n++;
    s->affected = a->affected;
    s->known = a->known;
    return 0;
}

static int one_day(void *owner, int64_t day, uint64_t affected)
{
    struct seen *s = owner;
    s->n++;
    s->day = day;
    s->affected = affected;
    return 0;
}

static void put(uint32_t entity, uint64_t count)
{
    struct stored_finding f = {.assessment = STR("ntlm_v1"), .entity = entity, .count = count, .last = TIME_NONE, .text = STR("NTLM V1 from PC7")};
    assert_int_equal(tab_findings_put(kept.db, &f), 0);
}

static void findings_are_replaced_whole(void **state)
{
    (void)state;
    const struct stored_assessment a = {.id = STR("ntlm_v1"), .name = STR("Legacy"), .impact = STR("medium"), .about = STR("x"), .todo = STR("[]"), .needs = STR("y")};
    struct seen s = {0};
    assert_int_equal(tab_findings_define(kept.db, &a), 0);
    put(9, 3);
    put(4, 1);
    put(4, 0); /* the same entity for another reason */
    assert_int_equal(tab_findings_state(kept.db, STR("ntlm_v1"), true, 77, 20000), 0);
    assert_int_equal(tab_findings_each(kept.db, STR("ntlm_v1"), one_finding, &s), 0);
    assert_int_equal(s.n, 3);
    assert_int_equal(s.first, 9);
    s = (struct seen){0};
    assert_int_equal(tab_findings_assessments(kept.db, one_assessment, &s), 0);
    assert_true(s.n == 1 && s.affected == 2 && s.known);
    assert_int_equal(tab_findings_define(kept.db, &a), 0); /* a restart */
    assert_int_equal(tab_findings_clear(kept.db), 0);
    s = (struct seen){0};
    assert_int_equal(tab_findings_assessments(kept.db, one_assessment, &s), 0);
    assert_true(s.n == 1 && s.affected == 0 && !s.known);
    s = (struct seen){0};
    assert_int_equal(tab_findings_each(kept.db, STR_NONE, one_finding, &s), 0);
    assert_int_equal(s.n, 0);
    assert_int_equal(tab_findings_trend(kept.db, STR("ntlm_v1"), one_day, &s), 0);
    assert_true(s.n == 1 && s.day == 20000 && s.affected == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(findings_are_replaced_whole)};
    return cmocka_run_group_tests_name("findings", tests, set_up, tear_down);
}
