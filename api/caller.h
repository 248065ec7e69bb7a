/* api/caller.h - who calls, whether they may, and what they see: decided in this one place before any handler runs.
 *
 * A request is signed by `Authorization: Token KEY` or `Bearer JWT`, or by the cookie of a browser session. Unsafe methods
 * of sessions also need the header X-Vigie-CSRF; whatever carries no token has to come from our own pages (Origin,
 * Sec-Fetch-Site). A sensor (api/sensorkey.h) is known by its certificate and may send what it collects, nothing else. Sessions and tokens are random 256 bit values of which hashes are stored; a token has the rights
 * of its issuer at the time of use, less what its scopes leave out. */
#ifndef VIGIE_API_CALLER_H
#define VIGIE_API_CALLER_H

#include "api/api.h"

#define CALLER_COOKIE "__Host-vigie"

/* Request headers that count, as sent; absent ones are absent. */
struct caller_headers {
    struct str authorization, cookie, csrf, origin, fetch_site;
    struct str fingerprint; /* SHA-256 of the certificate that the client showed in the TLS handshake; absent: none */
};

typedef void caller_view(void *owner, struct actlog_view *activities, struct alert_view *alerts);

/* Fills q->caller and q->session. False: r holds the refusal. `view` may be NULL (then everything is seen). */
bool caller_admit(struct api_request *q, const struct caller_headers *h, const struct api_route *route, caller_view *view, struct api_response *r);

/* The value of a cookie among those that were sent (RFC 6265 4.2.1); absent: it is not there. */
struct str caller_cookie(struct str cookies, struct str name);
/* For work that goes on after its request: q->caller is what that account may do and see now. ERR_NOT_FOUND: it is gone or disabled. */
int caller_as(struct api_request *q, int64_t account, caller_view *view);

/* A new session of the account; *cookie is the value of Set-Cookie, in the arena; q->session and q->caller are the new ones. */
int caller_begin(struct api_request *q, int64_t account, const char **cookie);
/* Set-Cookie that makes the browser forget it. */
extern const char caller_forget[];
/* The CSRF token of a session. */
struct str caller_csrf(struct arena *a, struct str session);
/* Hash by which the session is stored. */
void caller_session_hash(uint8_t out[32], struct str session);

#endif
