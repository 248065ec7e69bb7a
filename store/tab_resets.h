/* store/tab_resets.h - scores that an analyst has reset: contributions before that moment do not count. */
#ifndef VIGIE_STORE_TAB_RESETS_H
#define VIGIE_STORE_TAB_RESETS_H

#include "base/time.h"
#include "store/db.h"

struct stored_reset {
    uint32_t entity;
    int64_t before;
    struct str by, comment;
};

/* The latest of an entity counts. */
int tab_resets_put(struct db *db, const struct stored_reset *r);
int tab_resets_each(struct db *db, int (*each)(void *owner, const struct stored_reset *r), void *owner);

#endif
