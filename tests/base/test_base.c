/* tests/base/test_base.c - the words of the language: strings, time, addresses, readers, hashes, arenas. */
#include "base/arena.h"
#include "base/ber.h"
#include "base/hash.h"
#include "base/ip.h"
#include "base/jout.h"
#include "base/table.h"
#include "base/time.h"
#include "base/utf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <sodium.h>

static void same(struct str a, const char *b)
{
    if (!str_eq(a, str_of(b)))
        fail_msg("got \"%.*s\", expected \"%s\"", STR_ARG(a), b);
}

static void strings(void **state)
{
    struct str rest = STR("a,,b"), part;
    uint64_t u;
    int64_t i;
    (void)state;
    assert_true(str_cut(&rest, ',', &part));
    same(part, "a");
    assert_true(str_cut(&rest, ',', &part));
    same(part, "");
    assert_true(str_cut(&rest, ',', &part));
    same(part, "b");
    assert_false(str_cut(&rest, ',', &part));
    assert_true(str_eqi(STR("CORP\\Alice"), STR("corp\\aLICE")));
    assert_false(str_eqi(STR("\xc3\x89"), STR("\xc3\xa9"))); /* only ASCII folds */
    assert_int_equal(str_findi(STR("aXbC"), STR("BC")), 2);
    assert_int_equal(str_find(STR("abc"), STR("d")), -1);
    assert_true(str_u64(STR("0x10"), &u) && u == 16);
    assert_true(str_u64(STR("18446744073709551615"), &u) && u == UINT64_MAX);
    assert_false(str_u64(STR("18446744073709551616"), &u));
    assert_false(str_u64(STR("12 "), &u));
    assert_false(str_u64(STR("0x"), &u));
    assert_true(str_i64(STR("-5"), &i) && i == -5);
    same(str_trim(STR(" \t x y \r\n")), "x y");
}

