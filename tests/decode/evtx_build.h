/* tests/decode/evtx_build.h - makes chunks of an event log by hand, token by token (MS-EVEN6 2.2.12). */
#ifndef VIGIE_TESTS_DECODE_EVTX_BUILD_H
#define VIGIE_TESTS_DECODE_EVTX_BUILD_H

#include "decode/evtx.h"

#include <stdlib.h>
#include <string.h>

struct made {
    uint8_t b[EVTX_CHUNK];
    size_t n;
    size_t record; /* where the record at hand begins */
    bool plain;    /* elements without dependency identifier: outside of templates */
};

static inline void put(struct made *m, uint64_t v, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        m->b[m->n++] = (uint8_t)(v >> 8 * i);
}

static inline void put_at(struct made *m, size_t at, uint64_t v, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        m->b[at + i] = (uint8_t)(v >> 8 * i);
}

static inline void put_text(struct made *m, const char *z)
{
    for (; *z; z++)
        put(m, (uint8_t)*z, 2);
}

static inline void put_name(struct made *m, const char *z)
{
    put(m, m->n + 4, 4); /* stored right here */
    put(m, 0, 4);
    put(m, 0, 2);
    put(m, strlen(z), 2);
    put_text(m, z);
    put(m, 0, 2);
}

static inline void put_open(struct made *m, const char *name, bool attributes)
{
    put(m, attributes ? 0x41 : 0x01, 1);
    if (!m->plain)
        put(m, 0xffff, 2);
    put(m, 0, 4);
    put_name(m, name);
    if (attributes)
        put(m, 0, 4);
}

static inline void put_attribute(struct made *m, const char *name)
{
    put(m, 0x06, 1);
    put_name(m, name);
}

static inline void put_value(struct made *m, const char *z)
{
    put(m, 0x05, 1);
    put(m, 0x01, 1);
    put(m, strlen(z), 2);
    put_text(m, z);
}

static inline void put_sub(struct made *m, unsigned number, unsigned type)
{
    put(m, 0x0e, 1);
    put(m, number, 2);
    put(m, type, 1);
}

static inline void put_token(struct made *m, unsigned token)
{
    put(m, token, 1);
}

static inline void put_fragment(struct made *m)
{
    put(m, 0x0001010f, 4);
}

/* An element with one substitution as its content. */
static inline void put_leaf(struct made *m, const char *name, unsigned number, unsigned type)
{
    put_open(m, name, false);
    put_token(m, 0x02);
    put_sub(m, number, type);
    put_token(m, 0x04);
}

static inline void put_data(struct made *m, const char *name, unsigned number, unsigned type)
{
    put_open(m, "Data", name != NULL);
    if (name) {
        put_attribute(m, "Name");
        put_value(m, name);
    }
    put_token(m, 0x02);
    put_sub(m, number, type);
    put_token(m, 0x04);
}

/* An instance whose definition follows; put_defined closes the definition. */
static inline size_t put_instance(struct made *m)
{
    put_fragment(m);
    put(m, 0x0c, 1);
    put(m, 1, 1);
    put(m, 0x11223344, 4);
    put(m, m->n + 4, 4);
    size_t definition = m->n;
    put(m, 0, 4);
    put(m, 0x11223344, 4);
    put(m, 0, 4);
    put(m, 0, 8);
    put(m, 0, 4);
    put_fragment(m);
    return definition;
}

static inline void put_defined(struct made *m, size_t definition)
{
    put_token(m, 0x00);
    put_at(m, definition + 20, m->n - definition - 24, 4);
}

static inline void put_again(struct made *m, size_t definition)
{
    put_fragment(m);
    put(m, 0x0c, 1);
    put(m, 1, 1);
    put(m, 0x11223344, 4);
    put(m, definition, 4);
}

struct item {
    uint8_t type;
    uint16_t size;
    const void *bytes;
};

static inline void put_values(struct made *m, const struct item *v, size_t n)
{
    put(m, n, 4);
    for (size_t i = 0; i < n; i++) {
        put(m, v[i].size, 2);
        put(m, v[i].type, 2);
    }
    for (size_t i = 0; i < n; i++) {
        if (v[i].size)
            memcpy(&m->b[m->n], v[i].bytes, v[i].size);
        m->n += v[i].size;
    }
}

static inline void begin_record(struct made *m, uint64_t id)
{
    m->record = m->n;
    put(m, 0x2a2a, 4);
    put(m, 0, 4);
    put(m, id, 8);
    put(m, UINT64_C(133485408000000000), 8); /* 2024-01-01T00:00:00Z */
}

static inline void end_record(struct made *m)
{
    while ((m->n + 4) % 8)
        put(m, 0, 1);
    size_t size = m->n + 4 - m->record;
    put_at(m, m->record + 4, size, 4);
    put(m, size, 4);
}

static inline uint32_t plain_crc(uint32_t c, const uint8_t *b, size_t n)
{
    c = ~c;
    for (size_t i = 0; i < n; i++) {
        c ^= b[i];
        for (int bit = 0; bit < 8; bit++)
            c = c >> 1 ^ (c & 1 ? 0xedb88320u : 0);
    }
    return ~c;
}

static inline struct made *new_chunk(void)
{
    struct made *m = calloc(1, sizeof *m);
    if (!m)
        abort();
    memcpy(m->b, "ElfChnk", 8);
    m->n = 512;
    return m;
}

static inline void seal(struct made *m)
{
    put_at(m, 40, 128, 4);
    put_at(m, 48, m->n, 4);
    put_at(m, 52, plain_crc(0, &m->b[512], m->n - 512), 4);
    put_at(m, 124, plain_crc(plain_crc(0, m->b, 120), &m->b[128], 384), 4);
}

#endif
