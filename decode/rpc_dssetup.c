/* decode/rpc_dssetup.c - DSSETUP: which role a computer has in its domain (MS-DSSP 3.2.5). Its operations are counted by name. */
#include "decode/rpcif.h"

static const struct rpc_op ops[] = {{0, "DsRolerGetPrimaryDomainInformation", NULL}, {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_dssetup = {
    .name = "DSSETUP",
    .about = "The role of a computer in its domain (MS-DSSP).",
    /* 3919286a-b10c-11d0-9ba8-00c04fd92ef5 */
    .uuid = {0x6a, 0x28, 0x19, 0x39, 0x0c, 0xb1, 0xd0, 0x11, 0x9b, 0xa8, 0x00, 0xc0, 0x4f, 0xd9, 0x2e, 0xf5},
    .protocol = PROTO_RPC,
    .ending = RPCIF_WIN32,
    .call = call,
};
