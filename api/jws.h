/* api/jws.h - signed tokens of others (RFC 7515 compact form), checked with the public keys of a key set (RFC 7517).
 *
 * RS256, PS256 and ES256 alone; `none` and anything with a shared secret are refused before a key is looked at, and
 * a key serves only the algorithms of its own type (RFC 8725 3.1, 3.2). Keys and addresses within the token are never
 * followed. Nothing is allocated but from the arena. */
#ifndef VIGIE_API_JWS_H
#define VIGIE_API_JWS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/jin.h"

enum { JWS_MOST = 65536 };

struct jws {
    struct str alg, kid;           /* kid absent: not named */
    struct str signed_part;        /* what the signature is over */
    struct str payload, signature; /* decoded */
};

/* ERR_MALFORMED or ERR_UNSUPPORTED with a sentence in *why. */
int jws_read(struct arena *a, struct str token, struct jws *out, const char **why);
/* `set`: the document of a key set. 0: its only key for this token has signed it. ERR_NOT_FOUND: it has no such key; ERR_CHECKSUM: another signature;
 * ERR_MALFORMED, ERR_UNSUPPORTED: the key cannot be used. */
int jws_verify(struct arena *a, const struct jws *token, const struct jnode *set, const char **why);
/* How many keys of the set could verify something. */
unsigned jws_keys(const struct jnode *set);
/* An object whose members have different names (RFC 7519 4), or NULL. */
const struct jnode *jws_object(struct arena *a, struct str text);

#endif
