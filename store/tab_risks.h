/* store/tab_risks.h - identity risk: whose identity an administrator, or a policy, has called compromised. It is shown and adds no points. */
#ifndef VIGIE_STORE_TAB_RISKS_H
#define VIGIE_STORE_TAB_RISKS_H

#include "base/arena.h"
#include "store/db.h"

struct stored_risk {
    uint32_t entity;
    struct str level; /* low, medium, high; absent: none */
    struct str by;
    int64_t since;
};

/* An absent level takes it away. *changed: it was another. */
int tab_risks_put(struct db *db, const struct stored_risk *r, bool *changed);
/* The level is absent when nothing is known. Aliases are followed: who was called compromised under another number is. */
int tab_risks_get(struct db *db, struct arena *a, uint32_t entity, struct stored_risk *out);

#endif
