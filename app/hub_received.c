/* app/hub_received.c - files that came in: kept in DATA/received/ before anything else happens to them.
 *
 * A file is accepted when it is on disk under its final name and tab_inputs has a row for it. */
#include "app/hub_private.h"

#include "app/raw.h"
#include "store/tab_inputs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_BYTES = 12, SETTLED_SECONDS = 1, INBOX_DEPTH = 8 };

static void fresh_name(char out[2 * NAME_BYTES + 1])
{
    unsigned char random[NAME_BYTES];
    randombytes_buf(random, sizeof random);
    (void)sodium_bin2hex(out, 2 * NAME_BYTES + 1, random, sizeof random);
}

static int add_row(struct hub *h, struct str name, struct str by, const char *file, uint64_t bytes, uint64_t *input)
{
    uint32_t number = 0;
    struct stored_input in = {.name = name, .path = str_of(file), .by = by, .state = INPUT_WAITING, .received = hub_now(), .done = TIME_NONE, .bytes = bytes};
    int err = tab_inputs_add(h->db, &in, &number);
    if (err)
        return err;
    atomic_fetch_add(&h->new_inputs, 1);
    hub_wake(h);
    *input = number;
    return 0;
}

/* Takes a file that lies in DATA/received/ under a temporary name. */
static int accept(struct hub *h, struct str name, struct str by, const char *path, uint64_t bytes, uint64_t *input)
{
    char file[64], to[4200], hex[2 * NAME_BYTES + 1];
    fresh_name(hex);
    (void)snprintf(file, sizeof file, "received/%s", hex);
    if (!hub_path(h, file, to, sizeof to) || rename(path, to) != 0)
        return ERR_IO;
    return add_row(h, name, by, file, bytes, input);
}

int hub_received_take(struct hub *h, struct str name, struct str by, int fd, const char *path, uint64_t *input)
{
    struct stat st;
    int err = fstat(fd, &st) == 0 && fsync(fd) == 0 ? 0 : ERR_IO;
    (void)close(fd);
    if (!err)
        err = accept(h, name, by, path, (uint64_t)st.st_size, input);
    if (err)
        (void)unlink(path);
    return err;
}

/* ---- what a kill left ---- */

struct known {
    const char *file;
    bool found;
};

static int compare_file(void *owner, const struct stored_input *in)
{
    struct known *k = owner;
    k->found = k->found || str_eq(in->path, str_of(k->file));
    return 0;
}

static int recover(struct hub *h, const char *name)
{
    char file[300], path[4200];
    uint64_t input;
    struct stat st;
    (void)snprintf(file, sizeof file, "received/%s", name);
    if (!hub_path(h, file, path, sizeof path) || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return 0;
    if (str_ends(str_of(name), STR(".part"))) /* never acknowledged */
        return unlink(path) == 0 ? 0 : ERR_IO;
    struct known k = {.file = file};
    int err = tab_inputs_each(h->db, -1, 0, UINT32_MAX, compare_file, &k);
    if (err || k.found)
        return err;
    return add_row(h, str_of(name), STR("recovered"), file, (uint64_t)st.st_size, &input);
}

int hub_received_open(struct hub *h)
{
    char path[4200];
    if (!hub_path(h, "received", path, sizeof path) || (mkdir(path, 0700) != 0 && errno != EEXIST))
        return ERR_IO;
    DIR *d = opendir(path);
    int err = d ? 0 : ERR_IO;
    for (const struct dirent *e; !err && (e = readdir(d)) != NULL;)
        if (e->d_name[0] != '.')
            err = recover(h, e->d_name);
    if (d)
        (void)closedir(d);
    atomic_fetch_add(&h->new_inputs, 1); /* waiting ones of last time */
    return err;
}

/* ---- the inbox ---- */

/* One look at the inbox. */
struct look {
    struct hub *h;
    unsigned long stuck; /* what cannot be taken */
    bool quiet;          /* it was told before */
};

static int copy(int from, int to)
{
    char block[65536];
    ssize_t n;
    while ((n = read(from, block, sizeof block)) > 0)
        if (write(to, block, (size_t)n) != n)
            return ERR_IO;
    return n < 0 || fsync(to) != 0 ? ERR_IO : 0;
}

/* Over the border of file systems: a whole copy, or none. */
static int copy_in(const char *path, const char *to)
{
    char part[4300];
    (void)snprintf(part, sizeof part, "%s.part", to);
    int from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), out = from < 0 ? -1 : open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int err = out >= 0 ? copy(from, out) : ERR_IO, why = errno;
    if (from >= 0)
        (void)close(from);
    if (out >= 0)
        (void)close(out);
    if (!err && rename(part, to) != 0)
        err = ERR_IO, why = errno;
    if (err && out >= 0)
        (void)unlink(part);
    errno = why;
    return err;
}

