/* source/input.c - walking folders, and the figures of every input. */
#include "source/input.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
    dev_t dev;
    ino_t ino;
};

struct inputs {
    pthread_mutex_t lock;
    char **files;
    size_t nfiles, file_room;
    struct folder *folders; /* already walked */
    size_t nfolders, folder_room;
    struct input **all;
    size_t n, room;
    uint32_t *by_rank;
};

int inputs_new(struct inputs **out)
{
    struct inputs *in = calloc(1, sizeof *in);
    if (!in)
        return ERR_MEMORY;
    (void)pthread_mutex_init(&in->lock, NULL);
    *out = in;
    return 0;
}

static void free_counts(struct input_count *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(c[i].name);
    free(c);
}

void inputs_free(struct inputs *in)
{
    if (!in)
        return;
    for (size_t i = 0; i < in->nfiles; i++)
        free(in->files[i]);
    for (size_t i = 0; i < in->n; i++) {
        free(in->all[i]->path);
        free(in->all[i]->faults);
        free_counts(in->all[i]->ignored, in->all[i]->nignored);
        free_counts(in->all[i]->formats, in->all[i]->nformats);
        free(in->all[i]);
    }
    free(in->files);
    free(in->folders);
    free(in->all);
    free(in->by_rank);
    (void)pthread_mutex_destroy(&in->lock);
    free(in);
}

/* ---- paths ---- */

/* Room for one more item of `size` bytes in a growing array. */
static bool room_for(void **list, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return true;
    size_t more = *room ? *room * 2 : 64;
    void *grown = realloc(*list, more * size);
    if (!grown)
        return false;
    *list = grown;
    *room = more;
    return true;
}

static int add_file(struct inputs *in, const char *path)
{
    if (!room_for((void **)&in->files, in->nfiles, &in->file_room, sizeof(*in->files)))
        return ERR_MEMORY;
    in->files[in->nfiles] = strdup(path);
    return in->files[in->nfiles] ? (in->nfiles++, 0) : ERR_MEMORY;
}

static bool walked(struct inputs *in, const struct stat *st)
{
    for (size_t i = 0; i < in->nfolders; i++)
        if (in->folders[i].dev == st->st_dev && in->folders[i].ino == st->st_ino)
            return true;
    if (room_for((void **)&in->folders, in->nfolders, &in->folder_room, sizeof(*in->folders)))
        in->folders[in->nfolders++] = (struct folder){st->st_dev, st->st_ino};
    return false;
}

static int add_failed(struct inputs *in, const char *path, const char *why)
{
    uint32_t number;
    int err = inputs_open(in, str_of(path), &number);
    if (err)
        return err;
    inputs_fault(in, number, &(struct input_fault){.why = why});
    inputs_unreadable(in, number);
    return 0;
}

static int walk(struct inputs *in, const char *path, unsigned depth);

static int walk_folder(struct inputs *in, const char *path, unsigned depth)
{
    struct dirent **names;
    int n = scandir(path, &names, NULL, alphasort);
    if (n < 0)
        return add_failed(in, path, errno == EACCES ? "permission denied" : "folder cannot be read");
    int err = 0;
    for (int i = 0; i < n; i++) {
        char child[4096];
        const char *name = names[i]->d_name;
        bool skip = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
        int len = snprintf(child, sizeof child, "%s%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/", name);
        if (!err && !skip && len > 0 && len < (int)sizeof child)
            err = walk(in, child, depth + 1);
        free(names[i]);
    }
    free(names);
    return err;
}

static int walk(struct inputs *in, const char *path, unsigned depth)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return add_failed(in, path, errno == ENOENT ? "no such file or folder" : errno == ELOOP ? "too many symbolic links" : "permission denied");
    if (!S_ISDIR(st.st_mode))
        return S_ISREG(st.st_mode) || depth == 0 ? add_file(in, path) : 0;
    if (depth > 64 || walked(in, &st))
        return 0;
    return walk_folder(in, path, depth);
}

