/* api/cas.h - what the routes of the Cloud App Security API share: ids of entities, pages, numbers of that API.
 *
 * An entity is named by base64 of {"id","saas","inst"}; its id is ours (24 hexadecimal digits), its saas 20940 (Active Directory)
 * for who is known on premises alone and 11161 (Office 365) else. */
#ifndef VIGIE_API_CAS_H
#define VIGIE_API_CAS_H

#include "api/filters.h"
#include "store/tab_entities.h"

/* By base64 of a JSON object, by our id, or by any spelling that only one has; seen by the caller. ERR_NOT_FOUND. */
int cas_entity(struct api_request *q, struct str pk, struct stored_entity *out);
/* The saas that the base64 names; 0 when it names none. */
uint32_t cas_saas_of(struct api_request *q, struct str pk);
uint32_t cas_saas(const struct stored_entity *e);
/* Severity as the API counts: 0 low, 1 medium, 2 high, 3 informational. */
int cas_severity(enum severity s);
/* "key":milliseconds, left out for TIME_NONE. */
void cas_kms(struct jout *j, const char *key, int64_t t);
/* "key":null */
void cas_knull(struct jout *j, const char *key);
/* Answers an empty envelope. */
int cas_nothing(struct api_response *r);

#endif
