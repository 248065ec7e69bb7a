/* store/where.c - terms to SQL: one function per match. */
#include "store/where.h"

#include "base/ip.h"

#include <stdlib.h>

enum { MOST_ALTERNATIVES = 500, MOST_VALUES = 10000 };

enum bound_type { BOUND_I64, BOUND_STR, BOUND_IP };

struct where_value {
    enum bound_type type;
    int64_t i;
    struct str s;
    struct ip ip;
};

static void bind(struct where *w, struct where_value v)
{
    if (w->n == MOST_VALUES) {
        w->err = ERR_LIMIT;
        return;
    }
    if (w->n == w->room) {
        size_t room = w->room ? w->room * 2 : 16;
        struct where_value *grown = realloc(w->values, room * sizeof *grown);
        if (!grown) {
            w->err = ERR_MEMORY;
            return;
        }
        w->values = grown;
        w->room = room;
    }
    w->values[w->n++] = v;
}

void where_text(struct where *w, const char *sql)
{
    buf_str(&w->sql, str_of(sql));
}

void where_i64(struct where *w, int64_t v)
{
    where_text(w, "?");
    bind(w, (struct where_value){.type = BOUND_I64, .i = v});
}

void where_str(struct where *w, struct str v)
{
    where_text(w, "?");
    bind(w, (struct where_value){.type = BOUND_STR, .s = v});
}

static void where_ip(struct where *w, struct ip v)
{
    where_text(w, "?");
    bind(w, (struct where_value){.type = BOUND_IP, .ip = v});
}

void where_list(struct where *w, struct arena *a, const uint32_t *numbers, size_t n)
{
    size_t room = n * 11 + 2, at = 0;
    char *text = arena_alloc(a, room + 1);
    where_text(w, "(SELECT value FROM json_each(");
    if (!text)
        w->err = ERR_MEMORY;
    else
        text[at++] = '[';
    for (size_t i = 0; text && i < n; i++) {
        char digits[STR_DECIMAL], *end = digits + sizeof digits, *from = str_decimal(end, numbers[i]);
        if (i)
            text[at++] = ',';
        memcpy(text + at, from, (size_t)(end - from));
        at += (size_t)(end - from);
    }
    if (text)
        text[at++] = ']';
    where_str(w, (struct str){text, at});
    where_text(w, "))");
}

/* ---- one value ---- */

static void starts(struct where *w, const char *value, struct str text)
{
    where_text(w, "lower(substr(");
    where_text(w, value);
    where_text(w, ",1,length(");
    where_str(w, text);
    where_text(w, ")))=lower(");
    where_str(w, text);
    where_text(w, ")");
}

static void ends(struct where *w, const char *value, struct str text)
{
    if (text.n == 0) {
        where_text(w, "1");
        return;
    }
    where_text(w, "lower(substr(");
    where_text(w, value);
    where_text(w, ",-length(");
    where_str(w, text);
    where_text(w, ")))=lower(");
    where_str(w, text);
    where_text(w, ")");
}

static void contains(struct where *w, const char *value, struct str text)
{
    where_text(w, "instr(lower(");
    where_text(w, value);
    where_text(w, "),lower(");
    where_str(w, text);
    where_text(w, "))>0");
}

static void between(struct where *w, const char *value, const struct filter_value *v)
{
    where_text(w, value);
    where_text(w, " IS NOT NULL");
    if (v->from != INT64_MIN) {
        where_text(w, " AND ");
        where_text(w, value);
        where_text(w, ">=");
        where_i64(w, v->from);
    }
    if (v->to != INT64_MAX) {
        where_text(w, " AND ");
        where_text(w, value);
        where_text(w, "<=");
        where_i64(w, v->to);
    }
}

/* The addresses of a CIDR block; IPv4 lies in the last 32 bits. */
static bool block(struct str text, struct ip *low, struct ip *high)
{
    ptrdiff_t slash = str_rchr(text, '/');
    uint64_t bits;
    if (slash <= 0 || !str_u64(str_from(text, (size_t)slash + 1), &bits) || !ip_parse(str_sub(text, 0, (size_t)slash), low, NULL))
        return false;
    bits += ip_is_v4(low) ? 96 : 0;
    if (bits > 128)
        return false;
    *high = *low;
    for (unsigned i = 0; i < 16; i++) {
        unsigned keep = bits >= 8 * (i + 1) ? 8 : bits <= 8 * i ? 0 : (unsigned)bits - 8 * i;
        uint8_t mask = (uint8_t)(0xff00u >> keep);
        low->b[i] &= mask;
        high->b[i] |= (uint8_t)~mask;
    }
    return true;
}

