/* base/buf.h - a growing byte buffer. A failed allocation is remembered in `failed` and later writes do
 * nothing, so that writers check once at the end. */
#ifndef VIGIE_BASE_BUF_H
#define VIGIE_BASE_BUF_H

#include "base/str.h"

struct buf {
    char *p;
    size_t n, cap;
    bool failed;
};

/* Room for n more bytes; NULL when memory is short. The caller adds to b->n what it wrote. */
char *buf_room(struct buf *b, size_t n);
void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_char(struct buf *b, char c);
void buf_str(struct buf *b, struct str s);
void buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_free(struct buf *b);

static inline struct str buf_view(const struct buf *b)
{
    return (struct str){b->p, b->n};
}

#endif
