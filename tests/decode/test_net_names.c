/* tests/decode/test_net_names.c - DHCP and NetBIOS names: vectors, and every message cut short and bent. */
#include "tests/support/talk.h"
#include "tests/support/vector.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void vectors(void **state)
{
    (void)state;
    vector_file("fixtures/decode/net/dhcp.txt");
    vector_file("fixtures/decode/net/nbns.txt");
}

static void hostile(void **state)
{
    (void)state;
    talk_mangle("fixtures/decode/net/dhcp.txt", 2);
    talk_mangle("fixtures/decode/net/nbns.txt", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors), cmocka_unit_test(hostile)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
