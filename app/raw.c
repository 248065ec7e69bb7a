/* app/raw.c - goes through a file to one record of it. */
#include "app/raw.h"

#include "app/packet.h"
#include "decode/evtx.h"
#include "source/feed.h"

#include <stdio.h>
#include <string.h>

struct looking {
    const struct origin *at;
    struct buf *out;
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

/* The file itself of "file" or "file!member". */
static int add_file(struct inputs *in, const char *path)
{
    char file[4200];
    const char *bang = strchr(path, '!');
    size_t n = bang ? (size_t)(bang - path) : strlen(path);
    if (n >= sizeof file)
        return ERR_LIMIT;
    memcpy(file, path, n);
    file[n] = '\0';
    return inputs_add_path(in, file);
}

static int search(struct inputs *in, const char *path, const struct looking *l)
{
    struct feed *feed;
    struct feed_worker *worker = NULL;
    struct unit u = {0};
    int err = feed_open(&feed, in);
    if (err)
        return err;
    err = feed_worker(feed, &worker);
    int got = err ? 0 : 1, found = ERR_NOT_FOUND;
    while (!err && found == ERR_NOT_FOUND && (got = feed_next(worker, &u)) > 0)
        if (strcmp(inputs_get(in, u.input)->path, path) == 0)
            found = in_unit(&u, l);
    feed_worker_free(worker);
    unit_free(&u);
    feed_close(feed);
    return err ? err : got < 0 ? got : found;
}

int raw_record(const char *path, const struct origin *at, struct buf *out)
{
    struct inputs *in;
    const struct looking l = {at, out};
    int err = inputs_new(&in);
    if (err)
        return err;
    err = add_file(in, path);
    if (!err)
        err = search(in, path, &l);
    inputs_free(in);
    return err;
}
