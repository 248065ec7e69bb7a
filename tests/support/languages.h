/* tests/support/languages.h - is a text there in both languages, and is the French one the same text? */
#ifndef VIGIE_TESTS_SUPPORT_LANGUAGES_H
#define VIGIE_TESTS_SUPPORT_LANGUAGES_H

/* Fails the test unless both are there and differ, the French is no English, has typographic apostrophes, and names the numbers (events,
 * ports, days) and parameters (burst_minutes) that the English does. `of` and `which` say where they stand. */
void languages_both(const char *of, const char *which, const char *english, const char *french);

#endif
