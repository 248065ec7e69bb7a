/* tests/wire/test_wire_rest.c - states of thousands of conversations come back as their decoder left them, whatever is in them, and stay within
 * the wire's memory. */
#include "base/hash.h"
#include "tests/support/packets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { FLOWS = 3000, ROUNDS = 6, LEAST = 600, MOST = 200000, TEXT = 3, ENOUGH = 24 << 20, LITTLE = 6 << 20 };

struct kept {
    uint32_t flow, turn, size; /* turn 0: nothing was said yet */
    uint8_t bytes[];
};

static unsigned checked, ended;
static size_t used;

static size_t size_of(uint32_t flow)
{
    return flow % 100 == 7 ? MOST : LEAST + flow % 50 * 20;
}

/* What lies at byte i: nothing, noise, or runs of zeros and others whose lengths differ. */
static uint8_t expected(uint32_t flow, uint32_t turn, uint32_t i)
{
    uint64_t seed = (uint64_t)flow << 8 | turn;
    uint32_t run = 1 + (uint32_t)(hash_mix(seed, 1) % (flow % 100 == 7 ? 90000 : 40));
    switch (hash_mix(seed, 2) % 4) {
    case 0: return 0;
    case 1: return (uint8_t)(hash_mix(seed, i + 3) | 1);
    case 2: return i / run % 2 ? 0 : (uint8_t)(i | 1);
    default: return i / run % 2 ? (uint8_t)(i | 1) : 0;
    }
}

static void check(const struct kept *k)
{
    if (!k->turn)
        return;
    for (uint32_t i = 0; i < k->size; i++)
        if (k->bytes[i] != expected(k->flow, k->turn, i))
            fail_msg("flow %u, turn %u: byte %u of %u is another", k->flow, k->turn, i, k->size);
    checked++;
}

static void message(struct decode *d, struct flow *f, const struct message *m)
{
    struct kept *k = f->state;
    uint32_t flow;
    (void)d;
    assert_true(m->n >= 4 + TEXT + sizeof flow);
    memcpy(&flow, m->p + 4 + TEXT, sizeof flow);
    assert_true(!k->turn || k->flow == flow);
    check(k);
    if (!k->turn)
        k = f->grow(f, sizeof *k + size_of(flow));
    if (!k)
        return;
    k->flow = flow;
    k->turn++;
    k->size = (uint32_t)size_of(flow);
    for (uint32_t i = 0; i < k->size; i++)
        k->bytes[i] = expected(flow, k->turn, i);
}

static void end(struct decode *d, struct flow *f)
{
    (void)d;
    check(f->state);
    ended++;
}

static void say(struct bench *b, uint32_t flow, uint32_t turn)
{
    uint8_t ip[PACKET_ROOM], whole[PACKET_ROOM], text[16] = {'T', 0, TEXT + sizeof flow, '='};
    const struct ends ends = {0x0a010000 + flow, 0x0a000001, 49200, 7000, false};
    const uint32_t n = 4 + TEXT + sizeof flow;
    memcpy(text + 4 + TEXT, &flow, sizeof flow);
    const struct tcp t = {.seq = 1000 + turn * n, .flags = TCP_ACK, .p = text, .n = n};
    bench_packet(b, whole, packets_ether(whole, ip, packets_tcp(ip, &ends, &t)));
}

/* Every flow speaks, again and again; `step` mixes whose turn it is. Returns how many were let go. */
static uint64_t talk(size_t bytes, uint32_t step)
{
    static struct bench b;
    b = (struct bench){.options = {.bytes = bytes}, .quiet = true};
    checked = ended = 0;
    bench_open(&b);
    for (uint32_t turn = 0; turn < ROUNDS; turn++)
        for (uint32_t i = 0; i < FLOWS; i++) {
            say(&b, i * step % FLOWS, turn);
            assert_true(wire_counts(b.wire)->memory <= bytes);
        }
    uint64_t evicted = wire_counts(b.wire)->evicted;
    used = wire_counts(b.wire)->memory;
    wire_end(b.wire);
    assert_int_equal(ended, FLOWS + evicted);
    b.n = 0;
    bench_close(&b, NULL);
    return evicted;
}

static void all_are_kept(void **state)
{
    (void)state;
    size_t states = 0;
    for (uint32_t i = 0; i < FLOWS; i++)
        states += size_of(i);
    for (uint32_t step = 1; step < 2000; step += 1008) {
        assert_int_equal(talk(ENOUGH, step), 0);
        assert_int_equal(checked, FLOWS * ROUNDS);
        assert_true(used < states); /* and what else a wire has */
    }
}

static void bounded(void **state)
{
    (void)state;
    assert_true(talk(LITTLE, 1) > FLOWS);
    assert_true(checked >= FLOWS);
    assert_true(talk(LITTLE, 1009) > FLOWS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_are_kept), cmocka_unit_test(bounded)};
    packets_test.state_size = sizeof(struct kept);
    packets_test.message = message;
    packets_test.end = end;
    packets_test.gap = NULL;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
