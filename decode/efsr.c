/* decode/efsr.c - EFSR: files encrypted on another computer; a path on a third one makes the server log on there (MS-EFSR 3.1.4.2). */
#include "decode/efsr.h"

/* A file is named first, or after a context (EfsRpcOpenFileRaw has none in the request). */
static void file(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    struct ndr in;
    rpcif_in(c, &in);
    struct str path = rpcif_sound(&in, ndr_wide_text(d->arena, &in));
    rpcif_begin(d, c, KIND_RPC_CALL, op);
    decode_str(d, FACT_REMOTE_PATH, path);
    (void)decode_emit(d);
}

static const struct rpc_op ops[] = {{0, "EfsRpcOpenFileRaw", file},
                                    {1, "EfsRpcReadFileRaw", NULL},
                                    {2, "EfsRpcWriteFileRaw", NULL},
                                    {3, "EfsRpcCloseRaw", NULL},
                                    {4, "EfsRpcEncryptFileSrv", file},
                                    {5, "EfsRpcDecryptFileSrv", file},
                                    {6, "EfsRpcQueryUsersOnFile", file},
                                    {7, "EfsRpcQueryRecoveryAgents", file},
                                    {8, "EfsRpcRemoveUsersFromFile", file},
                                    {9, "EfsRpcAddUsersToFile", file},
                                    {12, "EfsRpcFileKeyInfo", file},
                                    {13, "EfsRpcDuplicateEncryptionInfoFile", file},
                                    {15, "EfsRpcAddUsersToFileEx", NULL},
                                    {16, "EfsRpcFileKeyInfoEx", NULL},
                                    {18, "EfsRpcGetEncryptedFileMetadata", file},
                                    {19, "EfsRpcSetEncryptedFileMetadata", file},
                                    {20, "EfsRpcFlushEfsCache", NULL},
                                    {21, "EfsRpcEncryptFileExSrv", file},
                                    {22, "EfsRpcQueryProtectors", file},
                                    {0, NULL, NULL}};

void efsr_call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}
