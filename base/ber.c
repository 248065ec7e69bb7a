/* base/ber.c - tag, length, content (ITU-T X.690 section 8.1). */
#include "base/ber.h"

static size_t length(struct rd *r)
{
    uint8_t first = rd_u8(r);
    if (first < 0x80)
        return first;
    unsigned bytes = first & 0x7fu;
    if (bytes == 0 || bytes > 4) {
        rd_fail(r, bytes ? "ASN.1 length of more than four bytes" : "indefinite ASN.1 length");
        return 0;
    }
    size_t n = 0;
    for (unsigned i = 0; i < bytes; i++)
        n = n << 8 | rd_u8(r);
    return n;
}

uint8_t ber_head(struct rd *r, size_t *n)
{
    uint8_t tag = rd_u8(r);
    if ((tag & 0x1fu) == 0x1f)
        rd_fail(r, "ASN.1 tag number above 30");
    *n = length(r);
    return rd_ok(r) ? tag : 0;
}

uint8_t ber_any(struct rd *r, struct rd *content)
{
    size_t n;
    uint8_t tag = ber_head(r, &n);
    *content = rd_sub(r, n);
    return rd_ok(r) ? tag : 0;
}

struct rd ber_get(struct rd *r, uint8_t tag)
{
    struct rd content;
    if (rd_left(r) && *r->p != tag)
        rd_fail(r, "unexpected ASN.1 tag");
    ber_any(r, &content);
    return content;
}

bool ber_opt(struct rd *r, uint8_t tag, struct rd *content)
{
    if (!rd_ok(r) || rd_left(r) == 0 || *r->p != tag)
        return false;
    ber_any(r, content);
    return rd_ok(r);
}

int64_t ber_int(struct rd *r, uint8_t tag)
{
    struct rd c = ber_get(r, tag);
    size_t n = rd_left(&c);
    if (n == 0 || n > 8) {
        rd_fail(r, "ASN.1 integer of no or more than eight bytes");
        return 0;
    }
    uint64_t v = (*c.p & 0x80u) ? UINT64_MAX : 0;
    while (n--)
        v = v << 8 | rd_u8(&c);
    return (int64_t)v;
}
