/* directory/dir_value.c - single values of Active Directory attributes. */
#include "directory/dir_value.h"

#include "base/hash.h"
#include "base/rd.h"
#include "directory/dir_ref.h"

#include <stdio.h>

/* ---- security identifiers ---- */

enum { SID_AUTHORITIES = 15, SID_TEXT = 24 + SID_AUTHORITIES * 11 };

/* Reads one SID; 0 and a failed reader when it is none. */
static size_t read_sid(struct rd *r, char out[SID_TEXT])
{
    if (rd_u8(r) != 1)
        rd_fail(r, "a SID has revision 1");
    uint8_t count = rd_u8(r);
    uint64_t authority = (uint64_t)rd_u16be(r) << 32;
    authority |= rd_u32be(r);
    if (count == 0 || count > SID_AUTHORITIES)
        rd_fail(r, "a SID has 1 to 15 sub-authorities");
    int n = snprintf(out, SID_TEXT, "S-1-%llu", (unsigned long long)authority);
    for (unsigned i = 0; i < count && rd_ok(r); i++)
        n += snprintf(out + n, SID_TEXT - (size_t)n, "-%u", rd_u32le(r));
    return rd_ok(r) ? (size_t)n : 0;
}

struct str dir_value_sid(struct arena *a, struct str v)
{
    char text[SID_TEXT];
    struct fault f;
    struct rd r = rd_of(v.p, v.n, &f);
    if (str_starts(v, STR("S-1-")))
        return v.n < SID_TEXT ? str_dup(a, v) : STR_NONE;
    size_t n = read_sid(&r, text);
    return n && rd_left(&r) == 0 ? str_dup(a, (struct str){text, n}) : STR_NONE;
}

/* ---- GUIDs ---- */

