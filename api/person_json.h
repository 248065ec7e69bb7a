/* api/person_json.h - people and computers as the API shows them. */
#ifndef VIGIE_API_PERSON_JSON_H
#define VIGIE_API_PERSON_JSON_H

#include "api/api.h"
#include "store/tab_entities.h"

/* Members of a user or computer row (docs/api.md), into an open object. */
int person_json_row(struct api_request *q, struct jout *j, const struct stored_entity *e);
/* {"id","name"} of an entity number; a name alone, or null, where there is none. */
void person_json_ref(struct api_request *q, struct jout *j, uint32_t number, struct str seen);
/* True when the caller's scope has the entity. */
bool person_json_may_see(const struct api_request *q, uint32_t number);
/* The entity of an id in the path, seen by the caller: ERR_NOT_FOUND otherwise. */
int person_json_find(struct api_request *q, struct str id, struct stored_entity *out);
/* "tags":[...] */
void person_json_tags(struct jout *j, const struct stored_entity *e);
const char *person_json_type(enum entity_type t);

#endif
