/* api/insights.h - what is usual around an activity: its user's and its address's last 30 days. */
#ifndef VIGIE_API_INSIGHTS_H
#define VIGIE_API_INSIGHTS_H

#include "api/api.h"

/* The object of GET activities/{id}/insights. */
int insights_write(struct api_request *q, struct jout *j, const struct actlog_row *row);
/* "key":[{"value","label","n"}]; of actors with "id" and "name" where the caller may see them. */
void insights_top(struct api_request *q, struct jout *j, const char *key, const struct actlog_column_top *c);

#endif
