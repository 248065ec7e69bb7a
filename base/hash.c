/* base/hash.c - table hashes and record identities. */
#include "base/hash.h"

#include <sodium.h>

static uint64_t load8(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

/* One to seven bytes, low end first, without a loop: the parts overlap where n is no power of two. */
static uint64_t load_rest(const uint8_t *p, size_t n)
{
    if (n >= 4) {
        uint32_t low, high;
        memcpy(&low, p, 4);
        memcpy(&high, p + n - 4, 4);
        return low | (uint64_t)high << (8 * (n - 4));
    }
    return p[0] | (uint64_t)p[n / 2] << (8 * (n / 2)) | (uint64_t)p[n - 1] << (8 * (n - 1));
}

uint64_t hash64(const void *bytes, size_t n, uint64_t seed)
{
    const uint8_t *p = bytes;
    uint64_t h = hash_mix(seed, n);
    for (; n >= 8; n -= 8, p += 8)
        h = hash_mix(h, load8(p));
    if (n)
        h = hash_mix(h, load_rest(p, n) ^ (uint64_t)n << 56);
    return hash_mix(h, 0x2545f4914f6cdd1du);
}

static uint64_t fold8(uint64_t v)
{
    /* sets bit 5 of each byte in 'A'..'Z', eight bytes at a time */
    const uint64_t ones = 0x0101010101010101u;
    uint64_t heptets = v & (0x7f * ones);
    uint64_t above_z = heptets + (0x7f - 'Z') * ones;
    uint64_t from_a = heptets + (0x80 - 'A') * ones;
    uint64_t ascii = ~v & (0x80 * ones);
    return v | ((ascii & (from_a ^ above_z)) >> 2);
}

uint64_t hash_stri(struct str s, uint64_t seed)
{
    const uint8_t *p = (const uint8_t *)s.p;
    size_t n = s.n;
    uint64_t h = hash_mix(seed, n);
    for (; n >= 8; n -= 8, p += 8)
        h = hash_mix(h, fold8(load8(p)));
    if (n)
        h = hash_mix(h, fold8(load_rest(p, n)) ^ (uint64_t)n << 56);
    return hash_mix(h, 0x2545f4914f6cdd1du);
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
            if (parts[i].n)
                memcpy(flat + at, parts[i].p, parts[i].n);
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
