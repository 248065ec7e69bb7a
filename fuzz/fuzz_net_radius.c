/* fuzz/fuzz_net_radius.c - any conversation to the RADIUS decoder. */
#include "fuzz/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern const struct netdecoder net_radius;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_conversation(&net_radius, data, size);
    return 0;
}
