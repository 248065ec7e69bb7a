/* store/tab_accounts.h - people who may sign in: names, password hashes, second factors, roles and their scopes.
 *
 * Names are compared without case and never given again after a deletion under the same number. Nothing here is a
 * secret in clear. */
#ifndef VIGIE_STORE_TAB_ACCOUNTS_H
#define VIGIE_STORE_TAB_ACCOUNTS_H

#include "base/arena.h"
#include "base/time.h"
#include "store/db.h"

struct stored_admin {
    int64_t number;
    struct str name, display;
    struct str role;      /* model/role.h */
    struct str language;  /* "en", "fr" */
    struct str password;  /* hash, libsodium's text form of Argon2id; empty: signs in at the sign-in service alone (store/tab_identities.h) */
    struct str totp;      /* secret of the second factor, sealed (api/guard.h); absent: off */
    struct str pending;   /* one that was shown and not confirmed yet, sealed, too */
    bool disabled;
    int64_t created, signed_in; /* TIME_NONE: never */
    const uint32_t *apps; /* scope of SCOPE_APP: app numbers */
    size_t napps;
    const uint32_t *groups; /* scope of SCOPE_GROUP: entity numbers of groups */
    size_t ngroups;
};

int tab_accounts_count(struct db *db, uint64_t *n);
/* How many have the role who are not disabled and sign in with a password. */
int tab_accounts_with_role(struct db *db, struct str role, uint64_t *n);
/* With its scopes, in a transaction of the caller. ERR_USAGE: the name is taken (db_refused_twin). */
int tab_accounts_add(struct db *db, const struct stored_admin *a, int64_t *number);
/* Display name, role, language, disabled and scopes; in a transaction of the caller. */
int tab_accounts_update(struct db *db, const struct stored_admin *a);
int tab_accounts_delete(struct db *db, int64_t number);
/* ERR_NOT_FOUND. Texts live in the arena. */
int tab_accounts_get(struct db *db, struct arena *arena, int64_t number, struct stored_admin *out);
int tab_accounts_by_name(struct db *db, struct arena *arena, struct str name, struct stored_admin *out);
/* By name; texts live in the arena. */
int tab_accounts_each(struct db *db, struct arena *arena, int (*each)(void *owner, const struct stored_admin *a), void *owner);

/* From then on it signs in with this password, and no more at the sign-in service. */
int tab_accounts_password(struct db *db, int64_t number, struct str hash);
/* Absent: none. */
int tab_accounts_totp(struct db *db, int64_t number, struct str secret, struct str pending);
/* A code of this time step was given: *fresh false when this or a later step was given before (a replay). */
int tab_accounts_totp_step(struct db *db, int64_t number, int64_t step, bool *fresh);
/* Signed in at `now` from this address, which is known from now on (the latest 16 are). */
int tab_accounts_signed_in(struct db *db, int64_t number, int64_t now, struct str from);
/* Whether somebody of that name has signed in from this address before. */
int tab_accounts_knows(struct db *db, struct str name, struct str from, bool *known);

#endif
