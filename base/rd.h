/* base/rd.h - the bounded reader: all hostile bytes are read through it.
 *
 * The error is sticky: after the first failure every read gives zero and the reader is at its end, so
 * a decoder reads a whole structure and checks once. Sub-readers share the error of their root, and
 * offsets in it count from the root's first byte. */
#ifndef VIGIE_BASE_RD_H
#define VIGIE_BASE_RD_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct rd {
    const uint8_t *p, *end;
    const uint8_t *origin; /* first byte of the root reader */
    struct fault *fault;   /* why == NULL while all is well */
};

static inline struct rd rd_of(const void *bytes, size_t n, struct fault *fault)
{
    const uint8_t *p = bytes;
    *fault = (struct fault){0};
    return (struct rd){p, p + n, p, fault};
}

static inline size_t rd_left(const struct rd *r)
{
    return (size_t)(r->end - r->p);
}

static inline size_t rd_offset(const struct rd *r)
{
    return (size_t)(r->p - r->origin);
}

static inline bool rd_ok(const struct rd *r)
{
    return r->fault->why == NULL;
}

/* Declares the input wrong at the reader's place; keeps the first reason. */
static inline void rd_fail(struct rd *r, const char *why)
{
    if (!r->fault->why)
        *r->fault = (struct fault){why, rd_offset(r)};
    r->p = r->end;
}

/* The next n bytes, or NULL and a failed reader. */
static inline const uint8_t *rd_bytes(struct rd *r, size_t n)
{
    if (n > rd_left(r) || !rd_ok(r)) {
        rd_fail(r, "input ends inside a field");
        return NULL;
    }
    const uint8_t *at = r->p;
    r->p += n;
    return at;
}

static inline void rd_skip(struct rd *r, size_t n)
{
    (void)rd_bytes(r, n);
}

static inline uint8_t rd_u8(struct rd *r)
{
    const uint8_t *b = rd_bytes(r, 1);
    return b ? b[0] : 0;
}

/* Of two bytes, and of four, that have been read. */
static inline uint16_t rd_le16(const uint8_t b[2])
{
    return (uint16_t)((unsigned)b[0] | (unsigned)b[1] << 8);
}

static inline uint32_t rd_le32(const uint8_t b[4])
{
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static inline uint16_t rd_u16le(struct rd *r)
{
    const uint8_t *b = rd_bytes(r, 2);
    return b ? rd_le16(b) : 0;
}

static inline uint16_t rd_u16be(struct rd *r)
{
    const uint8_t *b = rd_bytes(r, 2);
    return b ? (uint16_t)((unsigned)b[0] << 8 | (unsigned)b[1]) : 0;
}

static inline uint32_t rd_u32le(struct rd *r)
{
    const uint8_t *b = rd_bytes(r, 4);
    return b ? rd_le32(b) : 0;
}

static inline uint32_t rd_u32be(struct rd *r)
{
    const uint8_t *b = rd_bytes(r, 4);
    return b ? (uint32_t)b[3] | (uint32_t)b[2] << 8 | (uint32_t)b[1] << 16 | (uint32_t)b[0] << 24 : 0;
}

static inline uint64_t rd_u64le(struct rd *r)
{
    uint64_t low = rd_u32le(r);
    return low | (uint64_t)rd_u32le(r) << 32;
}

static inline uint64_t rd_u64be(struct rd *r)
{
    uint64_t high = rd_u32be(r);
    return high << 32 | rd_u32be(r);
}

static inline struct str rd_str(struct rd *r, size_t n)
{
    const uint8_t *b = rd_bytes(r, n);
    return b ? (struct str){(const char *)b, n} : STR_NONE;
}

/* A reader over the next n bytes, which the parent skips. */
static inline struct rd rd_sub(struct rd *r, size_t n)
{
    const uint8_t *b = rd_bytes(r, n);
    struct rd s = {b ? b : r->end, b ? b + n : r->end, r->origin, r->fault};
    return s;
}

/* A reader over [offset, offset+n) of the root, for formats that point backwards. The whole reader
 * `root` must be the root itself, unread or not. */
static inline struct rd rd_at(const struct rd *root, size_t offset, size_t n)
{
    struct rd s = *root;
    size_t all = (size_t)(root->end - root->origin);
    if (offset > all || n > all - offset || !rd_ok(root)) {
        rd_fail(&s, "an offset points outside the input");
        return s;
    }
    s.p = root->origin + offset;
    s.end = s.p + n;
    return s;
}

#endif
