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

uint64_t stream_size(const struct stream *s)
{
    return s->size;
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

static ptrdiff_t read_layer(struct stream *s, unsigned depth, void *buf, size_t n, const char **why)
{
    if (depth == 0)
        return read_file(s, buf, n, why);
    struct archive *a = s->layer[depth - 1]->archive;
    la_ssize_t got = archive_read_data(a, buf, n);
    if (got < 0) {
        *why = archive_reason(a);
        return ERR_MALFORMED;
    }
    if (depth == s->depth) {
        s->given += (uint64_t)got;
        if (s->given > BOMB_BYTES && s->given / BOMB_RATIO > s->size) {
            *why = "archive expands to more than 2,000 times its size";
            return ERR_LIMIT;
        }
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
    if (archive_read_open(l->archive, l, NULL, on_read, NULL) == ARCHIVE_OK)
        return 0;
    *why = archive_reason(l->archive);
    drop_layer(s);
    return ERR_MALFORMED;
}

/* The next regular member of the innermost archive; when it has no more, of the one around it. */
static int next_member(struct stream *s, const char **why)
{
    while (s->depth) {
        struct layer *l = s->layer[s->depth - 1];
        struct archive_entry *entry;
        int got = archive_read_next_header(l->archive, &entry);
        if (got == ARCHIVE_EOF) {
            drop_layer(s);
            continue;
        }
        if (got < ARCHIVE_WARN) {
            *why = archive_reason(l->archive);
            drop_layer(s);
            return ERR_MALFORMED;
        }
        if (archive_entry_filetype(entry) != AE_IFREG && archive_format(l->archive) != ARCHIVE_FORMAT_RAW)
            continue;
        const char *name = archive_entry_pathname_utf8(entry);
        if (!name)
            name = archive_entry_pathname(entry);
        free((char *)(uintptr_t)l->name.p);
        bool raw = archive_format(l->archive) == ARCHIVE_FORMAT_RAW || !name;
        l->name = raw ? STR_NONE : str_of(strdup(name));
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

int stream_member(struct stream *s, struct str *name, const char **why)
{
    int got = 1;
    if (s->depth)
        got = next_member(s, why);
    else if (s->begun)
        got = 0;
    if (got == 1)
        fill_peek(s);
    s->begun = true;
    while (got == 1 && s->depth < DEPTH && packed(s->peek, s->peeked)) {
        got = push_layer(s, why);
        if (got == 0)
            got = next_member(s, why);
        if (got == 1)
            fill_peek(s);
    }
    if (got == 1)
        *name = whole_name(s);
    return got;
}
