/* tests/support/packets.c - builds packets, writes down messages. */
#include "tests/support/packets.h"

#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

const struct ends packets_ends = {0x0a000005, 0x0a000001, 49200, 7000, false};

/* ---- the protocol ---- */

static enum claim claims(const uint8_t *p, size_t n, bool from_client)
{
    (void)from_client;
    if ((n > 0 && p[0] != 'T') || (n > 3 && p[3] != '='))
        return CLAIM_NO;
    return n > 3 ? CLAIM_YES : CLAIM_MORE;
}

static ptrdiff_t frame(const uint8_t *p, size_t n)
{
    if (p[0] != 'T')
        return -1;
    return n < 3 ? 0 : 4 + (p[1] << 8 | p[2]);
}

static void message(struct decode *d, struct flow *f, const struct message *m)
{
    struct bench *b = (struct bench *)(void *)d;
    size_t n = m->n < 4 ? 0 : m->n - 4 < 40 ? m->n - 4 : 40;
    assert_true(m->whole >= m->n);
    assert_ptr_equal(f->decoder, &packets_test);
    ++*(unsigned *)f->state;
    bench_say(b, "%c %llu %.*s", m->from_client ? '>' : '<', (unsigned long long)m->packet, (int)n, n ? (const char *)m->p + 4 : "");
    if (m->n < m->whole)
        bench_say(b, "... of %zu", m->whole - 4);
    bench_say(b, "\n");
}

static struct bench *gaps; /* gap() is not told of `decode` */

static void gap(struct flow *f, bool from_client)
{
    (void)f;
    bench_say(gaps, "gap %c\n", from_client ? '>' : '<');
}

static void end(struct decode *d, struct flow *f)
{
    (void)f;
    bench_say((struct bench *)(void *)d, "end\n");
}

struct netdecoder packets_test = {.name = "test", .tcp = {7000}, .udp = {7000}, .state_size = 64, .claims = claims, .frame = frame,
                                  .message = message, .gap = gap, .end = end};
const struct netdecoder *const packets_decoders[] = {&packets_test, NULL};

/* ---- the wire ---- */

void bench_say(struct bench *b, const char *fmt, ...)
{
    va_list ap;
    if (b->quiet)
        return;
    va_start(ap, fmt);
    int n = vsnprintf(b->log + b->n, sizeof b->log - b->n, fmt, ap);
    va_end(ap);
    assert_true(n >= 0 && (size_t)n < sizeof b->log - b->n);
    b->n += (size_t)n;
}

static void on_fault(void *owner, uint64_t packet, uint64_t offset, const char *why)
{
    assert_true(packet > 0 && offset == packet * 100);
    bench_say(owner, "fault %s\n", why);
}

static void on_ignored(void *owner, const char *what, uint64_t n)
{
    bench_say(owner, "ignored %s %llu\n", what, (unsigned long long)n);
}

void bench_open(struct bench *b)
{
    struct wire_options o = b->options;
    o.decoders = packets_decoders;
    o.decode = (struct decode *)(void *)b;
    o.fault = on_fault;
    o.ignored = on_ignored;
    o.owner = b;
    gaps = b;
    b->n = 0;
    b->log[0] = '\0';
    b->number = 0;
    b->link = 1;
    b->time = INT64_C(1767603600) * TIME_SECOND;
    assert_int_equal(wire_open(&o, &b->wire), 0);
}

void bench_close(struct bench *b, const char *expected)
{
    wire_end(b->wire);
    assert_int_equal(wire_counts(b->wire)->open, 0);
    if (expected)
        assert_string_equal(b->log, expected);
    wire_close(b->wire);
    b->wire = NULL;
}

void bench_packet(struct bench *b, const uint8_t *p, size_t n)
{
    size_t captured = b->snap && n > b->snap ? b->snap : n;
    uint8_t *exact = malloc(captured ? captured : 1);
    assert_non_null(exact);
    if (captured)
        memcpy(exact, p, captured);
    b->number++;
    b->time += TIME_MS;
    const struct packet k = {exact, captured, n, b->time, b->link, b->number, b->number * 100};
    gaps = b;
    wire_packet(b->wire, &k);
    free(exact);
}

