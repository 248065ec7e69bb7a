/* policy/filter_text.c - the form of filters that people type into the search box and `vigie query`, and back.
 *
 *     query  = { ["not "] item }
 *     item   = field operator value {"," value} | word | "quoted words"
 *     operator = ":" is one of, "~" contains, ">" ">=" "<" "<=", "<>" has one that differs
 * After ":" a value may be `*` (is there at all), `abc*` (begins), `*abc` (ends), `a..b` (from, to; either may be missing). */
#include "policy/filter_value.h"

#include "base/time.h"
#include "base/utf.h"

struct reading {
    struct filter_parser *p;
    struct str rest;
    struct filter_term *terms;
    unsigned n;
    struct buf words; /* plain ones, for one term */
};

/* A value as typed: what is in quotes is only text, a star may stand before and behind them. */
struct typed {
    struct str text;
    bool quoted, star_before, star_behind;
};

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(struct reading *r)
{
    while (r->rest.n && blank(r->rest.p[0]))
        r->rest = str_from(r->rest, 1);
}

/* "..." with \" and \\ inside. */
static int quoted(struct reading *r, struct str *text)
{
    struct str in = r->rest;
    char *out = arena_alloc(r->p->arena, in.n);
    size_t n = 0, i = 1;
    if (!out)
        return ERR_MEMORY;
    while (i < in.n && in.p[i] != '"') {
        if (in.p[i] == '\\' && i + 1 < in.n)
            i++;
        out[n++] = in.p[i++];
    }
    if (i >= in.n)
        return filter_refuse(r->p, str_sub(in, 0, 64), FILTER_BAD_VALUE, "a quotation mark that nothing closes");
    *text = (struct str){out, n};
    r->rest = str_from(in, i + 1);
    return 0;
}

static int one_typed(struct reading *r, bool listed, struct typed *out)
{
    size_t n = 0;
    *out = (struct typed){.star_before = listed && str_starts(r->rest, STR("*\""))};
    struct str from = str_from(r->rest, out->star_before);
    out->quoted = from.n && from.p[0] == '"';
    if (out->quoted) {
        r->rest = from;
        int err = quoted(r, &out->text);
        out->star_behind = !err && listed && str_starts(r->rest, STR("*"));
        r->rest = str_from(r->rest, out->star_behind);
        return err;
    }
    while (n < r->rest.n && !blank(r->rest.p[n]) && !(listed && r->rest.p[n] == ','))
        n++;
    out->text = str_sub(r->rest, 0, n);
    r->rest = str_from(r->rest, n);
    return 0;
}

static int add(struct reading *r, const struct filter_term *t)
{
    if (r->n == FILTER_TERMS)
        return filter_refuse(r->p, filter_field_text(t->field), FILTER_TOO_MUCH, "more than 64 conditions");
    r->terms[r->n++] = *t;
    return 0;
}

/* ---- operators ---- */

enum sign { SIGN_IS, SIGN_CONTAINS, SIGN_DIFFERS, SIGN_ABOVE, SIGN_FROM, SIGN_BELOW, SIGN_UPTO };

static const struct {
    const char *text;
    enum sign sign;
} signs[] = {{":", SIGN_IS},    {"~", SIGN_CONTAINS}, {"<>", SIGN_DIFFERS}, {">=", SIGN_FROM},
             {">", SIGN_ABOVE}, {"<=", SIGN_UPTO},    {"<", SIGN_BELOW},    {"=", SIGN_IS}};

static bool sign_at(struct str s, enum sign *sign, size_t *n)
{
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_starts(s, str_of(signs[i].text))) {
            *sign = signs[i].sign;
            *n = str_of(signs[i].text).n;
            return true;
        }
    return false;
}

static bool letter(char c)
{
    return str_lower_char(c) >= 'a' && str_lower_char(c) <= 'z';
}

static size_t name_length(struct str s)
{
    size_t n = 0;
    while (n < s.n && (letter(s.p[n]) || (n && ((s.p[n] >= '0' && s.p[n] <= '9') || s.p[n] == '.'))))
        n++;
    return n;
}

/* What a value means after ":"; bare stars are cut off it. */
static enum filter_match shape(enum filter_field f, struct typed *v)
{
    enum filter_type type = filter_field_type(f);
    bool texts = type != FILTER_NUMBER && type != FILTER_TIME && type != FILTER_BOOL;
    if (!v->quoted && str_eq(v->text, STR("*")))
        return MATCH_SET;
    if (type == FILTER_TIME || (type == FILTER_NUMBER && !v->quoted && str_has(v->text, STR(".."))))
        return MATCH_RANGE;
    if (texts && !v->quoted && v->text.n) {
        v->star_behind = v->text.p[v->text.n - 1] == '*';
        v->star_before = v->text.p[0] == '*';
        v->text = str_sub(v->text, v->star_before, v->text.n - v->star_behind - v->star_before);
    }
    if (v->star_before && v->star_behind)
        return MATCH_CONTAINS;
    return v->star_behind ? MATCH_STARTS : v->star_before ? MATCH_ENDS : MATCH_EQ;
}

