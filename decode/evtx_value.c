/* decode/evtx_value.c - typed values of binary XML (MS-EVEN6 2.2.12 to 2.2.18; type codes: 2.2.12 ValueType). */
#include "decode/evtx_value.h"

#include "base/hash.h"
#include "base/time.h"
#include "base/utf.h"
#include "base/word.h"

#include <endian.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SID_COUNT = 15 }; /* most sub-authorities: MS-DTYP 2.4.2.2 */

static struct rd reader(const struct evtx_value *v, struct fault *f)
{
    return rd_of(v->n ? (const void *)v->p : "", v->n, f);
}

/* The size that a type must have; 0 = any. */
enum { FOUR_OR_EIGHT = 0xff };
static uint32_t fixed_size(uint8_t type)
{
    static const uint8_t sizes[0x24] = {[EVTX_I8] = 1, [EVTX_U8] = 1, [EVTX_I16] = 2, [EVTX_U16] = 2, [EVTX_I32] = 4, [EVTX_U32] = 4,
                                        [EVTX_I64] = 8, [EVTX_U64] = 8, [EVTX_R32] = 4, [EVTX_R64] = 8, [EVTX_BOOL] = 4,
                                        [EVTX_GUID] = 16, [EVTX_FILETIME] = 8, [EVTX_SYSTEMTIME] = 16, [EVTX_HEX32] = 4,
                                        [EVTX_HEX64] = 8, [EVTX_SIZE] = FOUR_OR_EIGHT, [EVTX_HANDLE] = FOUR_OR_EIGHT};
    return type < sizeof sizes ? sizes[type] : 0;
}

static bool fits(const struct evtx_value *v)
{
    uint32_t want = fixed_size(v->type);
    return want == FOUR_OR_EIGHT ? v->n == 4 || v->n == 8 : want == v->n || want == 0;
}

/* Of a type that fits: one, two, four or eight bytes. */
static uint64_t raw(const struct evtx_value *v)
{
    switch (v->n) {
    case 1: return v->p[0];
    case 2: return rd_le16(v->p);
    case 4: return rd_le32(v->p);
    default: return rd_le32(v->p) | (uint64_t)rd_le32(v->p + 4) << 32;
    }
}

static int64_t signed_raw(const struct evtx_value *v)
{
    uint64_t u = raw(v);
    switch (v->n) {
    case 1: return (int8_t)u;
    case 2: return (int16_t)u;
    case 4: return (int32_t)u;
    default: return (int64_t)u;
    }
}

static double real(const struct evtx_value *v)
{
    uint64_t u = raw(v);
    double d;
    if (v->n == 4) {
        uint32_t low = (uint32_t)u;
        float f;
        memcpy(&f, &low, sizeof f);
        return (double)f;
    }
    memcpy(&d, &u, sizeof d);
    return d;
}

static int kept(struct str s, struct str *out)
{
    if (!str_set(s))
        return ERR_MEMORY;
    *out = s;
    return 0;
}

/* Eight hexadecimal digits, a nibble to a byte; `ten` is how the digit of ten is written. */
static void put_hex8(char *to, uint32_t v, char ten)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t x = v;
    x = (x | x << 16) & 0x0000ffff0000ffffu;
    x = (x | x << 8) & 0x00ff00ff00ff00ffu;
    x = (x | x << 4) & 0x0f0f0f0f0f0f0f0fu;
    uint64_t letters = (x + 6 * ones) >> 4 & ones;
    x = htobe64(x + '0' * ones + letters * (uint64_t)(ten - '0' - 10));
    memcpy(to, &x, sizeof x);
}

static int number(struct arena *a, uint64_t v, bool minus, struct str *out)
{
    char text[24], *end = text + sizeof text, *at = str_decimal(end, v);
    if (minus)
        *--at = '-';
    return kept(str_dup(a, (struct str){at, (size_t)(end - at)}), out);
}

static int hexadecimal(struct arena *a, uint64_t v, struct str *out)
{
    char text[18];
    put_hex8(text + 2, (uint32_t)(v >> 32), 'a');
    put_hex8(text + 10, (uint32_t)v, 'a');
    size_t digits = v ? (size_t)(67 - __builtin_clzll(v)) / 4 : 1;
    char *at = text + 16 - digits;
    at[0] = '0';
    at[1] = 'x';
    return kept(str_dup(a, (struct str){at, 2 + digits}), out);
}

/* Nine digits always tell a float apart, seventeen a double; fewer when they already do. */
static int real_text(struct arena *a, const struct evtx_value *v, struct str *out)
{
    char text[40] = "";
    double d = real(v);
    for (int precision = 6; precision <= 17; precision++) {
        (void)snprintf(text, sizeof text, "%.*g", precision, d);
        double back = strtod(text, NULL);
        if (isnan(d) || (v->n == 4 ? (double)(float)back == d : back == d))
            break;
    }
    return kept(str_dup(a, str_of(text)), out);
}

