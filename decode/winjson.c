/* decode/winjson.c - from JSON nodes to struct winevent. */
#include "decode/winjson.h"

#include "base/utf.h"

enum { KEYWORD_FAILURE = 52, KEYWORD_SUCCESS = 53, PARAMS = 18 };

void winjson_pick(const struct jnode *doc, const struct jnode *o, const struct str *names, size_t n, const struct jnode **out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = NULL;
    for (const struct jnode *c = jin_first(doc, o); c; c = jin_next(doc, o, c))
        for (size_t i = 0; i < n; i++)
            if (!out[i] && str_eq(c->key, names[i])) {
                out[i] = c;
                break;
            }
}

struct str winjson_text(const struct jnode *doc, const struct jnode *n)
{
    if (!n)
        return STR_NONE;
    if (n->type == J_ARR)
        return jin_text(jin_first(doc, n));
    if (n->type != J_OBJ)
        return jin_text(n);
    const struct jnode *t = jin_get(doc, n, STR("#text"));
    return jin_text(t ? t : jin_get(doc, n, STR("Value")));
}

struct str winjson_attribute(const struct jnode *doc, const struct jnode *o, const char *name)
{
    if (!o || o->type != J_OBJ)
        return STR_NONE;
    const struct jnode *within = jin_get(doc, o, STR("#attributes"));
    struct str v = jin_text(jin_get(doc, within ? within : o, str_of(name)));
    if (str_set(v))
        return v;
    for (const struct jnode *c = jin_first(doc, o); c; c = jin_next(doc, o, c))
        if (str_starts(c->key, STR("@")) && str_eq(str_from(c->key, 1), str_of(name)))
            return jin_text(c);
    return STR_NONE;
}

static uint64_t keyword(struct str s)
{
    uint64_t v;
    int64_t i;
    if (str_u64(s, &v))
        return v;
    if (s.n && s.p[0] == '-') { /* the same 64 bits read as a signed number */
        if (str_i64(s, &i))
            return (uint64_t)i;
        return 0;
    }
    if (str_hasi(s, STR("failure")))
        return UINT64_C(1) << KEYWORD_FAILURE;
    return str_hasi(s, STR("success")) ? UINT64_C(1) << KEYWORD_SUCCESS : 0;
}

uint64_t winjson_keywords(const struct jnode *doc, const struct jnode *n)
{
    if (!n)
        return 0;
    if (n->type != J_ARR)
        return keyword(winjson_text(doc, n));
    uint64_t all = 0;
    for (const struct jnode *c = jin_first(doc, n); c; c = jin_next(doc, n, c))
        all |= keyword(jin_text(c));
    return all;
}

static void set(struct winevent *e, struct str name, struct str value)
{
    enum winfield f = str_set(value) ? win_field(name) : WF_NONE;
    if (f)
        win_set(e, f, value);
}

static void set_param(struct winevent *e, unsigned *n, struct str value)
{
    if (*n < PARAMS && str_set(value))
        win_set(e, (enum winfield)(WF_Param1 + *n), value);
    ++*n;
}

/* <Data> elements: [{"Name": .., "#text": ..}], ["..", ".."], {"#text": [..]} or one text. */
static void data(const struct jnode *doc, const struct jnode *o, struct winevent *e)
{
    unsigned params = 0;
    struct str name = winjson_attribute(doc, o, "Name");
    const struct jnode *texts = jin_get(doc, o, STR("#text"));
    if (str_set(name)) {
        set(e, name, winjson_text(doc, o));
        return;
    }
    if (texts)
        o = texts;
    if (o->type != J_ARR) {
        set_param(e, &params, winjson_text(doc, o));
        return;
    }
    for (const struct jnode *c = jin_first(doc, o); c; c = jin_next(doc, o, c)) {
        name = winjson_attribute(doc, c, "Name");
        if (str_set(name))
            set(e, name, winjson_text(doc, c));
        else
            set_param(e, &params, winjson_text(doc, c));
    }
}

static void members(const struct jnode *doc, const struct jnode *o, struct winevent *e, bool deeper)
{
    for (const struct jnode *c = jin_first(doc, o); c; c = jin_next(doc, o, c)) {
        if (str_eq(c->key, STR("Data")))
            data(doc, c, e);
        else if (c->type == J_OBJ && deeper && !jin_get(doc, c, STR("#text")) && !win_field(c->key))
            members(doc, c, e, false);
        else
            set(e, c->key, winjson_text(doc, c));
    }
}

void winjson_fields(const struct jnode *doc, const struct jnode *o, struct winevent *e)
{
    if (o && o->type == J_OBJ)
        members(doc, o, e, true);
    else if (o && o->type == J_ARR)
        data(doc, o, e);
}

