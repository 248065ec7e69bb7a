/* link/link.h - the integration of both shores that an administrator switches on and off (product.md L1 to L9).
 *
 *   off -> connecting -> on -> disconnecting -> off
 *
 * link_want is what an administrator asks for, after the prerequisites; the hub's loop takes the steps
 * (link_joined, link_settled). Every step is one small write, so a crash anywhere resumes where it was. */
#ifndef VIGIE_LINK_LINK_H
#define VIGIE_LINK_LINK_H

#include "link/licence.h"
#include "store/tab_link.h"

/* What the installed licences allow now. */
struct licensing {
    bool atp, hub;
    struct str atp_why; /* why there is no valid `atp` licence; static or in the arena */
    int64_t atp_expires; /* TIME_NONE: never */
};

/* Settings in tab_settings that the hub writes: the Active Directory domain that is watched. */
#define LINK_DOMAIN_SID "domain.sid"
#define LINK_DOMAIN_NAME "domain.name"

int link_licensing(struct db *db, const struct licence_keys *keys, int64_t now, struct arena *a, struct licensing *out);

/* What the hub shows: cloud activities, and on-premises ones with a number up to *joined. With an `atp` licence alone
 * everything on premises and nothing of the cloud. */
void link_view(const struct stored_link *l, const struct licensing *may, bool *cloud, uint64_t *joined);
/* Posture and identity policies are there. */
bool link_shows_identity(const struct stored_link *l, const struct licensing *may);

struct prerequisite {
    const char *id; /* role, licence */
    bool met;
    struct str text, todo; /* what it is, and what to do where it is not met */
};

enum { LINK_PREREQUISITES = 2 };

/* role_may: the caller is a Global administrator. */
void link_prerequisites(const struct licensing *may, bool role_may, struct prerequisite out[LINK_PREREQUISITES]);

/* Asks for on or off. The caller has checked the prerequisites. *changed false: it already is, or is on the way. */
int link_want(struct db *db, bool connected, struct str by, int64_t now, bool *changed);
/* While connecting or on: what has joined reaches `number`. */
int link_joined(struct db *db, uint64_t number);
/* connecting -> on, disconnecting -> off. */
int link_settled(struct db *db, int64_t now);

struct str link_state_text(enum link_state s);

#endif
