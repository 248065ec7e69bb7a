/* app/spool.h - what a sensor has to send, on disk until somebody has it.
 *
 * A folder of batches, each a file of activity NDJSON. Lines go to the open batch; a cut makes it complete and durable. The uplink sends
 * the oldest complete batch and drops it when it was acknowledged. What a kill leaves open is complete up to its last whole line.
 * The folder is bounded: when it is full the oldest batch goes, and its lines are counted as lost. Thread-safe. */
#ifndef VIGIE_APP_SPOOL_H
#define VIGIE_APP_SPOOL_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum { SPOOL_PATH = 4400 };

struct spool_counts {
    uint64_t lines, bytes;         /* taken in since the start */
    uint64_t waiting, waiting_bytes; /* complete batches not acknowledged, and their bytes */
    uint64_t lost_batches, lost_bytes; /* thrown away because the folder was full */
};

struct spool;

/* Lines are held in memory until the next cut, which writes them: adding touches no file, so that a locked thread (app/sandbox.h) can.
 * ERR_LIMIT when 64 MB are held, because the disk takes nothing. `most`: bytes that complete batches may have in all. */
int spool_open(const char *folder, uint64_t most, struct spool **out);
int spool_add(struct spool *s, struct str line);
/* Writes what is held. Completes the open batch if it has lines and is large or `now` is more than a second behind its first; `force`: in any case. */
int spool_cut(struct spool *s, int64_t now, bool force);
/* The oldest complete batch: 1 with its path, or 0. It stays until spool_done. */
int spool_next(struct spool *s, char path[SPOOL_PATH]);
/* Acknowledged, or (`refused`) of no use to the hub: kept beside as NAME.refused and not sent again. */
int spool_done(struct spool *s, const char *path, bool refused);
void spool_counts(struct spool *s, struct spool_counts *out);
void spool_close(struct spool *s); /* completes the open batch */

#endif
