/* tools/sample/file.c - output files: stdio, and gzip through libarchive's raw format. */
#include "tools/sample/file.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct file {
    FILE *plain;
    struct archive *gzip;
    char path[1024];
};

static void stop(const char *path)
{
    fprintf(stderr, "sample: %s: %s\n", path, strerror(errno));
    exit(1);
}

void file_folders(const char *path)
{
    char folder[1024];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *p = folder + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = 0;
        if (mkdir(folder, 0777) != 0 && errno != EEXIST)
            stop(folder);
        *p = '/';
    }
}

static struct archive *open_gzip(const char *path)
{
    struct archive *a = archive_write_new();
    struct archive_entry *e = archive_entry_new();
    if (!a || !e)
        stop(path);
    archive_write_set_format_raw(a);
    archive_write_add_filter_gzip(a);
    archive_write_set_filter_option(a, "gzip", "timestamp", NULL);
    archive_write_set_bytes_in_last_block(a, 1); /* no padding */
    archive_entry_set_filetype(e, AE_IFREG);
    if (archive_write_open_filename(a, path) != ARCHIVE_OK || archive_write_header(a, e) != ARCHIVE_OK)
        stop(path);
    archive_entry_free(e);
    return a;
}

struct file *file_open(const char *path)
{
    struct file *f = calloc(1, sizeof *f);
    if (!f)
        stop(path);
    file_folders(path);
    snprintf(f->path, sizeof f->path, "%s", path);
    if (str_ends(str_of(path), STR(".gz"))) {
        f->gzip = open_gzip(path);
        return f;
    }
    f->plain = fopen(path, "wb");
    if (!f->plain)
        stop(path);
    return f;
}

void file_write(struct file *f, struct str s)
{
    bool fine = f->gzip ? archive_write_data(f->gzip, s.p, s.n) == (la_ssize_t)s.n
                        : fwrite(s.p, 1, s.n, f->plain) == s.n;
    if (!fine)
        stop(f->path);
}

void file_close(struct file *f)
{
    bool fine = f->gzip ? archive_write_close(f->gzip) == ARCHIVE_OK : fclose(f->plain) == 0;
    if (!fine)
        stop(f->path);
    if (f->gzip)
        archive_write_free(f->gzip);
    free(f);
}
