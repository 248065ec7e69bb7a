/* tests/wire/test_wire_ip.c - link layers, IPv4 and IPv6, fragments, UDP. */
#include "tests/support/packets.h"

#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct bench b;
static uint8_t ip[PACKET_ROOM], whole[PACKET_ROOM];

static size_t question(bool v6)
{
    uint8_t m[64];
    struct ends e = packets_ends;
    e.v6 = v6;
    return packets_udp(ip, &e, false, m, packets_message(m, "question"));
}

/* ---- link layers ---- */

static void framed(uint32_t link, const void *head, size_t n, bool v6, const char *expected)
{
    size_t m = question(v6);
    if (n)
        memcpy(whole, head, n);
    memcpy(whole + n, ip, m);
    bench_open(&b);
    b.link = link;
    bench_packet(&b, whole, n + m);
    bench_close(&b, expected);
}

#define HEAD(text) text, sizeof(text) - 1
#define MACS "\1\2\3\4\5\6\1\2\3\4\5\6"

static void link_layers(void **state)
{
    static const char read[] = "> 1 question\nend\n";
    (void)state;
    framed(1, HEAD(MACS "\x08\x00"), false, read);
    framed(1, HEAD(MACS "\x86\xdd"), true, read);
    framed(1, HEAD(MACS "\x81\x00\x00\x07\x08\x00"), false, read);
    framed(1, HEAD(MACS "\x88\xa8\x00\x07\x81\x00\x00\x09\x86\xdd"), true, read);
    framed(1, HEAD(MACS "\x91\x00\x00\x07\x81\x00\x00\x09\x08\x00"), false, read);
    framed(1, HEAD(MACS "\x00\x2a\xaa\xaa\x03\x00\x00\x00\x08\x00"), false, read);
    framed(113, HEAD("\0\0\0\1\0\6\1\2\3\4\5\6\0\0\x08\x00"), false, read);
    framed(276, HEAD("\x86\xdd\0\0\0\0\0\2\0\1\0\6\1\2\3\4\5\6\0\0"), true, read);
    framed(0, HEAD("\2\0\0\0"), false, read);
    framed(0, HEAD("\0\0\0\2"), false, read);
    framed(0, HEAD("\x1e\0\0\0"), true, read);
    framed(108, HEAD("\0\0\0\x18"), true, read);
    framed(101, NULL, 0, false, read);
    framed(101, NULL, 0, true, read);
    framed(12, NULL, 0, false, read);
    framed(228, NULL, 0, false, read);
    framed(229, NULL, 0, true, read);
}

static void other_links(void **state)
{
    (void)state;
    framed(105, NULL, 0, false, "ignored link type 105 1\n");
    framed(1, HEAD(MACS "\x08\x06"), false, "ignored ARP 1\n");
    framed(1, HEAD(MACS "\x88\xcc"), false, "ignored LLDP 1\n");
    framed(1, HEAD(MACS "\x12\x34"), false, "ignored Ethernet type 0x1234 1\n");
    framed(1, HEAD(MACS "\x00\x26\x42\x42\x03"), false, "ignored frame without an Ethernet type 1\n");
    framed(228, NULL, 0, true, "fault malformed IP header\n");
}

/* ---- IP ---- */

static void give(size_t n)
{
    bench_packet(&b, whole, packets_ether(whole, ip, n));
}

static void padding_and_offload(void **state)
{
    (void)state;
    bench_open(&b);
    size_t n = question(false);
    memset(ip + n, 0, 30); /* Ethernet pads short frames */
    give(n + 30);
    n = question(false);
    ip[2] = ip[3] = 0; /* segmentation offload leaves the length out */
    b.time += TIME_SECOND;
    give(n);
    bench_close(&b, "> 1 question\n> 2 question\nend\n");
}

