/* source/split.h - cuts JSON text into records, without parsing it.
 *
 * Three layouts are told apart from the first lines: one record per line; records one after another over
 * several lines; and one document that wraps them, an array or an object whose member "Records",
 * "value", "events" and the like is the array. In lines, a broken record ends at its line's end. */
#ifndef VIGIE_SOURCE_SPLIT_H
#define VIGIE_SOURCE_SPLIT_H

#include "source/balance.h"

#include <stdint.h>

enum { SPLIT_RECORD_MAX = 16 << 20 };

struct span {
    size_t at, n;    /* within the text given */
    uint64_t record; /* line number, or ordinal from 1 */
    const char *why; /* not NULL: not a record but a fault */
};

struct split {
    bool decided, lines;
    unsigned level;   /* 0: between documents; 1: in a top array; 2: in a wrapper's array; 3: behind that array */
    bool skipping;    /* inside a record that is too long */
    struct balance brackets; /* while skipping over a record, or behind a wrapper's array */
    uint64_t record;
};

/* Finds the next record in text[*at, n). Returns 1 with the span and moves *at behind it, or 0 when more
 * text is needed (*at is then where the unfinished rest begins). `end`: no more text follows. */
int split_next(struct split *s, const char *text, size_t n, size_t *at, bool end, struct span *out);
/* The unfinished rest is longer than SPLIT_RECORD_MAX: give its span as a fault and skip to its end. */
void split_skip(struct split *s, size_t at, size_t n, struct span *out);

#endif
