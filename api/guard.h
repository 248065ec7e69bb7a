/* api/guard.h - what signing in needs besides the tables: lock-outs, keys, the set-up token, limits. One per server. */
#ifndef VIGIE_API_GUARD_H
#define VIGIE_API_GUARD_H

#include "api/jwt.h"
#include "api/lockout.h"
#include "api/password.h"
#include "api/sensorkey.h"
#include "store/db.h"

#include <stdatomic.h>

struct guard_limits {
    int64_t session_idle, session_life; /* nanoseconds; a session ends at the earlier of the two */
    unsigned requests_per_minute;       /* of one account by tokens; 0: not limited */
};

struct guard {
    struct db *db;
    struct lockout *lockout;
    struct guard_limits limits;
    char dummy[PASSWORD_HASH];  /* hash that unknown names are compared with, so that they take as long */
    uint8_t jwt_key[JWT_KEY], seal_key[32];
    struct throttle *throttle;
    struct oidc_cache *oidc; /* what the sign-in service says of itself: api/oidc_provider.h */
    atomic_uint_fast64_t sign_ins, failed_sign_ins, refused_sign_ins; /* good, wrong, locked out */
    struct sensorkey_issuer sensors;
    const char *hub_cert; /* PEM: what sensors know the hub by; the server's */
    char setup[65]; /* empty: accounts exist */
};

int guard_open(struct guard **out, const char *folder, struct db *db, const struct guard_limits *limits);
void guard_close(struct guard *g);
/* Whether one more request of an account goes through; else *wait in seconds. */
bool guard_throttle(struct guard *g, int64_t account, int64_t now, int64_t *wait);
/* False: this text was used here before; the last ten thousand are known. */
bool guard_once(struct guard *g, struct str text);
/* The set-up link's token while nobody has an account. ERR_NOT_FOUND: somebody has. */
int guard_setup_token(struct guard *g, char out[65]);
bool guard_setup_good(struct guard *g, struct str token);

/* Secrets of second factors as they are stored: encrypted, and bound to their account (XChaCha20-Poly1305). In the arena;
 * guard_unseal gives ERR_CHECKSUM for what this hub did not seal for that account. */
int guard_seal(const struct guard *g, struct arena *a, int64_t account, struct str secret, struct str *sealed);
int guard_unseal(const struct guard *g, struct arena *a, int64_t account, struct str sealed, struct str *secret);

#endif
