/* decode/rpc_lsarpc.c - LSARPC: secrets that the local security authority keeps (MS-LSAD 3.1.4.6); names and SIDs looked up (MS-LSAT 3.1.4). */
#include "decode/rpcif.h"

enum { SECRET = 1 }; /* what a handle stands for */

static struct str key_name(struct decode *d, struct ndr *in)
{
    return ndr_unicode(in) ? rpcif_sound(in, ndr_wide_text(d->arena, in)) : STR_NONE;
}

static void retrieval(struct decode *d, const struct rpc_call *c, const struct rpc_op *op, struct str name)
{
    rpcif_begin(d, c, KIND_PRIVATE_DATA_RETRIEVAL, op);
    if (str_set(name)) {
        decode_object(d, OBJECT_DIRECTORY_OBJECT, ROLE_TARGET, name);
        decode_str(d, FACT_OBJECT_NAME, name);
    }
    (void)decode_emit(d);
}

/* LsarOpenSecret, 3.1.4.6.2 */
static void secret_opened(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    struct ndr in;
    rpcif_in(c, &in);
    (void)ndr_handle(&in);
    struct str name = key_name(d, &in);
    rpcif_opened(c, SECRET, name);
    retrieval(d, c, op, name);
}

/* LsarQuerySecret, 3.1.4.6.4 */
static void secret_read(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    struct ndr in;
    uint8_t kind;
    rpcif_in(c, &in);
    retrieval(d, c, op, rpcif_handle(c, &in, &kind));
}

/* LsarRetrievePrivateData, 3.1.4.6.6 */
static void retrieved(struct decode *d, const struct rpc_call *c, const struct rpc_op *op)
{
    struct ndr in;
    rpcif_in(c, &in);
    (void)ndr_handle(&in);
    retrieval(d, c, op, key_name(d, &in));
}

static const struct rpc_op ops[] = {{0, "LsarClose", NULL},
                                    {2, "LsarEnumeratePrivileges", NULL},
                                    {3, "LsarQuerySecurityObject", NULL},
                                    {4, "LsarSetSecurityObject", NULL},
                                    {6, "LsarOpenPolicy", NULL},
                                    {7, "LsarQueryInformationPolicy", NULL},
                                    {8, "LsarSetInformationPolicy", NULL},
                                    {10, "LsarCreateAccount", NULL},
                                    {11, "LsarEnumerateAccounts", NULL},
                                    {12, "LsarCreateTrustedDomain", NULL},
                                    {13, "LsarEnumerateTrustedDomains", NULL},
                                    {14, "LsarLookupNames", NULL},
                                    {15, "LsarLookupSids", NULL},
                                    {16, "LsarCreateSecret", NULL},
                                    {17, "LsarOpenAccount", NULL},
                                    {18, "LsarEnumeratePrivilegesAccount", NULL},
                                    {19, "LsarAddPrivilegesToAccount", NULL},
                                    {20, "LsarRemovePrivilegesFromAccount", NULL},
                                    {23, "LsarGetSystemAccessAccount", NULL},
                                    {24, "LsarSetSystemAccessAccount", NULL},
                                    {25, "LsarOpenTrustedDomain", NULL},
                                    {26, "LsarQueryInfoTrustedDomain", NULL},
                                    {27, "LsarSetInformationTrustedDomain", NULL},
                                    {28, "LsarOpenSecret", secret_opened},
                                    {29, "LsarSetSecret", NULL},
                                    {30, "LsarQuerySecret", secret_read},
                                    {31, "LsarLookupPrivilegeValue", NULL},
                                    {32, "LsarLookupPrivilegeName", NULL},
                                    {33, "LsarLookupPrivilegeDisplayName", NULL},
                                    {34, "LsarDeleteObject", NULL},
                                    {35, "LsarEnumerateAccountsWithUserRight", NULL},
                                    {36, "LsarEnumerateAccountRights", NULL},
                                    {37, "LsarAddAccountRights", NULL},
                                    {38, "LsarRemoveAccountRights", NULL},
                                    {39, "LsarQueryTrustedDomainInfo", NULL},
                                    {42, "LsarStorePrivateData", NULL},
                                    {43, "LsarRetrievePrivateData", retrieved},
                                    {44, "LsarOpenPolicy2", NULL},
                                    {45, "LsarGetUserName", NULL},
                                    {46, "LsarQueryInformationPolicy2", NULL},
                                    {47, "LsarSetInformationPolicy2", NULL},
                                    {48, "LsarQueryTrustedDomainInfoByName", NULL},
                                    {50, "LsarEnumerateTrustedDomainsEx", NULL},
                                    {53, "LsarQueryDomainInformationPolicy", NULL},
                                    {57, "LsarLookupSids2", NULL},
                                    {58, "LsarLookupNames2", NULL},
                                    {68, "LsarLookupNames3", NULL},
                                    {73, "LsarQueryForestTrustInformation", NULL},
                                    {76, "LsarLookupSids3", NULL},
                                    {77, "LsarLookupNames4", NULL},
                                    {130, "LsarOpenPolicy3", NULL},
                                    {0, NULL, NULL}};

static void call(struct decode *d, const struct rpc_call *c)
{
    rpcif_dispatch(d, c, ops);
}

const struct rpc_interface rpc_lsarpc = {
    .name = "LSARPC",
    .about = "Secrets of the local security authority (MS-LSAD), names and SIDs (MS-LSAT).",
    /* 12345778-1234-abcd-ef00-0123456789ab */
    .uuid = {0x78, 0x57, 0x34, 0x12, 0x34, 0x12, 0xcd, 0xab, 0xef, 0x00, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab},
    .protocol = PROTO_LSARPC,
    .ending = RPCIF_NTSTATUS,
    .pipe = "lsarpc",
    .call = call,
};
