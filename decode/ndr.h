/* decode/ndr.h - reading NDR and NDR64, the transfer syntaxes of DCE/RPC (C706 chapter 14, MS-RPCE 2.2.5).
 *
 * One reader over one stub: integers in the sender's order, aligned from the stub's first byte. Pointers and sizes are four bytes in NDR
 * and eight in NDR64. The error is sticky, as in base/rd.h: what is read after it is zero, absent or nothing. */
#ifndef VIGIE_DECODE_NDR_H
#define VIGIE_DECODE_NDR_H

#include "base/rd.h"
#include "base/utf.h"

struct ndr {
    struct rd r;
    struct fault fault;
    bool little;
    bool wide; /* NDR64 */
    bool cut;  /* the stub goes on beyond what is at hand */
};

static inline void ndr_open(struct ndr *s, const uint8_t *p, size_t n, bool little, bool wide)
{
    static const uint8_t nothing[1]; /* a stub that was not kept reads as an empty one */
    s->r = rd_of(p ? p : nothing, p ? n : 0, &s->fault);
    s->little = little;
    s->wide = wide;
    s->cut = false;
}

static inline bool ndr_ok(const struct ndr *s)
{
    return rd_ok(&s->r);
}

static inline void ndr_align(struct ndr *s, size_t to)
{
    size_t over = rd_offset(&s->r) % to;
    if (over)
        rd_skip(&s->r, to - over);
}

static inline uint16_t ndr_u16(struct ndr *s)
{
    ndr_align(s, 2);
    return s->little ? rd_u16le(&s->r) : rd_u16be(&s->r);
}

static inline uint32_t ndr_u32(struct ndr *s)
{
    ndr_align(s, 4);
    return s->little ? rd_u32le(&s->r) : rd_u32be(&s->r);
}

static inline uint64_t ndr_u64(struct ndr *s)
{
    ndr_align(s, 8);
    return s->little ? rd_u64le(&s->r) : rd_u64be(&s->r);
}

/* A referent id, or a conformance, variance or offset. */
static inline uint64_t ndr_size(struct ndr *s)
{
    return s->wide ? ndr_u64(s) : ndr_u32(s);
}

static inline bool ndr_pointer(struct ndr *s)
{
    return ndr_size(s) != 0;
}

/* An enumeration is two bytes in NDR and four in NDR64 (MS-RPCE 2.2.5.3.2). */
static inline uint32_t ndr_enum(struct ndr *s)
{
    return s->wide ? ndr_u32(s) : ndr_u16(s);
}

/* A context handle (C706 14.3.12 and appendix N): attributes and a GUID. The GUID, NULL when it is not there. */
static inline const uint8_t *ndr_handle(struct ndr *s)
{
    (void)ndr_u32(s);
    return rd_bytes(&s->r, 16);
}

/* A conformant and varying array of `unit` bytes each: its bytes. `part`: of a cut stub as many as are there. */
static inline struct str ndr_array(struct ndr *s, size_t unit, bool part)
{
    (void)ndr_size(s);
    (void)ndr_size(s);
    uint64_t count = ndr_size(s);
    if (part && s->cut && ndr_ok(s) && count > rd_left(&s->r) / unit)
        count = rd_left(&s->r) / unit;
    if (count > rd_left(&s->r) / unit) {
        rd_fail(&s->r, "an array is longer than its stub");
        return STR_NONE;
    }
    return rd_str(&s->r, (size_t)count * unit);
}

struct str ndr_utf16(struct arena *a, const struct ndr *s, struct str bytes);

/* A string of UTF-16 characters: [string] wchar_t *, what a pointer refers to. */
static inline struct str ndr_wide_text(struct arena *a, struct ndr *s)
{
    return ndr_utf16(a, s, ndr_array(s, 2, false));
}

/* The same for what says something even without its end: a command line, but no name. */
static inline struct str ndr_wide_part(struct arena *a, struct ndr *s)
{
    return ndr_utf16(a, s, ndr_array(s, 2, true));
}

/* [string, unique] wchar_t * in a parameter list: the referent follows at once. Absent for NULL. */
static inline struct str ndr_unique_text(struct arena *a, struct ndr *s)
{
    return ndr_pointer(s) ? ndr_wide_text(a, s) : STR_NONE;
}

/* [string] char *. */
static inline struct str ndr_narrow_text(struct arena *a, struct ndr *s, bool part)
{
    struct str t = ndr_array(s, 1, part);
    ptrdiff_t end = str_chr(t, 0);
    return utf_clean(a, end >= 0 ? str_sub(t, 0, (size_t)end) : t);
}

/* RPC_UNICODE_STRING (MS-DTYP 2.3.10): its fixed part; true when the buffer comes among the deferred referents. */
static inline bool ndr_unicode(struct ndr *s)
{
    ndr_align(s, s->wide ? 8 : 4);
    (void)ndr_u16(s);
    (void)ndr_u16(s);
    return ndr_pointer(s);
}

/* RPC_SID (MS-DTYP 2.4.2.3) as text: "S-1-5-21-...". Absent when it is malformed. */
struct str ndr_sid(struct arena *a, struct ndr *s);
/* A GUID in text form, lower case without braces. */
struct str ndr_guid_text(struct arena *a, const uint8_t guid[16]);

#endif
