/* api/password.c - password rules, hashes and random secrets. */
#include "api/password.h"

#include "base/err.h"

#include <sodium.h>
#include <stdio.h>

static size_t characters(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0u) != 0x80u;
    return n;
}

static unsigned different(struct str s)
{
    bool seen[256] = {false};
    unsigned n = 0;
    for (size_t i = 0; i < s.n; i++) {
        n += !seen[(unsigned char)s.p[i]];
        seen[(unsigned char)s.p[i]] = true;
    }
    return n;
}

const char *password_weak(struct str password, struct str name)
{
    if (characters(password) < PASSWORD_LEAST)
        return "A password has at least 12 characters.";
    if (password.n > PASSWORD_MOST)
        return "A password has at most 1024 bytes.";
    if (different(password) < 5)
        return "A password has at least 5 different characters.";
    if (name.n >= 4 ? str_hasi(password, name) : str_eqi(password, name))
        return "A password does not hold the name of its account.";
    return NULL;
}

const char *password_bad_name(struct str name)
{
    bool good = name.n >= 1 && name.n <= 64;
    for (size_t i = 0; good && i < name.n; i++) {
        char c = str_lower_char(name.p[i]);
        good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr("._@+-", c));
    }
    return good ? NULL : "A name has 1 to 64 letters, digits and . _ @ + - without accents.";
}

int password_hash(struct str password, char out[PASSWORD_HASH])
{
    return crypto_pwhash_str_alg(out, password.p, password.n, crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
                                 crypto_pwhash_ALG_ARGON2ID13) == 0
               ? 0
               : ERR_MEMORY;
}

bool password_verify(struct str hash, struct str password)
{
    char text[PASSWORD_HASH] = {0};
    if (hash.n == 0 || hash.n >= sizeof text)
        return false;
    memcpy(text, hash.p, hash.n);
    return crypto_pwhash_str_verify(text, password.p ? password.p : "", password.n) == 0;
}

void password_secret(char out[65])
{
    uint8_t bytes[32];
    randombytes_buf(bytes, sizeof bytes);
    (void)sodium_bin2hex(out, 65, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
}

void password_keep(uint8_t out[32], struct str secret, const char *purpose)
{
    uint8_t key[crypto_generichash_KEYBYTES] = {0};
    size_t n = strlen(purpose);
    memcpy(key, purpose, n < sizeof key ? n : sizeof key);
    (void)crypto_generichash(out, 32, (const uint8_t *)secret.p, secret.n, key, sizeof key);
}

void password_guid(char out[37])
{
    uint8_t b[16];
    randombytes_buf(b, sizeof b);
    b[6] = (uint8_t)((b[6] & 0x0fu) | 0x40u);
    b[8] = (uint8_t)((b[8] & 0x3fu) | 0x80u);
    (void)snprintf(out, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7],
                   b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}
