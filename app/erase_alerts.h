/* app/erase_alerts.h - the alert queue without somebody.
 *
 * An alert about this person alone goes, with its comments. One that others have a part in stays with them: the person is taken
 * out of its people and parties, out of its sentence, comments and history, and evidence that the log no longer holds goes. */
#ifndef VIGIE_APP_ERASE_ALERTS_H
#define VIGIE_APP_ERASE_ALERTS_H

#include "app/redact.h"
#include "store/actlog.h"
#include "store/db.h"

enum { ERASE_NUMBERS = 512, ERASE_NAMES = REDACT_NAMES + 1 };

struct erase_person {
    uint32_t numbers[ERASE_NUMBERS]; /* sorted */
    struct str names[ERASE_NAMES];   /* longest first, ids among them */
    size_t nnumbers, nnames;
};

/* One of the person's numbers. */
bool erase_is(const struct erase_person *who, uint64_t number);
/* In a transaction of the caller; the person's activities are gone from the log. *gone: alerts that were deleted. */
int erase_alerts(struct db *db, struct actlog *log, const struct erase_person *who, uint64_t *gone);

#endif
