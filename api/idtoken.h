/* api/idtoken.h - what an ID token says, checked in full (OpenID Connect Core 1.0 3.1.3.7), after its signature (api/jws.h). */
#ifndef VIGIE_API_IDTOKEN_H
#define VIGIE_API_IDTOKEN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/jin.h"

#include <stdint.h>

enum { IDTOKEN_SKEW = 60, IDTOKEN_SUBJECT = 255 };

struct idtoken_want {
    struct str issuer, client, nonce;
    struct str access; /* the access token that came with it; absent: none */
    int64_t now;
};

/* *claims: the root of what it says. ERR_MALFORMED: no claims; ERR_USAGE: they are not for us, or not now; *why says which. */
int idtoken_check(struct arena *a, struct str payload, const struct idtoken_want *want, const struct jnode **claims, const char **why);
/* A claim by its name, or by names within names: "realm_access.roles". NULL: there is none. */
const struct jnode *idtoken_claim(const struct jnode *claims, struct str name);

#endif
