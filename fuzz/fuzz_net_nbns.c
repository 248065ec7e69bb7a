/* fuzz/fuzz_net_nbns.c - any conversation to the NetBIOS name service decoder. */
#include "fuzz/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern const struct netdecoder net_nbns;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_conversation(&net_nbns, data, size);
    return 0;
}
