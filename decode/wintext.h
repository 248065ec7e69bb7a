/* decode/wintext.h - texts that Windows wraps for people, unwrapped into the message arena. */
#ifndef VIGIE_DECODE_WINTEXT_H
#define VIGIE_DECODE_WINTEXT_H

#include "base/arena.h"
#include "base/str.h"

/* The GUIDs in a rendered property list ("%%7688 {1131f6aa-...}"), lower case, without braces, separated
 * by one blank, in their order; absent when there is none. */
struct str wintext_guids(struct arena *a, struct str s);
/* One "%{guid}" or "{guid}" in lower case without wrapping; other texts as they are. */
struct str wintext_guid(struct arena *a, struct str s);
/* The same, absent when it is empty or all zeroes. */
struct str wintext_some_guid(struct arena *a, struct str s);
/* Words separated by any blanks, line ends or tabs, joined by one blank, "%%1234" ids left out. */
struct str wintext_words(struct arena *a, struct str s);
/* A host name without leading backslashes; absent when nothing remains. */
struct str wintext_host(struct str s);

#endif
