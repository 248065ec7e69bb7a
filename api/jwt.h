/* api/jwt.h - bearer tokens of three parts (RFC 7519, RFC 7515 HS256), made and read with our own key only. */
#ifndef VIGIE_API_JWT_H
#define VIGIE_API_JWT_H

#include "base/arena.h"
#include "base/jin.h"

#include <stdint.h>

enum { JWT_KEY = 32 };

/* Claims: a JSON object. Absent when memory is short. */
struct str jwt_make(struct arena *a, const uint8_t key[JWT_KEY], struct str claims);
/* The claims of a token that we signed and that is valid at `now` (nbf, exp), or NULL. No other algorithm is accepted. */
const struct jnode *jwt_read(struct arena *a, const uint8_t key[JWT_KEY], struct str token, int64_t now);

/* Base64url without padding (RFC 7515 2), in the arena; absent when memory is short, or when the text is not such in every bit. */
struct str jwt_base64(struct arena *a, const void *p, size_t n);
struct str jwt_unbase64(struct arena *a, struct str s);

#endif
