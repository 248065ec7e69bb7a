/* decode/rpc_oxid.c - IObjectExporter: where the objects of a COM server are (MS-DCOM 3.1.2.5.1). Its operations are counted by name. */
#include "decode/rpcif.h"

static const struct rpc_op ops[] = {{0, "ResolveOxid", NULL},  {1, "SimplePing", NULL},   {2, "ComplexPing", NULL}, {3, "ServerAlive", NULL},
                                    {4, "ResolveOxid2", NULL}, {5, "ServerAlive2", NULL}, {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_oxid = {
    .name = "IObjectExporter",
    .about = "Where the objects of a COM server are (MS-DCOM).",
    /* 99fcfec4-5260-101b-bbcb-00aa0021347a */
    .uuid = {0xc4, 0xfe, 0xfc, 0x99, 0x60, 0x52, 0x1b, 0x10, 0xbb, 0xcb, 0x00, 0xaa, 0x00, 0x21, 0x34, 0x7a},
    .protocol = PROTO_RPC,
    .ending = RPCIF_WIN32,
    .call = call,
};
