/* api/oidc_provider.h - the sign-in service: what it says of itself (OpenID Connect Discovery 1.0), its keys, and codes in exchange for tokens.
 *
 * What it said is kept for an hour, a failure for ten seconds, so that a service that is away is not asked by everybody who
 * comes. Answers are bounded in size and time, their addresses held to https. Runs on the API_REMOTE lane. */
#ifndef VIGIE_API_OIDC_PROVIDER_H
#define VIGIE_API_OIDC_PROVIDER_H

#include "api/oidc.h"

struct oidc_cache;

struct oidc_provider {
    const struct oidc_settings *settings;
    const struct jnode *said; /* the discovery document */
    const struct jnode *keys; /* the key set's */
    struct str authorize, token, keys_at, sign_out; /* addresses; sign_out absent: it has none */
    bool secret_in_body; /* client_secret_post: it does not take client_secret_basic */
    bool says_issuer;    /* with each answer: RFC 9207 */
    bool remembered;     /* that it cannot be used was found out before, and told */
};

/* What is given for tokens: RFC 6749 4.1.3, RFC 7636 4.5. */
struct oidc_grant {
    struct str code, back, verifier;
    struct str secret; /* the client's; absent: it has none */
};

struct oidc_tokens {
    struct str id, access; /* access absent: none came */
    struct str error;      /* RFC 6749 5.2, where there are none */
};

/* 0 with *why absent: it is there; with *why: why it cannot be used. `fresh`: ask again, whatever is kept. */
int oidc_provider_get(struct api_request *q, const struct oidc_settings *s, bool fresh, struct oidc_provider *out, struct str *why);
/* The token request; the same of *why. */
int oidc_provider_exchange(struct api_request *q, const struct oidc_provider *p, const struct oidc_grant *g, struct oidc_tokens *out, struct str *why);
/* One more "name=value" of a query or form (RFC 3986 2.1), behind what is there. */
void oidc_provider_param(struct buf *b, const char *name, struct str value);

int oidc_provider_open(struct oidc_cache **out);
void oidc_provider_close(struct oidc_cache *c);

#endif
