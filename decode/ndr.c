/* decode/ndr.c - texts in NDR: UTF-16 of either byte order, SIDs, GUIDs. */
#include "decode/ndr.h"

struct str ndr_utf16(struct arena *a, const struct ndr *s, struct str bytes)
{
    if (!str_set(bytes))
        return STR_NONE;
    if (s->little)
        return utf_from16(a, (const uint8_t *)bytes.p, bytes.n);
    char *turned = arena_alloc(a, bytes.n);
    if (!turned)
        return STR_NONE;
    for (size_t i = 0; i + 1 < bytes.n; i += 2) {
        turned[i] = bytes.p[i + 1];
        turned[i + 1] = bytes.p[i];
    }
    return utf_from16(a, (const uint8_t *)turned, bytes.n / 2 * 2);
}

/* Conformance, revision, count, authority (big-endian), sub-authorities. */
struct str ndr_sid(struct arena *a, struct ndr *s)
{
    enum { SUB_AUTHORITIES = 15 };
    (void)ndr_size(s);
    ndr_align(s, 4);
    uint8_t revision = rd_u8(&s->r), count = rd_u8(&s->r);
    uint64_t authority = (uint64_t)rd_u16be(&s->r) << 32;
    authority |= rd_u32be(&s->r);
    if (revision != 1 || count > SUB_AUTHORITIES) {
        rd_fail(&s->r, "not a SID");
        return STR_NONE;
    }
    struct str text = str_fmt(a, "S-1-%llu", (unsigned long long)authority);
    for (unsigned i = 0; i < count; i++)
        text = str_fmt(a, "%.*s-%lu", STR_ARG(text), (unsigned long)ndr_u32(s));
    return ndr_ok(s) ? text : STR_NONE;
}

struct str ndr_guid_text(struct arena *a, const uint8_t g[16])
{
    return str_fmt(a, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", g[3], g[2], g[1], g[0], g[5], g[4], g[7], g[6], g[8],
                   g[9], g[10], g[11], g[12], g[13], g[14], g[15]);
}
