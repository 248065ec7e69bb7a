/* bench/bench_actlog.c [N [FOLDER]] - the activity log with N activities: writing, with and without readers, every filter cold and warm,
 * text, counts, the commonest, and reading all in order.
 *
 * Cold: the operating system was told to drop the segments' pages, and the log is opened anew. */
#include "base/arena.h"
#include "tests/support/crowd.h"
#include "store/actlog.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { COMMIT = 5000, PAGE = 100, WARM = 7 };

static char folder[256];
static const struct actlog_view everything = {.cloud = true, .joined = UINT64_MAX};

static double clock_of(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double now(void)
{
    return clock_of(CLOCK_MONOTONIC);
}

/* Of this process, in MB: resident now and at most. */
static void memory(const char *when)
{
    FILE *f = fopen("/proc/self/status", "re");
    char line[200];
    long rss = 0, most = 0;
    while (f && fgets(line, sizeof line, f)) {
        (void)sscanf(line, "VmRSS: %ld", &rss);
        (void)sscanf(line, "VmHWM: %ld", &most);
    }
    if (f)
        (void)fclose(f);
    printf("memory %s: %ld MB, at most %ld MB\n", when, rss / 1024, most / 1024);
}

static struct actlog *open_log(void)
{
    char why[256];
    struct actlog *l;
    if (actlog_open(folder, &l, why) < 0) {
        (void)fprintf(stderr, "%s\n", why);
        exit(1);
    }
    return l;
}

static void each_file(void (*with)(const char *path))
{
    char path[600];
    (void)snprintf(path, sizeof path, "%s/activities", folder);
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));) {
        (void)snprintf(path, sizeof path, "%s/activities/%s", folder, e->d_name);
        with(path);
    }
    if (d)
        (void)closedir(d);
}

static void forget_pages(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        (void)close(fd);
    }
}

static void remove_file(const char *path)
{
    (void)unlink(path);
}

/* ---- queries ---- */

struct question {
    const char *name;
    struct filter_term terms[2];
    struct filter_value values[2];
    unsigned n;
    bool by_created, people;
    uint32_t skip;
};

#define ONE(what, f, m, ...) {.name = what, .terms = {{.field = FIELD_ACTIVITY_##f, .match = MATCH_##m, .n = 1}}, .values = {{__VA_ARGS__}}, .n = 1}
#define S(x) .text = {x, sizeof(x) - 1}

static struct question questions[] = {
    {.name = "nothing (newest)"},
    {.name = "newest by created", .by_created = true},
    {.name = "skip 10,000", .skip = 10000},
    ONE("user, busy", USER, EQ, .from = 100),
    ONE("user, quiet", USER, EQ, .from = 19900),
    ONE("user, nobody", USER, EQ, .from = 999999),
    ONE("entity (a server)", ENTITY, EQ, .from = 50399),
    ONE("ip, one", IP, EQ, S("10.4.18.32")),
    ONE("ip, prefix 81.2.", IP, STARTS, S("81.2.")),
    ONE("ip, 81.0.0.0/14", IP, EQ, S("81.0.0.0/14")),
    ONE("kind, common", KIND, EQ, S("resource access")),
    ONE("kind, rare", KIND, EQ, S("inbox rule created")),
    ONE("operation contains", KIND, CONTAINS, S("inboxru")),
    ONE("app", SERVICE, EQ, .from = 11599),
    ONE("country", COUNTRY, EQ, S("JP")),
    {.name = "country not FR, set", .terms = {{.field = FIELD_ACTIVITY_COUNTRY, .match = MATCH_EQ, .negate = true, .n = 1}, {.field = FIELD_ACTIVITY_COUNTRY, .match = MATCH_SET}},
     .values = {{S("FR")}, {.from = 0}}, .n = 2},
    ONE("device", DEVICE, EQ, S("ws19999")),
    ONE("device starts ws199", DEVICE, STARTS, S("ws199")),
    ONE("object", OBJECT, EQ, S("salary plan 123456.xlsx")),
    ONE("object contains 98765", OBJECT, CONTAINS, S("98765")),
    ONE("object ends .exe (none)", OBJECT, ENDS, S(".exe")),
    ONE("agent contains", AGENT, CONTAINS, S("chrome/117")),
    ONE("admin", ADMIN, EQ, .from = 1),
    ONE("failure", OUTCOME, EQ, S("failure")),
    ONE("id", ID, EQ, S("")),
    ONE("one day", DATE, RANGE, .from = 0),
    ONE("created, an hour", CREATED, RANGE, .from = 0),
    {.name = "user in a week", .terms = {{.field = FIELD_ACTIVITY_USER, .match = MATCH_EQ, .n = 1}, {.field = FIELD_ACTIVITY_DATE, .match = MATCH_RANGE, .n = 1}},
     .values = {{.from = 5000}, {.from = 0}}, .n = 2},
    {.name = "two users together (none)", .terms = {{.field = FIELD_ACTIVITY_USER, .match = MATCH_EQ, .n = 1}, {.field = FIELD_ACTIVITY_ENTITY, .match = MATCH_EQ, .n = 1}},
     .values = {{.from = 5000}, {.from = 5001}}, .n = 2},
    {.name = "view of 10,000 people", .people = true},
    ONE("text: salary", TEXT, TEXT, S("salary")),
    ONE("text: user19900 jp", TEXT, TEXT, S("user19900 jp")),
    ONE("text: 10.4.18.32", TEXT, TEXT, S("10.4.18.32")),
    ONE("text, no hit", TEXT, TEXT, S("xyzzynothing")),
    ONE("text, no hit, common words", TEXT, TEXT, S("user report xyzzynothing")),
};
enum { QUESTIONS = sizeof questions / sizeof *questions };

