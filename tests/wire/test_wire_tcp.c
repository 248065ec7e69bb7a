/* tests/wire/test_wire_tcp.c - the order of TCP: whatever the network does to segments, the same messages or a plain gap. */
#include "tests/support/packets.h"

#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { SEQ = 5000, C = SEQ + 1, S = SEQ + 1001 };

static struct bench b;
static uint32_t heard = S; /* what the client acknowledges */

static void client(uint32_t seq, const char *p, size_t n)
{
    bench_tcp(&b, &(struct tcp){.seq = seq, .ack = heard, .flags = TCP_ACK, .p = p, .n = n});
}

static void open_again(uint32_t seq)
{
    heard = seq + 1001;
    bench_handshake(&b, seq);
}

static void server_ack(uint32_t ack)
{
    bench_tcp(&b, &(struct tcp){.from_server = true, .seq = S, .ack = ack, .flags = TCP_ACK});
}

static size_t three(char *out)
{
    size_t n = packets_message((uint8_t *)out, "alpha");
    n += packets_message((uint8_t *)out + n, "");
    return n + packets_message((uint8_t *)out + n, "a longer message");
}

static void several_in_one_segment(void **state)
{
    char s[64];
    (void)state;
    bench_open(&b);
    bench_handshake(&b, SEQ);
    client(C, s, three(s));
    bench_close(&b, "> 4 alpha\n> 4 \n> 4 a longer message\nend\n");
}

/* Cut at any two bytes. */
static void split_anywhere(void **state)
{
    char s[64];
    size_t n = three(s);
    (void)state;
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j < n; j++) {
            char expected[128];
            bench_open(&b);
            bench_handshake(&b, SEQ);
            client(C, s, i);
            if (j > i)
                client(C + (uint32_t)i, s + i, j - i);
            client(C + (uint32_t)j, s + j, n - j);
            /* the packet where each begins: messages begin at 0, 9 and 13 */
            unsigned at[3];
            for (unsigned k = 0; k < 3; k++) {
                size_t begins = k == 0 ? 0 : k == 1 ? 9 : 13;
                at[k] = begins < i ? 4 : begins < j ? 5 : j > i ? 6 : 5;
            }
            (void)snprintf(expected, sizeof expected, "> %u alpha\n> %u \n> %u a longer message\nend\n", at[0], at[1], at[2]);
            bench_close(&b, expected);
        }
}

static void both_directions(void **state)
{
    uint8_t m[64];
    size_t n;
    (void)state;
    bench_open(&b);
    bench_handshake(&b, SEQ);
    n = packets_message(m, "question");
    client(C, (char *)m, n);
    uint32_t next = C + (uint32_t)n;
    n = packets_message(m, "answer");
    bench_tcp(&b, &(struct tcp){.from_server = true, .seq = S, .ack = next, .flags = TCP_ACK, .p = m, .n = 3});
    bench_tcp(&b, &(struct tcp){.from_server = true, .seq = S + 3, .ack = next, .flags = TCP_ACK | TCP_FIN, .p = m + 3, .n = n - 3});
    bench_tcp(&b, &(struct tcp){.seq = next, .ack = S + (uint32_t)n + 1, .flags = TCP_ACK | TCP_FIN});
    assert_string_equal(b.log, "> 4 question\n< 5 answer\nend\n"); /* closed by both: the end does not wait */
    bench_tcp(&b, &(struct tcp){.from_server = true, .seq = S, .ack = next, .flags = TCP_ACK, .p = m, .n = n}); /* once more: old */
    bench_close(&b, "> 4 question\n< 5 answer\nend\n");
}

/* Five segments in all 120 orders. */
static void permute(unsigned order[5], unsigned at, void (*use)(const unsigned order[5]))
{
    if (at == 5) {
        use(order);
        return;
    }
    for (unsigned i = at; i < 5; i++) {
        unsigned swap = order[at];
        order[at] = order[i];
        order[i] = swap;
        permute(order, at + 1, use);
        order[i] = order[at];
        order[at] = swap;
    }
}

