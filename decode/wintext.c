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

struct str wintext_rdn(struct str dn, unsigned n)
{
    size_t from = 0;
    for (size_t i = 0; i <= dn.n; i++) {
        if (i < dn.n && dn.p[i] == '\\') {
            i++;
            continue;
        }
        if (i < dn.n && dn.p[i] != ',')
            continue;
        if (n-- == 0) {
            struct str part = str_trim(str_sub(dn, from, i - from));
            ptrdiff_t eq = str_chr(part, '=');
            return eq >= 0 && (size_t)eq + 1 < part.n ? str_from(part, (size_t)eq + 1) : STR_NONE;
        }
        from = i + 1;
    }
    return STR_NONE;
}

struct str wintext_dn_domain(struct arena *a, struct str dn)
{
    struct str rest = dn, part;
    char *out = NULL;
    size_t n = 0;
    while (str_cut(&rest, ',', &part)) {
        part = str_trim(part);
        if (!str_startsi(part, STR("DC=")) || part.n == 3)
            continue;
        if (!out && !(out = arena_alloc(a, dn.n)))
            return STR_NONE;
        if (n)
            out[n++] = '.';
        memcpy(out + n, part.p + 3, part.n - 3);
        n += part.n - 3;
    }
    return n ? (struct str){out, n} : STR_NONE;
}

struct str wintext_cut(struct str s, size_t most)
{
    if (s.n <= most)
        return s;
    while (most && ((unsigned char)s.p[most] & 0xc0) == 0x80)
        most--;
    s.n = most;
    return s;
}
