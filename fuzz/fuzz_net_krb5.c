/* fuzz/fuzz_net_krb5.c - any conversation to the Kerberos decoder. */
#include "fuzz/net.h"

extern const struct netdecoder net_krb5;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_conversation(&net_krb5, data, size);
    return 0;
}
