/* directory/georange.c - countries of address ranges, from text files. */
#include "directory/georange.h"

#include "base/err.h"
#include "base/word.h"

#include <stdlib.h>

enum { RANGES_MAX = 8000000 };

static void *room_for_one(void *rows, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return rows;
    size_t more = *room ? *room * 2 : 1024;
    void *p = n < RANGES_MAX ? realloc(rows, more * size) : NULL;
    if (p)
        *room = more;
    return p;
}

static void halves(const struct ip *ip, uint64_t out[2])
{
    memcpy(out, ip->b, 16);
    out[0] = __builtin_bswap64(out[0]);
    out[1] = __builtin_bswap64(out[1]);
}

static int compare6(const uint64_t a[2], const uint64_t b[2])
{
    if (a[0] != b[0])
        return a[0] < b[0] ? -1 : 1;
    return a[1] < b[1] ? -1 : a[1] > b[1];
}

static int add4(struct georange *g, uint64_t start, uint64_t end, const struct country *c)
{
    struct range4 *rows = room_for_one(g->v4, g->n4, &g->room4, sizeof *rows);
    if (!rows)
        return g->n4 < RANGES_MAX ? ERR_MEMORY : ERR_LIMIT;
    g->v4 = rows;
    rows[g->n4++] = (struct range4){(uint32_t)start, (uint32_t)end, country_number(c)};
    return ERR_NONE;
}

static int add6(struct georange *g, const struct range6 *range)
{
    struct range6 *rows = room_for_one(g->v6, g->n6, &g->room6, sizeof *rows);
    if (!rows)
        return g->n6 < RANGES_MAX ? ERR_MEMORY : ERR_LIMIT;
    g->v6 = rows;
    rows[g->n6++] = *range;
    return ERR_NONE;
}

/* What the line says: 4 or 6 by the kind of its addresses, 0 when it is no range. */
static unsigned read_line(struct str line, struct ip *first, struct ip *last, const struct country **country)
{
    struct str from, to;
    uint64_t a, b;
    if (!str_cut(&line, ',', &from) || !str_cut(&line, ',', &to) || !str_set(line))
        return 0;
    *country = line.n == 2 ? country_of(line) : NULL;
    if (!*country)
        return 0;
    if (str_u64(from, &a) && str_u64(to, &b)) {
        *first = ip_v4((uint32_t)a);
        *last = ip_v4((uint32_t)b);
        return a <= b && b <= UINT32_MAX ? 4 : 0;
    }
    return ip_v6(from, first) && ip_v6(to, last) && ip_set(first) && memcmp(first->b, last->b, sizeof first->b) <= 0 ? 6 : 0;
}

bool georange_start(struct str line, struct ip *start)
{
    struct ip last;
    const struct country *c;
    return read_line(str_trim(line), start, &last, &c) != 0;
}

/* 0 when the line was added, ERR_NOT_FOUND when it is none, other errors as they are. */
static int add_line(struct georange *g, struct str line)
{
    struct ip first, last;
    const struct country *c;
    unsigned kind = read_line(line, &first, &last, &c);
    if (kind == 4)
        return add4(g, ip_v4_value(&first), ip_v4_value(&last), c);
    if (kind == 0)
        return ERR_NOT_FOUND;
    struct range6 range = {.country = country_number(c)};
    halves(&first, range.start);
    halves(&last, range.end);
    return add6(g, &range);
}

enum { DIGITS = 10, PLAIN = 2 * (DIGITS + 1) + 3 };

/* Most addresses have as many digits or more: pairs of neighbours are joined, three times over. */
static bool eight_digits(const char *p, uint64_t *value)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t v = word_load(p) - '0' * ones;
    if (((v + (0x7f - 9) * ones) | v) & 0x80 * ones)
        return false;
    v = v * 10 + (v >> 8);
    v = (v & 0x00ff00ff00ff00ffu) * 100 + (v >> 16 & 0x00ff00ff00ff00ffu);
    *value = (v & 0xffff) * 10000 + (v >> 32 & 0xffff);
    return true;
}

