/* policy/filter_write.c - a filter as canonical JSON, and the description of the language. */
#include "policy/filter_value.h"

#include "base/jout.h"
#include "base/time.h"

static int64_t ms_of(int64_t t)
{
    return t / TIME_MS - (t % TIME_MS < 0);
}

static int64_t unit(enum filter_field f, int64_t v)
{
    return filter_field_type(f) == FILTER_TIME ? ms_of(v) : v;
}

static void range(struct jout *j, enum filter_field f, const struct filter_value *v)
{
    jout_obj(j);
    if (v->from != INT64_MIN)
        jout_ki64(j, "start", unit(f, v->from));
    if (v->to != INT64_MAX)
        jout_ki64(j, "end", unit(f, v->to));
    jout_end_obj(j);
}

static void value(struct jout *j, const struct filter_term *t, const struct filter_value *v)
{
    enum filter_type type = filter_field_type(t->field);
    if (t->match == MATCH_RANGE)
        range(j, t->field, v);
    else if (filter_value_is_null(t->field, v))
        jout_null(j);
    else if (type == FILTER_BOOL)
        jout_bool(j, v->from != 0);
    else if (type == FILTER_NUMBER)
        jout_i64(j, v->from);
    else
        jout_str(j, v->text);
}

static void term(struct jout *j, const struct filter_term *t)
{
    jout_key(j, filter_op_for(t->match, t->negate)->name);
    if (t->match == MATCH_SET) {
        jout_bool(j, true);
        return;
    }
    jout_arr(j);
    for (unsigned i = 0; i < t->n; i++)
        value(j, t, &t->values[i]);
    jout_end_arr(j);
}

static bool same_operator(const struct filter_term *a, const struct filter_term *b)
{
    return a->field == b->field && filter_op_for(a->match, a->negate) == filter_op_for(b->match, b->negate);
}

/* Two conditions with one operator on one field cannot be members of one object. */
static bool needs_list(const struct filter *f, enum filter_field field)
{
    for (unsigned i = 0; i < f->n; i++)
        for (unsigned k = i + 1; f->terms[i].field == field && k < f->n; k++)
            if (same_operator(&f->terms[i], &f->terms[k]))
                return true;
    return false;
}

static void field(struct jout *j, const struct filter *f, unsigned first)
{
    enum filter_field id = f->terms[first].field;
    bool many = needs_list(f, id);
    jout_key(j, filter_field_text(id).p);
    (many ? jout_arr : jout_obj)(j);
    for (unsigned i = first; i < f->n; i++) {
        if (f->terms[i].field != id)
            continue;
        if (many)
            jout_obj(j);
        term(j, &f->terms[i]);
        if (many)
            jout_end_obj(j);
    }
    (many ? jout_end_arr : jout_end_obj)(j);
}

void filter_write(const struct filter *f, struct buf *out)
{
    struct jout j = jout_to(out);
    jout_obj(&j);
    for (unsigned i = 0; i < f->n; i++) {
        bool written = false;
        for (unsigned k = 0; k < i; k++)
            written |= f->terms[k].field == f->terms[i].field;
        if (!written)
            field(&j, f, i);
    }
    jout_end_obj(&j);
}

/* ---- description ---- */

static const char *type_name(enum filter_type type)
{
    switch (type) {
    case FILTER_TEXT: return "text";
    case FILTER_NUMBER: return "number";
    case FILTER_TIME: return "time";
    case FILTER_BOOL: return "true or false";
    case FILTER_IP: return "address";
    case FILTER_PERSON: return "user or computer";
    }
    return "";
}

static void describe_field(enum filter_field f, struct buf *out)
{
    int64_t number;
    struct str name;
    bool apps = str_eq(filter_number_name(f, 0, &number), STR("Active Directory"));
    buf_fmt(out, "| `%.*s` | %s |", STR_ARG(filter_field_text(f)), type_name(filter_field_type(f)));
    if (apps)
        buf_fmt(out, " number or name of an app");
    for (size_t n = 0; !apps && str_set(name = filter_number_name(f, n, &number)); n++)
        buf_fmt(out, "%s %lld %.*s", n ? "," : "", (long long)number, STR_ARG(name));
    if (filter_field_nullable(f))
        buf_fmt(out, " or null");
    buf_fmt(out, " |\n");
}

static void values_json(enum filter_field f, struct jout *j)
{
    int64_t number;
    struct str name = filter_number_name(f, 0, &number);
    if (!str_set(name))
        return;
    jout_key(j, "values");
    jout_arr(j);
    for (size_t n = 0; str_set(name = filter_number_name(f, n, &number)); n++) {
        jout_obj(j);
        jout_ki64(j, "value", number);
        jout_kstr(j, "label", name);
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

static void field_json(enum filter_field f, struct jout *j)
{
    static const char *const types[] = {[FILTER_TEXT] = "text", [FILTER_NUMBER] = "number", [FILTER_TIME] = "time",
                                        [FILTER_BOOL] = "bool", [FILTER_IP] = "ip",         [FILTER_PERSON] = "person"};
    const struct filter_op *op;
    enum filter_match match;
    jout_obj(j);
    jout_kstr(j, "name", filter_field_text(f));
    jout_kz(j, "type", types[filter_field_type(f)]);
    jout_key(j, "operators");
    jout_arr(j);
    for (size_t n = 0; (op = filter_op_at(n)); n++)
        if (filter_op_fits(op, f, &match))
            jout_str(j, str_of(op->name));
    jout_end_arr(j);
    values_json(f, j);
    jout_end_obj(j);
}

void filter_fields_json(enum filter_noun noun, struct jout *j)
{
    for (unsigned f = 0; f < FIELD_COUNT; f++)
        if (filter_field_noun((enum filter_field)f) == noun)
            field_json((enum filter_field)f, j);
}

void filter_describe(struct buf *out)
{
    static const char *const nouns[FILTER_NOUNS] = {"Activities", "Alerts", "Users and accounts", "Files", "IP ranges"};
    for (unsigned n = 0; n < FILTER_NOUNS; n++) {
        buf_fmt(out, "%s### %s\n\n| field | type | values |\n|---|---|---|\n", n ? "\n" : "", nouns[n]);
        for (unsigned f = 0; f < FIELD_COUNT; f++)
            if (filter_field_noun((enum filter_field)f) == (enum filter_noun)n)
                describe_field((enum filter_field)f, out);
    }
}
