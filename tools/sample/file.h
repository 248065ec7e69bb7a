/* tools/sample/file.h - an output file, plain or gzip, that counts what it was given. */
#ifndef VIGIE_SAMPLE_FILE_H
#define VIGIE_SAMPLE_FILE_H

#include "base/str.h"

#include <stdint.h>

struct file;

/* Makes missing folders. Gzip when the path ends in .gz, without time stamp: the same bytes every time.
 * Failure ends the program with a message: a generator has nothing better to do. */
struct file *file_open(const char *path);
void file_write(struct file *f, struct str s);
void file_close(struct file *f);
/* Makes the folders above `path`. */
void file_folders(const char *path);

#endif
