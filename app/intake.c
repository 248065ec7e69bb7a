/* app/intake.c - threads that take units, decode their records, and write runs. */
#include "app/intake.h"

#include "app/sandbox.h"
#include "app/wired.h"
#include "decode/evtx.h"
#include "directory/dir_ref.h"
#include "source/feed.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LOCAL_KINDS = 64 };

/* Counts of one unit, kept here so that threads rarely meet at the inputs' lock. */
struct local_count {
    struct str name;
    uint64_t n;
};

struct taker {
    struct intake *in;
    unsigned number;
    struct feed *feed;
    struct feed_worker *worker;
    struct unit unit;
    struct decode decode;
    struct arena arena, names;
    struct jin *jin;
    struct evtx *evtx;
    struct wired *wired; /* of the capture at hand; NULL: none */
    struct run_writer *writer;
    struct dir_learner *learner;
    pthread_mutex_t *import_lock;
    struct local_count ignored[LOCAL_KINDS];
    size_t nignored;
    uint64_t records, activities;
    uint64_t by_decoder[64];
    const struct decoder *last;
    int err;
    uint8_t packed[ACTIVITY_PACKED_MAX];
};

/* ---- what decoders call ---- */

static int on_activity(struct decode *d, const struct activity *a)
{
    struct taker *t = d->owner;
    const struct pipe_options *o = t->in->options;
    struct activity placed = *a;
    if ((o->since != TIME_NONE && a->time < o->since) || (o->until != TIME_NONE && a->time >= o->until))
        return 0;
    if (a->kind == KIND_NAME_SEEN) { /* nothing that anybody did: for the directory alone */
        dir_learn(t->learner, a);
        d->ignored(d, STR("network name, used to tell which computer has which address"));
        return 0;
    }
    geo_place(o->geo, &placed);
    int n = activity_pack(&placed, t->packed, sizeof t->packed);
    if (n < 0) {
        inputs_fault(t->in->inputs, d->origin.input, &(struct input_fault){d->origin.record, d->origin.offset, "activity larger than 256 KB"});
        return ERR_LIMIT;
    }
    int err = run_add(t->writer, t->packed, (size_t)n);
    if (err)
        t->err = err;
    dir_learn(t->learner, &placed);
    t->activities++;
    return err;
}

static void flush_ignored(struct taker *t)
{
    for (size_t i = 0; i < t->nignored; i++)
        inputs_ignored(t->in->inputs, t->decode.origin.input, t->ignored[i].name, t->ignored[i].n);
    t->nignored = 0;
    arena_reset(&t->names);
}

static void on_ignored(struct decode *d, struct str what)
{
    struct taker *t = d->owner;
    what = str_sub(what, 0, 200);
    for (size_t i = 0; i < t->nignored; i++)
        if (str_eq(t->ignored[i].name, what)) {
            t->ignored[i].n++;
            return;
        }
    if (t->nignored == LOCAL_KINDS)
        flush_ignored(t);
    t->ignored[t->nignored++] = (struct local_count){str_dup(&t->names, what), 1};
}

static void on_unread(struct decode *d, enum unread what, uint64_t record)
{
    struct taker *t = d->owner;
    inputs_unread(t->in->inputs, d->origin.input, what, record);
}

static void on_fault(struct decode *d, const struct fault *f)
{
    struct taker *t = d->owner;
    inputs_fault(t->in->inputs, d->origin.input, &(struct input_fault){d->origin.record, d->origin.offset + f->offset, f->why});
}

/* ---- units ---- */

static const struct decoder *claimant(struct taker *t, const struct jnode *doc)
{
    if (t->last && t->last->claims(doc))
        return t->last;
    for (const struct decoder *const *p = decoders; *p; p++)
        if ((*p)->claims(doc))
            return *p;
    return NULL;
}

static unsigned decoder_number(const struct decoder *d)
{
    unsigned n = 0;
    while (decoders[n] != d)
        n++;
    return n < 64 ? n : 63;
}

static void json_record(struct taker *t, const struct span *s)
{
    struct decode *d = &t->decode;
    const struct jnode *doc;
    struct fault f;
    d->origin.record = s->record;
    d->origin.offset = t->unit.offset + s->at;
    t->records++;
    if (s->why) {
        on_fault(d, &(struct fault){s->why, 0});
        return;
    }
    if (jin_parse(t->jin, t->unit.bytes + s->at, s->n, &doc, &f) != 0) {
        on_fault(d, &f);
        return;
    }
    const struct decoder *which = doc->type == J_OBJ ? claimant(t, doc) : NULL;
    if (!which) {
        on_ignored(d, doc->type == J_OBJ ? STR("JSON object of an unknown log") : STR("JSON value that is no object"));
        return;
    }
    t->last = which;
    t->by_decoder[decoder_number(which)]++;
    (void)which->record(d, doc, (struct str){t->unit.bytes + s->at, s->n});
}

