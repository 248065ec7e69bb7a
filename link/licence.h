/* link/licence.h - licences: small signed texts that say which product an organisation runs, for which domain.
 *
 *   vigie1.<base64url of JSON>.<base64url of an Ed25519 signature over the first two parts>
 *   {"id","product":"atp"|"hub","organisation","domain","domainSid","issued","expires","key"}   (times in seconds since 1970)
 *
 * An `atp` licence is bound to the SID of one Active Directory domain; a `hub` licence to none. Whose
 * signature counts is decided by the public keys in DATA/licence/ (*.pub, one line of base64url), which only
 * somebody with access to the machine can change. Nothing is asked from elsewhere. */
#ifndef VIGIE_LINK_LICENCE_H
#define VIGIE_LINK_LICENCE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"

#include <stdatomic.h>

enum product { PRODUCT_ATP, PRODUCT_HUB };

struct licence {
    struct str id;           /* 24 hex digits */
    enum product product;
    struct str organisation;
    struct str domain, domain_sid; /* of `atp` licences */
    int64_t issued, expires; /* ns since 1970; expires TIME_NONE: never */
    unsigned char key[32];   /* the issuer's public key, by which a signature can be checked before it counts */
};

enum { LICENCE_KEYS = 16, LICENCE_PUBLIC = 32, LICENCE_SECRET = 64, LICENCE_TEXT_MAX = 4096 };

/* Keys whose signatures count. */
struct licence_keys {
    unsigned char key[LICENCE_KEYS][LICENCE_PUBLIC];
    atomic_uint n;
};

/* Adds those of FOLDER/licence/?*.pub that are not among them yet; no folder means no keys. One thread may add while others read. */
int licence_keys_load(const char *folder, struct licence_keys *keys);
/* From now on that key counts: FOLDER/licence/<name of the key>.pub. ERR_LIMIT: there are too many. */
int licence_keys_trust(const char *folder, const unsigned char key[LICENCE_PUBLIC]);
/* The first digits of its hash, by which people compare keys. */
void licence_key_name(const unsigned char key[LICENCE_PUBLIC], char out[17]);
/* A new pair: PATH (secret, mode 0600) and PATH.pub. ERR_USAGE when one of them exists. */
int licence_key_make(const char *path);
/* Secret key for issuing. */
int licence_key_read(const char *path, unsigned char secret[LICENCE_SECRET]);

/* Signs; fills in l->id when absent. */
int licence_issue(const unsigned char secret[LICENCE_SECRET], struct licence *l, struct arena *a, struct buf *text);
/* Reads and checks the signature. ERR_MALFORMED with *why: not a licence; signed by nobody whose key counts. Texts live in the arena. */
int licence_read(const struct licence_keys *keys, struct str text, struct arena *a, struct licence *out, const char **why);
/* The same for a licence whose issuer's key need not count yet: whether it is whole, and by whom (out->key). */
int licence_read_unknown(struct str text, struct arena *a, struct licence *out, const char **why);
/* NULL when it counts now for that domain (absent SID: not yet known), else a sentence why not. */
const char *licence_refused(const struct licence *l, struct str domain_sid, int64_t now);

struct str product_text(enum product p);

#endif
