/* tests/score/test_score.c - the stream from activities and alerts to people, receipts and user-days. */
#include "directory/dir_build.h"
#include "model/phrase.h"
#include "score/ledger.h"
#include "score/score.h"
#include "tests/support/languages.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cmocka.h>

enum { USERS = 40 };
#define START (INT64_C(20458) * TIME_DAY) /* 2026-01-05, a Monday */

struct world {
    struct dir *dir;
    struct score *score;
    uint32_t user[USERS];
    struct score_day days[40000];
    size_t ndays;
    uint64_t serial, seed;
};

static uint32_t draw(struct world *w, uint32_t n)
{
    w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(w->seed >> 33) % n;
}

static struct account person(unsigned i, char name[16])
{
    (void)snprintf(name, 16, "user%u", i);
    return (struct account){.name = str_of(name), .domain = STR("CORP")};
}

static struct dir *people(unsigned n)
{
    struct dir_learner *l = dir_learner_new();
    struct dir *d = NULL;
    for (unsigned i = 0; i < n; i++) {
        char name[16];
        struct activity a = {.kind = KIND_INTERACTIVE_LOGON, .actor = person(i, name), .outcome = OUTCOME_SUCCESS};
        dir_learn(l, &a);
    }
    assert_int_equal(dir_build(&d, &l, 1, NULL, NULL, 0), 0);
    dir_learner_free(l);
    return d;
}

static void on_day(void *owner, const struct score_day *row)
{
    struct world *w = owner;
    assert_true(w->ndays < sizeof w->days / sizeof *w->days);
    w->days[w->ndays++] = *row;
}

static struct world *world_new(void)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->dir = people(USERS);
    w->seed = 7;
    for (unsigned i = 0; i < USERS; i++) {
        char name[16];
        struct account a = person(i, name);
        w->user[i] = dir_account(w->dir, &a);
        assert_int_not_equal(w->user[i], 0);
    }
    struct score_options o = {.day = on_day, .owner = w};
    assert_int_equal(score_open(&w->score, w->dir, &o), 0);
    return w;
}

static void world_free(struct world *w)
{
    score_close(w->score);
    dir_free(w->dir);
    free(w);
}

static void sign_in(struct world *w, unsigned user, int64_t time, const char *country, const char *device)
{
    struct activity a = {.time = time, .kind = KIND_SIGN_IN, .outcome = OUTCOME_SUCCESS, .app = STR("Microsoft Entra ID"), .actor_entity = w->user[user]};
    a.location.country = str_of(country);
    a.device = str_of(device);
    w->serial++;
    memcpy(a.id, &w->serial, sizeof w->serial);
    a.origin.record = w->serial;
    score_see(w->score, &a);
}

/* `days` of everybody signing in four times a working day from home */
static void usual_days(struct world *w, int days)
{
    for (int d = 0; d < days; d++)
        for (int k = 0; k < 4 && d % 7 < 5; k++)
            for (unsigned u = 0; u < USERS; u++) {
                char device[16];
                (void)snprintf(device, sizeof device, "PC%u", u);
                int64_t at = START + d * TIME_DAY + (8 + 2 * k) * TIME_HOUR + (int64_t)u * TIME_SECOND + draw(w, 1000) * TIME_MS;
                sign_in(w, u, at, draw(w, 40) ? "FR" : "BE", draw(w, 60) ? device : "KIOSK");
            }
}

static const struct person *find(const struct score_result *r, uint32_t entity)
{
    for (size_t i = 0; i < r->npeople; i++)
        if (r->people[i].entity == entity)
            return &r->people[i];
    return NULL;
}

/* Whoever reads French is given the same reason. */
static void in_french(struct str text)
{
    char english[512], french[512];
    struct arena a;
    struct str said;
    arena_init(&a, 16384, 1u << 20);
    (void)snprintf(english, sizeof english, "%.*s", STR_ARG(text));
    if (!phrase_french(&a, phrase_receipt, text, &said))
        fail_msg("no French for: %s", english);
    (void)snprintf(french, sizeof french, "%.*s", STR_ARG(said));
    languages_both("receipt", "reason", english, french);
    arena_free(&a);
}

