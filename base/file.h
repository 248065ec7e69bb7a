/* base/file.h - opens files that can be read to their end: a pipe or a device in place of one never blocks. */
#ifndef VIGIE_BASE_FILE_H
#define VIGIE_BASE_FILE_H

#include <stdio.h>

/* NULL with errno when the path cannot be read or is no regular file. */
FILE *file_open(const char *path);

#endif