static void in_order(const unsigned order[5])
{
    char s[64];
    unsigned a = 0, e = 0, l = 0;
    size_t n = three(s);
    bench_open(&b);
    bench_handshake(&b, 0xfffffff0u); /* sequence numbers wrap within the data */
    for (unsigned i = 0; i < 5; i++) {
        size_t from = order[i] * 7, to = order[i] == 4 ? n : from + 7;
        bench_tcp(&b, &(struct tcp){.seq = 0xfffffff1u + (uint32_t)from, .p = s + from, .n = to - from});
        a = order[i] == 0 ? 4 + i : a; /* alpha begins at 0, the empty one at 9, the last at 13 */
        e = l = order[i] == 1 ? 4 + i : e;
    }
    char expected[128];
    (void)snprintf(expected, sizeof expected, "> %u alpha\n> %u \n> %u a longer message\nend\n", a, e, l);
    assert_true(wire_counts(b.wire)->lost_bytes == 0);
    bench_close(&b, expected);
}

static void any_order(void **state)
{
    unsigned order[5] = {0, 1, 2, 3, 4};
    (void)state;
    permute(order, 0, in_order);
}

static void first_data_stays(void **state)
{
    uint8_t m[64], forged[64];
    size_t n = packets_message(m, "the truth");
    (void)state;
    (void)packets_message(forged, "THE LIE!!");
    /* sent again after it was delivered, and while it waits */
    bench_open(&b);
    bench_handshake(&b, SEQ);
    client(C, (char *)m, 6);
    client(C, (char *)forged, n);
    client(C + 6, (char *)m + 6, n - 6);
    bench_close(&b, "> 4 thE LIE!!\nend\n");
    bench_open(&b);
    bench_handshake(&b, SEQ);
    client(C + 6, (char *)m + 6, n - 6);
    client(C + 4, (char *)forged + 4, n - 4);
    client(C, (char *)m, 5);
    client(C, (char *)forged, n);
    bench_close(&b, "> 6 THe truth\nend\n");
}

/* Two waiting pieces; a segment that covers them and all between. */
static void overlapping_pieces(void **state)
{
    uint8_t m[64], other[64];
    size_t n = packets_message(m, "0123456789abcdef");
    (void)state;
    (void)packets_message(other, "ABCDEFGHIJKLMNOP");
    bench_open(&b);
    bench_handshake(&b, SEQ);
    client(C + 6, (char *)m + 6, 3);
    client(C + 12, (char *)m + 12, 3);
    client(C + 4, (char *)other + 4, n - 4);
    client(C, (char *)m, 4);
    bench_close(&b, "> 7 AB234FGH89aLMNOP\nend\n");
}

static void send(uint32_t *seq, const char *text)
{
    uint8_t m[64];
    size_t n = packets_message(m, text);
    client(*seq, (char *)m, n);
    *seq += (uint32_t)n;
}

static void omit(uint32_t *seq, const char *text)
{
    uint8_t m[64];
    *seq += (uint32_t)packets_message(m, text);
}

static void lost_and_acknowledged(void **state)
{
    uint32_t seq = C;
    (void)state;
    bench_open(&b);
    bench_handshake(&b, SEQ);
    send(&seq, "one");
    omit(&seq, "two");
    send(&seq, "three");
    for (int i = 0; i < 3; i++)
        server_ack(seq);
    assert_string_equal(b.log, "> 4 one\n"); /* it may still come */
    server_ack(seq);
    assert_string_equal(b.log, "> 4 one\nfault bytes of a TCP stream are missing\ngap >\n> 5 three\n");
    assert_int_equal(wire_counts(b.wire)->lost_bytes, 7);
    send(&seq, "four");
    bench_close(&b, "> 4 one\nfault bytes of a TCP stream are missing\ngap >\n> 5 three\n> 10 four\nend\n");
}

