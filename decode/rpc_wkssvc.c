/* decode/rpc_wkssvc.c - WKSSVC: who is logged on at a computer (MS-WKST 3.2.4). */
#include "decode/rpcif.h"

static void users(struct decode *d, const struct rpc_call *c, const struct rpc_op *op) /* NetrWkstaUserEnum, 3.2.4.3 */
{
    rpcif_begin(d, c, KIND_SMB_SESSION_ENUMERATION, op);
    (void)decode_emit(d);
}

static const struct rpc_op ops[] = {{0, "NetrWkstaGetInfo", NULL},
                                    {1, "NetrWkstaSetInfo", NULL},
                                    {2, "NetrWkstaUserEnum", users},
                                    {5, "NetrWkstaTransportEnum", NULL},
                                    {8, "NetrUseAdd", NULL},
                                    {9, "NetrUseGetInfo", NULL},
                                    {10, "NetrUseDel", NULL},
                                    {11, "NetrUseEnum", NULL},
                                    {13, "NetrWorkstationStatisticsGet", NULL},
                                    {20, "NetrGetJoinInformation", NULL},
                                    {22, "NetrJoinDomain2", NULL},
                                    {23, "NetrUnjoinDomain2", NULL},
                                    {24, "NetrRenameMachineInDomain2", NULL},
                                    {30, "NetrEnumerateComputerNames", NULL},
                                    {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_wkssvc = {
    .name = "WKSSVC",
    .about = "Users who are logged on at a computer (MS-WKST).",
    /* 6bffd098-a112-3610-9833-46c3f87e345a */
    .uuid = {0x98, 0xd0, 0xff, 0x6b, 0x12, 0xa1, 0x10, 0x36, 0x98, 0x33, 0x46, 0xc3, 0xf8, 0x7e, 0x34, 0x5a},
    .protocol = PROTO_RPC,
    .ending = RPCIF_WIN32,
    .pipe = "wkssvc",
    .call = call,
};
