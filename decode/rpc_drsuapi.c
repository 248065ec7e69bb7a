/* decode/rpc_drsuapi.c - DRSUAPI: replication of the directory and its topology (MS-DRSR chapter 4).
 *
 * Its calls are sealed nearly always: what is known is the operation, who calls whom, and whether it was refused. */
#include "decode/rpcif.h"

/* IDL_DRSGetNCChanges, 4.1.10 */
static void replicated(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    rpcif_begin(d, c, KIND_DIRECTORY_REPLICATION, op);
    (void)decode_emit(d);
}

/* What win_replication.c calls the same. */
static const char *const changes[] = {[4] = "destination modified", [5] = "source established", [6] = "source removed", [7] = "source modified"};

/* IDL_DRSUpdateRefs, ReplicaAdd, ReplicaDel, ReplicaModify: 4.1.26, 4.1.19, 4.1.20, 4.1.22 */
static void source_changed(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    rpcif_begin(d, c, KIND_REPLICA_CHANGE, op);
    decode_str(d, FACT_OPERATION, str_of(changes[c->opnum]));
    (void)decode_emit(d);
}

/* IDL_DRSAddEntry, 4.1.1: makes the NTDS Settings object of a new controller. */
static void entry_added(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    rpcif_begin(d, c, KIND_OBJECT_CREATED, op)->admin = true;
    (void)decode_emit(d);
}

/* IDL_DRSAddSidHistory, 4.1.2 */
static void history_added(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    rpcif_begin(d, c, KIND_SID_HISTORY_ADDED, op)->admin = true;
    (void)decode_emit(d);
}

static const struct rpc_op ops[] = {{0, "DRSBind", NULL},
                                    {1, "DRSUnbind", NULL},
                                    {2, "DRSReplicaSync", NULL},
                                    {3, "DRSGetNCChanges", replicated},
                                    {4, "DRSUpdateRefs", source_changed},
                                    {5, "DRSReplicaAdd", source_changed},
                                    {6, "DRSReplicaDel", source_changed},
                                    {7, "DRSReplicaModify", source_changed},
                                    {8, "DRSVerifyNames", NULL},
                                    {9, "DRSGetMemberships", NULL},
                                    {10, "DRSInterDomainMove", NULL},
                                    {11, "DRSGetNT4ChangeLog", NULL},
                                    {12, "DRSCrackNames", NULL},
                                    {13, "DRSWriteSPN", NULL},
                                    {14, "DRSRemoveDsServer", NULL},
                                    {15, "DRSRemoveDsDomain", NULL},
                                    {16, "DRSDomainControllerInfo", NULL},
                                    {17, "DRSAddEntry", entry_added},
                                    {18, "DRSExecuteKCC", NULL},
                                    {19, "DRSGetReplInfo", NULL},
                                    {20, "DRSAddSidHistory", history_added},
                                    {21, "DRSGetMemberships2", NULL},
                                    {22, "DRSReplicaVerifyObjects", NULL},
                                    {23, "DRSGetObjectExistence", NULL},
                                    {24, "DRSQuerySitesByCost", NULL},
                                    {25, "DRSInitDemotion", NULL},
                                    {26, "DRSReplicaDemotion", NULL},
                                    {27, "DRSFinishDemotion", NULL},
                                    {28, "DRSAddCloneDC", NULL},
                                    {29, "DRSWriteNgcKey", NULL},
                                    {30, "DRSReadNgcKey", NULL},
                                    {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_drsuapi = {
    .name = "DRSUAPI",
    .about = "Replication of the directory and changes of its topology (MS-DRSR).",
    /* e3514235-4b06-11d1-ab04-00c04fc2dcd2 */
    .uuid = {0x35, 0x42, 0x51, 0xe3, 0x06, 0x4b, 0xd1, 0x11, 0xab, 0x04, 0x00, 0xc0, 0x4f, 0xc2, 0xdc, 0xd2},
    .protocol = PROTO_DRSUAPI,
    .ending = RPCIF_WIN32,
    .pipe = "drsuapi",
    .call = call,
};