/* Within the bounds of a long message whose length is known nothing else is missed: no gap, but a message that is not whole. */
static void lost_within_a_message(void **state)
{
    uint8_t m[64];
    size_t n = packets_message(m, "0123456789abcdef");
    uint32_t seq = C + (uint32_t)n;
    (void)state;
    bench_open(&b);
    bench_handshake(&b, SEQ);
    client(C, (char *)m, 8);
    client(C + 12, (char *)m + 12, n - 12);
    send(&seq, "next");
    for (int i = 0; i < 5; i++)
        server_ack(seq);
    bench_close(&b, "fault bytes of a TCP stream are missing\n> 4 0123... of 16\n> 6 next\nend\n");
}

static void lost_and_answered(void **state)
{
    uint8_t m[64];
    uint32_t seq = C;
    (void)state;
    bench_open(&b);
    bench_handshake(&b, SEQ);
    omit(&seq, "bind");
    send(&seq, "question");
    size_t n = packets_message(m, "answer");
    bench_tcp(&b, &(struct tcp){.from_server = true, .seq = S, .ack = seq, .flags = TCP_ACK, .p = m, .n = n});
    bench_close(&b, "fault bytes of a TCP stream are missing\n> 4 question\n< 5 answer\nend\n");
}

static void lost_without_answers(void **state)
{
    uint32_t seq = C;
    (void)state;
    bench_open(&b);
    bench_handshake(&b, SEQ);
    omit(&seq, "lost");
    for (int i = 0; i < 128; i++)
        send(&seq, "x");
    assert_string_equal(b.log, "");
    send(&seq, "x"); /* more wait than the window holds */
    assert_int_equal(strncmp(b.log, "fault bytes of a TCP stream are missing\n> 4 x\n> 5 x\n", 52), 0);
    assert_int_equal(wire_counts(b.wire)->messages, 129);
    bench_close(&b, NULL);
}

static void lost_for_long(void **state)
{
    uint32_t seq = C;
    (void)state;
    bench_open(&b);
    bench_handshake(&b, SEQ);
    omit(&seq, "lost");
    send(&seq, "one");
    b.time += 31 * TIME_SECOND;
    send(&seq, "two");
    assert_string_equal(b.log, "fault bytes of a TCP stream are missing\n> 4 one\n> 5 two\n");
    bench_close(&b, "fault bytes of a TCP stream are missing\n> 4 one\n> 5 two\nend\n");
}

static void rest_at_the_end(void **state)
{
    uint32_t seq = C;
    uint8_t m[64];
    (void)state;
    bench_open(&b);
    bench_handshake(&b, SEQ);
    send(&seq, "one");
    omit(&seq, "two");
    send(&seq, "three");
    (void)packets_message(m, "unfinished");
    client(seq, (char *)m, 8);
    bench_close(&b, "> 4 one\nfault bytes of a TCP stream are missing\ngap >\n> 5 three\n> 6 unfi... of 10\nend\n");
}

static void midstream(void **state)
{
    uint8_t m[64];
    uint32_t seq = 77;
    (void)state;
    heard = 9;
    bench_open(&b);
    client(70, "rubbish", 7); /* the rest of a message */
    send(&seq, "one");
    size_t n = packets_message(m, "answer");
    bench_tcp(&b, &(struct tcp){.from_server = true, .seq = 9, .ack = seq, .flags = TCP_ACK, .p = "middle", .n = 6});
    bench_tcp(&b, &(struct tcp){.from_server = true, .seq = 15, .ack = seq, .flags = TCP_ACK, .p = m, .n = n});
    bench_close(&b, "> 2 one\n< 4 answer\nend\n");
    /* the server speaks first; the known port tells who is who */
    bench_open(&b);
    bench_tcp(&b, &(struct tcp){.from_server = true, .seq = 15, .ack = seq, .flags = TCP_ACK, .p = m, .n = n});
    heard = 15 + (uint32_t)n;
    send(&seq, "two");
    heard = S;
    bench_close(&b, "< 1 answer\n> 2 two\nend\n");
}

