/* api/schemas.h - the shapes of answers, for the OpenAPI description. */
#ifndef VIGIE_API_SCHEMAS_H
#define VIGIE_API_SCHEMAS_H

#include "api/api.h"

/* Members of "schemas" into an open object. */
void schemas_write(struct jout *j);
/* The name of the schema that a success of the route answers, "List" with *of what it lists; NULL: nothing is promised beyond JSON. */
const char *schemas_answer(const struct api_route *route, const char **of);

#endif
