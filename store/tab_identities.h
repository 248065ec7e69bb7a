/* store/tab_identities.h - who an account is at the sign-in service (OpenID Connect): its issuer and subject there.
 *
 * An account has either a password or, once its person has come from the sign-in service, an identity. Names may
 * change there; the subject does not, and is nobody else's. */
#ifndef VIGIE_STORE_TAB_IDENTITIES_H
#define VIGIE_STORE_TAB_IDENTITIES_H

#include "base/arena.h"
#include "store/db.h"

struct stored_identity {
    int64_t account;
    struct str issuer, subject;
    bool managed; /* made at a sign-in: its role follows the service */
    int64_t linked;
};

/* ERR_USAGE: the account has one already, or the identity is another's (db_refused_twin). */
int tab_identities_add(struct db *db, const struct stored_identity *i);
/* ERR_NOT_FOUND. Texts live in the arena. */
int tab_identities_find(struct db *db, struct arena *a, struct str issuer, struct str subject, struct stored_identity *out);
int tab_identities_get(struct db *db, struct arena *a, int64_t account, struct stored_identity *out);
/* Also when there is none. */
int tab_identities_drop(struct db *db, int64_t account);

#endif
