/* policy/filter_parse.c - the documented JSON form of filters, with the tolerances that existing clients need. */
#include "policy/filter_value.h"

#include "base/time.h"

struct building {
    struct filter_parser *p;
    const struct jnode *doc;
    struct filter_term *terms;
    unsigned n;
    unsigned values; /* so far */
};

/* A member whose key comes again later is overruled. */
static bool overruled(const struct jnode *doc, const struct jnode *parent, const struct jnode *member)
{
    for (const struct jnode *c = jin_next(doc, parent, member); c; c = jin_next(doc, parent, c))
        if (str_eqi(c->key, member->key))
            return true;
    return false;
}

static unsigned children(const struct jnode *doc, const struct jnode *o, unsigned most)
{
    unsigned n = 0;
    for (const struct jnode *c = jin_first(doc, o); c && n <= most; c = jin_next(doc, o, c))
        n++;
    return n;
}

/* What a value is called in an error. */
static struct str shown(const struct jnode *n)
{
    return n->type == J_NULL ? STR("null") : n->type == J_ARR || n->type == J_OBJ ? str_sub(n->val, 0, 256) : jin_text(n);
}

static int bad_value(struct building *b, const struct jnode *n, const char *why)
{
    return filter_refuse(b->p, shown(n), FILTER_BAD_VALUE, why);
}

static int add(struct building *b, enum filter_field f, enum filter_match match, bool negate, const struct filter_value *values, unsigned n)
{
    if (b->n == FILTER_TERMS)
        return filter_refuse(b->p, filter_field_text(f), FILTER_TOO_MUCH, "more than 64 conditions");
    b->terms[b->n++] = (struct filter_term){.field = f, .match = match, .negate = negate, .values = values, .n = n};
    return 0;
}

static struct filter_value *room(struct building *b, unsigned n, int *err)
{
    b->values += n;
    struct filter_value *v = b->values > FILTER_VALUES ? NULL : arena_zero(b->p->arena, n * sizeof *v);
    if (b->values > FILTER_VALUES)
        *err = filter_refuse(b->p, STR_NONE, FILTER_TOO_MUCH, "more than 10,000 values");
    else if (!v)
        *err = ERR_MEMORY;
    return v;
}

/* ---- lists ---- */

/* An object in a list of values: an entity, a tag, a stream and its type. {"adv":true,"role":n} only says as what the others
 * take part: *skip. */
static int object_value(struct building *b, enum filter_field f, const struct jnode *n, struct str *text, bool *skip)
{
    static const char *const keys[] = {"id", "name", "t"};
    *skip = jin_get(b->doc, n, STR("adv")) != NULL;
    for (size_t i = 0; !*skip && i < sizeof keys / sizeof *keys; i++) {
        bool number = keys[i][0] == 't';
        *text = number == (filter_field_type(f) == FILTER_NUMBER) ? jin_str(b->doc, n, keys[i]) : STR_NONE;
        if (str_set(*text))
            return 0;
    }
    return *skip ? 0 : bad_value(b, n, "an object without an id");
}

static int one_value(struct building *b, const struct filter_term *t, const struct jnode *n, struct filter_value *out, bool *skip)
{
    struct str text = jin_text(n);
    int err = 0;
    *skip = false;
    switch ((enum jtype)n->type) {
    case J_NULL:
        *skip = !filter_field_nullable(t->field);
        *out = filter_value_null(t->field);
        return 0;
    case J_ARR: return bad_value(b, n, "a list in a list");
    case J_OBJ: err = object_value(b, t->field, n, &text, skip); break;
    case J_FALSE:
    case J_TRUE:
    case J_NUM:
    case J_STR: break;
    }
    return err || *skip ? err : filter_value_of(b->p, t->field, t->match, text, out);
}

/* With another part than the actor's asked for, a user is looked for in every part. */
static enum filter_field in_its_part(struct building *b, enum filter_field f, const struct jnode *list)
{
    if (f != FIELD_ACTIVITY_USER || list->type != J_ARR)
        return f;
    for (const struct jnode *c = jin_first(b->doc, list); c; c = jin_next(b->doc, list, c)) {
        struct str role = jin_str(b->doc, c, "role");
        if (c->type == J_OBJ && jin_get(b->doc, c, STR("adv")) && str_set(role) && !str_eq(role, STR("4")))
            return FIELD_ACTIVITY_ENTITY;
    }
    return f;
}