void winjson_embedded(struct arena *a, struct str json, struct winevent *e)
{
    json = str_trim(json);
    if (str_starts(json, STR("[")) || str_starts(json, STR("{"))) {
        const struct jnode *doc = jin_embedded(a, json);
        winjson_fields(doc, doc, e);
    }
}

/* ---- XML in a string ---- */

static size_t entity(struct str s, char *out, size_t *used)
{
    static const struct {
        struct str text;
        char means;
    } named[] = {{{"&lt;", 4}, '<'}, {{"&gt;", 4}, '>'}, {{"&amp;", 5}, '&'}, {{"&quot;", 6}, '"'}, {{"&apos;", 6}, '\''}};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (str_starts(s, named[i].text)) {
            out[(*used)++] = named[i].means;
            return named[i].text.n;
        }
    ptrdiff_t end = str_starts(s, STR("&#")) ? str_chr(str_sub(s, 0, 12), ';') : -1;
    if (end > 2) {
        struct str digits = str_sub(s, 2, (size_t)end - 2);
        char number[16] = "0";
        uint64_t v;
        memcpy(number + 1, digits.p, digits.n); /* "&#x41;" gives "0x41", "&#65;" gives "065" */
        if (str_u64((struct str){number, digits.n + 1}, &v) && v && v < 0x110000 && (v < 0xd800 || v > 0xdfff)) {
            *used += utf_put(out + *used, (uint32_t)v);
            return (size_t)end + 1;
        }
    }
    out[(*used)++] = s.p[0];
    return 1;
}

static struct str unescaped(struct arena *a, struct str s)
{
    if (str_chr(s, '&') < 0)
        return s;
    char *out = arena_alloc(a, s.n);
    size_t n = 0;
    if (!out)
        return STR_NONE;
    for (size_t i = 0; i < s.n;)
        if (s.p[i] == '&')
            i += entity(str_from(s, i), out, &n);
        else
            out[n++] = s.p[i++];
    return (struct str){out, n};
}

/* The value of Name="..." or Name='...' in a start tag; absent when it has none. */
static struct str tag_name(struct str tag)
{
    ptrdiff_t at = str_find(tag, STR("Name="));
    if (at < 0 || (size_t)at + 6 >= tag.n)
        return STR_NONE;
    char quote = tag.p[at + 5];
    struct str rest = str_from(tag, (size_t)at + 6);
    ptrdiff_t end = str_chr(rest, quote);
    return end >= 0 ? str_sub(rest, 0, (size_t)end) : STR_NONE;
}

void winjson_xml(struct arena *a, struct str xml, struct winevent *e)
{
    unsigned params = 0;
    for (ptrdiff_t at; (at = str_find(xml, STR("<Data"))) >= 0;) {
        xml = str_from(xml, (size_t)at + 5);
        if (xml.n && xml.p[0] != ' ' && xml.p[0] != '>' && xml.p[0] != '/')
            continue; /* <DataItem> */
        ptrdiff_t close = str_chr(xml, '>');
        if (close < 0)
            return;
        struct str name = tag_name(str_sub(xml, 0, (size_t)close));
        bool empty = close > 0 && xml.p[close - 1] == '/';
        xml = str_from(xml, (size_t)close + 1);
        ptrdiff_t end = empty ? 0 : str_find(xml, STR("</Data>"));
        if (end < 0)
            return;
        struct str value = unescaped(a, str_sub(xml, 0, (size_t)end));
        xml = str_from(xml, (size_t)end); /* each byte is searched once */
        if (str_set(name))
            set(e, name, value);
        else
            set_param(e, &params, value);
    }
}

/* ---- the end ---- */

bool winjson_id(const struct jnode *doc, const struct jnode *n, uint32_t *id)
{
    uint64_t v;
    if (!str_u64(str_trim(winjson_text(doc, n)), &v) || v > UINT16_MAX)
        return false;
    *id = (uint32_t)v;
    return true;
}

/* Collectors cut the time to milliseconds or seconds. Record numbers keep the order of what happened within
 * one: a logon before what was done in its session. Less than a millisecond is added. */
static void order(struct winevent *e)
{
    if (e->time != TIME_NONE && e->has_record_id && e->time % TIME_MS == 0)
        e->time += (int64_t)(e->record_id % (uint64_t)TIME_MS);
}

int winjson_decode(struct decode *d, struct winevent *e)
{
    order(e);
    if (e->time == TIME_NONE)
        return decode_fault(d, "the Windows event has no readable time", 0);
    if (!str_set(e->computer))
        return decode_fault(d, "the Windows event does not name its computer", 0);
    return winevent_decode(d, e);
}
