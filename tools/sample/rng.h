/* tools/sample/rng.h - the generator's only source of chance: the same seed gives the same organisation. */
#ifndef VIGIE_SAMPLE_RNG_H
#define VIGIE_SAMPLE_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
    uint64_t s;
};

/* A stream of its own for a purpose, so that more events of one kind do not change all others. */
struct rng rng_for(uint64_t seed, uint64_t a, uint64_t b);
uint64_t rng_u64(struct rng *r);
uint32_t rng_below(struct rng *r, uint32_t n); /* 0 when n is 0 */
int rng_between(struct rng *r, int low, int high); /* both included */
bool rng_chance(struct rng *r, int percent);
int64_t rng_span(struct rng *r, int64_t ns); /* [0, ns) */

#define RNG_GUID 37
/* A version 4 GUID as text in lower case. */
const char *rng_guid(struct rng *r, char out[RNG_GUID]);

#endif