static int list(struct building *b, enum filter_field f, const struct filter_op *op, const struct jnode *value)
{
    struct filter_term t = {.field = in_its_part(b, f, value), .negate = op->negate};
    bool many = value->type == J_ARR, skip;
    unsigned most = many ? children(b->doc, value, FILTER_VALUES) : 1, n = 0;
    int err = 0;
    (void)filter_op_fits(op, f, &t.match);
    struct filter_value *v = room(b, most, &err);
    for (const struct jnode *c = many ? jin_first(b->doc, value) : value; !err && c; c = many ? jin_next(b->doc, value, c) : NULL) {
        err = one_value(b, &t, c, &v[n], &skip);
        n += !skip;
    }
    if (err || n == 0)
        return err;
    if (n == 1 && t.match == MATCH_EQ && filter_value_is_null(f, v))
        return add(b, t.field, MATCH_SET, !t.negate, NULL, 0);
    return add(b, t.field, t.match, t.negate, v, n);
}

/* ---- bounds ---- */

static int moment(struct building *b, enum filter_field f, const struct jnode *n, int64_t *first, int64_t *last)
{
    struct str text = jin_text(n);
    if (filter_field_type(f) == FILTER_TIME)
        return filter_moment(text, b->p->now, first, last) ? 0 : bad_value(b, n, "not a moment in milliseconds or a date");
    if (!filter_number(f, text, first))
        return bad_value(b, n, "not a number");
    *last = *first;
    return 0;
}

static int bounded(struct building *b, enum filter_field f, int64_t from, int64_t to)
{
    int err = 0;
    struct filter_value *v = room(b, 1, &err);
    if (err)
        return err;
    *v = filter_value_range(f, from, to);
    return add(b, f, MATCH_RANGE, false, v, 1);
}

static int bound(struct building *b, enum filter_field f, const struct filter_op *op, const struct jnode *n)
{
    int64_t first = 0, last = 0;
    while (n && n->type == J_ARR)
        n = jin_first(b->doc, n);
    if (!n || n->type == J_NULL)
        return 0;
    int err = moment(b, f, n, &first, &last);
    if (err)
        return err;
    if (op->above)
        return bounded(b, f, op->beyond ? filter_beside(last, 1) : first, INT64_MAX);
    return bounded(b, f, INT64_MIN, op->beyond ? filter_beside(first, -1) : last);
}

/* Zero days ago is today, the whole of it. */
static int days(struct building *b, enum filter_field f, const struct filter_op *op, const struct jnode *n)
{
    int64_t ago;
    while (n && n->type == J_ARR)
        n = jin_first(b->doc, n);
    if (!n || n->type == J_NULL)
        return 0;
    if (!filter_number(f, jin_text(n), &ago) || ago < 0 || ago > 100000)
        return bad_value(b, n, "not a number of days");
    int64_t today = time_day(b->p->now) * (TIME_DAY / TIME_MS), then = b->p->now / TIME_MS - ago * (TIME_DAY / TIME_MS);
    if (op->above)
        return bounded(b, f, ago ? then : today, INT64_MAX);
    return bounded(b, f, INT64_MIN, ago ? then : today + TIME_DAY / TIME_MS - 1);
}

static int one_range(struct building *b, enum filter_field f, const struct jnode *n, struct filter_value *out)
{
    int64_t from = INT64_MIN, to = INT64_MAX, unused;
    if (n->type != J_OBJ)
        return bad_value(b, n, "not a range {start,end}");
    const struct jnode *start = jin_get(b->doc, n, STR("start")), *end = jin_get(b->doc, n, STR("end"));
    int err = start && start->type != J_NULL ? moment(b, f, start, &from, &unused) : 0;
    if (!err && end && end->type != J_NULL)
        err = moment(b, f, end, &unused, &to);
    if (!err)
        *out = filter_value_range(f, from, to);
    return err;
}

static int range(struct building *b, enum filter_field f, const struct filter_op *op, const struct jnode *value)
{
    bool many = value->type == J_ARR;
    unsigned most = many ? children(b->doc, value, FILTER_VALUES) : 1, n = 0;
    int err = 0;
    struct filter_value *v = value->type == J_NULL || most == 0 ? NULL : room(b, most, &err);
    for (const struct jnode *c = many ? jin_first(b->doc, value) : value; v && !err && c; c = many ? jin_next(b->doc, value, c) : NULL)
        err = one_range(b, f, c, &v[n++]);
    if (err || !v)
        return err;
    for (unsigned i = 0; i < n; i++)
        if (!op->negate && v[i].from == INT64_MIN && v[i].to == INT64_MAX)
            return 0; /* everything is within */
    return add(b, f, MATCH_RANGE, op->negate, v, n);
}

