/* decode/rpc_tsch.c - ITaskSchedulerService: tasks of the present scheduler (MS-TSCH 3.2.5.4). */
#include "decode/rpcif.h"

static void task(struct decode *d, const struct rpc_call *c, const struct rpc_op *op, struct str change)
{
    struct ndr in;
    rpcif_in(c, &in);
    bool registers = str_eq(change, STR("created"));
    struct str path = registers ? ndr_unique_text(d->arena, &in) : ndr_wide_text(d->arena, &in);
    path = rpcif_sound(&in, path);
    struct str xml = registers ? rpcif_sound(&in, ndr_wide_part(d->arena, &in)) : STR_NONE;
    rpcif_begin(d, c, KIND_TASK_SCHEDULING, op)->admin = true;
    if (str_set(path))
        decode_object(d, OBJECT_OTHER, ROLE_TARGET, path);
    decode_str(d, FACT_TASK_NAME, path);
    decode_str(d, FACT_TASK_CHANGE, change);
    decode_str(d, FACT_TASK_CONTENT, xml);
    (void)decode_emit(d);
}

/* SchRpcRegisterTask, 3.2.5.4.2: path, XML, flags ... */
static void registered(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    task(d, c, op, STR("created"));
}

static void deleted(struct decode *d, const struct rpc_call *c, const struct rpc_op *op) /* SchRpcDelete, 3.2.5.4.14 */
{
    task(d, c, op, STR("deleted"));
}

static const struct rpc_op ops[] = {{0, "SchRpcHighestVersion", NULL},
                                    {1, "SchRpcRegisterTask", registered},
                                    {2, "SchRpcRetrieveTask", NULL},
                                    {3, "SchRpcCreateFolder", NULL},
                                    {4, "SchRpcSetSecurity", NULL},
                                    {5, "SchRpcGetSecurity", NULL},
                                    {6, "SchRpcEnumFolders", NULL},
                                    {7, "SchRpcEnumTasks", NULL},
                                    {8, "SchRpcEnumInstances", NULL},
                                    {9, "SchRpcGetInstanceInfo", NULL},
                                    {10, "SchRpcStopInstance", NULL},
                                    {11, "SchRpcStop", NULL},
                                    {12, "SchRpcRun", NULL},
                                    {13, "SchRpcDelete", deleted},
                                    {14, "SchRpcRename", NULL},
                                    {15, "SchRpcScheduledRuntimes", NULL},
                                    {16, "SchRpcGetLastRunInfo", NULL},
                                    {17, "SchRpcGetTaskInfo", NULL},
                                    {18, "SchRpcGetNumberOfMissedRuns", NULL},
                                    {19, "SchRpcEnableTask", NULL},
                                    {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_tsch = {
    .name = "ITaskSchedulerService",
    .about = "Tasks registered with the task scheduler (MS-TSCH).",
    /* 86d35949-83c9-4044-b424-db363231fd0c */
    .uuid = {0x49, 0x59, 0xd3, 0x86, 0xc9, 0x83, 0x44, 0x40, 0xb4, 0x24, 0xdb, 0x36, 0x32, 0x31, 0xfd, 0x0c},
    .protocol = PROTO_ATSVC,
    .ending = RPCIF_HRESULT,
    .pipe = "atsvc",
    .call = call,
};
