/* base/utf.c - UTF-16LE to UTF-8, with eight units at a time where they are ASCII. */
#include "base/utf.h"

#if defined __SSE2__
#include <emmintrin.h>
#endif

size_t utf_put(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

/* How many units at b, in eights, are ASCII other than NUL; they are written to out. */
static size_t ascii16(const uint8_t *b, size_t units, char *out)
{
    size_t i = 0;
#if defined __SSE2__
    const __m128i zero = _mm_setzero_si128(), high = _mm_set1_epi16((short)0xff80);
    for (; i + 8 <= units; i += 8) {
        __m128i v;
        memcpy(&v, b + 2 * i, sizeof v);
        bool ascii = _mm_movemask_epi8(_mm_cmpeq_epi16(_mm_and_si128(v, high), zero)) == 0xffff;
        if (!ascii || _mm_movemask_epi8(_mm_cmpeq_epi16(v, zero)) != 0)
            break;
        _mm_storel_epi64((__m128i *)(void *)(out + i), _mm_packus_epi16(v, v));
    }
#else
    (void)b, (void)units, (void)out;
#endif
    return i;
}

struct str utf_from16(struct arena *a, const uint8_t *b, size_t n)
{
    size_t units = n / 2;
    char *out = arena_alloc(a, units * 3 + 1);
    if (!out)
        return STR_NONE;
    size_t i = ascii16(b, units, out);
    char *o = out + i;
    while (i < units) {
        uint64_t four;
        if (i + 4 <= units && (memcpy(&four, b + 2 * i, 8), (four & 0xff80ff80ff80ff80u) == 0) && (four & 0xffff) && (four & 0xffff0000) &&
            (four & 0xffff00000000) && (four >> 48)) {
            o[0] = (char)four;
            o[1] = (char)(four >> 16);
            o[2] = (char)(four >> 32);
            o[3] = (char)(four >> 48);
            o += 4;
            i += 4;
            continue;
        }
        uint32_t c = (uint32_t)(b[2 * i] | b[2 * i + 1] << 8);
        i++;
        if (c == 0)
            break;
        if (c >= 0xd800 && c < 0xe000) {
            uint32_t low = i < units ? (uint32_t)(b[2 * i] | b[2 * i + 1] << 8) : 0;
            if (c < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i++;
            } else {
                c = 0xfffd;
            }
        }
        o += utf_put(o, c);
    }
    size_t used = (size_t)(o - out);
    *o = '\0';
    /* give the unused tail back: the arena's last allocation was ours */
    char *tail = out + ((used + 16) & ~(size_t)15);
    if (tail < a->at && out < a->at && a->at <= a->end)
        a->at = tail;
    return (struct str){out, used};
}

/* Length of the valid sequence at p (RFC 3629 section 4), 0 when invalid. */
static size_t sequence(const uint8_t *p, size_t left)
{
    if (p[0] < 0x80)
        return 1;
    size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || left < n)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return n;
}

bool utf_valid(struct str s)
{
    for (size_t i = 0; i < s.n;) {
        uint64_t eight;
        if (i + 8 <= s.n && (memcpy(&eight, s.p + i, 8), (eight & 0x8080808080808080u) == 0)) {
            i += 8;
            continue;
        }
        size_t n = sequence((const uint8_t *)s.p + i, s.n - i);
        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

struct str utf_clean(struct arena *a, struct str s)
{
    if (utf_valid(s))
        return s;
    char *out = arena_alloc(a, s.n * 3);
    if (!out)
        return STR_NONE;
    size_t o = 0;
    for (size_t i = 0; i < s.n;) {
        size_t n = sequence((const uint8_t *)s.p + i, s.n - i);
        if (n == 0) {
            o += utf_put(out + o, 0xfffd);
            i++;
            continue;
        }
        memcpy(out + o, s.p + i, n);
        o += n;
        i += n;
    }
    return (struct str){out, o};
}

struct str utf_cut(struct str s, size_t most)
{
    if (s.n <= most)
        return s;
    while (most && ((unsigned char)s.p[most] & 0xc0) == 0x80)
        most--;
    s.n = most;
    return s;
}
