/* source/feed.c - recognises inputs by content and cuts them into units. */
#include "source/feed.h"

#include "source/stream.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { UNIT_BYTES = 1 << 18, EVTX_HEAD = 4096, EVTX_CHUNK_BYTES = 65536, LDIF_MAX = 512 << 20, MEMBERS_MAX = 500000 };

enum content { CONTENT_NONE, CONTENT_JSON, CONTENT_EVTX, CONTENT_LDIF, CONTENT_CAPTURE };

struct source {
    pthread_mutex_t lock;
    struct stream *stream;
    const char *path;
    bool open, done;
    /* the member at hand */
    enum content content;
    uint32_t input;
    bool any; /* a member was opened */
    unsigned members;
    uint64_t offset;
    struct split split;
    struct capture capture;
    const struct feed_worker *owner; /* who alone reads the capture at hand */
    char *carry; /* unfinished record */
    size_t ncarry;
    bool ended;
    uint64_t told; /* bytes of the file already in feed->done */
};

struct feed {
    struct inputs *inputs;
    pthread_mutex_t lock;
    struct source *sources;
    size_t n, next;
    uint64_t done, total;
};

struct feed_worker {
    struct feed *feed;
    struct source *mine;
};

int feed_open(struct feed **out, struct inputs *in)
{
    struct feed *f = calloc(1, sizeof *f);
    if (!f)
        return ERR_MEMORY;
    f->inputs = in;
    f->n = inputs_files(in);
    f->sources = calloc(f->n + 1, sizeof *f->sources);
    if (!f->sources) {
        free(f);
        return ERR_MEMORY;
    }
    (void)pthread_mutex_init(&f->lock, NULL);
    for (size_t i = 0; i < f->n; i++) {
        struct stat st;
        f->sources[i].path = inputs_file(in, i);
        (void)pthread_mutex_init(&f->sources[i].lock, NULL);
        if (stat(f->sources[i].path, &st) == 0)
            f->total += (uint64_t)st.st_size;
    }
    *out = f;
    return 0;
}

void feed_close(struct feed *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->n; i++) {
        stream_close(f->sources[i].stream);
        capture_free(&f->sources[i].capture);
        free(f->sources[i].carry);
        (void)pthread_mutex_destroy(&f->sources[i].lock);
    }
    (void)pthread_mutex_destroy(&f->lock);
    free(f->sources);
    free(f);
}

int feed_worker(struct feed *f, struct feed_worker **out)
{
    struct feed_worker *w = calloc(1, sizeof *w);
    if (!w)
        return ERR_MEMORY;
    w->feed = f;
    *out = w;
    return 0;
}

void feed_worker_free(struct feed_worker *w)
{
    free(w);
}

void unit_free(struct unit *u)
{
    free(u->bytes);
    free(u->spans);
    free(u->frames);
    *u = (struct unit){0};
}

void feed_progress(struct feed *f, uint64_t *done, uint64_t *total)
{
    (void)pthread_mutex_lock(&f->lock);
    *done = f->done;
    *total = f->total;
    (void)pthread_mutex_unlock(&f->lock);
}

/* ---- recognising ---- */

/* Names of columns: no JSON record, damaged or not, begins so. */
static bool is_table(struct str s)
{
    struct str line;
    size_t commas = 0;
    if (!str_cut(&s, '\n', &line))
        return false;
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] == '{' || line.p[i] == ':')
            return false;
        commas += line.p[i] == ',';
    }
    return commas >= 3;
}

