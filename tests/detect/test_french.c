/* tests/detect/test_french.c - every text of a detection and its advice is there in both languages, and only once. */
#include "detect/engine.h"
#include "model/advice.h"
#include "tests/support/languages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void detections(void **state)
{
    char key[32], id[40];
    unsigned n = 0, params = 0;
    (void)state;
    for (const struct detector *const *d = detectors; *d; d++, n++) {
        (void)snprintf(id, sizeof id, "%.*s", STR_ARG(detector_key(*d, key)));
        languages_both(id, "name", (*d)->name, (*d)->french.name);
        languages_both(id, "about", (*d)->about, (*d)->french.about);
        languages_both(id, "blind", (*d)->blind, (*d)->french.blind);
        for (const struct param *p = (*d)->params; p && p->name; p++, params++)
            languages_both(id, p->name, p->about, p->french);
    }
    assert_true(n >= 66 && params >= 150);
}

/* Two detections of one name could not be told apart in a list. */
static void names_differ(void **state)
{
    (void)state;
    for (const struct detector *const *d = detectors; *d; d++)
        for (const struct detector *const *e = detectors; e < d; e++)
            if (strcmp((*d)->french.name, (*e)->french.name) == 0)
                fail_msg("'%s' twice", (*d)->french.name);
}

static unsigned marks(const char *text)
{
    unsigned n = 0;
    for (; (text = strchr(text, '{')) != NULL; text++)
        n++;
    return n;
}

/* That they fit what detections say is asked wherever a test replays one (tests/support/replay.c). */
static void phrases(void **state)
{
    enum { MOST = 64 }; /* as many as the API takes */
    (void)state;
    for (const struct detector *const *d = detectors; *d; d++) {
        unsigned n = 0;
        for (const struct phrase *p = (*d)->french.phrases; p && p->english; p++, n++)
            if (!p->french || marks(p->english) != marks(p->french))
                fail_msg("%s: %s", (*d)->name, p->english);
        if (n == 0 || n > MOST)
            fail_msg("%s has %u phrases", (*d)->name, n);
    }
}

static void lines(const char *key, const char *which, const char *const *english, const char *const *french)
{
    int i = 0;
    for (; english[i]; i++)
        languages_both(key, which, english[i], french[i]);
    assert_null(french[i]);
}

static void advice(void **state)
{
    char key[32];
    (void)state;
    for (const struct detector *const *d = detectors; *d; d++) {
        const struct advice *a = advice_of(detector_key(*d, key));
        lines(a->keys, "scope", a->in[ENGLISH].scope, a->in[FRENCH].scope);
        lines(a->keys, "remediation", a->in[ENGLISH].remediation, a->in[FRENCH].remediation);
        lines(a->keys, "prevention", a->in[ENGLISH].prevention, a->in[FRENCH].prevention);
    }
    const struct advice *general = advice_of(STR("0"));
    lines("general", "scope", general->in[ENGLISH].scope, general->in[FRENCH].scope);
    lines("general", "remediation", general->in[ENGLISH].remediation, general->in[FRENCH].remediation);
    lines("general", "prevention", general->in[ENGLISH].prevention, general->in[FRENCH].prevention);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(detections), cmocka_unit_test(names_differ), cmocka_unit_test(phrases), cmocka_unit_test(advice)};
    return cmocka_run_group_tests_name("French of detections", tests, NULL, NULL);
}