static void check_sums(const struct score_result *r)
{
    for (size_t i = 0; i < r->npeople; i++) {
        const struct person *p = &r->people[i];
        int sum = 0;
        for (size_t k = 0; k < p->ncontributions; k++) {
            const struct contribution *c = &p->contributions[k];
            assert_true(c->points >= 1);
            assert_true(c->time >= p->from && c->time < p->to);
            assert_true(str_set(c->text) && c->text.n > 10);
            in_french(c->text);
            sum += c->points;
        }
        assert_int_equal(sum, p->score);
        assert_true(p->percentile >= 0 && p->percentile <= 100);
        assert_true(p->to - p->from == 168 * TIME_HOUR);
        if (i)
            assert_true(r->people[i - 1].score >= p->score);
    }
}

static void strange_country_stands_out(void **state)
{
    struct world *w = world_new();
    struct score_result r;
    (void)state;
    usual_days(w, 54);
    int64_t odd = START + 54 * TIME_DAY + 3 * TIME_HOUR;
    sign_in(w, 3, odd, "KP", "LAPTOP-X");
    assert_int_equal(score_finish(w->score, NULL, 0, &r), 0);
    check_sums(&r);
    const struct person *p = &r.people[0];
    assert_int_equal(p->entity, w->user[3]);
    assert_true(p->score >= 10 && p->percentile > 90);
    bool where = false;
    for (size_t i = 0; i < p->ncontributions; i++) {
        const struct contribution *c = &p->contributions[i];
        if (!str_eq(c->group, STR("where")))
            continue;
        where |= str_eq(c->value, STR("KP")) && c->n_user == 0 && c->n_org == 0 && c->time == odd && c->origin.record == w->serial;
        assert_true(str_has(c->text, STR("first sign-in from country KP")));
        assert_true(str_has(c->text, STR("of 39 colleagues")));
    }
    assert_true(where);
    assert_true(p->days[13] > 0);
    assert_true(p->baseline_days >= 30 && p->baseline_events >= 120);
    world_free(w);
}

/* the same oddity six times in an hour is one contribution, the highest */
static void once_a_day(void **state)
{
    int score[2]; /* contributions */
    (void)state;
    for (int run = 0; run < 2; run++) {
        struct world *w = world_new();
        struct score_result r;
        usual_days(w, 54);
        for (int k = 0; k < (run ? 6 : 1); k++)
            sign_in(w, 3, START + 54 * TIME_DAY + (10 * 60 + k) * TIME_MINUTE, "KP", "PC3");
        assert_int_equal(score_finish(w->score, NULL, 0, &r), 0);
        score[run] = 0;
        const struct person *p = find(&r, w->user[3]);
        for (size_t i = 0; i < p->ncontributions; i++)
            score[run] += str_eq(p->contributions[i].group, STR("where")) ? 1 : 0;
        world_free(w);
    }
    assert_int_equal(score[0], 1);
    assert_int_equal(score[1], 1);
}

static void days_come_in_order_and_hold_the_sums(void **state)
{
    struct world *w = world_new();
    struct score_result r;
    (void)state;
    usual_days(w, 20);
    assert_int_equal(score_finish(w->score, NULL, 0, &r), 0);
    assert_true(w->ndays > 500);
    uint64_t activities = 0;
    for (size_t i = 0; i < w->ndays; i++) {
        activities += w->days[i].activities;
        assert_true(isfinite(w->days[i].evidence) && w->days[i].points >= 0);
        assert_true(w->days[i].p_evidence > 0 && w->days[i].p_evidence <= 1);
        if (i)
            assert_true(w->days[i].day > w->days[i - 1].day || (w->days[i].day == w->days[i - 1].day && w->days[i].user > w->days[i - 1].user));
    }
    assert_int_equal(activities, w->serial);
    world_free(w);
}

