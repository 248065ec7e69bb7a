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

static int copy(int from, int to)
{
    char block[65536];
    ssize_t n;
    while ((n = read(from, block, sizeof block)) > 0)
        if (write(to, block, (size_t)n) != n)
            return ERR_IO;
    return n < 0 ? ERR_IO : 0;
}

/* To the data folder, over the border of file systems where there is one. */
static int move(struct hub *h, const char *path, const char *part)
{
    if (rename(path, part) == 0)
        return 0;
    if (errno != EXDEV)
        return ERR_IO;
    int from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), to = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int err = from >= 0 && to >= 0 ? copy(from, to) : ERR_IO;
    if (!err && (fsync(to) != 0 || unlink(path) != 0))
        err = ERR_IO;
    if (from >= 0)
        (void)close(from);
    if (to >= 0)
        (void)close(to);
    (void)h;
    return err;
}

static void take_from_inbox(struct hub *h, const char *path, const char *name, const struct stat *st)
{
    char file[64], part[4200], hex[2 * NAME_BYTES + 1];
    uint64_t input;
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (now.tv_sec - st->st_mtime < SETTLED_SECONDS + 1) /* still being written, perhaps */
        return;
    fresh_name(hex);
    (void)snprintf(file, sizeof file, "received/%s.part", hex);
    if (!hub_path(h, file, part, sizeof part))
        return;
    if (move(h, path, part) != 0 || accept(h, str_of(name), STR("inbox"), part, (uint64_t)st->st_size, &input) != 0)
        (void)fprintf(stderr, "vigie: %s: cannot be taken out of the inbox: %s\n", path, strerror(errno));
}

static void walk_inbox(struct hub *h, const char *folder, unsigned depth)
{
    char path[4200];
    struct stat st;
    DIR *d = opendir(folder);
    for (const struct dirent *e; d && (e = readdir(d)) != NULL;) {
        int n = snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (e->d_name[0] == '.' || n < 0 || (size_t)n >= sizeof path || lstat(path, &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode) && depth < INBOX_DEPTH)
            walk_inbox(h, path, depth + 1);
        else if (S_ISREG(st.st_mode))
            take_from_inbox(h, path, path + strlen(h->config.inbox) + 1, &st);
    }
    if (d)
        (void)closedir(d);
}

void hub_received_inbox(struct hub *h)
{
    if (h->config.inbox[0])
        walk_inbox(h, h->config.inbox, 0);
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