static enum content recognise(const uint8_t *p, size_t n, const char **why)
{
    struct str s = {(const char *)p, n};
    if (n == 0) {
        *why = "file is empty";
        return CONTENT_NONE;
    }
    if (n >= 8 && memcmp(p, "ElfFile\0", 8) == 0)
        return CONTENT_EVTX;
    if (capture_claims(p, n))
        return CONTENT_CAPTURE;
    bool marked = n >= 2 && ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff));
    if (marked || (n >= 4 && (memcmp(p, "{\0\"\0", 4) == 0 || memcmp(p, "\0{\0\"", 4) == 0))) {
        *why = "text in UTF-16: save it as UTF-8";
        return CONTENT_NONE;
    }
    if (str_starts(s, STR("\xef\xbb\xbf")))
        s = str_from(s, 3);
    s = str_trim(s);
    if (s.n && (s.p[0] == '{' || s.p[0] == '['))
        return CONTENT_JSON;
    struct str rest = s, line;
    while (str_cut(&rest, '\n', &line)) {
        if (line.n == 0 || line.p[0] == '#')
            continue;
        if (str_startsi(line, STR("dn:")) || str_startsi(line, STR("version: 1")))
            return CONTENT_LDIF;
        break;
    }
    if (is_table(s)) {
        *why = "a table (CSV): save the records as JSON";
        return CONTENT_NONE;
    }
    /* a JSON log whose first lines are damaged is still one */
    if (s.n && (str_has(s, STR("\n{\"")) || str_has(s, STR("\":\"")) || str_has(s, STR("\": \""))))
        return CONTENT_JSON;
    *why = "content is of no known kind";
    return CONTENT_NONE;
}

static int name_input(struct feed *f, struct source *s, struct str member)
{
    struct str path = str_of(s->path);
    if (!str_set(member))
        return inputs_open(f->inputs, path, &s->input);
    char *whole = malloc(path.n + member.n + 2);
    if (!whole)
        return ERR_MEMORY;
    memcpy(whole, path.p, path.n);
    whole[path.n] = '!';
    memcpy(whole + path.n + 1, member.p, member.n);
    int err = inputs_open(f->inputs, (struct str){whole, path.n + 1 + member.n}, &s->input);
    free(whole);
    return err;
}

static void tell(struct feed *f, struct source *s, uint64_t offset, const char *why)
{
    inputs_fault(f->inputs, s->input, &(struct input_fault){.offset = offset, .why = why});
}

/* The file, or the rest of the archive, cannot be read. */
static int give_up(struct feed *f, struct source *s, const char *why)
{
    int err = 0;
    if (!s->any) {
        err = name_input(f, s, STR_NONE);
        if (!err)
            inputs_unreadable(f->inputs, s->input);
    }
    if (!err)
        tell(f, s, s->offset, why);
    s->done = true;
    return err;
}

static void begin_member(struct source *s)
{
    s->any = true;
    s->offset = 0;
    s->ncarry = 0;
    s->ended = false;
    s->split = (struct split){0};
    s->owner = NULL;
    capture_free(&s->capture);
    s->content = CONTENT_NONE;
}

static enum content look(struct source *s, const char **why)
{
    const uint8_t *head;
    size_t n = stream_peek(s->stream, &head);
    char none;
    if (n == 0 && stream_read(s->stream, &none, 1, why) < 0)
        return CONTENT_NONE;
    return recognise(head, n, why);
}

static int next_member(struct feed *f, struct source *s)
{
    struct str name = STR_NONE;
    const char *why = "cannot be read";
    if (s->members++ == MEMBERS_MAX)
        return give_up(f, s, "archive with more than 500,000 files: the rest is not read");
    int got = stream_member(s->stream, &name, &why);
    if (got < 0 && !str_set(name))
        return give_up(f, s, why);
    if (got == 0) {
        s->done = true;
        return s->any ? 0 : give_up(f, s, "archive is empty");
    }
    int err = name_input(f, s, name);
    if (err)
        return err;
    begin_member(s);
    if (got == 1)
        s->content = look(s, &why);
    if (s->content == CONTENT_NONE) {
        tell(f, s, 0, why);
        inputs_unreadable(f->inputs, s->input);
    }
    return 0;
}

/* ---- units ---- */

static bool make_room(struct unit *u, size_t n)
{
    if (n + FEED_PADDING <= u->room)
        return true;
    char *grown = realloc(u->bytes, n + FEED_PADDING);
    if (!grown)
        return false;
    u->bytes = grown;
    u->room = n + FEED_PADDING;
    return true;
}

static int add_span(struct unit *u, const struct span *s)
{
    if (u->nspans == u->span_room) {
        size_t room = u->span_room ? u->span_room * 2 : 256;
        struct span *grown = realloc(u->spans, room * sizeof *grown);
        if (!grown)
            return ERR_MEMORY;
        u->spans = grown;
        u->span_room = room;
    }
    u->spans[u->nspans++] = *s;
    return 0;
}

