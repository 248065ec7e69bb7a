/* tests/decode/test_samba.c - Samba's JSON audit log: vectors, and every line cut short and bent. */
#include "tests/support/vector.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define AUDIT "fixtures/decode/samba/audit.txt"

static void vectors(void **state)
{
    (void)state;
    vector_file(AUDIT);
}

static void cut_and_bend(void *owner, char *text, size_t n)
{
    for (size_t cut = 0; cut < n; cut++)
        assert_int_equal(vector_decode(owner, text, cut), 0); /* an object that does not end is no JSON */
    for (size_t bit = 0; bit < n * 8; bit++) {
        text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
        assert_true(vector_decode(owner, text, n) <= 64);
        text[bit / 8] = (char)(text[bit / 8] ^ (1 << bit % 8));
    }
}

static void hostile(void **state)
{
    (void)state;
    struct vector_run *r = vector_open();
    vector_each(AUDIT, cut_and_bend, r);
    vector_close(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors), cmocka_unit_test(hostile)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
