/* tests/directory/test_prior.c - numbers and ids for life: what was known before keeps them when the directory is built again. */
#include "directory/dir_build.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SID "S-1-5-21-1-2-3-"
enum { ROOM = 512 };

/* What a hub keeps of a directory between two buildings. */
struct memory {
    struct entity entities[ROOM];
    struct dir_alias aliases[ROOM];
    struct dir_prior prior;
};

static void keep(struct memory *m, const struct dir *d)
{
    const struct dir_alias *merged;
    size_t n = dir_merged(d, &merged);
    for (size_t i = 0; i < n; i++)
        m->aliases[m->prior.naliases++] = merged[i];
    m->prior.n = 0;
    for (uint32_t k = 1; k <= dir_count(d); k++)
        if (dir_number(d, k) == k)
            m->entities[m->prior.n++] = *dir_entity(d, k);
    m->prior.entities = m->entities;
    m->prior.aliases = m->aliases;
    m->prior.last = dir_count(d);
}

static struct dir *build(struct dir_learner *l, const struct dir_import *im, const struct dir_prior *prior)
{
    struct dir *d = NULL;
    assert_int_equal(dir_build_from(&d, &(struct dir_known){.learners = &l, .nlearners = 1, .import = im, .prior = prior}), 0);
    return d;
}

static void saw(struct dir_learner *l, struct account who)
{
    struct activity a = {.kind = KIND_NETWORK_LOGON, .outcome = OUTCOME_SUCCESS, .actor = who};
    dir_learn(l, &a);
}

static uint32_t find(const struct dir *d, struct account a)
{
    return dir_account(d, &a);
}

static const struct account alice = {.name = {"alice", 5}, .domain = {"CORP", 4}, .sid = {SID "1103", sizeof SID "1103" - 1}};
static const struct account bob = {.name = {"bob", 3}, .domain = {"CORP", 4}, .sid = {SID "1104", sizeof SID "1104" - 1}};
static const struct account carol_cloud = {.upn = {"carol@corp.test", 15}, .cloud = {"0c-77", 5}};
static const struct account aaron = {.name = {"aaron", 5}, .domain = {"CORP", 4}, .sid = {SID "1001", sizeof SID "1001" - 1}};

static void numbers_and_ids_stay(void **state)
{
    struct dir_learner *l = dir_learner_new();
    static struct memory m;
    char id[3][25];
    (void)state;
    memset(&m, 0, sizeof m);
    saw(l, alice);
    saw(l, bob);
    saw(l, carol_cloud);
    struct dir *d = build(l, NULL, NULL);
    uint32_t a = find(d, alice), b = find(d, bob), c = find(d, carol_cloud);
    for (uint32_t k = 1; k <= 3; k++)
        (void)snprintf(id[k - 1], 25, "%.*s", STR_ARG(dir_entity(d, k)->id));
    keep(&m, d);
    saw(l, aaron); /* would be numbered before them */
    saw(l, (struct account){.name = STR("carol"), .domain = STR("CORP"), .sid = STR(SID "1105"), .upn = STR("carol@corp.test")});
    struct dir *e = build(l, NULL, &m.prior);
    assert_int_equal(find(e, alice), a);
    assert_int_equal(find(e, bob), b);
    assert_int_equal(find(e, (struct account){.sid = STR(SID "1105")}), c); /* her SID was learned only now */
    assert_int_equal(find(e, aaron), 4);
    assert_int_equal(dir_count(e), 4);
    for (uint32_t k = 1; k <= 3; k++)
        assert_true(str_eq(dir_entity(e, k)->id, str_of(id[k - 1])));
    dir_free(e);
    dir_free(d);
    dir_learner_free(l);
}

static void two_become_one(void **state)
{
    struct dir_learner *l = dir_learner_new();
    static struct memory m;
    const struct dir_alias *merged;
    (void)state;
    memset(&m, 0, sizeof m);
    saw(l, alice);
    saw(l, bob);
    saw(l, (struct account){.upn = STR("bob@cloud.test"), .cloud = STR("0b-1")});
    struct dir *d = build(l, NULL, NULL);
    uint32_t low = find(d, bob), high = find(d, (struct account){.cloud = STR("0b-1")});
    if (low > high) {
        uint32_t x = low;
        low = high;
        high = x;
    }
    struct str id = dir_entity(d, low)->id;
    keep(&m, d);
    saw(l, (struct account){.sid = bob.sid, .cloud = STR("0b-1")});
    struct dir *e = build(l, NULL, &m.prior);
    assert_int_equal(dir_merged(e, &merged), 1);
    assert_true(merged[0].from == high && merged[0].to == low);
    assert_int_equal(find(e, bob), low);
    assert_int_equal(find(e, (struct account){.upn = STR("bob@cloud.test")}), low);
    assert_int_equal(dir_number(e, high), low);
    assert_true(dir_entity(e, high) == dir_entity(e, low)); /* numbers stored earlier work */
    assert_true(str_eq(dir_entity(e, high)->id, id) && str_eq(dir_entity(e, high)->sid, bob.sid));
    keep(&m, e);
    assert_int_equal(m.prior.naliases, 1);
    saw(l, aaron);
    struct dir *f = build(l, NULL, &m.prior); /* and are not given again */
    assert_int_equal(dir_merged(f, &merged), 0);
    assert_int_equal(dir_number(f, high), low);
    assert_int_equal(find(f, aaron), 4);
    dir_free(f);
    dir_free(e);
    dir_free(d);
    dir_learner_free(l);
}

