/* base/runs.h - sorting more records than fit into memory.
 *
 * Writers (one per thread) collect byte records, sort what fits into their buffer and append it to a
 * temporary file as a run; a merge then gives all records of all runs in one order. The order is memcmp
 * over the first `key` bytes. Memory is bounded by what runs_open is told, whatever the input; the rest
 * is on disk, in an unlinked file of $TMPDIR. */
#ifndef VIGIE_BASE_RUNS_H
#define VIGIE_BASE_RUNS_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct runs;
struct run_writer;
struct run_merge;

/* `buffer` bytes of memory for each writer, `window` bytes in all for the merge. */
int runs_open(struct runs **out, size_t key, size_t buffer, size_t window);
void runs_close(struct runs *r);

int runs_writer(struct runs *r, struct run_writer **out);
/* n bytes, at most buffer / 4. ERR_IO when the disk is full. */
int run_add(struct run_writer *w, const void *record, size_t n);
/* Writes out what is left and frees the writer. */
int run_finish(struct run_writer *w);

int run_merge_open(struct runs *r, struct run_merge **out);
/* 1 and the next record (valid until the next call), 0 at the end, or a negative enum err. */
int run_merge_next(struct run_merge *m, const uint8_t **record, size_t *n);
void run_merge_close(struct run_merge *m);

#endif
