/* base/dn.c - parts of distinguished names. */
#include "base/dn.h"

#include <string.h>

void dn_split(struct str dn, struct str *part, struct str *parent)
{
    size_t i = 0;
    while (i < dn.n && dn.p[i] != ',')
        i += dn.p[i] == '\\' ? 2 : 1;
    *part = str_sub(dn, 0, i);
    *parent = i < dn.n ? str_from(dn, i + 1) : STR_NONE;
}

struct str dn_value(struct str dn, unsigned n)
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

struct str dn_domain(struct arena *a, struct str dn)
{
    struct str rest = dn, part;
    char *out = NULL;
    size_t n = 0;
    while (str_set(rest)) {
        dn_split(rest, &part, &rest);
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