/* Fills u->bytes up to `want` bytes; short only at the member's end, which sets s->ended. */
static int fill(struct feed *f, struct source *s, struct unit *u, size_t want)
{
    const char *why = "cannot be read";
    if (!make_room(u, want))
        return ERR_MEMORY;
    while (u->n < want && !s->ended) {
        ptrdiff_t got = stream_read(s->stream, u->bytes + u->n, want - u->n, &why);
        if (got < 0)
            tell(f, s, u->offset + u->n, why);
        if (got <= 0)
            s->ended = true;
        else
            u->n += (size_t)got;
    }
    memset(u->bytes + u->n, 0, FEED_PADDING);
    return 0;
}

static int keep_rest(struct source *s, const struct unit *u, size_t at)
{
    size_t n = u->n - at;
    if (n) {
        char *grown = realloc(s->carry, n);
        if (!grown)
            return ERR_MEMORY;
        s->carry = grown;
        memcpy(s->carry, u->bytes + at, n);
    }
    s->ncarry = n;
    return 0;
}

static int json_unit(struct feed *f, struct source *s, struct unit *u)
{
    struct span span;
    size_t at = 0, want = UNIT_BYTES;
    if (!make_room(u, s->ncarry > want ? s->ncarry : want))
        return ERR_MEMORY;
    if (s->ncarry)
        memcpy(u->bytes, s->carry, s->ncarry);
    u->n = s->ncarry;
    u->offset = s->offset - s->ncarry;
    if (want <= u->n)
        want = u->n * 2;
    for (;;) {
        int err = fill(f, s, u, want);
        if (err)
            return err;
        if (u->offset == 0 && at == 0 && u->n >= 3 && memcmp(u->bytes, "\xef\xbb\xbf", 3) == 0)
            at = 3;
        while (!err && split_next(&s->split, u->bytes, u->n, &at, s->ended, &span) == 1)
            err = add_span(u, &span);
        if (!err && !s->ended && u->nspans == 0 && u->n - at > SPLIT_RECORD_MAX) {
            split_skip(&s->split, at, u->n, &span);
            at = u->n;
            err = add_span(u, &span);
        }
        s->offset = u->offset + u->n;
        if (err || s->ended || u->nspans)
            return err ? err : keep_rest(s, u, s->ended ? u->n : at);
        if (at == u->n) { /* nothing but what is being skipped: use the room again */
            u->offset += u->n;
            u->n = at = 0;
        }
        want = u->n + (u->n > UNIT_BYTES ? u->n : UNIT_BYTES);
    }
}

static int evtx_unit(struct feed *f, struct source *s, struct unit *u)
{
    size_t want = s->offset == 0 ? EVTX_HEAD + UNIT_BYTES : UNIT_BYTES;
    u->offset = s->offset;
    int err = fill(f, s, u, want);
    size_t at = 0;
    while (!err && at < u->n) {
        size_t n = u->offset + at == 0 ? EVTX_HEAD : EVTX_CHUNK_BYTES;
        if (n > u->n - at)
            n = u->n - at;
        err = add_span(u, &(struct span){.at = at, .n = n});
        at += n;
    }
    s->offset += u->n;
    return err;
}

static int add_frame(struct unit *u, const struct frame *x)
{
    if (u->nframes == u->frame_room) {
        size_t room = u->frame_room ? u->frame_room * 2 : 1024;
        struct frame *grown = realloc(u->frames, room * sizeof *grown);
        if (!grown)
            return ERR_MEMORY;
        u->frames = grown;
        u->frame_room = room;
    }
    u->frames[u->nframes++] = *x;
    return 0;
}

static int capture_unit(struct feed *f, struct source *s, struct unit *u)
{
    struct frame x;
    size_t at = 0;
    int err = make_room(u, s->ncarry + UNIT_BYTES) ? 0 : ERR_MEMORY;
    if (!err && s->ncarry)
        memcpy(u->bytes, s->carry, s->ncarry);
    u->n = s->ncarry;
    u->offset = s->offset - s->ncarry;
    while (!err && u->nframes == 0) { /* a whole read may hold nothing but a block that is passed over */
        u->offset += at;
        u->n -= at;
        memmove(u->bytes, u->bytes + at, u->n);
        at = 0;
        bool end = s->ended;
        err = fill(f, s, u, u->n + UNIT_BYTES);
        int got = 1;
        while (!err && (got = capture_next(&s->capture, (const uint8_t *)u->bytes, u->n, &at, s->ended, &x)) == 1)
            err = add_frame(u, &x);
        err = err ? err : got;
        if (end)
            break;
    }
    s->offset = u->offset + u->n;
    u->pcapng = s->capture.pcapng;
    return err ? err : keep_rest(s, u, s->ended ? u->n : at);
}