/* longer than what is kept of a value */
#define ALERT_NAME "Suspected DCSync attack (replication of directory services)"

static struct alert alert_at(const struct world *w, int id, int64_t time, unsigned serial, unsigned user)
{
    struct alert a = {.external_id = id, .name = STR(ALERT_NAME), .severity = SEVERITY_HIGH, .start = time, .end = time, .nusers = 1};
    (void)snprintf(a.id, sizeof a.id, "%024x", serial);
    a.users[0] = w->user[user];
    return a;
}

static int alert_points(const struct score_result *r, uint32_t entity, int out[8])
{
    const struct person *p = find(r, entity);
    int n = 0;
    for (size_t i = 0; i < p->ncontributions && n < 8; i++)
        if (p->contributions[i].kind == CONTRIBUTION_ALERT) {
            assert_true(str_eq(p->contributions[i].value, STR(ALERT_NAME)) && str_has(p->contributions[i].text, STR(ALERT_NAME)));
            out[n++] = p->contributions[i].points;
        }
    return n;
}

/* 40 active users, one has it: rarity ln(41/2)/ln(41) = .813; 70 x 1 x .813 = 56.9 */
static void alerts_repeat_for_less(void **state)
{
    struct world *w = world_new();
    struct score_result r;
    struct alert a[4];
    const struct alert *list[4];
    int points[8];
    (void)state;
    usual_days(w, 10);
    for (unsigned i = 0; i < 4; i++) {
        a[i] = alert_at(w, 2006, START + 8 * TIME_DAY + (i < 3 ? i : 30) * TIME_HOUR, i, 5);
        list[i] = &a[i];
    }
    assert_int_equal(score_finish(w->score, list, 4, &r), 0);
    check_sums(&r);
    assert_int_equal(alert_points(&r, w->user[5], points), 4);
    assert_int_equal(points[0], 57);
    assert_int_equal(points[1], 57); /* the next day */
    assert_int_equal(points[2], 28); /* half of 56.9 is 28.46 */
    assert_int_equal(points[3], 14);
    assert_int_equal(r.people[0].entity, w->user[5]);
    world_free(w);
}

/* an alert that ten users have is worth ln(41/11)/ln(41) = .354 of 70 */
static void common_alerts_weigh_less(void **state)
{
    struct world *w = world_new();
    struct score_result r;
    struct alert a = alert_at(w, 2006, START + 8 * TIME_DAY, 1, 0);
    const struct alert *list = &a;
    int points[8];
    (void)state;
    usual_days(w, 9);
    a.nusers = 10;
    for (unsigned i = 0; i < 10; i++)
        a.users[i] = w->user[i];
    assert_int_equal(score_finish(w->score, &list, 1, &r), 0);
    assert_int_equal(alert_points(&r, w->user[4], points), 1);
    assert_int_equal(points[0], (int)floor(70 * log(41.0 / 11) / log(41) + 0.5));
    world_free(w);
}

/* two alerts eight days apart do not meet in one window; 167 hours apart they do */
static void the_window_is_168_hours(void **state)
{
    (void)state;
    for (int apart = 167; apart <= 168; apart++) {
        struct world *w = world_new();
        struct score_result r;
        struct alert a[2] = {alert_at(w, 2006, START + TIME_HOUR / 2, 1, 5), alert_at(w, 2007, START + apart * TIME_HOUR + TIME_HOUR / 2, 2, 5)};
        const struct alert *list[2] = {&a[0], &a[1]};
        int points[8];
        usual_days(w, 9);
        assert_int_equal(score_finish(w->score, list, 2, &r), 0);
        assert_int_equal(alert_points(&r, w->user[5], points), apart == 167 ? 2 : 1);
        check_sums(&r);
        world_free(w);
    }
}

