/* app/directory_file.h - directories as files: LDIF or JSON to read, JSON to write. */
#ifndef VIGIE_APP_DIRECTORY_FILE_H
#define VIGIE_APP_DIRECTORY_FILE_H

#include "base/buf.h"
#include "directory/dir_build.h"

/* The whole file, with JIN_PADDING behind it (not counted in out->n). ERR_IO with errno. */
int directory_file_load(const char *path, struct buf *out);
/* Adds the file's objects to the import. *why says what is wrong with it. */
int directory_file_read(struct dir_import *im, const char *path, const char **why);
/* Writes a file whole or not at all: under another name first, and on disk before it gets its own. ERR_IO with errno. */
int directory_file_write(const struct dir_import *im, const char *path);
int directory_file_save(const char *path, struct str text);

#endif
