/* tests/model/test_language.c - which language a header asks for. */
#include "model/language.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void accepted(void **state)
{
    static const struct {
        const char *header;
        enum language language;
    } cases[] = {{NULL, ENGLISH},      {"", ENGLISH},          {"*", ENGLISH},           {"fr", FRENCH},        {"FR", FRENCH},
                 {"fr-CA", FRENCH},    {"fr;q=0.9", FRENCH},   {"fr , en", FRENCH},      {"en, fr", ENGLISH},   {"en-GB,fr;q=0.5", ENGLISH},
                 {"de, fr", FRENCH},   {"de,en;q=1", ENGLISH}, {"fro", ENGLISH},         {"frfr", ENGLISH},     {",,fr", FRENCH},
                 {"f", ENGLISH},       {" fr-FR ", FRENCH},    {"x-fr", ENGLISH},        {";fr", ENGLISH},      {"\xff\xfe, fr", FRENCH}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (language_accepted(str_of(cases[i].header)) != cases[i].language)
            fail_msg("'%s'", cases[i].header ? cases[i].header : "(none)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(accepted)};
    return cmocka_run_group_tests_name("language", tests, NULL, NULL);
}
