/* base/runs.c - sorted runs in a temporary file, merged through a heap. */
#include "base/runs.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct run {
    uint64_t at, size;
};

struct runs {
    size_t key, buffer, window;
    int fd;
    pthread_mutex_t lock; /* for the list of runs and the end of the file */
    uint64_t end;
    struct run *list;
    size_t n, room;
};

struct entry {
    uint64_t prefix; /* first eight key bytes, big-endian, so that most comparisons need no memory access */
    uint32_t at, n;
};

struct run_writer {
    struct runs *runs;
    uint8_t *bytes, *sorted; /* records as they stand in the file: each behind its length; entries point at the record */
    size_t used;
    struct entry *entries;
    size_t n, room;
    bool in_order;
};

static uint64_t prefix_of(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return __builtin_bswap64(v);
}

int runs_open(struct runs **out, size_t key, size_t buffer, size_t window)
{
    const char *dir = getenv("TMPDIR");
    char path[4096];
    if (snprintf(path, sizeof path, "%s/vigie-XXXXXX", dir && *dir ? dir : "/tmp") >= (int)sizeof path)
        return ERR_IO;
    struct runs *r = calloc(1, sizeof *r);
    if (!r)
        return ERR_MEMORY;
    *r = (struct runs){.key = key, .buffer = buffer, .window = window, .fd = mkstemp(path)};
    if (r->fd < 0) {
        free(r);
        return ERR_IO;
    }
    (void)unlink(path);
    (void)pthread_mutex_init(&r->lock, NULL);
    *out = r;
    return 0;
}

void runs_close(struct runs *r)
{
    if (!r)
        return;
    (void)close(r->fd);
    (void)pthread_mutex_destroy(&r->lock);
    free(r->list);
    free(r);
}

int runs_writer(struct runs *r, struct run_writer **out)
{
    struct run_writer *w = calloc(1, sizeof *w);
    if (!w)
        return ERR_MEMORY;
    *w = (struct run_writer){.runs = r, .in_order = true, .room = r->buffer / 128};
    w->bytes = malloc(r->buffer);
    w->sorted = malloc(r->buffer);
    w->entries = malloc(w->room * sizeof *w->entries);
    if (!w->bytes || !w->sorted || !w->entries) {
        free(w->bytes);
        free(w->sorted);
        free(w->entries);
        free(w);
        return ERR_MEMORY;
    }
    *out = w;
    return 0;
}

/* ---- sorting one buffer: bottom-up merge of runs that are there already ---- */

struct order {
    const uint8_t *bytes;
    size_t key;
};

static bool before(const struct order *o, const struct entry *a, const struct entry *b)
{
    if (a->prefix != b->prefix)
        return a->prefix < b->prefix;
    return memcmp(o->bytes + a->at, o->bytes + b->at, o->key) < 0;
}

static void merge(const struct order *o, const struct entry *a, size_t na, const struct entry *b, size_t nb, struct entry *out)
{
    while (na && nb) {
        if (before(o, b, a)) {
            *out++ = *b++;
            nb--;
        } else {
            *out++ = *a++;
            na--;
        }
    }
    memcpy(out, na ? a : b, (na ? na : nb) * sizeof *out);
}

/* End of the ascending stretch that starts at `from`. */
static size_t stretch(const struct order *o, const struct entry *e, size_t from, size_t n)
{
    size_t i = from + 1;
    while (i < n && !before(o, &e[i], &e[i - 1]))
        i++;
    return i < n ? i : n;
}

static int sort_entries(struct run_writer *w)
{
    struct order o = {w->bytes, w->runs->key};
    struct entry *spare = malloc(w->n * sizeof *spare);
    struct entry *from = w->entries, *to = spare;
    if (!spare)
        return ERR_MEMORY;
    for (;;) { /* logs are nearly in order: few stretches, few passes */
        size_t at = 0, merged = 0;
        while (at < w->n) {
            size_t mid = stretch(&o, from, at, w->n);
            size_t end = mid < w->n ? stretch(&o, from, mid, w->n) : mid;
            merge(&o, from + at, mid - at, from + mid, end - mid, to + at);
            at = end;
            merged++;
        }
        struct entry *swap = from;
        from = to;
        to = swap;
        if (merged <= 1)
            break;
    }
    if (from != w->entries)
        memcpy(w->entries, from, w->n * sizeof *from);
    free(spare);
    return 0;
}

