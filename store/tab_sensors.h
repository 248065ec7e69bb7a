/* store/tab_sensors.h - sensors that may send activities: each is known by the fingerprint of its certificate. */
#ifndef VIGIE_STORE_TAB_SENSORS_H
#define VIGIE_STORE_TAB_SENSORS_H

#include "base/arena.h"
#include "base/time.h"
#include "store/db.h"

enum { SENSOR_FINGERPRINT = 32 }; /* SHA-256 of the certificate */

struct stored_sensor {
    int64_t number;
    struct str name;
    struct str by;     /* who registered it */
    struct str state;  /* what it said of itself last, JSON; absent: nothing yet */
    int64_t created, seen, revoked; /* TIME_NONE: not */
};

/* "revoked", "new" (never seen), "ok" or "silent" (for two minutes): text that the portal has words for. */
const char *sensor_state(const struct stored_sensor *s, int64_t now);

int tab_sensors_add(struct db *db, const struct stored_sensor *s, const uint8_t fingerprint[SENSOR_FINGERPRINT], int64_t *number);
/* Not revoked ones only; ERR_NOT_FOUND. */
int tab_sensors_find(struct db *db, struct arena *a, const uint8_t fingerprint[SENSOR_FINGERPRINT], struct stored_sensor *out);
/* `state` absent: only that it was seen. */
int tab_sensors_seen(struct db *db, int64_t number, int64_t now, struct str state);
/* ERR_NOT_FOUND also when it is revoked already. */
int tab_sensors_revoke(struct db *db, int64_t number, int64_t now);
/* All, by name; revoked ones last. */
int tab_sensors_each(struct db *db, struct arena *a, int (*each)(void *owner, const struct stored_sensor *s), void *owner);

#endif
