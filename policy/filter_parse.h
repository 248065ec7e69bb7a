/* policy/filter_parse.h - the filter language of the compatible API, and its form for people, to and from struct filter.
 *
 * The JSON form is the documented one, {"field":{"operator":value}}, with everything that existing clients send: a scalar
 * for a list, an empty list or null for no restriction, numbers and booleans as text, a range as one object or a list of
 * them, entities as objects {"id","saas","inst"} or as base64 of one, the last of duplicate keys. Ours beside it: a list of
 * operator objects as a field's value means that all of them hold, so that any conjunction can be written.
 * The text form is what people type: `user.username:alice date>=7d not location.country:FR,BE some words`; docs/filters.md
 * describes both.
 *
 * Parsing knows no database: people and groups stay names (value.text, value.from 0) until policy/filter_people.h looks them
 * up. Null as a value becomes the empty text for texts and INT64_MIN for numbers: what an absent field equals.
 * Limits: 64 terms, 10,000 values, 4 KiB a text. Source of operators: "Activities API" and its siblings in the Cloud App
 * Security documentation. */
#ifndef VIGIE_POLICY_FILTER_PARSE_H
#define VIGIE_POLICY_FILTER_PARSE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/jin.h"
#include "base/jout.h"
#include "model/filter.h"

enum { FILTER_TERMS = 64, FILTER_VALUES = 10000, FILTER_TEXT_MAX = 4096 };

/* What is wrong with a filter: the value at fault, the recorded error code of the API, and a sentence for people. */
struct filter_error {
    struct str value;
    const char *code;
    const char *why;
};

struct filter_parser {
    struct arena *arena; /* of the filter; texts may also point into the document */
    enum filter_noun noun;
    int64_t now; /* for days ago */
    struct filter_error error; /* set when parsing gives ERR_MALFORMED or ERR_LIMIT */
};

/* `filters` is a node of `doc`: the object, a text that holds it, null or NULL (everything). */
int filter_parse(struct filter_parser *p, const struct jnode *doc, const struct jnode *filters, struct filter *out);
/* The same from JSON text, or from the text form when it does not begin with a brace. Absent or blank: everything. */
int filter_parse_text(struct filter_parser *p, struct str text, struct filter *out);

/* The canonical JSON object: fields in order of first use, numbers and times (milliseconds) as numbers, lists as lists. Parsed again it
 * gives the same filter. Only for filters whose people are still names. */
void filter_write(const struct filter *f, struct buf *out);
/* The text form; parsed again it gives the same filter. */
void filter_write_text(const struct filter *f, struct buf *out);
/* Appends the fields of a noun as objects {"name","type","operators":[...],"values":[{"value","label"}]} to an open array; `values` only
 * where numbers have names. Types: text, number, time, bool, ip, person. */
void filter_fields_json(enum filter_noun noun, struct jout *j);
/* The table of fields, operators and named values as Markdown, for docs/filters.md. */
void filter_describe(struct buf *out);

#endif
