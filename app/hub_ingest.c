/* app/hub_ingest.c - reads files that came in and appends their activities to the log.
 *
 * The first half of the pipe, batch by batch: waiting files are decoded by all threads, put in order, named, stored.
 * A batch that a kill interrupts is read again; the log knows the activities that it already has. */
#include "app/hub_private.h"

#include "app/intake.h"
#include "app/merge.h"
#include "store/tab_inputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_FILES = 256, COMMIT_ROWS = 10000, WRITER_BUFFER = 6 << 20, MERGE_WINDOW = 16 << 20 };
#define BATCH_BYTES (UINT64_C(1) << 30)

struct file {
    struct stored_input row;
    char path[4200];
};

struct batch {
    struct hub *hub;
    struct arena arena;
    struct file files[BATCH_FILES];
    unsigned n;
    uint64_t bytes;
    struct pipe_options options;
    struct intake in;
    uint32_t *number; /* by rank of the run's inputs: the hub's number */
    uint32_t *file;   /* by rank: index into files, or BATCH_FILES for a member of an archive */
    uint64_t since_commit;
    uint8_t packed[ACTIVITY_PACKED_MAX];
};

/* ---- which files ---- */

static int take_file(void *owner, const struct stored_input *in)
{
    struct batch *b = owner;
    struct file *f = &b->files[b->n];
    char name[512];
    if (b->n == BATCH_FILES || (b->n && b->bytes + in->bytes > BATCH_BYTES))
        return 1;
    if (snprintf(name, sizeof name, "%.*s", STR_ARG(in->path)) >= (int)sizeof name || !hub_path(b->hub, name, f->path, sizeof f->path))
        return ERR_LIMIT;
    f->row = *in;
    f->row.name = str_dup(&b->arena, in->name);
    f->row.path = str_dup(&b->arena, in->path);
    f->row.by = str_dup(&b->arena, in->by);
    b->bytes += in->bytes;
    b->n++;
    return 0;
}

static int open_batch(struct batch *b)
{
    struct hub *h = b->hub;
    b->options = (struct pipe_options){.geo = h->geo, .jobs = h->jobs, .since = TIME_NONE, .until = TIME_NONE};
    b->in = (struct intake){.options = &b->options, .import = dir_import_new(), .stop = &h->stop};
    int err = b->in.import ? inputs_new(&b->in.inputs) : ERR_MEMORY;
    for (unsigned i = 0; !err && i < b->n; i++) {
        (void)inputs_add_path(b->in.inputs, b->files[i].path); /* a file that is gone is an input without records */
    }
    return err ? err : runs_open(&b->in.runs, ACTIVITY_KEY, WRITER_BUFFER, MERGE_WINDOW);
}

static void close_batch(struct batch *b)
{
    for (unsigned i = 0; b->in.learners && i < b->options.jobs; i++)
        dir_learner_free(b->in.learners[i]);
    free(b->in.learners);
    dir_import_free(b->in.import);
    runs_close(b->in.runs);
    if (b->in.inputs)
        inputs_free(b->in.inputs);
    free(b->number);
    free(b->file);
    arena_free(&b->arena);
}

/* ---- numbers of inputs ---- */

static unsigned file_of(const struct batch *b, const char *path)
{
    for (unsigned i = 0; i < b->n; i++) {
        size_t n = strlen(b->files[i].path);
        if (strncmp(path, b->files[i].path, n) == 0 && (path[n] == '\0' || path[n] == '!'))
            return i;
    }
    return BATCH_FILES;
}

