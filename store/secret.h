/* store/secret.h - passwords and keys that the hub must know in clear to use them: SMTP, webhooks, directory services, TLS keys.
 *
 * Kept encrypted (XSalsa20-Poly1305, libsodium's secretbox) with a key that lies in FOLDER/secret.key, mode 0600, made at first
 * use; so a copy of the database alone gives none of them away. Never given back by the API. */
#ifndef VIGIE_STORE_SECRET_H
#define VIGIE_STORE_SECRET_H

#include "base/arena.h"
#include "store/db.h"

enum { SECRET_MAX = 16384 };

struct secret_key;

/* ERR_IO with errno, ERR_MALFORMED: the file is no key of ours, or others may read it. */
int secret_open(const char *folder, struct secret_key **out);
void secret_close(struct secret_key *k); /* wipes it */

/* Keeps a secret as the setting `name`; absent or empty text removes it. ERR_LIMIT above SECRET_MAX bytes. */
int secret_put(const struct secret_key *k, struct db *db, const char *name, struct str text);
/* Absent when there is none. ERR_CHECKSUM: encrypted with another key, or damaged. The caller wipes it. */
int secret_get(const struct secret_key *k, struct db *db, struct arena *a, const char *name, struct str *text);
void secret_wipe(struct str text); /* nothing of an absent one */
/* Whether there is one, without the key. */
int secret_set(struct db *db, const char *name, bool *is);

#endif
