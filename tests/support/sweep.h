/* tests/support/sweep.h - hostile versions of one text: each prefix, each single bit flipped, in memory that ends exactly
 * behind it, so that sanitizers see a read too far. */
#ifndef VIGIE_TESTS_SUPPORT_SWEEP_H
#define VIGIE_TESTS_SUPPORT_SWEEP_H

#include "base/str.h"

#include <stdlib.h>

static inline void sweep_one(struct str s, void (*attempt)(struct str))
{
    char *exact = malloc(s.n ? s.n : 1);
    if (!exact)
        abort();
    memcpy(exact, s.p, s.n);
    attempt((struct str){exact, s.n});
    free(exact);
}

static inline void sweep(struct str s, void (*attempt)(struct str))
{
    char *copy = malloc(s.n + 1);
    if (!copy)
        abort();
    memcpy(copy, s.p, s.n);
    for (size_t n = 0; n <= s.n; n++)
        sweep_one(str_sub(s, 0, n), attempt);
    for (size_t bit = 0; bit < 8 * s.n; bit++) {
        copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
        sweep_one((struct str){copy, s.n}, attempt);
        copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
    }
    free(copy);
}

#endif