static int append(struct runs *r, const uint8_t *p, size_t n)
{
    (void)pthread_mutex_lock(&r->lock);
    uint64_t at = r->end;
    int err = 0;
    if (r->n == r->room) {
        size_t room = r->room ? r->room * 2 : 64;
        struct run *grown = realloc(r->list, room * sizeof *grown);
        err = grown ? 0 : ERR_MEMORY;
        if (grown) {
            r->list = grown;
            r->room = room;
        }
    }
    if (!err) {
        r->list[r->n++] = (struct run){at, n};
        r->end += n;
    }
    (void)pthread_mutex_unlock(&r->lock);
    for (size_t done = 0; !err && done < n;) {
        ssize_t put = pwrite(r->fd, p + done, n - done, (off_t)(at + done));
        if (put <= 0)
            err = ERR_IO;
        else
            done += (size_t)put;
    }
    return err;
}

static int flush(struct run_writer *w)
{
    if (w->n == 0)
        return 0;
    int err = w->in_order ? 0 : sort_entries(w);
    size_t at = 0;
    for (size_t i = 0; !err && !w->in_order && i < w->n; i++) {
        memcpy(w->sorted + at, w->bytes + w->entries[i].at - 4, 4 + w->entries[i].n);
        at += 4 + w->entries[i].n;
    }
    if (!err)
        err = append(w->runs, w->in_order ? w->bytes : w->sorted, w->used);
    w->n = 0;
    w->used = 0;
    w->in_order = true;
    return err;
}

int run_add(struct run_writer *w, const void *record, size_t n)
{
    if (n < w->runs->key || n > w->runs->buffer / 4)
        return ERR_LIMIT;
    if (w->used + 4 + n > w->runs->buffer || w->n == w->room) {
        int err = flush(w);
        if (err)
            return err;
    }
    struct entry e = {prefix_of(record), (uint32_t)w->used + 4, (uint32_t)n};
    memcpy(w->bytes + w->used, &e.n, 4);
    memcpy(w->bytes + e.at, record, n);
    if (w->n && w->in_order) {
        struct order o = {w->bytes, w->runs->key};
        w->in_order = !before(&o, &e, &w->entries[w->n - 1]);
    }
    w->entries[w->n++] = e;
    w->used += 4 + n;
    return 0;
}

int run_finish(struct run_writer *w)
{
    int err = flush(w);
    free(w->bytes);
    free(w->sorted);
    free(w->entries);
    free(w);
    return err;
}

/* ---- merging ---- */

enum { FIRST_ROOM = 4096 }; /* of a run whose turn has not come */

struct cursor {
    uint64_t at, left; /* what is still in the file */
    uint8_t *bytes;    /* of FIRST_ROOM until its first record is taken, NULL when all are */
    size_t room, from, to; /* unread part of the window */
    const uint8_t *record;
    uint32_t n;
    uint64_t prefix;
};

struct run_merge {
    struct runs *runs;
    struct cursor *cursors;
    size_t n, room; /* of each cursor whose records are being taken: only runs of the same hours need it at the same time */
    uint32_t *heap; /* cursors by their current record */
    size_t heaped;
    bool started;
};

