/* api/cas_activity.h - one activity as the Cloud App Security API shows it. */
#ifndef VIGIE_API_CAS_ACTIVITY_H
#define VIGIE_API_CAS_ACTIVITY_H

#include "api/api.h"

int cas_activity(struct api_request *q, struct jout *j, const struct actlog_row *row);

#endif
