/* store/tab_sessions.h - browser sessions. Only the BLAKE2b hash of a session's secret is kept. */
#ifndef VIGIE_STORE_TAB_SESSIONS_H
#define VIGIE_STORE_TAB_SESSIONS_H

#include "store/db.h"

enum { SESSION_HASH = 32 };

struct stored_session {
    int64_t account, created, seen;
};

int tab_sessions_add(struct db *db, const uint8_t hash[SESSION_HASH], const struct stored_session *s, struct str from);
int tab_sessions_find(struct db *db, const uint8_t hash[SESSION_HASH], struct stored_session *out); /* ERR_NOT_FOUND */
int tab_sessions_seen(struct db *db, const uint8_t hash[SESSION_HASH], int64_t now);
int tab_sessions_drop(struct db *db, const uint8_t hash[SESSION_HASH]);
/* All of an account but one (NULL: all). */
int tab_sessions_drop_all(struct db *db, int64_t account, const uint8_t *except);
/* Those made before the one moment or idle since the other. */
int tab_sessions_expire(struct db *db, int64_t created, int64_t seen);

#endif