static int binary(struct arena *a, const struct evtx_value *v, struct str *out)
{
    struct fault f;
    struct rd r = reader(v, &f);
    char *text = arena_alloc(a, (size_t)v->n * 2 + 1);
    if (!text)
        return ERR_MEMORY;
    for (size_t i = 0; i < v->n; i++) {
        uint8_t b = rd_u8(&r);
        text[2 * i] = "0123456789ABCDEF"[b >> 4];
        text[2 * i + 1] = "0123456789ABCDEF"[b & 15];
    }
    *out = (struct str){text, (size_t)v->n * 2};
    return 0;
}

/* MS-DTYP 2.3.4.3; without braces. */
enum { GUID_TEXT = 36 };
static void put_guid(char to[GUID_TEXT], const struct evtx_value *v, char ten)
{
    struct fault f;
    struct rd r = reader(v, &f);
    char digits[32];
    put_hex8(digits, rd_u32le(&r), ten);
    uint32_t two = rd_u16le(&r);
    put_hex8(digits + 8, two << 16 | rd_u16le(&r), ten);
    put_hex8(digits + 16, rd_u32be(&r), ten);
    put_hex8(digits + 24, rd_u32be(&r), ten);
    memcpy(to, digits, 8);
    memcpy(to + 9, digits + 8, 4);
    memcpy(to + 14, digits + 12, 4);
    memcpy(to + 19, digits + 16, 4);
    memcpy(to + 24, digits + 20, 12);
    to[8] = to[13] = to[18] = to[23] = '-';
}

static int guid(struct arena *a, const struct evtx_value *v, struct str *out)
{
    char text[GUID_TEXT + 2];
    text[0] = '{';
    put_guid(text + 1, v, 'A');
    text[GUID_TEXT + 1] = '}';
    return kept(str_dup(a, (struct str){text, sizeof text}), out);
}

/* MS-DTYP 2.4.2.2; an authority beyond 32 bits is written in hexadecimal (2.4.2.1). Written from its end. */
static int sid(struct arena *a, const struct evtx_value *v, struct str *out)
{
    struct fault f;
    struct rd r = reader(v, &f);
    char text[192], *end = text + sizeof text, *at = end; /* not cleared: SIDs are the commonest values */
    uint32_t sub[SID_COUNT];
    uint8_t revision = rd_u8(&r);
    size_t count = rd_u8(&r);
    uint32_t high = rd_u16be(&r), low = rd_u32be(&r);
    if (count > SID_COUNT || rd_left(&r) < 4 * count || !rd_ok(&r))
        return ERR_MALFORMED;
    for (size_t i = 0; i < count; i++)
        sub[i] = rd_u32le(&r);
    for (size_t i = count; i > 0; i--) {
        at = str_decimal(at, sub[i - 1]);
        *--at = '-';
    }
    if (high) {
        char digits[16];
        put_hex8(digits, high, 'a');
        put_hex8(digits + 8, low, 'a');
        at -= 14;
        memcpy(at, "0x", 2);
        memcpy(at + 2, digits + 4, 12);
    } else {
        at = str_decimal(at, low);
    }
    *--at = '-';
    at = str_decimal(at, revision);
    *--at = '-';
    *--at = 'S';
    return kept(str_dup(a, (struct str){at, (size_t)(end - at)}), out);
}

