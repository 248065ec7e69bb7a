/* fuzz/fuzz_evtx.c - one input as a file header and as a chunk, to activities and to JSON. Seeds: chunks of the sample organisation, cut to
 * a few records, their numbers and checksums made to fit. */
#include "decode/evtx.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int emitted(struct decode *d, const struct activity *a)
{
    uint8_t packed[4096];
    (void)d;
    (void)activity_pack(a, packed, sizeof packed);
    return 0;
}

static void ignored(struct decode *d, struct str what)
{
    (void)d;
    if (what.n > 1 << 20)
        abort();
}

static void faulty(struct decode *d, const struct fault *f)
{
    (void)d;
    if (!f->why)
        abort();
}

static void record_fault(void *owner, uint64_t record, const struct fault *f)
{
    (void)owner;
    (void)record;
    if (!f->why)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct evtx *x;
    struct evtx_header header;
    struct fault fault;
    struct arena arena;
    struct buf out = {0};
    if (!x)
        x = evtx_new();
    arena_init(&arena, 1 << 16, 4 << 20);
    struct decode *d = calloc(1, sizeof *d);
    if (!x || !d)
        abort();
    *d = (struct decode){.arena = &arena, .emit = emitted, .ignored = ignored, .fault = faulty};
    (void)evtx_header(data, size, &header, &fault);
    (void)evtx_chunk(x, d, data, size, EVTX_HEADER);
    (void)evtx_chunk_json(x, data, size, EVTX_HEADER, &out, record_fault, NULL);
    buf_free(&out);
    arena_free(&arena);
    free(d);
    return 0;
}
