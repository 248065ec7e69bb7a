/* app/raw.h - the raw record that an activity was made from: where `origin` says, as text. */
#ifndef VIGIE_APP_RAW_H
#define VIGIE_APP_RAW_H

#include "base/buf.h"
#include "base/err.h"
#include "model/activity.h"
#include "source/feed.h"

/* `path`: a file, or archive!member as inputs are called. JSON records as they lie there, event log records as one JSON
 * object with every value, packets as their bytes in hexadecimal. Reads the file up to the record. ERR_NOT_FOUND when it is not there (any more). */
int raw_record(const char *path, const struct origin *at, struct buf *out);

struct raw_visit {
    bool (*unit)(void *owner, const char *path, const struct unit *u); /* false: enough */
    void (*fault)(void *owner, const char *path, const struct input_fault *f); /* what could not be read; may be NULL */
    void *owner;
};
/* Shows the units of a file, or of archive!member alone, in order; of an archive those of all its members, each with its path. */
int raw_units(const char *path, const struct raw_visit *v);

#endif