/* A deleted number is nobody's, and one that led to it too. */
static void what_is_gone_is_nobody(void **state)
{
    struct dir_learner *l = dir_learner_new();
    struct entity one = {.number = 2, .sam = STR("zoe"), .domain = STR("CORP"), .id = STR("0123456789abcdef01234567")};
    struct dir_alias alias = {5, 4};
    struct dir_prior p = {.entities = &one, .n = 1, .aliases = &alias, .naliases = 1, .last = 6};
    (void)state;
    saw(l, alice);
    struct dir *d = build(l, NULL, &p);
    assert_int_equal(find(d, (struct account){.name = STR("zoe"), .domain = STR("corp")}), 2);
    assert_true(str_eq(dir_entity(d, 2)->id, one.id) && str_eq(dir_entity(d, 2)->name, STR("zoe")));
    assert_int_equal(find(d, alice), 7);
    assert_null(dir_entity(d, 1));
    assert_null(dir_entity(d, 5));
    assert_int_equal(dir_number(d, 4), 0);
    assert_false(dir_is(d, 3, 0));
    assert_false(dir_member(d, 3, 2));
    dir_free(d);
    one.number = 0;
    struct dir_learner *none[1];
    assert_int_equal(dir_build_from(&d, &(struct dir_known){.learners = none, .prior = &p}), ERR_LIMIT);
    one.number = UINT32_MAX;
    assert_int_equal(dir_build_from(&d, &(struct dir_known){.learners = none, .prior = &p}), ERR_LIMIT);
    dir_learner_free(l);
}

static struct dir_import *imported(const char *json)
{
    char *text = calloc(1, strlen(json) + 65);
    struct dir_import *im = dir_import_new();
    struct fault f;
    memcpy(text, json, strlen(json));
    assert_int_equal(dir_import_json(im, text, strlen(json), &f), 0);
    free(text);
    return im;
}

static const char directory[] =
    "{\"domain\":\"corp.example.test\",\"netbios\":\"CORP\",\"sid\":\"S-1-5-21-1-2-3\",\"users\":["
    "{\"name\":\"alice\",\"sid\":\"" SID "1103\",\"upn\":\"alice@corp.example.test\",\"displayName\":\"Alice Ame\",\"department\":\"Finance\",\"groups\":[\"Admins\"]},"
    "{\"name\":\"bob\",\"sid\":\"" SID "1104\",\"disabled\":true}],"
    "\"groups\":[{\"name\":\"Admins\",\"sid\":\"" SID "512\"},{\"name\":\"Helpers\",\"members\":[\"bob\"]}],"
    "\"computers\":[{\"name\":\"DC1\",\"dns\":\"dc1.corp.example.test\",\"dc\":true}]}";

/* Names of all sorts: the same knowledge again gives the same numbers, ids, names and spellings, however often. */
static void learn_a_lot(struct dir_learner *l)
{
    static const char *const names[] = {"alice", "bob", "eve", "WS1$", "DC1$", "svc", "SYSTEM", "mallory"};
    for (int i = 0; i < 400; i++) {
        char sid[64], upn[64];
        struct activity a = {.kind = i % 3 ? KIND_NETWORK_LOGON : KIND_GROUP_MEMBER_ADDED, .outcome = OUTCOME_SUCCESS};
        struct object o[2] = {{.type = OBJECT_GROUP, .ref = {.name = STR("Local helpers")}},
                              {.type = OBJECT_COMPUTER, .ref = {.name = STR("ws7.corp.example.test")}}};
        (void)snprintf(sid, sizeof sid, SID "%d", 1103 + i % 8);
        (void)snprintf(upn, sizeof upn, "%s@%s", names[i % 8], i % 11 ? "corp.example.test" : "cloud.test");
        a.actor.name = str_of(names[i % 8]);
        a.actor.domain = i % 5 == 0 && i % 8 != 7 ? STR_NONE : i % 2 ? STR("CORP") : STR("corp.example.test");
        a.actor.sid = i % 8 == 7 ? STR(SID "1103") : i % 3 == 0 ? str_of(sid) : STR_NONE; /* mallory borrows alice's */
        a.actor.upn = i % 13 == 0 && i % 8 < 7 ? str_of(upn) : STR_NONE;
        if (i % 8 == 6)
            a.actor = (struct account){.name = STR("SYSTEM"), .sid = STR("S-1-5-18"), .domain = STR("NT AUTHORITY")};
        if (i % 17 == 0)
            a.actor = (struct account){.name = STR("lonely")};
        a.destination = i % 4 ? STR("DC1") : STR("files.corp.example.test");
        a.objects = o;
        a.nobjects = 2;
        dir_learn(l, &a);
    }
}

