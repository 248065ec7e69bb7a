/* tests/score/test_now.c - the score of a hub: asked while feeding goes on, it adds up, forgets what it should and leaves no trace. */
#include "directory/dir_build.h"
#include "score/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { USERS = 24, DAYS = 40, PER_DAY = 6, TOTAL = DAYS * USERS * PER_DAY };
#define START (INT64_C(20458) * TIME_DAY) /* 2026-01-05, a Monday */

static char names[USERS + 1][16];
static struct dir *dir;

static void name_people(struct dir_learner *l, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        (void)snprintf(names[i], sizeof names[i], "user%02u", i);
        struct activity a = {.kind = KIND_INTERACTIVE_LOGON, .outcome = OUTCOME_SUCCESS, .actor = {.name = str_of(names[i]), .domain = STR("CORP")}};
        dir_learn(l, &a);
    }
}

static int make_people(void **state)
{
    struct dir_learner *l = dir_learner_new();
    (void)state;
    name_people(l, USERS);
    int err = dir_build(&dir, &l, 1, NULL, NULL, 0);
    dir_learner_free(l);
    return err;
}

static int drop_people(void **state)
{
    (void)state;
    dir_free(dir);
    return 0;
}

/* The i-th of all activities: everybody at work in their own way, and a few odd things, most of them late. */
static struct activity activity(unsigned i)
{
    unsigned day = i / (USERS * PER_DAY), user = i % USERS, slot = i / USERS % PER_DAY, dice = i * 2654435761u >> 20;
    static char host[32];
    struct activity a = {.kind = slot % 3 ? KIND_FILE_DOWNLOAD : KIND_SIGN_IN, .outcome = OUTCOME_SUCCESS, .app = STR("Office 365")};
    a.time = START + day * TIME_DAY + (8 + slot) * TIME_HOUR + (user * 97 + dice % 50) * TIME_SECOND;
    a.actor = (struct account){.name = str_of(names[user]), .domain = STR("CORP")};
    a.actor_entity = dir_account(dir, &a.actor);
    a.location.country = dice % 211 == 0 || (day > 35 && user < 3) ? (dice % 2 ? STR("KP") : STR("BR")) : user % 2 ? STR("FR") : STR("DE");
    (void)snprintf(host, sizeof host, "ws%u", dice % 97 == 0 ? dice % 13 : user);
    a.device = str_of(host);
    memcpy(a.id, &i, sizeof i);
    return a;
}

static const struct alert *const *alerts(size_t *n)
{
    static struct alert all[4];
    static const struct alert *list[4];
    for (unsigned i = 0; i < 4; i++) {
        all[i] = (struct alert){.external_id = 2006, .name = STR("Suspected DCSync"), .severity = SEVERITY_HIGH, .nusers = 1, .start = START + (30 + 3 * i) * TIME_DAY};
        all[i].users[0] = dir_account(dir, &(struct account){.name = str_of(names[5 + i]), .domain = STR("CORP")});
        (void)snprintf(all[i].id, sizeof all[i].id, "%024u", i);
        list[i] = &all[i];
    }
    *n = 4;
    return list;
}

static struct score *open_score(unsigned keep_days)
{
    struct score *s = NULL;
    assert_int_equal(score_open(&s, dir, &(struct score_options){.keep_days = keep_days}), 0);
    return s;
}

static void feed(struct score *s, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        struct activity a = activity(i);
        score_see(s, &a);
    }
}

static struct score_result ask(struct score *s, int64_t now)
{
    struct score_result r;
    size_t n;
    const struct alert *const *al = alerts(&n);
    assert_int_equal(score_now(s, al, n, now, &r), 0);
    return r;
}

static struct score_result finish(struct score *s)
{
    struct score_result r;
    size_t n;
    const struct alert *const *al = alerts(&n);
    assert_int_equal(score_finish(s, al, n, &r), 0);
    return r;
}

static const struct person *of(const struct score_result *r, uint32_t entity)
{
    for (size_t i = 0; i < r->npeople; i++)
        if (r->people[i].entity == entity)
            return &r->people[i];
    return NULL;
}

static void same_contributions(const struct person *x, const struct person *y)
{
    assert_int_equal(x->ncontributions, y->ncontributions);
    for (size_t i = 0; i < x->ncontributions; i++) {
        const struct contribution *a = &x->contributions[i], *b = &y->contributions[i];
        assert_true(a->points == b->points && a->time == b->time && a->counted == b->counted && a->kind == b->kind);
        assert_true(str_eq(a->text, b->text) && str_eq(a->value, b->value) && strcmp(a->ref, b->ref) == 0);
    }
}

