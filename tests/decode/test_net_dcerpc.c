/* tests/decode/test_net_dcerpc.c - DCE/RPC: vectors of PDUs and of each interface, every message cut short and bent, pieces of any size. */
#include "decode/dcerpc.h"
#include "tests/support/talk.h"
#include "tests/support/vector.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define DCERPC "fixtures/decode/net/dcerpc.txt"

static void vectors(void **state)
{
    (void)state;
    vector_file(DCERPC);
}

static void hostile(void **state)
{
    (void)state;
    talk_mangle(DCERPC, 8);
}

/* ---- the bytes of a named pipe, in pieces ---- */

struct pipe {
    struct decode d;
    struct arena arena;
    struct flow flow;
    struct dcerpc *rpc;
    unsigned activities, faults;
    char service[32], image[64];
};

static void keep(char *to, size_t room, struct str s)
{
    (void)snprintf(to, room, "%.*s", STR_ARG(s));
}

static int on_emit(struct decode *d, const struct activity *a)
{
    struct pipe *p = d->owner;
    p->activities++;
    keep(p->service, sizeof p->service, act_str(a, FACT_SERVICE_NAME));
    keep(p->image, sizeof p->image, act_str(a, FACT_IMAGE_PATH));
    assert_true(str_eq(act_str(a, FACT_PIPE), STR("svcctl")));
    return 0;
}

static void on_ignored(struct decode *d, struct str what)
{
    (void)d;
    (void)what;
}

static void on_fault(struct decode *d, const struct fault *f)
{
    struct pipe *p = d->owner;
    assert_non_null(f->why);
    p->faults++;
}

static void pipe_open(struct pipe *p)
{
    *p = (struct pipe){.flow = {.client = ip_v4(1), .server = ip_v4(2)}};
    arena_init(&p->arena, 65536, 1u << 22);
    p->d = (struct decode){.arena = &p->arena, .emit = on_emit, .ignored = on_ignored, .fault = on_fault, .owner = p};
    p->rpc = calloc(1, sizeof *p->rpc);
    assert_non_null(p->rpc);
    netdec_keep(&p->rpc->pipe, STR("svcctl"));
}

static void pipe_close(struct pipe *p)
{
    dcerpc_end(&p->d, &p->flow, p->rpc);
    free(p->rpc);
    arena_free(&p->arena);
}

/* n of `whole` bytes, in memory that ends behind them. */
static void piece(struct pipe *p, const struct talk_line *l, size_t from, size_t n, size_t whole)
{
    uint8_t *exact = malloc(n ? n : 1);
    assert_non_null(exact);
    memcpy(exact, l->p + from, n);
    struct message m = {.p = exact, .n = n, .whole = whole, .packet = 1, .from_client = l->from_client};
    dcerpc_bytes(&p->d, &p->flow, p->rpc, &(struct dcerpc_piece){.m = &m, .p = exact, .n = n, .whole = whole});
    arena_reset(&p->arena);
    free(exact);
}

static void conversation(const char *vector, struct talk *t)
{
    static char text[1 << 18];
    FILE *f = fopen(DCERPC, "rb");
    assert_non_null(f);
    struct str all = {text, fread(text, 1, sizeof text, f)};
    (void)fclose(f);
    ptrdiff_t at = str_find(all, str_of(vector));
    assert_true(at > 0);
    all = str_from(all, (size_t)at + strlen(vector));
    ptrdiff_t end = str_find(all, STR("vector "));
    assert_true(talk_parse(str_sub(all, 0, (size_t)end), t));
}

/* The size of the pieces changes nothing. */
static void pieces(void **state)
{
    static struct talk t;
    (void)state;
    conversation("vector a request in three fragments", &t);
    for (size_t size = 1; size < 200; size++) {
        struct pipe p;
        pipe_open(&p);
        for (unsigned i = 0; i < t.n; i++)
            for (size_t from = 0; from < t.lines[i].n; from += size) {
                size_t n = t.lines[i].n - from < size ? t.lines[i].n - from : size;
                piece(&p, &t.lines[i], from, n, n);
            }
        pipe_close(&p);
        assert_int_equal(p.faults, 0);
        assert_int_equal(p.activities, 1);
        assert_string_equal(p.service, "svc1");
        assert_string_equal(p.image, "%COMSPEC% /c whoami");
    }
    talk_free(&t);
}

