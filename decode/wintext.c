/* decode/wintext.c - texts that Windows wraps for people. */
#include "decode/wintext.h"

enum { GUID_TEXT = 36 };

static bool hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* "8-4-4-4-12" hexadecimal digits at the start of s. */
static bool guid_at(struct str s)
{
    if (s.n < GUID_TEXT)
        return false;
    for (size_t i = 0; i < GUID_TEXT; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? s.p[i] != '-' : !hex(s.p[i]))
            return false;
    }
    return true;
}

struct str wintext_guids(struct arena *a, struct str s)
{
    if (str_chr(s, '{') < 0)
        return STR_NONE;
    /* a GUID takes at most 37 bytes of the result, and at least 37 of the source: its brace and digits */
    char *out = arena_alloc(a, s.n + 1);
    if (!out)
        return STR_NONE;
    size_t used = 0;
    for (ptrdiff_t at; (at = str_chr(s, '{')) >= 0;) {
        s = str_from(s, (size_t)at + 1);
        if (!guid_at(s))
            continue;
        if (used)
            out[used++] = ' ';
        for (size_t i = 0; i < GUID_TEXT; i++)
            out[used++] = str_lower_char(s.p[i]);
        s = str_from(s, GUID_TEXT);
    }
    return used ? (struct str){out, used} : STR_NONE;
}

struct str wintext_guid(struct arena *a, struct str s)
{
    struct str in = s;
    if (str_starts(in, STR("%")))
        in = str_from(in, 1);
    if (in.n == GUID_TEXT + 2 && in.p[0] == '{' && in.p[in.n - 1] == '}' && guid_at(str_from(in, 1)))
        return str_lower(a, str_sub(in, 1, GUID_TEXT));
    return s;
}

struct str wintext_some_guid(struct arena *a, struct str s)
{
    s = wintext_guid(a, str_trim(s));
    return s.n && !str_eq(s, STR("00000000-0000-0000-0000-000000000000")) ? s : STR_NONE;
}

struct str wintext_words(struct arena *a, struct str s)
{
    if (!str_set(s))
        return s;
    char *out = arena_alloc(a, s.n + 1);
    if (!out)
        return STR_NONE;
    size_t used = 0, i = 0;
    while (i < s.n) {
        size_t from = i;
        while (i < s.n && (unsigned char)s.p[i] > ' ')
            i++;
        struct str word = str_sub(s, from, i - from);
        if (word.n && !str_starts(word, STR("%%"))) {
            if (used)
                out[used++] = ' ';
            memcpy(out + used, word.p, word.n);
            used += word.n;
        }
        while (i < s.n && (unsigned char)s.p[i] <= ' ')
            i++;
    }
    return used ? (struct str){out, used} : STR_NONE;
}

struct str wintext_host(struct str s)
{
    s = str_trim(s);
    while (s.n && s.p[0] == '\\')
        s = str_from(s, 1);
    return s.n ? s : STR_NONE;
}
