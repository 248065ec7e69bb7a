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
#include "base/rd.h"

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

/* Where a value lies in its chunk: a record has dozens, of which few are looked at. */
struct evtx_found {
    uint32_t at;
    uint16_t n;
    uint8_t type;
};

static inline struct evtx_value evtx_value_of(const struct rd *chunk, const struct evtx_found *f)
{
    struct rd r = rd_at(chunk, f->at, f->n);
    return (struct evtx_value){r.p, (uint32_t)rd_left(&r), f->at, f->type};
}

/* The value as text, absent for null. ERR_MALFORMED when the size does not fit the type, ERR_UNSUPPORTED for
 * a type that the specification does not have, ERR_MEMORY when the arena is full. Arrays: items joined with ", ". */
int evtx_value_text(struct arena *a, const struct evtx_value *v, struct str *out);
/* Texts of SIDs that were made before, by their bytes: the same few are in most records. SIDs of up to five
 * sub-authorities, as accounts have, are kept. */
enum { EVTX_SIDS = 64, EVTX_SID_BYTES = 28, EVTX_SID_TEXT = 56 };
struct evtx_sids {
    struct evtx_sid {
        uint8_t from[EVTX_SID_BYTES], n, ntext; /* n: 0 = free */
        char text[EVTX_SID_TEXT];
    } seen[EVTX_SIDS];
};
/* What evtx_value_text gives, with the help of what is kept. */
int evtx_value_sid(struct evtx_sids *sids, struct arena *a, const struct evtx_value *v, struct str *out);
/* A GUID in lower case without braces, absent when it is all zeroes; ERR_MALFORMED for another type. */
int evtx_value_guid(struct arena *a, const struct evtx_value *v, struct str *out);
/* Whether evtx_value_text is sure to give a text while memory lasts, told at a glance: what reads few of many values may
 * put off making it. False for null, for what may be malformed inside, and for types that are rare. */
bool evtx_value_sure_other(const struct rd *chunk, const struct evtx_found *found);
static inline bool evtx_value_sure(const struct rd *chunk, const struct evtx_found *found)
{
    return found->type == EVTX_STRING || evtx_value_sure_other(chunk, found);
}
/* The number of an unsigned type, whose text would be that number. */
bool evtx_value_unsigned(const struct evtx_value *v, uint64_t *out);
/* An integer of any type, or a text that is one. */
bool evtx_value_u64(const struct evtx_value *v, uint64_t *out);
/* FILETIME, SYSTEMTIME or text; TIME_NONE when none of them. */
int64_t evtx_value_time(const struct evtx_value *v);
/* The next item of an array; *at counts bytes from 0. False at the end, or where the rest is no item. */
bool evtx_value_item(const struct evtx_value *v, size_t *at, struct evtx_value *item);
/* Integers, reals and booleans as such, everything else as text, null as null. Not for arrays. */
int evtx_value_json(struct arena *a, struct jout *j, const struct evtx_value *v);

#endif
