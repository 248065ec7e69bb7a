/* app/directory_file.c - directories as files. */
#include "app/directory_file.h"

#include "base/file.h"
#include "base/jin.h"
#include "directory/dir_ref.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int directory_file_load(const char *path, struct buf *out)
{
    FILE *f = file_open(path);
    long size = -1;
    *out = (struct buf){0};
    if (f && fseek(f, 0, SEEK_END) == 0)
        size = ftell(f);
    char *text = NULL;
    if (size >= 0 && fseek(f, 0, SEEK_SET) == 0)
        text = buf_room(out, (size_t)size + JIN_PADDING);
    if (text) {
        memset(text, 0, (size_t)size + JIN_PADDING);
        out->n = fread(text, 1, (size_t)size, f);
    }
    bool bad = !text || ferror(f);
    if (f)
        (void)fclose(f);
    if (bad)
        buf_free(out);
    return bad ? ERR_IO : 0;
}

int directory_file_read(struct dir_import *im, const char *path, const char **why)
{
    struct buf b;
    struct fault f = {0};
    uint64_t skipped = 0;
    size_t before = im->n;
    int err = directory_file_load(path, &b);
    if (err) {
        *why = "the directory file cannot be read";
        return err;
    }
    struct str s = str_trim(buf_view(&b));
    if (s.n && s.p[0] == '{')
        err = dir_import_json(im, b.p, b.n, &f);
    else
        err = dir_import_ldif(im, b.p, b.n, &skipped, &f);
    buf_free(&b);
    if (!err && !(skipped && im->n == before))
        return 0;
    *why = f.why ? f.why : "the directory file is neither LDIF nor JSON";
    return err ? err : ERR_MALFORMED;
}

/* ---- writing ---- */

struct saving {
    FILE *file;
    char *path, *other; /* where it shall be, where it is until it is whole */
};

static int start(struct saving *s, const char *path)
{
    size_t n = strlen(path) + 5;
    *s = (struct saving){.path = strdup(path), .other = malloc(n)};
    if (!s->path || !s->other)
        return ERR_MEMORY;
    (void)snprintf(s->other, n, "%s.new", path);
    s->file = fopen(s->other, "wb");
    return s->file ? 0 : ERR_IO;
}

static int add(void *owner, struct str text)
{
    struct saving *s = owner;
    return fwrite(text.p, 1, text.n, s->file) == text.n ? 0 : ERR_IO;
}

static int end(struct saving *s, int err)
{
    if (s->file) {
        if (!err && (fflush(s->file) != 0 || fsync(fileno(s->file)) != 0))
            err = ERR_IO;
        if (fclose(s->file) != 0 && !err)
            err = ERR_IO;
        if (!err && rename(s->other, s->path) != 0)
            err = ERR_IO;
        int kept = errno;
        if (err)
            (void)unlink(s->other);
        errno = kept;
    }
    free(s->path);
    free(s->other);
    return err;
}

int directory_file_write(const struct dir_import *im, const char *path)
{
    struct saving s;
    int err = start(&s, path);
    return end(&s, err ? err : dir_import_write(im, add, &s));
}

int directory_file_save(const char *path, struct str text)
{
    struct saving s;
    int err = start(&s, path);
    return end(&s, err ? err : add(&s, text));
}
