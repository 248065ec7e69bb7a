/* tests/decode/test_evtx_value.c - values of binary XML: texts at their borders, and short cuts that must say what texts say. */
#include "decode/evtx_value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int open_arena(void **state)
{
    (void)state;
    arena_init(&arena, 4096, 1 << 20);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct evtx_value value(uint8_t type, const void *bytes, size_t n)
{
    return (struct evtx_value){.p = bytes, .n = (uint32_t)n, .type = type};
}

static struct str text(uint8_t type, const void *bytes, size_t n)
{
    struct evtx_value v = value(type, bytes, n);
    struct str s = STR_NONE;
    return evtx_value_text(&arena, &v, &s) == 0 ? s : STR_NONE;
}

#define assert_text(got, literal) assert_true(str_eq(got, STR(literal)) && str_set(got))

/* A SID with so many sub-authorities, the first of which is `first` and each next one more. */
static size_t put_sid(uint8_t *to, unsigned count, uint64_t authority, uint32_t first)
{
    to[0] = 1;
    to[1] = (uint8_t)count;
    for (unsigned i = 0; i < 6; i++)
        to[2 + i] = (uint8_t)(authority >> (40 - 8 * i));
    for (unsigned k = 0; k < count; k++, first++)
        for (unsigned i = 0; i < 4; i++)
            to[8 + 4 * k + i] = (uint8_t)(first >> 8 * i);
    return 8 + 4 * (size_t)count;
}

static void plain_sid(char *to, size_t room, unsigned count, uint64_t authority, uint32_t first)
{
    size_t n = (size_t)snprintf(to, room, authority >> 32 ? "S-1-0x%012llx" : "S-1-%llu", (unsigned long long)authority);
    for (unsigned i = 0; i < count; i++)
        n += (size_t)snprintf(to + n, room - n, "-%u", first + i);
}

static void sids(void **state)
{
    static const uint64_t authorities[] = {0, 5, UINT32_MAX, UINT64_C(1) << 32, UINT64_C(0xffffffffffff)};
    static const uint32_t firsts[] = {0, 9, 10, 99, 100, 512, 4294967280u};
    uint8_t b[80];
    char want[256];
    (void)state;
    for (unsigned count = 0; count <= 15; count++)
        for (size_t a = 0; a < sizeof authorities / sizeof *authorities; a++)
            for (size_t f = 0; f < sizeof firsts / sizeof *firsts; f++) {
                size_t n = put_sid(b, count, authorities[a], firsts[f]);
                plain_sid(want, sizeof want, count, authorities[a], firsts[f]);
                assert_true(str_eq(text(EVTX_SID, b, n), str_of(want)));
                assert_false(str_set(text(EVTX_SID, b, n - 1)));
            }
    assert_false(str_set(text(EVTX_SID, b, put_sid(b, 16, 5, 1))));
    arena_reset(&arena);
}

/* More SIDs than are kept, each asked for twice: always their own texts, and texts given before stay. */
static void sids_kept(void **state)
{
    static struct evtx_sids kept;
    uint8_t b[80];
    char want[256];
    struct str first = STR_NONE, got;
    (void)state;
    for (unsigned round = 0; round < 2000; round++) {
        unsigned rid = round / 2 * 7, count = round / 2 % 8;
        struct evtx_value v = value(EVTX_SID, b, put_sid(b, count, 5, rid));
        plain_sid(want, sizeof want, count, 5, rid);
        assert_int_equal(evtx_value_sid(&kept, &arena, &v, &got), 0);
        assert_true(str_eq(got, str_of(want)));
        if (round == 3)
            first = got;
    }
    assert_text(first, "S-1-5-7");
    struct evtx_value bad = value(EVTX_SID, b, 7);
    assert_int_equal(evtx_value_sid(&kept, &arena, &bad, &got), ERR_MALFORMED);
    arena_reset(&arena);
}

static void numbers(void **state)
{
    static const uint64_t all[] = {0, 9, 10, 99, 100, 101, 65535, 1000000007, UINT32_MAX, UINT64_C(1) << 32, UINT64_MAX};
    char want[32];
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        (void)snprintf(want, sizeof want, "%llu", (unsigned long long)all[i]);
        assert_true(str_eq(text(EVTX_U64, &all[i], 8), str_of(want)));
        (void)snprintf(want, sizeof want, "0x%llx", (unsigned long long)all[i]);
        assert_true(str_eq(text(EVTX_HEX64, &all[i], 8), str_of(want)));
    }
    static const int64_t least = INT64_MIN;
    assert_text(text(EVTX_I64, &least, 8), "-9223372036854775808");
}

