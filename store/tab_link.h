/* store/tab_link.h - the link's state and the licences that were installed: two small tables. */
#ifndef VIGIE_STORE_TAB_LINK_H
#define VIGIE_STORE_TAB_LINK_H

#include "base/arena.h"
#include "base/time.h"
#include "store/db.h"

enum link_state { LINK_OFF, LINK_CONNECTING, LINK_ON, LINK_DISCONNECTING };

struct stored_link {
    enum link_state state;
    uint64_t joined;   /* on-premises activities that arrived with a number up to this one are in the hub's view (while on: all) */
    int64_t since;     /* of the state; TIME_NONE when it was never switched */
    struct str by;     /* who switched last */
};

int tab_link_get(struct db *db, struct arena *a, struct stored_link *out);
int tab_link_put(struct db *db, const struct stored_link *l);

/* A licence as it was installed; link/licence.h reads its text. */
struct stored_licence {
    struct str id, text, by;
    int64_t installed;
};

int tab_link_add_licence(struct db *db, const struct stored_licence *l);
int tab_link_drop_licence(struct db *db, struct str id); /* ERR_NOT_FOUND */
int tab_link_licences(struct db *db, int (*each)(void *owner, const struct stored_licence *l), void *owner);

#endif
