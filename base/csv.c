/* base/csv.c - quoting for CSV. */
#include "base/csv.h"

#include <string.h>

void csv_cell(struct buf *b, struct str s, char end)
{
    buf_char(b, '"');
    if (s.n && strchr("=+-@\t\r", s.p[0]))
        buf_char(b, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_char(b, '"');
        unsigned char c = (unsigned char)s.p[i];
        buf_char(b, c < 0x20 && c != '\t' && c != '\n' && c != '\r' ? ' ' : s.p[i]);
    }
    buf_char(b, '"');
    if (end == '\n')
        buf_char(b, '\r');
    buf_char(b, end);
}
