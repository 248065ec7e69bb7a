/* fuzz/fuzz_wire.c - any packets to a wire with all decoders. The input is a row of packets. Each begins with a byte that says what it is: a
 * frame as it comes, or a TCP segment (its sequence number, its flags) of one of four connections, so that streams are found quickly. */
#include "fuzz/net.h"

#include "wire/wire.h"

enum { HEADERS = 40, ROOM = HEADERS + 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct arena arena;
static struct ticket_cache tickets;
static struct decode d = {.arena = &arena, .emit = fuzz_emit, .ignored = fuzz_ignored, .fault = fuzz_fault, .tickets = &tickets};

static void on_fault(void *owner, uint64_t packet, uint64_t offset, const char *why)
{
    (void)owner;
    if (!why || packet == 0 || offset != packet)
        abort();
}

static void on_ignored(void *owner, const char *what, uint64_t n)
{
    (void)owner;
    if (!*what || !n)
        abort();
}

static void on_after(void *owner)
{
    (void)owner;
    arena_reset(&arena);
}

/* IPv4 and TCP in front of the bytes; raw IP. */
static size_t segment(uint8_t *out, uint8_t kind, const uint8_t *p, size_t n)
{
    static const uint8_t ports[4][2] = {{0, 88}, {1, 0x85}, {1, 0xbd}, {0, 135}};
    static const uint8_t head[HEADERS] = {0x45, [8] = 64, [9] = 6, [12] = 10, [15] = 5, [16] = 10, [19] = 1, [20] = 0xc0, [21] = 0x30, [32] = 0x50};
    if (n < 3)
        return 0;
    size_t whole = HEADERS + n - 3;
    memcpy(out, head, HEADERS);
    memcpy(out + HEADERS, p + 3, n - 3);
    memcpy(out + 22, ports[kind & 3], 2);
    if (kind & 8) {
        memcpy(out + 20, ports[kind & 3], 2);
        memcpy(out + 22, head + 20, 2);
        out[15] = 1;
        out[19] = 5;
    }
    out[2] = (uint8_t)(whole >> 8);
    out[3] = (uint8_t)whole;
    out[26] = p[0];
    out[27] = p[1];
    out[30] = p[2];
    out[33] = p[2] & 0x17;
    return whole;
}

static void one(struct wire *w, uint8_t kind, const uint8_t *p, size_t n)
{
    static const uint32_t links[] = {1, 0, 101, 113, 276, 228, 229, 12};
    static uint64_t number;
    uint8_t built[ROOM];
    size_t cut = kind & 0x20 ? n / 2 : 0;
    if (kind & 0x80)
        n = segment(built, kind, p, n);
    uint8_t *exact = malloc(n ? n : 1);
    if (!exact)
        abort();
    if (n)
        memcpy(exact, kind & 0x80 ? built : p, n);
    cut = cut < n ? cut : n;
    number++;
    const struct packet k = {exact, n - cut, n, (int64_t)number * 1000000 * (kind & 0x40 ? 10000 : 1), kind & 0x80 ? 101 : links[kind & 7],
                             number, number};
    wire_packet(w, &k);
    free(exact);
    if (wire_counts(w)->memory > 4u << 20)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct wire *w;
    const struct wire_options o = {.flows = 8, .bytes = 2 << 20, .decoders = netdecoders, .decode = &d, .fault = on_fault,
                                   .ignored = on_ignored, .after = on_after};
    if (!arena.limit)
        arena_init(&arena, 65536, 1u << 24);
    if (wire_open(&o, &w) != 0)
        return 0;
    while (n >= 3) {
        uint8_t kind = p[0];
        size_t length = (size_t)(p[1] & 0x0f) << 8 | p[2];
        p += 3;
        n -= 3;
        length = length < n ? length : n;
        one(w, kind, p, length);
        p += length;
        n -= length;
    }
    wire_end(w);
    if (wire_counts(w)->open)
        abort();
    wire_close(w);
    return 0;
}
