/* decode/rpc_epm.c - the endpoint mapper: where does an interface listen? (C706 appendix O, MS-RPCE 2.2.1.2) */
#include "decode/rpcif.h"

/* The interface that a protocol tower names in its first floor (C706 appendix L), NULL when it is none of ours. */
static const struct rpc_interface *sought(struct ndr *in)
{
    enum { UUID_FLOOR = 0x0d, LEAST_FLOOR = 19 };
    rd_skip(&in->r, 2); /* floor count */
    uint16_t length = rd_u16le(&in->r);
    uint8_t protocol = rd_u8(&in->r);
    const uint8_t *uuid = rd_bytes(&in->r, 16);
    if (!uuid || length < LEAST_FLOOR || protocol != UUID_FLOOR)
        return NULL;
    for (const struct rpc_interface *const *i = rpc_interfaces; *i; i++)
        if (memcmp((*i)->uuid, uuid, 16) == 0)
            return *i;
    return NULL;
}

/* ept_map: object, tower (a conformant twr_t). Who looks for the replication interface is told: a controller that looks for it on a
 * computer that is none has been made to replicate from there. */
static void mapped(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    struct ndr in;
    rpcif_in(c, &in);
    if (ndr_pointer(&in))
        rd_skip(&in.r, 16); /* object */
    const struct rpc_interface *wanted = NULL;
    if (ndr_pointer(&in)) {
        (void)ndr_size(&in);
        (void)ndr_u32(&in); /* tower_length */
        wanted = sought(&in);
    }
    if (!wanted || wanted->protocol != PROTO_DRSUAPI) {
        rpcif_ignore(d, c, op->name);
        return;
    }
    rpcif_begin(d, c, KIND_RPC_CALL, op);
    decode_str(d, FACT_RPC_SOUGHT, str_of(wanted->name));
    (void)decode_emit(d);
}

static const struct rpc_op ops[] = {
    {0, "ept_insert", NULL},     {1, "ept_delete", NULL},      {2, "ept_lookup", NULL}, {3, "ept_map", mapped}, {4, "ept_lookup_handle_free", NULL},
    {5, "ept_inq_object", NULL}, {6, "ept_mgmt_delete", NULL}, {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_epm = {
    .name = "EPM",
    .about = "The endpoint mapper: where an interface listens (C706 appendix O).",
    /* e1af8308-5d1f-11c9-91a4-08002b14a0fa */
    .uuid = {0x08, 0x83, 0xaf, 0xe1, 0x1f, 0x5d, 0xc9, 0x11, 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa},
    .protocol = PROTO_RPC,
    .ending = RPCIF_WIN32,
    .pipe = "epmapper",
    .call = call,
};
