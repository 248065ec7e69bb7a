/* decode/rpc_bkrp.c - BKRP: a computer has the master keys of its users backed up or restored (MS-BKRP 3.1.4.1). */
#include "decode/rpcif.h"

/* pguidActionAgent: 3.1.4.1. Each is what an ordinary client asks for; the domain's own backup key is read over LSARPC. */
static const struct {
    uint8_t guid[16];
    const char *action;
} actions[] = {
    {{0x10, 0x2b, 0x75, 0x7f, 0x8e, 0x17, 0xd1, 0x11, 0xab, 0x8f, 0x00, 0x80, 0x5f, 0x14, 0xdb, 0x40}, "BACKUPKEY_BACKUP_GUID"},
    {{0x50, 0x4d, 0xe9, 0x7f, 0x8e, 0x17, 0xd1, 0x11, 0xab, 0x8f, 0x00, 0x80, 0x5f, 0x14, 0xdb, 0x40}, "BACKUPKEY_RESTORE_GUID_WIN2K"},
    {{0x8a, 0xf4, 0x8f, 0x01, 0xba, 0xea, 0xc6, 0x40, 0x8f, 0x6d, 0x72, 0x37, 0x02, 0x40, 0xe9, 0x67}, "BACKUPKEY_RETRIEVE_BACKUP_KEY_GUID"},
    {{0x64, 0x0c, 0x27, 0x47, 0xfc, 0x2f, 0x9b, 0x49, 0xac, 0x5b, 0x0e, 0x37, 0xcd, 0xce, 0x89, 0x9a}, "BACKUPKEY_RESTORE_GUID"}};

static void backup_key(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    struct ndr in;
    rpcif_in(c, &in);
    const uint8_t *guid = rd_bytes(&in.r, 16);
    rpcif_begin(d, c, KIND_PRIVATE_DATA_RETRIEVAL, op);
    for (size_t i = 0; guid && i < sizeof actions / sizeof *actions; i++)
        if (memcmp(guid, actions[i].guid, 16) == 0)
            decode_str(d, FACT_OPERATION, str_of(actions[i].action));
    (void)decode_emit(d);
}

static const struct rpc_op ops[] = {{0, "BackuprKey", backup_key}, {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_bkrp = {
    .name = "BKRP",
    .about = "Backup and restoration of DPAPI master keys (MS-BKRP).",
    /* 3dde7c30-165d-11d1-ab8f-00805f14db40 */
    .uuid = {0x30, 0x7c, 0xde, 0x3d, 0x5d, 0x16, 0xd1, 0x11, 0xab, 0x8f, 0x00, 0x80, 0x5f, 0x14, 0xdb, 0x40},
    .protocol = PROTO_BKRP,
    .ending = RPCIF_WIN32,
    .pipe = "protected_storage",
    .call = call,
};
