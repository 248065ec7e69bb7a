/* store/actlog_set.c - sets of a segment's rows: bits at work, gaps or bits on disk. */
#include "store/actlog_private.h"

#include <stdlib.h>

static size_t words_of(uint32_t rows)
{
    return ((size_t)rows + 63) / 64;
}

static void trim(struct rowset *s)
{
    if (s->rows % 64)
        s->words[s->rows / 64] &= (UINT64_C(1) << s->rows % 64) - 1;
}

int rowset_open(struct rowset *s, uint32_t rows, bool full)
{
    size_t n = words_of(rows);
    uint64_t *words = calloc(n ? n : 1, sizeof *words);
    if (!words)
        return ERR_MEMORY;
    *s = (struct rowset){words, rows};
    if (full)
        rowset_not(s);
    return 0;
}

void rowset_free(struct rowset *s)
{
    free(s->words);
    *s = (struct rowset){0};
}

void rowset_clear(struct rowset *s)
{
    memset(s->words, 0, words_of(s->rows) * sizeof *s->words);
}

void rowset_not(struct rowset *s)
{
    for (size_t i = 0; i < words_of(s->rows); i++)
        s->words[i] = ~s->words[i];
    trim(s);
}

void rowset_and(struct rowset *s, const struct rowset *other)
{
    for (size_t i = 0; i < words_of(s->rows); i++)
        s->words[i] &= other->words[i];
}

void rowset_or(struct rowset *s, const struct rowset *other)
{
    for (size_t i = 0; i < words_of(s->rows); i++)
        s->words[i] |= other->words[i];
}

void rowset_keep(struct rowset *s, uint32_t from, uint32_t to)
{
    for (size_t i = 0; i < words_of(s->rows); i++) {
        uint64_t first = (uint64_t)i * 64;
        if (first + 64 <= from || first >= to) {
            s->words[i] = 0;
            continue;
        }
        if (first < from)
            s->words[i] &= ~UINT64_C(0) << (from - first);
        if (first + 64 > to)
            s->words[i] &= (UINT64_C(1) << (to - first)) - 1;
    }
}

uint64_t rowset_count(const struct rowset *s)
{
    uint64_t n = 0;
    for (size_t i = 0; i < words_of(s->rows); i++)
        n += (uint64_t)__builtin_popcountll(s->words[i]);
    return n;
}

static int64_t next_up(const struct rowset *s, uint32_t at)
{
    size_t i = at / 64;
    uint64_t w = s->words[i] & ~UINT64_C(0) << at % 64;
    while (!w)
        if (++i == words_of(s->rows))
            return -1;
        else
            w = s->words[i];
    return (int64_t)i * 64 + __builtin_ctzll(w);
}

static int64_t next_down(const struct rowset *s, uint32_t at)
{
    size_t i = at / 64;
    uint64_t w = s->words[i] & ~UINT64_C(0) >> (63 - at % 64);
    while (!w)
        if (i-- == 0)
            return -1;
        else
            w = s->words[i];
    return (int64_t)i * 64 + 63 - __builtin_clzll(w);
}

int64_t rowset_next(const struct rowset *s, int64_t at, bool down)
{
    if (at < 0 || at >= (int64_t)s->rows)
        return -1;
    return down ? next_down(s, (uint32_t)at) : next_up(s, (uint32_t)at);
}

/* ---- on disk: 0 and the gaps (LEB128) from row to row, or 1 and the bits ---- */

static void put_leb(struct buf *out, uint32_t v)
{
    uint8_t b[5];
    unsigned n = 0;
    for (; v >= 0x80; v >>= 7)
        b[n++] = (uint8_t)(v | 0x80);
    b[n++] = (uint8_t)v;
    buf_add(out, b, n);
}

static void pack_bits(const uint32_t *rows, uint32_t n, uint32_t all, struct buf *out)
{
    size_t bytes = ((size_t)all + 7) / 8;
    char *to = buf_room(out, bytes + 1);
    if (!to)
        return;
    memset(to, 0, bytes + 1);
    to[0] = 1;
    for (uint32_t i = 0; i < n; i++)
        to[1 + rows[i] / 8] = (char)(to[1 + rows[i] / 8] | 1 << rows[i] % 8);
    out->n += bytes + 1;
}

void rows_pack(const uint32_t *rows, uint32_t n, uint32_t all, struct buf *out)
{
    if (n > all / 8) {
        pack_bits(rows, n, all, out);
        return;
    }
    uint32_t next = 0;
    buf_char(out, 0);
    for (uint32_t i = 0; i < n; i++) {
        put_leb(out, rows[i] - next);
        next = rows[i] + 1;
    }
}

static int unpack_bits(const uint8_t *p, size_t n, struct rowset *into)
{
    if (n != ((size_t)into->rows + 7) / 8)
        return ERR_MALFORMED;
    size_t whole = n / 8;
    for (size_t i = 0; i < whole; i++)
        into->words[i] |= le_get(p + 8 * i, 8);
    if (n % 8)
        into->words[whole] |= le_get(p + 8 * whole, (unsigned)(n % 8));
    trim(into);
    return 0;
}

/* Steps over one gap: the next row, or -1 when it is none of the segment's. */
static int64_t next_gap(const uint8_t **at, const uint8_t *end, uint64_t from, uint32_t all)
{
    const uint8_t *p = *at;
    uint64_t gap = *p & 0x7f;
    for (unsigned shift = 7; *p++ & 0x80 && p < end && shift < 35; shift += 7)
        gap |= (uint64_t)(*p & 0x7f) << shift;
    *at = p;
    return from + gap < all ? (int64_t)(from + gap) : -1;
}

int rows_unpack(struct str bytes, struct rowset *into)
{
    const uint8_t *p = (const uint8_t *)bytes.p, *end = p + bytes.n;
    if (!bytes.n || *p > 1)
        return ERR_MALFORMED;
    if (*p++ == 1)
        return unpack_bits(p, bytes.n - 1, into);
    for (int64_t row = 0; p < end; row++) {
        row = next_gap(&p, end, (uint64_t)row, into->rows);
        if (row < 0)
            return ERR_MALFORMED;
        rowset_put(into, (uint32_t)row);
    }
    return 0;
}

static int list_bits(const uint8_t *p, size_t n, uint32_t all, struct buf *out)
{
    if (n != ((size_t)all + 7) / 8)
        return ERR_MALFORMED;
    for (uint32_t i = 0; i < all; i++)
        if (p[i / 8] >> i % 8 & 1)
            buf_add(out, &i, sizeof i);
    return out->failed ? ERR_MEMORY : 0;
}

int rows_list(struct str bytes, uint32_t all, struct buf *out)
{
    const uint8_t *p = (const uint8_t *)bytes.p, *end = p + bytes.n;
    if (!bytes.n || *p > 1)
        return ERR_MALFORMED;
    if (*p++ == 1)
        return list_bits(p, bytes.n - 1, all, out);
    for (int64_t row = 0; p < end; row++) {
        row = next_gap(&p, end, (uint64_t)row, all);
        if (row < 0)
            return ERR_MALFORMED;
        uint32_t r = (uint32_t)row;
        buf_add(out, &r, sizeof r);
    }
    return out->failed ? ERR_MEMORY : 0;
}
