/* tests/source/test_capture.c - pcap and pcapng: every layout, any pieces, any damage. */
#include "source/capture.h"

#include "base/buf.h"
#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- writing captures ---- */

struct out {
    struct buf b;
    bool big; /* byte order */
};

static void put(struct out *o, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        buf_char(&o->b, (char)(v >> 8 * (o->big ? bytes - 1 - i : i)));
}

static void pcap_head(struct out *o, uint32_t magic, uint32_t link)
{
    put(o, magic, 4);
    put(o, 2, 2);
    put(o, 4, 2);
    put(o, 0, 8);
    put(o, 65535, 4);
    put(o, link, 4);
}

static void pcap_packet(struct out *o, uint32_t second, uint32_t fraction, const char *text, uint32_t whole)
{
    uint32_t n = (uint32_t)strlen(text);
    put(o, second, 4);
    put(o, fraction, 4);
    put(o, n, 4);
    put(o, whole ? whole : n, 4);
    buf_add(&o->b, text, n);
}

static void block(struct out *o, uint32_t type, const struct buf *body)
{
    uint32_t n = (uint32_t)(body->n + 3) / 4 * 4 + 12;
    put(o, type, 4);
    put(o, n, 4);
    buf_add(&o->b, body->p, body->n);
    while (o->b.n % 4)
        buf_char(&o->b, 0);
    put(o, n, 4);
}

static void section(struct out *o)
{
    struct out x = {.big = o->big};
    put(&x, 0x1a2b3c4d, 4);
    put(&x, 1, 2);
    put(&x, 0, 2);
    put(&x, UINT64_MAX, 8);
    block(o, 0x0a0d0d0a, &x.b);
    buf_free(&x.b);
}

/* resolution < 0: not stated */
static void interface(struct out *o, uint16_t link, uint32_t snap, int resolution, int64_t offset)
{
    struct out x = {.big = o->big};
    put(&x, link, 2);
    put(&x, 0, 2);
    put(&x, snap, 4);
    put(&x, 2, 2); /* if_name */
    put(&x, 5, 2);
    buf_add(&x.b, "eth00\0\0\0", 8);
    if (resolution >= 0) {
        put(&x, 9, 2);
        put(&x, 1, 2);
        put(&x, (uint64_t)resolution << (o->big ? 24 : 0), 4);
    }
    if (offset) {
        put(&x, 14, 2);
        put(&x, 8, 2);
        put(&x, (uint64_t)offset, 8);
    }
    put(&x, 0, 4);
    block(o, 1, &x.b);
    buf_free(&x.b);
}

static void packet(struct out *o, uint32_t type, uint32_t on, uint64_t ticks, const char *text)
{
    struct out x = {.big = o->big};
    uint32_t n = (uint32_t)strlen(text);
    if (type == 6)
        put(&x, on, 4);
    if (type == 2)
        put(&x, on, 2), put(&x, 0, 2);
    if (type != 3) {
        put(&x, ticks >> 32, 4);
        put(&x, ticks & 0xffffffff, 4);
        put(&x, n, 4);
    }
    put(&x, n, 4);
    buf_add(&x.b, text, n);
    block(o, type, &x.b);
    buf_free(&x.b);
}

static void names(struct out *o)
{
    struct buf x = {0};
    buf_str(&x, STR("names and the like, passed over"));
    block(o, 4, &x);
    block(o, 0x0bad, &x);
    buf_free(&x);
}

/* ---- reading ---- */