static void no_syn_but_its_answer(void **state)
{
    uint32_t seq = C;
    (void)state;
    bench_open(&b);
    bench_tcp(&b, &(struct tcp){.from_server = true, .seq = S - 1, .ack = C, .flags = TCP_SYN | TCP_ACK});
    omit(&seq, "lost");
    send(&seq, "one");
    for (int i = 0; i < 4; i++)
        server_ack(seq);
    bench_close(&b, "fault bytes of a TCP stream are missing\n> 2 one\nend\n");
}

static void ports_used_again(void **state)
{
    uint32_t seq = C;
    (void)state;
    bench_open(&b);
    bench_handshake(&b, SEQ);
    send(&seq, "one");
    bench_tcp(&b, &(struct tcp){.seq = seq, .flags = TCP_RST});
    open_again(900000);
    seq = 900001;
    send(&seq, "two");
    /* and once more, without a word of the end */
    open_again(100);
    seq = 101;
    send(&seq, "three");
    heard = S;
    bench_close(&b, "> 4 one\nend\n> 9 two\nend\n> 13 three\nend\n");
}

/* A SYN that nobody answers does not take the connection away; nor does a reset beside the place. */
static void forged_syn_and_reset(void **state)
{
    uint32_t seq = C;
    (void)state;
    bench_open(&b);
    bench_handshake(&b, SEQ);
    send(&seq, "one");
    bench_tcp(&b, &(struct tcp){.seq = 0x80000000u, .flags = TCP_SYN});
    bench_tcp(&b, &(struct tcp){.seq = seq + 100, .flags = TCP_RST});
    bench_tcp(&b, &(struct tcp){.from_server = true, .seq = S + 77, .flags = TCP_RST});
    send(&seq, "two");
    bench_close(&b, "> 4 one\n> 8 two\nend\n");
}

static void refused(void **state)
{
    (void)state;
    bench_open(&b);
    bench_tcp(&b, &(struct tcp){.seq = SEQ, .flags = TCP_SYN});
    bench_tcp(&b, &(struct tcp){.from_server = true, .seq = 0, .ack = C, .flags = TCP_RST | TCP_ACK});
    open_again(700);
    uint32_t seq = 701;
    send(&seq, "one");
    heard = S;
    bench_close(&b, "> 6 one\nend\n");
}

static void keep_alives(void **state)
{
    uint32_t seq = C;
    (void)state;
    bench_open(&b);
    bench_handshake(&b, SEQ);
    send(&seq, "one");
    client(seq - 1, "\0", 1);
    client(seq - 1, NULL, 0);
    client(seq, "T", 1); /* zero-window probe: the next byte, refused and sent again */
    send(&seq, "two");
    bench_close(&b, "> 4 one\n> 7 two\nend\n");
}

static void cut_by_snap_length(void **state)
{
    uint32_t seq = C;
    uint8_t m[64];
    (void)state;
    bench_open(&b);
    bench_handshake(&b, SEQ);
    b.snap = 14 + 20 + 20 + 10;
    send(&seq, "0123456789abcdef");
    send(&seq, "two");
    /* a message over two segments, the first of them cut */
    size_t n = packets_message(m, "0123456789abcdefghijklmnopqrstuvwxyz");
    client(seq, (char *)m, 30);
    client(seq + 30, (char *)m + 30, n - 30);
    seq += (uint32_t)n;
    send(&seq, "four");
    assert_int_equal(wire_counts(b.wire)->lost_bytes, 0);
    b.snap = 0;
    bench_close(&b, "> 4 012345... of 16\n> 5 two\n> 6 012345... of 36\n> 8 four\nend\n");
}