int inputs_add_path(struct inputs *in, const char *path)
{
    return *path ? walk(in, path, 0) : ERR_USAGE;
}

size_t inputs_files(const struct inputs *in)
{
    return in->nfiles;
}

const char *inputs_file(const struct inputs *in, size_t n)
{
    return in->files[n];
}

/* ---- figures ---- */

int inputs_open(struct inputs *in, struct str path, uint32_t *number)
{
    struct input *x = calloc(1, sizeof *x);
    char *copy = strndup(path.p, path.n);
    (void)pthread_mutex_lock(&in->lock);
    int err = x && copy && room_for((void **)&in->all, in->n, &in->room, sizeof(*in->all)) ? 0 : ERR_MEMORY;
    if (!err) {
        x->path = copy;
        x->format = "unknown";
        in->all[in->n] = x;
        *number = (uint32_t)in->n++;
    }
    (void)pthread_mutex_unlock(&in->lock);
    if (err) {
        free(x);
        free(copy);
    }
    return err;
}

size_t inputs_count(const struct inputs *in)
{
    return in->n;
}

const struct input *inputs_get(const struct inputs *in, uint32_t number)
{
    return in->all[number];
}

void inputs_add(struct inputs *in, uint32_t number, uint64_t records, uint64_t activities, uint64_t bytes)
{
    (void)pthread_mutex_lock(&in->lock);
    struct input *x = in->all[number];
    x->records += records;
    x->activities += activities;
    x->bytes += bytes;
    (void)pthread_mutex_unlock(&in->lock);
}

static bool earlier(const struct input_fault *a, const struct input_fault *b)
{
    if (a->offset != b->offset)
        return a->offset < b->offset;
    if (a->record != b->record)
        return a->record < b->record;
    return strcmp(a->why, b->why) < 0;
}

/* Room for one more of the faults that are kept; most inputs have none. */
static void grow_faults(struct input *x)
{
    unsigned room = x->fault_room ? x->fault_room * 5 : 4;
    if (x->kept < x->fault_room || x->fault_room >= INPUT_FAULTS)
        return;
    struct input_fault *grown = realloc(x->faults, room * sizeof *grown);
    if (!grown)
        return;
    x->faults = grown;
    x->fault_room = room;
}

static void keep_fault(struct input *x, const struct input_fault *f)
{
    unsigned at = x->kept;
    grow_faults(x);
    while (at > 0 && earlier(f, &x->faults[at - 1]))
        at--;
    if (at >= x->fault_room)
        return;
    unsigned move = (x->kept < x->fault_room ? x->kept : x->fault_room - 1) - at;
    memmove(&x->faults[at + 1], &x->faults[at], move * sizeof x->faults[0]);
    x->faults[at] = *f;
    if (x->kept < x->fault_room)
        x->kept++;
}

void inputs_fault(struct inputs *in, uint32_t number, const struct input_fault *f)
{
    (void)pthread_mutex_lock(&in->lock);
    in->all[number]->nfaults++;
    keep_fault(in->all[number], f);
    (void)pthread_mutex_unlock(&in->lock);
}

static bool same(const char *z, struct str s)
{
    return strlen(z) == s.n && memcmp(z, s.p, s.n) == 0;
}

static void insert(struct input_count **list, size_t *n, struct str name, uint64_t more)
{
    struct input_count *grown = realloc(*list, (*n + 1) * sizeof *grown);
    if (!grown)
        return;
    *list = grown;
    char *copy = strndup(name.p ? name.p : "", name.n);
    if (copy)
        grown[(*n)++] = (struct input_count){copy, more};
}

/* Hostile variety: the first INPUT_KINDS names in byte order stay, which does not depend on who came first, and
 * the rest is one row more. */
