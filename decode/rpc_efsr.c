/* decode/rpc_efsr.c - EFSR on its own pipe (MS-EFSR 2.1). */
#include "decode/efsr.h"

const struct rpc_interface rpc_efsr = {
    .name = "EFSR",
    .about = "Encrypted files of another computer (MS-EFSR).",
    /* df1941c5-fe89-4e79-bf10-463657acf44d */
    .uuid = {0xc5, 0x41, 0x19, 0xdf, 0x89, 0xfe, 0x79, 0x4e, 0xbf, 0x10, 0x46, 0x36, 0x57, 0xac, 0xf4, 0x4d},
    .protocol = PROTO_RPC,
    .ending = RPCIF_WIN32,
    .pipe = "efsrpc",
    .call = efsr_call,
};
