/* base/str.c - comparing, searching and cutting counted strings. */
#include "base/str.h"

#include "base/arena.h"
#include "base/word.h"

#include <stdarg.h>
#include <stdio.h>

bool str_eqi_same_length(const char *a, const char *b, size_t n)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        if (word_fold(word_load(a + i)) != word_fold(word_load(b + i)))
            return false;
    return i == n || word_fold(word_load_rest(a + i, n - i)) == word_fold(word_load_rest(b + i, n - i));
}

bool str_one_line(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
            return false;
    return true;
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    if (c != 0)
        return c;
    return (a.n > b.n) - (a.n < b.n);
}

int str_cmpi(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n, i = 0;
    while (i + 8 <= n && word_fold(word_load(a.p + i)) == word_fold(word_load(b.p + i)))
        i += 8;
    for (; i < n; i++) {
        unsigned char x = (unsigned char)str_lower_char(a.p[i]);
        unsigned char y = (unsigned char)str_lower_char(b.p[i]);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && str_eq(str_sub(s, 0, prefix.n), prefix);
}

bool str_startsi(struct str s, struct str prefix)
{
    return s.n >= prefix.n && str_eqi(str_sub(s, 0, prefix.n), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.n >= suffix.n && str_eq(str_from(s, s.n - suffix.n), suffix);
}

bool str_endsi(struct str s, struct str suffix)
{
    return s.n >= suffix.n && str_eqi(str_from(s, s.n - suffix.n), suffix);
}

ptrdiff_t str_find(struct str s, struct str needle)
{
    if (needle.n == 0)
        return 0;
    if (s.n < needle.n)
        return -1;
    const char *at = memmem(s.p, s.n, needle.p, needle.n);
    return at ? at - s.p : -1;
}

/* True when one of the eight bytes at p is `first`, or its capital where `fold` is 0x20. */
static bool any_of_8(const char *p, char first, uint8_t fold)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t v;
    memcpy(&v, p, 8);
    v = (v | ones * fold) ^ ones * (uint8_t)first;
    return ((v - ones) & ~v & ones * 0x80) != 0;
}

ptrdiff_t str_findi(struct str s, struct str needle)
{
    if (needle.n == 0)
        return 0;
    char first = str_lower_char(needle.p[0]);
    uint8_t fold = first >= 'a' && first <= 'z' ? 0x20 : 0;
    for (size_t i = 0; i + needle.n <= s.n; i++) {
        while (i + 8 <= s.n && !any_of_8(s.p + i, first, fold))
            i += 8;
        for (size_t k = 0; k < 8 && i + needle.n <= s.n; k++, i++)
            if (str_lower_char(s.p[i]) == first && str_eqi(str_sub(s, i, needle.n), needle))
                return (ptrdiff_t)i;
        i--;
    }
    return -1;
}

ptrdiff_t str_chr(struct str s, char c)
{
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
    return at ? at - s.p : -1;
}

ptrdiff_t str_rchr(struct str s, char c)
{
    const char *at = s.n ? memrchr(s.p, c, s.n) : NULL;
    return at ? at - s.p : -1;
}

struct str str_sub(struct str s, size_t from, size_t n)
{
    if (from > s.n)
        from = s.n;
    if (n > s.n - from)
        n = s.n - from;
    return (struct str){s.p ? s.p + from : NULL, n};
}

struct str str_from(struct str s, size_t from)
{
    return str_sub(s, from, s.n);
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
    while (s.n && blank(s.p[0]))
        s = str_from(s, 1);
    while (s.n && blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

bool str_cut(struct str *rest, char sep, struct str *part)
{
    if (!str_set(*rest))
        return false;
    ptrdiff_t at = str_chr(*rest, sep);
    if (at < 0) {
        *part = *rest;
        *rest = STR_NONE;
        return true;
    }
    *part = str_sub(*rest, 0, (size_t)at);
    *rest = str_from(*rest, (size_t)at + 1);
    return true;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = str_lower_char(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

bool str_u64(struct str s, uint64_t *value)
{
    int base = 10;
    if (s.n > 2 && s.p[0] == '0' && (s.p[1] == 'x' || s.p[1] == 'X')) {
        base = 16;
        s = str_from(s, 2);
    }
    if (s.n == 0)
        return false;
    uint64_t v = 0;
    for (size_t i = 0; i < s.n; i++) {
        int d = digit(s.p[i]);
        if (d >= base || __builtin_mul_overflow(v, (uint64_t)base, &v) || __builtin_add_overflow(v, (uint64_t)d, &v))
            return false;
    }
    *value = v;
    return true;
}

/* Two digits at a time. */
char *str_decimal(char *end, uint64_t v)
{
    static const char pairs[] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
                                "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
    for (; v >= 100; v /= 100) {
        end -= 2;
        memcpy(end, &pairs[v % 100 * 2], 2);
    }
    if (v < 10) {
        *--end = (char)('0' + v);
        return end;
    }
    end -= 2;
    memcpy(end, &pairs[v * 2], 2);
    return end;
}

bool str_i64(struct str s, int64_t *value)
{
    bool minus = s.n && s.p[0] == '-';
    uint64_t v;
    if (!str_u64(minus ? str_from(s, 1) : s, &v) || v > (uint64_t)INT64_MAX)
        return false;
    *value = minus ? -(int64_t)v : (int64_t)v;
    return true;
}

/* Position of the first word of eight bytes that has a capital; the rest of a text that is shorter counts as one. */
static size_t first_capital(struct str s)
{
    size_t i = 0;
    while (i + 8 <= s.n && word_fold(word_load(s.p + i)) == word_load(s.p + i))
        i += 8;
    if (i + 8 > s.n && i < s.n && word_fold(word_load_rest(s.p + i, s.n - i)) == word_load_rest(s.p + i, s.n - i))
        return s.n;
    return i;
}

struct str str_lower(struct arena *a, struct str s)
{
    size_t i = first_capital(s);
    char *out = i < s.n ? arena_alloc(a, s.n) : NULL;
    if (!out)
        return s;
    memcpy(out, s.p, s.n);
    for (; i + 8 <= s.n; i += 8) {
        uint64_t folded = word_fold(word_load(out + i));
        memcpy(out + i, &folded, 8);
    }
    for (; i < s.n; i++)
        out[i] = str_lower_char(out[i]);
    return (struct str){out, s.n};
}

struct str str_dup(struct arena *a, struct str s)
{
    if (!s.p)
        return s;
    char *out = arena_alloc(a, s.n + 1);
    if (!out)
        return STR_NONE;
    if (s.n)
        memcpy(out, s.p, s.n);
    out[s.n] = '\0';
    return (struct str){out, s.n};
}

struct str str_glue(struct arena *a, struct str one, struct str two, struct str three)
{
    const struct str parts[] = {one, two, three};
    char *text = arena_alloc(a, one.n + two.n + three.n), *to = text;
    for (unsigned i = 0; text && i < 3; i++) {
        if (parts[i].n)
            memcpy(to, parts[i].p, parts[i].n);
        to += parts[i].n;
    }
    return text ? (struct str){text, (size_t)(to - text)} : STR_NONE;
}

struct str str_fmt(struct arena *a, const char *fmt, ...)
{
    char text[4096];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (n < 0)
        return STR_NONE;
    return str_dup(a, (struct str){text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1});
}
