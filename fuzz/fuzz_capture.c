/* fuzz/fuzz_capture.c - any bytes as a capture file; whole and in small pieces they give the same frames. */
#include "source/capture.h"

#include "base/hash.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static uint64_t frames(const uint8_t *p, size_t n, size_t step)
{
    struct capture c = {0};
    size_t from = 0, have = step < n ? step : n, at = 0;
    uint64_t h = 0;
    for (;;) {
        struct frame x;
        uint8_t *exact = malloc(have - from ? have - from : 1);
        if (!exact)
            abort();
        memcpy(exact, p + from, have - from);
        int got = capture_next(&c, exact, have - from, &at, have == n, &x);
        if (got < 0 || at > have - from)
            abort();
        if (got == 1 && !x.why) {
            if (x.at + x.n > have - from || x.n > x.whole || x.n > CAPTURE_FRAME_MAX)
                abort();
            h = hash64(exact + x.at, x.n, h ^ x.number ^ (uint64_t)x.time ^ x.offset);
        } else if (got == 1) {
            h = hash_str(str_of(x.why), h ^ x.number ^ x.offset);
        }
        free(exact);
        if (got == 1)
            continue;
        if (have == n)
            break;
        from += at;
        at = 0;
        have = have + step < n ? have + step : n;
    }
    capture_free(&c);
    return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    if (n > 1 << 16)
        return 0;
    if (frames(p, n, n ? n : 1) != frames(p, n, 61))
        abort();
    return 0;
}
