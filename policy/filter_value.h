/* policy/filter_value.h - what the two forms of the filter language share: operators, and values of a field's type. */
#ifndef VIGIE_POLICY_FILTER_VALUE_H
#define VIGIE_POLICY_FILTER_VALUE_H

#include "policy/filter_parse.h"

enum filter_op_kind {
    OP_LIST,  /* values; match and negate say what with them */
    OP_BOUND, /* one number or moment */
    OP_DAYS,  /* a number of days ago */
    OP_RANGE, /* {start,end} */
    OP_SET    /* a boolean */
};

struct filter_op {
    const char *name;
    enum filter_op_kind kind;
    enum filter_match match;
    bool negate;
    bool above, beyond; /* bounds: the value and what is above it; without the value itself */
};

/* NULL: no such operator. */
const struct filter_op *filter_op_of(struct str name);
/* The n-th operator; NULL behind the last. */
const struct filter_op *filter_op_at(size_t n);
/* The operator that the canonical forms write for a match. */
const struct filter_op *filter_op_for(enum filter_match match, bool negate);

/* The field by its name, an alias that clients use, or FIELD_COUNT. */
enum filter_field filter_field_named(enum filter_noun noun, struct str name);
/* The same for people, who may also type the last part of a name that only one field has. */
enum filter_field filter_field_typed(enum filter_noun noun, struct str name);
/* The field that plain words search; FIELD_COUNT when the noun has none. */
enum filter_field filter_field_search(enum filter_noun noun);
/* Null is one of the field's documented values. */
bool filter_field_nullable(enum filter_field f);

/* A number, also by its name ("high", "Active Directory"). */
bool filter_number(enum filter_field f, struct str text, int64_t *v);
/* The n-th name of a number of that field; absent behind the last. */
struct str filter_number_name(enum filter_field f, size_t n, int64_t *v);
/* Milliseconds since 1970, or a date and time, or a whole day ("2026-01-05"), or some time ago ("7d", "12h", "30m"). */
bool filter_moment(struct str text, int64_t now, int64_t *first_ms, int64_t *last_ms);

/* The number above or below; never one of the two that mean an open end. */
static inline int64_t filter_beside(int64_t v, int by)
{
    return by > 0 ? (v < INT64_MAX - 1 ? v + 1 : INT64_MAX - 1) : (v > INT64_MIN + 1 ? v - 1 : INT64_MIN + 1);
}

/* Fails the parse: sets the error, returns ERR_MALFORMED. */
int filter_refuse(struct filter_parser *p, struct str value, const char *code, const char *why);

#define FILTER_BAD_VALUE "CONSOLE_FORMS_NOT_VALID_VALUE"
#define FILTER_BAD_FIELD "CONSOLE_FORMS_NOT_VALID_FIELD"
#define FILTER_BAD_OPERATOR "CONSOLE_FORMS_NOT_VALID_OPERATOR"
#define FILTER_TOO_MUCH "CONSOLE_FORMS_TOO_MANY_VALUES"

/* The match that an operator has on a field: words on search fields, ranges on moments; false when it makes no sense there. */
bool filter_op_fits(const struct filter_op *op, enum filter_field f, enum filter_match *match);
/* One value of a list, from text. */
int filter_value_of(struct filter_parser *p, enum filter_field f, enum filter_match match, struct str text, struct filter_value *out);
/* The value that null is. */
struct filter_value filter_value_null(enum filter_field f);
bool filter_value_is_null(enum filter_field f, const struct filter_value *v);
/* Bounds in the field's unit, from two numbers or moments in milliseconds; INT64_MIN and INT64_MAX are open ends. */
struct filter_value filter_value_range(enum filter_field f, int64_t first, int64_t last);

#endif