static void same(const struct score_result *x, const struct score_result *y)
{
    assert_int_equal(x->npeople, y->npeople);
    for (size_t i = 0; i < x->npeople; i++) {
        const struct person *a = &x->people[i], *b = &y->people[i];
        assert_true(a->entity == b->entity && a->score == b->score && a->from == b->from && a->to == b->to);
        assert_true(a->percentile <= b->percentile && a->percentile >= b->percentile);
        assert_memory_equal(a->days, b->days, sizeof a->days);
        same_contributions(a, b);
    }
}

#define END (START + DAYS * TIME_DAY)

/* What a fresh run shows of the last week is what the hub shows of it. */
static void agrees_with_a_fresh_run(void **state)
{
    struct score *live = open_score(30), *fresh = open_score(0);
    unsigned weeks = 0, parts = 0;
    (void)state;
    feed(live, 0, TOTAL);
    feed(fresh, 0, TOTAL);
    struct score_result now = ask(live, END), all = finish(fresh);
    assert_int_equal(now.npeople, all.npeople);
    for (size_t i = 0; i < all.npeople; i++) {
        const struct person *f = &all.people[i], *h = of(&now, f->entity);
        assert_non_null(h);
        int in_last_week = 0;
        for (size_t k = 0; k < f->ncontributions; k++) {
            const struct contribution *c = &f->contributions[k];
            bool found = c->time < h->from;
            in_last_week += c->time >= h->from ? c->points : 0;
            for (size_t j = 0; j < h->ncontributions && !found; j++)
                found = h->contributions[j].counted && h->contributions[j].points == c->points && strcmp(h->contributions[j].ref, c->ref) == 0 &&
                        str_eq(h->contributions[j].text, c->text);
            assert_true(found);
            parts++;
        }
        assert_true(h->score >= in_last_week && h->score <= f->score);
        weeks += h->score == f->score && f->score > 0;
    }
    assert_true(weeks >= 3 && parts > 20);
    score_close(live);
    score_close(fresh);
}

/* Asked again and again, in the middle of days too: what follows is the same, and so is the next answer. */
static void leaves_no_trace(void **state)
{
    struct score *asked = open_score(0), *quiet = open_score(0);
    (void)state;
    for (unsigned i = 0; i < TOTAL; i += 101) {
        unsigned to = i + 101 < TOTAL ? i + 101 : TOTAL;
        struct activity last = activity(to - 1);
        feed(asked, i, to);
        (void)ask(asked, last.time + 1);
        feed(quiet, i, to);
    }
    struct score_result x = ask(asked, END), y = ask(quiet, END);
    same(&x, &y);
    x = ask(asked, END);
    same(&x, &y);
    x = finish(asked);
    y = finish(quiet);
    same(&x, &y);
    score_close(asked);
    score_close(quiet);
}

/* In the middle of a day, what it shows as a whole is what it would be if it ended there. */
static void the_unfinished_day_counts(void **state)
{
    unsigned middle = 38 * USERS * PER_DAY + 4 * USERS;
    struct score *live = open_score(0), *ended = open_score(0);
    struct activity last = activity(middle - 1);
    bool day_parts = false;
    (void)state;
    feed(live, 0, middle);
    feed(ended, 0, middle);
    struct score_result x = ask(live, last.time + 1);
    struct score_result all;
    assert_int_equal(score_finish(ended, NULL, 0, &all), 0); /* ends the day */
    for (size_t i = 0; i < x.npeople; i++)
        for (size_t k = 0; k < x.people[i].ncontributions; k++) {
            const struct contribution *c = &x.people[i].contributions[k];
            day_parts |= c->kind == CONTRIBUTION_DAY && time_day(c->time) == time_day(last.time);
        }
    assert_true(day_parts);
    struct score_result y = ask(ended, last.time + 1);
    same(&x, &y);
    score_close(live);
    score_close(ended);
}

static void receipts_add_up(void **state)
{
    struct score *s = open_score(30);
    bool history = false;
    (void)state;
    feed(s, 0, TOTAL);
    struct score_result r = ask(s, END);
    for (size_t i = 0; i < r.npeople; i++) {
        const struct person *p = &r.people[i];
        int counted = 0, listed = 0, chart = 0;
        assert_true(p->to == END && p->from == END - 168 * TIME_HOUR);
        for (size_t k = 0; k < p->ncontributions; k++) {
            const struct contribution *c = &p->contributions[k];
            assert_true(c->counted == (c->time >= p->from && c->time < p->to));
            assert_true(k == 0 || p->contributions[k - 1].counted || !c->counted);
            counted += c->counted ? c->points : 0;
            listed += c->points;
            history |= !c->counted;
        }
        for (int d = 0; d < 14; d++)
            chart += p->days[d];
        assert_int_equal(counted, p->score);
        assert_int_equal(listed, chart);
    }
    assert_true(history);
    score_close(s);
}

