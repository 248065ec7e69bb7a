/* decode/rpc_activator.c - ISystemActivator: objects of COM classes made on another computer (MS-DCOM 3.1.2.5.2.3). */
#include "decode/rpcif.h"

/* A serialized structure of the activation properties has a header of its own, version 1 (MS-RPCE 2.2.6). */
enum { SERIALIZED = 16, MOST_PROPERTIES = 16 };

/* CLSID_InstantiationInfo, whose property begins with the class: 000001ab-0000-0000-c000-000000000046, MS-DCOM 1.9 */
static const uint8_t instantiation[16] = {0xab, 0x01, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46};

/* CustomHeader (MS-DCOM 2.2.22.1) and the properties behind it; the reader is at the blob's first byte behind its two sizes. Which property is
 * the instantiation's, and how long those before it are, the header says. */
static const uint8_t *class_of(struct ndr *in)
{
    enum { CUSTOM_HEADER_CLASS = 16 };
    struct rd blob = in->r;
    rd_skip(&in->r, SERIALIZED);
    (void)rd_u32le(&in->r); /* totalSize */
    uint32_t header = rd_u32le(&in->r);
    rd_skip(&in->r, 8); /* dwReserved, destCtx */
    uint32_t count = rd_u32le(&in->r);
    rd_skip(&in->r, CUSTOM_HEADER_CLASS + 12 + 4); /* classInfoClsid, three pointers, conformance of pclsid */
    if (!rd_ok(&in->r) || count > MOST_PROPERTIES)
        return NULL;
    bool is[MOST_PROPERTIES] = {false};
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *id = rd_bytes(&in->r, 16);
        is[i] = id && memcmp(id, instantiation, 16) == 0;
    }
    (void)rd_u32le(&in->r); /* conformance of pSizes */
    rd_skip(&blob, header);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t size = rd_u32le(&in->r);
        if (is[i]) {
            rd_skip(&blob, SERIALIZED);
            return rd_bytes(&blob, 16);
        }
        rd_skip(&blob, size);
    }
    return NULL;
}

/* RemoteGetClassObject and RemoteCreateInstance: ORPCTHIS, [pUnkOuter,] pActProperties: an MInterfacePointer with a custom OBJREF (2.2.14, 2.2.18.6).
 */
static void activated(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    enum { ORPCTHIS = 28, CREATE_INSTANCE = 4, OBJREF_CUSTOM = 48 };
    struct ndr in;
    rpcif_in(c, &in);
    rd_skip(&in.r, ORPCTHIS);
    bool plain = !ndr_pointer(&in); /* no extensions */
    if (c->opnum == CREATE_INSTANCE)
        plain = !ndr_pointer(&in) && plain;
    const uint8_t *class = NULL;
    if (plain && ndr_pointer(&in)) {
        (void)ndr_size(&in); /* conformance */
        (void)ndr_u32(&in);  /* ulCntData */
        rd_skip(&in.r, OBJREF_CUSTOM);
        rd_skip(&in.r, 8); /* dwSize and dwReserved of the activation properties BLOB, 2.2.22 */
        class = class_of(&in);
    }
    rpcif_begin(d, c, KIND_RPC_CALL, op);
    if (class)
        decode_str(d, FACT_CLASS_ID, ndr_guid_text(d->arena, class));
    (void)decode_emit(d);
}

static const struct rpc_op ops[] = {{3, "RemoteGetClassObject", activated}, {4, "RemoteCreateInstance", activated}, {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_activator = {
    .name = "ISystemActivator",
    .about = "Objects of COM classes made on another computer (MS-DCOM).",
    /* 000001a0-0000-0000-c000-000000000046 */
    .uuid = {0xa0, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46},
    .protocol = PROTO_RPC,
    .ending = RPCIF_HRESULT,
    .call = call,
};