static void json_unit(struct taker *t)
{
    t->last = NULL; /* what claims a record must not depend on which thread saw what before */
    for (size_t i = 0; i < t->unit.nspans && !t->err; i++) {
        json_record(t, &t->unit.spans[i]);
        arena_reset(&t->arena);
    }
    for (unsigned i = 0; decoders[i] && i < 64; i++) {
        if (t->by_decoder[i])
            inputs_format(t->in->inputs, t->unit.input, str_of(decoders[i]->name), t->by_decoder[i]);
        t->by_decoder[i] = 0;
    }
}

static void evtx_head(struct taker *t, const struct span *s)
{
    struct evtx_header h;
    struct fault f = {0};
    const uint8_t *p = (const uint8_t *)t->unit.bytes + s->at;
    t->decode.origin.record = 0;
    t->decode.origin.offset = 0;
    if (evtx_header(p, s->n, &h, &f) != 0)
        on_fault(&t->decode, &f);
    else if (!h.checksum_ok)
        on_fault(&t->decode, &(struct fault){"file header's checksum does not match", 0});
}

static void evtx_unit(struct taker *t)
{
    uint64_t records = 0;
    for (size_t i = 0; i < t->unit.nspans && !t->err; i++) {
        const struct span *s = &t->unit.spans[i];
        uint64_t offset = t->unit.offset + s->at;
        if (offset == 0) {
            evtx_head(t, s);
            continue;
        }
        t->decode.origin.record = 0;
        t->decode.origin.offset = offset;
        int n = evtx_chunk(t->evtx, &t->decode, (const uint8_t *)t->unit.bytes + s->at, s->n, offset);
        records += n > 0 ? (uint64_t)n : 0;
    }
    t->records += records;
    inputs_format(t->in->inputs, t->unit.input, STR("evtx"), records + 1);
}

static void ldif_unit(struct taker *t)
{
    uint64_t skipped = 0;
    struct fault first = {0};
    (void)pthread_mutex_lock(t->import_lock);
    size_t before = t->in->import->n;
    int err = dir_import_ldif(t->in->import, t->unit.bytes, t->unit.n, &skipped, &first);
    t->records += t->in->import->n - before + skipped;
    for (size_t i = before; i < t->in->import->n; i++)
        t->in->import->entries[i].input = t->unit.input + 1;
    (void)pthread_mutex_unlock(t->import_lock);
    if (err)
        t->err = err;
    t->decode.origin.record = 0;
    t->decode.origin.offset = 0;
    if (skipped)
        on_fault(&t->decode, &first);
    inputs_format(t->in->inputs, t->unit.input, STR("ldif"), 1);
}

/* ---- captures ---- */

static void left_out(struct decode *d, struct str what, uint64_t n)
{
    struct taker *t = d->owner;
    inputs_ignored(t->in->inputs, d->origin.input, what, n);
}

/* The capture that was read has no more units: its conversations are over. */
static void end_capture(struct taker *t)
{
    if (!t->wired)
        return;
    t->activities = 0;
    wired_end(t->wired);
    wired_close(t->wired);
    t->wired = NULL;
    flush_ignored(t);
    inputs_add(t->in->inputs, t->decode.origin.input, 0, t->activities, 0);
}

static void capture_unit(struct taker *t)
{
    const struct unit *u = &t->unit;
    uint64_t before = t->records;
    if (!t->wired)
        t->err = wired_open(&t->decode, 0, left_out, &t->wired);
    for (size_t i = 0; i < u->nframes && !t->err; i++) {
        const struct frame *x = &u->frames[i];
        if (x->why) {
            inputs_fault(t->in->inputs, u->input, &(struct input_fault){x->number, x->offset, x->why});
            continue;
        }
        wired_packet(t->wired, x, (const uint8_t *)u->bytes);
        t->records++;
    }
    inputs_format(t->in->inputs, u->input, u->pcapng ? STR("pcapng") : STR("pcap"), t->records - before + 1);
}