/* What is at hand is told, what was not captured is not; the next PDU is found again. */
static void cut(void **state)
{
    static struct talk t;
    (void)state;
    conversation("vector svcctl makes a service and is refused", &t);
    for (size_t n = 16; n < t.lines[2].n; n++) {
        struct pipe p;
        pipe_open(&p);
        for (unsigned i = 0; i < t.n; i++)
            piece(&p, &t.lines[i], 0, i == 2 ? n : t.lines[i].n, t.lines[i].n);
        pipe_close(&p);
        assert_int_equal(p.faults, 0);
        assert_int_equal(p.activities, n >= 24);
        assert_true(str_starts(STR("/bin/true"), str_of(p.image)));
        assert_int_equal(strlen(p.image), n < 148 ? 0 : n < 166 ? (n - 148) / 2 : 9);
    }
    talk_free(&t);
}

/* A bind of which only the beginning was captured tells nothing about its contexts: the pipe's name does. Bytes that nobody can place are let go. */
static void cut_bind(void **state)
{
    static struct talk t;
    (void)state;
    conversation("vector svcctl makes a service and is refused", &t);
    for (size_t n = 0; n < 50; n++) {
        struct pipe p;
        pipe_open(&p);
        piece(&p, &t.lines[0], 0, n, t.lines[0].n + 30); /* and the beginning of something else */
        piece(&p, &t.lines[2], 20, 40, 40);
        piece(&p, &t.lines[1], 0, 10, t.lines[1].n);
        for (unsigned i = 2; i < t.n; i++)
            piece(&p, &t.lines[i], 0, t.lines[i].n, t.lines[i].n);
        pipe_close(&p);
        assert_int_equal(p.faults, 0);
        assert_int_equal(p.activities, 1);
        assert_string_equal(p.service, "probesvc");
    }
    talk_free(&t);
}

/* Bytes that were lost inside a PDU leave nothing behind. */
static void gap(void **state)
{
    static struct talk t;
    struct pipe p;
    (void)state;
    conversation("vector svcctl makes a service and is refused", &t);
    pipe_open(&p);
    piece(&p, &t.lines[0], 0, 40, 40);
    dcerpc_gap(p.rpc, true);
    for (unsigned i = 0; i < t.n; i++)
        piece(&p, &t.lines[i], 0, t.lines[i].n, t.lines[i].n);
    pipe_close(&p);
    assert_int_equal(p.faults, 0);
    assert_int_equal(p.activities, 1);
    talk_free(&t);
}

/* Without a bind the pipe's name tells the interface, where only one has it. */
static void midstream(void **state)
{
    static struct talk t;
    struct pipe p;
    (void)state;
    conversation("vector svcctl makes a service and is refused", &t);
    pipe_open(&p);
    for (unsigned i = 2; i < t.n; i++)
        piece(&p, &t.lines[i], 0, t.lines[i].n, t.lines[i].n);
    pipe_close(&p);
    assert_int_equal(p.activities, 1);
    assert_string_equal(p.service, "probesvc");
    pipe_open(&p);
    netdec_keep(&p.rpc->pipe, STR("atsvc"));
    for (unsigned i = 2; i < t.n; i++)
        piece(&p, &t.lines[i], 0, t.lines[i].n, t.lines[i].n);
    pipe_close(&p);
    assert_int_equal(p.activities, 0);
    talk_free(&t);
}

/* Few bytes are enough to turn others away: SOCKS 5 begins with 5 and the number of its methods. */
static void other_protocols(void **state)
{
    static const uint8_t bind[] = {5, 0, 11, 3, 16, 0, 0, 0, 72, 0, 0, 0, 1, 0, 0, 0}, socks[] = {5, 2, 0, 2}, socks_one[] = {5, 1, 9};
    uint8_t bad[sizeof bind];
    (void)state;
    for (size_t n = 0; n < sizeof bind; n++)
        assert_int_equal(dcerpc_length(bind, n), 0);
    assert_int_equal(dcerpc_length(bind, sizeof bind), 72);
    assert_true(dcerpc_length(socks, sizeof socks) < 0);
    assert_true(dcerpc_length(socks_one, sizeof socks_one) < 0);
    memcpy(bad, bind, sizeof bad);
    bad[8] = 20; /* shorter than a bind can be */
    assert_true(dcerpc_length(bad, sizeof bad) < 0);
    memcpy(bad, bind, sizeof bad);
    bad[4] = 0x12; /* no such representation of characters */
    assert_true(dcerpc_length(bad, sizeof bad) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors),   cmocka_unit_test(hostile),        cmocka_unit_test(pieces),
                                       cmocka_unit_test(cut),       cmocka_unit_test(cut_bind),       cmocka_unit_test(gap),
                                       cmocka_unit_test(midstream), cmocka_unit_test(other_protocols)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
