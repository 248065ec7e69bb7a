/* tests/app/test_open_flows.c - a sensor's memory while 100,000 connections are open, each with what it said by then.
 *
 * The conversations are those of the decoders' vectors, two of one protocol after another on each connection, from as many clients; none is
 * closed. Prints what it measured: this is the benchmark, too (`make bench-flows`). */
#include "app/tap.h"
#include "tests/support/packets.h"
#include "tests/support/talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

enum { FLOWS = 100000, TALKS = 64, EACH = 2, SEQ = 1000, KINDS = 5 };

/* Of a hundred connections to a controller that are open at one time. */
static const struct {
    const char *path;
    unsigned share;
} kinds[KINDS] = {{"fixtures/decode/net/smb.txt", 30},
                  {"fixtures/decode/net/ldap.txt", 30},
                  {"fixtures/decode/net/dcerpc.txt", 20},
                  {"fixtures/decode/net/krb5.txt", 10},
                  {"fixtures/decode/net/http.txt", 10}};

static struct talk talks[KINDS][TALKS];
static unsigned ntalks[KINDS];

static bool of_use(struct str name, const struct talk *t)
{
    for (unsigned i = 0; i < t->n; i++)
        if (t->lines[i].gap)
            return false;
    return t->flow.tcp && !str_ends(name, STR("(broken)"));
}

static void keep(unsigned kind, struct str vector)
{
    struct str rest = vector, name;
    struct talk *t = &talks[kind][ntalks[kind]];
    if (!str_cut(&rest, '\n', &name) || !talk_parse(vector, t))
        return;
    if (of_use(name, t))
        ntalks[kind]++;
    else
        talk_free(t);
    assert_true(ntalks[kind] < TALKS);
}

static void read_talks(unsigned kind)
{
    static char text[1 << 20];
    FILE *f = fopen(kinds[kind].path, "rb");
    assert_non_null(f);
    struct str rest = {text, fread(text, 1, sizeof text, f)}, line, vector = STR_NONE;
    (void)fclose(f);
    while (str_cut(&rest, '\n', &line)) {
        if (!str_starts(line, STR("vector ")) && !str_starts(line, STR("count ")))
            continue;
        if (str_set(vector))
            keep(kind, (struct str){vector.p, (size_t)(line.p - vector.p)});
        vector = line;
    }
    assert_true(ntalks[kind] > 5);
}

struct conversation {
    struct ends ends;
    uint32_t next[2]; /* sequence numbers of client and server */
};

static struct tap *tap;
static uint64_t packets, lines;

static int on_line(void *owner, struct str line)
{
    (void)owner;
    lines += line.n > 0;
    return 0;
}

static void send(struct conversation *c, bool from_server, unsigned flags, const uint8_t *p, size_t n)
{
    static uint8_t ip[PACKET_ROOM], whole[PACKET_ROOM];
    const struct tcp t = {from_server, c->next[from_server], c->next[!from_server], flags, p, n};
    size_t all = packets_ether(whole, ip, packets_tcp(ip, &c->ends, &t));
    c->next[from_server] += (uint32_t)n + (flags & TCP_SYN ? 1 : 0);
    packets++;
    const struct frame x = {.n = all, .whole = all, .time = INT64_C(1767603600) * TIME_SECOND + (int64_t)packets * TIME_SECOND / 50000, .link = 1,
                            .number = packets};
    tap_packet(tap, &x, whole);
}

static void converse(unsigned i)
{
    unsigned kind = 0;
    for (unsigned share = i % 100; share >= kinds[kind].share; kind++)
        share -= kinds[kind].share;
    const struct talk *first = &talks[kind][i % ntalks[kind]];
    struct conversation c = {{0x0a000000 + 65536 + i, 0x0a000001, (uint16_t)(49152 + i % 16000), first->flow.server_port, false}, {SEQ, 2 * SEQ}};
    send(&c, false, TCP_SYN, NULL, 0);
    send(&c, true, TCP_SYN | TCP_ACK, NULL, 0);
    for (unsigned k = 0; k < EACH; k++) {
        const struct talk *t = &talks[kind][(i + k) % ntalks[kind]];
        for (unsigned j = 0; j < t->n && t->flow.server_port == first->flow.server_port; j++)
            send(&c, !t->lines[j].from_client, TCP_ACK, t->lines[j].p, t->lines[j].n);
    }
}

static unsigned resident(const char *what)
{
    char line[256];
    unsigned kb = 0;
    FILE *f = fopen("/proc/self/status", "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        if (strncmp(line, what, strlen(what)) == 0)
            kb = (unsigned)strtoul(line + strlen(what), NULL, 10);
    (void)fclose(f);
    return kb / 1024;
}

static void a_hundred_thousand(void **state)
{
    struct timespec from, to;
    (void)state;
    for (unsigned k = 0; k < KINDS; k++)
        read_talks(k);
    assert_int_equal(tap_open("test", on_line, NULL, &tap), 0);
    unsigned before = resident("VmRSS:");
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    for (unsigned i = 0; i < FLOWS; i++)
        converse(i);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    const struct wire_counts *w = tap_wire(tap);
    double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    print_message("# %u connections open, %llu let go; %llu packets in %.1f s of processor; %zu MB of state, peak memory %u MB (%u MB before)\n", w->open,
                  (unsigned long long)w->evicted, (unsigned long long)packets, seconds, w->memory >> 20, resident("VmHWM:"), before);
    assert_int_equal(w->open, FLOWS);
    assert_int_equal(w->evicted, 0);
    assert_true(resident("VmHWM:") < 200);
    uint64_t early = lines;
    tap_end(tap);
    assert_true(early > FLOWS && lines > early); /* what waited for an answer is told at the end */
    assert_int_equal(tap_wire(tap)->open, 0);
    tap_close(tap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_hundred_thousand)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
