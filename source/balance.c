/* source/balance.c - finding where brackets balance, 64 bytes at a time where the processor compares 16 at once. */
#include "source/balance.h"

#include <stdint.h>
#if defined __SSE2__
#include <emmintrin.h>
#endif

/* Byte by byte. */
static bool walk(struct balance *b, const char *text, size_t n, size_t *at)
{
    for (size_t i = *at; i < n; i++) {
        char c = text[i];
        if (b->escaped) {
            b->escaped = false;
        } else if (b->in_string) {
            b->escaped = c == '\\';
            b->in_string = c != '"';
        } else if (c == '"') {
            b->in_string = true;
        } else if (c == '{' || c == '[') {
            b->depth++;
        } else if ((c == '}' || c == ']') && --b->depth == 0) {
            *at = i + 1;
            return true;
        }
    }
    *at = n;
    return false;
}

#if defined __SSE2__
enum { BLOCK = 64, BYTES = 16, PARTS = BLOCK / BYTES };
#define EACH_PART _Pragma("GCC unroll 4") for (unsigned i = 0; i < PARTS; i++)

/* A bit for each byte of the block that is c. */
static inline uint64_t places(const __m128i block[PARTS], char c)
{
    uint64_t bits = 0;
    EACH_PART
        bits |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block[i], _mm_set1_epi8(c))) << (BYTES * i);
    return bits;
}

/* The same for brackets of all four kinds: { and } are 0x20 above [ and ]. */
static inline uint64_t brackets(const __m128i block[PARTS])
{
    uint64_t bits = 0;
    EACH_PART {
        __m128i folded = _mm_or_si128(block[i], _mm_set1_epi8(0x20));
        __m128i found = _mm_or_si128(_mm_cmpeq_epi8(folded, _mm_set1_epi8('{')), _mm_cmpeq_epi8(folded, _mm_set1_epi8('}')));
        bits |= (uint64_t)(unsigned)_mm_movemask_epi8(found) << (BYTES * i);
    }
    return bits;
}

/* Bit i is set when an odd number of the bits 0..i are. */
static inline uint64_t parity(uint64_t bits)
{
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    return bits ^ bits << 32;
}

/* Bits behind odd runs of backslashes, which begin behind what `first` says is escaped; *last: so is the next block's first byte.
 * A carry runs through each run and comes out behind it (Langdale and Lemire, section 3.1.1). */
static uint64_t escaped_bytes(uint64_t backslashes, bool first, bool *last)
{
    const uint64_t even = UINT64_C(0x5555555555555555);
    backslashes &= ~(uint64_t)first;
    uint64_t behind = backslashes << 1 | first, odd_starts = backslashes & ~even & ~behind, carried;
    *last = __builtin_add_overflow(odd_starts, backslashes, &carried);
    return (even ^ carried << 1) & behind;
}

/* Counts the brackets of one block: those are at the bits of `found`. */
static inline bool count(struct balance *b, const char *block, uint64_t found, size_t *at)
{
    for (uint64_t left = found; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        bool opens = block[i] & 2; /* 0x7b and 0x5b, not 0x7d and 0x5d */
        b->depth += opens ? 1u : -1u;
        if (b->depth == 0) {
            *b = (struct balance){0};
            *at += i + 1;
            return true;
        }
    }
    *at += BLOCK;
    return false;
}

/* One block: quotes are paired by parity. */
static bool block(struct balance *b, const char *text, size_t *at)
{
    __m128i bytes[PARTS];
    EACH_PART
        bytes[i] = _mm_loadu_si128((const void *)(text + *at + BYTES * i));
    uint64_t quotes = places(bytes, '"'), backslashes = places(bytes, '\\');
    bool escaped = false;
    if (backslashes || b->escaped)
        quotes &= ~escaped_bytes(backslashes, b->escaped, &escaped);
    uint64_t inside = parity(quotes) ^ (b->in_string ? ~UINT64_C(0) : 0);
    if (backslashes & ~inside) /* escapes nothing there */
        return walk(b, text, *at + BLOCK, at);
    b->in_string = inside >> 63;
    b->escaped = escaped;
    return count(b, text + *at, brackets(bytes) & ~inside, at);
}

bool balance_find(struct balance *b, const char *text, size_t n, size_t *at)
{
    while (n - *at >= BLOCK)
        if (block(b, text, at))
            return true;
    return walk(b, text, n, at);
}
#else
bool balance_find(struct balance *b, const char *text, size_t n, size_t *at)
{
    return walk(b, text, n, at);
}
#endif
