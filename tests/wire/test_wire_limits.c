/* tests/wire/test_wire_limits.c - bounded memory whatever comes, and hostile packets. */
#include "tests/support/packets.h"

#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct bench b;
static uint8_t ip[PACKET_ROOM], whole[PACKET_ROOM];

static void from(uint32_t client, const struct tcp *t)
{
    struct ends e = packets_ends;
    e.client = client;
    bench_packet(&b, whole, packets_ether(whole, ip, packets_tcp(ip, &e, t)));
}

static size_t resident(void)
{
    char line[256];
    size_t kb = 0;
    FILE *f = fopen("/proc/self/status", "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        (void)sscanf(line, "VmRSS: %zu kB", &kb);
    (void)fclose(f);
    return kb * 1024;
}

/* 100,000 connections at once, each with a decoder and a message that has begun. */
static void hundred_thousand_flows(void **state)
{
    uint8_t m[64];
    size_t n = packets_message(m, "question");
    (void)state;
    b.options = (struct wire_options){.bytes = 190 << 20};
    bench_open(&b);
    b.quiet = true;
    size_t before = resident();
    for (uint32_t i = 0; i < 100000; i++) {
        from(0x0b000000 + i, &(struct tcp){.seq = 1, .flags = TCP_SYN});
        from(0x0b000000 + i, &(struct tcp){.seq = 2, .flags = TCP_ACK, .p = m, .n = n});
        b.time -= 2 * TIME_MS;
    }
    assert_int_equal(wire_counts(b.wire)->open, 100000);
    assert_int_equal(wire_counts(b.wire)->messages, 100000);
    assert_int_equal(wire_counts(b.wire)->evicted, 0);
    assert_true(wire_counts(b.wire)->memory < 100u << 20);
    size_t held = resident() - before;
    assert_true(held < 200u << 20);
    bench_close(&b, NULL);
    b.quiet = false;
}

static void longest_silent_goes(void **state)
{
    uint8_t m[64];
    size_t n = packets_message(m, "x");
    (void)state;
    b.options = (struct wire_options){.flows = 2};
    bench_open(&b);
    from(1, &(struct tcp){.seq = 1, .p = m, .n = n});
    from(2, &(struct tcp){.seq = 1, .p = m, .n = n});
    from(1, &(struct tcp){.seq = 6, .p = m, .n = n});
    from(3, &(struct tcp){.seq = 1, .p = m, .n = n}); /* 2 goes */
    from(1, &(struct tcp){.seq = 11, .p = m, .n = n});
    assert_int_equal(wire_counts(b.wire)->evicted, 1);
    bench_close(&b, "> 1 x\n> 2 x\n> 3 x\nfault more conversations at once than are kept: the one silent for longest was let go\nend\n> 4 x\n> 5 x\nend\nend\n");
    b.options = (struct wire_options){0};
}

/* Streams that never complete their messages, and holes that nobody fills. */
static void budget(void **state)
{
    static uint8_t m[60000] = {'T', 0xff, 0xff, '='};
    (void)state;
    b.options = (struct wire_options){.bytes = 4u << 20, .flows = 1000};
    bench_open(&b);
    b.quiet = true;
    for (uint32_t i = 0; i < 2000; i++) {
        from(i + 1, &(struct tcp){.seq = 1, .p = m, .n = 30000});
        from(i + 1, &(struct tcp){.seq = 50000, .p = m, .n = 1000});
        assert_true(wire_counts(b.wire)->memory <= 4u << 20);
    }
    assert_true(wire_counts(b.wire)->evicted > 1000);
    bench_close(&b, NULL);
    b.quiet = false;
    b.options = (struct wire_options){0};
}

static void many_kinds(void **state)
{
    (void)state;
    bench_open(&b);
    b.quiet = true;
    for (unsigned port = 1; port < 5000; port++) {
        struct ends e = packets_ends;
        e.client_port = e.server_port = (uint16_t)port;
        bench_packet(&b, whole, packets_ether(whole, ip, packets_udp(ip, &e, false, "x", 1)));
    }
    b.quiet = false;
    bench_close(&b, NULL);
    assert_non_null(strstr(b.log, "ignored other packets 4743\n"));
}

/* ---- hostile packets ---- */

enum { CONVERSATION = 12 };

static struct {
    uint8_t p[256];
    size_t n;
} kept[CONVERSATION];

static void keep(unsigned at, size_t n)
{
    kept[at].n = packets_ether(kept[at].p, ip, n);
}

/* A connection with a message over two segments, a datagram, two fragments, IPv6 with an extension. */
static void conversation(void)
{
    uint8_t m[64];
    struct ends v6 = packets_ends;
    v6.v6 = true;
    size_t n = packets_message(m, "question");
    keep(0, packets_tcp(ip, &packets_ends, &(struct tcp){.seq = 1, .flags = TCP_SYN}));
    keep(1, packets_tcp(ip, &packets_ends, &(struct tcp){.from_server = true, .seq = 1, .ack = 2, .flags = TCP_SYN | TCP_ACK}));
    keep(2, packets_tcp(ip, &packets_ends, &(struct tcp){.seq = 2, .ack = 2, .flags = TCP_ACK, .p = m, .n = 6}));
    keep(3, packets_tcp(ip, &packets_ends, &(struct tcp){.seq = 8, .ack = 2, .flags = TCP_ACK, .p = m + 6, .n = n - 6}));
    keep(4, packets_tcp(ip, &packets_ends, &(struct tcp){.from_server = true, .seq = 10, .ack = 14, .flags = TCP_ACK, .p = m, .n = n}));
    keep(5, packets_tcp(ip, &packets_ends, &(struct tcp){.from_server = true, .seq = 2, .ack = 14, .flags = TCP_ACK, .p = "rubbish!", .n = 8}));
    keep(6, packets_udp(ip, &packets_ends, false, m, n));
    keep(7, packets_udp(ip, &v6, false, m, n));
    size_t all = packets_udp(ip, &packets_ends, true, m, n);
    ip[6] = 0x20;
    ip[3] = 36;
    keep(8, 36);
    memmove(ip + 20, ip + 36, all - 36);
    ip[6] = 0;
    ip[7] = 2;
    ip[3] = (uint8_t)(all - 16);
    keep(9, all - 16);
    keep(10, packets_tcp(ip, &packets_ends, &(struct tcp){.seq = 14, .ack = 22, .flags = TCP_ACK | TCP_FIN}));
    keep(11, packets_tcp(ip, &packets_ends, &(struct tcp){.from_server = true, .seq = 22, .ack = 15, .flags = TCP_RST}));
}

/* All of it, packet `at` replaced. */
static void replay(unsigned at, const uint8_t *p, size_t n)
{
    for (unsigned i = 0; i < CONVERSATION; i++)
        bench_packet(&b, i == at ? p : kept[i].p, i == at ? n : kept[i].n);
    assert_true(wire_counts(b.wire)->messages <= CONVERSATION * 2);
}

static void hostile(void **state)
{
    (void)state;
    conversation();
    b.options = (struct wire_options){.flows = 16, .bytes = 1 << 20};
    b.quiet = true;
    for (unsigned at = 0; at < CONVERSATION; at++) {
        uint8_t p[256];
        for (size_t n = 0; n <= kept[at].n; n++) {
            bench_open(&b);
            replay(at, kept[at].p, n); /* shorter on the wire */
            bench_close(&b, NULL);
            bench_open(&b);
            b.snap = n; /* only captured so far */
            for (unsigned i = 0; i < CONVERSATION; i++)
                bench_packet(&b, kept[i].p, kept[i].n);
            b.snap = 0;
            bench_close(&b, NULL);
        }
        memcpy(p, kept[at].p, kept[at].n);
        for (size_t bit = 0; bit < 8 * kept[at].n; bit++) {
            p[bit / 8] = (uint8_t)(p[bit / 8] ^ 1u << bit % 8);
            bench_open(&b);
            replay(at, p, kept[at].n);
            bench_close(&b, NULL);
            p[bit / 8] = (uint8_t)(p[bit / 8] ^ 1u << bit % 8);
        }
    }
    b.quiet = false;
    bench_open(&b);
    replay(CONVERSATION, NULL, 0);
    bench_close(&b, "> 3 question\n< 5 question\n> 7 question\n> 8 question\n< 9 question\nend\nend\nend\n");
    b.options = (struct wire_options){0};
}

static uint32_t next_random(uint32_t *x)
{
    *x = *x * 1664525u + 1013904223u;
    return *x >> 8;
}

static void garbage(void **state)
{
    static const uint32_t links[] = {0, 1, 101, 108, 113, 228, 229, 276};
    uint32_t seed = 7;
    (void)state;
    bench_open(&b);
    b.quiet = true;
    for (unsigned i = 0; i < 200000; i++) {
        size_t n = next_random(&seed) % 120;
        for (size_t k = 0; k < n; k++)
            whole[k] = (uint8_t)next_random(&seed);
        b.link = links[i % 8];
        if (n > 40 && b.link == 1) { /* as far as an IP header */
            memcpy(whole + 12, "\x08\x00\x45", 3);
            whole[23] = i & 8 ? 6 : 17;
        }
        bench_packet(&b, whole, n);
    }
    assert_int_equal(wire_counts(b.wire)->packets, 200000);
    assert_true(wire_counts(b.wire)->memory < 64u << 20);
    bench_close(&b, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(hundred_thousand_flows), cmocka_unit_test(longest_silent_goes),
                                       cmocka_unit_test(budget), cmocka_unit_test(many_kinds), cmocka_unit_test(hostile),
                                       cmocka_unit_test(garbage)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