/* A moment or number as two bounds in milliseconds or its own unit. */
static int bounds(struct reading *r, enum filter_field f, struct str text, int64_t *first, int64_t *last)
{
    if (filter_field_type(f) == FILTER_TIME)
        return filter_moment(text, r->p->now, first, last) ? 0 : filter_refuse(r->p, text, FILTER_BAD_VALUE, "not a date, or a time ago like 7d");
    if (!filter_number(f, text, first))
        return filter_refuse(r->p, text, FILTER_BAD_VALUE, "not a number");
    *last = *first;
    return 0;
}

static int range_value(struct reading *r, enum filter_field f, struct str text, struct filter_value *out)
{
    int64_t from = INT64_MIN, to = INT64_MAX, unused;
    size_t dots = (size_t)str_find(text, STR(".."));
    struct str a = str_sub(text, 0, dots), b = str_from(text, dots + 2);
    if (a.n == 0 && b.n == 0)
        return filter_refuse(r->p, text, FILTER_BAD_VALUE, "a range without a bound");
    int err = a.n ? bounds(r, f, a, &from, &unused) : 0;
    if (!err && b.n)
        err = bounds(r, f, b, &unused, &to);
    if (!err)
        *out = filter_value_range(f, from, to);
    return err;
}

static int compared(struct reading *r, struct filter_term *t, enum sign sign, struct str text)
{
    int64_t first = 0, last = 0;
    struct filter_value *v = arena_zero(r->p->arena, sizeof *v);
    enum filter_type type = filter_field_type(t->field);
    if (!v)
        return ERR_MEMORY;
    if (type != FILTER_NUMBER && type != FILTER_TIME)
        return filter_refuse(r->p, filter_field_text(t->field), FILTER_BAD_OPERATOR, "a field that has no order");
    int err = bounds(r, t->field, text, &first, &last);
    if (err)
        return err;
    int64_t from = sign == SIGN_FROM ? first : sign == SIGN_ABOVE ? filter_beside(last, 1) : INT64_MIN;
    int64_t to = sign == SIGN_UPTO ? last : sign == SIGN_BELOW ? filter_beside(first, -1) : INT64_MAX;
    *v = filter_value_range(t->field, from, to);
    t->match = MATCH_RANGE;
    t->values = v;
    t->n = 1;
    return add(r, t);
}

/* ---- lists ---- */

static int list_value(struct reading *r, const struct filter_term *t, const struct typed *in, struct filter_value *out)
{
    if (t->match == MATCH_RANGE && !in->quoted && str_has(in->text, STR("..")))
        return range_value(r, t->field, in->text, out);
    if (t->match == MATCH_RANGE && filter_field_type(t->field) == FILTER_NUMBER)
        return bounds(r, t->field, in->text, &out->from, &out->to);
    return filter_value_of(r->p, t->field, t->match, in->text, out);
}

static int list_term(struct reading *r, struct filter_term *t, enum filter_match match, const struct typed *in, unsigned n)
{
    enum filter_type type = filter_field_type(t->field);
    bool range = match == MATCH_RANGE && type == FILTER_NUMBER;
    struct filter_op op = {.kind = match == MATCH_SET ? OP_SET
                                   : range            ? OP_RANGE
                                                      : OP_LIST,
                           .match = type == FILTER_TIME && match == MATCH_RANGE ? MATCH_EQ : match};
    if (!filter_op_fits(&op, t->field, &t->match) || (match == MATCH_DIFFERS && t->negate))
        return filter_refuse(r->p, filter_field_text(t->field), FILTER_BAD_OPERATOR, "an operator that the field does not have");
    if (match == MATCH_SET)
        return add(r, t);
    struct filter_value *v = arena_zero(r->p->arena, n * sizeof *v);
    int err = v ? 0 : ERR_MEMORY;
    for (unsigned i = 0; !err && i < n; i++)
        err = list_value(r, t, &in[i], &v[i]);
    if (err)
        return err;
    t->values = v;
    t->n = n;
    if (n == 1 && t->match == MATCH_EQ && filter_value_is_null(t->field, v))
        *t = (struct filter_term){.field = t->field, .match = MATCH_SET, .negate = !t->negate};
    return add(r, t);
}

