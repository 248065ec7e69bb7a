/* model/language.h - the languages in which people read what Vigie says.
 *
 * English is what programs get, too: names in the API, in CEF and in reports do not change with a person's language. French stands
 * beside the English wherever the portal shows a text of ours (detections, advice, assessments, templates). */
#ifndef VIGIE_MODEL_LANGUAGE_H
#define VIGIE_MODEL_LANGUAGE_H

#include "base/str.h"

enum language { ENGLISH, FRENCH, LANGUAGES };

/* Of an Accept-Language header (RFC 9110 12.5.4): the first that it names and that we speak; weights are not read. English when there
 * is none. */
enum language language_accepted(struct str header);

#endif