static void show_progress(struct taker *t, struct timespec *shown)
{
    struct timespec now;
    uint64_t done, total;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    if ((now.tv_sec - shown->tv_sec) * 1000 + (now.tv_nsec - shown->tv_nsec) / 1000000 < 200)
        return;
    *shown = now;
    feed_progress(t->feed, &done, &total);
    unsigned percent = total ? (unsigned)(done * 100 / total) : 100;
    (void)fprintf(stderr, "\rreading %3u %% of %.1f MB", percent > 100 ? 100 : percent, (double)total / 1e6);
}

static void *take(void *owner)
{
    struct taker *t = owner;
    struct timespec shown = {0};
    (void)sandbox_decoder(); /* where the kernel has none, decoding is as safe as its readers are */
    while (!t->err && !(t->in->stop && atomic_load(t->in->stop))) {
        int got = feed_next(t->worker, &t->unit);
        if (got <= 0) {
            t->err = got;
            break;
        }
        if (t->unit.input != t->decode.origin.input)
            end_capture(t);
        t->decode.origin = (struct origin){.input = t->unit.input};
        t->records = t->activities = 0;
        switch (t->unit.format) {
        case UNIT_JSON: json_unit(t); break;
        case UNIT_EVTX: evtx_unit(t); break;
        case UNIT_LDIF: ldif_unit(t); break;
        case UNIT_CAPTURE: capture_unit(t); break;
        }
        flush_ignored(t);
        inputs_add(t->in->inputs, t->unit.input, t->records, t->activities, t->unit.fresh);
        if (t->number == 0 && t->in->options->progress)
            show_progress(t, &shown);
    }
    end_capture(t);
    return NULL;
}

/* ---- threads ---- */

static int open_taker(struct taker *t)
{
    arena_init(&t->arena, 1u << 20, 64u << 20);
    arena_init(&t->names, 16384, 1u << 20);
    t->decode.arena = &t->arena;
    t->decode.emit = on_activity;
    t->decode.ignored = on_ignored;
    t->decode.unread = on_unread;
    t->decode.fault = on_fault;
    t->decode.owner = t;
    t->jin = jin_new();
    t->evtx = evtx_new();
    t->learner = dir_learner_new();
    if (!t->jin || !t->evtx || !t->learner)
        return ERR_MEMORY;
    int err = feed_worker(t->feed, &t->worker);
    return err ? err : runs_writer(t->in->runs, &t->writer);
}

static int close_taker(struct taker *t)
{
    int err = t->err;
    if (t->writer) {
        int last = run_finish(t->writer);
        err = err ? err : last;
    }
    feed_worker_free(t->worker);
    unit_free(&t->unit);
    arena_free(&t->arena);
    arena_free(&t->names);
    jin_free(t->jin);
    evtx_free(t->evtx);
    wired_close(t->wired);
    return err;
}

static int run_takers(struct intake *in, struct feed *feed)
{
    unsigned n = in->options->jobs;
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    struct taker *t = calloc(n, sizeof *t);
    pthread_t *thread = calloc(n, sizeof *thread);
    int err = t && thread ? 0 : ERR_MEMORY;
    for (unsigned i = 0; !err && i < n; i++) {
        t[i] = (struct taker){.in = in, .number = i, .feed = feed, .import_lock = &lock};
        err = open_taker(&t[i]);
        in->learners[i] = t[i].learner;
    }
    unsigned started = 0;
    for (; !err && started < n; started++)
        if (pthread_create(&thread[started], NULL, take, &t[started]) != 0)
            break;
    if (!err && started == 0)
        err = ERR_MEMORY;
    for (unsigned i = 0; i < started; i++)
        (void)pthread_join(thread[i], NULL);
    for (unsigned i = 0; t && i < n; i++) {
        int own = t[i].in ? close_taker(&t[i]) : 0;
        err = err ? err : own;
    }
    if (in->options->progress)
        (void)fputs("\r\033[K", stderr);
    free(t);
    free(thread);
    return err;
}

int intake_run(struct intake *in)
{
    struct feed *feed;
    in->learners = calloc(in->options->jobs, sizeof(*in->learners));
    int err = in->learners ? feed_open(&feed, in->inputs) : ERR_MEMORY;
    if (err)
        return err;
    err = run_takers(in, feed);
    feed_close(feed);
    if (err == ERR_IO)
        in->why = "the temporary file cannot be written (is the disk of $TMPDIR full?)";
    return err;
}