/* A member of an archive gets a row of its own, so that its raw records are found. */
static int member_row(struct batch *b, const struct file *f, const char *member, const struct input *in, uint32_t *number)
{
    char name[1024], path[1024];
    (void)snprintf(name, sizeof name, "%.*s%.400s", STR_ARG(str_sub(f->row.name, 0, 500)), member);
    (void)snprintf(path, sizeof path, "%.*s%.400s", STR_ARG(f->row.path), member);
    struct stored_input row = {.name = str_of(name), .path = str_of(path), .by = f->row.by, .state = INPUT_DONE, .received = f->row.received,
                               .done = hub_now(), .format = str_of(in->format), .bytes = in->bytes, .records = in->records, .faults = in->nfaults};
    return tab_inputs_add(b->hub->db, &row, number);
}

static int number_inputs(struct batch *b)
{
    uint32_t n = (uint32_t)inputs_count(b->in.inputs);
    b->number = calloc((size_t)n + 1, sizeof *b->number);
    b->file = calloc((size_t)n + 1, sizeof *b->file);
    int err = b->number && b->file ? 0 : ERR_MEMORY;
    for (uint32_t i = 0; !err && i < n; i++) {
        const struct input *in = inputs_get(b->in.inputs, i);
        unsigned f = file_of(b, in->path);
        b->file[in->rank] = f;
        if (f == BATCH_FILES)
            return ERR_NOT_FOUND;
        const char *member = in->path + strlen(b->files[f].path);
        b->number[in->rank] = b->files[f].row.number;
        if (*member)
            err = member_row(b, &b->files[f], member, in, &b->number[in->rank]);
    }
    return err;
}

/* ---- activities ---- */

/* A hub that stops leaves the batch: its files wait for the next start. */
static int stopping(struct hub *h)
{
    return atomic_load(&h->stop) ? ERR_LIMIT : 0;
}

/* With its entities it exceeds what the log takes. */
static int too_large(struct stored_input *row)
{
    if (row->faults++ == 0)
        row->first_fault = STR("an activity larger than 256 KB");
    return 0;
}

static int store(struct batch *b, const struct dir *dir, const struct held *held)
{
    struct hub *h = b->hub;
    struct activity a;
    struct object objects[ACTIVITY_OBJECTS];
    struct fact facts[ACTIVITY_FACTS];
    bool stored;
    int err = activity_unpack(held->bytes, held->n, &a, objects, facts);
    if (err)
        return err;
    struct stored_input *row = &b->files[b->file[a.origin.input]].row;
    a.origin.input = b->number[a.origin.input];
    dir_resolve(dir, &a);
    err = actlog_add(h->log, &a, hub_now(), &stored);
    if (err == ERR_LIMIT && held->n > ACTIVITY_PACKED_MAX / 2)
        return too_large(row);
    if (err)
        return err;
    row->activities += stored;
    if (++b->since_commit < COMMIT_ROWS)
        return 0;
    b->since_commit = 0;
    err = actlog_commit(h->log);
    hub_wake(h);
    return err ? err : stopping(h);
}

static int store_all(struct batch *b)
{
    struct merge *merge;
    struct held held = {0};
    uint64_t generation;
    int err = merge_open(b->in.runs, b->in.inputs, &merge), got = 0;
    if (err)
        return err;
    const struct dir *dir = who_take(b->hub->who, &generation);
    while (!err && (got = merge_next(merge, &held)) > 0)
        err = store(b, dir, &held);
    who_give(b->hub->who, dir);
    merge_close(merge);
    free(held.bytes);
    return err ? err : got;
}

/* ---- what came of the files ---- */

static void add_figures(struct batch *b, const struct input *in)
{
    struct stored_input *row = &b->files[b->file[in->rank]].row;
    char text[512];
    row->format = str_of(in->format);
    row->records += in->records;
    row->repeats += in->activities;
    row->bytes = in->bytes > row->bytes ? in->bytes : row->bytes;
    if (in->nfaults && !row->faults) {
        (void)snprintf(text, sizeof text, "record %llu, byte %llu: %s", (unsigned long long)in->faults[0].record,
                       (unsigned long long)in->faults[0].offset, in->faults[0].why);
        row->first_fault = str_dup(&b->arena, str_of(text));
    }
    row->faults += in->nfaults;
    if (in->unreadable && !row->records)
        row->state = INPUT_FAILED;
}

