/* source/stream.c - plain files and archives behind one read call. */
#include "source/stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PEEK = 4096, BLOCK = 1 << 16, DEPTH = 3 };
#define BOMB_BYTES (UINT64_C(1) << 30)
#define BOMB_RATIO 2000u

struct layer {
    struct stream *stream;
    unsigned below; /* this archive reads from layer below - 1; 0 = from the file */
    struct archive *archive;
    struct str name; /* of the member in view, owned */
    const uint8_t *data; /* unpacked and not yet taken; libarchive's memory */
    size_t left;
    uint64_t at, gap;    /* bytes taken of the member; zeros of a sparse file that stand before data */
    bool over;
    const char *failed;  /* why the member ended early */
    uint8_t head[PEEK]; /* bytes of the layer below that were already looked at */
    size_t head_n;
    uint8_t block[BLOCK];
};

struct stream {
    int fd;
    uint64_t size, taken, given;
    struct layer *layer[DEPTH];
    unsigned depth;      /* open layers */
    bool begun, ended;   /* a plain file's single member was given */
    uint8_t peek[PEEK];
    size_t peeked, used; /* of peek */
    char *full_name;
};

static const char *io_reason(int error)
{
    switch (error) {
    case ENOENT: return "no such file";
    case EACCES: return "permission denied";
    case EISDIR: return "is a directory";
    case ELOOP: return "too many symbolic links";
    case EMFILE: return "too many open files";
    default: return "cannot be read";
    }
}

int stream_open(const char *path, struct stream **out, const char **why)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &st) != 0) {
        *why = io_reason(errno);
        if (fd >= 0)
            (void)close(fd);
        return ERR_IO;
    }
    struct stream *s = S_ISREG(st.st_mode) ? calloc(1, sizeof *s) : NULL;
    if (!s) {
        *why = S_ISREG(st.st_mode) ? "out of memory" : "not a regular file";
        (void)close(fd);
        return ERR_IO;
    }
    s->fd = fd;
    s->size = (uint64_t)st.st_size;
    *out = s;
    return 0;
}

static void drop_layer(struct stream *s)
{
    struct layer *l = s->layer[--s->depth];
    (void)archive_read_free(l->archive);
    free((char *)(uintptr_t)l->name.p);
    free(l);
}

void stream_close(struct stream *s)
{
    if (!s)
        return;
    while (s->depth)
        drop_layer(s);
    (void)close(s->fd);
    free(s->full_name);
    free(s);
}

uint64_t stream_taken(const struct stream *s)
{
    return s->taken;
}

/* ---- reading below the peeked bytes ---- */

static ptrdiff_t read_file(struct stream *s, void *buf, size_t n, const char **why)
{
    ssize_t got;
    do
        got = read(s->fd, buf, n);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        *why = io_reason(errno);
        return ERR_IO;
    }
    s->taken += (uint64_t)got;
    return got;
}

static const char *archive_reason(struct archive *a)
{
    if (archive_read_has_encrypted_entries(a) > 0)
        return "archive is encrypted";
    return "archive is damaged";
}

/* Like archive_read_data, which loses what it has unpacked when damage follows. */
static ptrdiff_t read_member(struct layer *l, void *buf, size_t n, const char **why)
{
    while (!l->over && l->gap == 0 && l->left == 0) {
        const void *data;
        la_int64_t at;
        int got = archive_read_data_block(l->archive, &data, &l->left, &at);
        l->over = got != ARCHIVE_OK;
        if (got < ARCHIVE_OK)
            l->failed = archive_reason(l->archive);
        if (l->over)
            l->left = 0;
        else if ((uint64_t)at > l->at)
            l->gap = (uint64_t)at - l->at;
        l->data = data;
    }
    if (l->over && l->failed) {
        *why = l->failed;
        return ERR_MALFORMED;
    }
    uint64_t most = l->gap ? l->gap : l->left;
    n = n < most ? n : (size_t)most;
    if (l->gap) {
        memset(buf, 0, n);
        l->gap -= n;
    } else if (n) {
        memcpy(buf, l->data, n);
        l->data += n;
        l->left -= n;
    }
    l->at += n;
    return (ptrdiff_t)n;
}

static ptrdiff_t read_layer(struct stream *s, unsigned depth, void *buf, size_t n, const char **why)
{
    if (depth == 0)
        return read_file(s, buf, n, why);
    ptrdiff_t got = read_member(s->layer[depth - 1], buf, n, why);
    if (got > 0)
        s->given += (uint64_t)got;
    if (s->given > BOMB_BYTES && s->given / BOMB_RATIO > s->size) {
        *why = "archive expands to more than 2,000 times its size";
        return ERR_LIMIT;
    }
    return got;
}

static size_t from_peek(struct stream *s, void *buf, size_t n)
{
    size_t have = s->peeked - s->used;
    if (n > have)
        n = have;
    memcpy(buf, s->peek + s->used, n);
    s->used += n;
    return n;
}

ptrdiff_t stream_read(struct stream *s, void *buf, size_t n, const char **why)
{
    size_t got = from_peek(s, buf, n);
    return got ? (ptrdiff_t)got : read_layer(s, s->depth, buf, n, why);
}

static void fill_peek(struct stream *s)
{
    const char *why;
    s->peeked = s->used = 0;
    while (s->peeked < PEEK) {
        ptrdiff_t got = read_layer(s, s->depth, s->peek + s->peeked, PEEK - s->peeked, &why);
        if (got <= 0)
            return; /* an error shows again at the next read */
        s->peeked += (size_t)got;
    }
}

size_t stream_peek(struct stream *s, const uint8_t **bytes)
{
    *bytes = s->peek + s->used;
    return s->peeked - s->used;
}