static void forgotten_points_do_not_count(void **state)
{
    struct score *s = open_score(30), *early = open_score(30);
    int64_t reset = INT64_MIN;
    (void)state;
    feed(s, 0, TOTAL);
    struct score_result r = ask(s, END);
    const struct person *p = &r.people[0];
    uint32_t who = p->entity;
    int before = p->score, later = 0;
    size_t parts = p->ncontributions;
    for (size_t k = 0; k < parts; k++) /* all but the last */
        reset = p->contributions[k].time > reset ? p->contributions[k].time : reset;
    assert_int_equal(score_forget(early, who, reset), 0); /* a fresh engine hears of it first */
    feed(early, 0, TOTAL);
    for (size_t k = 0; k < parts; k++)
        later += p->contributions[k].counted && p->contributions[k].time >= reset ? p->contributions[k].points : 0;
    assert_true(before > later && later > 0);
    assert_int_equal(score_forget(s, who, reset), 0);
    assert_int_equal(score_forget(s, who, reset - TIME_DAY), 0); /* the later one stays */
    r = ask(s, END);
    p = of(&r, who);
    assert_int_equal(p->score, later);
    assert_int_equal(p->ncontributions, parts); /* a mark, not a deletion */
    assert_int_equal(p->days[time_day(reset) - time_day(END - 1) + 13], later);
    struct score_result e = ask(early, END);
    same(&r, &e);
    score_close(s);
    score_close(early);
}

static void the_ledger_is_bounded(void **state)
{
    struct score *kept = open_score(15), *all = open_score(0);
    (void)state;
    feed(kept, 0, TOTAL);
    feed(all, 0, TOTAL);
    assert_true(kept->ledger.n < all->ledger.n);
    for (uint32_t u = 0; u < kept->nusers; u++)
        for (uint32_t i = 0; i < kept->ledger.books[u].n; i++)
            assert_true(kept->ledger.books[u].entries[i].window >= START + (DAYS - 16) * TIME_DAY);
    struct score_result x = ask(kept, END), y = ask(all, END);
    same(&x, &y);
    score_close(kept);
    score_close(all);
}

/* A directory built again: somebody new is scored; of two who are one, the contributions come together. */
static void goes_on_with_a_new_directory(void **state)
{
    struct entity known[USERS];
    struct dir_prior prior = {.entities = known, .n = USERS};
    struct dir_learner *l = dir_learner_new();
    struct dir *next;
    struct score *s = open_score(30);
    (void)state;
    for (uint32_t k = 1; k <= USERS; k++)
        known[k - 1] = *dir_entity(dir, k);
    feed(s, 0, TOTAL);
    uint32_t low = dir_account(dir, &(struct account){.name = str_of(names[0]), .domain = STR("CORP")});
    uint32_t high = dir_account(dir, &(struct account){.name = str_of(names[2]), .domain = STR("CORP")});
    struct score_result r = ask(s, END);
    int sum = of(&r, low)->score + of(&r, high)->score;
    assert_true(of(&r, low)->score > 0 && of(&r, high)->score > 0 && low < high);
    assert_int_equal(score_forget(s, high, START), 0);
    for (unsigned i = 0; i < 3; i += 2) { /* user00 and user02 have one SID */
        struct activity a = {.kind = KIND_SIGN_IN, .outcome = OUTCOME_SUCCESS, .actor = {.name = str_of(names[i]), .domain = STR("CORP"), .cloud = STR("c-1")}};
        dir_learn(l, &a);
    }
    struct activity a = {.kind = KIND_SIGN_IN, .outcome = OUTCOME_SUCCESS, .time = END, .actor = {.name = STR("newcomer"), .domain = STR("CORP")}};
    dir_learn(l, &a);
    assert_int_equal(dir_build_from(&next, &(struct dir_known){.learners = &l, .nlearners = 1, .prior = &prior}), 0);
    assert_int_equal(dir_number(next, high), low);
    assert_int_equal(score_directory(s, next), 0);
    a.actor_entity = USERS + 1;
    score_see(s, &a);
    a.actor_entity = high; /* stored with the number given up */
    score_see(s, &a);
    r = ask(s, END);
    assert_int_equal(of(&r, low)->score, sum);
    assert_null(of(&r, high));
    assert_non_null(of(&r, USERS + 1));
    assert_int_equal(r.npeople, USERS);
    score_close(s);
    dir_free(next);
    dir_learner_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_a_fresh_run),     cmocka_unit_test(leaves_no_trace),       cmocka_unit_test(the_unfinished_day_counts),
        cmocka_unit_test(receipts_add_up),             cmocka_unit_test(forgotten_points_do_not_count), cmocka_unit_test(the_ledger_is_bounded),
        cmocka_unit_test(goes_on_with_a_new_directory)};
    return cmocka_run_group_tests(tests, make_people, drop_people);
}