static void guids(void **state)
{
    static const uint8_t none[16], some[16] = {0x0a, 0x9f, 0xf0, 0xbc, 0xde, 0x0f, 0xed, 0xcb, 0xa0, 0x01, 0x2a, 0xb3, 0xc4, 0xd5, 0xe6, 0xf7};
    struct evtx_value v = value(EVTX_GUID, some, 16);
    struct str s = STR_NONE;
    (void)state;
    assert_text(text(EVTX_GUID, some, 16), "{BCF09F0A-0FDE-CBED-A001-2AB3C4D5E6F7}");
    assert_int_equal(evtx_value_guid(&arena, &v, &s), 0);
    assert_text(s, "bcf09f0a-0fde-cbed-a001-2ab3c4d5e6f7");
    v = value(EVTX_GUID, none, 16);
    assert_int_equal(evtx_value_guid(&arena, &v, &s), 0);
    assert_false(str_set(s));
    v = value(EVTX_GUID, some, 15);
    assert_int_equal(evtx_value_guid(&arena, &v, &s), ERR_MALFORMED);
    v = value(EVTX_SYSTEMTIME, some, 16);
    assert_int_equal(evtx_value_guid(&arena, &v, &s), ERR_MALFORMED);
}

/* Every type in every size: what is sure to have a text has one, and an unsigned number is the one that its text tells. */
static void short_cuts(void **state)
{
    uint8_t b[80];
    unsigned sure = 0, unsigned_ones = 0;
    (void)state;
    for (unsigned fill = 0; fill < 4; fill++)
        for (unsigned type = 0; type < 256; type++)
            for (uint16_t n = 0; n < 72; n++) {
                struct fault fault;
                for (unsigned i = 0; i < sizeof b; i++)
                    b[i] = (uint8_t)(fill == 3 ? 0xff : fill * (i + 1));
                struct rd chunk = rd_of(b, n, &fault);
                struct evtx_found found = {.n = n, .type = (uint8_t)type};
                struct evtx_value v = evtx_value_of(&chunk, &found);
                uint64_t number, told;
                if (evtx_value_sure(&chunk, &found)) {
                    assert_true(str_set(text((uint8_t)type, b, n)));
                    sure++;
                }
                assert_true(rd_ok(&chunk));
                if (evtx_value_unsigned(&v, &number)) {
                    assert_true(str_u64(text((uint8_t)type, b, n), &told) && told == number);
                    unsigned_ones++;
                }
                arena_reset(&arena);
            }
    assert_true(sure > 400 && unsigned_ones == 4 * 10);
}

/* A place outside of the chunk gives no bytes. */
static void outside(void **state)
{
    static const uint8_t b[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct fault fault;
    struct rd chunk = rd_of(b, sizeof b, &fault);
    (void)state;
    struct evtx_value v = evtx_value_of(&chunk, &(struct evtx_found){.at = 4, .n = 4, .type = EVTX_U32});
    assert_int_equal(v.n, 4);
    v = evtx_value_of(&chunk, &(struct evtx_found){.at = 5, .n = 4, .type = EVTX_U32});
    assert_int_equal(v.n, 0);
    assert_false(rd_ok(&chunk));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sids),  cmocka_unit_test(sids_kept),  cmocka_unit_test(numbers),
                                       cmocka_unit_test(guids), cmocka_unit_test(short_cuts), cmocka_unit_test(outside)};
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
