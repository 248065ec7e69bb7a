/* api/totp.h - time-based one-time passwords as second factor (RFC 6238 with RFC 4226: HMAC-SHA1, 30 seconds, 6 digits). */
#ifndef VIGIE_API_TOTP_H
#define VIGIE_API_TOTP_H

#include "base/arena.h"
#include "base/str.h"

#include <stdint.h>

enum { TOTP_SECRET = 20, TOTP_SECONDS = 30 };

/* The code of one time step (seconds since 1970 over 30), `digits` of it. */
uint32_t totp_code(struct str secret, int64_t step, unsigned digits);
/* Whether `code` is one of now, the step before or the step behind; *step tells which, so that it is taken once only. Every
 * step is compared, in constant time. */
bool totp_check(struct str secret, struct str code, int64_t now, int64_t *step);
/* RFC 4648 base32 without padding, and the URI that authenticator apps read. */
struct str totp_base32(struct arena *a, struct str secret);
struct str totp_uri(struct arena *a, struct str secret, struct str account);

#endif
