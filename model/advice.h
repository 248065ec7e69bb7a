/* model/advice.h - what to do about an alert: how far it reaches, what to repair, how to keep it from happening again.
 *
 * One table, keyed by detection (external id or policy id); detections that need the same handling share a row. */
#ifndef VIGIE_MODEL_ADVICE_H
#define VIGIE_MODEL_ADVICE_H

#include "model/language.h"

enum { ADVICE_LINES = 5 };

struct advice_words {
    const char *scope[ADVICE_LINES], *remediation[ADVICE_LINES], *prevention[ADVICE_LINES]; /* each ended by NULL */
};

struct advice {
    const char *keys; /* blank-separated */
    struct advice_words in[LANGUAGES];
};

/* Never NULL: a general advice where the detection has none of its own. */
const struct advice *advice_of(struct str key);
/* True when the detection has advice of its own. */
bool advice_own(struct str key);

#endif