static void same_knowledge_same_entities(void **state)
{
    static struct memory m;
    struct dir_learner *l = dir_learner_new(), *none = dir_learner_new();
    struct dir_import *im = imported(directory);
    const struct dir_alias *merged;
    (void)state;
    memset(&m, 0, sizeof m);
    learn_a_lot(l);
    struct dir *d[5] = {build(l, im, NULL)};
    assert_true(dir_count(d[0]) >= 12);
    for (int i = 1; i < 5; i++) {
        keep(&m, d[i - 1]);
        d[i] = build(i < 3 ? l : none, i < 4 ? im : NULL, &m.prior); /* at last by memory alone */
        assert_int_equal(dir_merged(d[i], &merged), 0);
        assert_int_equal(dir_count(d[i]), dir_count(d[0]));
        for (uint32_t k = 1; k <= dir_count(d[0]); k++) {
            const struct entity *x = dir_entity(d[0], k), *y = dir_entity(d[i], k);
            assert_int_equal(y->number, k);
            assert_true(str_eq(x->id, y->id) && str_eq(x->name, y->name) && x->type == y->type && str_eqi(x->sid, y->sid));
            assert_true(str_eq(x->department, y->department) && x->naccounts == y->naccounts);
            for (uint32_t s = 0; s < x->naccounts; s++)
                assert_true(str_eq(x->accounts[s], y->accounts[s]));
        }
    }
    uint32_t bobs = find(d[4], bob);
    assert_true(dir_is(d[4], bobs, ENTITY_DISABLED) && !dir_is(d[4], bobs, ENTITY_IN_DIRECTORY));
    for (int i = 4; i >= 0; i--)
        dir_free(d[i]);
    dir_import_free(im);
    dir_learner_free(none);
    dir_learner_free(l);
}

/* Known from before, the owner of a SID outweighs a forged ticket, though nobody else was seen since. */
static void a_borrowed_sid_stays_borrowed(void **state)
{
    static struct memory m;
    struct dir_learner *l = dir_learner_new(), *later = dir_learner_new();
    struct account forged = {.name = STR("mallory"), .domain = STR("CORP"), .sid = alice.sid};
    (void)state;
    memset(&m, 0, sizeof m);
    saw(l, alice);
    struct dir *d = build(l, NULL, NULL);
    uint32_t a = find(d, alice);
    keep(&m, d);
    for (int i = 0; i < 5; i++)
        saw(later, forged);
    struct dir *e = build(later, NULL, &m.prior);
    assert_int_equal(dir_sid(e, alice.sid), a);
    assert_int_equal(find(e, (struct account){.name = STR("alice"), .domain = STR("CORP")}), a);
    assert_int_not_equal(find(e, forged), a);
    dir_free(e);
    dir_free(d);
    dir_learner_free(l);
    dir_learner_free(later);
}

/* A person whom the directory renamed stays who they are. */
static void renamed_is_the_same(void **state)
{
    static struct memory m;
    struct dir_learner *l = dir_learner_new();
    struct dir_import *im = imported("{\"domain\":\"corp.example.test\",\"netbios\":\"CORP\",\"users\":[{\"name\":\"alice.smith\",\"sid\":\"" SID "1103\"}]}");
    (void)state;
    memset(&m, 0, sizeof m);
    saw(l, alice);
    saw(l, bob);
    struct dir *d = build(l, NULL, NULL);
    uint32_t a = find(d, alice);
    keep(&m, d);
    struct dir *e = build(l, im, &m.prior);
    assert_int_equal(dir_sid(e, alice.sid), a);
    assert_int_equal(find(e, (struct account){.name = STR("alice"), .domain = STR("CORP")}), a);
    assert_int_equal(find(e, (struct account){.name = STR("alice.smith")}), a);
    assert_true(str_eq(dir_entity(e, a)->sam, STR("alice.smith")));
    dir_free(e);
    dir_free(d);
    dir_import_free(im);
    dir_learner_free(l);
}

