/* tests/posture/test_french.c - every text of an assessment is there in both languages. */
#include "posture/posture.h"
#include "tests/support/languages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void assessments_are(void **state)
{
    unsigned n = 0;
    (void)state;
    for (const struct assessment *const *a = assessments; *a; a++, n++) {
        languages_both((*a)->id, "name", (*a)->name, (*a)->french.name);
        languages_both((*a)->id, "about", (*a)->about, (*a)->french.about);
        languages_both((*a)->id, "needs", (*a)->needs, (*a)->french.needs);
        int i = 0;
        for (; (*a)->todo[i]; i++)
            languages_both((*a)->id, "todo", (*a)->todo[i], (*a)->french.todo[i]);
        assert_true(i > 0 && !(*a)->french.todo[i]);
    }
    assert_true(n >= 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(assessments_are)};
    return cmocka_run_group_tests_name("French of assessments", tests, NULL, NULL);
}
