/* score/bookpack.h - contributions that can no longer change, packed: about a third of struct entry.
 *
 * Most of what counts is never shown, but which week will be the worst is known at the end only, when the alerts are in.
 * Written and read by this file alone; no file format. */
#ifndef VIGIE_SCORE_BOOKPACK_H
#define VIGIE_SCORE_BOOKPACK_H

#include "base/buf.h"
#include "score/ledger.h"

/* Appends; *time is that of the entry before, 0 at first. Not for TOPIC_ALERT. `exact` is not kept. */
void bookpack_put(struct buf *b, const struct entry *e, int64_t *time);
/* Reads the entry at p; where the next one begins. */
const uint8_t *bookpack_get(const uint8_t *p, struct entry *e, int64_t *time);

#endif
