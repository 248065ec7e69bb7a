/* decode/rpc_efsr_lsa.c - EFSR on the pipes of the local security authority (MS-EFSR 2.1). */
#include "decode/efsr.h"

const struct rpc_interface rpc_efsr_lsa = {
    .name = "EFSR",
    .about = "Encrypted files of another computer (MS-EFSR).",
    /* c681d488-d850-11d0-8c52-00c04fd90f7e */
    .uuid = {0x88, 0xd4, 0x81, 0xc6, 0x50, 0xd8, 0xd0, 0x11, 0x8c, 0x52, 0x00, 0xc0, 0x4f, 0xd9, 0x0f, 0x7e},
    .protocol = PROTO_RPC,
    .ending = RPCIF_WIN32,
    .call = efsr_call,
};
