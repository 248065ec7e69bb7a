/* fuzz/fuzz_net_cldap.c - any conversation to the CLDAP decoder. */
#include "fuzz/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern const struct netdecoder net_cldap;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_conversation(&net_cldap, data, size);
    return 0;
}