static int finish_files(struct batch *b, int err)
{
    for (unsigned i = 0; i < b->n; i++)
        b->files[i].row.state = err ? INPUT_FAILED : INPUT_DONE;
    for (uint32_t i = 0; !err && i < inputs_count(b->in.inputs); i++)
        add_figures(b, inputs_get(b->in.inputs, i));
    int failed = 0;
    for (unsigned i = 0; !failed && i < b->n; i++) {
        struct stored_input *row = &b->files[i].row;
        row->done = hub_now();
        row->repeats -= row->repeats < row->activities ? row->repeats : row->activities; /* what was decoded and not stored */
        if (err)
            row->first_fault = str_of(err_text(err));
        if (row->state == INPUT_FAILED)
            atomic_fetch_add(&b->hub->files_failed, 1);
        failed = tab_inputs_done(b->hub->db, row);
    }
    return failed;
}

/* The machine's troubles pass, and so does a database that is busy for long: the files wait. What is wrong with the files themselves does not. */
static bool passes(int err)
{
    return err == ERR_IO || err == ERR_MEMORY || err == ERR_LIMIT;
}

static int read_batch(struct batch *b)
{
    int err = open_batch(b);
    if (!err)
        err = intake_run(&b->in);
    if (!err)
        err = stopping(b->hub);
    if (!err)
        err = inputs_order(b->in.inputs);
    if (!err)
        err = who_learn(b->hub->who, b->in.learners, b->options.jobs, &b->in.import);
    if (!err)
        err = number_inputs(b);
    if (!err)
        err = store_all(b);
    int committed = actlog_commit(b->hub->log);
    err = err ? err : committed;
    return passes(err) ? err : finish_files(b, err);
}

/* 1 when there was something to read. */
static int read_waiting(struct hub *h)
{
    struct batch *b = calloc(1, sizeof *b);
    if (!b)
        return ERR_MEMORY;
    b->hub = h;
    arena_init(&b->arena, 65536, 64 << 20);
    int err = tab_inputs_each(h->db, INPUT_WAITING, 0, BATCH_FILES, take_file, b);
    unsigned n = b->n;
    if (err >= 0 && n)
        err = read_batch(b);
    close_batch(b);
    free(b);
    hub_wake(h);
    return err < 0 ? err : n > 0;
}

static void expire_if_due(struct hub *h)
{
    int err = atomic_exchange(&h->expire, false) ? hub_keeper_expire(h) : 0;
    if (err)
        (void)fprintf(stderr, "vigie: retention: %s\n", err_text(err));
}

static void erase_if_due(struct hub *h)
{
    int err = atomic_exchange(&h->erase, false) ? hub_erase_asked(h) : 0;
    if (!err)
        return;
    atomic_store(&h->erase, true);
    if (!atomic_load(&h->stop))
        (void)fprintf(stderr, "vigie: deleting personal data: %s; trying again\n", err_text(err));
    (void)hub_wait(h, 2000);
}

void *hub_ingest_run(void *owner)
{
    struct hub *h = owner;
    unsigned trouble = 0;
    while (!atomic_load(&h->stop)) {
        hub_received_inbox(h);
        expire_if_due(h);
        erase_if_due(h);
        atomic_store(&h->new_inputs, 0);
        int got = read_waiting(h);
        if (got < 0 && !atomic_load(&h->stop)) {
            trouble = trouble < 6 ? trouble + 1 : 6;
            (void)fprintf(stderr, "vigie: reading what came in: %s; trying again in %u s\n", err_text(got), 1u << trouble);
            (void)hub_wait(h, 1000u << trouble);
            continue;
        }
        trouble = 0;
        if (got == 0 && !atomic_load(&h->new_inputs))
            (void)hub_wait(h, 1000);
    }
    return NULL;
}
