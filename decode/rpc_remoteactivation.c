/* decode/rpc_remoteactivation.c - IRemoteActivation: objects of COM classes made on another computer, the older way (MS-DCOM 3.1.2.5.2.3.1). */
#include "decode/rpcif.h"

/* RemoteActivation: ORPCTHIS (2.2.13.3), the class, the object's name ... */
static void activated(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    enum { ORPCTHIS = 28 };
    struct ndr in;
    rpcif_in(c, &in);
    rd_skip(&in.r, ORPCTHIS);
    const uint8_t *class = ndr_pointer(&in) ? NULL : rd_bytes(&in.r, 16); /* behind extensions it is not looked for */
    rpcif_begin(d, c, KIND_RPC_CALL, op);
    if (class)
        decode_str(d, FACT_CLASS_ID, ndr_guid_text(d->arena, class));
    (void)decode_emit(d);
}

static const struct rpc_op ops[] = {{0, "RemoteActivation", activated}, {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_remoteactivation = {
    .name = "IRemoteActivation",
    .about = "Objects of COM classes made on another computer (MS-DCOM).",
    /* 4d9f4ab8-7d1c-11cf-861e-0020af6e7c57 */
    .uuid = {0xb8, 0x4a, 0x9f, 0x4d, 0x1c, 0x7d, 0xcf, 0x11, 0x86, 0x1e, 0x00, 0x20, 0xaf, 0x6e, 0x7c, 0x57},
    .protocol = PROTO_RPC,
    .ending = RPCIF_HRESULT,
    .call = call,
};
