/* fuzz/fuzz_net_dhcp.c - any conversation to the DHCP decoder. */
#include "fuzz/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern const struct netdecoder net_dhcp;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_conversation(&net_dhcp, data, size);
    return 0;
}
