/* app/cmd_record.c - `vigie record`: the raw records of a log, as evidence to look at. */
#include "app/command.h"
#include "app/packet.h"
#include "decode/evtx.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct wanted {
    const uint64_t *number; /* ascending */
    size_t n;               /* 0: all */
    size_t shown;
    const char *path;
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

static int chunk(struct evtx *x, struct str bytes, uint64_t offset, struct wanted *w)
{
    struct buf out = {0};
    struct str line;
    int err = evtx_chunk_json(x, (const uint8_t *)bytes.p, bytes.n, offset, &out, complain, w);
    struct str rest = buf_view(&out);
    while (str_cut(&rest, '\n', &line))
        if (line.n)
            show(w, number_of(line), line);
    buf_free(&out);
    return err == ERR_MEMORY ? 1 : 0;
}

static int event_log(struct str file, struct wanted *w)
{
    struct evtx *x = evtx_new();
    int code = x ? 0 : 1;
    for (uint64_t at = EVTX_HEADER; x && code == 0 && at < file.n; at += EVTX_CHUNK)
        code = chunk(x, str_sub(file, at, EVTX_CHUNK), at, w);
    evtx_free(x);
    if (code)
        (void)fprintf(stderr, "vigie: %s: %s\n", w->path, err_text(ERR_MEMORY));
    return code;
}

static int text_log(struct str file, struct wanted *w)
{
    struct str line;
    uint64_t number = 0;
    while (file.n && str_cut(&file, '\n', &line))
        show(w, ++number, line);
    return 0;
}

static bool show_packet(void *owner, const struct frame *x, const char *bytes)
{
    struct wanted *w = owner;
    struct buf out = {0};
    if (!wants(w, x->number))
        return true;
    if (x->why) {
        (void)fprintf(stderr, "vigie: %s: packet %llu at byte %llu: %s\n", w->path, (unsigned long long)x->number,
                      (unsigned long long)x->offset, x->why);
        return true;
    }
    packet_text(x, bytes, &out);
    if (out.n)
        show(w, x->number, str_sub(buf_view(&out), 0, out.n - 1));
    buf_free(&out);
    return w->n == 0 || w->shown < w->n;
}

/* A capture may be compressed, so that its first bytes do not tell. */
static int other_log(struct str file, struct wanted *w)
{
    int err = packet_each(w->path, show_packet, w);
    return err == ERR_UNSUPPORTED ? text_log(file, w) : err ? 1 : 0;
}

static int open_log(const char *path, struct str *out)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return ERR_IO;
    int err = fstat(fd, &st) == 0 ? 0 : ERR_IO;
    if (!err && !S_ISREG(st.st_mode)) {
        errno = EINVAL;
        err = ERR_IO;
    }
    *out = STR("");
    if (!err && st.st_size > 0) {
        void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (p == MAP_FAILED)
            err = ERR_IO;
        else
            *out = (struct str){p, (size_t)st.st_size};
    }
    (void)close(fd);
    return err;
}

static int run(int argc, char **argv)
{
    struct str file;
    if (argc < 2 || argv[1][0] == '-') {
        (void)fprintf(stderr, "usage: vigie record PATH [NUMBER...]\n");
        return 2;
    }
    struct wanted w = {.path = argv[1], .n = (size_t)argc - 2};
    uint64_t *number = calloc(w.n + 1, sizeof *number);
    w.number = number;
    for (size_t i = 0; number && i < w.n; i++)
        if (!str_u64(str_of(argv[i + 2]), &number[i])) {
            (void)fprintf(stderr, "vigie: record: not a number: %s\n", argv[i + 2]);
            free(number);
            return 2;
        }
    int code = 1;
    if (!number || open_log(w.path, &file) != 0) {
        (void)fprintf(stderr, "vigie: %s: %s\n", w.path, strerror(errno));
    } else {
        qsort(number, w.n, sizeof *number, ascending);
        code = evtx_claims((const uint8_t *)file.p, file.n) ? event_log(file, &w) : other_log(file, &w);
        if (code == 0 && w.n && w.shown == 0) {
            (void)fprintf(stderr, "vigie: %s: no such record\n", w.path);
            code = 1;
        }
        if (file.n)
            (void)munmap((void *)(uintptr_t)file.p, file.n);
    }
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
             "Any other file: its lines as they are; NUMBER counts from 1.\n"
             "Damage in a log is told on stderr; what is readable is printed. Exit code 1 when nothing was found.\n",
    .run = run,
};
