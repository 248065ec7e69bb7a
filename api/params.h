/* api/params.h - the parameters of a request, however they were sent, as one JSON object.
 *
 * Clients send them as a query string whose `filters` is JSON, as a JSON body (of GET, too), as JSON that
 * calls itself a form, as a form, as multipart, as nothing or `null`. All are merged, the body over the query
 * string; of members with the same key the last one counts, at every depth. A form's value that is a JSON object or
 * array becomes one; other values are texts. Limits: 28 levels, 10,000 members of a form. */
#ifndef VIGIE_API_PARAMS_H
#define VIGIE_API_PARAMS_H

#include "base/arena.h"
#include "base/jin.h"

struct params_input {
    struct str query; /* behind the "?", as sent */
    struct str type;  /* Content-Type with its parameters, as sent */
    struct str body;  /* JIN_PADDING readable bytes follow */
};

/* *doc: the root of a document in the arena. ERR_MALFORMED and ERR_LIMIT with fault; ERR_MEMORY. */
int params_read(struct jin *jin, struct arena *a, const struct params_input *in, const struct jnode **doc, struct fault *fault);

/* "a%20b" to "a b"; `plus`: + is a blank, as in forms. ERR_MALFORMED: a per cent sign without two hexadecimal digits. */
int params_decode(struct arena *a, struct str s, bool plus, struct str *out);
/* A parameter of a header like `form-data; name="x"`; absent when it is not there. Quotes are taken off. */
struct str params_of_header(struct str header, struct str name);

#endif
