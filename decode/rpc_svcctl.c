/* decode/rpc_svcctl.c - SVCCTL: services made, changed and started from elsewhere (MS-SCMR 3.1.4). */
#include "decode/rpcif.h"

enum { SERVICE = 1 }; /* what a handle stands for */

/* The narrow forms (A) have 8-bit characters. */
static struct str text(struct decode *d, struct ndr *in, bool narrow)
{
    return rpcif_sound(in, narrow ? ndr_narrow_text(d->arena, in, false) : ndr_wide_text(d->arena, in));
}

/* A command line says something even without its end. */
static struct str command(struct decode *d, struct ndr *in, bool narrow)
{
    return rpcif_sound(in, narrow ? ndr_narrow_text(d->arena, in, true) : ndr_wide_part(d->arena, in));
}

static struct str optional_text(struct decode *d, struct ndr *in, bool narrow)
{
    return ndr_pointer(in) ? text(d, in, narrow) : STR_NONE;
}

static void named(struct decode *d, struct str name)
{
    if (!str_set(name))
        return;
    decode_object(d, OBJECT_SERVICE, ROLE_TARGET, name);
    decode_str(d, FACT_SERVICE_NAME, name);
}

/* The answer to a creation: lpdwTagId, the new service's handle. */
static void remember(const struct rpc_call *c, struct str name)
{
    struct ndr out;
    rpcif_out(c, &out);
    if (ndr_pointer(&out))
        (void)ndr_u32(&out);
    rpcif_opened_at(c, &out, SERVICE, name);
}

/* RCreateServiceW, A, WOW64W, WOW64A: 3.1.4.12, 3.1.4.24, 3.1.4.37, 3.1.4.36 */
static void created(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    enum { CREATE_A = 24, CREATE_WOW64_A = 44 };
    bool narrow = c->opnum == CREATE_A || c->opnum == CREATE_WOW64_A;
    struct ndr in;
    rpcif_in(c, &in);
    (void)ndr_handle(&in);
    struct str name = text(d, &in, narrow);
    (void)optional_text(d, &in, narrow); /* lpDisplayName */
    (void)ndr_u32(&in);                  /* dwDesiredAccess */
    uint32_t type = ndr_u32(&in), start = ndr_u32(&in);
    (void)ndr_u32(&in); /* dwErrorControl */
    bool typed = ndr_ok(&in);
    struct str image = command(d, &in, narrow);
    (void)optional_text(d, &in, narrow); /* lpLoadOrderGroup */
    if (ndr_pointer(&in))
        (void)ndr_u32(&in); /* lpdwTagId */
    if (ndr_pointer(&in))
        (void)rd_bytes(&in.r, (size_t)ndr_size(&in)); /* lpDependencies */
    (void)ndr_u32(&in);                               /* dwDependSize */
    struct str account = optional_text(d, &in, narrow);
    remember(c, name);
    rpcif_begin(d, c, KIND_SERVICE_CREATION, op)->admin = true;
    named(d, name);
    decode_str(d, FACT_IMAGE_PATH, image);
    decode_str(d, FACT_SERVICE_ACCOUNT, account);
    if (typed) {
        decode_u64(d, FACT_SERVICE_TYPE, type);
        decode_u64(d, FACT_START_TYPE, start);
    }
    (void)decode_emit(d);
}

/* ROpenServiceW, A: 3.1.4.16, 3.1.4.28 */
static void opened(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    enum { OPEN_A = 28 };
    struct ndr in;
    rpcif_in(c, &in);
    (void)ndr_handle(&in);
    rpcif_opened(c, SERVICE, text(d, &in, c->opnum == OPEN_A));
    rpcif_ignore(d, c, op->name);
}

/* RChangeServiceConfigW, A: 3.1.4.11, 3.1.4.23. A service with another program is as good as a new one. */
static void changed(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    enum { CHANGE_A = 23 };
    struct ndr in;
    uint8_t kind;
    rpcif_in(c, &in);
    struct str name = rpcif_handle(c, &in, &kind);
    uint32_t type = ndr_u32(&in), start = ndr_u32(&in);
    (void)ndr_u32(&in); /* dwErrorControl */
    struct str image = ndr_pointer(&in) ? command(d, &in, c->opnum == CHANGE_A) : STR_NONE;
    if (!str_set(image)) {
        rpcif_ignore(d, c, op->name);
        return;
    }
    rpcif_begin(d, c, KIND_SERVICE_CREATION, op)->admin = true;
    named(d, kind == SERVICE ? name : STR_NONE);
    decode_str(d, FACT_IMAGE_PATH, image);
    if (type != UINT32_MAX) /* SERVICE_NO_CHANGE */
        decode_u64(d, FACT_SERVICE_TYPE, type);
    if (start != UINT32_MAX)
        decode_u64(d, FACT_START_TYPE, start);
    (void)decode_emit(d);
}

