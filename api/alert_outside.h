/* api/alert_outside.h - a stored alert as OCSF and ECS want it. */
#ifndef VIGIE_API_ALERT_OUTSIDE_H
#define VIGIE_API_ALERT_OUTSIDE_H

#include "api/api.h"
#include "model/outside.h"

/* Names of its people, techniques and evidence are looked up; all lives in the arena, or as long as `a`. */
int alert_outside(struct db *db, struct arena *arena, const struct stored_alert *a, struct outside_alert *out);

#endif
