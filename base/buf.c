/* base/buf.c - growth by doubling. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

char *buf_room(struct buf *b, size_t n)
{
    if (b->failed)
        return NULL;
    if (n <= b->cap - b->n)
        return b->p + b->n;
    size_t cap = b->cap ? b->cap : 256;
    while (cap - b->n < n && cap < SIZE_MAX / 2)
        cap *= 2;
    char *p = cap - b->n >= n ? realloc(b->p, cap) : NULL;
    if (!p) {
        b->failed = true;
        return NULL;
    }
    b->p = p;
    b->cap = cap;
    return p + b->n;
}

void buf_add(struct buf *b, const void *bytes, size_t n)
{
    char *to = n ? buf_room(b, n) : NULL;
    if (!to)
        return;
    memcpy(to, bytes, n);
    b->n += n;
}

void buf_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_str(struct buf *b, struct str s)
{
    buf_add(b, s.p, s.n);
}

void buf_fmt(struct buf *b, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n >= 0 && buf_room(b, (size_t)n + 1)) {
        (void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

void buf_free(struct buf *b)
{
    free(b->p);
    *b = (struct buf){0};
}
