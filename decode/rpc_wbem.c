/* decode/rpc_wbem.c - IWbemServices: methods that are run through WMI, such as Win32_Process.Create (MS-WMI 3.1.4.3). */
#include "decode/rpcif.h"

/* ExecMethod, ExecMethodAsync: 3.1.4.3.22, 3.1.4.3.23. ORPCTHIS (MS-DCOM 2.2.13.3), then the object's path as a BSTR (FLAGGED_WORD_BLOB,
 * MS-OAUT 2.2.23) and the method's name. */
static struct str bstr(struct decode *d, struct ndr *in)
{
    (void)ndr_size(in); /* conformance */
    (void)ndr_u32(in);  /* cBytes */
    uint32_t count = ndr_u32(in);
    if (count > rd_left(&in->r) / 2) {
        rd_fail(&in->r, "an array is longer than its stub");
        return STR_NONE;
    }
    return rpcif_sound(in, ndr_utf16(d->arena, in, rd_str(&in->r, (size_t)count * 2)));
}

static void executed(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    enum { ORPCTHIS = 28 };
    struct ndr in;
    rpcif_in(c, &in);
    rd_skip(&in.r, ORPCTHIS);
    struct str object = STR_NONE, method = STR_NONE;
    if (!ndr_pointer(&in)) { /* no extensions */
        if (ndr_pointer(&in))
            object = bstr(d, &in);
        if (ndr_pointer(&in))
            method = bstr(d, &in);
    }
    rpcif_begin(d, c, KIND_WMI_EXECUTION, op)->admin = true;
    if (str_set(object))
        decode_object(d, OBJECT_OTHER, ROLE_TARGET, object);
    if (str_set(object) && str_set(method))
        decode_str(d, FACT_OPERATION, str_fmt(d->arena, "%.*s.%.*s", STR_ARG(object), STR_ARG(method)));
    (void)decode_emit(d);
}

static const struct rpc_op ops[] = {{3, "OpenNamespace", NULL},
                                    {4, "CancelAsyncCall", NULL},
                                    {5, "QueryObjectSink", NULL},
                                    {6, "GetObject", NULL},
                                    {7, "GetObjectAsync", NULL},
                                    {8, "PutClass", NULL},
                                    {9, "PutClassAsync", NULL},
                                    {10, "DeleteClass", NULL},
                                    {11, "DeleteClassAsync", NULL},
                                    {12, "CreateClassEnum", NULL},
                                    {13, "CreateClassEnumAsync", NULL},
                                    {14, "PutInstance", NULL},
                                    {15, "PutInstanceAsync", NULL},
                                    {16, "DeleteInstance", NULL},
                                    {17, "DeleteInstanceAsync", NULL},
                                    {18, "CreateInstanceEnum", NULL},
                                    {19, "CreateInstanceEnumAsync", NULL},
                                    {20, "ExecQuery", NULL},
                                    {21, "ExecQueryAsync", NULL},
                                    {22, "ExecNotificationQuery", NULL},
                                    {23, "ExecNotificationQueryAsync", NULL},
                                    {24, "ExecMethod", executed},
                                    {25, "ExecMethodAsync", executed},
                                    {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_wbem = {
    .name = "IWbemServices",
    .about = "Methods run through WMI (MS-WMI).",
    /* 9556dc99-828c-11cf-a37e-00aa003240c7 */
    .uuid = {0x99, 0xdc, 0x56, 0x95, 0x8c, 0x82, 0xcf, 0x11, 0xa3, 0x7e, 0x00, 0xaa, 0x00, 0x32, 0x40, 0xc7},
    .protocol = PROTO_WMI,
    .ending = RPCIF_HRESULT,
    .call = call,
};
