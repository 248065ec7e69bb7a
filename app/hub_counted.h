/* app/hub_counted.h - the alerts that count in scores.
 *
 * Those of the detections come from the running engine. On-premises alerts that a real Azure ATP or ATA sent (policy/cef_in.h)
 * lie in the queue alone, so each question of the score reads them there: a restart or a new fold finds the same ones, each once. */
#ifndef VIGIE_APP_HUB_COUNTED_H
#define VIGIE_APP_HUB_COUNTED_H

#include "base/arena.h"
#include "model/alert.h"
#include "store/db.h"

struct counted {
    const struct alert **all; /* by start, then id */
    size_t n;
    struct arena texts;
};

/* The engine's alerts and, `received`, those that were sent and end at or after `since`. counted_free also after an error. */
int counted_gather(struct db *db, const struct alert *const *own, size_t nown, bool received, int64_t since, struct counted *out);
void counted_free(struct counted *c);

#endif
