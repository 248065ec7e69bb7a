/* decode/rpc_dnsserver.c - DNSSERVER: administration of a DNS server (MS-DNSP 3.1.4). Its operations are counted by name. */
#include "decode/rpcif.h"

static const struct rpc_op ops[] = {{0, "DnssrvOperation", NULL},
                                    {1, "DnssrvQuery", NULL},
                                    {2, "DnssrvComplexOperation", NULL},
                                    {3, "DnssrvEnumRecords", NULL},
                                    {4, "DnssrvUpdateRecord", NULL},
                                    {5, "DnssrvOperation2", NULL},
                                    {6, "DnssrvQuery2", NULL},
                                    {7, "DnssrvComplexOperation2", NULL},
                                    {8, "DnssrvEnumRecords2", NULL},
                                    {9, "DnssrvUpdateRecord2", NULL},
                                    {10, "DnssrvUpdateRecord3", NULL},
                                    {11, "DnssrvEnumRecords3", NULL},
                                    {12, "DnssrvOperation3", NULL},
                                    {13, "DnssrvQuery3", NULL},
                                    {14, "DnssrvComplexOperation3", NULL},
                                    {15, "DnssrvOperation4", NULL},
                                    {16, "DnssrvQuery4", NULL},
                                    {17, "DnssrvUpdateRecord4", NULL},
                                    {18, "DnssrvEnumRecords4", NULL},
                                    {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_dnsserver = {
    .name = "DNSSERVER",
    .about = "Administration of a DNS server (MS-DNSP).",
    /* 50abc2a4-574d-40b3-9d66-ee4fd5fba076 */
    .uuid = {0xa4, 0xc2, 0xab, 0x50, 0x4d, 0x57, 0xb3, 0x40, 0x9d, 0x66, 0xee, 0x4f, 0xd5, 0xfb, 0xa0, 0x76},
    .protocol = PROTO_RPC,
    .ending = RPCIF_WIN32,
    .pipe = "dnsserver",
    .call = call,
};