static void merging_is_learning_it_all(void **state)
{
    struct dir_learner *all = dir_learner_new(), *x = dir_learner_new(), *y = dir_learner_new();
    struct activity a = {.kind = KIND_CREDENTIALS_VALIDATION, .outcome = OUTCOME_SUCCESS, .protocol = PROTO_KERBEROS, .actor = {.name = STR("WS1$"), .domain = STR("CORP")}};
    struct activity b = a;
    (void)state;
    (void)ip_parse(STR("10.0.0.1"), &a.ip, NULL);
    (void)ip_parse(STR("10.0.0.2"), &b.ip, NULL);
    learn_a_lot(all);
    learn_a_lot(all);
    learn_a_lot(x);
    learn_a_lot(y);
    dir_learn(all, &a);
    dir_learn(x, &a);
    dir_learn(all, &b);
    dir_learn(y, &b);
    b.actor.name = STR("WS2$"); /* the same address: nobody's */
    dir_learn(all, &b);
    dir_learn(x, &b);
    dir_learner_merge(x, y);
    struct dir *d[2] = {build(all, NULL, NULL), build(x, NULL, NULL)};
    assert_int_equal(dir_count(d[0]), dir_count(d[1]));
    for (uint32_t k = 1; k <= dir_count(d[0]); k++)
        assert_true(str_eq(dir_entity(d[0], k)->id, dir_entity(d[1], k)->id));
    for (int i = 0; i < 2; i++) {
        assert_int_not_equal(dir_computer_at(d[i], &a.ip), 0);
        assert_int_equal(dir_computer_at(d[i], &b.ip), 0);
        dir_free(d[i]);
    }
    dir_learner_free(all);
    dir_learner_free(x);
    dir_learner_free(y);
}

static void fresh_names_are_noticed(void **state)
{
    struct dir_learner *l = dir_learner_new();
    struct dir_mark mark = {0};
    (void)state;
    saw(l, alice);
    saw(l, bob);
    struct dir *d = build(l, NULL, NULL);
    assert_false(dir_learner_fresh(l, d, &mark));
    saw(l, alice);
    saw(l, (struct account){.name = STR("ALICE"), .domain = STR("corp")});
    saw(l, (struct account){.sid = bob.sid});
    assert_false(dir_learner_fresh(l, d, &mark)); /* new spellings, nothing to learn from them */
    saw(l, aaron);
    assert_true(dir_learner_fresh(l, d, &mark));
    assert_false(dir_learner_fresh(l, d, &mark)); /* looked at once */
    saw(l, (struct account){.name = STR("bob"), .domain = STR("CORP"), .upn = STR("bob@corp.test")});
    assert_true(dir_learner_fresh(l, d, &mark));
    saw(l, (struct account){.sid = alice.sid, .cloud = STR("x"), .name = STR("alice"), .domain = STR("CORP")});
    assert_true(dir_learner_fresh(l, d, &mark));
    struct activity dc = {.kind = KIND_DIRECTORY_ACCESS, .outcome = OUTCOME_SUCCESS, .destination = STR("DC7")};
    struct fact id = {.key = FACT_EVENT_ID, .type = FACT_TYPE_U64, .u = 5136};
    dc.facts = &id;
    dir_learn(l, &dc);
    assert_true(dir_learner_fresh(l, d, &mark)); /* a computer */
    dc.nfacts = 1;
    dir_learn(l, &dc);
    assert_true(dir_learner_fresh(l, d, &mark)); /* which is a controller */
    dir_learn(l, &dc);
    assert_false(dir_learner_fresh(l, d, &mark));
    dir_free(d);
    dir_learner_free(l);
}

static void a_full_learner_says_so(void **state)
{
    struct dir_learner *l = dir_learner_new();
    char name[32];
    (void)state;
    for (int i = 0; i < 400100; i++) {
        int n = snprintf(name, sizeof name, "user%d", i);
        assert_int_equal(dir_learner_full(l), i > 400000);
        saw(l, (struct account){.name = {name, (size_t)n}});
    }
    assert_true(dir_learner_full(l));
    dir_learner_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_and_ids_stay),
                                       cmocka_unit_test(two_become_one),
                                       cmocka_unit_test(what_is_gone_is_nobody),
                                       cmocka_unit_test(same_knowledge_same_entities),
                                       cmocka_unit_test(a_borrowed_sid_stays_borrowed),
                                       cmocka_unit_test(renamed_is_the_same),
                                       cmocka_unit_test(merging_is_learning_it_all),
                                       cmocka_unit_test(fresh_names_are_noticed),
                                       cmocka_unit_test(a_full_learner_says_so)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