static void head_only(void **state)
{
    uint32_t seq = C;
    (void)state;
    packets_test.head = 8;
    bench_open(&b);
    bench_handshake(&b, SEQ);
    send(&seq, "0123456789abcdef");
    uint8_t m[64];
    size_t n = packets_message(m, "0123456789abcdefghijklmnopqrstuvwxyz");
    for (size_t i = 0; i < n; i++)
        client(seq + (uint32_t)i, (char *)m + i, 1);
    seq += (uint32_t)n;
    send(&seq, "x");
    bench_close(&b, "> 4 0123... of 16\n> 5 0123... of 36\n> 45 x\nend\n");
    packets_test.head = 0;
}

static void long_message(void **state)
{
    static uint8_t m[40004] = {'T', 40000 >> 8, 40000 & 0xff, '='};
    uint32_t seq = C;
    (void)state;
    memset(m + 4, 'x', 40000);
    memcpy(m + 4, "long", 4);
    bench_open(&b);
    bench_handshake(&b, SEQ);
    for (size_t at = 0; at < sizeof m; at += 1000, seq += 1000)
        client(seq, (char *)m + at, sizeof m - at < 1000 ? sizeof m - at : 1000);
    seq = C + sizeof m;
    send(&seq, "next");
    char expected[128];
    (void)snprintf(expected, sizeof expected, "> 4 long%.36s\n> 45 next\nend\n", (char *)m + 8);
    bench_close(&b, expected);
}

static void rubbish_is_passed_over(void **state)
{
    uint32_t seq = C;
    (void)state;
    bench_open(&b);
    bench_handshake(&b, SEQ);
    send(&seq, "one");
    client(seq, "xxxTxxxxTT", 10);
    seq += 10;
    send(&seq, "two");
    assert_int_equal(wire_counts(b.wire)->resync, 1);
    bench_close(&b, "> 4 one\n> 6 two\nend\n");
}

static void not_our_protocol(void **state)
{
    (void)state;
    bench_open(&b);
    bench_handshake(&b, SEQ);
    client(C, "GET / HTTP/1.1\r\n", 16);
    bench_tcp(&b, &(struct tcp){.from_server = true, .seq = S, .ack = C + 16, .flags = TCP_ACK, .p = "HTTP/1.1 200 OK", .n = 15});
    uint32_t seq = C + 16;
    send(&seq, "too late");
    bench_close(&b, "ignored TCP port 7000 1\n");
}

static void silent_for_long(void **state)
{
    uint32_t seq = C;
    (void)state;
    bench_open(&b);
    bench_handshake(&b, SEQ);
    send(&seq, "one");
    wire_tick(b.wire, b.time + TIME_HOUR);
    assert_string_equal(b.log, "> 4 one\n");
    wire_tick(b.wire, b.time + TIME_HOUR + 1);
    assert_string_equal(b.log, "> 4 one\nend\n");
    assert_int_equal(wire_counts(b.wire)->open, 0);
    bench_close(&b, "> 4 one\nend\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_in_one_segment), cmocka_unit_test(split_anywhere),        cmocka_unit_test(both_directions),
        cmocka_unit_test(any_order),              cmocka_unit_test(first_data_stays),      cmocka_unit_test(overlapping_pieces),
        cmocka_unit_test(lost_and_acknowledged),  cmocka_unit_test(lost_within_a_message), cmocka_unit_test(lost_and_answered), cmocka_unit_test(lost_without_answers),
        cmocka_unit_test(lost_for_long),          cmocka_unit_test(rest_at_the_end),       cmocka_unit_test(midstream),
        cmocka_unit_test(no_syn_but_its_answer),  cmocka_unit_test(ports_used_again),      cmocka_unit_test(forged_syn_and_reset),
        cmocka_unit_test(refused),                cmocka_unit_test(keep_alives),           cmocka_unit_test(cut_by_snap_length),
        cmocka_unit_test(head_only),              cmocka_unit_test(long_message),          cmocka_unit_test(rubbish_is_passed_over),
        cmocka_unit_test(not_our_protocol),       cmocka_unit_test(silent_for_long)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
