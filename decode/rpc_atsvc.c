/* decode/rpc_atsvc.c - ATSVC: commands for the "at" scheduler (MS-TSCH 3.2.5.2). */
#include "decode/rpcif.h"

/* NetrJobAdd, 3.2.5.2.1; AT_INFO: 2.3.4. The answer has the job's number, by which its task is called. */
static void added(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    struct ndr in, out;
    rpcif_in(c, &in);
    (void)ndr_unique_text(d->arena, &in); /* ServerName */
    ndr_align(&in, in.wide ? 8 : 4);
    (void)ndr_u32(&in); /* JobTime */
    (void)ndr_u32(&in); /* DaysOfMonth */
    rd_skip(&in.r, 2);  /* DaysOfWeek, Flags */
    struct str command = ndr_pointer(&in) ? rpcif_sound(&in, ndr_wide_part(d->arena, &in)) : STR_NONE;
    rpcif_out(c, &out);
    uint32_t job = ndr_u32(&out);
    rpcif_begin(d, c, KIND_TASK_SCHEDULING, op)->admin = true;
    if (ndr_ok(&out) && rpcif_outcome(c) == OUTCOME_SUCCESS) {
        struct str name = str_fmt(d->arena, "At%lu", (unsigned long)job);
        decode_object(d, OBJECT_OTHER, ROLE_TARGET, name);
        decode_str(d, FACT_TASK_NAME, name);
    }
    decode_str(d, FACT_TASK_CHANGE, STR("created"));
    decode_str(d, FACT_TASK_CONTENT, command);
    (void)decode_emit(d);
}

static void removed(struct decode *d, const struct rpc_call *c, const struct rpc_op *op) /* NetrJobDel, 3.2.5.2.2 */
{
    rpcif_begin(d, c, KIND_TASK_SCHEDULING, op)->admin = true;
    decode_str(d, FACT_TASK_CHANGE, STR("deleted"));
    (void)decode_emit(d);
}

static const struct rpc_op ops[] = {
    {0, "NetrJobAdd", added}, {1, "NetrJobDel", removed}, {2, "NetrJobEnum", NULL}, {3, "NetrJobGetInfo", NULL}, {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_atsvc = {
    .name = "ATSVC",
    .about = "Commands scheduled with \"at\" (MS-TSCH).",
    /* 1ff70682-0a51-30e8-076d-740be8cee98b */
    .uuid = {0x82, 0x06, 0xf7, 0x1f, 0x51, 0x0a, 0xe8, 0x30, 0x07, 0x6d, 0x74, 0x0b, 0xe8, 0xce, 0xe9, 0x8b},
    .protocol = PROTO_ATSVC,
    .ending = RPCIF_WIN32,
    .pipe = "atsvc", /* ITaskSchedulerService listens there, too */
    .call = call,
};
