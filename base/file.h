/* base/file.h - whole files: opened so that a pipe or a device in place of one never blocks, read to the end, written at once. */
#ifndef VIGIE_BASE_FILE_H
#define VIGIE_BASE_FILE_H

#include "base/buf.h"

#include <stdio.h>

/* NULL with errno when the path cannot be read or is no regular file. */
FILE *file_open(const char *path);
/* Appends the whole file. ERR_NOT_FOUND, ERR_IO with errno; ERR_LIMIT when it has more than `most` bytes. */
int file_read(const char *path, size_t most, struct buf *out);
/* Writes a file that its owner alone may read (0600), durable: beside it and renamed, so that a kill leaves the old one or the new. */
int file_write_secret(const char *path, struct str text);
/* A file in memory that has no path (close-on-exec, 0600): for what takes files alone, and for secrets. Its descriptor, -1 with errno. */
int file_in_memory(struct str text);

#endif
