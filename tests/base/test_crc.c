/* tests/base/test_crc.c - CRC-32 against its definition, at every length and alignment that takes another path. */
#include "base/crc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static uint32_t plain(uint32_t crc, const uint8_t *p, size_t n)
{
    crc = ~crc;
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static void known_value(void **state)
{
    (void)state;
    assert_int_equal(crc_add(0, "123456789", 9), 0xcbf43926u); /* the check value of the CRC catalogue */
    assert_int_equal(crc_add(0, "", 0), 0);
}

static void every_length(void **state)
{
    (void)state;
    uint8_t bytes[700];
    uint32_t next = 1;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)((next = next * 1664525u + 1013904223u) >> 24);
    for (size_t n = 0; n < 680; n++)
        for (size_t from = 0; from < 17; from += 5)
            assert_int_equal(crc_add(0, bytes + from, n), plain(0, bytes + from, n));
}

static void in_parts(void **state)
{
    (void)state;
    uint8_t bytes[400] = "parts";
    for (size_t cut = 0; cut <= sizeof bytes; cut += 7)
        assert_int_equal(crc_add(crc_add(0, bytes, cut), bytes + cut, sizeof bytes - cut), plain(0, bytes, sizeof bytes));
    bytes[399] ^= 1;
    assert_int_not_equal(crc_add(0, bytes, 399), crc_add(0, bytes, 400));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_value), cmocka_unit_test(every_length), cmocka_unit_test(in_parts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
