/* model/phrase.h - sentences that were made of parts, read back and said in French.
 *
 * An alert keeps one sentence, in English, as its detection made it of names, times and numbers; names in it are taken out when a person
 * is forgotten. Its French is made when somebody wants to read it: a phrase is the same sentence, or a piece of one, in both languages,
 * with marks in place of its parts, in the same order. In English a mark says what the part is:
 *   {}         a name, a time, a number: it stays as it is, unless a phrase without marks is just that ("an unknown computer")
 *   {*} {?}    what another phrase says; {?} may be nothing
 *   {list}     names with commas, "and", "and 3 more", "and others"
 *   {number}   digits, also "1,643"
 *   {country} {countries} {kind}
 * In French every mark is {}. The first phrase that fits the whole text counts, the detection's own before those that all share. */
#ifndef VIGIE_MODEL_PHRASE_H
#define VIGIE_MODEL_PHRASE_H

#include "base/arena.h"
#include "base/str.h"

struct phrase {
    const char *english, *french;
};

/* `own` may be NULL, and ends with english == NULL. False: nothing fits, or the text is longer than 4,096 bytes or takes too long; then the
 * English is all there is. `*out` is in the arena. */
bool phrase_french(struct arena *a, const struct phrase *own, struct str text, struct str *out);

/* As `own`: the reasons of contributions to a score. */
extern const struct phrase phrase_receipt[];

#endif
