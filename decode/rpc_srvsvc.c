/* decode/rpc_srvsvc.c - SRVSVC: who has sessions on a server (MS-SRVS 3.1.4). */
#include "decode/rpcif.h"

/* NetrSessionEnum, 3.1.4.5: server, client and user that is asked for, the level of detail. */
static void sessions(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    struct ndr in;
    rpcif_in(c, &in);
    (void)ndr_unique_text(d->arena, &in);
    struct str client = rpcif_sound(&in, ndr_unique_text(d->arena, &in));
    struct str user = rpcif_sound(&in, ndr_unique_text(d->arena, &in));
    rpcif_begin(d, c, KIND_SMB_SESSION_ENUMERATION, op);
    if (str_set(client))
        decode_object(d, OBJECT_COMPUTER, ROLE_PARAMETER, client);
    if (str_set(user))
        decode_object(d, OBJECT_ACCOUNT, ROLE_PARAMETER, user);
    (void)decode_emit(d);
}

static const struct rpc_op ops[] = {{8, "NetrConnectionEnum", NULL},
                                    {9, "NetrFileEnum", NULL},
                                    {10, "NetrFileGetInfo", NULL},
                                    {11, "NetrFileClose", NULL},
                                    {12, "NetrSessionEnum", sessions},
                                    {13, "NetrSessionDel", NULL},
                                    {14, "NetrShareAdd", NULL},
                                    {15, "NetrShareEnum", NULL},
                                    {16, "NetrShareGetInfo", NULL},
                                    {17, "NetrShareSetInfo", NULL},
                                    {18, "NetrShareDel", NULL},
                                    {19, "NetrShareDelSticky", NULL},
                                    {20, "NetrShareCheck", NULL},
                                    {21, "NetrServerGetInfo", NULL},
                                    {22, "NetrServerSetInfo", NULL},
                                    {23, "NetrServerDiskEnum", NULL},
                                    {24, "NetrServerStatisticsGet", NULL},
                                    {25, "NetrServerTransportAdd", NULL},
                                    {26, "NetrServerTransportEnum", NULL},
                                    {28, "NetrRemoteTOD", NULL},
                                    {30, "NetprPathType", NULL},
                                    {31, "NetprPathCanonicalize", NULL},
                                    {32, "NetprPathCompare", NULL},
                                    {33, "NetprNameValidate", NULL},
                                    {34, "NetprNameCanonicalize", NULL},
                                    {36, "NetrShareEnumSticky", NULL},
                                    {39, "NetrpGetFileSecurity", NULL},
                                    {40, "NetrpSetFileSecurity", NULL},
                                    {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_srvsvc = {
    .name = "SRVSVC",
    .about = "Sessions of a file server (MS-SRVS).",
    /* 4b324fc8-1670-01d3-1278-5a47bf6ee188 */
    .uuid = {0xc8, 0x4f, 0x32, 0x4b, 0x70, 0x16, 0xd3, 0x01, 0x12, 0x78, 0x5a, 0x47, 0xbf, 0x6e, 0xe1, 0x88},
    .protocol = PROTO_SRVSVC,
    .ending = RPCIF_WIN32,
    .pipe = "srvsvc",
    .call = call,
};
