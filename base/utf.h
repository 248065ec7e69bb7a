/* base/utf.h - UTF-16LE as Windows writes it, to UTF-8; and checking UTF-8. */
#ifndef VIGIE_BASE_UTF_H
#define VIGIE_BASE_UTF_H

#include "base/arena.h"
#include "base/str.h"

#include <stdint.h>

/* Converts n bytes of UTF-16LE into the arena. An odd last byte is left out, a lone surrogate becomes
 * U+FFFD, and the text ends at the first NUL. Absent when the arena is full. */
struct str utf_from16(struct arena *a, const uint8_t *bytes, size_t n);
/* The same into memory that is there, without a NUL behind it: bytes written, at most three for each unit. */
size_t utf_put16(char *out, const uint8_t *bytes, size_t units);
/* Bytes written for one code point (at most four). */
size_t utf_put(char *out, uint32_t code);
bool utf_valid(struct str s);
/* At most so many bytes of it, never a part of a character. */
struct str utf_cut(struct str s, size_t most);
/* The same text with every invalid byte made U+FFFD; s itself when valid. */
struct str utf_clean(struct arena *a, struct str s);

#endif
