/* fuzz/fuzz_net_http.c - any conversation to the HTTP decoder. */
#define FUZZ_NET_LENGTH 16384 /* a head ends with an empty line */
#include "fuzz/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern const struct netdecoder net_http;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_conversation(&net_http, data, size);
    return 0;
}
