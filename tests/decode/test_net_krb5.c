/* tests/decode/test_net_krb5.c - Kerberos conversations: vectors, and every message cut short and bent. */
#include "tests/support/talk.h"
#include "tests/support/vector.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define VECTORS "fixtures/decode/net/krb5.txt"

static void vectors(void **state)
{
    (void)state;
    vector_file(VECTORS);
}

static void hostile(void **state)
{
    (void)state;
    talk_mangle(VECTORS, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors), cmocka_unit_test(hostile)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