static int set(struct building *b, enum filter_field f, const struct filter_op *op, const struct jnode *n)
{
    while (n && n->type == J_ARR)
        n = jin_first(b->doc, n);
    struct str text = n ? jin_text(n) : STR_NONE;
    if (!n || n->type == J_NULL)
        return 0;
    bool no = str_eqi(text, STR("false")) || str_eq(text, STR("0"));
    if (!no && !str_eqi(text, STR("true")) && !str_eq(text, STR("1")))
        return bad_value(b, n, "neither true nor false");
    return add(b, f, MATCH_SET, op->negate != no, NULL, 0);
}

/* ---- the object ---- */

static int operator(struct building *b, enum filter_field f, struct str name, const struct jnode *value)
{
    const struct filter_op *op = filter_op_of(name);
    enum filter_match match;
    if (!op || !filter_op_fits(op, f, &match))
        return filter_refuse(b->p, name, FILTER_BAD_OPERATOR, op ? "an operator that the field does not have" : "no such operator");
    switch (op->kind) {
    case OP_LIST: return list(b, f, op, value);
    case OP_BOUND: return bound(b, f, op, value);
    case OP_DAYS: return days(b, f, op, value);
    case OP_RANGE: return range(b, f, op, value);
    case OP_SET: return set(b, f, op, value);
    }
    return 0;
}

static int operators(struct building *b, enum filter_field f, const struct jnode *o)
{
    int err = 0;
    if (children(b->doc, o, FILTER_TERMS) > FILTER_TERMS)
        return filter_refuse(b->p, filter_field_text(f), FILTER_TOO_MUCH, "more than 64 operators");
    for (const struct jnode *c = jin_first(b->doc, o); !err && c; c = jin_next(b->doc, o, c))
        if (!overruled(b->doc, o, c))
            err = operator(b, f, c->key, c);
    return err;
}

/* [{"eq":"a"},{"eq":"b"}]: several operator objects, not a list of entities. */
static bool conjunction(const struct jnode *doc, const struct jnode *n)
{
    const struct jnode *c = n->type == J_ARR ? jin_first(doc, n) : NULL;
    if (!c)
        return false;
    for (; c; c = jin_next(doc, n, c)) {
        const struct jnode *first = jin_first(doc, c);
        if (c->type != J_OBJ || !first || !filter_op_of(first->key))
            return false;
    }
    return true;
}

static int field(struct building *b, const struct jnode *member)
{
    enum filter_field f = filter_field_named(b->p->noun, member->key);
    int err = 0;
    if (f == FIELD_COUNT)
        return filter_refuse(b->p, str_sub(member->key, 0, 256), FILTER_BAD_FIELD, "no such field");
    if (member->type == J_NULL)
        return 0;
    if (member->type == J_OBJ)
        return operators(b, f, member);
    if (!conjunction(b->doc, member))
        return operator(b, f, STR("eq"), member);
    for (const struct jnode *c = jin_first(b->doc, member); !err && c; c = jin_next(b->doc, member, c))
        err = operators(b, f, c);
    return err;
}

int filter_parse(struct filter_parser *p, const struct jnode *doc, const struct jnode *filters, struct filter *out)
{
    p->error = (struct filter_error){0};
    if (filters && filters->type == J_STR)
        return filter_parse_text(p, filters->val, out);
    if (!filters || filters->type == J_NULL) {
        *out = (struct filter){0};
        return 0;
    }
    struct building b = {.p = p, .doc = doc, .terms = arena_alloc(p->arena, FILTER_TERMS * sizeof *b.terms)};
    if (!b.terms)
        return ERR_MEMORY;
    if (filters->type != J_OBJ)
        return bad_value(&b, filters, "not an object of fields");
    int err = children(doc, filters, FILTER_TERMS) > FILTER_TERMS ? filter_refuse(p, STR_NONE, FILTER_TOO_MUCH, "more than 64 fields") : 0;
    for (const struct jnode *c = jin_first(doc, filters); !err && c; c = jin_next(doc, filters, c))
        if (!overruled(doc, filters, c))
            err = field(&b, c);
    if (!err)
        *out = (struct filter){b.terms, b.n};
    return err;
}