/* NUMBER@OFFSET LINK SECOND.NANOSECOND text(whole)|  or  NUMBER@OFFSET !why| ; given `step` bytes at a time. */
static char *frames(const struct buf *in, size_t step)
{
    struct capture c = {0};
    struct buf out = {0};
    size_t from = 0, have = step < in->n ? step : in->n, at = 0;
    for (;;) {
        struct frame x;
        uint8_t *exact = malloc(have - from ? have - from : 1);
        assert_non_null(exact);
        if (have > from)
            memcpy(exact, in->p + from, have - from);
        int got = capture_next(&c, exact, have - from, &at, have == in->n, &x);
        assert_true(got == 0 || got == 1);
        assert_true(at <= have - from);
        if (got == 1 && x.why) {
            buf_fmt(&out, "%llu@%llu !%s|", (unsigned long long)x.number, (unsigned long long)x.offset, x.why);
        } else if (got == 1) {
            assert_true(x.at + x.n <= have - from && x.n <= x.whole);
            buf_fmt(&out, "%llu@%llu %u %lld.%09lld %.*s(%zu)|", (unsigned long long)x.number, (unsigned long long)x.offset, x.link,
                    (long long)(x.time / TIME_SECOND), (long long)(x.time % TIME_SECOND), (int)x.n, (const char *)exact + x.at, x.whole);
        }
        free(exact);
        if (got == 0 && have == in->n)
            break;
        if (got == 0) {
            from += at;
            at = 0;
            have = have + step < in->n ? have + step : in->n;
        }
    }
    capture_free(&c);
    buf_char(&out, '\0');
    return out.p;
}

static void expect(struct out *o, const char *is)
{
    static const size_t steps[] = {1, 3, 16, 100, 1 << 20};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        char *got = frames(&o->b, steps[i]);
        assert_string_equal(got, is);
        free(got);
    }
    buf_free(&o->b);
}

static void pcap(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        struct out o = {.big = big};
        pcap_head(&o, 0xa1b2c3d4, 1);
        pcap_packet(&o, 1700000000, 250000, "one", 0);
        pcap_packet(&o, 1700000001, 1, "two", 1500);
        assert_true(capture_claims((uint8_t *)o.b.p, o.b.n));
        expect(&o, "1@24 1 1700000000.250000000 one(3)|2@43 1 1700000001.000001000 two(1500)|");
        pcap_head(&o, 0xa1b23c4d, 0xf0000071);
        pcap_packet(&o, 4000000000u, 999999999, "one", 0);
        expect(&o, "1@24 113 4000000000.999999999 one(3)|");
    }
}

static void pcapng(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        struct out o = {.big = big};
        section(&o);
        interface(&o, 1, 0, -1, 0);
        interface(&o, 113, 4, 9, 1000);
        names(&o);
        packet(&o, 6, 0, 1700000000250000, "micro");
        packet(&o, 6, 1, 1700000000000000001, "nano");
        interface(&o, 101, 0, 0x80 | 10, 0);
        packet(&o, 2, 2, (1700000000ull << 10) + 512, "binary");
        packet(&o, 3, 0, 0, "simple");
        assert_true(capture_claims((uint8_t *)o.b.p, o.b.n));
        /* a section of the other byte order begins anew */
        o.big = !o.big;
        section(&o);
        packet(&o, 6, 0, 0, "orphan");
        interface(&o, 228, 4, 6, 0);
        packet(&o, 3, 0, 0, "simple");
        char *got = frames(&o.b, 1 << 20);
        buf_free(&o.b);
        assert_string_equal(got, "1@208 1 1700000000.250000000 micro(5)|2@248 113 1700001000.000000001 nano(4)|"
                                 "3@328 101 1700000000.500000000 binary(6)|4@368 1 1700000000.500000000 simple(6)|"
                                 "5@420 !packet of an interface that was not described|6@504 228 1700000000.500000000 simp(6)|");
        free(got);
    }
}

static void resolutions(void **state)
{
    struct out o = {0};
    (void)state;
    section(&o);
    interface(&o, 1, 0, 0, 0);
    interface(&o, 1, 0, 12, 0);
    interface(&o, 1, 0, 127, 0);
    packet(&o, 6, 0, 1700000000, "s");
    packet(&o, 6, 1, 1700000000123456789, "p");
    packet(&o, 6, 2, 1, "bad");
    packet(&o, 6, 0, UINT64_MAX, "late");
    packet(&o, 6, 0, 5, "ok");
    char *got = frames(&o.b, 1 << 20);
    assert_non_null(strstr(got, " 1700000000.000000000 s(1)|"));
    assert_non_null(strstr(got, " 1700000.000123456 p(1)|")); /* picoseconds */
    assert_non_null(strstr(got, "!time of a packet is out of range|4@"));
    assert_non_null(strstr(got, "|5@"));
    assert_non_null(strstr(got, " 5.000000000 ok(2)|"));
    free(got);
    buf_free(&o.b);
}