static void address(struct where *w, const struct where_field *f, struct str text)
{
    struct ip low, high;
    if (block(text, &low, &high)) {
        where_text(w, f->ip);
        where_text(w, " BETWEEN ");
        where_ip(w, low);
        where_text(w, " AND ");
        where_ip(w, high);
    } else if (ip_parse(text, &low, NULL)) {
        where_text(w, f->ip);
        where_text(w, "=");
        where_ip(w, low);
    } else {
        starts(w, f->value, text);
    }
}

static bool is_text(enum filter_type t)
{
    return t == FILTER_TEXT || t == FILTER_IP;
}

static void equals(struct where *w, const struct where_field *f, const struct filter_term *t)
{
    bool text = is_text(filter_field_type(t->field));
    where_text(w, f->value);
    where_text(w, text ? " COLLATE NOCASE IN (" : " IN (");
    for (unsigned i = 0; i < t->n; i++) {
        if (i)
            where_text(w, ",");
        if (text)
            where_str(w, t->values[i].text);
        else
            where_i64(w, t->values[i].from);
    }
    where_text(w, ")");
}

static void words(struct where *w, const char *value, struct str text)
{
    struct str rest = str_trim(text), word;
    bool some = false;
    while (str_set(rest) && str_cut(&rest, ' ', &word)) {
        if (word.n == 0)
            continue;
        if (some)
            where_text(w, " AND ");
        contains(w, value, word);
        some = true;
    }
    if (!some)
        where_text(w, "1");
}

void where_words(struct where *w, const char *value, struct str text)
{
    where_text(w, " AND (");
    words(w, value, text);
    where_text(w, ")");
}

static void alternative(struct where *w, const struct where_field *f, const struct filter_term *t, const struct filter_value *v)
{
    switch (t->match) {
    case MATCH_CONTAINS: contains(w, f->value, v->text); break;
    case MATCH_STARTS: starts(w, f->value, v->text); break;
    case MATCH_ENDS: ends(w, f->value, v->text); break;
    case MATCH_RANGE: between(w, f->value, v); break;
    case MATCH_TEXT: words(w, f->value, v->text); break;
    case MATCH_EQ:
    case MATCH_DIFFERS:
    case MATCH_SET: address(w, f, v->text); break;
    }
}

static void test(struct where *w, const struct where_field *f, const struct filter_term *t)
{
    bool ip = filter_field_type(t->field) == FILTER_IP;
    if (t->match == MATCH_SET) {
        where_text(w, f->value);
        where_text(w, " IS NOT NULL");
    } else if ((t->match == MATCH_EQ || t->match == MATCH_DIFFERS) && !ip) {
        equals(w, f, t);
    } else if (t->n == 0) {
        where_text(w, "0");
    } else if (t->n > MOST_ALTERNATIVES) {
        w->err = ERR_LIMIT;
    } else {
        for (unsigned i = 0; i < t->n; i++) {
            where_text(w, i ? " OR (" : "(");
            alternative(w, f, t, &t->values[i]);
            where_text(w, ")");
        }
    }
}

/* What is absent is none of the values: NULL counts as false before it is negated. */
static void term(struct where *w, const struct where_field *f, const struct filter_term *t)
{
    where_text(w, t->negate ? " AND NOT coalesce((" : " AND coalesce((");
    if (!f->value) {
        where_text(w, "0");
    } else {
        where_text(w, f->before ? f->before : "");
        where_text(w, t->match == MATCH_DIFFERS ? "NOT (" : "(");
        test(w, f, t);
        where_text(w, ")");
        where_text(w, f->after ? f->after : "");
    }
    where_text(w, "),0)");
}

void where_filter(struct where *w, const struct filter *f, const struct where_field fields[FIELD_COUNT])
{
    for (unsigned i = 0; f && i < f->n; i++)
        term(w, &fields[f->terms[i].field], &f->terms[i]);
}

struct sql where_open(struct where *w, struct db *db)
{
    struct sql q = sql_open_text(db, buf_view(&w->sql));
    if (w->sql.failed && !w->err)
        w->err = ERR_MEMORY;
    if (w->err)
        q.err = w->err;
    for (size_t i = 0; i < w->n; i++) {
        const struct where_value *v = &w->values[i];
        if (v->type == BOUND_I64)
            sql_i64(&q, v->i);
        else if (v->type == BOUND_STR)
            sql_str(&q, v->s);
        else
            sql_blob(&q, v->ip.b, sizeof v->ip.b);
    }
    return q;
}

void where_free(struct where *w)
{
    buf_free(&w->sql);
    free(w->values);
    *w = (struct where){0};
}
