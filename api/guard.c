/* api/guard.c - keys, limits and the set-up token. */
#include "api/guard.h"

#include "api/oidc_provider.h"
#include "base/hash.h"
#include "base/table.h"
#include "base/time.h"
#include "store/secret.h"
#include "store/tab_accounts.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

struct throttle {
    pthread_mutex_t lock;
    struct table minutes, used;
};

/* Requests of an account within the current minute of its own. */
struct minute {
    int64_t from;
    uint32_t n;
};

static int read_key(struct guard *g, const struct secret_key *k, const char *name, uint8_t key[32])
{
    struct arena a;
    struct str text = STR_NONE;
    char hex[65];
    size_t n = 0;
    arena_init(&a, 1024, 65536);
    int err = secret_get(k, g->db, &a, name, &text);
    if (!err && !str_set(text)) {
        password_secret(hex);
        text = str_of(hex);
        err = secret_put(k, g->db, name, text);
    }
    if (!err && (sodium_hex2bin(key, 32, text.p, text.n, NULL, &n, NULL) != 0 || n != 32))
        err = ERR_MALFORMED;
    sodium_memzero(hex, sizeof hex);
    arena_free(&a);
    return err;
}

/* Kept encrypted, so that a copy of the database alone signs nothing and holds no second factor. */
static int read_keys(struct guard *g, const char *folder)
{
    struct secret_key *k = NULL;
    int err = secret_open(folder, &k);
    if (!err)
        err = read_key(g, k, "jwt_key", g->jwt_key);
    if (!err)
        err = read_key(g, k, "seal_key", g->seal_key);
    secret_close(k);
    return err;
}

static int open_parts(struct guard *g, const char *folder)
{
    char secret[65];
    uint64_t accounts = 0;
    int err = lockout_open(&g->lockout);
    g->throttle = calloc(1, sizeof *g->throttle);
    if (!g->throttle)
        return ERR_MEMORY;
    (void)pthread_mutex_init(&g->throttle->lock, NULL);
    table_init(&g->throttle->minutes, sizeof(struct minute), 10000);
    table_init(&g->throttle->used, sizeof(char), 10000);
    err = err ? err : oidc_provider_open(&g->oidc);
    password_secret(secret);
    if (!err)
        err = password_hash(str_of(secret), g->dummy);
    if (!err)
        err = read_keys(g, folder);
    if (!err)
        err = sensorkey_open(folder, &g->sensors);
    if (!err)
        err = tab_accounts_count(g->db, &accounts);
    if (!err && accounts == 0)
        password_secret(g->setup);
    return err;
}

int guard_open(struct guard **out, const char *folder, struct db *db, const struct guard_limits *limits)
{
    struct guard *g = calloc(1, sizeof *g);
    if (!g)
        return ERR_MEMORY;
    g->db = db;
    g->limits = *limits;
    int err = open_parts(g, folder);
    if (err) {
        guard_close(g);
        return err;
    }
    *out = g;
    return 0;
}

void guard_close(struct guard *g)
{
    if (!g)
        return;
    lockout_close(g->lockout);
    if (g->throttle) {
        table_free(&g->throttle->minutes);
        table_free(&g->throttle->used);
        (void)pthread_mutex_destroy(&g->throttle->lock);
        free(g->throttle);
    }
    oidc_provider_close(g->oidc);
    sensorkey_close(&g->sensors);
    sodium_memzero(g, sizeof *g);
    free(g);
}

bool guard_throttle(struct guard *g, int64_t account, int64_t now, int64_t *wait)
{
    bool fresh, go = true;
    if (g->limits.requests_per_minute == 0)
        return true;
    (void)pthread_mutex_lock(&g->throttle->lock);
    struct minute *m = table_put(&g->throttle->minutes, hash64(&account, sizeof account, 0), &fresh);
    if (m) {
        if (now - m->from >= TIME_MINUTE || now < m->from)
            *m = (struct minute){now, 0};
        go = m->n < g->limits.requests_per_minute;
        m->n += go;
        *wait = 1 + (m->from + TIME_MINUTE - now) / TIME_SECOND;
    }
    (void)pthread_mutex_unlock(&g->throttle->lock);
    return go;
}

bool guard_once(struct guard *g, struct str text)
{
    bool fresh = false;
    (void)pthread_mutex_lock(&g->throttle->lock);
    if (!table_put(&g->throttle->used, hash_str(text, 0), &fresh))
        fresh = false;
    (void)pthread_mutex_unlock(&g->throttle->lock);
    return fresh;
}

int guard_setup_token(struct guard *g, char out[65])
{
    uint64_t accounts = 0;
    int err = tab_accounts_count(g->db, &accounts);
    if (!err && (accounts || g->setup[0] == '\0'))
        err = ERR_NOT_FOUND;
    if (!err)
        memcpy(out, g->setup, sizeof g->setup);
    return err;
}

bool guard_setup_good(struct guard *g, struct str token)
{
    return g->setup[0] && token.n == sizeof g->setup - 1 && sodium_memcmp(token.p, g->setup, token.n) == 0;
}

/* ---- secrets of second factors ---- */

enum { NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, MAC = crypto_aead_xchacha20poly1305_ietf_ABYTES };

int guard_seal(const struct guard *g, struct arena *a, int64_t account, struct str secret, struct str *sealed)
{
    uint8_t *out = arena_alloc(a, NONCE + MAC + secret.n);
    if (!out)
        return ERR_MEMORY;
    randombytes_buf(out, NONCE);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, NULL, (const uint8_t *)secret.p, secret.n, (const uint8_t *)&account, sizeof account, NULL, out,
                                                     g->seal_key);
    *sealed = (struct str){(const char *)out, NONCE + MAC + secret.n};
    return 0;
}

int guard_unseal(const struct guard *g, struct arena *a, int64_t account, struct str sealed, struct str *secret)
{
    const uint8_t *in = (const uint8_t *)sealed.p;
    if (sealed.n < NONCE + MAC)
        return ERR_CHECKSUM;
    uint8_t *out = arena_alloc(a, sealed.n);
    if (!out)
        return ERR_MEMORY;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, in + NONCE, sealed.n - NONCE, (const uint8_t *)&account, sizeof account, in, g->seal_key) != 0)
        return ERR_CHECKSUM;
    *secret = (struct str){(const char *)out, sealed.n - NONCE - MAC};
    return 0;
}
