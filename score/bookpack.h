/* score/bookpack.h - contributions that can no longer change, packed: about a third of struct entry.
 *
 * Most of what counts is never shown, but which week will be the worst is known at the end only, when the alerts are in.
 * They lie in pages that stay where they are: a book that grows a little each day leaves no holes behind.
 * Written and read by this file alone; no file format. */
#ifndef VIGIE_SCORE_BOOKPACK_H
#define VIGIE_SCORE_BOOKPACK_H

#include <stdbool.h>
#include <stdint.h>

struct entry;
struct bookpack_page;

/* Starts as zeroes. */
struct bookpack {
    struct bookpack_page *first, *last;
    uint32_t n;   /* entries */
    int64_t time; /* of the last */
};

/* Appends. Not for TOPIC_ALERT. `exact` is not kept. False when memory is short: nothing was written. */
bool bookpack_add(struct bookpack *b, const struct entry *e);
void bookpack_free(struct bookpack *b);

/* Where a reader stands; starts with the first page, then zeroes. */
struct bookpack_reader {
    const struct bookpack_page *page;
    uint32_t at;
    int64_t time;
};

/* The next entry; false after the last. */
bool bookpack_next(struct bookpack_reader *r, struct entry *e);

#endif