/* A directory is read whole: its objects refer to each other. */
static int ldif_unit(struct feed *f, struct source *s, struct unit *u)
{
    int err = 0;
    for (size_t want = UNIT_BYTES; !err && !s->ended; want *= 2) {
        if (want > LDIF_MAX) {
            tell(f, s, u->n, "directory file longer than 512 MB: the rest is not read");
            s->ended = true;
            break;
        }
        err = fill(f, s, u, want);
    }
    s->offset = u->n;
    return err ? err : add_span(u, &(struct span){.n = u->n});
}

/* 1 with a unit, 0 when the member gave none. */
static int member_unit(struct feed *f, struct source *s, struct unit *u)
{
    int err = 0;
    uint64_t before = s->offset;
    u->input = s->input;
    u->n = u->nspans = u->nframes = 0;
    u->offset = 0;
    switch (s->content) {
    case CONTENT_JSON:
        u->format = UNIT_JSON;
        err = json_unit(f, s, u);
        break;
    case CONTENT_EVTX:
        u->format = UNIT_EVTX;
        err = evtx_unit(f, s, u);
        break;
    case CONTENT_LDIF:
        u->format = UNIT_LDIF;
        err = ldif_unit(f, s, u);
        break;
    case CONTENT_CAPTURE:
        u->format = UNIT_CAPTURE;
        err = capture_unit(f, s, u);
        break;
    case CONTENT_NONE: s->ended = true; break;
    }
    u->fresh = s->offset - before;
    return err ? err : u->nspans + u->nframes > 0;
}

static int open_source(struct feed *f, struct source *s)
{
    const char *why = "cannot be read";
    s->open = true;
    if (stream_open(s->path, &s->stream, &why) != 0)
        return give_up(f, s, why);
    return next_member(f, s);
}

static void count_progress(struct feed *f, struct source *s)
{
    uint64_t taken = s->stream ? stream_taken(s->stream) : 0;
    (void)pthread_mutex_lock(&f->lock);
    f->done += taken - s->told;
    (void)pthread_mutex_unlock(&f->lock);
    s->told = taken;
}

/* The next unit of a file: 1, or 0 when the file is finished, or for its owner alone. */
static int pull(struct feed_worker *w, struct source *s, struct unit *u)
{
    struct feed *f = w->feed;
    int got = 0, err = 0;
    (void)pthread_mutex_lock(&s->lock);
    if (!s->open)
        err = open_source(f, s);
    while (!err && got == 0 && !s->done && (!s->owner || s->owner == w)) {
        if (s->content == CONTENT_CAPTURE)
            s->owner = w;
        if (!s->ended)
            got = member_unit(f, s, u);
        if (got == 0)
            err = next_member(f, s);
    }
    count_progress(f, s);
    if (s->done && s->stream) {
        stream_close(s->stream);
        s->stream = NULL;
    }
    (void)pthread_mutex_unlock(&s->lock);
    return err ? err : got;
}

/* A file that nobody has begun, else any file that is not finished. */
static struct source *choose(struct feed *f, size_t *look)
{
    struct source *s = NULL;
    (void)pthread_mutex_lock(&f->lock);
    if (f->next < f->n)
        s = &f->sources[f->next++];
    (void)pthread_mutex_unlock(&f->lock);
    return s ? s : *look < f->n ? &f->sources[(*look)++] : NULL;
}

int feed_next(struct feed_worker *w, struct unit *u)
{
    size_t look = 0;
    for (;;) {
        if (!w->mine)
            w->mine = choose(w->feed, &look);
        if (!w->mine)
            return 0;
        int got = pull(w, w->mine, u);
        if (got != 0)
            return got;
        w->mine = NULL;
    }
}
