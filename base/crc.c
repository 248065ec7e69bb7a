/* base/crc.c - CRC-32: carry-less multiplication where the processor has it, else sixteen bytes at a time by table. */
#include "base/crc.h"

#include <pthread.h>

static uint32_t tables[16][256];
static pthread_once_t built = PTHREAD_ONCE_INIT;

static void build(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int bit = 0; bit < 8; bit++)
            c = c >> 1 ^ (c & 1 ? 0xedb88320u : 0);
        tables[0][i] = c;
    }
    for (uint32_t i = 0; i < 256; i++)
        for (int k = 1; k < 16; k++)
            tables[k][i] = tables[k - 1][i] >> 8 ^ tables[0][tables[k - 1][i] & 0xff];
}

static uint32_t by_table(uint32_t crc, const uint8_t *p, size_t n)
{
    uint32_t(*t)[256] = tables;
    for (; n >= 16; n -= 16, p += 16)
        crc = t[15][p[0] ^ (crc & 0xff)] ^ t[14][p[1] ^ (crc >> 8 & 0xff)] ^ t[13][p[2] ^ (crc >> 16 & 0xff)] ^ t[12][p[3] ^ crc >> 24] ^
              t[11][p[4]] ^ t[10][p[5]] ^ t[9][p[6]] ^ t[8][p[7]] ^ t[7][p[8]] ^ t[6][p[9]] ^ t[5][p[10]] ^ t[4][p[11]] ^
              t[3][p[12]] ^ t[2][p[13]] ^ t[1][p[14]] ^ t[0][p[15]];
    for (; n; n--, p++)
        crc = crc >> 8 ^ t[0][(crc ^ *p) & 0xff];
    return crc;
}

#if defined __x86_64__
#include <immintrin.h>

#define CLMUL __attribute__((target("pclmul,sse2")))

CLMUL static __m128i load(const uint8_t *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

CLMUL static __m128i fold(__m128i x, __m128i by, __m128i next)
{
    return _mm_xor_si128(_mm_xor_si128(_mm_clmulepi64_si128(x, by, 0x00), _mm_clmulepi64_si128(x, by, 0x11)), next);
}

/* Gopal and others, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel, 2009): four lanes
 * are folded over 64 bytes, then into one; the sixteen bytes left have the same remainder as all of them. n >= 64. */
CLMUL static uint32_t by_folding(uint32_t crc, const uint8_t *p, size_t n)
{
    const __m128i by64 = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4), by16 = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
    __m128i x0 = load(p), x1 = load(p + 16), x2 = load(p + 32), x3 = load(p + 48); /* by name: an array would lie in memory */
    uint8_t left[16];
    x0 = _mm_xor_si128(x0, _mm_cvtsi32_si128((int)crc));
    for (p += 64, n -= 64; n >= 64; p += 64, n -= 64) {
        x0 = fold(x0, by64, load(p));
        x1 = fold(x1, by64, load(p + 16));
        x2 = fold(x2, by64, load(p + 32));
        x3 = fold(x3, by64, load(p + 48));
    }
    x0 = fold(fold(fold(x0, by16, x1), by16, x2), by16, x3);
    _mm_storeu_si128((__m128i *)(void *)left, x0);
    return by_table(by_table(0, left, 16), p, n);
}

static uint32_t add(uint32_t crc, const uint8_t *p, size_t n)
{
    return n >= 64 && __builtin_cpu_supports("pclmul") ? by_folding(crc, p, n) : by_table(crc, p, n);
}
#else
static uint32_t add(uint32_t crc, const uint8_t *p, size_t n)
{
    return by_table(crc, p, n);
}
#endif

uint32_t crc_add(uint32_t crc, const void *bytes, size_t n)
{
    pthread_once(&built, build);
    return ~add(~crc, bytes, n);
}
