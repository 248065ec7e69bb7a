/* base/str.h - a counted string that points into somebody else's memory.
 *
 * A str never owns bytes and need not end in NUL. Absent and empty differ: absent has p == NULL.
 * All text is UTF-8. Case-insensitive functions fold ASCII only, which is what the protocols compare. */
#ifndef VIGIE_BASE_STR_H
#define VIGIE_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

struct str {
    const char *p;
    size_t n;
};

#define STR(literal) ((struct str){("" literal), sizeof(literal) - 1})
#define STR_NONE ((struct str){NULL, 0})
/* for printf("%.*s", STR_ARG(s)); long strings are cut at 2^20 bytes. A call in the place of `s` is made twice. */
#define STR_ARG(s) str_printed(s), str_bytes(s)

static inline int str_printed(struct str s)
{
    return (int)(s.n < 1048576 ? s.n : 1048576);
}

static inline const char *str_bytes(struct str s)
{
    return s.p ? s.p : "";
}

static inline struct str str_of(const char *z)
{
    return (struct str){z, z ? strlen(z) : 0};
}

static inline bool str_set(struct str s)
{
    return s.p != NULL;
}

static inline bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline char str_lower_char(char c)
{
    return (c >= 'A' && c <= 'Z') ? (char)(c | 0x20) : c;
}

bool str_eqi_same_length(const char *a, const char *b, size_t n); /* of str_eqi */

/* Inline, since most texts that are compared differ in their lengths. */
static inline bool str_eqi(struct str a, struct str b)
{
    return a.n == b.n && str_eqi_same_length(a.p, b.p, a.n);
}

int str_cmp(struct str a, struct str b);  /* bytewise order; absent sorts as empty */
int str_cmpi(struct str a, struct str b); /* the same with ASCII case folded */
bool str_starts(struct str s, struct str prefix);
bool str_startsi(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_endsi(struct str s, struct str suffix);
bool str_one_line(struct str s); /* no control characters in it */
/* Position of the first `needle` in `s`, or -1. */
ptrdiff_t str_find(struct str s, struct str needle);
ptrdiff_t str_findi(struct str s, struct str needle);
ptrdiff_t str_chr(struct str s, char c);
ptrdiff_t str_rchr(struct str s, char c);

static inline bool str_has(struct str s, struct str needle)
{
    return str_find(s, needle) >= 0;
}

static inline bool str_hasi(struct str s, struct str needle)
{
    return str_findi(s, needle) >= 0;
}

struct str str_sub(struct str s, size_t from, size_t n); /* clipped to s */
struct str str_from(struct str s, size_t from);
struct str str_trim(struct str s); /* blanks, tabs, CR, LF at both ends */
/* Cuts the part before `sep` off `rest`; false when `rest` was absent. The last part is what remains. */
bool str_cut(struct str *rest, char sep, struct str *part);

/* Unsigned decimal, or hexadecimal after 0x. The whole string must be the number. */
bool str_u64(struct str s, uint64_t *value);
bool str_i64(struct str s, int64_t *value);
enum { STR_DECIMAL = 20 }; /* digits of the largest */
/* Writes the digits of v so that they end before `end`; gives back where they begin. Nothing stands behind them. */
char *str_decimal(char *end, uint64_t v);

struct str str_lower(struct arena *a, struct str s); /* a folded copy; s itself when nothing to fold */
struct str str_dup(struct arena *a, struct str s);
/* Three texts, one behind the other; absent when memory is short. What is said of every message is made with this rather than str_fmt(). */
struct str str_glue(struct arena *a, struct str one, struct str two, struct str three);
/* Formats into the arena; cut at 4 KiB. */
struct str str_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
