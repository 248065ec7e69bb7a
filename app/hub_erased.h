/* app/hub_erased.h - who was deleted and has not acted since: neither listed nor named.
 *
 * What others' records and the directory say of a deleted person still makes an entity in memory, or detections would judge those
 * records wrongly. Nothing of it reaches a table before that person acts again. */
#ifndef VIGIE_APP_HUB_ERASED_H
#define VIGIE_APP_HUB_ERASED_H

#include "base/arena.h"
#include "model/alert.h"
#include "model/entity.h"
#include "store/db.h"

struct erased;

/* Marks of everybody who was deleted. */
int erased_open(struct db *db, struct erased **out);
void erased_close(struct erased *x);
/* The entity has the name of somebody who was deleted. */
bool erased_has(struct erased *x, const struct entity *e);
/* Remembers the entity's names; in a transaction of the caller. */
int erased_mark(struct db *db, const struct entity *e);

#endif