static void percentile_is_the_mid_rank(void **state)
{
    struct world *w = world_new();
    struct score_result r;
    struct alert a = alert_at(w, 2006, START + 3 * TIME_DAY, 1, 5);
    const struct alert *list = &a;
    (void)state;
    usual_days(w, 4); /* too young for points: 39 users have 0 */
    assert_int_equal(score_finish(w->score, &list, 1, &r), 0);
    assert_true(fabs(find(&r, w->user[5])->percentile - 100 * 39.5 / 40) < 1e-9);
    for (size_t i = 1; i < r.npeople; i++)
        if (r.people[i].score == 0)
            assert_true(r.people[i].percentile < 50);
    world_free(w);
}

static void same_input_same_result(void **state)
{
    struct world *w[2];
    struct score_result r[2];
    (void)state;
    for (int i = 0; i < 2; i++) {
        w[i] = world_new();
        usual_days(w[i], 40);
        sign_in(w[i], 7, START + 41 * TIME_DAY, "KP", "X");
        assert_int_equal(score_finish(w[i]->score, NULL, 0, &r[i]), 0);
    }
    assert_int_equal(w[0]->ndays, w[1]->ndays);
    assert_memory_equal(w[0]->days, w[1]->days, w[0]->ndays * sizeof *w[0]->days);
    for (size_t i = 0; i < r[0].npeople; i++) {
        const struct person *p = &r[0].people[i], *q = &r[1].people[i];
        assert_int_equal(p->entity, q->entity);
        assert_int_equal(p->ncontributions, q->ncontributions);
        for (size_t k = 0; k < p->ncontributions; k++)
            assert_true(str_eq(p->contributions[k].text, q->contributions[k].text));
    }
    world_free(w[0]);
    world_free(w[1]);
}

static void failures_teach_nothing_about_places(void **state)
{
    struct world *w = world_new();
    struct score_result r;
    (void)state;
    usual_days(w, 54);
    for (int k = 0; k < 50; k++) {
        struct activity a = {.time = START + 54 * TIME_DAY + k * TIME_SECOND, .kind = KIND_FAILED_SIGN_IN, .outcome = OUTCOME_FAILURE,
                             .app = STR("Microsoft Entra ID"), .actor_entity = w->user[9], .location.country = STR("KP")};
        score_see(w->score, &a);
    }
    assert_int_equal(score_finish(w->score, NULL, 0, &r), 0);
    const struct person *p = find(&r, w->user[9]);
    for (size_t i = 0; i < p->ncontributions; i++)
        assert_false(str_eq(p->contributions[i].value, STR("KP")));
    world_free(w);
}

static void machines_and_nobody_are_not_people(void **state)
{
    struct score_result r;
    struct score *s;
    struct dir_learner *l = dir_learner_new();
    struct dir *d = NULL;
    (void)state;
    struct activity machine = {.time = START, .kind = KIND_NETWORK_LOGON, .actor = {.name = STR("WS1$"), .domain = STR("CORP")}};
    struct activity nobody = {.time = START, .kind = KIND_NETWORK_LOGON};
    dir_learn(l, &machine);
    assert_int_equal(dir_build(&d, &l, 1, NULL, NULL, 0), 0);
    dir_learner_free(l);
    machine.actor_entity = dir_account(d, &machine.actor);
    assert_int_equal(score_open(&s, d, NULL), 0);
    score_see(s, &machine);
    score_see(s, &nobody);
    assert_int_equal(score_finish(s, NULL, 0, &r), 0);
    assert_int_equal(r.npeople, 0);
    score_close(s);
    dir_free(d);
}

