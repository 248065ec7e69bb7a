/* base/ip.c - the spellings of IP addresses. */
#include "base/ip.h"

#include "base/hash.h"

#include <arpa/inet.h>

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

struct ip ip_v4(uint32_t v)
{
    struct ip a;
    memcpy(a.b, mapped, 12);
    for (int i = 0; i < 4; i++)
        a.b[12 + i] = (uint8_t)(v >> (24 - 8 * i));
    return a;
}

bool ip_is_v4(const struct ip *a)
{
    return memcmp(a->b, mapped, 12) == 0;
}

uint32_t ip_v4_value(const struct ip *a)
{
    if (!ip_is_v4(a))
        return 0;
    return (uint32_t)a->b[12] << 24 | (uint32_t)a->b[13] << 16 | (uint32_t)a->b[14] << 8 | a->b[15];
}

bool ip_is_loopback(const struct ip *a)
{
    static const uint8_t one[16] = {[15] = 1};
    return ip_is_v4(a) ? a->b[12] == 127 : memcmp(a->b, one, 16) == 0;
}

bool ip_is_private(const struct ip *a)
{
    if (ip_is_loopback(a))
        return true;
    if (!ip_is_v4(a))
        return (a->b[0] & 0xfeu) == 0xfc || (a->b[0] == 0xfe && (a->b[1] & 0xc0u) == 0x80);
    uint32_t v = ip_v4_value(a);
    return v >> 24 == 10 || v >> 20 == 0xac1 || v >> 16 == 0xc0a8 || v >> 16 == 0xa9fe || v >> 22 == (100u << 2 | 1);
}

static bool v4(struct str s, struct ip *out)
{
    uint32_t v = 0;
    size_t at = 0;
    for (unsigned i = 0; i < 4; i++) {
        uint32_t octet = 0, digit;
        size_t from = at;
        for (; at < s.n && (digit = (uint32_t)(unsigned char)s.p[at] - '0') < 10; at++)
            octet = octet * 10 + digit;
        if (at == from || at > from + 3 || octet > 255 || (at > from + 1 && s.p[from] == '0')) /* 010 may be 8 or 10 */
            return false;
        if (i < 3 && (at == s.n || s.p[at++] != '.'))
            return false;
        v = v << 8 | octet;
    }
    *out = ip_v4(v);
    return at == s.n;
}

