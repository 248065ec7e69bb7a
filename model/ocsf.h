/* model/ocsf.h - activities and alerts as events of the Open Cybersecurity Schema Framework, version 1.3.0: one JSON line each.
 *
 * Alerts are Detection Finding (2004). Activities are Authentication (3002), Account Change (3001), Group Management (3006),
 * or API Activity (6003) for all others and for those whose record lacks what their class requires. What the schema has no
 * place for stands in "unmapped": our kind, the objects, and the facts under their names of activity NDJSON. Times are milliseconds. */
#ifndef VIGIE_MODEL_OCSF_H
#define VIGIE_MODEL_OCSF_H

#include "base/buf.h"
#include "model/outside.h"

/* Append the line with its line feed. */
void ocsf_activity(const struct activity *a, struct buf *out);
void ocsf_alert(const struct outside_alert *a, struct buf *out);

#endif
