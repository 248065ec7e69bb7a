/* base/csv.h - cells of RFC 4180 tables that are safe to open in a spreadsheet. */
#ifndef VIGIE_BASE_CSV_H
#define VIGIE_BASE_CSV_H

#include "base/buf.h"

/* Quoted text and the character behind it: ',' or '\n', which is written as CR LF. A leading = + - @ would be a formula, so it
 * gets an apostrophe; control characters become blanks. */
void csv_cell(struct buf *b, struct str s, char end);

#endif
