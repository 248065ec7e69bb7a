/* fuzz/fuzz_net_dns.c - any conversation to the DNS decoder. */
#include "fuzz/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern const struct netdecoder net_dns;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_conversation(&net_dns, data, size);
    return 0;
}
