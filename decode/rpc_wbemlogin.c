/* decode/rpc_wbemlogin.c - IWbemLevel1Login: the first call to WMI (MS-WMI 3.1.4.1). Its operations are counted by name. */
#include "decode/rpcif.h"

static const struct rpc_op ops[] = {
    {3, "EstablishPosition", NULL}, {4, "RequestChallenge", NULL}, {5, "WBEMLogin", NULL}, {6, "NTLMLogin", NULL}, {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_wbemlogin = {
    .name = "IWbemLevel1Login",
    .about = "Logging on to WMI (MS-WMI).",
    /* f309ad18-d86a-11d0-a075-00c04fb68820 */
    .uuid = {0x18, 0xad, 0x09, 0xf3, 0x6a, 0xd8, 0xd0, 0x11, 0xa0, 0x75, 0x00, 0xc0, 0x4f, 0xb6, 0x88, 0x20},
    .protocol = PROTO_WMI,
    .ending = RPCIF_HRESULT,
    .call = call,
};
