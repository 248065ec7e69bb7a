/* tests/decode/test_net_smb.c - SMB conversations: vectors, and every message cut short and bent. */
#include "tests/support/talk.h"
#include "tests/support/vector.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SMB "fixtures/decode/net/smb.txt"

static void vectors(void **state)
{
    (void)state;
    vector_file(SMB);
}

static void hostile(void **state)
{
    (void)state;
    talk_mangle(SMB, 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors), cmocka_unit_test(hostile)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
