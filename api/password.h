/* api/password.h - passwords of local accounts: rules, Argon2id hashes, random secrets.
 *
 * A hash takes 64 MB and about a tenth of a second (libsodium's "interactive" limits: RFC 9106 Argon2id, t=2). Callers
 * run on the API_PASSWORD lane, whose few threads bound the memory. */
#ifndef VIGIE_API_PASSWORD_H
#define VIGIE_API_PASSWORD_H

#include "base/arena.h"
#include "base/str.h"

enum { PASSWORD_LEAST = 12, PASSWORD_MOST = 1024, PASSWORD_HASH = 128 };

/* Why a password is refused for that account, or NULL. */
const char *password_weak(struct str password, struct str name);
/* Why a name is refused, or NULL: 1 to 64 of letters, digits and . _ @ + -, so that no two look the same. */
const char *password_bad_name(struct str name);
/* ERR_MEMORY when 64 MB cannot be had. */
int password_hash(struct str password, char out[PASSWORD_HASH]);
bool password_verify(struct str hash, struct str password);
/* 256 random bits in hexadecimal: sessions, tokens, set-up links. */
void password_secret(char out[65]);
/* A random GUID (RFC 9562 version 4): the client id of a token. */
void password_guid(char out[37]);
/* BLAKE2b-256 of a secret, for keeping. `purpose` keeps hashes of different uses apart. */
void password_keep(uint8_t out[32], struct str secret, const char *purpose);

#endif
