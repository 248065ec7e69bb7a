/* base/hash.c - table hashes and record identities. */
#include "base/hash.h"

#include "base/word.h"

#include <sodium.h>

uint64_t hash64(const void *bytes, size_t n, uint64_t seed)
{
    const uint8_t *p = bytes;
    uint64_t h = hash_mix(seed, n);
    for (; n >= 8; n -= 8, p += 8)
        h = hash_mix(h, word_load(p));
    if (n)
        h = hash_mix(h, word_load_rest(p, n) ^ (uint64_t)n << 56);
    return hash_mix(h, 0x2545f4914f6cdd1du);
}

uint64_t hash_stri(struct str s, uint64_t seed)
{
    const uint8_t *p = (const uint8_t *)s.p;
    size_t n = s.n;
    uint64_t h = hash_mix(seed, n);
    for (; n >= 8; n -= 8, p += 8)
        h = hash_mix(h, word_fold(word_load(p)));
    if (n)
        h = hash_mix(h, word_fold(word_load_rest(p, n)) ^ (uint64_t)n << 56);
    return hash_mix(h, 0x2545f4914f6cdd1du);
}

/* Parts have few bytes: copied in words, of which the last overlaps the one before. memcpy is inlined where a length has a
 * bound, as a copying instruction that takes longer to begin than all of this. */
static void put(uint8_t *to, const char *from, size_t n)
{
    if (n < 8) {
        for (size_t i = 0; i < n; i++)
            to[i] = (uint8_t)from[i];
        return;
    }
    for (size_t i = 0; i + 8 < n; i += 8)
        memcpy(to + i, from + i, 8);
    memcpy(to + n - 8, from + n - 8, 8);
}

void hash_id(uint8_t out[16], const struct str *parts, size_t n)
{
    crypto_generichash_state st;
    uint8_t flat[512];
    size_t at = 0;
    bool streamed = false;
    for (size_t i = 0; i < n; i++) {
        uint64_t length = parts[i].p ? parts[i].n : UINT64_MAX;
        if (at + 8 + parts[i].n > sizeof flat) {
            if (!streamed)
                crypto_generichash_init(&st, NULL, 0, 16);
            streamed = true;
            crypto_generichash_update(&st, flat, at);
            at = 0;
        }
        memcpy(flat + at, &length, 8);
        at += 8;
        if (at + parts[i].n <= sizeof flat) {
            put(flat + at, parts[i].p, parts[i].n);
            at += parts[i].n;
        } else {
            crypto_generichash_update(&st, flat, at);
            crypto_generichash_update(&st, (const uint8_t *)parts[i].p, parts[i].n);
            at = 0;
        }
    }
    if (!streamed) {
        crypto_generichash(out, 16, flat, at, NULL, 0);
        return;
    }
    crypto_generichash_update(&st, flat, at);
    crypto_generichash_final(&st, out, 16);
}

struct str hash_hex(char *out, const uint8_t *id, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[id[i] >> 4];
        out[2 * i + 1] = digits[id[i] & 15];
    }
    out[2 * n] = '\0';
    return (struct str){out, 2 * n};
}
