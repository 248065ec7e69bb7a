/* api/oidc_pending.h - a sign-in that has begun and is away at the sign-in service: what this browser has to bring back.
 *
 * It lies in a cookie of the browser, sealed with a key of this server, so that as many may begin as like; it is good for ten
 * minutes, and once. */
#ifndef VIGIE_API_OIDC_PENDING_H
#define VIGIE_API_OIDC_PENDING_H

#include "api/api.h"

#define OIDC_PENDING_COOKIE "__Host-vigie-oidc"

enum { OIDC_PENDING_SECONDS = 600 };

struct oidc_pending {
    struct str state, nonce, verifier; /* random: RFC 6749 10.12, OpenID Connect Core 3.1.2.1, RFC 7636 4.1 */
    struct str back;                   /* redirect_uri */
    int64_t begun;                     /* seconds */
};

/* Makes one, and the value of Set-Cookie that keeps it. */
int oidc_pending_begin(struct api_request *q, struct oidc_pending *out, const char **cookie);
/* The one of q's cookie, whose state the service has given back. ERR_NOT_FOUND with a sentence: none, another one, too old, or used. */
int oidc_pending_end(struct api_request *q, struct str state, struct oidc_pending *out, const char **why);
/* Set-Cookie that makes the browser forget it. */
extern const char oidc_pending_forget[];
/* RFC 7636 4.2 S256 */
struct str oidc_pending_challenge(struct arena *a, struct str verifier);

#endif
