/* tests/support/vector.h - text vectors of decoders: records in, activities out.
 *
 * A vector file has comments (#), vectors and a last line "count N". A vector is
 *     vector <name>
 *     in <decoder> <JSON on one line>      one or more; all must give the same
 *     <key> <value>                        a line that the activity must have, word for word
 *     no <key>                             it must have no line that begins so
 *     activity                             what follows is about the next activity
 *     ignored <what> / fault <why>         instead of activities
 * Instead of `in` a vector may have a conversation on the network (tests/support/talk.h); a name that ends in " (broken)" says that its
 * messages need not be ones that the decoder claims.
 * Keys: kind, outcome, code, time, app, instance, actor.name|domain|sid|upn|cloud, object, device,
 * device_certainty, ip, port, country, city, browser, system, impersonated, destination, destination_ip, session, protocol, admin, fact.<name>. */
#ifndef VIGIE_TESTS_SUPPORT_VECTOR_H
#define VIGIE_TESTS_SUPPORT_VECTOR_H

#include "decode/decode.h"

/* Runs all vectors of the file and fails the cmocka test on the first difference. */
void vector_file(const char *path);

/* Calls `use` with each JSON text of the file: a buffer of its own with JIN_PADDING bytes behind it. */
void vector_each(const char *path, void (*use)(void *owner, char *text, size_t n), void *owner);

/* Parses text and lets every decoder that claims it read it. Returns activities + ignored + faults. */
struct vector_run;
struct vector_run *vector_open(void);
void vector_close(struct vector_run *r);
unsigned vector_decode(struct vector_run *r, const char *text, size_t n);

#endif