static void moments(void **state)
{
    static const struct {
        const char *text, *is;
    } rows[] = {{"2026-01-05T09:00:00Z", "2026-01-05T09:00:00.000000000Z"},
                {"2026-01-05T09:00:00.1234567Z", "2026-01-05T09:00:00.123456700Z"},
                {"2026-01-05 09:00:00", "2026-01-05T09:00:00.000000000Z"},
                {"2026-01-05T09:00:00.123456789123+02:00", "2026-01-05T07:00:00.123456789Z"},
                {"2026-11-23T16:55:06.818927+0000", "2026-11-23T16:55:06.818927000Z"},
                {"2024-02-29T23:59:60Z", "2024-03-01T00:00:00.000000000Z"},
                {"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500000000Z"},
                {"1900-01-01T00:00:00Z", "1900-01-01T00:00:00.000000000Z"},
                {"2189-12-31T23:59:59.999999999Z", "2189-12-31T23:59:59.999999999Z"},
                {"2000-02-29", "2000-02-29T00:00:00.000000000Z"}};
    char text[TIME_TEXT];
    struct civil c;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        same(time_text(time_parse(str_of(rows[i].text)), text), rows[i].is);
    static const char *const bad[] = {"", "2026", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-01-05T24:00:00Z", "2026-01-05T09:00:00X",
                                      "2026-01-05T09:00", "1600-01-01T00:00:00Z", "1899-12-31T23:59:59Z", "2190-01-01T00:00:00Z", "2026-01-05T09:00:00+25:00",
                                      "20x6-01-05", "202x-01-05", "2026-1x-05", "2026-01-5x", "2026/01/05", "2026-01-05Tx9:00:00Z", "2026-01-05T09:-1:00Z",
                                      "2026-01-05T09:00:0xZ", "2026-01-05T09.00.00Z", "2026-01-05T09:00:60:"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_true(time_parse(str_of(bad[i])) == TIME_NONE);
    time_civil(time_parse(STR("2026-11-23T00:00:00Z")), &c);
    assert_int_equal(c.weekday, 1);
    assert_int_equal(time_day(-1), -1);
    assert_true(time_filetime(UINT64_C(116444736000000000)) == 0);
    assert_true(time_filetime(0) == TIME_NONE);
    assert_true(time_filetime(UINT64_MAX) == TIME_NONE);
    assert_true(TIME_FIRST == time_parse(STR("1900-01-01")) && TIME_FIRST == time_filetime(UINT64_C(94354848000000000)));
    assert_true(time_filetime(UINT64_C(94354848000000000) - 1) == TIME_NONE);
    assert_true(TIME_END - 100 == time_filetime(UINT64_C(185870592000000000) - 1));
    assert_true(time_filetime(UINT64_C(185870592000000000)) == TIME_NONE);
}

static void every_day_of_400_years(void **state)
{
    (void)state;
    int64_t before = time_days(1800, 1, 1) - 1;
    for (int64_t d = time_days(1800, 1, 1); d < time_days(2200, 1, 1); d++) {
        struct civil c;
        time_civil(d * TIME_DAY, &c);
        assert_true(time_days(c.year, c.month, c.day) == d);
        assert_true(d == before + 1);
        before = d;
    }
}

static void addresses(void **state)
{
    static const struct {
        const char *text, *is;
        int port;
    } rows[] = {{"1.2.3.4", "1.2.3.4", 0},
                {"::ffff:1.2.3.4", "1.2.3.4", 0},
                {"1.2.3.4:443", "1.2.3.4", 443},
                {"[2001:db8::1]:8443", "2001:db8::1", 8443},
                {"[::ffff:10.0.0.1]:5", "10.0.0.1", 5},
                {"fe80::1%12", "fe80::1", 0},
                {"ipv4:10.77.0.20:49332", "10.77.0.20", 49332},
                {"2603:10a6:20b:f0:cafe::69", "2603:10a6:20b:f0:cafe::69", 0},
                {"::1", "::1", 0}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ip ip = {0};
        uint16_t port = 0;
        char text[IP_TEXT];
        assert_true(ip_parse(str_of(rows[i].text), &ip, &port));
        same(ip_text(&ip, text), rows[i].is);
        assert_int_equal(port, rows[i].port);
    }
    static const char *const bad[] = {"", "-", "LOCAL", "1.2.3", "1.2.3.4.5", "256.1.1.1", "0.0.0.0", "::", "host.example", "1.2.3.4:99999", "[::1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct ip ip = {0};
        assert_false(ip_parse(str_of(bad[i]), &ip, NULL));
        assert_false(ip_set(&ip));
    }
    struct ip ip;
    assert_true(ip_parse(STR("172.31.0.1"), &ip, NULL) && ip_is_private(&ip));
    assert_true(ip_parse(STR("172.32.0.1"), &ip, NULL) && !ip_is_private(&ip));
    assert_true(ip_parse(STR("100.64.0.1"), &ip, NULL) && ip_is_private(&ip));
}

static void networks(void **state)
{
    static const struct {
        const char *text, *base;
        unsigned bits;
    } rows[] = {{"10.1.2.3/8", "10.0.0.0", 104}, {"10.1.2.3/13", "10.0.0.0", 109}, {"10.9.2.3/13", "10.8.0.0", 109}, {"192.0.2.7", "192.0.2.7", 128},
                {"2001:db8:ffff::1/33", "2001:db8:8000::", 33}, {"2001:db8::1", "2001:db8::1", 128}, {"192.0.2.7/32", "192.0.2.7", 128}};
    static const char *const bad[] = {"", "10.0.0.0/33", "2001:db8::/129", "10.0.0.0/x", "[2001:db8::1]", "fe80::1%3/64", "10.0.0.1:80", "host/8"};
    struct ip ip;
    unsigned bits;
    char text[IP_TEXT];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(ip_network(str_of(rows[i].text), &ip, &bits));
        same(ip_text(&ip, text), rows[i].base);
        assert_int_equal(bits, rows[i].bits);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(ip_network(str_of(bad[i]), &ip, &bits));
}

/* Our reading of IPv6 texts against the C library's, over spellings and their single-character damages. */
static void ipv6_as_the_library_reads_it(void **state)
{
    static const char *const texts[] = {"2001:db8::1", "::1", "1::", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "64:ff9b::192.0.2.33", "1:2:3:4:5:6:1.2.3.4",
                                        "fe80::1:2:3:4", "1:2:3::4:5:6:7", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "2603:10a6:20b:f0:cafe::69",
                                        "12345::", "1:::2", "::1::", ":1", "1:", "1:2:3:4:5:6:7:8:9", "::1.2.3.4.5", "g::1", "1::2:3:4:5:6:7:8"};
    static const char damage[] = ":.0fgG%/ 9";
    (void)state;
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (size_t at = 0; at <= strlen(texts[t]); at++)
            for (size_t c = 0; c < sizeof damage; c++) {
                char text[64];
                struct ip ours = {0};
                uint8_t theirs[16] = {0};
                (void)snprintf(text, sizeof text, "%s", texts[t]);
                text[at] = damage[c]; /* also the cut at `at` */
                if (at == strlen(texts[t]))
                    text[at + 1] = '\0';
                if (strpbrk(text, "% ") || !strchr(text, ':'))
                    continue; /* zones and blanks are ours to accept */
                bool we = ip_parse(str_of(text), &ours, NULL);
                bool they = inet_pton(AF_INET6, text, theirs) == 1;
                bool none = memcmp(theirs, (uint8_t[16]){0}, 16) == 0 || memcmp(theirs, (uint8_t[16]){[10] = 0xff, [11] = 0xff}, 16) == 0;
                bool port = strchr(text, '.') && strchr(text, ':') == strrchr(text, ':') && text[0] != ':'; /* 1.2.3.4:80 */
                if (port)
                    continue;
                if (we != (they && !none) || (we && memcmp(ours.b, theirs, 16) != 0))
                    fail_msg("%s: ours %d, theirs %d", text, we, they);
            }
}

static void reader_sticks(void **state)
{
    static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7};
    struct fault f;
    struct rd r = rd_of(bytes, sizeof bytes, &f);
    (void)state;
    assert_int_equal(rd_u16le(&r), 0x0201);
    assert_int_equal(rd_u16be(&r), 0x0304);
    struct rd sub = rd_sub(&r, 2);
    assert_int_equal(rd_u32le(&sub), 0);
    assert_false(rd_ok(&r)); /* the error is shared */
    assert_int_equal(f.offset, 4);
    assert_int_equal(rd_u8(&r), 0);
    r = rd_of(bytes, sizeof bytes, &f);
    struct rd back = rd_at(&r, 5, 2);
    assert_int_equal(rd_u16be(&back), 0x0607);
    back = rd_at(&r, 6, 2);
    assert_false(rd_ok(&back));
}

