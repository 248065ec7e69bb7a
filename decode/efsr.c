/* decode/efsr.c - EFSR: files encrypted on another computer; a path on a third one makes the server log on there (MS-EFSR 3.1.4.2). */
#include "decode/efsr.h"

/* The file is named first, in two operations after flags and a reserved pointer. */
static void file(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    enum { ADD_USERS_EX = 15, KEY_INFO_EX = 16 };
    bool flagged = c->opnum == ADD_USERS_EX || c->opnum == KEY_INFO_EX;
    struct ndr in;
    rpcif_in(c, &in);
    if (flagged)
        (void)ndr_u32(&in);
    bool reserved = flagged && ndr_pointer(&in);
    struct str path = reserved ? STR_NONE : rpcif_sound(&in, ndr_wide_text(d->arena, &in));
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
                                    {15, "EfsRpcAddUsersToFileEx", file},
                                    {16, "EfsRpcFileKeyInfoEx", file},
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