static void extension_headers(void **state)
{
    uint8_t m[64], plain[128];
    struct ends e = packets_ends;
    (void)state;
    e.v6 = true;
    size_t n = packets_udp(plain, &e, false, m, packets_message(m, "question"));
    static const uint8_t headers[] = {43, 0, 0, 0, 0, 0, 0, 0,                    /* hop by hop */
                                      44, 0, 0, 0, 0, 0, 0, 0,                    /* routing */
                                      51, 0, 0, 0, 0, 0, 0, 5,                    /* a fragment that is the whole */
                                      60, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,        /* authentication */
                                      17, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    memcpy(ip, plain, 40);
    memcpy(ip + 40, headers, sizeof headers);
    memcpy(ip + 40 + sizeof headers, plain + 40, n - 40);
    ip[6] = 0;
    ip[5] = (uint8_t)(n - 40 + sizeof headers);
    bench_open(&b);
    give(n + sizeof headers);
    ip[40 + sizeof headers - 16] = 59; /* no next header */
    give(n + sizeof headers);
    ip[41] = 200; /* longer than the packet */
    give(n + sizeof headers);
    bench_close(&b, "> 1 question\nfault malformed IP header\nend\nignored IP protocol 59 1\n");
}

static void other_protocols(void **state)
{
    (void)state;
    bench_open(&b);
    size_t n = question(false);
    ip[9] = 1;
    give(n);
    give(n);
    ip[9] = 50;
    give(n);
    n = question(false);
    ip[22] = ip[23] = 99; /* ports that nobody knows */
    give(n);
    bench_close(&b, NULL);
    assert_non_null(strstr(b.log, "ignored ICMP 2\n"));
    assert_non_null(strstr(b.log, "ignored IPsec ESP 1\n"));
    assert_non_null(strstr(b.log, "ignored UDP port 25443 1\n"));
    assert_int_equal(strlen(b.log), strlen("ignored ICMP 2\nignored IPsec ESP 1\nignored UDP port 25443 1\n"));
}

static void datagrams(void **state)
{
    uint8_t m[64];
    (void)state;
    bench_open(&b);
    give(question(false));
    size_t n = packets_message(m, "answer");
    give(packets_udp(ip, &packets_ends, true, m, n));
    give(packets_udp(ip, &packets_ends, false, "xyz", 3)); /* the decoder is asked once only */
    b.snap = 14 + 28 + 7;
    give(packets_udp(ip, &packets_ends, true, m, n));
    b.snap = 0;
    b.time += 61 * TIME_SECOND;
    give(packets_udp(ip, &packets_ends, true, m, n)); /* an answer alone: its port says whose it is */
    give(packets_udp(ip, &packets_ends, true, m, n)); /* a millisecond later: a copy */
    bench_close(&b, "> 1 question\n< 2 answer\n> 3 \n< 4 ans... of 6\nend\n< 5 answer\nend\n");
}

/* The port alone tells: what it makes of rubbish is the decoder's business. */
static void malformed_datagrams(void **state)
{
    (void)state;
    bench_open(&b);
    give(packets_udp(ip, &packets_ends, false, "xyz", 3));
    give(packets_udp(ip, &packets_ends, false, NULL, 0));
    ip[25] = 200; /* longer than its packet */
    give(28);
    ip[25] = 7; /* shorter than its header */
    give(28);
    bench_close(&b, "> 1 \n> 2 \nfault malformed UDP header\nfault malformed UDP header\nend\n");
}

/* ---- fragments ---- */

enum { PARTS = 4 };

/* Part k of a datagram with 24 bytes of payload after the UDP header; parts of 8 bytes. */
static void fragment(bool v6, unsigned k, unsigned parts, const char *text)
{
    uint8_t m[64], plain[128];
    struct ends e = packets_ends;
    e.v6 = v6;
    size_t head = v6 ? 40 : 20, n = packets_udp(plain, &e, false, m, packets_message(m, text)) - head;
    size_t from = k * 8, size = k + 1 == PARTS ? n - from : 8 * parts;
    bool more = from + size < n;
    memcpy(ip, plain, head);
    if (v6) {
        memset(ip + 40, 0, 8);
        ip[6] = 44;
        ip[40] = 17;
        ip[43] = (uint8_t)(from | more);
        ip[47] = 9;
        ip[5] = (uint8_t)(size + 8);
        head += 8;
    } else {
        ip[3] = (uint8_t)(20 + size);
        ip[5] = 9;
        ip[6] = more ? 0x20 : 0;
        ip[7] = (uint8_t)(from / 8);
    }
    memcpy(ip + head, plain + head - (v6 ? 8 : 0) + from, size);
    give(head + size);
}

static void in_any_order(void **state)
{
    (void)state;
    for (unsigned v6 = 0; v6 < 2; v6++)
        for (unsigned code = 0; code < 256; code++) {
            unsigned at[PARTS], seen = 0;
            for (unsigned i = 0; i < PARTS; i++) {
                at[i] = code >> (2 * i) & 3;
                seen |= 1u << at[i];
            }
            if (seen != 15)
                continue;
            char expected[64];
            unsigned first = 0;
            bench_open(&b);
            for (unsigned i = 0; i < PARTS; i++) {
                first = at[i] == 0 ? i + 1 : first;
                if (i == 2)
                    fragment(v6, at[0], 1, "0123456789abcdefghij"); /* once more */
                fragment(v6, at[i], 1, "0123456789abcdefghij");
            }
            first += first > 2;
            (void)snprintf(expected, sizeof expected, "> %u 0123456789abcdefghij\nend\n", first);
            bench_close(&b, expected);
        }
}

static void overlapping(void **state)
{
    (void)state;
    bench_open(&b);
    fragment(false, 0, 1, "0123456789abcdefghij");
    fragment(false, 2, 1, "0123456789abcdefghij");
    fragment(false, 1, 2, "ABCDEFGHIJKLMNOPQRST");
    fragment(false, 3, 1, "0123456789abcdefghij");
    bench_close(&b, "fault overlapping fragments: the first bytes stay\n> 1 ABCD456789abcdefghij\nend\n");
    bench_open(&b);
    fragment(true, 0, 1, "0123456789abcdefghij");
    fragment(true, 2, 1, "0123456789abcdefghij");
    fragment(true, 1, 2, "ABCDEFGHIJKLMNOPQRST");
    fragment(true, 3, 1, "0123456789abcdefghij");
    fragment(true, 1, 1, "0123456789abcdefghij");
    bench_close(&b, "fault overlapping fragments: the datagram is dropped\n");
}

static void never_complete(void **state)
{
    (void)state;
    bench_open(&b);
    fragment(false, 0, 1, "0123456789abcdefghij");
    fragment(false, 1, 1, "0123456789abcdefghij");
    fragment(false, 3, 1, "0123456789abcdefghij");
    b.time += 61 * TIME_SECOND;
    fragment(false, 2, 1, "0123456789abcdefghij"); /* too late */
    bench_close(&b, "");
}

static void impossible(void **state)
{
    (void)state;
    bench_open(&b);
    fragment(false, 0, 1, "0123456789abcdefghij");
    ip[7] = 0xff;
    ip[6] = 0x3f; /* ends beyond 65,535 */
    give(28);
    bench_close(&b, "fault fragment of an impossible length\n");
}

static void cut_fragment(void **state)
{
    (void)state;
    bench_open(&b);
    fragment(false, 0, 1, "0123456789abcdefghij");
    b.snap = 14 + 20 + 7;
    fragment(false, 1, 1, "0123456789abcdefghij");
    b.snap = 0;
    fragment(false, 2, 1, "0123456789abcdefghij");
    fragment(false, 3, 1, "0123456789abcdefghij");
    bench_close(&b, "> 1 012... of 20\nend\n");
}

/* Thousands of datagrams whose first fragments only come: a bounded number waits. */
static void flood(void **state)
{
    (void)state;
    bench_open(&b);
    b.quiet = true;
    for (unsigned i = 0; i < 20000; i++) {
        fragment(false, 0, 1, "0123456789abcdefghij");
        whole[18] = (uint8_t)(i >> 8);
        whole[19] = (uint8_t)i;
        bench_packet(&b, whole, 42);
    }
    assert_true(wire_counts(b.wire)->memory < 4u << 20);
    b.quiet = false;
    bench_close(&b, "");
}

static void peek(void **state)
{
    struct wire_ends e;
    char text[IP_TEXT];
    (void)state;
    size_t n = packets_ether(whole, ip, question(false));
    struct packet p = {.p = whole, .n = n, .whole = n, .link = 1};
    assert_true(wire_peek(&p, &e));
    assert_int_equal(e.source_port, 49200);
    assert_int_equal(e.destination_port, 7000);
    assert_int_equal(e.protocol, 17);
    assert_true(str_eq(ip_text(&e.destination, text), STR("10.0.0.1")));
    p.n = 20;
    assert_false(wire_peek(&p, &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(link_layers),     cmocka_unit_test(other_links),  cmocka_unit_test(padding_and_offload),
        cmocka_unit_test(extension_headers), cmocka_unit_test(other_protocols), cmocka_unit_test(datagrams),
        cmocka_unit_test(malformed_datagrams), cmocka_unit_test(in_any_order), cmocka_unit_test(overlapping),
        cmocka_unit_test(never_complete),  cmocka_unit_test(impossible),   cmocka_unit_test(cut_fragment),
        cmocka_unit_test(flood),           cmocka_unit_test(peek)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