static int refill(struct run_merge *m, struct cursor *c, size_t need)
{
    if (c->to - c->from >= need)
        return 0;
    memmove(c->bytes, c->bytes + c->from, c->to - c->from);
    c->to -= c->from;
    c->from = 0;
    size_t room = m->started ? m->room : FIRST_ROOM;
    room = need > room ? need : room;
    if (room > c->room) {
        uint8_t *grown = realloc(c->bytes, room);
        if (!grown)
            return ERR_MEMORY;
        c->bytes = grown;
        c->room = room;
    }
    while (c->to < c->room && c->left) {
        size_t want = c->room - c->to < c->left ? c->room - c->to : (size_t)c->left;
        ssize_t got = pread(m->runs->fd, c->bytes + c->to, want, (off_t)c->at);
        if (got <= 0)
            return ERR_IO;
        c->to += (size_t)got;
        c->at += (uint64_t)got;
        c->left -= (uint64_t)got;
    }
    return c->to - c->from >= need ? 0 : ERR_IO;
}

/* 1 with the cursor's next record in place, 0 when its run is over */
static int advance(struct run_merge *m, struct cursor *c)
{
    if (c->left == 0 && c->to == c->from)
        return 0;
    int err = refill(m, c, 4);
    if (err)
        return err;
    memcpy(&c->n, c->bytes + c->from, 4);
    err = refill(m, c, 4 + (size_t)c->n);
    if (err)
        return err;
    c->record = c->bytes + c->from + 4;
    c->prefix = prefix_of(c->record);
    c->from += 4 + (size_t)c->n;
    return 1;
}

static bool less(const struct run_merge *m, uint32_t x, uint32_t y)
{
    const struct cursor *a = &m->cursors[x], *b = &m->cursors[y];
    if (a->prefix != b->prefix)
        return a->prefix < b->prefix;
    return memcmp(a->record, b->record, m->runs->key) < 0;
}

static void sink(struct run_merge *m, size_t i)
{
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= m->heaped)
            return;
        if (child + 1 < m->heaped && less(m, m->heap[child + 1], m->heap[child]))
            child++;
        if (!less(m, m->heap[child], m->heap[i]))
            return;
        uint32_t swap = m->heap[i];
        m->heap[i] = m->heap[child];
        m->heap[child] = swap;
        i = child;
    }
}

int run_merge_open(struct runs *r, struct run_merge **out)
{
    struct run_merge *m = calloc(1, sizeof *m);
    if (!m)
        return ERR_MEMORY;
    *m = (struct run_merge){.runs = r, .n = r->n};
    m->cursors = calloc(r->n + 1, sizeof *m->cursors);
    m->heap = calloc(r->n + 1, sizeof *m->heap);
    int err = m->cursors && m->heap ? 0 : ERR_MEMORY;
    size_t room = r->window / (r->n ? r->n : 1);
    m->room = room < FIRST_ROOM ? FIRST_ROOM : room > (2u << 20) ? (2u << 20) : room;
    for (size_t i = 0; !err && i < r->n; i++) {
        struct cursor *c = &m->cursors[i];
        *c = (struct cursor){.at = r->list[i].at, .left = r->list[i].size, .room = FIRST_ROOM, .bytes = malloc(FIRST_ROOM)};
        int got = c->bytes ? advance(m, c) : ERR_MEMORY;
        if (got < 0)
            err = got;
        else if (got)
            m->heap[m->heaped++] = (uint32_t)i;
    }
    if (err) {
        run_merge_close(m);
        return err;
    }
    for (size_t i = m->heaped; i-- > 0;)
        sink(m, i);
    *out = m;
    return 0;
}

int run_merge_next(struct run_merge *m, const uint8_t **record, size_t *n)
{
    if (m->started && m->heaped) {
        struct cursor *c = &m->cursors[m->heap[0]];
        int got = advance(m, c);
        if (got < 0)
            return got;
        if (!got) {
            free(c->bytes);
            c->bytes = NULL;
            m->heap[0] = m->heap[--m->heaped];
        }
        sink(m, 0);
    }
    m->started = true;
    if (!m->heaped)
        return 0;
    const struct cursor *c = &m->cursors[m->heap[0]];
    *record = c->record;
    *n = c->n;
    return 1;
}

void run_merge_close(struct run_merge *m)
{
    if (!m)
        return;
    for (size_t i = 0; m->cursors && i < m->n; i++)
        free(m->cursors[i].bytes);
    free(m->cursors);
    free(m->heap);
    free(m);
}
