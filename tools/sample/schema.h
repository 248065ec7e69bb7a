/* tools/sample/schema.h - the Windows events that the generator writes, as their manifests describe them. */
#ifndef VIGIE_SAMPLE_SCHEMA_H
#define VIGIE_SAMPLE_SCHEMA_H

#include "tools/sample/evtx_writer.h"

void schema_init(void);
/* The schema of an event; ends the program when there is none, for that is an error of the generator. */
const struct evtx_schema *schema_of(unsigned id);
/* Ends the program when the values do not fit the schema. */
void schema_check(const struct evtx_schema *s, const struct evtx_values *v);

#endif
