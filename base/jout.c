/* base/jout.c - a JSON writer that cannot forget a comma. */
#include "base/jout.h"

#include "base/time.h"
#include "base/utf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void before(struct jout *j)
{
    if (j->keyed) {
        j->keyed = false;
        return;
    }
    uint32_t bit = UINT32_C(1) << (j->depth & 31u);
    if (j->some & bit)
        buf_char(j->out, ',');
    j->some |= bit;
}

static void open(struct jout *j, char c)
{
    before(j);
    buf_char(j->out, c);
    j->depth++;
    j->some &= ~(UINT32_C(1) << (j->depth & 31u));
}

static void close(struct jout *j, char c)
{
    buf_char(j->out, c);
    j->depth--;
}

void jout_obj(struct jout *j)
{
    open(j, '{');
}

void jout_end_obj(struct jout *j)
{
    close(j, '}');
}

void jout_arr(struct jout *j)
{
    open(j, '[');
}

void jout_end_arr(struct jout *j)
{
    close(j, ']');
}

static void escaped(struct buf *out, unsigned char c)
{
    switch (c) {
    case '"': buf_add(out, "\\\"", 2); break;
    case '\\': buf_add(out, "\\\\", 2); break;
    case '\n': buf_add(out, "\\n", 2); break;
    case '\r': buf_add(out, "\\r", 2); break;
    case '\t': buf_add(out, "\\t", 2); break;
    default: buf_fmt(out, "\\u%04x", (unsigned)c); break;
    }
}

static void quoted(struct buf *out, struct str s)
{
    struct arena a;
    arena_init(&a, 4096, SIZE_MAX);
    s = utf_clean(&a, s);
    buf_char(out, '"');
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_add(out, s.p + from, i - from);
        escaped(out, c);
        from = i + 1;
    }
    if (s.n > from)
        buf_add(out, s.p + from, s.n - from);
    buf_char(out, '"');
    arena_free(&a);
}

void jout_key(struct jout *j, const char *key)
{
    before(j);
    quoted(j->out, str_of(key));
    buf_char(j->out, ':');
    j->keyed = true;
}

void jout_str(struct jout *j, struct str s)
{
    before(j);
    quoted(j->out, s);
}

void jout_u64(struct jout *j, uint64_t v)
{
    before(j);
    buf_fmt(j->out, "%llu", (unsigned long long)v);
}

void jout_i64(struct jout *j, int64_t v)
{
    before(j);
    buf_fmt(j->out, "%lld", (long long)v);
}

/* The least precision that may tell v apart. Fifteen digits survive the way to a double and back, so what they leave out
 * as zeroes is not needed, and when they do not suffice fewer do not either. Subnormal numbers hold fewer. */
static int enough_digits(double v)
{
    char text[32];
    if (v != 0 && !isnormal(v))
        return 1;
    (void)snprintf(text, sizeof text, "%.14e", fabs(v));
    if (strtod(text, NULL) != fabs(v))
        return 16;
    int digits = 15;
    while (digits > 1 && text[digits] == '0')
        digits--;
    return digits;
}

void jout_num(struct jout *j, double v)
{
    char text[32];
    before(j);
    if (!isfinite(v)) {
        buf_add(j->out, "null", 4);
        return;
    }
    for (int precision = enough_digits(v); precision <= 17; precision++) {
        (void)snprintf(text, sizeof text, "%.*g", precision, v);
        if (strtod(text, NULL) == v)
            break;
    }
    buf_add(j->out, text, strlen(text));
}

void jout_bool(struct jout *j, bool v)
{
    before(j);
    buf_str(j->out, v ? STR("true") : STR("false"));
}

void jout_null(struct jout *j)
{
    before(j);
    buf_add(j->out, "null", 4);
}

void jout_time(struct jout *j, int64_t t)
{
    char text[TIME_TEXT];
    if (t == TIME_NONE)
        jout_null(j);
    else
        jout_str(j, time_text(t, text));
}

void jout_raw(struct jout *j, struct str json)
{
    before(j);
    buf_str(j->out, json);
}

void jout_kstr(struct jout *j, const char *key, struct str s)
{
    if (!str_set(s))
        return;
    jout_key(j, key);
    jout_str(j, s);
}

void jout_kz(struct jout *j, const char *key, const char *z)
{
    jout_kstr(j, key, str_of(z));
}

void jout_ku64(struct jout *j, const char *key, uint64_t v)
{
    jout_key(j, key);
    jout_u64(j, v);
}

void jout_ki64(struct jout *j, const char *key, int64_t v)
{
    jout_key(j, key);
    jout_i64(j, v);
}

void jout_knum(struct jout *j, const char *key, double v)
{
    jout_key(j, key);
    jout_num(j, v);
}

void jout_kbool(struct jout *j, const char *key, bool v)
{
    jout_key(j, key);
    jout_bool(j, v);
}

void jout_ktime(struct jout *j, const char *key, int64_t t)
{
    if (t == TIME_NONE)
        return;
    jout_key(j, key);
    jout_time(j, t);
}