static bool guid_text(struct str v)
{
    for (size_t i = 0; i < v.n && v.n == 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        char c = str_lower_char(v.p[i]);
        if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return v.n == 36;
}

struct str dir_value_guid(struct arena *a, struct str v)
{
    char low[17];
    struct fault f;
    struct rd r = rd_of(v.p, v.n, &f);
    if (guid_text(v))
        return str_lower(a, str_dup(a, v));
    if (v.n != 16)
        return STR_NONE;
    uint32_t a1 = rd_u32le(&r);
    unsigned a2 = rd_u16le(&r), a3 = rd_u16le(&r);
    struct str rest = hash_hex(low, r.p, 8);
    return str_fmt(a, "%08x-%04x-%04x-%.4s-%.12s", a1, a2, a3, rest.p, rest.p + 4);
}

/* ---- times ---- */

int64_t dir_value_generalized(struct str v)
{
    const char *p = v.p;
    if (v.n < 15 || p[v.n - 1] != 'Z')
        return TIME_NONE;
    for (size_t i = 0; i < 14; i++)
        if (p[i] < '0' || p[i] > '9')
            return TIME_NONE;
    const char iso[19] = {p[0], p[1], p[2], p[3], '-', p[4], p[5], '-', p[6], p[7], 'T', p[8], p[9], ':', p[10], p[11], ':', p[12], p[13]};
    return time_parse((struct str){iso, sizeof iso});
}

int64_t dir_value_filetime(struct str v)
{
    uint64_t n;
    return str_u64(v, &n) && n != 0 && n < INT64_MAX ? time_filetime(n) : TIME_NONE;
}

/* ---- security descriptors ---- */

/* MS-DTYP 2.4.4: the types of entries that allow; those with object types have flags and up to two GUIDs before the SID */
enum { ACE_ALLOWED = 0, ACE_ALLOWED_OBJECT = 5, ACE_ALLOWED_CALLBACK = 9, ACE_ALLOWED_CALLBACK_OBJECT = 11 };
enum { CONTROL_DACL_PRESENT = 0x0004, CONTROL_SELF_RELATIVE = 0x8000 };

/* The SID of an allowing entry; 0 for other entries. */
static size_t ace_sid(struct rd *ace, uint8_t type, char sid[SID_TEXT])
{
    bool object = type == ACE_ALLOWED_OBJECT || type == ACE_ALLOWED_CALLBACK_OBJECT;
    if (!object && type != ACE_ALLOWED && type != ACE_ALLOWED_CALLBACK)
        return 0;
    rd_skip(ace, 4); /* access mask */
    if (object) {
        uint32_t present = rd_u32le(ace);
        rd_skip(ace, (present & 1 ? 16u : 0u) + (present & 2 ? 16u : 0u));
    }
    return read_sid(ace, sid);
}

/* The entries of an access control list (MS-DTYP 2.4.5), read from its beginning. */
static bool acl_sids(struct arena *a, struct rd *r, struct str **sids, size_t *n)
{
    char text[SID_TEXT];
    rd_skip(r, 4); /* revision, size */
    unsigned entries = rd_u16le(r);
    rd_skip(r, 2);
    for (unsigned i = 0; i < entries && rd_ok(r); i++) {
        uint8_t type = rd_u8(r);
        rd_skip(r, 1);
        uint16_t size = rd_u16le(r);
        struct rd ace = rd_sub(r, size >= 4 ? size - 4u : SIZE_MAX);
        struct str sid = {text, ace_sid(&ace, type, text)};
        bool known = !rd_ok(r) || sid.n == 0;
        for (size_t k = 0; k < *n && !known; k++)
            known = str_eq((*sids)[k], sid);
        if (!known && dir_list_add(a, sids, n, str_dup(a, sid)) != 0)
            return false;
    }
    return rd_ok(r);
}

bool dir_value_trustees(struct arena *a, struct str v, struct str **sids, size_t *n)
{
    struct fault f;
    struct rd root = rd_of(v.p, v.n, &f), r = root;
    bool revised = rd_u8(&r) == 1;
    rd_skip(&r, 1);
    uint16_t control = rd_u16le(&r);
    rd_skip(&r, 12); /* owner, group, system ACL */
    uint32_t dacl = rd_u32le(&r);
    *n = 0;
    if (!rd_ok(&r) || !revised || !(control & CONTROL_SELF_RELATIVE))
        return false;
    if (!(control & CONTROL_DACL_PRESENT) || dacl == 0)
        return true;
    r = rd_at(&root, dacl, v.n >= dacl ? v.n - dacl : 0);
    if (acl_sids(a, &r, sids, n))
        return true;
    *n = 0;
    return false;
}

/* ---- attribute descriptions and distinguished names ---- */

bool dir_value_range(struct str description, struct str *name, uint32_t *last)
{
    struct str rest = description, option, low;
    uint64_t from, to = DIR_RANGE_END;
    (void)str_cut(&rest, ';', name);
    while (str_cut(&rest, ';', &option)) {
        if (!str_startsi(option, STR("range=")))
            continue;
        option = str_from(option, 6);
        (void)str_cut(&option, '-', &low);
        if (!str_u64(low, &from) || !(str_eq(option, STR("*")) || str_u64(option, &to)) || from > to || to > DIR_RANGE_END)
            return false;
        *last = (uint32_t)to;
        return true;
    }
    return false;
}

struct dir_dn dir_value_dn(struct str v)
{
    struct dir_dn d = {.dn = v};
    while (d.dn.n && d.dn.p[0] == '<') {
        ptrdiff_t end = str_find(d.dn, STR(">;"));
        struct str part = str_sub(d.dn, 1, end > 0 ? (size_t)end - 1 : d.dn.n);
        if (end <= 0)
            break;
        if (str_startsi(part, STR("GUID=")))
            d.guid = str_from(part, 5);
        else if (str_startsi(part, STR("SID=")))
            d.sid = str_from(part, 4);
        d.dn = str_from(d.dn, (size_t)end + 2);
    }
    return d;
}

struct str dir_value_reference(struct str v)
{
    struct dir_dn d = dir_value_dn(v);
    return str_set(d.sid) ? d.sid : str_set(d.guid) ? d.guid : d.dn;
}
