/* fuzz/fuzz_net_dcerpc.c - any conversation to the DCE/RPC decoder and the interfaces behind it. */
#include "fuzz/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern const struct netdecoder net_dcerpc;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_conversation(&net_dcerpc, data, size);
    return 0;
}
