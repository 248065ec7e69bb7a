/* base/utf.c - UTF-16LE to UTF-8, with eight units at a time where all are ASCII. */
#include "base/utf.h"

#include "base/word.h"

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

/* Four units at b to out; false when one is NUL or beyond ASCII. */
static inline bool four(const uint8_t *b, char *out)
{
    const uint64_t ones = 0x0001000100010001u;
    uint64_t v = word_load(b);
    if ((v & ones * 0xff80) != 0 || ((v - ones) & ones * 0x8000) != 0)
        return false;
    v = (v | v >> 8) & 0x0000ffff0000ffffu;
    uint32_t packed = (uint32_t)(v | v >> 16);
    memcpy(out, &packed, 4);
    return true;
}

static inline bool eight(const uint8_t *b, char *out)
{
#if defined __SSE2__
    const __m128i zero = _mm_setzero_si128(), high = _mm_set1_epi16((short)0xff80);
    __m128i v;
    memcpy(&v, b, sizeof v);
    bool ascii = _mm_movemask_epi8(_mm_cmpeq_epi16(_mm_and_si128(v, high), zero)) == 0xffff;
    if (!ascii || _mm_movemask_epi8(_mm_cmpeq_epi16(v, zero)) != 0)
        return false;
    _mm_storel_epi64((__m128i *)(void *)out, _mm_packus_epi16(v, v));
    return true;
#else
    return four(b, out) && four(b + 8, out + 4);
#endif
}

/* Nearly all texts: every unit is ASCII other than NUL. The last eight or four overlap those before where the number
 * of units is no multiple. False when the text is another; what is at out then means nothing. */
static bool ascii16(const uint8_t *b, size_t units, char *out)
{
    size_t i = 0;
    if (units >= 8) {
        for (; i + 8 < units; i += 8)
            if (!eight(b + 2 * i, out + i))
                return false;
        return eight(b + 2 * (units - 8), out + units - 8);
    }
    if (units >= 4)
        return four(b, out) && four(b + 2 * (units - 4), out + units - 4);
    for (; i < units; i++) {
        if (b[2 * i + 1] || b[2 * i] == 0 || b[2 * i] >= 0x80)
            return false;
        out[i] = (char)b[2 * i];
    }
    return true;
}

/* To the end or to a NUL; gives back the end of what was written. */
static char *any16(const uint8_t *b, size_t units, char *o)
{
    for (size_t i = 0; i < units;) {
        if (i + 4 <= units && four(b + 2 * i, o)) {
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
    return o;
}

size_t utf_put16(char *out, const uint8_t *b, size_t units)
{
    return ascii16(b, units, out) ? units : (size_t)(any16(b, units, out) - out);
}

struct str utf_from16(struct arena *a, const uint8_t *b, size_t n)
{
    char *out = arena_alloc(a, n / 2 * 3 + 1);
    if (!out)
        return STR_NONE;
    size_t used = utf_put16(out, b, n / 2);
    out[used] = '\0';
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