static void ber_elements(void **state)
{
    static const uint8_t bytes[] = {0x30, 0x09, 0x02, 0x02, 0xff, 0x7f, 0x0a, 0x01, 0x05, 0x04, 0x00, 0x99};
    struct fault f;
    struct rd r = rd_of(bytes, sizeof bytes, &f), none;
    struct rd seq = ber_get(&r, BER_SEQUENCE);
    (void)state;
    assert_int_equal(ber_int(&seq, BER_INTEGER), -129);
    assert_false(ber_opt(&seq, BER_INTEGER, &none));
    assert_int_equal(ber_int(&seq, BER_ENUMERATED), 5);
    assert_int_equal(rd_left(&seq), 2);
    assert_true(rd_ok(&r));
    assert_int_equal(rd_left(&r), 1);
    for (size_t n = 0; n < sizeof bytes; n++) { /* every prefix ends without reading outside */
        r = rd_of(bytes, n, &f);
        seq = ber_get(&r, BER_SEQUENCE);
        (void)ber_int(&seq, BER_INTEGER);
        (void)ber_int(&seq, BER_ENUMERATED);
        (void)ber_get(&seq, BER_OCTETS);
        assert_true(rd_ok(&r) == (n >= 11));
    }
    static const uint8_t huge[] = {0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 1};
    r = rd_of(huge, sizeof huge, &f);
    (void)ber_get(&r, BER_SEQUENCE);
    assert_false(rd_ok(&r));
}

