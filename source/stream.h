/* source/stream.h - bytes of one input, whatever wraps them: a plain file, or a member of an archive.
 *
 * gzip, zstd, bzip2, xz, zip and tar are opened through libarchive, nested up to three deep. Nothing is
 * unpacked to disk and memory stays bounded. An archive that grows out of proportion (more than 1 GB and
 * more than 2,000 times its size) is stopped with a fault: a bomb. */
#ifndef VIGIE_SOURCE_STREAM_H
#define VIGIE_SOURCE_STREAM_H

#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

struct stream;

/* Opens a regular file. ERR_IO when it cannot be opened or is something else; *why says what. */
int stream_open(const char *path, struct stream **out, const char **why);
/* The next member of the input into view: 1 with its name (absent for a plain file), 0 when there are no
 * more, negative on error. An error with a name is that member's: others may follow, call again. A plain
 * file has one member. Call before the first read. */
int stream_member(struct stream *s, struct str *name, const char **why);
/* Up to n bytes of the member into buf: >0, 0 at its end, negative with *why on error. */
ptrdiff_t stream_read(struct stream *s, void *buf, size_t n, const char **why);
/* Looks at the first bytes of the member (at most 4096) without taking them. */
size_t stream_peek(struct stream *s, const uint8_t **bytes);
uint64_t stream_taken(const struct stream *s); /* bytes of the file on disk already read: for progress */
void stream_close(struct stream *s);

#endif