/* ---- archives ---- */

static la_ssize_t on_read(struct archive *a, void *owner, const void **buffer)
{
    struct layer *l = owner;
    const char *why;
    (void)a;
    *buffer = l->block;
    if (l->head_n) {
        size_t n = l->head_n;
        memcpy(l->block, l->head, n);
        l->head_n = 0;
        return (la_ssize_t)n;
    }
    ptrdiff_t got = read_layer(l->stream, l->below, l->block, BLOCK, &why);
    return got < 0 ? -1 : (la_ssize_t)got;
}

static bool packed(const uint8_t *p, size_t n)
{
    static const struct {
        const char *magic;
        size_t at, n;
    } rows[] = {{"\x1f\x8b", 0, 2}, {"\x28\xb5\x2f\xfd", 0, 4}, {"BZh", 0, 3}, {"\xfd" "7zXZ", 0, 5}, {"PK\x03\x04", 0, 4}, {"PK\x05\x06", 0, 4}, {"ustar", 257, 5}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (n >= rows[i].at + rows[i].n && memcmp(p + rows[i].at, rows[i].magic, rows[i].n) == 0)
            return true;
    return false;
}

static int push_layer(struct stream *s, const char **why)
{
    struct layer *l = calloc(1, sizeof *l);
    if (!l)
        return ERR_MEMORY;
    l->stream = s;
    l->below = s->depth;
    l->head_n = from_peek(s, l->head, PEEK);
    l->archive = archive_read_new();
    if (!l->archive) {
        free(l);
        return ERR_MEMORY;
    }
    s->layer[s->depth++] = l;
    (void)archive_read_support_filter_gzip(l->archive);
    (void)archive_read_support_filter_zstd(l->archive);
    (void)archive_read_support_filter_bzip2(l->archive);
    (void)archive_read_support_filter_xz(l->archive);
    (void)archive_read_support_format_zip(l->archive);
    (void)archive_read_support_format_tar(l->archive);
    (void)archive_read_support_format_raw(l->archive);
    (void)archive_read_support_format_empty(l->archive);
    if (archive_read_open(l->archive, l, NULL, on_read, NULL) == ARCHIVE_OK)
        return 0;
    *why = archive_reason(l->archive);
    drop_layer(s);
    return ERR_MALFORMED;
}

/* Moves behind the rest of the member in view and counts what that unpacks: skipping would hide a bomb. The
 * compressed members of a zip are passed over without unpacking. */
static int pass_rest(struct stream *s, const char **why)
{
    uint8_t rest[4096];
    ptrdiff_t got = 1;
    int format = archive_format(s->layer[s->depth - 1]->archive) & ARCHIVE_FORMAT_BASE_MASK;
    while (got > 0 && format == ARCHIVE_FORMAT_TAR)
        got = read_layer(s, s->depth, rest, sizeof rest, why);
    return got == ERR_LIMIT ? ERR_LIMIT : 0;
}

static void view_member(struct layer *l, struct archive_entry *entry)
{
    const char *name = archive_entry_pathname_utf8(entry);
    if (!name)
        name = archive_entry_pathname(entry);
    free((char *)(uintptr_t)l->name.p);
    bool raw = archive_format(l->archive) == ARCHIVE_FORMAT_RAW || !name;
    l->name = raw ? STR_NONE : str_of(strdup(name));
    l->left = 0;
    l->at = l->gap = 0;
    l->over = false;
    l->failed = NULL;
}

/* The next regular member of the innermost archive; when it has no more, of the one around it. */
static int next_member(struct stream *s, const char **why)
{
    while (s->depth) {
        struct layer *l = s->layer[s->depth - 1];
        struct archive_entry *entry;
        int err = pass_rest(s, why);
        int got = err ? ARCHIVE_FATAL : archive_read_next_header(l->archive, &entry);
        if (got == ARCHIVE_EOF) {
            drop_layer(s);
            continue;
        }
        if (got < ARCHIVE_WARN) {
            if (!err)
                *why = archive_reason(l->archive);
            drop_layer(s);
            return err ? err : ERR_MALFORMED;
        }
        if (archive_entry_filetype(entry) != AE_IFREG && archive_format(l->archive) != ARCHIVE_FORMAT_RAW)
            continue;
        view_member(l, entry);
        return 1;
    }
    return 0;
}

static struct str whole_name(struct stream *s)
{
    size_t n = 0;
    for (unsigned i = 0; i < s->depth; i++)
        n += s->layer[i]->name.n + 1;
    free(s->full_name);
    s->full_name = malloc(n + 1);
    if (!s->full_name)
        return STR_NONE;
    n = 0;
    for (unsigned i = 0; i < s->depth; i++) {
        struct str part = s->layer[i]->name;
        if (!part.n)
            continue;
        if (n)
            s->full_name[n++] = '!';
        memcpy(s->full_name + n, part.p, part.n);
        n += part.n;
    }
    return n ? (struct str){s->full_name, n} : STR_NONE;
}

/* Opens archives within the member in view, down to a file that is none. */
static int open_inner(struct stream *s, const char **why)
{
    int got = 1;
    while (got == 1) {
        fill_peek(s);
        if (!packed(s->peek, s->peeked))
            break;
        if (s->depth == DEPTH) {
            *why = "archive inside three others: not opened";
            return ERR_LIMIT;
        }
        got = push_layer(s, why);
        if (got == 0)
            got = next_member(s, why);
    }
    return got;
}

int stream_member(struct stream *s, struct str *name, const char **why)
{
    int got = s->depth ? next_member(s, why) : s->begun ? 0 : 1;
    s->begun = true;
    if (got == 1)
        got = open_inner(s, why);
    if (got)
        *name = whole_name(s);
    return got;
}