/* MS-DTYP 2.3.13: year, month, day of week, day, hour, minute, second, milliseconds */
static int64_t systemtime(const struct evtx_value *v)
{
    struct fault f;
    struct rd r = reader(v, &f);
    unsigned w[8];
    char text[40];
    for (int i = 0; i < 8; i++)
        w[i] = rd_u16le(&r);
    int n = snprintf(text, sizeof text, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", w[0], w[1], w[3], w[4], w[5], w[6], w[7]);
    return w[7] < 1000 ? time_parse((struct str){text, (size_t)n}) : TIME_NONE;
}

static int moment(struct arena *a, const struct evtx_value *v, struct str *out)
{
    char text[TIME_TEXT];
    int64_t t = evtx_value_time(v);
    if (t != TIME_NONE)
        return kept(str_dup(a, time_text(t, text)), out);
    return v->type == EVTX_FILETIME ? number(a, raw(v), false, out) : binary(a, v, out);
}

static int ansi(struct arena *a, const struct evtx_value *v, struct str *out)
{
    struct fault f;
    struct rd r = reader(v, &f);
    struct str s = rd_str(&r, v->n);
    ptrdiff_t end = str_chr(s, '\0');
    if (end >= 0)
        s = str_sub(s, 0, (size_t)end);
    if (utf_valid(s))
        return kept(str_dup(a, s), out);
    char *text = arena_alloc(a, s.n * 2);
    if (!text)
        return ERR_MEMORY;
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += utf_put(&text[n], (uint8_t)s.p[i]);
    *out = (struct str){text, n};
    return 0;
}

bool evtx_value_item(const struct evtx_value *v, size_t *at, struct evtx_value *item)
{
    struct fault f;
    struct rd r = reader(v, &f);
    rd_skip(&r, *at);
    size_t left = rd_left(&r), n = 0;
    uint8_t type = v->type & 0x7f;
    if (left == 0 || !rd_ok(&r))
        return false;
    struct rd look = r;
    if (type == EVTX_STRING) {
        while (rd_left(&look) >= 2 && rd_u16le(&look) != 0) {}
        n = rd_left(&look) == 1 ? left : left - rd_left(&look);
    } else if (type == EVTX_ANSI) {
        while (rd_left(&look) && rd_u8(&look) != 0) {}
        n = left - rd_left(&look);
    } else if (type == EVTX_SID && left >= 2) { /* `look` shares its error with r: it must not fail */
        rd_skip(&look, 1);
        n = 8 + 4 * (size_t)rd_u8(&look);
    } else {
        n = fixed_size(type);
        if (n == FOUR_OR_EIGHT)
            n = type == EVTX_SIZE ? 8 : left;
    }
    if (n == 0 || n > left)
        n = left; /* the rest as one value, which then says what is wrong with it */
    *item = (struct evtx_value){rd_bytes(&r, n), (uint32_t)n, v->at + (uint32_t)*at, type};
    *at += n;
    return true;
}

static int array(struct arena *a, const struct evtx_value *v, struct str *out)
{
    struct evtx_value item;
    char *text = arena_alloc(a, (size_t)v->n * 24 + 1); /* an item of n bytes renders to at most 20 n + 2 */
    size_t n = 0;
    if (!text)
        return ERR_MEMORY;
    for (size_t at = 0; evtx_value_item(v, &at, &item);) {
        struct str s = STR_NONE;
        int err = evtx_value_text(a, &item, &s);
        if (err)
            return err;
        if (n + s.n + 2 > (size_t)v->n * 24)
            return ERR_LIMIT;
        if (n) {
            text[n++] = ',';
            text[n++] = ' ';
        }
        if (s.n)
            memcpy(&text[n], s.p, s.n);
        n += s.n;
    }
    *out = (struct str){text, n};
    return 0;
}

/* Out of line: most texts are made of strings, and need none of the room that these take. */
__attribute__((noinline)) static int other_text(struct arena *a, const struct evtx_value *v, struct str *out)
{
    if (v->type & EVTX_ARRAY)
        return array(a, v, out);
    if (!fits(v))
        return ERR_MALFORMED;
    switch (v->type) {
    case EVTX_NULL: *out = STR_NONE; return 0;
    case EVTX_ANSI: return ansi(a, v, out);
    case EVTX_I8:
    case EVTX_I16:
    case EVTX_I32:
    case EVTX_I64: {
        int64_t i = signed_raw(v);
        return number(a, i < 0 ? 0 - (uint64_t)i : (uint64_t)i, i < 0, out);
    }
    case EVTX_U8:
    case EVTX_U16:
    case EVTX_U32:
    case EVTX_U64: return number(a, raw(v), false, out);
    case EVTX_R32:
    case EVTX_R64: return real_text(a, v, out);
    case EVTX_BOOL: *out = raw(v) ? STR("true") : STR("false"); return 0;
    case EVTX_BINARY: return binary(a, v, out);
    case EVTX_GUID: return guid(a, v, out);
    case EVTX_FILETIME:
    case EVTX_SYSTEMTIME: return moment(a, v, out);
    case EVTX_SID: return sid(a, v, out);
    case EVTX_SIZE:
    case EVTX_HANDLE:
    case EVTX_HEX32:
    case EVTX_HEX64: return hexadecimal(a, raw(v), out);
    default: return ERR_UNSUPPORTED;
    }
}

int evtx_value_text(struct arena *a, const struct evtx_value *v, struct str *out)
{
    if (v->type == EVTX_STRING || v->type == EVTX_XML)
        return kept(utf_from16(a, v->p, v->n), out);
    return other_text(a, v, out);
}

int evtx_value_sid(struct evtx_sids *sids, struct arena *a, const struct evtx_value *v, struct str *out)
{
    if (v->type != EVTX_SID || v->n < 8 || v->n > EVTX_SID_BYTES)
        return evtx_value_text(a, v, out);
    struct evtx_sid *s = &sids->seen[hash_mix(word_load(v->p + v->n - 8), v->n) % EVTX_SIDS]; /* the end tells accounts apart */
    if (s->n != v->n || memcmp(s->from, v->p, v->n) != 0) {
        int err = evtx_value_text(a, v, out);
        if (!err && out->n <= EVTX_SID_TEXT) {
            memcpy(s->from, v->p, v->n);
            memcpy(s->text, out->p, out->n);
            s->n = (uint8_t)v->n;
            s->ntext = (uint8_t)out->n;
        }
        return err;
    }
    char *text = arena_alloc(a, EVTX_SID_TEXT);
    if (!text)
        return ERR_MEMORY;
    memcpy(text, s->text, EVTX_SID_TEXT);
    *out = (struct str){text, s->ntext};
    return 0;
}

int evtx_value_guid(struct arena *a, const struct evtx_value *v, struct str *out)
{
    static const uint8_t none[16];
    char text[GUID_TEXT];
    if (v->type != EVTX_GUID || !fits(v))
        return ERR_MALFORMED;
    if (memcmp(v->p, none, sizeof none) == 0) {
        *out = STR_NONE;
        return 0;
    }
    put_guid(text, v, 'a');
    return kept(str_dup(a, (struct str){text, sizeof text}), out);
}

bool evtx_value_sure_other(const struct rd *chunk, const struct evtx_found *found)
{
    struct evtx_value v = {.n = found->n, .type = found->type};
    if (found->type != EVTX_SID || found->n < 8)
        return fixed_size(found->type) && fits(&v);
    struct rd r = rd_at(chunk, found->at + 1u, 1);
    size_t count = rd_u8(&r);
    return count <= SID_COUNT && found->n >= 8 + 4 * count;
}

/* A short text in ASCII, as numbers and times are; absent when it is something else. */
enum { SHORT_TEXT = 64 };
static struct str short_text(const struct evtx_value *v, char text[SHORT_TEXT])
{
    struct fault f;
    struct rd r = reader(v, &f);
    size_t n = 0, width = v->type == EVTX_STRING ? 2 : 1;
    if ((v->type != EVTX_STRING && v->type != EVTX_ANSI) || v->n > SHORT_TEXT * width)
        return STR_NONE;
    while (rd_left(&r) >= width) {
        unsigned c = width == 2 ? rd_u16le(&r) : rd_u8(&r);
        if (c == 0)
            break;
        if (c > 0x7e)
            return STR_NONE;
        text[n++] = (char)c;
    }
    return (struct str){text, n};
}

bool evtx_value_unsigned(const struct evtx_value *v, uint64_t *out)
{
    switch (fits(v) ? v->type : EVTX_NULL) {
    case EVTX_U8:
    case EVTX_U16:
    case EVTX_U32:
    case EVTX_U64:
    case EVTX_SIZE:
    case EVTX_HANDLE:
    case EVTX_HEX32:
    case EVTX_HEX64: *out = raw(v); return true;
    default: return false;
    }
}

bool evtx_value_u64(const struct evtx_value *v, uint64_t *out)
{
    char text[SHORT_TEXT];
    if (evtx_value_unsigned(v, out))
        return true;
    switch (fits(v) ? v->type : EVTX_NULL) {
    case EVTX_I8:
    case EVTX_I16:
    case EVTX_I32:
    case EVTX_I64: *out = (uint64_t)signed_raw(v); return true;
    case EVTX_BOOL: *out = raw(v); return true;
    default: return str_u64(short_text(v, text), out);
    }
}

int64_t evtx_value_time(const struct evtx_value *v)
{
    char text[SHORT_TEXT];
    if (!fits(v))
        return TIME_NONE;
    if (v->type == EVTX_FILETIME)
        return time_filetime(raw(v));
    return v->type == EVTX_SYSTEMTIME ? systemtime(v) : time_parse(short_text(v, text));
}

int evtx_value_json(struct arena *a, struct jout *j, const struct evtx_value *v)
{
    struct str s = STR_NONE;
    bool whole = fits(v);
    if (v->type == EVTX_NULL) {
        jout_null(j);
    } else if (whole && v->type >= EVTX_I8 && v->type <= EVTX_U64) {
        if (v->type % 2) /* the signed ones are odd */
            jout_i64(j, signed_raw(v));
        else
            jout_u64(j, raw(v));
    } else if (whole && v->type == EVTX_R64 && isfinite(real(v))) {
        jout_num(j, real(v));
    } else if (whole && v->type == EVTX_BOOL) {
        jout_bool(j, raw(v) != 0);
    } else {
        int err = evtx_value_text(a, v, &s);
        if (err)
            return err;
        if (v->type == EVTX_R32 && isfinite(real(v)))
            jout_raw(j, s);
        else
            jout_str(j, s);
    }
    return 0;
}
