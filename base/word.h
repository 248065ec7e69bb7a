/* base/word.h - texts eight bytes at a time: loading and folding words. */
#ifndef VIGIE_BASE_WORD_H
#define VIGIE_BASE_WORD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t word_load(const void *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

/* One to seven bytes, low end first, without a loop: the parts overlap where n is no power of two. */
static inline uint64_t word_load_rest(const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    if (n >= 4) {
        uint32_t low, high;
        memcpy(&low, p, 4);
        memcpy(&high, p + n - 4, 4);
        return low | (uint64_t)high << (8 * (n - 4));
    }
    return p[0] | (uint64_t)p[n / 2] << (8 * (n / 2)) | (uint64_t)p[n - 1] << (8 * (n - 1));
}

/* Sets bit 5 of each byte in 'A'..'Z'. */
static inline uint64_t word_fold(uint64_t v)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t heptets = v & (0x7f * ones);
    uint64_t above_z = heptets + (0x7f - 'Z') * ones;
    uint64_t from_a = heptets + (0x80 - 'A') * ones;
    uint64_t ascii = ~v & (0x80 * ones);
    return v | ((ascii & (from_a ^ above_z)) >> 2);
}

#endif
