/* store/where.h - a filter of model/filter.h as the condition of an SQL statement. Private to store/.
 *
 * A field is a scalar expression, or one of several rows: then `before` opens a sub-query that ends where the test of
 * `value` goes and `after` closes it. Values are always bound, never written into the text. */
#ifndef VIGIE_STORE_WHERE_H
#define VIGIE_STORE_WHERE_H

#include "base/arena.h"
#include "base/buf.h"
#include "model/filter.h"
#include "store/db.h"

struct where_field {
    const char *value;          /* absent: the noun has no such field, and it never matches */
    const char *before, *after; /* around the test; NULL: none */
    const char *ip;             /* of FILTER_IP: the expression with 16 bytes; `value` is its text */
};

struct where_value;

/* SQL text with its values, in order. Texts that are bound must live until the statement is closed. */
struct where {
    struct buf sql;
    struct where_value *values;
    size_t n, room;
    int err;
};

void where_text(struct where *w, const char *sql);
void where_i64(struct where *w, int64_t v);
void where_str(struct where *w, struct str v);
/* " AND (...)" for each term; `fields` is indexed by enum filter_field. At most 500 values of one term that is not
 * MATCH_EQ, 10,000 in all: ERR_LIMIT. */
void where_filter(struct where *w, const struct filter *f, const struct where_field fields[FIELD_COUNT]);
/* " AND " every word of `text`, without case, is in `value`. */
void where_words(struct where *w, const char *value, struct str text);
/* A sorted list as the right side of IN: "(SELECT value FROM json_each(?))". */
void where_list(struct where *w, struct arena *a, const uint32_t *numbers, size_t n);
/* The statement with everything bound. Its errors, and those of building it, come from sql_close. */
struct sql where_open(struct where *w, struct db *db);
void where_free(struct where *w);

#endif
