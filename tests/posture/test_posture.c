/* tests/posture/test_posture.c - notes age, follow entities that turn out to be one, come out in one order, and stay within bounds. */
#include "tests/posture/office.h"

#include "base/utf.h"

#include <sys/resource.h>

extern const struct assessment ass_ntlm_v1, ass_clear_text;

static struct fact v1[] = {FACT_TEXT(FACT_LM_PACKAGE, "NTLM V1")};

static void see_at(struct office *o, const char *who, int64_t time)
{
    struct activity a = office_act(KIND_NETWORK_LOGON, who, v1, 1);
    a.time = time;
    office_see(o, &a);
}

static void age(void **state)
{
    (void)state;
    struct office o = office_open(&ass_ntlm_v1, OFFICE_PLAIN, NULL, 0);
    see_at(&o, "alice", AGO(30));
    assert_int_equal(office_findings(&o, OFFICE_NOW), 1);
    assert_int_equal(office_findings(&o, OFFICE_NOW + 1), 0);
    see_at(&o, "alice", AGO(10)); /* goes on */
    assert_int_equal(office_findings(&o, OFFICE_NOW), 1);
    assert_int_equal(o.found[0].count, 2);
    see_at(&o, "alice", AGO(-40)); /* begins again */
    assert_int_equal(office_findings(&o, AGO(-41)), 1);
    assert_int_equal(o.found[0].count, 1);
    assert_true(posture_known(o.posture, &ass_ntlm_v1));
    office_close(&o);
}

/* `d` again, in which the two numbers are one. */
static struct dir *joined(const struct dir *d, uint32_t from, uint32_t to)
{
    static struct entity known[64];
    const struct dir_alias alias = {from, to};
    size_t n = 0;
    for (uint32_t i = 1; i <= dir_count(d); i++)
        if (i != from && dir_entity(d, i))
            known[n++] = *dir_entity(d, i);
    const struct dir_prior prior = {.entities = known, .n = n, .aliases = &alias, .naliases = 1, .last = dir_count(d)};
    struct dir *out = NULL;
    assert_int_equal(dir_build_from(&out, &(struct dir_known){.prior = &prior}), 0);
    assert_int_equal(dir_number(out, from), to);
    return out;
}

static void two_that_are_one(void **state)
{
    (void)state;
    struct office o = office_open(&ass_ntlm_v1, OFFICE_PLAIN OFFICE_ACCOUNT("alice2", "1105", ""), NULL, 0);
    see_at(&o, "alice", AGO(3));
    see_at(&o, "alice2", AGO(2));
    see_at(&o, "alice2", AGO(1));
    assert_int_equal(office_findings(&o, OFFICE_NOW), 2);
    uint32_t one = dir_account(o.dir, &(struct account){.name = STR("alice"), .domain = STR("corp.test")}),
             two = dir_account(o.dir, &(struct account){.name = STR("alice2"), .domain = STR("corp.test")});
    assert_true(one && two && one != two);
    uint32_t low = one < two ? one : two, high = one < two ? two : one;
    struct dir *was = o.dir;
    o.dir = joined(was, high, low);
    posture_directory(o.posture, o.dir);
    assert_int_equal(office_findings(&o, OFFICE_NOW), 1);
    assert_int_equal(o.found[0].count, 3);
    assert_int_equal(posture_active(o.posture, low), AGO(1));
    office_close(&o);
    dir_free(was);
}

static int stop_at_once(void *owner, const struct finding *f)
{
    (void)f;
    ++*(int *)owner;
    return 7;
}

static void order(void **state)
{
    (void)state;
    struct office o = office_open(&ass_ntlm_v1, OFFICE_PLAIN, NULL, 0);
    int calls = 0;
    see_at(&o, "alice", AGO(2));
    see_at(&o, "alice", AGO(2));
    see_at(&o, "WS1$", AGO(2));
    see_at(&o, "boss", AGO(2));
    assert_int_equal(office_findings(&o, OFFICE_NOW), 3);
    assert_string_equal(o.found[0].name, "boss");  /* sensitive */
    assert_string_equal(o.found[1].name, "alice"); /* oftener */
    assert_string_equal(o.found[2].name, "WS1$");
    assert_int_equal(posture_findings(o.posture, OFFICE_NOW, stop_at_once, &calls), 7);
    assert_int_equal(calls, 1);
    office_close(&o);
}

static void long_names_are_cut_between_characters(void **state)
{
    (void)state;
    char name[400];
    for (size_t i = 0; i + 2 < sizeof name; i += 2)
        memcpy(name + i, "\xc3\xa9", 3);
    for (size_t odd = 0; odd < 2; odd++) {
        struct office o = office_open(&ass_ntlm_v1, OFFICE_PLAIN, NULL, 0);
        struct activity a = office_act(KIND_NETWORK_LOGON, "alice", v1, 1);
        struct str device = {odd ? "x" : "", odd};
        char joined_name[512];
        (void)snprintf(joined_name, sizeof joined_name, "%.*s%s", STR_ARG(device), name);
        a.device = str_of(joined_name);
        office_see(&o, &a);
        assert_int_equal(office_findings(&o, OFFICE_NOW), 1);
        assert_true(utf_valid(str_of(o.found[0].text)) && utf_valid(str_of(o.found[0].french)) && strlen(o.found[0].text) > 150);
        office_close(&o);
    }
}

static void bounded_memory(void **state)
{
    (void)state;
    struct rusage before, after;
    struct office o = office_open(&ass_ntlm_v1, OFFICE_PLAIN, NULL, 0);
    struct activity a = office_act(KIND_NETWORK_LOGON, "alice", v1, 1);
    assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
    for (uint32_t i = 1000; i < 1201000; i++) { /* numbers that the directory does not have */
        a.actor_entity = i;
        posture_see(o.posture, &a);
    }
    assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
    assert_true(after.ru_maxrss - before.ru_maxrss < 300 * 1024); /* KiB; unbounded it would be twice that */
    assert_int_equal(office_findings(&o, OFFICE_NOW), 0);
    see_at(&o, "alice", AGO(1));
    assert_int_equal(office_findings(&o, OFFICE_NOW), 1);
    office_close(&o);
}

static void every_assessment_is_a_page(void **state)
{
    (void)state;
    size_t n = 0;
    for (; assessments[n]; n++) {
        const struct assessment *a = assessments[n];
        assert_true(strlen(a->name) && strlen(a->about) > 80 && strlen(a->needs) && a->todo[0] && (a->see || a->check));
        assert_true(a->impact <= IMPACT_HIGH);
    }
    assert_int_equal(n, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(age),   cmocka_unit_test(two_that_are_one),
        cmocka_unit_test(order), cmocka_unit_test(long_names_are_cut_between_characters),
        cmocka_unit_test(bounded_memory), cmocka_unit_test(every_assessment_is_a_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
