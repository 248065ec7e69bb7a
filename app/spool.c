/* app/spool.c - batches of lines in a folder. */
#include "app/spool.h"

#include "base/buf.h"
#include "base/time.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGE = 1 << 20, NAME = 32, HELD = 64 << 20 };

struct spool {
    pthread_mutex_t lock;
    char folder[4096];
    uint64_t most;
    uint64_t next;   /* number of the open batch */
    uint64_t oldest; /* no complete batch has a lower number */
    int fd;          /* of the open batch; -1: none */
    int64_t began;   /* when its first line came, by spool_cut's clock; 0: not looked at yet */
    uint64_t size;
    struct buf held; /* lines not written yet */
    struct spool_counts counts;
};

static void path_of(const struct spool *s, uint64_t number, const char *ending, char out[SPOOL_PATH])
{
    (void)snprintf(out, SPOOL_PATH, "%.4000s/%016llx.%s", s->folder, (unsigned long long)number, ending);
}

static int sync_folder(const struct spool *s)
{
    int fd = open(s->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int err = fd >= 0 && fsync(fd) == 0 ? 0 : ERR_IO;
    if (fd >= 0)
        (void)close(fd);
    return err;
}

/* ---- what a kill left ---- */

/* Bytes up to and with the last line feed. */
static off_t whole_lines(int fd, off_t size)
{
    char block[4096];
    while (size > 0) {
        off_t from = size > (off_t)sizeof block ? size - (off_t)sizeof block : 0;
        ssize_t n = pread(fd, block, (size_t)(size - from), from);
        for (ssize_t i = n; i > 0; i--)
            if (block[i - 1] == '\n')
                return from + i;
        if (n <= 0)
            return 0;
        size = from;
    }
    return 0;
}

static int recover(struct spool *s, uint64_t number)
{
    char part[SPOOL_PATH], whole[SPOOL_PATH];
    struct stat st;
    path_of(s, number, "part", part);
    path_of(s, number, "ndjson", whole);
    int fd = open(part, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return ERR_IO;
    off_t n = fstat(fd, &st) == 0 ? whole_lines(fd, st.st_size) : 0;
    bool good = n == 0 || (ftruncate(fd, n) == 0 && fsync(fd) == 0);
    (void)close(fd);
    if (n == 0)
        return unlink(part) == 0 ? 0 : ERR_IO;
    if (!good || rename(part, whole) != 0)
        return ERR_IO;
    s->counts.waiting++;
    s->counts.waiting_bytes += (uint64_t)n;
    return 0;
}

/* "00000000000000af.ndjson": the number and what it is. */
static bool batch_name(const char *name, uint64_t *number, const char **ending)
{
    char *end;
    *number = strtoull(name, &end, 16);
    *ending = end + 1;
    return end == name + 16 && *end == '.';
}

static int look(struct spool *s, const char *name)
{
    uint64_t number;
    const char *ending;
    char path[SPOOL_PATH];
    struct stat st;
    if (!batch_name(name, &number, &ending))
        return 0;
    if (number >= s->next)
        s->next = number + 1;
    if (number < s->oldest)
        s->oldest = number;
    if (strcmp(ending, "part") == 0)
        return recover(s, number);
    path_of(s, number, "ndjson", path);
    if (strcmp(ending, "ndjson") != 0 || stat(path, &st) != 0)
        return 0;
    s->counts.waiting++;
    s->counts.waiting_bytes += (uint64_t)st.st_size;
    return 0;
}

int spool_open(const char *folder, uint64_t most, struct spool **out)
{
    struct spool *s = calloc(1, sizeof *s);
    if (!s)
        return ERR_MEMORY;
    s->fd = -1;
    s->most = most;
    s->oldest = UINT64_MAX;
    (void)pthread_mutex_init(&s->lock, NULL);
    int n = snprintf(s->folder, sizeof s->folder, "%s", folder);
    int err = n > 0 && n < 4000 && (mkdir(folder, 0700) == 0 || errno == EEXIST) ? 0 : ERR_IO;
    DIR *d = err ? NULL : opendir(folder);
    if (!d)
        err = ERR_IO;
    for (const struct dirent *e; !err && (e = readdir(d)) != NULL;)
        err = look(s, e->d_name);
    if (d)
        (void)closedir(d);
    if (s->oldest > s->next)
        s->oldest = s->next;
    if (err) {
        spool_close(s);
        return err;
    }
    *out = s;
    return 0;
}

/* ---- lines in ---- */

static int flush(struct spool *s)
{
    char path[SPOOL_PATH];
    if (s->held.n == 0)
        return 0;
    if (s->fd < 0) {
        path_of(s, s->next, "part", path);
        s->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    }
    ssize_t n = s->fd < 0 ? -1 : write(s->fd, s->held.p, s->held.n);
    if (n <= 0)
        return ERR_IO;
    s->held.n -= (size_t)n; /* a full disk takes a part: the rest follows when there is room */
    memmove(s->held.p, s->held.p + n, s->held.n);
    return s->held.n ? ERR_IO : 0;
}

int spool_add(struct spool *s, struct str line)
{
    (void)pthread_mutex_lock(&s->lock);
    bool room = s->held.n + line.n <= HELD;
    if (room)
        buf_str(&s->held, line);
    int err = s->held.failed ? ERR_MEMORY : room ? 0 : ERR_LIMIT;
    if (!err) {
        s->size += line.n;
        s->counts.lines++;
        s->counts.bytes += line.n;
    }
    (void)pthread_mutex_unlock(&s->lock);
    return err;
}

static void drop_oldest(struct spool *s)
{
    char path[SPOOL_PATH];
    struct stat st;
    for (; s->oldest < s->next; s->oldest++) {
        path_of(s, s->oldest, "ndjson", path);
        if (stat(path, &st) != 0)
            continue;
        (void)unlink(path);
        s->counts.waiting--;
        s->counts.waiting_bytes -= (uint64_t)st.st_size < s->counts.waiting_bytes ? (uint64_t)st.st_size : s->counts.waiting_bytes;
        s->counts.lost_batches++;
        s->counts.lost_bytes += (uint64_t)st.st_size;
        return;
    }
}

static int complete(struct spool *s)
{
    char part[SPOOL_PATH], whole[SPOOL_PATH];
    int err = flush(s);
    if (err)
        return err;
    path_of(s, s->next, "part", part);
    path_of(s, s->next, "ndjson", whole);
    bool good = fsync(s->fd) == 0;
    good = close(s->fd) == 0 && good;
    s->fd = -1;
    if (!good || rename(part, whole) != 0 || sync_folder(s) != 0)
        return ERR_IO;
    s->next++;
    s->counts.waiting++;
    s->counts.waiting_bytes += s->size;
    s->size = 0;
    s->began = 0;
    while (s->counts.waiting_bytes > s->most && s->counts.waiting > 1)
        drop_oldest(s);
    return 0;
}

int spool_cut(struct spool *s, int64_t now, bool force)
{
    int err = 0;
    (void)pthread_mutex_lock(&s->lock);
    if (s->size && !s->began)
        s->began = now;
    if (s->size && (force || s->size >= LARGE || now - s->began > TIME_SECOND))
        err = complete(s);
    else
        err = flush(s);
    (void)pthread_mutex_unlock(&s->lock);
    return err;
}

/* ---- batches out ---- */

int spool_next(struct spool *s, char path[SPOOL_PATH])
{
    int found = 0;
    (void)pthread_mutex_lock(&s->lock);
    for (uint64_t i = s->oldest; !found && i < s->next; i++) {
        path_of(s, i, "ndjson", path);
        found = access(path, R_OK) == 0;
        if (!found)
            s->oldest = i + 1;
    }
    (void)pthread_mutex_unlock(&s->lock);
    return found;
}

int spool_done(struct spool *s, const char *path, bool refused)
{
    char aside[SPOOL_PATH + 16];
    struct stat st;
    (void)pthread_mutex_lock(&s->lock);
    (void)snprintf(aside, sizeof aside, "%s.refused", path);
    int err = stat(path, &st) == 0 && (refused ? rename(path, aside) : unlink(path)) == 0 ? 0 : ERR_IO;
    if (!err) {
        s->counts.waiting--;
        s->counts.waiting_bytes -= (uint64_t)st.st_size < s->counts.waiting_bytes ? (uint64_t)st.st_size : s->counts.waiting_bytes;
    }
    (void)pthread_mutex_unlock(&s->lock);
    return err;
}

void spool_counts(struct spool *s, struct spool_counts *out)
{
    (void)pthread_mutex_lock(&s->lock);
    *out = s->counts;
    (void)pthread_mutex_unlock(&s->lock);
}

void spool_close(struct spool *s)
{
    if (!s)
        return;
    if (s->size)
        (void)complete(s);
    if (s->fd >= 0)
        (void)close(s->fd);
    buf_free(&s->held);
    (void)pthread_mutex_destroy(&s->lock);
    free(s);
}
