/* app/raw.c - goes through a file to one record of it. */
#include "app/raw.h"

#include "app/packet.h"
#include "decode/evtx.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct looking {
    const struct origin *at;
    struct buf *out;
    const char *path;
    int found; /* as raw_record */
};

static void no_fault(void *owner, uint64_t record, const struct fault *f)
{
    (void)owner;
    (void)record;
    (void)f;
}

/* The lines begin {"record":NUMBER, */
static int pick_line(struct str lines, uint64_t record, struct buf *out)
{
    char head[48];
    struct str line;
    int n = snprintf(head, sizeof head, "{\"record\":%llu,", (unsigned long long)record);
    while (lines.n && str_cut(&lines, '\n', &line))
        if (str_starts(line, (struct str){head, (size_t)n})) {
            buf_str(out, line);
            return out->failed ? ERR_MEMORY : 0;
        }
    return ERR_NOT_FOUND;
}

static int in_chunk(const struct unit *u, const struct span *s, const struct looking *l)
{
    struct buf lines = {0};
    struct evtx *x = evtx_new();
    int err = x ? evtx_chunk_json(x, (const uint8_t *)u->bytes + s->at, s->n, u->offset + s->at, &lines, no_fault, NULL) : ERR_MEMORY;
    if (err >= 0)
        err = pick_line(buf_view(&lines), l->at->record, l->out);
    evtx_free(x);
    buf_free(&lines);
    return err;
}

static int in_capture(const struct unit *u, const struct looking *l)
{
    for (size_t i = 0; i < u->nframes; i++)
        if (u->frames[i].offset == l->at->offset && !u->frames[i].why) {
            packet_text(&u->frames[i], u->bytes, l->out);
            return l->out->failed ? ERR_MEMORY : 0;
        }
    return ERR_NOT_FOUND;
}

static int in_unit(const struct unit *u, const struct looking *l)
{
    if (u->format == UNIT_CAPTURE)
        return in_capture(u, l);
    for (size_t i = 0; i < u->nspans; i++) {
        const struct span *s = &u->spans[i];
        uint64_t start = u->offset + s->at;
        if (l->at->offset < start || l->at->offset >= start + (s->n ? s->n : 1))
            continue;
        if (u->format == UNIT_EVTX && start > 0)
            return in_chunk(u, s, l);
        if (u->format == UNIT_JSON) {
            buf_add(l->out, u->bytes + s->at, s->n);
            return l->out->failed ? ERR_MEMORY : 0;
        }
    }
    return ERR_NOT_FOUND;
}

/* The file itself of "file" or "file!member"; a file may have such a name, too. */
static int add_file(struct inputs *in, const char *path)
{
    char file[4200];
    const char *bang = access(path, F_OK) == 0 ? NULL : strchr(path, '!');
    size_t n = bang ? (size_t)(bang - path) : strlen(path);
    if (n >= sizeof file)
        return ERR_LIMIT;
    memcpy(file, path, n);
    file[n] = '\0';
    return inputs_add_path(in, file);
}

/* The input is the one that was asked for, or one of its members. */
static bool asked_for(const char *input, const char *path)
{
    size_t n = strlen(path);
    return strncmp(input, path, n) == 0 && (input[n] == '\0' || input[n] == '!');
}

static int walk(struct inputs *in, const char *path, const struct raw_visit *v)
{
    struct feed *feed;
    struct feed_worker *worker = NULL;
    struct unit u = {0};
    int err = feed_open(&feed, in);
    if (err)
        return err;
    err = feed_worker(feed, &worker);
    int got = err ? 0 : 1;
    bool more = true;
    while (!err && more && (got = feed_next(worker, &u)) > 0) {
        const char *input = inputs_get(in, u.input)->path;
        more = !asked_for(input, path) || v->unit(v->owner, input, &u);
    }
    feed_worker_free(worker);
    unit_free(&u);
    feed_close(feed);
    return err ? err : got < 0 ? got : 0;
}

int raw_units(const char *path, const struct raw_visit *v)
{
    struct inputs *in;
    int err = inputs_new(&in);
    if (err)
        return err;
    err = add_file(in, path);
    if (!err)
        err = walk(in, path, v);
    for (uint32_t i = 0; v->fault && i < inputs_count(in); i++) {
        const struct input *x = inputs_get(in, i);
        for (unsigned k = 0; asked_for(x->path, path) && k < x->kept; k++)
            v->fault(v->owner, x->path, &x->faults[k]);
    }
    inputs_free(in);
    return err;
}

static bool look(void *owner, const char *path, const struct unit *u)
{
    struct looking *l = owner;
    if (strcmp(path, l->path) == 0)
        l->found = in_unit(u, l);
    return l->found == ERR_NOT_FOUND;
}

int raw_record(const char *path, const struct origin *at, struct buf *out)
{
    struct looking l = {at, out, path, ERR_NOT_FOUND};
    int err = raw_units(path, &(struct raw_visit){look, NULL, &l});
    return err ? err : l.found;
}
