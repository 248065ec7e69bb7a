/* tests/support/import.c - see import.h. */
#include "tests/support/import.h"

#include "base/jin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct dir_import *import_json(const char *text)
{
    struct dir_import *im = dir_import_new();
    struct fault f = {0};
    size_t n = strlen(text);
    char *copy = calloc(1, n + JIN_PADDING);
    assert_true(im && copy);
    memcpy(copy, text, n);
    int err = dir_import_json(im, copy, n, &f);
    if (err)
        print_message("%s at %llu\n", f.why, (unsigned long long)f.offset);
    assert_int_equal(err, 0);
    free(copy);
    return im;
}
