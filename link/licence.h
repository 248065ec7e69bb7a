/* link/licence.h - licences: small signed texts that say which product an organisation runs, for which domain.
 *
 *   vigie1.<base64url of JSON>.<base64url of an Ed25519 signature over the first two parts>
 *   {"id","product":"atp"|"hub","organisation","domain","domainSid","issued","expires"}   (times in seconds since 1970)
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

enum product { PRODUCT_ATP, PRODUCT_HUB };

struct licence {
    struct str id;           /* 24 hex digits */
    enum product product;
    struct str organisation;
    struct str domain, domain_sid; /* of `atp` licences */
    int64_t issued, expires; /* ns since 1970; expires TIME_NONE: never */
};

enum { LICENCE_KEYS = 16, LICENCE_PUBLIC = 32, LICENCE_SECRET = 64, LICENCE_TEXT_MAX = 4096 };

/* Keys whose signatures count. */
struct licence_keys {
    unsigned char key[LICENCE_KEYS][LICENCE_PUBLIC];
    unsigned n;
};

/* Reads all FOLDER/licence/?*.pub; no folder means no keys. */
int licence_keys_load(const char *folder, struct licence_keys *out);
/* A new pair: PATH (secret, mode 0600) and PATH.pub. ERR_USAGE when one of them exists. */
int licence_key_make(const char *path);
/* Secret key for issuing. */
int licence_key_read(const char *path, unsigned char secret[LICENCE_SECRET]);

/* Signs; fills in l->id when absent. */
int licence_issue(const unsigned char secret[LICENCE_SECRET], struct licence *l, struct arena *a, struct buf *text);
/* Reads and checks the signature. ERR_MALFORMED with *why: not a licence; signed by nobody whose key counts. Texts live in the arena. */
int licence_read(const struct licence_keys *keys, struct str text, struct arena *a, struct licence *out, const char **why);
/* NULL when it counts now for that domain (absent SID: not yet known), else a sentence why not. */
const char *licence_refused(const struct licence *l, struct str domain_sid, int64_t now);

struct str product_text(enum product p);

#endif
