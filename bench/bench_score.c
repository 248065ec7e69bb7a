/* bench/bench_score.c - microseconds per activity and bytes per user of the behaviour score, all dimensions present. */
#include "directory/dir_build.h"
#include "score/score.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

enum { USERS = 2000, DAYS = 30, A_DAY = 40, BATCH = 1000 };
_Static_assert(USERS * DAYS * A_DAY % BATCH == 0, "batches are whole");

static uint64_t seed = 1;

static uint32_t draw(uint32_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

/* mostly the first few of n: what people really use */
static uint32_t skewed(uint32_t n)
{
    uint32_t a = draw(n);
    return a * draw(n) / n * draw(n) / n;
}

static struct dir *people(void)
{
    struct dir_learner *l = dir_learner_new();
    struct dir *d = NULL;
    for (unsigned i = 0; i < USERS; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "user%u", i);
        struct activity a = {.kind = KIND_INTERACTIVE_LOGON, .actor = {.name = str_of(name), .domain = STR("CORP")}};
        dir_learn(l, &a);
    }
    (void)dir_build(&d, &l, 1, NULL, NULL, 0);
    dir_learner_free(l);
    return d;
}

/* An activity with the texts that it points at. */
struct made {
    struct activity act;
    struct object object;
    char device[16], thing[24], server[16];
};

static void make(struct made *m, uint32_t user, int64_t time)
{
    static const enum kind kinds[] = {KIND_SIGN_IN, KIND_FILE_VIEW, KIND_FILE_DOWNLOAD, KIND_MAIL_SENT, KIND_RESOURCE_ACCESS, KIND_SHARE_ACCESS};
    static const char *const countries[] = {"FR", "BE", "DE", "CH", "US"};
    (void)snprintf(m->device, sizeof m->device, "PC%u", user + USERS * skewed(3));
    (void)snprintf(m->thing, sizeof m->thing, "thing%u", user / 20 * 60 + skewed(120));
    (void)snprintf(m->server, sizeof m->server, "SRV%u", skewed(20));
    m->object = (struct object){.type = OBJECT_FILE, .role = ROLE_RESOURCE, .ref = {.name = str_of(m->thing)}};
    m->act = (struct activity){.time = time, .kind = kinds[skewed(6)], .outcome = OUTCOME_SUCCESS, .app = STR("Office 365"),
                               .actor_entity = 1 + user, .objects = &m->object, .nobjects = 1, .device = str_of(m->device),
                               .destination = str_of(m->server)};
    m->act.location.country = str_of(countries[skewed(5)]);
    m->act.location.network = STR("Example Networks");
    m->act.ip = ip_v4(0x0a000000u + user * 16 + skewed(4));
    m->act.agent.browser = STR("Firefox");
    m->act.agent.os = draw(9) ? STR("Windows") : STR("Android");
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(void)
{
    static struct made batch[BATCH];
    struct dir *d = people();
    struct score *s;
    struct score_result r;
    struct rusage before, after;
    double spent = 0; /* in scoring alone: making activities up is not part of it */
    if (score_open(&s, d, NULL) < 0)
        return 1;
    getrusage(RUSAGE_SELF, &before);
    const uint32_t n = USERS * DAYS * A_DAY;
    for (uint32_t i = 0; i < n; i += BATCH) {
        for (uint32_t k = 0; k < BATCH; k++)
            make(&batch[k], draw(USERS), (int64_t)20458 * TIME_DAY + (int64_t)(i + k) * (DAYS * TIME_DAY / n));
        double from = seconds();
        for (uint32_t k = 0; k < BATCH; k++)
            score_see(s, &batch[k].act);
        spent += seconds() - from;
    }
    if (score_finish(s, NULL, 0, &r) < 0)
        return 1;
    getrusage(RUSAGE_SELF, &after);
    printf("%u activities of %u users: %.2f us per activity, %.1f KiB per user with results\n", n, USERS, spent * 1e6 / n,
           (double)(after.ru_maxrss - before.ru_maxrss) / USERS);
    score_close(s);
    dir_free(d);
    return 0;
}
