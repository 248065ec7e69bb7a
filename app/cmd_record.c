/* app/cmd_record.c - `vigie record`: the raw records of a log, as evidence to look at. */
#include "app/command.h"
#include "app/packet.h"
#include "app/raw.h"
#include "decode/evtx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct wanted {
    const uint64_t *number; /* ascending */
    size_t n;               /* 0: all */
    size_t shown;
    const char *asked; /* a file, an archive or archive!member */
    const char *path;  /* of the input being shown */
    struct evtx *evtx;
    bool told; /* something could not be read, and why */
    int err;
};

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static bool wants(const struct wanted *w, uint64_t number)
{
    return w->n == 0 || bsearch(&number, w->number, w->n, sizeof number, ascending) != NULL;
}

static void show(struct wanted *w, uint64_t number, struct str line)
{
    if (!wants(w, number))
        return;
    w->shown++;
    (void)fwrite(line.p, 1, line.n, stdout);
    (void)putchar('\n');
}

static void complain(void *owner, uint64_t record, const struct fault *f)
{
    const struct wanted *w = owner;
    if (w->n == 0 || wants(w, record))
        (void)fprintf(stderr, "vigie: %s: record %llu: %s (byte %llu of its chunk)\n", w->path, (unsigned long long)record, f->why,
                      (unsigned long long)f->offset);
}

/* The lines begin {"record":NUMBER, */
static uint64_t number_of(struct str line)
{
    struct str digits;
    uint64_t n = 0;
    line = str_from(line, sizeof "{\"record\":" - 1);
    return str_cut(&line, ',', &digits) && str_u64(digits, &n) ? n : 0;
}

static void chunk(struct wanted *w, const struct unit *u, const struct span *s)
{
    struct buf out = {0};
    struct str line;
    if (evtx_chunk_json(w->evtx, (const uint8_t *)u->bytes + s->at, s->n, u->offset + s->at, &out, complain, w) == ERR_MEMORY)
        w->err = ERR_MEMORY;
    struct str rest = buf_view(&out);
    while (str_cut(&rest, '\n', &line))
        if (line.n)
            show(w, number_of(line), line);
    buf_free(&out);
}

static void packet(struct wanted *w, const struct unit *u, const struct frame *x)
{
    struct buf out = {0};
    if (!wants(w, x->number))
        return;
    if (x->why) {
        (void)fprintf(stderr, "vigie: %s: packet %llu at byte %llu: %s\n", w->path, (unsigned long long)x->number,
                      (unsigned long long)x->offset, x->why);
        return;
    }
    packet_text(x, u->bytes, &out);
    if (out.n)
        show(w, x->number, str_sub(buf_view(&out), 0, out.n - 1));
    buf_free(&out);
}

static void text(struct wanted *w, const struct unit *u, const struct span *s)
{
    if (!s->why)
        show(w, s->record, (struct str){u->bytes + s->at, s->n});
    else if (wants(w, s->record))
        (void)fprintf(stderr, "vigie: %s: record %llu: %s\n", w->path, (unsigned long long)s->record, s->why);
}

/* Numbers of lines and packets come once in a file; those of events may come again. */
static bool unit(void *owner, const char *path, const struct unit *u)
{
    struct wanted *w = owner;
    bool whole = strcmp(path, w->asked) == 0;
    w->path = path;
    for (size_t i = 0; i < u->nframes; i++)
        packet(w, u, &u->frames[i]);
    for (size_t i = 0; i < u->nspans; i++)
        if (u->format == UNIT_JSON)
            text(w, u, &u->spans[i]);
        else if (u->format == UNIT_EVTX && u->offset + u->spans[i].at > 0)
            chunk(w, u, &u->spans[i]);
    return !w->err && (u->format == UNIT_EVTX || !whole || w->n == 0 || w->shown < w->n);
}

static void unread(void *owner, const char *path, const struct input_fault *f)
{
    struct wanted *w = owner;
    w->told = true;
    (void)fprintf(stderr, "vigie: %s: byte %llu: %s\n", path, (unsigned long long)f->offset, f->why);
}

static int show_all(struct wanted *w)
{
    struct stat st;
    if (stat(w->asked, &st) == 0 && S_ISDIR(st.st_mode)) {
        (void)fprintf(stderr, "vigie: %s: a folder; records are those of a file\n", w->asked);
        return 1;
    }
    w->evtx = evtx_new();
    int err = w->evtx ? raw_units(w->asked, &(struct raw_visit){unit, unread, w}) : ERR_MEMORY;
    evtx_free(w->evtx);
    err = err ? err : w->err;
    if (err)
        (void)fprintf(stderr, "vigie: %s: %s\n", w->asked, err_text(err));
    else if (w->shown == 0 && !w->told)
        (void)fprintf(stderr, "vigie: %s: no such record\n", w->asked);
    return err || w->shown == 0;
}

static int run(int argc, char **argv)
{
    if (argc < 2 || argv[1][0] == '-') {
        (void)fprintf(stderr, "usage: vigie record PATH [NUMBER...]\n");
        return 2;
    }
    struct wanted w = {.asked = argv[1], .n = (size_t)argc - 2};
    uint64_t *number = calloc(w.n + 1, sizeof *number);
    w.number = number;
    for (size_t i = 0; number && i < w.n; i++)
        if (!str_u64(str_of(argv[i + 2]), &number[i])) {
            (void)fprintf(stderr, "vigie: record: not a number: %s\n", argv[i + 2]);
            free(number);
            return 2;
        }
    if (!number)
        return 1;
    qsort(number, w.n, sizeof *number, ascending);
    int code = show_all(&w);
    free(number);
    return code;
}

const struct command cmd_record = {
    .name = "record",
    .summary = "print raw records of a log",
    .usage = "usage: vigie record PATH [NUMBER...]\n"
             "\n"
             "Prints records as they lie in the log PATH, all of them or those with the given numbers.\n"
             "A Windows event log (.evtx): one JSON object a line, with every value; NUMBER is the event record id.\n"
             "A capture of packets (pcap, pcapng): time, ends and bytes of each packet; NUMBER counts packets from 1.\n"
             "A log of JSON records: each as it lies there; NUMBER is its line, or its place in the document, from 1.\n"
             "PATH is as a scan tells it: a file, compressed or not, or archive!member; of an archive the records of all members.\n"
             "Damage in a log is told on stderr; what is readable is printed. Exit code 1 when nothing was found.\n",
    .run = run,
};
