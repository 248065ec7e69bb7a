/* store/tab_tokens.h - API tokens. Only the BLAKE2b hash of a token is kept; the token itself was shown once.
 *
 * A token has the rights of its issuer at the time of use. Revoked ones stay listed for the audit, and never work again. */
#ifndef VIGIE_STORE_TAB_TOKENS_H
#define VIGIE_STORE_TAB_TOKENS_H

#include "base/arena.h"
#include "base/time.h"
#include "store/db.h"

enum { TOKEN_HASH = 32 };

struct stored_token {
    int64_t number;
    int64_t account;      /* issuer */
    struct str by;        /* issuer's name */
    struct str name;
    struct str client;    /* client id of OAuth, a GUID */
    struct str scopes;    /* "Investigation.read Discovery.manage"; absent: all that the issuer may */
    bool siem;            /* reads only */
    int64_t created, used, revoked; /* TIME_NONE: not */
};

int tab_tokens_add(struct db *db, const struct stored_token *t, const uint8_t hash[TOKEN_HASH], int64_t *number);
/* Not revoked ones only; ERR_NOT_FOUND. */
int tab_tokens_find(struct db *db, struct arena *a, const uint8_t hash[TOKEN_HASH], struct stored_token *out);
/* Revoked ones, too. */
int tab_tokens_get(struct db *db, struct arena *a, int64_t number, struct stored_token *out);
int tab_tokens_used(struct db *db, int64_t number, int64_t now);
/* ERR_NOT_FOUND also when it is revoked already. */
int tab_tokens_revoke(struct db *db, int64_t number, int64_t now);
/* Those of one account (0: all) that are not revoked, newest first. */
int tab_tokens_each(struct db *db, struct arena *a, int64_t account, int (*each)(void *owner, const struct stored_token *t), void *owner);

#endif