/* A controller that asks for proof was asked by anybody. */
static size_t people_after(enum kind kind)
{
    struct score_result r;
    struct score *s;
    struct dir_learner *l = dir_learner_new();
    struct dir *d = NULL;
    struct activity alice = {.time = START, .kind = kind, .actor = {.name = STR("alice"), .domain = STR("CORP")}};
    dir_learn(l, &alice);
    assert_int_equal(dir_build(&d, &l, 1, NULL, NULL, 0), 0);
    dir_learner_free(l);
    alice.actor_entity = dir_account(d, &alice.actor);
    assert_int_equal(score_open(&s, d, NULL), 0);
    score_see(s, &alice);
    assert_int_equal(score_finish(s, NULL, 0, &r), 0);
    size_t n = r.npeople;
    score_close(s);
    dir_free(d);
    return n;
}

static void names_that_are_only_asked_for_do_nothing(void **state)
{
    (void)state;
    assert_int_equal(people_after(KIND_PREAUTH_ASKED), 0);
    assert_int_equal(people_after(KIND_CREDENTIALS_VALIDATION), 1);
}

static void points_are_rounded_on_the_parts(void **state)
{
    (void)state;
    assert_true(ledger_exact(-1.25, 1.25) <= 0);
    assert_true(fabs(ledger_exact(-2.25, 1.25) - 1) < 1e-12);
    assert_true(fabs(ledger_exact(-9, 1.25) - 4) < 1e-12);
    assert_int_equal(ledger_shown(0.19), 0);
    assert_int_equal(ledger_shown(0.2), 1);
    assert_int_equal(ledger_shown(1), 3); /* 2.5 rounds away from zero */
    assert_int_equal(ledger_shown(4), 10);
}

/* a window begins with the first and the highest within it counts, also across midnight */
static void ledger_counts_once_in_24_hours(void **state)
{
    struct ledger l;
    (void)state;
    ledger_open(&l, 1000);
    assert_int_equal(ledger_user(&l, 0), 0);
    int64_t evening = START + 23 * TIME_HOUR;
    assert_non_null(ledger_add(&l, 0, TOPIC_WHERE, 5, evening));
    assert_non_null(ledger_find(&l, 0, TOPIC_WHERE, 5, evening + 2 * TIME_HOUR));
    assert_null(ledger_find(&l, 0, TOPIC_WHERE, 5, evening + 24 * TIME_HOUR));
    assert_null(ledger_find(&l, 0, TOPIC_WHERE, 6, evening));
    assert_null(ledger_find(&l, 0, TOPIC_WHAT, 5, evening));
    for (uint64_t i = 0; i < 5000; i++)
        (void)ledger_add(&l, 0, TOPIC_WHAT, i, evening);
    assert_true(l.books[0].n <= LEDGER_DAY);
    ledger_close(&l);
}