/* ---- packets ---- */

static size_t u16(uint8_t *p, unsigned v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
    return 2;
}

static size_t u32(uint8_t *p, uint32_t v)
{
    (void)u16(p, v >> 16);
    (void)u16(p + 2, v & 0xffff);
    return 4;
}

static void address(uint8_t *p, uint32_t v4)
{
    memset(p, 0, 16);
    p[0] = 0xfd;
    (void)u32(p + 12, v4);
}

static size_t ip_head(uint8_t *out, const struct ends *e, bool from_server, unsigned protocol, size_t n)
{
    uint32_t from = from_server ? e->server : e->client, to = from_server ? e->client : e->server;
    if (e->v6) {
        memset(out, 0, 40);
        out[0] = 0x60;
        (void)u16(out + 4, (unsigned)n);
        out[6] = (uint8_t)protocol;
        out[7] = 64;
        address(out + 8, from);
        address(out + 24, to);
        return 40;
    }
    memset(out, 0, 20);
    out[0] = 0x45;
    (void)u16(out + 2, (unsigned)n + 20);
    out[8] = 64;
    out[9] = (uint8_t)protocol;
    (void)u32(out + 12, from);
    (void)u32(out + 16, to);
    return 20;
}

static size_t ports(uint8_t *out, const struct ends *e, bool from_server)
{
    (void)u16(out, from_server ? e->server_port : e->client_port);
    (void)u16(out + 2, from_server ? e->client_port : e->server_port);
    return 4;
}

size_t packets_tcp(uint8_t *out, const struct ends *e, const struct tcp *t)
{
    size_t at = ip_head(out, e, t->from_server, 6, t->n + 20);
    memset(out + at, 0, 20);
    (void)ports(out + at, e, t->from_server);
    (void)u32(out + at + 4, t->seq);
    (void)u32(out + at + 8, t->ack);
    out[at + 12] = 0x50;
    out[at + 13] = (uint8_t)t->flags;
    at += 20;
    if (t->n)
        memcpy(out + at, t->p, t->n);
    return at + t->n;
}

size_t packets_udp(uint8_t *out, const struct ends *e, bool from_server, const void *p, size_t n)
{
    size_t at = ip_head(out, e, from_server, 17, n + 8);
    at += ports(out + at, e, from_server);
    at += u16(out + at, (unsigned)n + 8);
    at += u16(out + at, 0);
    if (n)
        memcpy(out + at, p, n);
    return at + n;
}

size_t packets_ether(uint8_t *out, const uint8_t *ip, size_t n)
{
    memset(out, 2, 12);
    (void)u16(out + 12, ip[0] >> 4 == 6 ? 0x86dd : 0x0800);
    memcpy(out + 14, ip, n);
    return n + 14;
}

size_t packets_message(uint8_t *out, const char *text)
{
    size_t n = strlen(text);
    out[0] = 'T';
    (void)u16(out + 1, (unsigned)n);
    out[3] = '=';
    memcpy(out + 4, text, n);
    return n + 4;
}

void bench_tcp(struct bench *b, const struct tcp *t)
{
    uint8_t ip[PACKET_ROOM], whole[PACKET_ROOM];
    bench_packet(b, whole, packets_ether(whole, ip, packets_tcp(ip, &packets_ends, t)));
}

void bench_handshake(struct bench *b, uint32_t seq)
{
    bench_tcp(b, &(struct tcp){.seq = seq, .flags = TCP_SYN});
    bench_tcp(b, &(struct tcp){.from_server = true, .seq = seq + 1000, .ack = seq + 1, .flags = TCP_SYN | TCP_ACK});
    bench_tcp(b, &(struct tcp){.seq = seq + 1, .ack = seq + 1001, .flags = TCP_ACK});
}