/* RStartServiceW, A, RDeleteService: 3.1.4.19, 3.1.4.30, 3.1.4.3 */
static void used(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    struct ndr in;
    uint8_t kind;
    rpcif_in(c, &in);
    struct str name = rpcif_handle(c, &in, &kind);
    rpcif_begin(d, c, KIND_RPC_CALL, op)->admin = true;
    named(d, name);
    (void)decode_emit(d);
}

static const struct rpc_op ops[] = {{0, "RCloseServiceHandle", NULL},
                                    {1, "RControlService", NULL},
                                    {2, "RDeleteService", used},
                                    {3, "RLockServiceDatabase", NULL},
                                    {4, "RQueryServiceObjectSecurity", NULL},
                                    {5, "RSetServiceObjectSecurity", NULL},
                                    {6, "RQueryServiceStatus", NULL},
                                    {7, "RSetServiceStatus", NULL},
                                    {8, "RUnlockServiceDatabase", NULL},
                                    {11, "RChangeServiceConfigW", changed},
                                    {12, "RCreateServiceW", created},
                                    {13, "REnumDependentServicesW", NULL},
                                    {14, "REnumServicesStatusW", NULL},
                                    {15, "ROpenSCManagerW", NULL},
                                    {16, "ROpenServiceW", opened},
                                    {17, "RQueryServiceConfigW", NULL},
                                    {18, "RQueryServiceLockStatusW", NULL},
                                    {19, "RStartServiceW", used},
                                    {20, "RGetServiceDisplayNameW", NULL},
                                    {21, "RGetServiceKeyNameW", NULL},
                                    {23, "RChangeServiceConfigA", changed},
                                    {24, "RCreateServiceA", created},
                                    {25, "REnumDependentServicesA", NULL},
                                    {26, "REnumServicesStatusA", NULL},
                                    {27, "ROpenSCManagerA", NULL},
                                    {28, "ROpenServiceA", opened},
                                    {29, "RQueryServiceConfigA", NULL},
                                    {30, "RQueryServiceLockStatusA", NULL},
                                    {31, "RStartServiceA", used},
                                    {32, "RGetServiceDisplayNameA", NULL},
                                    {33, "RGetServiceKeyNameA", NULL},
                                    {35, "REnumServiceGroupW", NULL},
                                    {36, "RChangeServiceConfig2A", NULL},
                                    {37, "RChangeServiceConfig2W", NULL},
                                    {38, "RQueryServiceConfig2A", NULL},
                                    {39, "RQueryServiceConfig2W", NULL},
                                    {40, "RQueryServiceStatusEx", NULL},
                                    {41, "REnumServicesStatusExA", NULL},
                                    {42, "REnumServicesStatusExW", NULL},
                                    {44, "RCreateServiceWOW64A", created},
                                    {45, "RCreateServiceWOW64W", created},
                                    {47, "RNotifyServiceStatusChange", NULL},
                                    {48, "RGetNotifyResults", NULL},
                                    {49, "RCloseNotifyHandle", NULL},
                                    {50, "RControlServiceExA", NULL},
                                    {51, "RControlServiceExW", NULL},
                                    {56, "RQueryServiceConfigEx", NULL},
                                    {60, "RCreateWowService", created},
                                    {64, "ROpenSCManager2", NULL},
                                    {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_svcctl = {
    .name = "SVCCTL",
    .about = "Services created and changed through the service control manager (MS-SCMR).",
    /* 367abb81-9844-35f1-ad32-98f038001003 */
    .uuid = {0x81, 0xbb, 0x7a, 0x36, 0x44, 0x98, 0xf1, 0x35, 0xad, 0x32, 0x98, 0xf0, 0x38, 0x00, 0x10, 0x03},
    .protocol = PROTO_SVCCTL,
    .ending = RPCIF_WIN32,
    .pipe = "svcctl",
    .call = call,
};
