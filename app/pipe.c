/* app/pipe.c - the flow from inputs to results, top to bottom. */
#include "app/pipe.h"

#include "app/directory_file.h"
#include "app/intake.h"
#include "app/merge.h"
#include "base/hash.h"
#include "directory/dir_ref.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    WRITER_BUFFER = 6 << 20,
    MERGE_WINDOW = 16 << 20,
    BATCH = 1024,
    BATCH_BYTES = 1 << 20,
    BATCH_OBJECTS = BATCH * 4,
    BATCH_FACTS = BATCH * 16
};

/* ---- reading what surrounds the logs ---- */

static int failed(struct pipe_result *r, int err, const char *why, const char *about)
{
    r->why = why;
    (void)snprintf(r->about, sizeof r->about, "%s", about);
    return err;
}

static int read_directory(struct dir_import *im, const char *path, struct pipe_result *r)
{
    const char *why;
    int err = directory_file_read(im, path, &why);
    return err ? failed(r, err, why, path) : 0;
}

static int by_input(const void *x, const void *y)
{
    const struct dir_entry *a = x, *b = y;
    if (a->input != b->input)
        return a->input < b->input ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

/* Which of several directories is read first depends on threads; which one is believed, on their paths. */
static void order_directories(struct dir_import *im, const struct inputs *in)
{
    for (size_t i = 0; i < im->n; i++) {
        struct dir_entry *e = &im->entries[i];
        e->place = (uint32_t)i;
        e->input = e->input ? inputs_get(in, e->input - 1)->rank + 1 : 0;
    }
    if (im->n)
        qsort(im->entries, im->n, sizeof *im->entries, by_input);
}

/* ---- batches between the two judging threads ---- */

struct batch {
    struct activity act[BATCH];
    size_t n;
    struct object objects[BATCH_OBJECTS + ACTIVITY_OBJECTS];
    struct fact facts[BATCH_FACTS + ACTIVITY_FACTS];
    uint8_t *bytes;
    size_t used, nobjects, nfacts;
};

struct named_count {
    struct str name;
    uint64_t n;
};

struct judging {
    const struct pipe_options *options;
    struct pipe_result *result;
    struct merge *stream;
    struct held next; /* taken from the stream, did not fit into the last batch */
    struct table kinds, apps;
    uint64_t known[KIND_COUNT]; /* activities by kind: they join `kinds` at the end */
    struct named_count *app;    /* of the activity before: mostly the same again */
    struct batch *batch[2];
    /* handing over to the scoring thread */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int full[2];
    bool finished;
    pthread_t scorer;
    bool threaded;
};

static struct named_count *tally(struct arena *names, struct table *t, struct str name, uint64_t n)
{
    struct named_count *c = table_put(t, hash_str(name, 9), NULL);
    if (c && c->n == 0)
        c->name = str_dup(names, name);
    if (c)
        c->n += n;
    return c;
}

static void count(struct judging *j, const struct activity *a)
{
    struct arena *names = &j->result->names;
    if (a->kind != KIND_UNKNOWN)
        j->known[a->kind]++;
    else
        (void)tally(names, &j->kinds, a->kind_text, 1);
    if (j->app && str_eq(j->app->name, a->app))
        j->app->n++;
    else
        j->app = tally(names, &j->apps, a->app, 1);
}

static int take_batch(struct judging *j, struct batch *b)
{
    struct pipe_result *r = j->result;
    b->n = b->used = b->nobjects = b->nfacts = 0;
    while (b->n < BATCH && b->nobjects < BATCH_OBJECTS && b->nfacts < BATCH_FACTS) {
        if (!j->next.full) {
            int got = merge_next(j->stream, &j->next);
            if (got <= 0)
                return got;
        }
        if (b->used + j->next.n > BATCH_BYTES)
            return 0;
        struct activity *a = &b->act[b->n];
        memcpy(b->bytes + b->used, j->next.bytes, j->next.n);
        j->next.full = false;
        int err = activity_unpack(b->bytes + b->used, j->next.n, a, b->objects + b->nobjects, b->facts + b->nfacts);
        if (err)
            return err;
        b->used += j->next.n;
        b->nobjects += a->nobjects;
        b->nfacts += a->nfacts;
        b->n++;
        dir_resolve(r->dir, a);
        r->activities++;
        if (r->first == TIME_NONE)
            r->first = a->time;
        r->last = a->time;
        count(j, a);
    }
    return 0;
}

static double seconds_of(clockid_t clock)
{
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void score_batch(struct judging *j, const struct batch *b)
{
    double start = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    for (size_t i = 0; i < b->n; i++)
        score_see(j->result->score, &b->act[i]);
    j->result->scoring += seconds_of(CLOCK_THREAD_CPUTIME_ID) - start;
}

static void *scorer(void *owner)
{
    struct judging *j = owner;
    for (unsigned turn = 0;; turn ^= 1) {
        (void)pthread_mutex_lock(&j->lock);
        while (!j->full[turn] && !j->finished)
            (void)pthread_cond_wait(&j->changed, &j->lock);
        bool work = j->full[turn];
        (void)pthread_mutex_unlock(&j->lock);
        if (!work)
            return NULL;
        score_batch(j, j->batch[turn]);
        (void)pthread_mutex_lock(&j->lock);
        j->full[turn] = 0;
        (void)pthread_cond_signal(&j->changed);
        (void)pthread_mutex_unlock(&j->lock);
    }
}

static void wait_until_scored(struct judging *j, unsigned turn)
{
    (void)pthread_mutex_lock(&j->lock);
    while (j->full[turn])
        (void)pthread_cond_wait(&j->changed, &j->lock);
    (void)pthread_mutex_unlock(&j->lock);
}

static void hand_over(struct judging *j, unsigned turn)
{
    (void)pthread_mutex_lock(&j->lock);
    j->full[turn] = 1;
    (void)pthread_cond_signal(&j->changed);
    (void)pthread_mutex_unlock(&j->lock);
}

static int judge_batch(struct judging *j, const struct batch *b)
{
    const struct pipe_options *o = j->options;
    int err = 0;
    for (size_t i = 0; i < b->n && !err; i++) {
        if (o->each)
            err = o->each(o->each_owner, &b->act[i]);
        if (o->judge)
            engine_see(j->result->engine, &b->act[i]);
    }
    return err;
}

static int judge_all(struct judging *j)
{
    int err = 0;
    for (unsigned turn = 0; !err; turn ^= 1) {
        struct batch *b = j->batch[turn];
        if (j->threaded)
            wait_until_scored(j, turn);
        err = take_batch(j, b);
        if (err || b->n == 0)
            break;
        if (j->threaded)
            hand_over(j, turn);
        err = judge_batch(j, b);
        if (j->options->judge && !j->threaded)
            score_batch(j, b);
    }
    return err;
}

/* ---- results ---- */

static int by_name(const void *x, const void *y)
{
    return str_cmp(((const struct tally *)x)->name, ((const struct tally *)y)->name);
}

static int list_counts(struct table *t, struct tally **out, size_t *n)
{
    uint32_t at = 0;
    *out = calloc((size_t)t->n + 1, sizeof **out);
    if (!*out)
        return ERR_MEMORY;
    for (const struct named_count *c; (c = table_each(t, &at, NULL)) != NULL;)
        (*out)[(*n)++] = (struct tally){c->name, c->n};
    qsort(*out, *n, sizeof **out, by_name);
    return 0;
}

static int finish(struct judging *j)
{
    struct pipe_result *r = j->result;
    for (unsigned k = 0; k < KIND_COUNT; k++)
        if (j->known[k])
            (void)tally(&r->names, &j->kinds, kind_text((enum kind)k), j->known[k]);
    int err = list_counts(&j->kinds, &r->kinds, &r->nkinds);
    if (!err)
        err = list_counts(&j->apps, &r->apps, &r->napps);
    if (err || !j->options->judge)
        return err;
    engine_end(r->engine);
    r->nalerts = engine_alerts(r->engine, &r->alerts);
    double start = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    err = score_finish(r->score, r->alerts, r->nalerts, &r->people);
    r->scoring += seconds_of(CLOCK_THREAD_CPUTIME_ID) - start;
    return err;
}

static int open_judging(struct judging *j, struct runs *runs)
{
    table_init(&j->kinds, sizeof(struct named_count), 100000);
    table_init(&j->apps, sizeof(struct named_count), 10000);
    (void)pthread_mutex_init(&j->lock, NULL);
    (void)pthread_cond_init(&j->changed, NULL);
    for (int i = 0; i < 2; i++) {
        j->batch[i] = malloc(sizeof **j->batch);
        if (!j->batch[i] || !(j->batch[i]->bytes = malloc(BATCH_BYTES)))
            return ERR_MEMORY;
    }
    int err = merge_open(runs, j->result->inputs, &j->stream);
    if (!err && j->options->judge && j->options->jobs > 1)
        j->threaded = pthread_create(&j->scorer, NULL, scorer, j) == 0;
    return err;
}

static void close_judging(struct judging *j)
{
    if (j->threaded) {
        (void)pthread_mutex_lock(&j->lock);
        j->finished = true;
        (void)pthread_cond_signal(&j->changed);
        (void)pthread_mutex_unlock(&j->lock);
        (void)pthread_join(j->scorer, NULL);
        j->threaded = false;
    }
    merge_close(j->stream);
    for (int i = 0; i < 2; i++) {
        if (j->batch[i])
            free(j->batch[i]->bytes);
        free(j->batch[i]);
    }
    free(j->next.bytes);
}

/* The second half: one stream in time order through the judges. */
static int judge(const struct pipe_options *o, struct pipe_result *r, struct runs *runs)
{
    struct judging j = {.options = o, .result = r};
    int err = open_judging(&j, runs);
    if (!err)
        err = judge_all(&j);
    r->repeats = j.stream ? merge_repeats(j.stream) : 0;
    close_judging(&j);
    if (!err)
        err = finish(&j);
    table_free(&j.kinds);
    table_free(&j.apps);
    return err;
}

static int open_judges(const struct pipe_options *o, struct pipe_result *r)
{
    struct str what = STR_NONE;
    if (!o->judge)
        return 0;
    int err = engine_open(&r->engine, r->dir, &o->engine, &what);
    if (err == ERR_USAGE) {
        (void)failed(r, err, "no detection or parameter of that name", "");
        (void)snprintf(r->about, sizeof r->about, "%.*s", STR_ARG(what));
    }
    return err ? err : score_open(&r->score, r->dir, &o->score);
}

static int add_paths(const struct pipe_options *o, struct pipe_result *r)
{
    int err = inputs_new(&r->inputs);
    for (size_t i = 0; !err && i < o->npaths; i++)
        err = inputs_add_path(r->inputs, o->paths[i]);
    return err;
}

static void count_inputs(struct pipe_result *r)
{
    for (uint32_t i = 0; i < inputs_count(r->inputs); i++) {
        const struct input *x = inputs_get(r->inputs, i);
        r->records += x->records;
        r->bytes += x->bytes;
        r->any_readable |= !x->unreadable;
    }
}

int pipe_run(const struct pipe_options *o, struct pipe_result *r)
{
    double start = seconds_of(CLOCK_MONOTONIC);
    struct intake in = {.options = o, .import = dir_import_new()};
    *r = (struct pipe_result){.first = TIME_NONE, .last = TIME_NONE};
    arena_init(&r->names, 4096, SIZE_MAX);
    int err = in.import ? add_paths(o, r) : ERR_MEMORY;
    for (size_t i = 0; !err && i < o->ndirectories; i++)
        err = read_directory(in.import, o->directories[i], r);
    in.inputs = r->inputs;
    if (!err)
        err = runs_open(&in.runs, ACTIVITY_KEY, WRITER_BUFFER, MERGE_WINDOW);
    if (!err)
        err = intake_run(&in);
    if (!err)
        err = inputs_order(r->inputs);
    if (!err) {
        order_directories(in.import, r->inputs);
        err = dir_build(&r->dir, in.learners, o->jobs, in.import, o->tags, o->ntags);
    }
    for (unsigned i = 0; in.learners && i < o->jobs; i++)
        dir_learner_free(in.learners[i]);
    free(in.learners);
    dir_import_free(in.import);
    if (!err)
        err = open_judges(o, r);
    if (!err)
        err = judge(o, r, in.runs);
    runs_close(in.runs);
    if (!err)
        count_inputs(r);
    if (err && !r->why)
        r->why = in.why ? in.why : err_text(err);
    r->seconds = seconds_of(CLOCK_MONOTONIC) - start;
    return err;
}

void pipe_free(struct pipe_result *r)
{
    score_close(r->score);
    engine_close(r->engine);
    dir_free(r->dir);
    inputs_free(r->inputs);
    free(r->kinds);
    free(r->apps);
    arena_free(&r->names);
}
