/* api/answer.h - times in parameters and answers, for every topic. */
#ifndef VIGIE_API_ANSWER_H
#define VIGIE_API_ANSWER_H

#include "api/api.h"

/* "key":"2026-11-24T03:02:55.000Z", or null for TIME_NONE. */
void api_ktime(struct jout *j, const char *key, int64_t t);
/* ISO 8601 or milliseconds since 1970; TIME_NONE when absent or neither. */
int64_t api_time(const struct api_request *q, const char *name);

#endif
