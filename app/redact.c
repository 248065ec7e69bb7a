/* app/redact.c - names out of sentences. */
#include "app/redact.h"

#include "base/buf.h"

#include <stdlib.h>

enum { SHORTEST = 2 }; /* a single letter is nobody's name alone */

static int longest_first(const void *x, const void *y)
{
    const struct str *a = x, *b = y;
    return a->n != b->n ? (a->n < b->n ? 1 : -1) : str_cmp(*a, *b);
}

void redact_order(struct str *names, size_t n)
{
    if (n)
        qsort(names, n, sizeof *names, longest_first);
}

size_t redact_names(const struct entity *e, struct str out[REDACT_NAMES])
{
    const struct str own[] = {e->id, e->name, e->sid, e->sam, e->upn, e->mail, e->cloud, e->dn, e->guid};
    size_t n = 0;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (own[i].n)
            out[n++] = own[i];
    for (uint32_t i = 0; i < e->naccounts && n < REDACT_NAMES; i++)
        if (e->accounts[i].n)
            out[n++] = e->accounts[i];
    redact_order(out, n);
    return n;
}

static bool of_word(char c)
{
    char low = str_lower_char(c);
    return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || c == '_' || (unsigned char)c >= 0x80;
}

/* The name as a word of its own at `at`. */
static bool stands(struct str text, size_t at, struct str name)
{
    size_t end = at + name.n;
    return (at == 0 || !of_word(text.p[at - 1]) || !of_word(name.p[0])) && (end == text.n || !of_word(text.p[end]) || !of_word(name.p[name.n - 1]));
}

static struct str without(struct arena *a, struct str text, struct str name)
{
    struct buf b = {0};
    size_t from = 0, done = 0;
    ptrdiff_t next;
    while ((next = str_findi(str_from(text, from), name)) >= 0) {
        size_t at = from + (size_t)next;
        from = at + 1;
        if (!stands(text, at, name))
            continue;
        buf_str(&b, str_sub(text, done, at - done));
        buf_str(&b, STR(REDACTED));
        from = done = at + name.n;
    }
    if (!done)
        return text;
    buf_str(&b, str_from(text, done));
    struct str out = b.failed ? STR_NONE : str_dup(a, buf_view(&b));
    buf_free(&b);
    return out;
}

struct str redact(struct arena *a, struct str text, const struct str *names, size_t n)
{
    for (size_t i = 0; i < n && str_set(text); i++)
        if (names[i].n >= SHORTEST)
            text = without(a, text, names[i]);
    return text;
}
