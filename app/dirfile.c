/* app/dirfile.c - reads a directory file whole. */
#include "app/dirfile.h"

#include "base/file.h"
#include "base/jin.h"
#include "directory/dir_ref.h"

#include <stdio.h>
#include <stdlib.h>

static char *load(const char *path, size_t *n)
{
    FILE *f = file_open(path);
    char *text = NULL;
    long size = -1;
    if (f && fseek(f, 0, SEEK_END) == 0)
        size = ftell(f);
    if (size >= 0 && fseek(f, 0, SEEK_SET) == 0)
        text = calloc(1, (size_t)size + JIN_PADDING + 1);
    if (text)
        *n = fread(text, 1, (size_t)size, f);
    if (f)
        (void)fclose(f);
    return text;
}

int dirfile_read(struct dir_import *im, const char *path, const char **why)
{
    size_t n = 0;
    struct fault f = {0};
    uint64_t skipped = 0;
    char *text = load(path, &n);
    if (!text) {
        *why = "the directory file cannot be read";
        return ERR_IO;
    }
    size_t before = im->n;
    struct str s = str_trim((struct str){text, n});
    int err;
    if (s.n && s.p[0] == '{')
        err = dir_import_json(im, text, n, &f);
    else
        err = dir_import_ldif(im, text, n, &skipped, &f);
    free(text);
    if (!err && !(skipped && im->n == before))
        return 0;
    *why = f.why ? f.why : "the directory file is neither LDIF nor JSON";
    return ERR_MALFORMED;
}
