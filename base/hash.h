/* base/hash.h - two kinds of hash, for two purposes.
 *
 * hash64: fast, for tables in memory; never stored as an identity.
 * hash_id: 128-bit BLAKE2b (libsodium), for record identities: nobody can craft two records that
 * collide, so nobody can make Vigie take an attack for a repeated record. */
#ifndef VIGIE_BASE_HASH_H
#define VIGIE_BASE_HASH_H

#include "base/str.h"

#include <stdint.h>

static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 u128;
    u128 m = (u128)(a ^ 0x9e3779b97f4a7c15u) * (b ^ 0xd1b54a32d192ed03u);
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

uint64_t hash64(const void *p, size_t n, uint64_t seed);

static inline uint64_t hash_str(struct str s, uint64_t seed)
{
    return hash64(s.p, s.n, seed);
}

/* ASCII case folded, so that CORP\Alice and corp\alice meet. */
uint64_t hash_stri(struct str s, uint64_t seed);

/* out = BLAKE2b-128 over the parts; each part is preceded by its length, so ("ab","c") and ("a","bc")
 * differ, and absent parts differ from empty ones. */
void hash_id(uint8_t out[16], const struct str *parts, size_t n);
/* The first n bytes of an identity in lower-case hexadecimal; `out` holds 2 n characters and a NUL. */
struct str hash_hex(char *out, const uint8_t *id, size_t n);

#endif
