/* directory/geofile.c - countries of address ranges, from a text file that is read in parts as they are asked for. */
#include "directory/geofile.h"

#include "base/err.h"
#include "base/file.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_MAX = 256 << 20, PART = 16 << 10, LINE = 128 };

struct part {
    struct ip start; /* of its first range */
    size_t at;       /* in the file; it ends where the next one begins */
    atomic_bool done; /* ranges are there, or cannot be read */
    struct georange ranges;
};

struct geofile {
    FILE *file;
    size_t size;
    struct part *parts;
    size_t n;
    pthread_mutex_t lock;
};

static size_t read_at(const struct geofile *g, size_t at, char *out, size_t n)
{
    size_t have = 0;
    ssize_t got = 1;
    while (have < n && got > 0) {
        got = pread(fileno(g->file), out + have, n - have, (off_t)(at + have));
        have += got > 0 ? (size_t)got : 0;
    }
    return have;
}

/* The first line that begins at *at or soon behind it, and where; absent when none does. */
static struct str line_from(const struct geofile *g, size_t *at, char room[LINE])
{
    struct str text = {room, read_at(g, *at - 1, room, LINE)}, before, line;
    if (!str_cut(&text, '\n', &before) || !str_cut(&text, '\n', &line) || !str_set(text))
        return STR_NONE;
    *at += before.n;
    return line;
}

/* A line that is no range, or out of order, begins no part: the one before goes on. */
static void find_parts(struct geofile *g)
{
    char room[LINE];
    struct ip start;
    g->n = 1;
    for (size_t i = 1; i <= g->size / PART; i++) {
        size_t at = i * PART;
        struct str line = line_from(g, &at, room);
        if (georange_start(line, &start) && memcmp(start.b, g->parts[g->n - 1].start.b, sizeof start.b) > 0)
            g->parts[g->n++] = (struct part){.start = start, .at = at};
    }
}

static void read_part(const struct geofile *g, struct part *p)
{
    size_t end = p + 1 < g->parts + g->n ? p[1].at : g->size;
    struct buf bytes = {0};
    char *room = buf_room(&bytes, end - p->at);
    if (room) {
        bytes.n = read_at(g, p->at, room, end - p->at);
        (void)georange_add(&p->ranges, buf_view(&bytes));
        georange_sort(&p->ranges);
    }
    buf_free(&bytes);
}

/* The part at p, read; what of it cannot be read has no country. */
static const struct georange *ranges_of(struct geofile *g, struct part *p)
{
    if (!atomic_load_explicit(&p->done, memory_order_acquire)) {
        (void)pthread_mutex_lock(&g->lock);
        if (!p->done)
            read_part(g, p);
        atomic_store_explicit(&p->done, true, memory_order_release);
        (void)pthread_mutex_unlock(&g->lock);
    }
    return &p->ranges;
}

static int open_parts(struct geofile *g)
{
    struct stat st;
    if (fstat(fileno(g->file), &st) != 0 || st.st_size < 0)
        return ERR_IO;
    if (st.st_size > TEXT_MAX)
        return ERR_LIMIT;
    g->size = (size_t)st.st_size;
    g->parts = calloc(g->size / PART + 1, sizeof *g->parts);
    if (!g->parts)
        return ERR_MEMORY;
    find_parts(g);
    if (g->n > 1)
        return ERR_NONE;
    const struct georange *all = ranges_of(g, g->parts);
    return all->n4 + all->n6 ? ERR_NONE : ERR_MALFORMED;
}

int geofile_open(struct geofile **out, const char *path)
{
    struct geofile *g = calloc(1, sizeof *g);
    if (!g)
        return ERR_MEMORY;
    (void)pthread_mutex_init(&g->lock, NULL);
    g->file = file_open(path);
    int err = g->file ? open_parts(g) : ERR_NOT_FOUND;
    if (err)
        geofile_close(g);
    else
        *out = g;
    return err;
}

void geofile_close(struct geofile *g)
{
    if (!g)
        return;
    for (size_t i = 0; i < g->n; i++)
        georange_free(&g->parts[i].ranges);
    free(g->parts);
    if (g->file)
        (void)fclose(g->file);
    (void)pthread_mutex_destroy(&g->lock);
    free(g);
}

const struct country *geofile_find(struct geofile *g, const struct ip *ip)
{
    size_t low = 1, high = g->n; /* the first part holds what is before all others */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (memcmp(g->parts[middle].start.b, ip->b, sizeof ip->b) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return georange_find(ranges_of(g, &g->parts[low - 1]), ip);
}
