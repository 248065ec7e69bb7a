/* app/redact.h - a sentence without somebody's names. */
#ifndef VIGIE_APP_REDACT_H
#define VIGIE_APP_REDACT_H

#include "base/arena.h"
#include "base/str.h"
#include "model/entity.h"

#define REDACTED "a deleted person"

enum { REDACT_NAMES = 128 };

/* All that the entity is called, longest first; at most REDACT_NAMES. Texts stay the entity's. */
size_t redact_names(const struct entity *e, struct str out[REDACT_NAMES]);
/* Sorts names longest first, so that none leaves a part of another. */
void redact_order(struct str *names, size_t n);
/* The text with REDACTED in place of every name that stands as a word; letters' case aside. The text itself when none does, or
 * memory is short of a copy: then absent. */
struct str redact(struct arena *a, struct str text, const struct str *names, size_t n);

#endif
