/* tests/decode/test_cloudtrail.c - CloudTrail events to activities: vectors, every prefix, every flipped bit. */
#include "tests/support/mangle.h"
#include "tests/support/vector.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void vectors(void **state)
{
    (void)state;
    vector_file("fixtures/decode/cloud/cloudtrail.txt");
}

static void mangled(void **state)
{
    (void)state;
    mangle_file("fixtures/decode/cloud/cloudtrail.txt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors), cmocka_unit_test(mangled)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
