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

#endif
