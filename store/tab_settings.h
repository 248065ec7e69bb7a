/* store/tab_settings.h - settings by name: what an administrator set in the portal, and the hub's own marks. */
#ifndef VIGIE_STORE_TAB_SETTINGS_H
#define VIGIE_STORE_TAB_SETTINGS_H

#include "base/arena.h"
#include "store/db.h"

/* Absent text when it was never set. */
int tab_settings_get(struct db *db, struct arena *a, const char *name, struct str *value);
int tab_settings_put(struct db *db, const char *name, struct str value);
int tab_settings_get_i64(struct db *db, const char *name, int64_t otherwise, int64_t *value);
int tab_settings_put_i64(struct db *db, const char *name, int64_t value);

#endif