/* what is past comes back as it was, without that which shows no point; at the bound the smallest go */
static void ledger_keeps_the_past_packed(void **state)
{
    struct ledger l;
    enum { DAYS = 400, MAX = 1000 };
    uint32_t n;
    (void)state;
    ledger_open(&l, MAX);
    assert_int_equal(ledger_user(&l, 0), 0);
    for (int i = 0; i < DAYS; i++) {
        struct entry *e = ledger_add(&l, 0, (uint8_t)(i % TOPIC_ALERT), (uint64_t)i << i % 60, START - i % 2 + i * TIME_DAY);
        assert_non_null(e);
        e->points = (int16_t)(i % 5);
        e->kind = (uint16_t)(65535 - i);
        e->dim = (uint8_t)i;
        e->log10p = -(float)i / 7;
        e->origin = (struct origin){(uint32_t)i, UINT64_MAX - (uint64_t)i, (uint64_t)i << 40};
        e->n_user = UINT32_MAX - (uint32_t)i;
        e->total_user = e->n_peers = e->peers = e->n_org = e->total_org = e->days = (uint32_t)i;
        e->events = (uint32_t)i * 3;
        memset(e->id, i & 255, sizeof e->id);
        ledger_text(e, str_sub(STR("the quick brown fox jumps over the lazy dog, and then over all others"), 0, (size_t)i % 70));
    }
    assert_true(l.books[0].n < 10);
    const struct entry *e = ledger_all(&l, 0, &n);
    assert_true(l.n == n && n >= DAYS * 4 / 5 && n < DAYS * 4 / 5 + 10);
    for (uint32_t k = 0, i = 1; k + 10 < n; k++, i += i % 5 == 4 ? 2 : 1) {
        assert_true(e[k].time == START - i % 2 + (int64_t)i * TIME_DAY && e[k].value == (uint64_t)i << i % 60 && e[k].topic == i % TOPIC_ALERT);
        assert_true(e[k].points == (int)i % 5 && e[k].kind == 65535 - i && e[k].dim == (uint8_t)i && e[k].id[15] == (i & 255));
        assert_true(e[k].origin.input == i && e[k].origin.record == UINT64_MAX - i && e[k].origin.offset == (uint64_t)i << 40);
        assert_true(e[k].n_user == UINT32_MAX - i && e[k].total_org == i && e[k].days == i && e[k].events == i * 3);
        assert_true(strlen(e[k].text) == (i % 70 < LEDGER_TEXT ? i % 70 : LEDGER_TEXT - 1));
        assert_true(e[k].log10p <= -(float)i / 7 && e[k].log10p >= -(float)i / 7);
    }
    for (int i = 0; i < 3 * MAX; i++) {
        struct entry *new = ledger_add(&l, 0, TOPIC_WHAT, 1, START + (DAYS + i) * TIME_DAY);
        if (new)
            new->points = (int16_t)(1 + i % 7);
    }
    e = ledger_all(&l, 0, &n);
    assert_true(l.n == n && n <= MAX && n > 100);
    for (uint32_t k = 0; k + 500 < n; k++)
        assert_true(e[k].points > 1);
    ledger_close(&l);
}

/* 100,000 users, a million activities: within 1.5 GB, most of it per user */
static void memory_is_bounded(void **state)
{
    enum { MANY = 100000 };
    struct dir *d = people(MANY);
    struct score *s;
    struct score_result r;
    struct rusage before, after;
    uint32_t first = 0;
    (void)state;
    getrusage(RUSAGE_SELF, &before);
    assert_int_equal(score_open(&s, d, NULL), 0);
    for (uint32_t i = 0; i < 10 * MANY; i++) {
        char device[16];
        (void)snprintf(device, sizeof device, "D%u", i % 150000);
        struct activity a = {.time = START + (int64_t)i * TIME_SECOND, .kind = KIND_SIGN_IN, .outcome = OUTCOME_SUCCESS, .actor_entity = 1 + i % MANY,
                             .device = str_of(device), .location.country = i % 1000 ? STR("FR") : STR("KP")};
        score_see(s, &a);
        first += a.actor_entity == 1;
    }
    assert_int_equal(first, 10);
    assert_int_equal(score_finish(s, NULL, 0, &r), 0);
    getrusage(RUSAGE_SELF, &after);
    assert_true(r.npeople > MANY - 10);
    long grown = after.ru_maxrss - before.ru_maxrss; /* KiB */
    print_message("%.2f KiB per user\n", (double)grown / MANY);
    assert_true(grown < 1500 * 1024L);
    score_close(s);
    dir_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(strange_country_stands_out),
        cmocka_unit_test(once_a_day),
        cmocka_unit_test(days_come_in_order_and_hold_the_sums),
        cmocka_unit_test(alerts_repeat_for_less),
        cmocka_unit_test(common_alerts_weigh_less),
        cmocka_unit_test(the_window_is_168_hours),
        cmocka_unit_test(percentile_is_the_mid_rank),
        cmocka_unit_test(same_input_same_result),
        cmocka_unit_test(failures_teach_nothing_about_places),
        cmocka_unit_test(machines_and_nobody_are_not_people),
        cmocka_unit_test(names_that_are_only_asked_for_do_nothing),
        cmocka_unit_test(points_are_rounded_on_the_parts),
        cmocka_unit_test(ledger_counts_once_in_24_hours),
        cmocka_unit_test(ledger_keeps_the_past_packed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