/* The next value, and how it is compared; those of one list are compared in the same way. */
static int next_value(struct reading *r, enum filter_field f, enum sign sign, struct typed *in, int *match)
{
    int err = one_typed(r, true, in);
    if (err)
        return err;
    enum filter_match m = sign == SIGN_IS ? shape(f, in) : sign == SIGN_CONTAINS ? MATCH_CONTAINS : MATCH_DIFFERS;
    if (in->text.n == 0 && !in->quoted)
        return filter_refuse(r->p, filter_field_text(f), FILTER_BAD_VALUE, "a field without a value");
    if (*match >= 0 && (int)m != *match && m != MATCH_RANGE && *match != MATCH_RANGE)
        return filter_refuse(r->p, in->text, FILTER_BAD_VALUE, "values that are not compared in the same way");
    if (*match < 0 || m == MATCH_RANGE)
        *match = (int)m;
    return 0;
}

static int values(struct reading *r, struct filter_term *t, enum sign sign)
{
    enum { MOST = 512 };
    struct typed *in = arena_alloc(r->p->arena, MOST * sizeof *in);
    unsigned n = 0;
    int match = -1;
    int err = in ? 0 : ERR_MEMORY;
    for (bool more = true; !err && more; more = r->rest.n && r->rest.p[0] == ',') {
        r->rest = str_from(r->rest, n > 0);
        if (n == MOST)
            return filter_refuse(r->p, filter_field_text(t->field), FILTER_TOO_MUCH, "more than 512 values");
        err = next_value(r, t->field, sign, &in[n++], &match);
    }
    return err ? err : list_term(r, t, (enum filter_match)match, in, n);
}

static int condition(struct reading *r, bool negate, size_t name, enum sign sign, size_t length)
{
    struct str text = str_sub(r->rest, 0, name);
    struct filter_term t = {.field = filter_field_typed(r->p->noun, text), .negate = negate};
    struct typed one;
    if (t.field == FIELD_COUNT)
        return filter_refuse(r->p, text, FILTER_BAD_FIELD, "no such field; put the word into quotation marks to search for it");
    r->rest = str_from(r->rest, name + length);
    if (sign == SIGN_IS || sign == SIGN_CONTAINS || sign == SIGN_DIFFERS)
        return values(r, &t, sign);
    int err = one_typed(r, false, &one);
    return err ? err : compared(r, &t, sign, one.text);
}

/* ---- words ---- */

static int word(struct reading *r, bool negate)
{
    struct typed v;
    int err = one_typed(r, false, &v);
    struct filter_term t = {.field = filter_field_search(r->p->noun), .match = MATCH_TEXT, .negate = true, .n = 1};
    if (err || str_trim(v.text).n == 0)
        return err;
    if (t.field == FIELD_COUNT)
        return filter_refuse(r->p, v.text, FILTER_BAD_FIELD, "there is no search for words here");
    if (!negate) {
        if (r->words.n)
            buf_char(&r->words, ' ');
        buf_str(&r->words, v.text);
        return r->words.failed ? ERR_MEMORY : 0;
    }
    struct filter_value *value = arena_zero(r->p->arena, sizeof *value);
    err = value ? filter_value_of(r->p, t.field, MATCH_TEXT, v.text, value) : ERR_MEMORY;
    t.values = value;
    return err ? err : add(r, &t);
}

static int all_words(struct reading *r)
{
    struct filter_term t = {.field = filter_field_search(r->p->noun), .match = MATCH_TEXT, .n = 1};
    struct filter_value *value = arena_zero(r->p->arena, sizeof *value);
    int err = value ? filter_value_of(r->p, t.field, MATCH_TEXT, buf_view(&r->words), value) : ERR_MEMORY;
    if (err && r->p->error.code)
        r->p->error.value = str_dup(r->p->arena, r->p->error.value);
    t.values = value;
    return err ? err : add(r, &t);
}

static int item(struct reading *r)
{
    enum sign sign;
    size_t length;
    bool negate = false;
    while (r->rest.n > 3 && str_startsi(r->rest, STR("not")) && blank(r->rest.p[3])) {
        negate = !negate;
        r->rest = str_from(r->rest, 4);
        skip_blanks(r);
    }
    size_t name = name_length(r->rest);
    if (name && sign_at(str_from(r->rest, name), &sign, &length))
        return condition(r, negate, name, sign, length);
    return word(r, negate);
}

