/* tests/support/acts.h - made-up activities and filters for tests of the activity log; the same for the same seed. */
#ifndef VIGIE_TESTS_SUPPORT_ACTS_H
#define VIGIE_TESTS_SUPPORT_ACTS_H

#include "store/actlog.h"

struct acts {
    uint64_t seed;
    char text[64][64];
    unsigned ntext;
    struct object objects[ACTIVITY_OBJECTS];
    struct fact facts[ACTIVITY_FACTS];
    struct filter_value values[16];
    struct filter_term terms[4];
};

uint32_t acts_draw(struct acts *a, uint32_t n);
/* Number `n` of a stream; texts live until the next call. Its time is near `time`. */
struct activity acts_make(struct acts *a, uint32_t n, int64_t time);
/* A filter whose values come from the same small worlds; lives until the next call of acts_make or this. */
struct filter acts_filter(struct acts *a, int64_t time);

#endif
