/* decode/rpc_initshutdown.c - INITSHUTDOWN: a computer shut down from elsewhere (MS-RSP 3.2.4). Its operations are counted by name. */
#include "decode/rpcif.h"

static const struct rpc_op ops[] = {
    {0, "BaseInitiateShutdown", NULL}, {1, "BaseAbortShutdown", NULL}, {2, "BaseInitiateShutdownEx", NULL}, {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_initshutdown = {
    .name = "INITSHUTDOWN",
    .about = "Shutting down another computer (MS-RSP).",
    /* 894de0c0-0d55-11d3-a322-00c04fa321a1 */
    .uuid = {0xc0, 0xe0, 0x4d, 0x89, 0x55, 0x0d, 0xd3, 0x11, 0xa3, 0x22, 0x00, 0xc0, 0x4f, 0xa3, 0x21, 0xa1},
    .protocol = PROTO_RPC,
    .ending = RPCIF_WIN32,
    .pipe = "initshutdown",
    .call = call,
};
