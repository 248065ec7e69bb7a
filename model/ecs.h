/* model/ecs.h - activities and alerts as documents of the Elastic Common Schema, version 8.11: one JSON line each.
 *
 * Activities are event.kind "event" with the category and types of model/outside.c, alerts are event.kind "alert" with the
 * rule that raised them. What the schema has no field for stands under "vigie". */
#ifndef VIGIE_MODEL_ECS_H
#define VIGIE_MODEL_ECS_H

#include "base/buf.h"
#include "model/outside.h"

/* Append the line with its line feed. */
void ecs_activity(const struct activity *a, struct buf *out);
void ecs_alert(const struct outside_alert *a, struct buf *out);

#endif
