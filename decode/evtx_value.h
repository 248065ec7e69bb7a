/* decode/evtx_value.h - the typed values of binary XML (MS-EVEN6 2.2.12, 2.2.18) as text, number, time or JSON.
 *
 * Text is what Windows renders: numbers in decimal, SizeT and HexInt as 0x.. in lower case without padding,
 * GUID as {UPPER}, SID as S-1-.., booleans as true and false, binary as upper-case hexadecimal, FILETIME and
 * SYSTEMTIME in RFC 3339 (a FILETIME that is outside of base/time.h's years as its decimal number).
 * Strings end at their first NUL. ANSI strings carry no code page: valid UTF-8 is kept, else Latin-1. */
#ifndef VIGIE_DECODE_EVTX_VALUE_H
#define VIGIE_DECODE_EVTX_VALUE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/jout.h"

enum evtx_type {
    EVTX_NULL = 0x00,
    EVTX_STRING = 0x01,
    EVTX_ANSI = 0x02,
    EVTX_I8 = 0x03,
    EVTX_U8 = 0x04,
    EVTX_I16 = 0x05,
    EVTX_U16 = 0x06,
    EVTX_I32 = 0x07,
    EVTX_U32 = 0x08,
    EVTX_I64 = 0x09,
    EVTX_U64 = 0x0a,
    EVTX_R32 = 0x0b,
    EVTX_R64 = 0x0c,
    EVTX_BOOL = 0x0d,
    EVTX_BINARY = 0x0e,
    EVTX_GUID = 0x0f,
    EVTX_SIZE = 0x10,
    EVTX_FILETIME = 0x11,
    EVTX_SYSTEMTIME = 0x12,
    EVTX_SID = 0x13,
    EVTX_HEX32 = 0x14,
    EVTX_HEX64 = 0x15,
    EVTX_HANDLE = 0x20,
    EVTX_BINXML = 0x21,
    EVTX_XML = 0x23,
    EVTX_ARRAY = 0x80 /* a bit on top of the item's type */
};

struct evtx_value {
    const uint8_t *p; /* in the chunk */
    uint32_t n, at;   /* at: the same place as an offset in the chunk */
    uint8_t type;
};

/* The value as text, absent for null. ERR_MALFORMED when the size does not fit the type, ERR_UNSUPPORTED for
 * a type that the specification does not have, ERR_MEMORY when the arena is full. Arrays: items joined with ", ". */
int evtx_value_text(struct arena *a, const struct evtx_value *v, struct str *out);
/* An integer of any type, or a text that is one. */
bool evtx_value_u64(const struct evtx_value *v, uint64_t *out);
/* FILETIME, SYSTEMTIME or text; TIME_NONE when none of them. */
int64_t evtx_value_time(const struct evtx_value *v);
/* The next item of an array; *at counts bytes from 0. False at the end, or where the rest is no item. */
bool evtx_value_item(const struct evtx_value *v, size_t *at, struct evtx_value *item);
/* Integers, reals and booleans as such, everything else as text, null as null. Not for arrays. */
int evtx_value_json(struct arena *a, struct jout *j, const struct evtx_value *v);

#endif
