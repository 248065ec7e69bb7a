/* tests/decode/test_tickets.c - whose tickets are whose: kept, replaced, and not kept where nobody is named. */
#include "decode/tickets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void owners(void **state)
{
    struct ticket_cache *c = calloc(1, sizeof *c);
    uint8_t one[16], other[16];
    char longer[TICKET_NAME + 1];
    (void)state;
    assert_non_null(c);
    ticket_hash(one, (const uint8_t *)"one", 3);
    ticket_hash(other, (const uint8_t *)"other", 5);
    ticket_issued(c, one, STR("alice"), STR("CORP.TEST"), true);
    const struct ticket_owner *o = ticket_of(c, one);
    assert_non_null(o);
    assert_memory_equal(o->name, "alice", o->name_n);
    assert_true(o->initial);
    assert_null(ticket_of(c, other));
    ticket_issued(c, one, STR("bob"), STR_NONE, false);
    assert_int_equal(ticket_of(c, one)->name_n, 3);
    assert_false(ticket_of(c, one)->initial);
    ticket_issued(c, other, STR("WELLKNOWN/ANONYMOUS"), STR("WELLKNOWN:ANONYMOUS"), true);
    assert_null(ticket_of(c, other));
    memset(longer, 'a', sizeof longer);
    ticket_issued(c, other, (struct str){longer, sizeof longer}, STR_NONE, true);
    assert_null(ticket_of(c, other));
    ticket_issued(NULL, one, STR("alice"), STR_NONE, true);
    assert_null(ticket_of(NULL, one));
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(owners)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