/* UTF-16 by its definition, unit by unit. */
static size_t plain16(char *out, const uint16_t *u, size_t n)
{
    size_t o = 0;
    for (size_t i = 0; i < n && u[i]; i++) {
        bool high = u[i] >= 0xd800 && u[i] < 0xdc00, pair = high && i + 1 < n && u[i + 1] >= 0xdc00 && u[i + 1] < 0xe000;
        uint32_t c = pair ? 0x10000 + ((uint32_t)(u[i] - 0xd800) << 10) + (u[i + 1] - 0xdc00u) : u[i] >= 0xd800 && u[i] < 0xe000 ? 0xfffd : u[i];
        i += pair;
        o += utf_put(out + o, c);
    }
    return o;
}

/* Texts of every length, with something that is no plain ASCII at every place, alone and as a pair across any border. */
static void utf16_at_every_place(void **state)
{
    static const uint16_t odd[][2] = {{'x', 'y'}, {0, 'y'}, {0x7f, 0x80}, {0x80, 'y'}, {0xff, 0x100}, {0xd83d, 0xde00}, {0xd83d, 'y'}, {0xde00, 0xd83d}, {0xffff, 0}};
    struct arena a;
    char want[40 * 3 + 4];
    (void)state;
    arena_init(&a, 4096, 65536);
    for (size_t n = 0; n <= 40; n++)
        for (size_t at = 0; at <= n; at++)
            for (size_t k = 0; k < sizeof odd / sizeof *odd; k++) {
                uint16_t u[42];
                uint8_t b[84];
                for (size_t i = 0; i < n; i++)
                    u[i] = i == at ? odd[k][0] : i == at + 1 ? odd[k][1] : (uint16_t)('a' + i % 26);
                for (size_t i = 0; i < n; i++) {
                    b[2 * i] = (uint8_t)u[i];
                    b[2 * i + 1] = (uint8_t)(u[i] >> 8);
                }
                b[2 * n] = 'z'; /* an odd last byte is none */
                struct str got = utf_from16(&a, b, 2 * n + 1);
                assert_true(str_set(got) && str_eq(got, (struct str){want, plain16(want, u, n)}));
                assert_int_equal(got.p[got.n], 0);
                arena_reset(&a);
            }
    arena_free(&a);
}

static void lower_at_every_place(void **state)
{
    static const char odd[] = "AZ@[`a\xc1\xda";
    struct arena a;
    (void)state;
    arena_init(&a, 4096, 65536);
    for (size_t n = 0; n <= 40; n++)
        for (size_t at = 0; at <= n; at++)
            for (size_t k = 0; k < sizeof odd - 1; k++) {
                char text[40], want[40];
                memset(text, 'q', sizeof text);
                if (at < n)
                    text[at] = odd[k];
                for (size_t i = 0; i < n; i++)
                    want[i] = str_lower_char(text[i]);
                struct str got = str_lower(&a, (struct str){text, n});
                assert_true(str_eq(got, (struct str){want, n}));
                assert_true((got.p == text) == (memcmp(text, want, n) == 0)); /* a copy only where it is needed */
                arena_reset(&a);
            }
    arena_free(&a);
}

/* One part is its length in eight bytes and its bytes, whatever way they are put together. */
static void identity_of_every_length(void **state)
{
    uint8_t flat[8 + 600], id[16], want[16];
    (void)state;
    for (size_t n = 0; n <= 600; n++) {
        uint64_t length = n;
        memcpy(flat, &length, 8);
        for (size_t i = 0; i < n; i++)
            flat[8 + i] = (uint8_t)(i * 7 + n);
        hash_id(id, &(struct str){(const char *)flat + 8, n}, 1);
        crypto_generichash(want, sizeof want, flat, 8 + n, NULL, 0);
        assert_memory_equal(id, want, sizeof id);
    }
}