/* Digits at p, at most DIGITS of them, which a comma ends; behind the comma, NULL when there is something else. */
static const char *number(const char *p, uint64_t *value)
{
    uint64_t v = 0;
    unsigned n = eight_digits(p, &v) ? 8 : 0, digit;
    for (; n <= DIGITS && (digit = (unsigned)(unsigned char)p[n] - '0') < 10; n++)
        v = v * 10 + digit;
    *value = v;
    return n > 0 && n <= DIGITS && p[n] == ',' ? p + n + 1 : NULL;
}

/* The spelling that nearly all IPv4 lines have, without detours.
 * Bytes taken with the line's end, 0 when it is not that spelling. */
static size_t plain4(struct georange *g, struct str text)
{
    uint64_t a, b;
    const char *p = text.n >= PLAIN ? number(text.p, &a) : NULL;
    p = p ? number(p, &b) : NULL;
    if (!p || p[2] != '\n' || a > b || b > UINT32_MAX)
        return 0;
    const struct country *c = country_of((struct str){p, 2});
    if (!c || add4(g, a, b, c) != ERR_NONE)
        return 0;
    return (size_t)(p + 3 - text.p);
}

int georange_add(struct georange *g, struct str text)
{
    struct str line;
    size_t before = g->n4 + g->n6, plain;
    while ((plain = plain4(g, text)) > 0 || str_cut(&text, '\n', &line)) {
        if (plain) {
            text = str_from(text, plain);
            continue;
        }
        line = str_trim(line);
        if (line.n == 0 || line.p[0] == '#')
            continue;
        int err = add_line(g, line);
        if (err == ERR_NOT_FOUND)
            g->skipped++;
        else if (err)
            return err;
    }
    return g->n4 + g->n6 > before ? ERR_NONE : ERR_MALFORMED;
}

static int order4(const void *x, const void *y)
{
    const struct range4 *a = x, *b = y;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->end != b->end)
        return a->end < b->end ? -1 : 1;
    return a->country < b->country ? -1 : a->country > b->country;
}

static int order6(const void *x, const void *y)
{
    const struct range6 *a = x, *b = y;
    int order = compare6(a->start, b->start);
    if (order == 0)
        order = compare6(a->end, b->end);
    if (order == 0)
        order = a->country < b->country ? -1 : a->country > b->country;
    return order;
}

/* The files are in order already, which makes this one pass over them. */
static void sort_unless_sorted(void *rows, size_t n, size_t size, int (*order)(const void *, const void *))
{
    const char *row = rows;
    for (size_t i = 1; i < n; i++)
        if (order(row + (i - 1) * size, row + i * size) > 0) {
            qsort(rows, n, size, order);
            return;
        }
}

void georange_sort(struct georange *g)
{
    sort_unless_sorted(g->v4, g->n4, sizeof *g->v4, order4);
    sort_unless_sorted(g->v6, g->n6, sizeof *g->v6, order6);
}

static const struct country *find4(const struct georange *g, uint32_t v)
{
    size_t low = 0, high = g->n4;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (g->v4[middle].start <= v)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && v <= g->v4[low - 1].end ? country_at(g->v4[low - 1].country) : NULL;
}

static const struct country *find6(const struct georange *g, const struct ip *ip)
{
    uint64_t v[2];
    halves(ip, v);
    size_t low = 0, high = g->n6;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (compare6(g->v6[middle].start, v) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && compare6(v, g->v6[low - 1].end) <= 0 ? country_at(g->v6[low - 1].country) : NULL;
}

const struct country *georange_find(const struct georange *g, const struct ip *ip)
{
    return ip_is_v4(ip) ? find4(g, ip_v4_value(ip)) : find6(g, ip);
}

void georange_free(struct georange *g)
{
    free(g->v4);
    free(g->v6);
    *g = (struct georange){0};
}
