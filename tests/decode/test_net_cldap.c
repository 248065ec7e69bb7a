/* tests/decode/test_net_cldap.c - CLDAP messages: vectors, and every message cut short and bent. */
#include "tests/support/talk.h"
#include "tests/support/vector.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define CLDAP "fixtures/decode/net/cldap.txt"

static void vectors(void **state)
{
    (void)state;
    vector_file(CLDAP);
}

static void hostile(void **state)
{
    (void)state;
    talk_mangle(CLDAP, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors), cmocka_unit_test(hostile)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