static void utf16(void **state)
{
    static const uint8_t text[] = {'h', 0, 'i', 0, 0xe9, 0, 0x3d, 0xd8, 0x00, 0xde, 0x00, 0xd8, '!', 0, 0, 0, 'x', 0};
    struct arena a;
    (void)state;
    arena_init(&a, 1024, 65536);
    same(utf_from16(&a, text, sizeof text), "hi\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbd!");
    static const uint8_t ascii[] = {'a', 0, 'b', 0, 'c', 0, 'd', 0, 'e', 0};
    same(utf_from16(&a, ascii, sizeof ascii), "abcde");
    same(utf_clean(&a, STR("a\xff" "b\xc0\x80")), "a\xef\xbf\xbd" "b\xef\xbf\xbd\xef\xbf\xbd");
    assert_true(utf_valid(STR("caf\xc3\xa9")));
    assert_false(utf_valid(STR("\xed\xa0\x80")));
    arena_free(&a);
}

static void identities(void **state)
{
    uint8_t x[16], y[16];
    struct str ab_c[] = {STR("ab"), STR("c")}, a_bc[] = {STR("a"), STR("bc")};
    struct str absent[] = {STR("a"), STR_NONE}, empty[] = {STR("a"), STR("")};
    (void)state;
    hash_id(x, ab_c, 2);
    hash_id(y, a_bc, 2);
    assert_memory_not_equal(x, y, 16);
    hash_id(x, absent, 2);
    hash_id(y, empty, 2);
    assert_memory_not_equal(x, y, 16);
    char *large = malloc(100000);
    assert_non_null(large);
    memset(large, 'x', 100000);
    for (size_t n = 480; n < 520; n++) { /* around the size of the flat buffer */
        struct str one[] = {{large, n}, STR("z")}, two[] = {{large, n + 1}, STR("z")};
        hash_id(x, one, 2);
        hash_id(y, two, 2);
        assert_memory_not_equal(x, y, 16);
        hash_id(y, one, 2);
        assert_memory_equal(x, y, 16);
    }
    free(large);
    char hex[9];
    same(hash_hex(hex, (const uint8_t[]){0x00, 0x0f, 0xa5, 0xff}, 4), "000fa5ff");
    assert_true(hash_stri(STR("DOMAIN\\Administrator"), 1) == hash_stri(STR("domain\\ADMINISTRATOR"), 1));
    assert_true(hash_stri(STR("@[`{"), 1) != hash_stri(STR("`{@["), 1));
}

static void arena_limits(void **state)
{
    struct arena a;
    (void)state;
    arena_init(&a, 1024, 4096);
    assert_non_null(arena_alloc(&a, 100));
    assert_non_null(arena_alloc(&a, 2000));
    assert_null(arena_alloc(&a, 4000));
    assert_null(arena_alloc(&a, SIZE_MAX));
    arena_reset(&a);
    char *p = arena_alloc(&a, 900);
    arena_reset(&a);
    assert_ptr_equal(arena_alloc(&a, 900), p); /* the same block again */
    arena_free(&a);
}

static void table_forgets_the_untouched(void **state)
{
    struct table t;
    bool fresh;
    (void)state;
    table_init(&t, sizeof(uint64_t), 1000);
    for (uint64_t k = 1; k <= 100000; k++) {
        uint64_t *v = table_put(&t, k, &fresh);
        assert_true(fresh && *v == 0);
        *v = k;
        v = table_get(&t, 7); /* touched all the time */
        if (k >= 7)
            assert_true(v && *v == 7);
    }
    assert_int_equal(t.n, 1000);
    assert_true(t.forgot == 99000);
    table_drop(&t, 7);
    assert_null(table_get(&t, 7));
    assert_int_equal(t.n, 999);
    uint32_t at = 0;
    uint64_t key;
    size_t n = 0;
    for (uint64_t *v; (v = table_each(&t, &at, &key)) != NULL; n++)
        assert_true(*v == key && table_get(&t, key) == v);
    assert_int_equal(n, 999);
    table_free(&t);
}

static bool old(const void *value, int64_t now)
{
    return *(const int64_t *)value < now;
}

