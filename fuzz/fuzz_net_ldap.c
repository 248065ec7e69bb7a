/* fuzz/fuzz_net_ldap.c - any conversation to the LDAP decoder. */
#include "fuzz/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern const struct netdecoder net_ldap;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_conversation(&net_ldap, data, size);
    return 0;
}