static int read_text(struct filter_parser *p, struct str text, struct filter *out)
{
    struct reading r = {.p = p, .rest = text, .terms = arena_alloc(p->arena, FILTER_TERMS * sizeof *r.terms)};
    int err = r.terms ? 0 : ERR_MEMORY;
    for (skip_blanks(&r); !err && r.rest.n; skip_blanks(&r))
        err = item(&r);
    if (!err && r.words.n)
        err = all_words(&r);
    buf_free(&r.words);
    if (!err)
        *out = (struct filter){r.terms, r.n};
    return err;
}

int filter_parse_text(struct filter_parser *p, struct str text, struct filter *out)
{
    p->error = (struct filter_error){0};
    text = str_trim(text);
    if (text.n > 1u << 20)
        return filter_refuse(p, STR_NONE, FILTER_TOO_MUCH, "a filter of more than a megabyte");
    if (!utf_valid(text))
        return filter_refuse(p, STR_NONE, FILTER_BAD_VALUE, "not UTF-8");
    if (text.n == 0 || text.p[0] != '{')
        return read_text(p, text, out);
    const struct jnode *doc = jin_embedded(p->arena, text);
    return doc && doc->type == J_OBJ ? filter_parse(p, doc, doc, out)
                                     : filter_refuse(p, str_sub(text, 0, 256), FILTER_BAD_VALUE, "not a JSON object");
}

/* ---- writing ---- */

static void write_quoted(struct str s, struct buf *out)
{
    buf_char(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\')
            buf_char(out, '\\');
        buf_char(out, s.p[i]);
    }
    buf_char(out, '"');
}

/* Bare when nothing in it could be taken for something else. */
static bool plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= '0' && c <= '9') || (str_lower_char(c) >= 'a' && str_lower_char(c) <= 'z') || c == '@' || c == '-' || c == '_' || c == '/' ||
              (c == '.' && i + 1 < s.n && s.p[i + 1] != '.') || (c == ':' && i > 0)))
            return false;
    }
    return s.n > 0 && !str_eqi(s, STR("not")) && !str_eqi(s, STR("null"));
}

static void write_name(struct str s, struct buf *out)
{
    if (plain(s))
        buf_str(out, s);
    else
        write_quoted(s, out);
}

static void write_moment(int64_t ms, struct buf *out)
{
    char text[TIME_TEXT];
    if (ms < 0 || ms >= TIME_END / TIME_MS) {
        buf_fmt(out, "%lld", (long long)ms);
        return;
    }
    struct str s = time_text(ms * TIME_MS, text);
    buf_fmt(out, "%.*sZ", (int)(sizeof "2026-01-05T09:00:00.000" - 1), s.p);
}

static void write_bound(enum filter_field f, int64_t v, struct buf *out)
{
    if (filter_field_type(f) == FILTER_TIME)
        write_moment(v / TIME_MS - (v % TIME_MS < 0), out);
    else
        buf_fmt(out, "%lld", (long long)v);
}

static void write_range(enum filter_field f, const struct filter_value *v, struct buf *out)
{
    if (v->from != INT64_MIN)
        write_bound(f, v->from, out);
    buf_str(out, STR(".."));
    if (v->to != INT64_MAX)
        write_bound(f, v->to, out);
}

static void write_value(const struct filter_term *t, const struct filter_value *v, struct buf *out)
{
    enum filter_type type = filter_field_type(t->field);
    if (t->match == MATCH_RANGE) {
        write_range(t->field, v, out);
    } else if (filter_value_is_null(t->field, v)) {
        buf_str(out, STR("null"));
    } else if (type == FILTER_BOOL) {
        buf_str(out, v->from ? STR("true") : STR("false"));
    } else if (type == FILTER_NUMBER) {
        buf_fmt(out, "%lld", (long long)v->from);
    } else {
        if (t->match == MATCH_ENDS)
            buf_char(out, '*');
        write_name(v->text, out);
        if (t->match == MATCH_STARTS)
            buf_char(out, '*');
    }
}

static void write_term(const struct filter_term *t, struct buf *out)
{
    if (t->negate)
        buf_str(out, STR("not "));
    buf_str(out, filter_field_text(t->field));
    buf_str(out, t->match == MATCH_CONTAINS ? STR("~") : t->match == MATCH_DIFFERS ? STR("<>") : STR(":"));
    if (t->match == MATCH_SET)
        buf_char(out, '*');
    for (unsigned i = 0; i < t->n; i++) {
        if (i)
            buf_char(out, ',');
        write_value(t, &t->values[i], out);
    }
}

void filter_write_text(const struct filter *f, struct buf *out)
{
    for (unsigned i = 0; i < f->n; i++) {
        if (i)
            buf_char(out, ' ');
        write_term(&f->terms[i], out);
    }
}
