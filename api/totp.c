/* api/totp.c - second factor codes. */
#include "api/totp.h"

#include "base/time.h"

#include <gnutls/crypto.h>
#include <sodium.h>
#include <stdio.h>

uint32_t totp_code(struct str secret, int64_t step, unsigned digits)
{
    uint8_t counter[8], mac[20];
    uint32_t modulo = 1;
    for (int i = 0; i < 8; i++)
        counter[i] = (uint8_t)((uint64_t)step >> 8 * (7 - i));
    if (gnutls_hmac_fast(GNUTLS_MAC_SHA1, secret.p, secret.n, counter, sizeof counter, mac) != 0)
        return UINT32_MAX;
    unsigned at = mac[19] & 15u; /* RFC 4226 5.3 */
    uint32_t v = (mac[at] & 0x7fu) * 0x1000000u + mac[at + 1] * 0x10000u + mac[at + 2] * 0x100u + mac[at + 3];
    for (unsigned i = 0; i < digits; i++)
        modulo *= 10;
    return v % modulo;
}

bool totp_check(struct str secret, struct str code, int64_t now, int64_t *step)
{
    int64_t current = now / TIME_SECOND / TOTP_SECONDS;
    bool good = false;
    for (int64_t s = current - 1; s <= current + 1; s++) {
        char text[12];
        (void)snprintf(text, sizeof text, "%06u", (unsigned)totp_code(secret, s, 6));
        if (code.n == 6 && strlen(text) == 6 && sodium_memcmp(text, code.p, 6) == 0) {
            good = true;
            *step = s;
        }
    }
    return good;
}

struct str totp_base32(struct arena *a, struct str secret)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    char *out = arena_alloc(a, secret.n * 8 / 5 + 2);
    size_t n = 0;
    uint32_t bits = 0;
    unsigned have = 0;
    if (!out)
        return STR_NONE;
    for (size_t i = 0; i < secret.n; i++) {
        bits = bits << 8 | (uint8_t)secret.p[i];
        for (have += 8; have >= 5; have -= 5)
            out[n++] = digits[bits >> (have - 5) & 31u];
    }
    if (have)
        out[n++] = digits[bits << (5 - have) & 31u];
    return (struct str){out, n};
}

struct str totp_uri(struct arena *a, struct str secret, struct str account)
{
    struct str key = totp_base32(a, secret);
    return str_fmt(a, "otpauth://totp/Vigie:%.*s?secret=%.*s&issuer=Vigie&algorithm=SHA1&digits=6&period=30", STR_ARG(account), STR_ARG(key));
}
