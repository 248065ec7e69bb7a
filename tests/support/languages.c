/* tests/support/languages.c - compares a text in both languages. */
#include "tests/support/languages.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Numbers of two digits and more, and names with an underscore, say the same in every language. */
static int telling(const char *word, size_t n)
{
    size_t digits = 0;
    while (digits < n && isdigit((unsigned char)word[digits]))
        digits++;
    return (digits == n && n > 1) || memchr(word, '_', n) != NULL;
}

/* As a whole word. */
static int has_word(const char *text, const char *word, size_t n)
{
    for (const char *p = text; (p = strstr(p, word)) != NULL; p += n)
        if ((p == text || !word_char(p[-1])) && !word_char(p[n]))
            return 1;
    return 0;
}

static void same_facts(const char *where, const char *from, const char *in)
{
    char word[64];
    for (const char *p = from; *p;) {
        size_t n = 0;
        while (word_char(p[n]))
            n++;
        if (n && n < sizeof word && telling(p, n)) {
            memcpy(word, p, n);
            word[n] = '\0';
            if (!has_word(in, word, n))
                fail_msg("%s: '%s' is in one language only", where, word);
        }
        p += n ? n : 1;
    }
}

void languages_both(const char *of, const char *which, const char *english, const char *french)
{
    static const char *const english_words[] = {" the ", " and ", " is ", " with ", " not ", " who "};
    char where[256];
    (void)snprintf(where, sizeof where, "%s, %s", of, which);
    if (!english || !*english || !french || !*french)
        fail_msg("%s: a language is missing", where);
    if (strcmp(english, french) == 0)
        fail_msg("%s: the French is the English: %s", where, french);
    if (strchr(french, '\''))
        fail_msg("%s: an apostrophe that is none: %s", where, french);
    for (size_t i = 0; i < sizeof english_words / sizeof *english_words; i++)
        if (strstr(french, english_words[i]))
            fail_msg("%s: English in the French: %s", where, french);
    same_facts(where, english, french);
    same_facts(where, french, english);
}