static struct out sample(bool ng)
{
    struct out o = {0};
    if (ng) {
        section(&o);
        interface(&o, 1, 0, -1, 0);
    } else {
        pcap_head(&o, 0xa1b2c3d4, 1);
    }
    for (unsigned i = 0; i < 6; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "packet number %u", i);
        if (ng)
            packet(&o, 6, 0, 1700000000000000 + i, text);
        else
            pcap_packet(&o, 1700000000, i, text, 0);
        if (ng && i == 3)
            names(&o);
    }
    return o;
}

static unsigned count(const char *text, const char *what)
{
    unsigned n = 0;
    for (const char *p = text; (p = strstr(p, what)) != NULL; p++)
        n++;
    return n;
}

/* A cut at any byte: the packets before it, and a fault unless it lies between two. */
static void truncated(void **state)
{
    (void)state;
    for (int ng = 0; ng < 2; ng++) {
        struct out o = sample(ng);
        size_t n = o.b.n;
        unsigned before = 0;
        for (o.b.n = 0; o.b.n <= n; o.b.n++) {
            char *got = frames(&o.b, 1 << 20);
            unsigned sound = count(got, "packet number"), faults = count(got, "!");
            assert_true(sound >= before && sound <= before + 1);
            assert_true(faults <= 1);
            if (sound > before)
                assert_int_equal(faults, 0);
            before = sound;
            free(got);
        }
        assert_int_equal(before, 6);
        o.b.n = n;
        buf_free(&o.b);
    }
}

/* Any bit wrong: at most two packets are missing, the others are there. */
static void flipped(void **state)
{
    (void)state;
    for (int ng = 0; ng < 2; ng++) {
        struct out o = sample(ng);
        size_t from = ng ? 28 + 36 : 24;
        for (size_t bit = from * 8; bit < o.b.n * 8; bit++) {
            o.b.p[bit / 8] = (char)(o.b.p[bit / 8] ^ 1 << bit % 8);
            char *got = frames(&o.b, 1 << 20), *same = frames(&o.b, 50);
            assert_string_equal(got, same);
            assert_true(count(got, "acket") + count(got, "number") >= 8);
            free(got);
            free(same);
            o.b.p[bit / 8] = (char)(o.b.p[bit / 8] ^ 1 << bit % 8);
        }
        buf_free(&o.b);
    }
}

static void garbage_between(void **state)
{
    (void)state;
    for (int ng = 0; ng < 2; ng++) {
        struct out o = sample(ng), with = {0};
        size_t cut = ng ? 28 + 36 + 3 * 48 : 24 + 3 * 31; /* behind the third packet */
        buf_add(&with.b, o.b.p, cut);
        for (unsigned i = 0; i < 1000; i++)
            buf_char(&with.b, (char)(0x80 | i * 7));
        buf_add(&with.b, o.b.p + cut, o.b.n - cut);
        char *got = frames(&with.b, 1 << 20), *same = frames(&with.b, 64);
        assert_string_equal(got, same);
        assert_int_equal(count(got, "packet number"), 6);
        assert_int_equal(count(got, "!"), 1);
        assert_non_null(strstr(got, "4@"));
        free(got);
        free(same);
        buf_free(&with.b);
        buf_free(&o.b);
    }
}

static void not_captures(void **state)
{
    (void)state;
    assert_false(capture_claims((const uint8_t *)"\xd4\xc3\xb2", 3));
    assert_false(capture_claims((const uint8_t *)"\x0a\x0d\x0d\x0a\x1c\0\0\0none", 12));
    assert_false(capture_claims((const uint8_t *)"ElfFile", 8));
    assert_false(capture_claims((const uint8_t *)"", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pcap), cmocka_unit_test(pcapng), cmocka_unit_test(resolutions),
                                       cmocka_unit_test(truncated), cmocka_unit_test(flipped), cmocka_unit_test(garbage_between),
                                       cmocka_unit_test(not_captures)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
