/* tests/support/crowd.h - activities of a made-up organisation: 20,000 people, their computers, servers, files and sign-ins on both
 * shores, a few hundred words that repeat and identifiers that never do. The same for the same seed. */
#ifndef VIGIE_TESTS_SUPPORT_CROWD_H
#define VIGIE_TESTS_SUPPORT_CROWD_H

#include "model/activity.h"

enum { CROWD_PEOPLE = 20000 };

struct crowd {
    uint64_t seed;
    uint64_t n;      /* made so far */
    int64_t time;    /* moves on by `step` */
    int64_t step;
    char text[48][128];
    unsigned ntext;
    struct object objects[4];
    struct fact facts[16];
};

uint32_t crowd_draw(struct crowd *c, uint32_t n);
/* Texts live until the next call. */
struct activity crowd_next(struct crowd *c);

#endif
