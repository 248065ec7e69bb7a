/* tests/support/mangle.c - hostile versions of records. */
#include "tests/support/mangle.h"

#include "tests/support/vector.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MOST_EVENTS = 256 };

/* Cut exactly behind the prefix, so that reading further than the padding is seen. */
static void prefixes(struct vector_run *r, const char *text, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        char *cut = calloc(1, k + JIN_PADDING);
        assert_non_null(cut);
        memcpy(cut, text, k);
        assert_int_equal(vector_decode(r, cut, k), 0);
        free(cut);
    }
}

static void flips(struct vector_run *r, char *text, size_t n)
{
    for (size_t bit = 0; bit < 8 * n; bit++) {
        text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
        assert_true(vector_decode(r, text, n) <= MOST_EVENTS);
        text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
    }
}

static void mangle(void *owner, char *text, size_t n)
{
    prefixes(owner, text, n);
    flips(owner, text, n);
}

void mangle_file(const char *path)
{
    struct vector_run *r = vector_open();
    vector_each(path, mangle, r);
    vector_close(r);
}