static void table_expires_before_it_grows(void **state)
{
    struct table t;
    (void)state;
    table_init(&t, sizeof(int64_t), 1000);
    for (int64_t k = 0; k < 10000; k++) { /* of ten, one stays for good */
        table_expire(&t, old, k - 8);
        *(int64_t *)table_put(&t, (uint64_t)k * 0x9e3779b97f4a7c15u, NULL) = k % 10 && k < 9000 ? k : INT64_MAX;
        assert_true(t.n <= t.room && t.room <= 1000);
    }
    for (int64_t k = 9000; k < 9100; k += 10) /* the cap still forgets the oldest, not the latest */
        assert_null(table_get(&t, (uint64_t)(k - 9000) * 0x9e3779b97f4a7c15u));
    assert_non_null(table_get(&t, (uint64_t)9999 * 0x9e3779b97f4a7c15u));
    table_free(&t);
    table_init(&t, sizeof(int64_t), 100000);
    for (int64_t k = 0; k < 100000; k++) {
        table_expire(&t, old, k - 100);
        *(int64_t *)table_put(&t, (uint64_t)k + 1, NULL) = k;
        for (int64_t i = k > 100 ? k - 100 : 0; i <= k; i += 20)
            assert_true(*(int64_t *)table_get(&t, (uint64_t)i + 1) == i);
    }
    assert_true(t.room <= 256 && t.forgot == 0);
    table_free(&t);
}

static void table_against_plain_array(void **state)
{
    struct table t;
    uint8_t there[512] = {0};
    uint32_t x = 12345;
    (void)state;
    table_init(&t, 4, 1u << 20);
    for (int i = 0; i < 200000; i++) {
        x = x * 1664525u + 1013904223u;
        uint32_t k = x >> 23;
        if (x & 1024) {
            table_drop(&t, k);
            there[k] = 0;
        } else {
            *(uint32_t *)table_put(&t, k, NULL) = k;
            there[k] = 1;
        }
        const uint32_t *v = table_get(&t, k);
        assert_true((v != NULL) == there[k] && (!v || *v == k));
    }
    for (uint32_t k = 0; k < 512; k++)
        assert_true((table_get(&t, k) != NULL) == there[k]);
    table_free(&t);
}

static void json_out(void **state)
{
    struct buf b = {0};
    struct jout j = jout_to(&b);
    (void)state;
    jout_obj(&j);
    jout_kstr(&j, "a", STR("q\"\\\n\x01\xff"));
    jout_kstr(&j, "absent", STR_NONE);
    jout_key(&j, "l");
    jout_arr(&j);
    jout_num(&j, 0.1);
    jout_num(&j, 1.0 / 0.0);
    jout_i64(&j, -3);
    jout_obj(&j);
    jout_end_obj(&j);
    jout_end_arr(&j);
    jout_kbool(&j, "t", true);
    jout_end_obj(&j);
    same(buf_view(&b), "{\"a\":\"q\\\"\\\\\\n\\u0001\xef\xbf\xbd\",\"l\":[0.1,null,-3,{}],\"t\":true}");
    buf_free(&b);
}

static void decimals(void **state)
{
    static const char *const texts[] = {"0", "9", "10", "99", "100", "909", "12345", "4294967295", "18446744073709551615"};
    char room[STR_DECIMAL], *end = room + sizeof room;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        uint64_t v;
        assert_true(str_u64(str_of(texts[i]), &v));
        char *at = str_decimal(end, v);
        assert_true(str_eq((struct str){at, (size_t)(end - at)}, str_of(texts[i])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(strings),
                                       cmocka_unit_test(moments),
                                       cmocka_unit_test(every_day_of_400_years),
                                       cmocka_unit_test(addresses),
                                       cmocka_unit_test(networks), cmocka_unit_test(ipv6_as_the_library_reads_it),
                                       cmocka_unit_test(reader_sticks),
                                       cmocka_unit_test(ber_elements),
                                       cmocka_unit_test(utf16),
                                       cmocka_unit_test(utf16_at_every_place),
                                       cmocka_unit_test(lower_at_every_place),
                                       cmocka_unit_test(identity_of_every_length),
                                       cmocka_unit_test(identities),
                                       cmocka_unit_test(arena_limits),
                                       cmocka_unit_test(table_forgets_the_untouched),
                                       cmocka_unit_test(table_expires_before_it_grows),
                                       cmocka_unit_test(table_against_plain_array),
                                       cmocka_unit_test(decimals),
                                       cmocka_unit_test(json_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