static void count(struct input_count **list, size_t *n, struct str name, uint64_t more)
{
    static const char rest[] = "(other)";
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < *n; i++) {
        struct input_count *c = &(*list)[i];
        if (same(c->name, name)) {
            c->n += more;
            return;
        }
        if (strcmp(c->name, rest) != 0 && (last == SIZE_MAX || strcmp(c->name, (*list)[last].name) > 0))
            last = i;
    }
    bool is_rest = same(rest, name);
    if (*n < INPUT_KINDS || is_rest) {
        insert(list, n, name, more);
        return;
    }
    struct input_count *out = &(*list)[last];
    char *copy = str_cmp(name, str_of(out->name)) < 0 ? strndup(name.p, name.n) : NULL;
    if (copy) {
        uint64_t swap = out->n;
        free(out->name);
        *out = (struct input_count){copy, more};
        more = swap;
    }
    count(list, n, str_of(rest), more);
}

void inputs_ignored(struct inputs *in, uint32_t number, struct str what, uint64_t n)
{
    (void)pthread_mutex_lock(&in->lock);
    count(&in->all[number]->ignored, &in->all[number]->nignored, what, n);
    (void)pthread_mutex_unlock(&in->lock);
}

void inputs_unread(struct inputs *in, uint32_t number, enum unread what, uint64_t record)
{
    (void)pthread_mutex_lock(&in->lock);
    struct input_unread *u = &in->all[number]->unread[what];
    u->first = u->n && u->first < record ? u->first : record;
    u->n++;
    (void)pthread_mutex_unlock(&in->lock);
}

void inputs_format(struct inputs *in, uint32_t number, struct str name, uint64_t n)
{
    (void)pthread_mutex_lock(&in->lock);
    count(&in->all[number]->formats, &in->all[number]->nformats, name, n);
    (void)pthread_mutex_unlock(&in->lock);
}

void inputs_unreadable(struct inputs *in, uint32_t number)
{
    (void)pthread_mutex_lock(&in->lock);
    in->all[number]->unreadable = true;
    (void)pthread_mutex_unlock(&in->lock);
}

/* ---- order ---- */

static int by_name(const void *x, const void *y)
{
    return strcmp(((const struct input_count *)x)->name, ((const struct input_count *)y)->name);
}

static void settle(struct input *x)
{
    if (x->nignored)
        qsort(x->ignored, x->nignored, sizeof *x->ignored, by_name);
    if (x->nformats)
        qsort(x->formats, x->nformats, sizeof *x->formats, by_name);
    uint64_t most = 0;
    for (size_t i = 0; i < x->nformats; i++)
        if (x->formats[i].n > most) {
            most = x->formats[i].n;
            x->format = x->formats[i].name;
        }
}

static int by_path(const void *x, const void *y, void *owner)
{
    const struct inputs *in = owner;
    const struct input *a = in->all[*(const uint32_t *)x], *b = in->all[*(const uint32_t *)y];
    int c = strcmp(a->path, b->path);
    if (c)
        return c;
    if (a->records != b->records)
        return a->records < b->records ? -1 : 1;
    if (a->bytes != b->bytes)
        return a->bytes < b->bytes ? -1 : 1;
    return (*(const uint32_t *)x > *(const uint32_t *)y) - (*(const uint32_t *)x < *(const uint32_t *)y);
}

int inputs_order(struct inputs *in)
{
    free(in->by_rank);
    in->by_rank = calloc(in->n + 1, sizeof *in->by_rank);
    if (!in->by_rank)
        return ERR_MEMORY;
    for (size_t i = 0; i < in->n; i++) {
        in->by_rank[i] = (uint32_t)i;
        settle(in->all[i]);
    }
    qsort_r(in->by_rank, in->n, sizeof *in->by_rank, by_path, in);
    for (size_t i = 0; i < in->n; i++)
        in->all[in->by_rank[i]]->rank = (uint32_t)i;
    return 0;
}

const struct input *inputs_ranked(const struct inputs *in, uint32_t rank)
{
    return in->all[in->by_rank[rank]];
}
