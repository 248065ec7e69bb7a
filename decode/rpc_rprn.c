/* decode/rpc_rprn.c - RPRN: printers of another computer; who asks to be told of changes is called back (MS-RPRN 3.1.4). */
#include "decode/rpcif.h"

/* RpcRemoteFindFirstPrinterChangeNotification and ...Ex: 3.1.4.10.3, 3.1.4.10.4. The printer's handle, flags, options, then the computer that
 * the server is to turn to. */
static void notified(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    struct ndr in;
    rpcif_in(c, &in);
    (void)ndr_handle(&in);
    (void)ndr_u32(&in); /* fdwFlags */
    (void)ndr_u32(&in); /* fdwOptions */
    struct str computer = rpcif_sound(&in, ndr_unique_text(d->arena, &in));
    rpcif_begin(d, c, KIND_RPC_CALL, op);
    decode_str(d, FACT_REMOTE_PATH, computer);
    (void)decode_emit(d);
}

static const struct rpc_op ops[] = {{0, "RpcEnumPrinters", NULL},
                                    {1, "RpcOpenPrinter", NULL},
                                    {8, "RpcGetPrinter", NULL},
                                    {9, "RpcAddPrinterDriver", NULL},
                                    {10, "RpcEnumPrinterDrivers", NULL},
                                    {11, "RpcGetPrinterDriver", NULL},
                                    {26, "RpcGetPrinterData", NULL},
                                    {29, "RpcClosePrinter", NULL},
                                    {53, "RpcGetPrinterDriver2", NULL},
                                    {56, "RpcFindClosePrinterChangeNotification", NULL},
                                    {58, "RpcReplyOpenPrinter", NULL},
                                    {62, "RpcRemoteFindFirstPrinterChangeNotification", notified},
                                    {65, "RpcRemoteFindFirstPrinterChangeNotificationEx", notified},
                                    {67, "RpcRouterRefreshPrinterChangeNotification", NULL},
                                    {69, "RpcOpenPrinterEx", NULL},
                                    {89, "RpcAddPrinterDriverEx", NULL},
                                    {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_rprn = {
    .name = "RPRN",
    .about = "Printers of another computer (MS-RPRN).",
    /* 12345678-1234-abcd-ef00-0123456789ab */
    .uuid = {0x78, 0x56, 0x34, 0x12, 0x34, 0x12, 0xcd, 0xab, 0xef, 0x00, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab},
    .protocol = PROTO_RPC,
    .ending = RPCIF_WIN32,
    .pipe = "spoolss",
    .call = call,
};
