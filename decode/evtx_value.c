/* decode/evtx_value.c - typed values of binary XML (MS-EVEN6 2.2.12 to 2.2.18; type codes: 2.2.12 ValueType). */
#include "decode/evtx_value.h"

#include "base/rd.h"
#include "base/time.h"
#include "base/utf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static struct rd reader(const struct evtx_value *v, struct fault *f)
{
    return rd_of(v->n ? (const void *)v->p : "", v->n, f);
}

/* The size that a type must have; 0 = any. */
static uint32_t fixed_size(uint8_t type)
{
    static const uint8_t sizes[0x24] = {[EVTX_I8] = 1, [EVTX_U8] = 1, [EVTX_I16] = 2, [EVTX_U16] = 2, [EVTX_I32] = 4, [EVTX_U32] = 4,
                                        [EVTX_I64] = 8, [EVTX_U64] = 8, [EVTX_R32] = 4, [EVTX_R64] = 8, [EVTX_BOOL] = 4,
                                        [EVTX_GUID] = 16, [EVTX_FILETIME] = 8, [EVTX_SYSTEMTIME] = 16, [EVTX_HEX32] = 4,
                                        [EVTX_HEX64] = 8};
    return type < sizeof sizes ? sizes[type] : 0;
}

static bool fits(const struct evtx_value *v)
{
    uint32_t want = fixed_size(v->type);
    if (v->type == EVTX_SIZE || v->type == EVTX_HANDLE)
        return v->n == 4 || v->n == 8;
    return want == 0 || want == v->n;
}

static uint64_t raw(const struct evtx_value *v)
{
    struct fault f;
    struct rd r = reader(v, &f);
    switch (v->n) {
    case 1: return rd_u8(&r);
    case 2: return rd_u16le(&r);
    case 4: return rd_u32le(&r);
    default: return rd_u64le(&r);
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

static int number(struct arena *a, uint64_t v, bool minus, struct str *out)
{
    char text[24];
    size_t at = sizeof text;
    do {
        text[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    if (minus)
        text[--at] = '-';
    return kept(str_dup(a, str_from((struct str){text, sizeof text}, at)), out);
}

static int hexadecimal(struct arena *a, uint64_t v, struct str *out)
{
    char text[20];
    size_t at = sizeof text;
    do {
        text[--at] = "0123456789abcdef"[v & 15];
        v >>= 4;
    } while (v);
    text[--at] = 'x';
    text[--at] = '0';
    return kept(str_dup(a, str_from((struct str){text, sizeof text}, at)), out);
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

static size_t put_hex(char *to, uint32_t v, size_t digits)
{
    for (size_t i = 0; i < digits; i++)
        to[i] = "0123456789ABCDEF"[v >> (4 * (digits - 1 - i)) & 15];
    return digits;
}

/* MS-DTYP 2.3.4.3 */
static int guid(struct arena *a, const struct evtx_value *v, struct str *out)
{
    struct fault f;
    struct rd r = reader(v, &f);
    uint32_t one = rd_u32le(&r);
    uint16_t two = rd_u16le(&r), three = rd_u16le(&r), four = rd_u16be(&r), five = rd_u16be(&r);
    uint32_t six = rd_u32be(&r);
    char text[38] = "{";
    size_t n = 1;
    n += put_hex(&text[n], one, 8);
    const uint16_t part[] = {two, three, four, five};
    for (size_t i = 0; i < 4; i++) {
        text[n++] = '-';
        n += put_hex(&text[n], part[i], 4);
    }
    n += put_hex(&text[n], six, 8);
    text[n++] = '}';
    return kept(str_dup(a, (struct str){text, n}), out);
}

static size_t put_u64(char *to, uint64_t v)
{
    char text[20];
    size_t n = 0;
    do {
        text[n++] = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    for (size_t i = 0; i < n; i++)
        to[i] = text[n - 1 - i];
    return n;
}

/* MS-DTYP 2.4.2.2; an authority beyond 32 bits is written in hexadecimal (2.4.2.1). */
static int sid(struct arena *a, const struct evtx_value *v, struct str *out)
{
    struct fault f;
    struct rd r = reader(v, &f);
    char text[256]; /* not cleared: SIDs are the commonest values */
    size_t n = 0, count;
    text[n++] = 'S';
    text[n++] = '-';
    n += put_u64(&text[n], rd_u8(&r));
    count = rd_u8(&r);
    uint64_t authority = (uint64_t)rd_u16be(&r) << 32;
    authority |= rd_u32be(&r);
    text[n++] = '-';
    if (authority >> 32)
        n += (size_t)snprintf(&text[n], 16, "0x%012llx", (unsigned long long)authority);
    else
        n += put_u64(&text[n], authority);
    if (count > 15 || rd_left(&r) < 4 * count || !rd_ok(&r))
        return ERR_MALFORMED;
    for (size_t i = 0; i < count; i++) {
        text[n++] = '-';
        n += put_u64(&text[n], rd_u32le(&r));
    }
    return kept(str_dup(a, (struct str){text, n}), out);
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
        n = type == EVTX_SIZE ? 8 : fixed_size(type);
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

int evtx_value_text(struct arena *a, const struct evtx_value *v, struct str *out)
{
    if (v->type == EVTX_STRING || v->type == EVTX_XML)
        return kept(utf_from16(a, v->p, v->n), out);
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

bool evtx_value_u64(const struct evtx_value *v, uint64_t *out)
{
    char text[SHORT_TEXT];
    switch (fits(v) ? v->type : EVTX_NULL) {
    case EVTX_I8:
    case EVTX_I16:
    case EVTX_I32:
    case EVTX_I64: *out = (uint64_t)signed_raw(v); return true;
    case EVTX_U8:
    case EVTX_U16:
    case EVTX_U32:
    case EVTX_U64:
    case EVTX_BOOL:
    case EVTX_SIZE:
    case EVTX_HANDLE:
    case EVTX_HEX32:
    case EVTX_HEX64: *out = raw(v); return true;
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
