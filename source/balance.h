/* source/balance.h - finding where the brackets of JSON text balance, without parsing it.
 *
 * Brackets in strings do not count, nor do quotes behind an odd run of backslashes in them. Text may come in any pieces. */
#ifndef VIGIE_SOURCE_BALANCE_H
#define VIGIE_SOURCE_BALANCE_H

#include <stdbool.h>
#include <stddef.h>

struct balance {
    unsigned depth; /* open brackets */
    bool in_string, escaped;
};

/* Goes over text[*at, n) until no bracket is open: true, *at is then behind the last one. False: *at is n. */
bool balance_find(struct balance *b, const char *text, size_t n, size_t *at);

#endif
