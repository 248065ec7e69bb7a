/* app/merge.h - sorted runs of activities into one stream in time order: repeats dropped, inputs by rank.
 *
 * From here on nothing depends on threads or on the order of the command line. */
#ifndef VIGIE_APP_MERGE_H
#define VIGIE_APP_MERGE_H

#include "base/runs.h"
#include "source/input.h"

struct merge;

/* One activity in flat form; memory that grows to the largest one. Free `bytes` in the end. */
struct held {
    uint8_t *bytes;
    size_t n, room;
    bool full;
};

/* `in` has been ordered (inputs_order). */
int merge_open(struct runs *runs, const struct inputs *in, struct merge **out);
/* 1 with the next activity's flat form in `out`, 0 at the end, or a negative enum err. */
int merge_next(struct merge *m, struct held *out);
uint64_t merge_repeats(const struct merge *m);
void merge_close(struct merge *m);

#endif