int hub_received_copy(const char *folder, struct db *db, const char *path, struct str name, uint32_t *input)
{
    char file[64], to[4200], hex[2 * NAME_BYTES + 1];
    struct stat st;
    fresh_name(hex);
    (void)snprintf(to, sizeof to, "%s/received", folder);
    if (mkdir(to, 0700) != 0 && errno != EEXIST)
        return ERR_IO;
    (void)snprintf(file, sizeof file, "received/%s", hex);
    int n = snprintf(to, sizeof to, "%s/%s", folder, file);
    if (n < 0 || (size_t)n >= sizeof to)
        return ERR_LIMIT;
    int err = copy_in(path, to);
    if (!err)
        err = stat(to, &st) == 0 ? 0 : ERR_IO;
    struct stored_input in = {.name = name, .path = str_of(file), .by = STR("command line"), .state = INPUT_WAITING, .received = hub_now(), .done = TIME_NONE,
                              .bytes = err ? 0 : (uint64_t)st.st_size};
    if (!err)
        err = tab_inputs_add(db, &in, input);
    if (err)
        (void)unlink(to);
    return err;
}

/* A kill in between leaves the file under its final name in DATA/received/, where it is found at the next start. */
static int take(struct hub *h, const char *folder, const char *path, const struct stat *st)
{
    char file[64], to[4200], hex[2 * NAME_BYTES + 1];
    uint64_t input;
    fresh_name(hex);
    (void)snprintf(file, sizeof file, "received/%s", hex);
    if (!hub_path(h, file, to, sizeof to))
        return ERR_LIMIT;
    bool moved = rename(path, to) == 0;
    if (!moved && (errno != EXDEV || access(folder, W_OK) != 0 || copy_in(path, to) != 0))
        return ERR_IO;
    int err = add_row(h, str_of(path + strlen(h->config.inbox) + 1), STR("inbox"), file, (uint64_t)st->st_size, &input);
    if (err && moved)
        (void)rename(to, path);
    else
        (void)unlink(err ? to : path); /* of the moved one there is nothing left at `path` */
    return err;
}

static void take_from_inbox(struct look *k, const char *folder, const char *path, const struct stat *st)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (now.tv_sec - st->st_mtime < SETTLED_SECONDS + 1) /* still being written, perhaps */
        return;
    errno = 0;
    int err = take(k->h, folder, path, st);
    if (!err)
        return;
    k->stuck++;
    if (!k->quiet)
        (void)fprintf(stderr, "vigie: %s: cannot be taken out of the inbox: %s\n", path, errno ? strerror(errno) : err_text(err));
}

static void walk_inbox(struct look *k, const char *folder, unsigned depth)
{
    char path[4200];
    struct stat st;
    DIR *d = depth <= INBOX_DEPTH ? opendir(folder) : NULL;
    k->stuck += !d;
    for (const struct dirent *e; d && (e = readdir(d)) != NULL;) {
        int n = snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (e->d_name[0] == '.' || n < 0 || (size_t)n >= sizeof path || lstat(path, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode))
            walk_inbox(k, path, depth + 1);
        else if (S_ISREG(st.st_mode))
            take_from_inbox(k, folder, path, &st);
        else
            k->stuck++;
    }
    if (d)
        (void)closedir(d);
}

void hub_received_inbox(struct hub *h)
{
    struct look k = {.h = h, .quiet = atomic_load(&h->inbox_stuck) > 0};
    if (h->config.inbox[0])
        walk_inbox(&k, h->config.inbox, 0);
    atomic_store(&h->inbox_stuck, k.stuck);
}

/* ---- raw records ---- */

int hub_received_raw(struct hub *h, const struct actlog_row *row, struct buf *out)
{
    char path[4200], file[512];
    struct stored_input in;
    struct arena a;
    arena_init(&a, 4096, 1 << 20);
    int err = tab_inputs_get(h->db, &a, row->activity.origin.input, &in);
    if (!err && snprintf(file, sizeof file, "%.*s", STR_ARG(in.path)) >= (int)sizeof file)
        err = ERR_LIMIT;
    if (!err && !hub_path(h, file, path, sizeof path))
        err = ERR_LIMIT;
    if (!err)
        err = raw_record(path, &row->activity.origin, out);
    arena_free(&a);
    return err;
}
