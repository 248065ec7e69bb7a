/* tests/detect/test_advice.c - every detection says what to do. */
#include "detect/engine.h"
#include "model/advice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void every_detection_has_advice_of_its_own(void **state)
{
    (void)state;
    char key[32];
    for (const struct detector *const *d = detectors; *d; d++) {
        struct str k = detector_key(*d, key);
        if (!advice_own(k))
            fail_msg("%.*s has no advice", (int)k.n, k.p);
        const struct advice_words *a = &advice_of(k)->in[ENGLISH];
        assert_non_null(a->scope[0]);
        assert_non_null(a->remediation[0]);
        assert_non_null(a->prevention[0]);
    }
    assert_false(advice_own(STR("0")));
    assert_non_null(advice_of(STR("0"))->in[ENGLISH].scope[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_detection_has_advice_of_its_own)};
    return cmocka_run_group_tests_name("advice", tests, NULL, NULL);
}