/* Value + 1 of the hexadecimal digits. */
static const uint8_t hex_digits[256] = {
    ['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10,
    ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* One to four hexadecimal digits at s[*at]; false when there are none or more. */
static bool group(struct str s, size_t *at, unsigned *value)
{
    size_t i = *at, from = i;
    unsigned v = 0, digit;
    for (; i < s.n && (digit = hex_digits[(unsigned char)s.p[i]]) != 0; i++)
        v = v << 4 | (digit - 1);
    *at = i;
    *value = v & 0xffff;
    return i > from && i - from <= 4;
}

/* an IPv4 address as the last two groups of n bytes so far */
static bool ends_in_v4(struct str rest, size_t n, uint8_t *b)
{
    struct ip last;
    if (rest.n > 15 || n > 12 || str_chr(rest, ':') >= 0 || !v4(rest, &last))
        return false;
    memcpy(b + n, last.b + 12, 4);
    return true;
}

/* RFC 4291 2.2: eight groups, one run of which may be ::, the last two of which may be an IPv4 address. */
bool ip_v6(struct str s, struct ip *out)
{
    uint8_t b[16] = {0};
    size_t n = 0, gap = 17, at = 0; /* bytes so far, where :: stands */
    ptrdiff_t zone = str_chr(s, '%');
    if (zone >= 0)
        s = str_sub(s, 0, (size_t)zone);
    if (s.n >= 2 && s.p[0] == ':' && s.p[1] == ':') {
        gap = 0;
        at = 2;
    }
    while (at < s.n) {
        unsigned value;
        size_t from = at;
        if (n > 14 || !group(s, &at, &value))
            return false;
        if (at < s.n && s.p[at] == '.') {
            if (!ends_in_v4(str_from(s, from), n, b))
                return false;
            n += 4;
            break;
        }
        b[n++] = (uint8_t)(value >> 8);
        b[n++] = (uint8_t)value;
        if (at == s.n)
            break;
        if (s.p[at++] != ':' || at == s.n)
            return false;
        if (s.p[at] == ':') {
            if (gap != 17)
                return false;
            gap = n;
            at++;
        }
    }
    if (gap == 17 ? n != 16 : n > 14)
        return false;
    if (gap != 17) {
        memmove(b + 16 - (n - gap), b + gap, n - gap);
        memset(b + gap, 0, 16 - n);
    }
    memcpy(out->b, b, 16);
    return true;
}

static bool port_of(struct str s, uint16_t *port)
{
    uint64_t v;
    if (!str_u64(s, &v) || v > 65535)
        return false;
    *port = (uint16_t)v;
    return true;
}

bool ip_parse(struct str s, struct ip *out, uint16_t *port)
{
    struct ip a;
    uint16_t p = port ? *port : 0;
    if (s.n && s.p[0] >= '0' && s.p[0] <= '9' && v4(s, &a) && ip_v4_value(&a) != 0) { /* nearly all are written so, and need no more */
        *out = a;
        return true;
    }
    s = str_trim(s);
    if (str_starts(s, STR("ipv4:")) || str_starts(s, STR("ipv6:")))
        s = str_from(s, 5);
    if (s.n < 2)
        return false;
    if (str_startsi(s, STR("::ffff:")) && v4(str_from(s, 7), &a)) { /* the usual spelling in Windows events */
        *out = a;
        return ip_v4_value(&a) != 0;
    }
    ptrdiff_t colon = str_chr(s, ':'), last = str_rchr(s, ':');
    bool ok;
    if (s.p[0] == '[') {
        ptrdiff_t close = str_chr(s, ']');
        ok = close > 0 && ip_v6(str_sub(s, 1, (size_t)close - 1), &a);
        struct str rest = close > 0 ? str_from(s, (size_t)close + 1) : STR_NONE;
        ok = ok && (rest.n == 0 || (rest.p[0] == ':' && port_of(str_from(rest, 1), &p)));
        if (!ok && close > 0)
            ok = v4(str_sub(s, 1, (size_t)close - 1), &a);
    } else if (colon < 0) {
        ok = v4(s, &a);
    } else if (colon == last && str_chr(s, '.') >= 0 && colon > 0) {
        ok = v4(str_sub(s, 0, (size_t)colon), &a) && port_of(str_from(s, (size_t)colon + 1), &p);
    } else {
        ok = ip_v6(s, &a);
    }
    if (!ok || !ip_set(&a) || ip_eq(&a, &(struct ip){{[10] = 0xff, [11] = 0xff}}))
        return false;
    *out = a;
    if (port)
        *port = p;
    return true;
}

#define TEN(tens) tens "0", tens "1", tens "2", tens "3", tens "4", tens "5", tens "6", tens "7", tens "8", tens "9"
static const char octets[256][4] = {
    TEN(""),   TEN("1"),  TEN("2"),  TEN("3"),  TEN("4"),  TEN("5"),  TEN("6"),  TEN("7"),  TEN("8"),  TEN("9"),  TEN("10"), TEN("11"), TEN("12"),
    TEN("13"), TEN("14"), TEN("15"), TEN("16"), TEN("17"), TEN("18"), TEN("19"), TEN("20"), TEN("21"), TEN("22"), TEN("23"), TEN("24"),
    "250", "251", "252", "253", "254", "255"};

/* inet_ntop goes through printf, and every activity's address is printed. */
static struct str v4_text(const uint8_t b[4], char out[IP_TEXT])
{
    char *to = out;
    for (int i = 0; i < 4; i++) {
        memcpy(to, octets[b[i]], 4);
        to += 1 + (b[i] >= 10) + (b[i] >= 100);
        *to++ = '.';
    }
    *--to = '\0';
    return (struct str){out, (size_t)(to - out)};
}

struct str ip_text(const struct ip *a, char out[IP_TEXT])
{
    if (ip_is_v4(a))
        return v4_text(a->b + 12, out);
    (void)inet_ntop(AF_INET6, a->b, out, IP_TEXT);
    return str_of(out);
}

struct ip ip_masked(struct ip ip, unsigned bits)
{
    for (unsigned i = 0; i < sizeof ip.b; i++) {
        unsigned keep = bits >= 8 * i + 8 ? 8 : bits > 8 * i ? bits - 8 * i : 0;
        ip.b[i] &= (uint8_t)(0xff00u >> keep);
    }
    return ip;
}

bool ip_network(struct str text, struct ip *base, unsigned *bits)
{
    struct str rest = text, address;
    uint16_t port = 0;
    if (!str_cut(&rest, '/', &address) || str_chr(address, '[') >= 0 || str_chr(address, '%') >= 0 || !ip_parse(address, base, &port) || port)
        return false;
    uint64_t most = ip_is_v4(base) ? 32 : 128, n = most;
    if (str_set(rest) && (!str_u64(rest, &n) || n > most))
        return false;
    *bits = (unsigned)(n + 128 - most);
    *base = ip_masked(*base, *bits);
    return true;
}

uint64_t ip_hash(const struct ip *a)
{
    return hash64(a->b, 16, 0x1b);
}
