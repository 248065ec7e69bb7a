/* tools/sample/rng.c - SplitMix64 (Steele, Lea, Flood 2014) and small draws from it. */
#include "tools/sample/rng.h"

#include "base/hash.h"

struct rng rng_for(uint64_t seed, uint64_t a, uint64_t b)
{
    return (struct rng){hash_mix(hash_mix(seed + 1, a + 0x51ed), b + 0xc0ffee)};
}

uint64_t rng_u64(struct rng *r)
{
    r->s += 0x9e3779b97f4a7c15u;
    uint64_t z = r->s;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
    return (uint32_t)(((rng_u64(r) >> 32) * n) >> 32);
}

int rng_between(struct rng *r, int low, int high)
{
    return high <= low ? low : low + (int)rng_below(r, (uint32_t)(high - low + 1));
}

bool rng_chance(struct rng *r, int percent)
{
    return (int)rng_below(r, 100) < percent;
}

int64_t rng_span(struct rng *r, int64_t ns)
{
    return ns <= 0 ? 0 : (int64_t)(rng_u64(r) % (uint64_t)ns);
}

const char *rng_guid(struct rng *r, char out[RNG_GUID])
{
    static const char hex[] = "0123456789abcdef";
    uint64_t a = (rng_u64(r) & ~UINT64_C(0xf000)) | 0x4000;
    uint64_t b = (rng_u64(r) & ~(UINT64_C(3) << 62)) | UINT64_C(1) << 63;
    int at = 0;
    for (int i = 0; i < 32; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            out[at++] = '-';
        uint64_t half = i < 16 ? a : b;
        out[at++] = hex[half >> (60 - 4 * (i & 15)) & 15];
    }
    out[at] = 0;
    return out;
}