static int seen(void *owner, const struct actlog_row *row)
{
    unsigned *n = owner;
    *n += row->number > 0;
    return 0;
}

static uint32_t people[CROWD_PEOPLE / 2];
static char some_id[33];

static void prepare(int64_t first, int64_t last, int64_t created)
{
    for (uint32_t i = 0; i < CROWD_PEOPLE / 2; i++)
        people[i] = 2 * i + 2;
    for (unsigned i = 0; i < QUESTIONS; i++) {
        struct question *q = &questions[i];
        for (unsigned t = 0; t < q->n; t++) {
            q->terms[t].values = &q->values[t];
            int64_t middle = first + (last - first) / 2;
            if (q->terms[t].field == FIELD_ACTIVITY_DATE)
                q->values[t] = (struct filter_value){.from = middle, .to = middle + (q->n > 1 ? 7 : 1) * TIME_DAY};
            if (q->terms[t].field == FIELD_ACTIVITY_CREATED)
                q->values[t] = (struct filter_value){.from = created - TIME_HOUR, .to = created};
            if (q->terms[t].field == FIELD_ACTIVITY_ID)
                q->values[t].text = str_of(some_id);
        }
    }
}

static double ask(struct actlog *l, const struct question *q, unsigned *n)
{
    const struct filter f = {q->terms, q->n};
    struct actlog_view v = everything;
    struct actlog_query query = {.filter = &f, .view = &v, .limit = PAGE, .skip = q->skip, .by_created = q->by_created};
    bool more;
    if (q->people)
        v.people = people, v.npeople = CROWD_PEOPLE / 2;
    *n = 0;
    double from = now();
    if (actlog_query(l, &query, seen, n, &more) < 0)
        (void)fprintf(stderr, "%s: failed\n", q->name);
    return (now() - from) * 1e3;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(unsigned i)
{
    struct question *q = &questions[i];
    const struct filter f = {q->terms, q->n};
    double warm[WARM];
    unsigned n;
    uint64_t all = 0;
    bool beyond;
    each_file(forget_pages);
    struct actlog *l = open_log();
    double cold = ask(l, q, &n);
    for (unsigned k = 0; k < WARM; k++)
        warm[k] = ask(l, q, &n);
    qsort(warm, WARM, sizeof *warm, by_value);
    double from = now();
    (void)actlog_count(l, &f, &everything, UINT64_MAX - 1, &all, &beyond);
    printf("| %s | %u | %.1f | %.1f | %llu in %.0f |\n", q->name, n, cold, warm[WARM / 2], (unsigned long long)all, (now() - from) * 1e3);
    (void)fflush(stdout);
    actlog_close(l);
}

/* ---- writing ---- */

struct reading {
    struct actlog *log;
    atomic_bool stop;
    uint64_t pages;
    double slowest, sum;
};

static void *read_always(void *owner)
{
    struct reading *r = owner;
    for (unsigned i = 0; !atomic_load(&r->stop); i = (i + 1) % QUESTIONS) {
        unsigned n;
        double ms = ask(r->log, &questions[i], &n);
        r->pages++;
        r->sum += ms;
        r->slowest = ms > r->slowest ? ms : r->slowest;
    }
    return NULL;
}

static double write_some(struct actlog *l, struct crowd *c, uint64_t n)
{
    double from = now(), own = clock_of(CLOCK_THREAD_CPUTIME_ID), all = clock_of(CLOCK_PROCESS_CPUTIME_ID);
    for (uint64_t i = 1; i <= n; i++) {
        bool stored;
        struct activity a = crowd_next(c);
        if (actlog_add(l, &a, a.time + TIME_MINUTE, &stored) < 0 || !stored || ((i % COMMIT == 0 || i == n) && actlog_commit(l) < 0)) {
            (void)fprintf(stderr, "writing failed\n");
            exit(1);
        }
        if (i == n)
            for (unsigned k = 0; k < 16; k++)
                (void)snprintf(some_id + 2 * k, 3, "%02x", a.id[k]);
    }
    printf("%llu activities: %.1f us of the writer's processor time each, %.1f us of the whole program's\n", (unsigned long long)n,
           (clock_of(CLOCK_THREAD_CPUTIME_ID) - own) * 1e6 / (double)n, (clock_of(CLOCK_PROCESS_CPUTIME_ID) - all) * 1e6 / (double)n);
    return (double)n / (now() - from);
}

static void fill(uint64_t n)
{
    struct crowd *c = calloc(1, sizeof *c);
    struct reading r = {.log = open_log()};
    pthread_t reader;
    struct timespec tick = {0, 50000000};
    struct actlog_figures f;
    if (!c)
        exit(1);
    *c = (struct crowd){.seed = 42, .time = INT64_C(20000) * TIME_DAY, .step = 90 * TIME_DAY / (int64_t)n};
    uint64_t shared = n / 5;
    printf("written: %.0f activities a second\n", write_some(r.log, c, n - shared));
    prepare(INT64_C(20000) * TIME_DAY, c->time, c->time);
    atomic_init(&r.stop, false);
    if (pthread_create(&reader, NULL, read_always, &r) != 0)
        exit(1);
    double speed = write_some(r.log, c, shared);
    atomic_store(&r.stop, true);
    (void)pthread_join(reader, NULL);
    printf("with a reader asking all the time: %.0f a second, %llu pages meanwhile, %.0f ms each, slowest %.0f ms\n", speed,
           (unsigned long long)r.pages, r.sum / (double)r.pages, r.slowest);
    double from = now();
    for (actlog_figures(r.log, &f); f.segments >= 32 + n / 1000000; actlog_figures(r.log, &f)) /* a few of a million, less than 32 small ones */
        (void)nanosleep(&tick, NULL);
    printf("merging ended %.0f s later: %u segments, %.1f bytes an activity on disk\n", now() - from, f.segments,
           (double)f.bytes / (double)(f.activities[0] + f.activities[1]));
    memory("while writing");
    actlog_close(r.log);
    free(c);
}

/* ---- all of it ---- */

struct all {
    uint64_t n, sum;
    int64_t last;
};

static int in_order(void *owner, const struct actlog_row *row)
{
    struct all *a = owner;
    if (row->activity.time < a->last)
        return ERR_MALFORMED;
    a->last = row->activity.time;
    a->n++;
    a->sum += row->activity.actor_entity;
    return 0;
}

static int arrived(void *owner, const struct actlog_row *row)
{
    struct all *a = owner;
    a->n++;
    return row->number == a->n ? 0 : ERR_MALFORMED;
}

static void read_all(struct actlog *l)
{
    struct all a = {.last = TIME_NONE};
    double from = now();
    int err = actlog_scan(l, &everything, TIME_NONE, in_order, &a);
    printf("read in order: %.0f a second (%s)\n", (double)a.n / (now() - from), err ? "failed" : "whole");
    a = (struct all){0};
    from = now();
    err = actlog_arrived(l, 0, UINT64_MAX, arrived, &a);
    printf("read by arrival: %.0f a second (%s)\n", (double)a.n / (now() - from), err ? "failed" : "whole");
}

static void tops(struct actlog *l)
{
    static const char *const names[] = {"app", "kind", "actor", "country", "network", "ip", "device", "destination", "day"};
    struct arena texts;
    for (unsigned by = 0; by <= ACTLOG_BY_DAY; by++) {
        struct actlog_top out[10];
        struct actlog_column_top c = {.by = (enum actlog_column)by, .top = out, .room = 10};
        arena_init(&texts, 1 << 20, 256 << 20);
        double from = now();
        int err = actlog_top(l, NULL, &everything, 100000, &c, 1, &texts);
        printf("%s%s %.0f ms%s", by ? ", " : "ten commonest of 100,000: ", names[by], (now() - from) * 1e3, err ? " failed" : "");
        arena_free(&texts);
    }
    printf("\n");
}

int main(int argc, char **argv)
{
    uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 200000;
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(folder, sizeof folder, "%s/vigie-bench-XXXXXX", tmp ? tmp : "/tmp");
    if (argc > 2)
        (void)snprintf(folder, sizeof folder, "%s", argv[2]);
    else if (!mkdtemp(folder))
        return 1;
    printf("%llu activities\n", (unsigned long long)n);
    fill(n);
    each_file(forget_pages);
    double from = now();
    struct actlog *l = open_log();
    printf("opened in %.0f ms\n", (now() - from) * 1e3);
    memory("after opening");
    printf("\n| filter | rows | cold ms | warm ms | all of them, ms |\n|---|---|---|---|---|\n");
    actlog_close(l);
    for (unsigned i = 0; i < QUESTIONS; i++)
        measure(i);
    printf("\n");
    l = open_log();
    tops(l);
    read_all(l);
    actlog_close(l);
    memory("in the end");
    if (argc <= 2) {
        each_file(remove_file);
        char path[300];
        (void)snprintf(path, sizeof path, "%s/activities", folder);
        (void)rmdir(path);
        (void)rmdir(folder);
    }
    return 0;
}
